"""Proof of notice: for each member, by what a meeting was made known to them, and whether it arrived.

The proof is on who convenes (AUSCOOP 233); a process that leaves a written trace does (AUSCOOP 344). An SMS counts as
arrived when its delivery report says so, and a member may have read the full notice on the phone. Whoever is left is to
be told by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models import announcing, vault
from models.announcing import What
from models.base import Base
from models.inbox import OptOut
from models.members import Member, Phone
from models.messages import Message, MessageState
from models.reports import Report
from models.writing import insert_once


class NoticeRead(Base):
    """A member opened the full notice of a meeting on the phone; the first time counts."""

    __tablename__ = "notice_reads"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    read_at: Mapped[datetime]


def read(db: Connection, meeting_id: int, member_id: int, now: datetime) -> None:
    """A member opens the full notice."""
    insert_once(db, NoticeRead, {"meeting_id": meeting_id, "member_id": member_id, "read_at": now})


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


def proof(db: Connection, cooperative_id: int, meeting_id: int) -> list[Served]:
    """For each member, by number, how the notice of a meeting reached them; of several phones the best counts."""
    firsts = (What.CALLED, What.MOVED)
    told = [each.broadcast_id for each in announcing.notices(db, meeting_id) if each.what in firsts]
    found = (
        select(Member.number, Phone.number.label("phone"), Message.state, Report.received_at, NoticeRead.read_at)
        .outerjoin(Phone, Phone.member_id == Member.id)
        .outerjoin(Message, (Message.phone == Phone.number) & Message.broadcast_id.in_(told))
        .outerjoin(NoticeRead, (NoticeRead.member_id == Member.id) & (NoticeRead.meeting_id == meeting_id))
        .outerjoin(
            Report,
            (Report.gateway == Message.gateway)
            & (Report.gateway_id == Message.gateway_id)
            & (Report.state == MessageState.DELIVERED),
        )
        .where(Member.cooperative_id == cooperative_id, Member.left_on.is_(None))
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


_FIRSTS = select(announcing.MeetingNotice.broadcast_id).where(
    announcing.MeetingNotice.meeting_id == bindparam("meeting"), announcing.MeetingNotice.what == What.CALLED
)
_COUNTED = (
    select(Message.state, func.count()).where(Message.broadcast_id.in_(_FIRSTS)).group_by(Message.state)
)  # fmt: skip
_OTHERS = select(
    select(func.count()).where(NoticeRead.meeting_id == bindparam("meeting")).scalar_subquery(),
    select(func.count())
    .where(Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None))
    .where(Member.id.not_in(select(Phone.member_id)))
    .scalar_subquery(),
)


def reach(db: Connection, cooperative_id: int, meeting_id: int) -> Reach:
    """How the notice of a meeting arrived, in numbers; what was taken back before it left is not counted."""
    states = db.execute(_COUNTED, {"meeting": meeting_id}).all()
    others = db.execute(_OTHERS, {"cooperative": cooperative_id, "meeting": meeting_id}).one()
    return Reach(counted(states), *others)


def counted(states: Iterable[tuple[MessageState, int]]) -> dict[Way, int]:
    """Messages by what is known of them; what was taken back is not counted."""
    ways = dict.fromkeys(Way, 0)
    for state, count in states:
        if state is not MessageState.CANCELLED:
            ways[_WAYS[state]] += count
    return ways
