"""The state machine of a case: which step may be taken in which state, and the history that keeps each of them.

Each step is sealed together with the one before it, under a key that is not in the database: who changes, removes or
slips in a step behind the program's back breaks the history from there on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from models import vault
from models.grievances import clocks, linked, tally
from models.grievances.held import Held
from models.grievances.kinds import Did, Refused, Side, State, Stop
from models.grievances.tables import CaseStep, Grievance
from models.hands import Hand
from models.members import Role

ARRIVED = clocks.ARRIVED
HANDLED = frozenset({State.ASSIGNED, State.INQUIRY, State.IN_MEDIATION})
LIVE = ARRIVED | HANDLED | {State.ACKNOWLEDGED, State.ASSESSED, State.PROPOSED, State.APPEALED, State.REFERRED}
OPEN = LIVE | {State.RESOLVED, State.OUT_OF_SCOPE}
OVER = frozenset({State.CLOSED, State.WITHDRAWN, State.MERGED})
# Where somebody else can go on, when who handled it is gone.
_LEFT = HANDLED | {State.APPEALED, State.PROPOSED, State.RESOLVED, State.REFERRED}
NOT_BEGUN = ARRIVED | {State.ACKNOWLEDGED, State.ASSESSED}


@dataclass(frozen=True, slots=True)
class Move:
    """In which states a step may be taken, and the states it can lead to; none: the case stays where it is."""

    within: frozenset[State]
    to: tuple[State, ...] = ()


MOVES: Mapping[Did, Move] = {
    Did.SEATED: Move(ARRIVED | {State.APPEALED}),
    Did.ACKNOWLEDGED: Move(ARRIVED, (State.ACKNOWLEDGED,)),
    Did.ASSESSED: Move(frozenset({State.ACKNOWLEDGED, State.ESCALATED}), (State.ASSESSED,)),
    Did.OUT_OF_SCOPE: Move(frozenset({State.ASSESSED}), (State.OUT_OF_SCOPE,)),
    Did.ENTRUSTED: Move(_LEFT | {State.ASSESSED}),
    Did.TAKEN: Move(_LEFT | {State.ASSESSED}, (State.ASSIGNED, *sorted(_LEFT - {State.ASSIGNED}))),
    Did.FREED: Move(HANDLED, (State.ASSESSED,)),
    Did.INQUIRED: Move(frozenset({State.ASSIGNED}), (State.INQUIRY,)),
    Did.SESSION_SET: Move(HANDLED | {State.PROPOSED}, (State.IN_MEDIATION,)),
    Did.DAY_ASKED: Move(frozenset({State.IN_MEDIATION})),
    Did.PROPOSED: Move(HANDLED | {State.APPEALED}, (State.PROPOSED,)),
    Did.ACCEPTED: Move(frozenset({State.PROPOSED})),
    Did.REFUSED: Move(frozenset({State.PROPOSED}), (State.IN_MEDIATION, State.ASSIGNED, State.ASSESSED)),
    Did.TALK_WANTED: Move(frozenset({State.PROPOSED}), (State.IN_MEDIATION, State.ASSIGNED, State.ASSESSED)),
    Did.PAPER_NOTED: Move(frozenset({State.PROPOSED})),
    Did.RESOLVED: Move(frozenset({State.PROPOSED}), (State.RESOLVED,)),
    Did.PROMISED: Move(frozenset({State.PROPOSED, State.RESOLVED})),
    Did.KEPT: Move(frozenset({State.PROPOSED, State.RESOLVED})),
    Did.CONFIRMED: Move(frozenset({State.RESOLVED})),
    Did.DENIED: Move(frozenset({State.RESOLVED}), (State.REOPENED,)),
    Did.CLOSED: Move(frozenset({State.RESOLVED, State.APPEALED}), (State.CLOSED,)),
    Did.APPEALED: Move(
        frozenset({State.PROPOSED, State.RESOLVED, State.OUT_OF_SCOPE, State.CLOSED}), (State.APPEALED,)
    ),
    Did.ESCALATED: Move(LIVE, (State.ESCALATED,)),
    # Also what was agreed, turned down or closed: whoever is threatened over it need not go back to that desk.
    Did.CALLED_UP: Move(OPEN | {State.CLOSED}, (State.ESCALATED,)),
    Did.REFERRED: Move(frozenset({State.ASSESSED, State.ASSIGNED, State.INQUIRY}), (State.REFERRED,)),
    Did.CHECKED: Move(frozenset({State.REFERRED})),
    Did.ASKED: Move(frozenset({State.REFERRED}), (State.RESOLVED,)),
    Did.WITHDRAWN: Move(OPEN | {State.MERGED}, (State.WITHDRAWN,)),
    Did.REOPENED: Move(OVER | {State.OUT_OF_SCOPE}, (State.REOPENED,)),
    Did.MERGED: Move(NOT_BEGUN, (State.MERGED,)),
    Did.RECUSED: Move(OPEN),
    Did.ACCUSED: Move(OPEN),
    Did.INVITED: Move(HANDLED | {State.ASSESSED, State.PROPOSED}),
    Did.WROTE: Move(OPEN),
    Did.ADDED: Move(OPEN),
    Did.THREATENED: Move(frozenset(State)),
    Did.CODE_ASKED: Move(frozenset(State)),
}
# The same deadline runs on, since nothing was decided.
_SAME_CLOCK = frozenset({Did.INQUIRED})


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step: which side, and of a committee which member, in which role and body."""

    side: Side
    member_id: int | None = None
    role: Role | None = None
    body_id: int | None = None


