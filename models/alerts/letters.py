"""Who is told by SMS of an alert, without a word of it: who must explain, and who asked."""

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, or_, select

from models import telling
from models.alerts.sides import ABOVE, EXPLAINS
from models.alerts.tables import Alert, AlertStep
from models.members import OFFICERS, Member, Role
from models.telling import Fact

_EXPLAINING = (
    select(Member.id)
    .where(Member.cooperative_id == bindparam("cooperative"), Member.role == EXPLAINS, Member.left_on.is_(None))
    .order_by(Member.id)
)
_SIDE = (
    select(Member.id, AlertStep.by_id)
    .join(Alert, Alert.body_id == Member.cooperative_id)
    .join(AlertStep, (AlertStep.alert_id == Alert.id) & (AlertStep.position == 1))
    .where(Alert.id == bindparam("alert"), Member.left_on.is_(None), Member.role.in_(OFFICERS))
    .where(or_(Member.role == Role.SURVEILLANCE, Alert.body_id != Alert.cooperative_id))
    .order_by(Member.id)
)


_OFFICERS_ABOVE = (
    select(Member.id)
    .where(Member.cooperative_id.in_(ABOVE), Member.role.in_(OFFICERS), Member.left_on.is_(None))
    .where(Member.id != bindparam("raiser"))
    .order_by(Member.id)
)


def tell_above(db: Connection, alert_id: int, cooperative_id: int, raiser_id: int, now: datetime) -> None:
    """Tell the officers of every body above that an alert was raised below them, by day (AUSCOOP 262 and 340)."""
    people = db.execute(_OFFICERS_ABOVE, {"body": cooperative_id, "raiser": raiser_id}).scalars().all()
    telling.tell_by_day(db, people, Fact("alert_raised", {}), f"alert:{alert_id}:raised", now)


def tell_management(db: Connection, alert_id: int, cooperative_id: int, due_on: date, now: datetime) -> None:
    """Tell who must explain that an explanation is asked of them, and until when."""
    fact = Fact("explanation_asked", {"due_on": due_on.isoformat()})
    for member_id in db.execute(_EXPLAINING, {"cooperative": cooperative_id}).scalars().all():
        telling.tell(db, member_id, fact, f"alert:{alert_id}:{fact.kind}:{member_id}", now)


def tell_raiser(db: Connection, alert_id: int, kind: str, now: datetime) -> None:
    """Tell who raised an alert; when they have no part in it any more, everybody on their side."""
    side = {row.id: row.by_id for row in db.execute(_SIDE, {"alert": alert_id})}
    for member_id in [each for each, raiser in side.items() if each == raiser] or side:
        telling.tell(db, member_id, Fact(kind, {}), f"alert:{alert_id}:{kind}:{member_id}", now)
