"""Who says they come to a meeting, who stands in for whom, and how many must be there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models import assemblies, members
from models.base import Base
from models.meetings import Announced
from models.members import Member
from models.writing import insert_or_update


class Attendance(Base):
    """What a member answered to a meeting; the last answer counts."""

    __tablename__ = "attendances"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    coming: Mapped[bool]
    answered_at: Mapped[datetime]


class Proxy(Base):
    """A member asks another one to stand in for them (AUSCOOP 100: as the bylaws say). The paper is signed apart."""

    __tablename__ = "proxies"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    asked_at: Mapped[datetime]


def answer(db: Connection, meeting_id: int, member_id: int, coming: bool, now: datetime) -> None:
    """A member says whether they come; saying it again changes the answer. Who comes needs nobody to stand in."""
    key = {"meeting_id": meeting_id, "member_id": member_id}
    insert_or_update(db, Attendance, key, {"coming": coming, "answered_at": now})
    if coming:
        db.execute(_TAKEN_BACK, {"meeting": meeting_id, "giver": member_id})


_TAKEN_BACK = delete(Proxy).where(Proxy.meeting_id == bindparam("meeting"), Proxy.giver_id == bindparam("giver"))


def ask_again(db: Connection, meeting_id: int) -> None:
    """A meeting is at another time: what was said of the first one holds no more. Who stands in for whom stays."""
    db.execute(_ASKED_AGAIN, {"meeting": meeting_id})


_ASKED_AGAIN = delete(Attendance).where(
    Attendance.meeting_id == bindparam("meeting"),
    Attendance.member_id.not_in(select(Proxy.giver_id).where(Proxy.meeting_id == bindparam("meeting"))),
)


class Unfit(StrEnum):
    """Why somebody cannot stand in for another."""

    UNKNOWN = "unknown"
    ONESELF = "oneself"
    FULL = "full"
    AWAY = "away"
    HOLDS = "holds"
    NONE = "none"


class NoProxy(ValueError):
    """This member cannot stand in; the reason is one of `Unfit`."""

    def __init__(self, unfit: Unfit) -> None:
        super().__init__(unfit.value)
        self.unfit = unfit


# One after the other: two members who choose the same one at once must not both find room.
_LOCKED = select(Member.id).where(Member.id.in_(bindparam("both", expanding=True))).order_by(Member.id)
_LOCKED = _LOCKED.with_for_update()
_GIVEN = select(Proxy.giver_id, Proxy.holder_id).where(
    Proxy.meeting_id == bindparam("meeting"),
    Proxy.giver_id.in_(bindparam("both", expanding=True)) | Proxy.holder_id.in_(bindparam("both", expanding=True)),
)


def stand_in(db: Connection, cooperative_id: int, meeting_id: int, giver_id: int, number: str, now: datetime) -> int:
    """A member asks the one who has a number to stand in for them; who that is. Raises NoProxy."""
    most = assemblies.body(db, cooperative_id).stands_in_for
    holder = members.called(db, cooperative_id, number)
    if most < 1 or holder is None or holder[0] == giver_id:
        raise NoProxy(Unfit.NONE if most < 1 else Unfit.UNKNOWN if holder is None else Unfit.ONESELF)
    both = [giver_id, holder[0]]
    db.execute(_LOCKED, {"both": both})
    given = list(db.execute(_GIVEN, {"meeting": meeting_id, "both": both}))
    if any(giver == holder[0] for giver, _ in given):
        raise NoProxy(Unfit.AWAY)
    if any(held == giver_id for _, held in given):
        raise NoProxy(Unfit.HOLDS)
    if sum(held == holder[0] and giver != giver_id for giver, held in given) >= most:
        raise NoProxy(Unfit.FULL)
    answer(db, meeting_id, giver_id, False, now)
    key = {"meeting_id": meeting_id, "giver_id": giver_id}
    insert_or_update(db, Proxy, key, {"holder_id": holder[0], "asked_at": now})
    return holder[0]


def take_back(db: Connection, meeting_id: int, giver_id: int) -> None:
    """Nobody stands in for a member any more."""
    db.execute(_TAKEN_BACK, {"meeting": meeting_id, "giver": giver_id})


def needed(db: Connection, cooperative_id: int, meeting: Announced) -> int | None:
    """How many must be there or represented; None where the law asks for no number."""
    body = assemblies.body(db, cooperative_id)
    quorum = body.quorum(meeting.kind, meeting.second_of is not None)
    return None if quorum is None else quorum.needed(body.members)
