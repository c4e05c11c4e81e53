"""Proof of notice: for each member, by what a meeting was made known to them, and whether it arrived.

The proof is on who convenes (AUSCOOP 233); a process that leaves a written trace does (AUSCOOP 344). An SMS counts as
arrived when its delivery report says so, and a member may have read the full notice on the phone. Whoever is left is to
be told by hand. What told of another day or place than those that stand now is no notice of the meeting; of one that is
off only that counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, ForeignKey, Select, and_, exists, false, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import announcing, audiences, meetings, vault
from models.announcing import What
from models.base import Base
from models.inbox import OptOut
from models.meetings import Announced, MeetingMove
from models.members import Member, Phone
from models.messages import GOT, Message, MessageState
from models.reports import Report
from models.writing import insert_once


class NoticeRead(Base):
    """A member opened the full notice of a meeting on the phone; the first time since it was last moved counts."""

    __tablename__ = "notice_reads"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    read_at: Mapped[datetime]


# A notice that was read before the meeting was moved told of another day or place.
_STANDS = ~exists().where(
    MeetingMove.meeting_id == NoticeRead.meeting_id, MeetingMove.moved_at > NoticeRead.read_at
).correlate(NoticeRead)


def read(db: Connection, meeting_id: int, member_id: int, now: datetime) -> None:
    """A member opens the full notice."""
    insert_once(db, NoticeRead, {"meeting_id": meeting_id, "member_id": member_id, "read_at": now})
    mine = NoticeRead.meeting_id == meeting_id, NoticeRead.member_id == member_id
    db.execute(update(NoticeRead).where(*mine, ~_STANDS).values(read_at=now))


class Way(StrEnum):
    """What is known of the notice to a member, best first."""

    ARRIVED = "arrived"
    SENT = "sent"
    UNSURE = "unsure"
    WAITING = "waiting"
    LOST = "lost"
    STOPPED = "stopped"
    NO_PHONE = "no_phone"


_WAYS: Mapping[MessageState, Way] = {
    MessageState.DELIVERED: Way.ARRIVED,
    MessageState.ACCEPTED: Way.SENT,
    MessageState.IN_DOUBT: Way.UNSURE,
    MessageState.SENDING: Way.WAITING,
    MessageState.QUEUED: Way.WAITING,
    MessageState.EXPIRED: Way.LOST,
    MessageState.FAILED: Way.LOST,
    MessageState.CANCELLED: Way.LOST,
}
_BEST = list(Way)


@dataclass(frozen=True, slots=True)
class Served:
    """What is known of the notice to one member: the end of the phone, when it was reported, when it was read."""

    number: str
    way: Way
    phone: str
    reported_at: datetime | None
    read_at: datetime | None


def _told(db: Connection, meeting: Announced) -> tuple[list[int], list[int]]:
    """The broadcasts that told of a meeting as it stands now, or that it is off; and those that told of it before."""
    now: list[int] = []
    before: list[int] = []
    for each in announcing.notices(db, meeting.meeting_id):
        if each.what not in announcing.REMINDERS:
            stands = each.version == meeting.version and (each.what is What.CANCELLED) == meeting.off
            (now if stands else before).append(each.broadcast_id)
    return now, before


def _read(meeting: Announced) -> ColumnElement[bool]:
    """What was read of a meeting as it stands now; nothing that was read said that it is off."""
    return false() if meeting.off else and_(NoticeRead.meeting_id == meeting.meeting_id, _STANDS)


def _known(db: Connection, cooperative_id: int, meeting_id: int) -> tuple[Announced, list[ColumnElement[bool]]]:
    """A meeting, and what a statement asks of a member to find those it is for."""
    meeting = meetings.announced(db, cooperative_id, meeting_id)
    assert meeting is not None  # noqa: S101 - whoever asks has found it
    return meeting, audiences.among(db, announcing.invited(db, meeting_id, cooperative_id))


def proof(db: Connection, cooperative_id: int, meeting_id: int) -> list[Served]:
    """For each member it is for, by number, how the notice of a meeting reached them; of several phones the best.

    Who got only a notice of what it was before it was moved or called off was not told.
    """
    meeting, invited = _known(db, cooperative_id, meeting_id)
    told, _before = _told(db, meeting)
    found = (
        select(Member.number, Phone.number.label("phone"), Message.state, Report.received_at, NoticeRead.read_at)
        .outerjoin(Phone, Phone.member_id == Member.id)
        .outerjoin(Message, (Message.phone == Phone.number) & Message.broadcast_id.in_(told))
        .outerjoin(NoticeRead, (NoticeRead.member_id == Member.id) & _read(meeting))
        .outerjoin(
            Report,
            (Report.gateway == Message.gateway)
            & (Report.gateway_id == Message.gateway_id)
            & (Report.state == MessageState.DELIVERED),
        )
        .where(*invited)
        .order_by(func.length(Member.number), Member.number, Message.id)
    )
    silent = set(db.execute(select(OptOut.phone_digest)).scalars())
    best: dict[str, Served] = {}
    for number, phone, state, reported_at, read_at in db.execute(found):
        stopped = phone is not None and vault.digest("phone", phone) in silent
        way = _way(phone, state, stopped)
        now = Served(number, way, f"...{phone[-4:]}" if phone else "-", reported_at, read_at)
        best[number] = min(best.get(number, now), now, key=lambda each: _BEST.index(each.way))
    return list(best.values())


def _way(phone: str | None, state: MessageState | None, stopped: bool) -> Way:
    if phone is None:
        return Way.NO_PHONE
    if state is not None:
        return _WAYS[state]
    return Way.STOPPED if stopped else Way.LOST


@dataclass(frozen=True, slots=True)
class Reach:
    """How many phones a notice went to, by what is known of it; how many members read it, and have no phone."""

    ways: Mapping[Way, int]
    read: int
    no_phone: int

    @property
    def phones(self) -> int:
        """All of them."""
        return sum(self.ways.values())


def reach(db: Connection, cooperative_id: int, meeting_id: int) -> Reach:
    """How the notice of a meeting arrived, in numbers; what was taken back before it left is not counted.

    A phone that got only what the meeting was before is one at which the notice did not arrive.
    """
    meeting, invited = _known(db, cooperative_id, meeting_id)
    told, before = _told(db, meeting)
    states = select(Message.state, func.count()).where(Message.broadcast_id.in_(told)).group_by(Message.state)
    ways = counted((row[0], row[1]) for row in db.execute(states))
    ways[Way.LOST] += db.execute(_only_before(told, before, invited)).scalar_one()
    read = select(func.count()).select_from(NoticeRead).join(Member).where(_read(meeting), *invited)
    no_phone = select(func.count()).select_from(Member).where(*invited, Member.id.not_in(select(Phone.member_id)))
    return Reach(ways, db.execute(read).scalar_one(), db.execute(no_phone).scalar_one())


def _only_before(told: list[int], before: list[int], invited: list[ColumnElement[bool]]) -> Select[int]:
    """How many phones of those a meeting is for were told of it before it was changed, and of the change nothing."""
    now = select(Message.phone).where(Message.broadcast_id.in_(told))
    theirs = select(Phone.number).join(Member, Member.id == Phone.member_id).where(*invited)
    return (
        select(func.count(Message.phone.distinct()))
        .where(Message.broadcast_id.in_(before), GOT)
        .where(Message.phone.in_(theirs), Message.phone.not_in(now))
    )


def counted(states: Iterable[tuple[MessageState, int]]) -> dict[Way, int]:
    """Messages by what is known of them; what was taken back is not counted."""
    ways = dict.fromkeys(Way, 0)
    for state, count in states:
        if state is not MessageState.CANCELLED:
            ways[_WAYS[state]] += count
    return ways
