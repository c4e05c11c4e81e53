"""At the door of a meeting: who is there, by member number, and for whom they stand in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, bindparam, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models import attendance, meetings, members
from models.attendance import Proxy
from models.base import Base
from models.hands import Hand
from models.meetings import Announced, MeetingState
from models.members import Member, Role
from models.writing import insert_or_update

# Who keeps the list of those present (AUSCOOP 355 to 359: with two who watch over it).
KEEPERS = (Role.SECRETARY, Role.PRESIDENT, Role.SURVEILLANCE)
OPENS = timedelta(hours=3)


class Presence(Base):
    """A member was there, or was represented by a holder who was."""

    __tablename__ = "presences"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


class Shut(StrEnum):
    """Why nobody is noted at the door, or nothing in the minutes."""

    NO_KEEPER = "no_keeper"
    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    NO_MEMBER = "no_member"
    NOT_THERE = "not_there"
    NO_QUORUM = "no_quorum"
    NO_ITEM = "no_item"
    NO_VOTE = "no_vote"
    VOTES = "votes"


class Closed(ValueError):
    """It cannot be noted; the reason is one of `Shut`."""

    def __init__(self, shut: Shut) -> None:
        super().__init__(shut.value)
        self.shut = shut


def opened(db: Connection, hand: Hand, meeting_id: int, now: datetime, before: timedelta = OPENS) -> Announced:
    """A meeting whose list may be kept now, from three hours before. Raises Closed."""
    if hand.role not in KEEPERS:
        raise Closed(Shut.NO_KEEPER)
    found = meetings.announced(db, hand.cooperative_id, meeting_id)
    if found is None:
        raise Closed(Shut.UNKNOWN)
    if found.state is MeetingState.CANCELLED:
        raise Closed(Shut.OVER)
    if now < found.starts_at - before:
        raise Closed(Shut.NOT_YET)
    return found


_GIVERS = (
    select(Member.number)
    .join(Proxy, Proxy.giver_id == Member.id)
    .outerjoin(Presence, (Presence.member_id == Member.id) & (Presence.meeting_id == Proxy.meeting_id))
    .where(Proxy.meeting_id == bindparam("meeting"), Proxy.holder_id == bindparam("holder"))
    .where(Presence.member_id.is_(None))
    .order_by(func.length(Member.number), Member.number)
)


def givers(db: Connection, meeting_id: int, holder_id: int) -> list[str]:
    """The numbers of those who asked a member to stand in and are not noted yet."""
    return list(db.execute(_GIVERS, {"meeting": meeting_id, "holder": holder_id}).scalars())


def enter(db: Connection, hand: Hand, meeting_id: int, number: str, now: datetime) -> int:
    """A member is there: nobody stands in for them any more. Noted again it is the same; who it is. Raises Closed."""
    opened(db, hand, meeting_id, now)
    member_id = _called(db, hand, number)
    attendance.take_back(db, meeting_id, member_id)
    _note(db, hand, meeting_id, member_id, None, now)
    return member_id


def _called(db: Connection, hand: Hand, number: str) -> int:
    found = members.called(db, hand.cooperative_id, number)
    if found is None:
        raise Closed(Shut.NO_MEMBER)
    return found[0]


def _note(db: Connection, hand: Hand, meeting_id: int, member_id: int, holder_id: int | None, now: datetime) -> None:
    key = {"meeting_id": meeting_id, "member_id": member_id}
    noted = {"holder_id": holder_id, "recorded_by": hand.member_id, "recorded_at": now}
    insert_or_update(db, Presence, key, noted)


_THERE = select(Presence.holder_id).where(
    Presence.meeting_id == bindparam("meeting"), Presence.member_id == bindparam("member")
)
_IN_PERSON = _THERE.where(Presence.holder_id.is_(None))


def represent(db: Connection, hand: Hand, meeting_id: int, giver: str, holder: str, now: datetime) -> None:
    """Somebody who is there has the signed paper of a member who is not. Raises Closed and NoProxy.

    Whoever is noted as there themselves stays so.
    """
    opened(db, hand, meeting_id, now)
    giver_id, holder_id = _called(db, hand, giver), _called(db, hand, holder)
    if db.execute(_IN_PERSON, {"meeting": meeting_id, "member": holder_id}).one_or_none() is None:
        raise Closed(Shut.NOT_THERE)
    if db.execute(_IN_PERSON, {"meeting": meeting_id, "member": giver_id}).one_or_none() is not None:
        return
    attendance.stand_in(db, hand.cooperative_id, meeting_id, giver_id, holder, now)
    _note(db, hand, meeting_id, giver_id, holder_id, now)


@dataclass(frozen=True, slots=True)
class Present:
    """How many were there, and how many more were represented."""

    there: int
    represented: int

    @property
    def votes(self) -> int:
        """One member, one vote (AUSCOOP 102)."""
        return self.there + self.represented


_COUNTED = select(
    func.coalesce(func.sum(case((Presence.holder_id.is_(None), 1), else_=0)), 0),
    func.count(Presence.holder_id),
).where(Presence.meeting_id == bindparam("meeting"))


def present(db: Connection, meeting_id: int) -> Present:
    """Who was noted at the door of a meeting, in numbers."""
    there, represented = db.execute(_COUNTED, {"meeting": meeting_id}).one()
    return Present(int(there), int(represented))
