"""Meetings: when and where the cooperative meets, what about, and who says they come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, and_, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.members import Member
from models.quick import Quick
from models.writing import insert_or_update


class MeetingKind(StrEnum):
    """What sort of meeting it is."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    SECTION = "section"
    COMMITTEE = "committee"
    WORK_DAY = "work_day"
    TRAINING = "training"
    MEETING = "meeting"


class Meeting(Base):
    """A meeting of a cooperative. The agenda is one item a line."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "starts_at", "kind"),
        Index("ix_meetings_next", "cooperative_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    starts_at: Mapped[datetime]
    place: Mapped[str]
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    agenda: Mapped[str]


class Attendance(Base):
    """What a member answered to a meeting; the last answer counts."""

    __tablename__ = "attendances"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    coming: Mapped[bool]
    answered_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Announced:
    """A meeting as a member is told of it."""

    meeting_id: int
    starts_at: datetime
    place: str
    kind: MeetingKind
    agenda: tuple[str, ...]


# A meeting is still worth finding while it is being held.
STILL_ON = timedelta(hours=3)

_COLUMNS = (Meeting.id, Meeting.starts_at, Meeting.place, Meeting.kind, Meeting.agenda)
_NEXT = Quick(
    select(*_COLUMNS)
    .where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.starts_at >= bindparam("after"))
    .order_by(Meeting.starts_at, Meeting.id)
    .limit(bindparam("limit"))
)
_LAST = Quick(
    select(*_COLUMNS)
    .where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.starts_at < bindparam("before"))
    .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    .limit(bindparam("limit"))
)
_ONE = Quick(
    select(*_COLUMNS).where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.id == bindparam("meeting"))
)


def _announced(row: tuple[Any, ...]) -> Announced:
    meeting_id, starts_at, place, kind, agenda = row
    return Announced(meeting_id, starts_at, place, kind, tuple(item for item in agenda.split("\n") if item))


def upcoming(db: Connection, cooperative_id: int, now: datetime, limit: int) -> list[Announced]:
    """The next meetings of a cooperative, soonest first; one that is being held is among them."""
    given = {"cooperative": cooperative_id, "after": now - STILL_ON, "limit": limit}
    return [_announced(row) for row in _NEXT.all(db, given)]


def past(db: Connection, cooperative_id: int, now: datetime, limit: int) -> list[Announced]:
    """The last meetings of a cooperative, latest first."""
    given = {"cooperative": cooperative_id, "before": now - STILL_ON, "limit": limit}
    return [_announced(row) for row in _LAST.all(db, given)]


def announced(db: Connection, cooperative_id: int, meeting_id: int) -> Announced | None:
    """One meeting of a cooperative, or None when it is not theirs or is no more."""
    row = _ONE.first(db, {"cooperative": cooperative_id, "meeting": meeting_id})
    return None if row is None else _announced(row)


def answer(db: Connection, meeting_id: int, member_id: int, coming: bool, now: datetime) -> None:
    """A member says whether they come; saying it again changes the answer."""
    key = {"meeting_id": meeting_id, "member_id": member_id}
    insert_or_update(db, Attendance, key, {"coming": coming, "answered_at": now})


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many said they come, out of how many members, and what this member said."""

    coming: int
    members: int
    mine: bool | None


_COUNT = Quick(
    select(
        select(func.count())
        .select_from(Attendance)
        .where(and_(Attendance.meeting_id == bindparam("meeting"), Attendance.coming.is_(True)))
        .scalar_subquery(),
        select(func.count())
        .select_from(Member)
        .where(Member.cooperative_id == bindparam("cooperative"))
        .scalar_subquery(),
        select(Attendance.coming)
        .where(Attendance.meeting_id == bindparam("meeting"), Attendance.member_id == bindparam("member"))
        .scalar_subquery(),
    )
)


def turnout(db: Connection, cooperative_id: int, meeting_id: int, member_id: int) -> Turnout:
    """How many come to a meeting."""
    given = {"cooperative": cooperative_id, "meeting": meeting_id, "member": member_id}
    return Turnout(*_COUNT.one(db, given))
