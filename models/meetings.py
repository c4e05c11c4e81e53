"""Meetings: when and where the cooperative meets, what about, what became of it. A moved meeting is the same one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.quick import Quick


class MeetingKind(StrEnum):
    """What sort of meeting it is."""

    ORDINARY = "ordinary"
    EXTRAORDINARY = "extraordinary"
    SECTION = "section"
    COMMITTEE = "committee"
    WORK_DAY = "work_day"
    TRAINING = "training"
    MEETING = "meeting"


class MeetingState(StrEnum):
    """What became of a meeting."""

    CALLED = "called"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HELD = "held"


# Those that are still to come.
STANDING = (MeetingState.CALLED, MeetingState.MOVED)


class Meeting(Base):
    """A meeting of a cooperative. The agenda is one item a line.

    One that was written down and not called yet has no `called_at`: nobody was told. `version` counts its moves,
    `noticed_at` is when members were last told of its time. Without an `audience` it is for all members.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "starts_at", "kind"),
        Index("ix_meetings_next", "cooperative_id", "starts_at"),
        Index("ix_meetings_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    starts_at: Mapped[datetime]
    place: Mapped[str]
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    agenda: Mapped[str]
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState), default=MeetingState.CALLED)
    version: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]
    called_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    noticed_at: Mapped[datetime | None]
    audience: Mapped[str | None]
    second_of_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))


class MeetingMove(Base):
    """A meeting was to be then and there, and was moved: a list that still has the old time means the same meeting."""

    __tablename__ = "meeting_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    was_at: Mapped[datetime]
    was_in: Mapped[str]
    moved_at: Mapped[datetime]
    moved_by: Mapped[int] = mapped_column(ForeignKey("members.id"))


@dataclass(frozen=True, slots=True)
class Announced:
    """A meeting as a member is told of it; with an `audience`, as it is kept, it is for some only."""

    meeting_id: int
    starts_at: datetime
    place: str
    kind: MeetingKind
    agenda: tuple[str, ...]
    state: MeetingState = MeetingState.CALLED
    version: int = 0
    second_of: int | None = None
    called_at: datetime | None = None
    audience: str | None = None

    @property
    def standing(self) -> bool:
        """Whether it is still to come."""
        return self.state in STANDING

    @property
    def off(self) -> bool:
        """Whether it was called off."""
        return self.state is MeetingState.CANCELLED


def stood(db: Connection, meeting: Announced) -> list[tuple[datetime, str]]:
    """When and where a meeting was to be in each of its versions, and last when and where it is."""
    moves = select(MeetingMove.was_at, MeetingMove.was_in).where(MeetingMove.meeting_id == meeting.meeting_id)
    before = [(row.was_at, row.was_in) for row in db.execute(moves.order_by(MeetingMove.id))]
    return [*before, (meeting.starts_at, meeting.place)]


# A meeting is still worth finding while it is being held.
STILL_ON = timedelta(hours=3)

_COLUMNS = (
    Meeting.id,
    Meeting.starts_at,
    Meeting.place,
    Meeting.kind,
    Meeting.agenda,
    Meeting.state,
    Meeting.version,
    Meeting.second_of_id,
    Meeting.called_at,
    Meeting.audience,
)
_NEXT = Quick(
    select(*_COLUMNS)
    .where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.starts_at >= bindparam("after"))
    .where(Meeting.state.in_(STANDING))
    .order_by(Meeting.starts_at, Meeting.id)
    .limit(bindparam("limit"))
)
_LAST = Quick(
    select(*_COLUMNS)
    .where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.state != MeetingState.CANCELLED)
    .where((Meeting.starts_at < bindparam("before")) | (Meeting.state == MeetingState.HELD))
    .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    .limit(bindparam("limit"))
)
_ONE = Quick(
    select(*_COLUMNS).where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.id == bindparam("meeting"))
)


def _announced(row: tuple[Any, ...]) -> Announced:
    meeting_id, starts_at, place, kind, agenda, *more = row
    return Announced(meeting_id, starts_at, place, kind, tuple(item for item in agenda.split("\n") if item), *more)


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
