"""Every reading of a case is kept, and shown to the surveillance of the body where it was read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models.grievances import sight, tally
from models.grievances.sight import Sees
from models.grievances.tables import CaseReading
from models.hands import Hand
from models.members import Member, Role


def note(db: Connection, hand: Hand, case_id: int, what: str, now: datetime) -> None:
    """Keep that somebody opens a case; `what` is the page or paper they open. Raises Unknown."""
    tally.turn(db)
    sight.seen(db, hand, case_id)
    row = {"grievance_id": case_id, "member_id": hand.member_id, "role": hand.role, "body_id": hand.cooperative_id}
    db.execute(insert(CaseReading), row | {"what": what, "at": now})
    tally.add(db, "readings", 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody read a case: their number and role, what, when; never which case."""

    number: str
    role: Role
    what: str
    at: datetime


def newest(db: Connection, hand: Hand, limit: int = 50) -> list[Reading]:
    """The last readings in the body of a surveillance, newest first; empty for others."""
    found = (
        select(Member.number, CaseReading.role, CaseReading.what, CaseReading.at)
        .join(Member, Member.id == CaseReading.member_id)
        .where(CaseReading.body_id == hand.cooperative_id)
        .where(CaseReading.grievance_id.in_(sight.visible_to(db, hand, Sees.READING)))
        .order_by(CaseReading.at.desc(), Member.number)
        .limit(limit)
    )
    return [Reading(*row) for row in db.execute(found)]
