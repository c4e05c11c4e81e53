"""What touches a member after they complained: what they were charged, work that others wrote down for them, and that
they left. It is told to the level above the cooperative, never there.

No name, no number and no amount is told: it is for asking, at the cooperative, how it goes with those who complain.
Of who gave no name, and of what came in private, nothing is known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from models.cooperatives import Cooperative
from models.entries import Entry, EntryKind
from models.grievances import routing, sight
from models.grievances.held import Held, caller, known, peek
from models.grievances.kinds import Category
from models.grievances.routing import Seat
from models.grievances.scopes import Sees
from models.grievances.tables import Grievance
from models.hands import Hand
from models.members import Member
from models.work import LotWork

WITHIN = timedelta(days=90)


class What(StrEnum):
    """What was done to somebody who complained; `DUE_ALONE`: and to nobody else that day."""

    DUE = "due"
    DUE_ALONE = "due_alone"
    PENALTY = "penalty"
    PENALTY_ALONE = "penalty_alone"
    WORK = "work"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Touch:
    """Something was done to somebody who complained: of what subject, in which cooperative, what, on which day."""

    category: Category
    body: str
    what: What
    on: date


def told(db: Connection, hand: Hand, now: datetime) -> list[Touch]:
    """What touched those who complained below one's desk, each within ninety days of it; the newest first."""
    lately = Grievance.filed_at > now - 2 * WITHIN
    there = sight.visible_to(db, hand, Sees.TOUCHED).where(lately).order_by(Grievance.id)
    found = set[Touch]()
    for case_id in db.execute(there).scalars().all():
        held = peek(db, case_id)
        if known(held).member_id is not None and _above(db, held) == Seat(hand.cooperative_id, hand.role):
            found.update(_touches(db, held))
    return sorted(found, key=lambda each: (-each.on.toordinal(), each.body, each.category, each.what))


def _above(db: Connection, held: Held) -> Seat | None:
    """Where it is told: the desk that handles the case, where that is above the cooperative; else the one above that.

    A body that was passed over, since somebody there is in cause, hears nothing.
    """
    if held.level_id not in (None, held.home_id) and held.desk is not None:
        return Seat(held.level_id or 0, held.desk)
    return routing.seat(db, held, above=held.home_id)


_NAME = select(Cooperative.name).where(Cooperative.id == bindparam("home"))
_OTHER = aliased(Entry)
_ALSO = and_(
    _OTHER.cooperative_id == Entry.cooperative_id,
    _OTHER.kind == Entry.kind,
    _OTHER.happened_on == Entry.happened_on,
    _OTHER.label == Entry.label,
    or_(_OTHER.member_id.is_(None), _OTHER.member_id != Entry.member_id),
)
_CHARGED = select(Entry.kind, Entry.recorded_at, select(_OTHER.id).where(_ALSO).exists().label("also")).where(
    Entry.member_id == bindparam("member"),
    Entry.kind.in_((EntryKind.DUE, EntryKind.PENALTY)),
    Entry.recorded_at.between(bindparam("since"), bindparam("until")),
)
_WORKED = select(LotWork.recorded_at).where(
    LotWork.member_id == bindparam("member"),
    LotWork.recorded_by != bindparam("member"),
    LotWork.recorded_at.between(bindparam("since"), bindparam("until")),
)
_LEFT = select(Member.left_on).where(
    Member.id == bindparam("member"), Member.left_on.between(bindparam("first"), bindparam("last"))
)
_KINDS = {
    (EntryKind.DUE, True): What.DUE,
    (EntryKind.DUE, False): What.DUE_ALONE,
    (EntryKind.PENALTY, True): What.PENALTY,
    (EntryKind.PENALTY, False): What.PENALTY_ALONE,
}


def _touches(db: Connection, held: Held) -> Iterator[Touch]:
    member_id, until = caller(held).member_id, held.filed_at + WITHIN
    body = db.execute(_NAME, {"home": held.home_id}).scalar_one()
    between = {"member": member_id, "since": held.filed_at, "until": until}
    for row in db.execute(_CHARGED, between):
        yield Touch(held.category, body, _KINDS[row.kind, row.also], row.recorded_at.date())
    for at in db.execute(_WORKED, between).scalars():
        yield Touch(held.category, body, What.WORK, at.date())
    days = {"member": member_id, "first": held.filed_at.date(), "last": until.date()}
    for on in db.execute(_LEFT, days).scalars():
        if on is not None:
            yield Touch(held.category, body, What.LEFT, on)
