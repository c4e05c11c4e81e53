"""What of a case each role may see, before those who are barred from it are left out (`sight.visible_to`)."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, true

from models.grievances import tree
from models.grievances.held import HANDLER
from models.grievances.hidden import hidden_from
from models.grievances.kinds import Lane
from models.grievances.tables import CaseReading, CaseThreat, Grievance
from models.hands import Hand
from models.members import Member, Role


class Sees(StrEnum):
    """What of a case somebody is about to see: all of it, that it is late, that there was a threat, who read it.

    `GLASS`: whatever two keys opened, and that they did. `LOST`: nothing, but that its owner may see it once more.
    `TOUCHED`: what was done to who complained, since they did.
    """

    WHOLE = "whole"
    LATE = "late"
    THREAT = "threat"
    READING = "reading"
    GLASS = "glass"
    LOST = "lost"
    TOUCHED = "touched"


# Who handles cases.
DESKS = (Role.COMMITTEE, Role.GENDER_PRESIDENT, Role.SURVEILLANCE)
# Who watches over what is late or threatened below them, and at home over what is late; and whom somebody can come to
# who lost their code.
WATCHERS = (Role.COMMITTEE, Role.SURVEILLANCE)


def _whole(db: Connection, hand: Hand) -> ColumnElement[bool]:
    """Cases at one's own desk; a sensitive one that somebody handles, only for them, while it exists for them."""
    taken = func.coalesce(HANDLER, hand.member_id) == hand.member_id
    alone = or_(Grievance.lane != Lane.SENSITIVE, taken, *_given_up(db, hand))
    return and_(Grievance.level_id == hand.cooperative_id, Grievance.desk == hand.role, alone)


def _given_up(db: Connection, hand: Hand) -> Iterator[ColumnElement[bool]]:
    """What each colleague took in private, and may not see any more."""
    if hand.role is not Role.GENDER_PRESIDENT:
        return
    here = (Member.cooperative_id == hand.cooperative_id, Member.role == hand.role, Member.left_on.is_(None))
    for each in db.execute(select(Member.id).where(*here, Member.id != hand.member_id).order_by(Member.id)).scalars():
        yield and_(Grievance.handler_id == each, hidden_from(each))


def _late(db: Connection, hand: Hand) -> ColumnElement[bool]:
    """Cases of the bodies directly below, and for surveillance those of its own."""
    if hand.role not in WATCHERS:
        return false()
    bodies = tree.below(db, hand.cooperative_id)
    if hand.role is Role.SURVEILLANCE:
        bodies.append(hand.cooperative_id)
    return and_(Grievance.level_id.in_(bodies), Grievance.lane != Lane.SENSITIVE)


def _threat(_db: Connection, hand: Hand) -> ColumnElement[bool]:
    mine = select(CaseThreat.id).where(
        CaseThreat.grievance_id == Grievance.id,
        CaseThreat.level_id == hand.cooperative_id,
        CaseThreat.desk == hand.role,
    )
    return mine.exists()


def _reading(_db: Connection, hand: Hand) -> ColumnElement[bool]:
    """Cases that were read where somebody watches over the readings."""
    return select(CaseReading.id).where(CaseReading.grievance_id == Grievance.id, read_below(hand)).exists()


def read_below(hand: Hand) -> ColumnElement[bool]:
    """The readings that somebody watches over: the surveillance those of its body, but for the desk that is chosen in
    private, which watches over its own.

    It goes by who read, not by the lane: one that turns out private later must not vanish from a list.
    """
    private = CaseReading.role == Role.GENDER_PRESIDENT
    watched = {Role.SURVEILLANCE: ~private, Role.GENDER_PRESIDENT: private}
    return and_(CaseReading.body_id == hand.cooperative_id, watched.get(hand.role, false()))


def _lost(_db: Connection, hand: Hand) -> ColumnElement[bool]:
    """Cases of which it was kept who complained, for a desk."""
    return _known() if hand.role in WATCHERS else false()


def _known() -> ColumnElement[bool]:
    return and_(Grievance.caller_sealed.is_not(None), Grievance.lane != Lane.SENSITIVE)


def _touched(_db: Connection, hand: Hand) -> ColumnElement[bool]:
    """The same, of cooperatives that are not one's own."""
    return and_(_known(), Grievance.home_id != hand.cooperative_id)


def _glass(_db: Connection, _hand: Hand) -> ColumnElement[bool]:
    """Whatever there is, so that what is hidden is hidden from who is barred, and from nobody else."""
    return true()


SCOPES = {
    Sees.WHOLE: _whole,
    Sees.LATE: _late,
    Sees.THREAT: _threat,
    Sees.READING: _reading,
    Sees.GLASS: _glass,
    Sees.LOST: _lost,
    Sees.TOUCHED: _touched,
}
