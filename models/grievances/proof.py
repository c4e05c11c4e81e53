"""The proof of the cases: every history is as it was written, and nothing of it is missing.

A fault names the row of a history and nothing else: not the cooperative, nor the number of the case.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from models import vault
from models.grievances import bars, linked, steps, tally
from models.grievances.held import COLUMNS, Held, caller
from models.grievances.kinds import Did
from models.grievances.tables import CaseBar, CaseReading, CaseStep, CaseTally, Grievance
from models.proving.faults import Fault

_STEPS = select(*CaseStep.__table__.c).order_by(CaseStep.grievance_id, CaseStep.position)
_ROW = ("grievance_id", "position", "did", "state", "level_id", "side", "by_id", "role", "body_id", "at")
KINDS = {"cases": Grievance, "steps": CaseStep, "bars": CaseBar, "readings": CaseReading}


def faults(db: Connection) -> Iterator[Fault]:
    """Histories that are not what was written, and rows that are missing."""
    history: dict[int, list[Any]] = defaultdict(list)
    for step in db.execute(_STEPS):
        history[step.grievance_id].append(step)
    seals = {(step.grievance_id, step.position): step.seal for taken in history.values() for step in taken}
    cases = {row.id: Held(*row) for row in db.execute(select(*COLUMNS).order_by(Grievance.id))}
    for held in cases.values():
        wrong = _legible(held, history.pop(held.id, []), cases)
        if wrong:
            yield _fault(held.id, wrong)
    for case_id in sorted(history):
        yield _fault(case_id, "its case is gone")
    yield from linked.faults(db, seals)
    yield from _bars(db)
    yield from _counts(db)


def _legible(held: Held, taken: list[Any], cases: Mapping[int, Held]) -> str | None:
    """What is wrong with a case; also that its number, who filed it, or words of its history cannot be read."""
    try:
        _read = (held.reference, caller(held))
        return _wrong(held, taken, cases)
    except vault.InvalidToken:
        return "it cannot be read"


def _fault(case_id: int, wrong: str) -> Fault:
    return Fault(f"a case history, row {case_id}: {wrong}", of_case=True)


def _wrong(held: Held, taken: list[Any], cases: Mapping[int, Held]) -> str | None:
    head = ""
    for place, step in enumerate(taken, 1):
        if step.position != place:
            return f"step {place} is missing"
        row = {name: getattr(step, name) for name in _ROW}
        if steps.sealed(head, row, *_why(held, step)) != step.seal:
            return f"step {place} is not what was sealed"
        head = step.seal
    if not taken or (len(taken), head) != (held.steps, held.head):
        return f"it says {held.steps} steps, it has {len(taken)}, or another end"
    if (taken[-1].state, _place(taken[-1].level_id, held, cases)) != (held.state, held.level_id):
        return "the case is not where its last step left it"
    return None


def _place(left: int | None, held: Held, cases: Mapping[int, Held]) -> int | None:
    """Where a case must lie: where its last step left it; one that was merged goes where the other one went."""
    main = cases.get(held.merged_into_id) if held.merged_into_id is not None else None
    return left if main is None else main.level_id


def _why(held: Held, step: Any) -> tuple[str | None, str | None]:
    if step.did is Did.FILED:
        return None, steps.vouched(held, step.why_sealed)
    return vault.unseal(step.why_sealed) if step.why_sealed else None, None


def _bars(db: Connection) -> Iterator[Fault]:
    found = select(CaseBar.grievance_id, CaseBar.member_id, CaseBar.why, CaseBar.seal)
    for case_id, member_id, why, seal in db.execute(found.order_by(CaseBar.grievance_id, CaseBar.member_id)):
        if seal != bars.sealed(case_id, member_id, why):
            yield _fault(case_id, "a bar was not written by the program")


def _counts(db: Connection) -> Iterator[Fault]:
    made = {row.kind: row for row in db.execute(select(CaseTally.kind, CaseTally.made, CaseTally.seal))}
    for kind, table in KINDS.items():
        there = db.execute(select(func.count()).select_from(table)).scalar_one()
        row = made.get(kind)
        if row is None and not there:
            continue
        if row is None or row.seal != tally.sealed(kind, row.made):
            yield Fault(f"the count of {kind} was altered", of_case=True)
        elif row.made != there:
            yield Fault(f"{row.made} {kind} were written, {there} are there", of_case=True)
