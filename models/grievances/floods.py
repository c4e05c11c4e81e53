"""Many cases of one caller on one day: never refused for good, answered with a call back, shown as one in the queue.

What is kept is a keyed digest of who called, apart from the case and for thirty days; of a sensitive case nothing. The
day and who may know the name go into it: rows of two days, or of a case with a name and one without, have nothing in
common that tells of one caller.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from models import vault
from models.grievances.kinds import Name
from models.grievances.tables import CaseFlood, Guess
from models.writing import batches, insert_once

A_DAY = 5
KEPT = timedelta(days=30)


class Flooded(ValueError):
    """So many cases came from this caller today that the next one is taken by a person who calls back."""


def _digest(phone: str, member_id: int | None, name: Name, day: date) -> str:
    """By who speaks as well: who shares a phone must not learn how often another one complained."""
    return vault.digest("case caller", f"{phone} {member_id or ''} {name} {day}")


def check(db: Connection, phone: str, member_id: int | None, day: date) -> None:
    """Raises Flooded when a caller filed five cases that day."""
    mine = CaseFlood.caller_digest.in_([_digest(phone, member_id, name, day) for name in Name])
    filed = select(func.count()).select_from(CaseFlood).where(mine, CaseFlood.on_day == day)
    if db.execute(filed).scalar_one() >= A_DAY:
        raise Flooded


def note(db: Connection, case_id: int, phone: str, member_id: int | None, name: Name, day: date) -> None:
    """Keep for thirty days that a case came from a caller."""
    row = {"grievance_id": case_id, "caller_digest": _digest(phone, member_id, name, day), "on_day": day}
    insert_once(db, CaseFlood, row)


def together(db: Connection, cases: Collection[int]) -> dict[int, str]:
    """Which of some cases are a flood: by case, a mark that those of one caller, day and kind of name share.

    Fewer than five are nobody's flood: what somebody complained of besides is not told.
    """
    found: dict[int, str] = {}
    for some in batches(sorted(cases)):
        marks = select(CaseFlood.grievance_id, CaseFlood.caller_digest).where(CaseFlood.grievance_id.in_(some))
        found |= {row.grievance_id: row.caller_digest for row in db.execute(marks)}
    many = Counter(found.values())
    return {case_id: mark for case_id, mark in found.items() if many[mark] >= A_DAY}


def forget(db: Connection, now: datetime) -> None:
    """Drop what is older than thirty days, and guesses of yesterday."""
    db.execute(delete(CaseFlood).where(CaseFlood.on_day < (now - KEPT).date()))
    db.execute(delete(Guess).where(Guess.since < now - timedelta(days=1)))
