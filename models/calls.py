"""Call-backs: who would rather hear than read asks to be called, and the office owes them a call.

One request of a member is open at a time, and a few are taken a day: a call costs the office its time and airtime, and
who rings without end must not keep the others from being called. Danger is always taken.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.writing import insert_once

A_DAY = 3
DANGER = "danger"


class CallState(StrEnum):
    """Where a call-back stands."""

    OPEN = "open"
    DONE = "done"


# One call is owed to a member, from whichever of their phones they asked, and one to a phone of whom it is not known.
_KNOWN = text("state = 'open' AND member_id IS NOT NULL")
_UNKNOWN = text("state = 'open' AND member_id IS NULL")


class CallBack(Base):
    """Somebody asked to be called and told by voice."""

    __tablename__ = "call_backs"
    __table_args__ = (
        Index("uq_call_backs_open", "phone", unique=True, sqlite_where=_UNKNOWN, postgresql_where=_UNKNOWN),
        Index("uq_call_backs_member", "member_id", unique=True, sqlite_where=_KNOWN, postgresql_where=_KNOWN),
        Index("ix_call_backs_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    language: Mapped[str]
    topic: Mapped[str]
    state: Mapped[CallState] = mapped_column(choice(CallState))
    asked_at: Mapped[datetime]


class Asked(StrEnum):
    """What became of a wish to be called."""

    NOTED = "noted"
    ENOUGH = "enough"


def ask_for_call(db: Connection, phone: str, member_id: int | None, spoken: str, topic: str, now: datetime) -> Asked:
    """Somebody wants to be called. While a request of theirs is open, asking again only makes it `DANGER`, if it is.

    A member who asked `A_DAY` times within 24 hours, from whichever phone, has asked enough; so has a phone of which it
    is not known who holds it. Of a wish that says not what it is about only the day is kept, and until its end it
    counts: the moment would lead to what was done just before.
    """
    asked_at = now if topic else now.replace(hour=0, minute=0, second=0, microsecond=0)
    values = {
        "phone": phone,
        "member_id": member_id,
        "language": spoken,
        "topic": topic,
        "state": CallState.OPEN,
        "asked_at": asked_at,
    }
    theirs = CallBack.member_id == member_id if member_id else (CallBack.phone == phone) & CallBack.member_id.is_(None)
    if topic != DANGER and _enough(db, theirs, now):
        return Asked.ENOUGH
    if insert_once(db, CallBack, values) is None and topic == DANGER:
        here = {"topic": DANGER, "phone": phone, "language": spoken}  # the phone they hold now, not that at home
        db.execute(update(CallBack).where(theirs, CallBack.state == CallState.OPEN).values(**here))
    return Asked.NOTED


def _enough(db: Connection, theirs: ColumnElement[bool], now: datetime) -> bool:
    """Whether none of their requests is open, and as many as a day takes are newer than that."""
    lately = (theirs, CallBack.asked_at > now - timedelta(days=1), CallBack.topic != DANGER)
    states = list(db.execute(select(CallBack.state).where(*lately)).scalars())
    return CallState.OPEN not in states and len(states) >= A_DAY


@dataclass(frozen=True, slots=True)
class Call:
    """A call the office owes."""

    call_id: int
    phone: str
    language: str
    topic: str
    asked_at: datetime


def calls(db: Connection) -> list[Call]:
    """The calls the office owes: danger before all, then the oldest."""
    columns = (CallBack.id, CallBack.phone, CallBack.language, CallBack.topic, CallBack.asked_at)
    rows = db.execute(
        select(*columns).where(CallBack.state == CallState.OPEN).order_by(CallBack.topic != DANGER, CallBack.id)
    )
    return [Call(*row) for row in rows]


def called(db: Connection, call_id: int) -> bool:
    """The office has called. False when this call was not owed."""
    done = update(CallBack).where(CallBack.id == call_id, CallBack.state == CallState.OPEN)
    return db.execute(done.values(state=CallState.DONE)).rowcount > 0
