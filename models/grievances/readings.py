"""Every reading of a case is kept, and shown to the surveillance of the body where it was read.

What came in private is read by the chosen desk alone, and shown to it alone: nobody else must know that it is there,
nor how often it was read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models.grievances import sight, tally
from models.grievances.kinds import Unknown
from models.grievances.scopes import Sees, read_below
from models.grievances.tables import CaseReading, Grievance
from models.hands import Hand
from models.members import Member, Role
from models.writing import batches


def note(db: Connection, hand: Hand, case_id: int, what: str, now: datetime) -> None:
    """Keep that somebody opens a case; `what` is the page or paper they open. Raises Unknown."""
    note_all(db, hand, [case_id], what, now)


def note_all(db: Connection, hand: Hand, case_ids: Collection[int], what: str, now: datetime) -> None:
    """Keep that somebody opens some cases at once. Raises Unknown where one of them is not there for them."""
    tally.turn(db)
    wanted = sorted(set(case_ids))
    for some in batches(wanted):
        seen = sight.visible_to(db, hand).where(Grievance.id.in_(some))
        if len(db.execute(seen).all()) != len(some):
            raise Unknown
    row = {"member_id": hand.member_id, "role": hand.role, "body_id": hand.cooperative_id, "what": what, "at": now}
    if wanted:
        db.execute(insert(CaseReading), [row | {"grievance_id": each} for each in wanted])
    tally.add(db, "readings", len(wanted))


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read a case: their number and role, what, when; never which case."""

    number: str
    role: Role
    what: str
    at: datetime


def newest(db: Connection, hand: Hand, limit: int = 50) -> list[Reading]:
    """The last readings that somebody watches over, newest first; empty for who watches over none."""
    found = (
        select(Member.number, CaseReading.role, CaseReading.what, CaseReading.at)
        .join(Member, Member.id == CaseReading.member_id)
        .where(read_below(hand))
        .where(CaseReading.grievance_id.in_(sight.visible_to(db, hand, Sees.READING)))
        .order_by(CaseReading.at.desc(), Member.number)
        .limit(limit)
    )
    return [Reading(*row) for row in db.execute(found)]