SYSTEM, OWNER, PARTY = By(Side.SYSTEM), By(Side.OWNER), By(Side.PARTY)


def by(hand: Hand) -> By:
    """A member of a committee as they take a step."""
    return By(Side.COMMITTEE, hand.member_id, hand.role, hand.cooperative_id)


def after(state: State, did: Did, to: State | None = None) -> State:
    """The state that a step leads to. Raises Refused where it may not be taken."""
    move = MOVES[did]
    if state not in move.within or (to is not None and to not in move.to):
        raise Refused(Stop.STATE)
    return to or (move.to[0] if move.to else state)


def take(
    db: Connection,
    held: Held,
    did: Did,
    who: By,
    now: datetime,
    why: str | None = None,
    to: State | None = None,
    **changes: Any,
) -> Held:
    """Take a step, with what else changes by it; the case as it is then. Raises Refused where it may not be taken.

    `why` are words: they are sealed, and a digest of them is part of the history.
    """
    state = after(held.state, did, to)
    begun = state is not held.state or "level_id" in changes
    since = {"state_since": now, "heard_on": None} if begun else {}
    new = replace(held, **{"state": state, **since, **changes})
    if begun and did not in _SAME_CLOCK:
        new = timed(db, new, now)
    new = replace(new, steps=held.steps + 1, head=_keep(db, new, did, who, now, why))
    # Also where nothing changed of it: a handler who is none any more does not come back with a later office.
    changed = {**_changed(held, new), "handler_id": new.handler_id}
    db.execute(update(Grievance).where(Grievance.id == held.id).values(**changed))
    return new


def timed(db: Connection, held: Held, now: datetime) -> Held:
    """A case with the times of the state it is in; those who handle it are told in the next tick."""
    known = clocks.calendar(db, held.level_id)
    found = clocks.times(known, held.state, held.lane, held.state_since, held.answer_by, now)
    # Also where only the parties are waited for: whoever handles it can call them, or note what was said on paper.
    tell_at = held.state_since if found.due_at is not None and held.level_id is not None else None
    # While nobody may handle it, each tick looks whether somebody may by now.
    climbs_at = now if held.level_id is None and held.state in clocks.CLIMBING else found.climbs_at
    return replace(held, due_at=found.due_at, climbs_at=climbs_at, tell_at=tell_at)


def write(db: Connection, held: Held, new: Held) -> None:
    """Write what changed of a case without a step."""
    changed = _changed(held, new)
    if changed:
        db.execute(update(Grievance).where(Grievance.id == held.id).values(**changed))


def _changed(held: Held, new: Held) -> dict[str, Any]:
    return {name: getattr(new, name) for name in Held.__slots__ if getattr(new, name) != getattr(held, name)}


def begin(db: Connection, held: Held, now: datetime) -> None:
    """The first step of a case that was just written: its history starts with what it said."""
    head = _keep(db, held, Did.FILED, OWNER, now, content(held), kept=False)
    db.execute(update(Grievance).where(Grievance.id == held.id).values(head=head, steps=1))


def content(held: Held) -> str:
    """What a case said when it was filed, and what it is about: the history vouches for it."""
    words = vault.unseal(held.words_sealed) if held.words_sealed else None
    return json.dumps([words, held.home_id, held.entry_id, held.lot_id, held.line_id, held.meeting_id])


def _said(held: Held) -> str:
    return vault.digest("case why", content(held))


def cut(db: Connection, held: Held) -> Held:
    """A case without the entry, or the line of a lot, that it contests: they lead to whose it is.

    What it said stays proven: the digests of that, as it was filed and as it is now, are sealed with the first step.
    """
    if held.entry_id is None and held.line_id is None:
        return held
    new = replace(held, entry_id=None, line_id=None)
    first = (CaseStep.grievance_id == held.id, CaseStep.position == 1)
    db.execute(update(CaseStep).where(*first).values(why_sealed=vault.seal(f"{_said(held)} {_said(new)}")))
    write(db, held, new)
    return new


def vouched(held: Held, sealed_of_first: str | None) -> str:
    """The digest of what a case said when it was filed; none when it says something else now."""
    if sealed_of_first is None:
        return _said(held)
    then, _space, now = vault.unseal(sealed_of_first).partition(" ")
    return then if now == _said(held) else ""


def _keep(db: Connection, new: Held, did: Did, who: By, now: datetime, why: str | None, kept: bool = True) -> str:
    row = {
        "grievance_id": new.id,
        "position": new.steps + 1,
        "did": did,
        "state": new.state,
        "level_id": new.level_id,
        "side": who.side,
        "by_id": who.member_id,
        "role": who.role,
        "body_id": who.body_id,
        "at": now,
    }
    seal = sealed(new.head, row, why)
    words = vault.seal(why) if why and kept else None
    db.execute(insert(CaseStep), row | {"why_sealed": words, "seal": seal})
    tally.add(db, "steps", 1)
    linked.add(db, new.id, new.steps + 1, seal)
    return seal


def sealed(before: str, row: Mapping[str, Any], why: str | None, of_words: str | None = None) -> str:
    """The seal of a step: a keyed digest of the seal before it and of all it says, its words by their own digest.

    `of_words`: that digest, where the words themselves are not there any more.
    """
    said = {name: _plain(value) for name, value in row.items()}
    words = of_words if of_words is not None else vault.digest("case why", why) if why else None
    return vault.digest("case step", json.dumps([before, said, words], sort_keys=True, separators=(",", ":")))


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
