"""People the register does not know: the language they chose, their request to be linked, their wish to be called.

Call-back requests of members stand here too: one open request a phone, whoever holds it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, Index, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models import members, vault
from models.base import Base, choice
from models.cooperatives import Cooperative
from models.members import Member, Phone, Role
from models.quick import Quick
from models.writing import insert_once, insert_or_update


class Caller(Base):
    """The language an unknown number chose."""

    __tablename__ = "callers"

    phone_digest: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    chosen_at: Mapped[datetime]


class RequestState(StrEnum):
    """What became of a request."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class JoinRequest(Base):
    """A number asks to be linked to a member, or a person asks to become one. A secretary decides, face to face."""

    __tablename__ = "join_requests"
    __table_args__ = (
        Index(
            "uq_join_requests_pending",
            "phone",
            "cooperative_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_number: Mapped[str | None]
    language: Mapped[str]
    state: Mapped[RequestState] = mapped_column(choice(RequestState))
    asked_at: Mapped[datetime]


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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    language: Mapped[str]
    topic: Mapped[str]
    state: Mapped[CallState] = mapped_column(choice(CallState))
    asked_at: Mapped[datetime]


_LANGUAGE = Quick(select(Caller.language).where(Caller.phone_digest == bindparam("phone")))


def language(db: Connection, phone: str) -> str | None:
    """The language an unknown number chose before, or None."""
    found: str | None = _LANGUAGE.scalar(db, {"phone": vault.digest("phone", phone)})
    return found


def choose_language(db: Connection, phone: str, chosen: str, now: datetime) -> None:
    """An unknown number chooses its language."""
    key = {"phone_digest": vault.digest("phone", phone)}
    insert_or_update(db, Caller, key, {"language": chosen, "chosen_at": now})


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks to be linked to what: a member's number, or None to become a member."""

    phone: str
    cooperative_id: int
    member_number: str | None
    language: str


def ask_to_join(db: Connection, wish: Wish, key: str, now: datetime) -> None:
    """Keep a request until a secretary decides: one open request a number and cooperative."""
    values = {
        "key": vault.digest("wish", key),
        "phone": wish.phone,
        "cooperative_id": wish.cooperative_id,
        "member_number": wish.member_number,
        "language": wish.language,
        "state": RequestState.PENDING,
        "asked_at": now,
    }
    insert_once(db, JoinRequest, values)


@dataclass(frozen=True, slots=True)
class Pending:
    """A request that waits for a secretary."""

    request_id: int
    cooperative: str
    member_number: str | None
    phone: str
    asked_at: datetime


def pending(db: Connection) -> list[Pending]:
    """The requests that wait, oldest first."""
    waiting = (
        select(JoinRequest.id, Cooperative.code, JoinRequest.member_number, JoinRequest.phone, JoinRequest.asked_at)
        .join(Cooperative, Cooperative.id == JoinRequest.cooperative_id)
        .where(JoinRequest.state == RequestState.PENDING)
        .order_by(JoinRequest.id)
    )
    return [Pending(*row) for row in db.execute(waiting)]


class NotConfirmed(ValueError):
    """A request could not be confirmed; the sentence says why."""


def confirm(db: Connection, request_id: int, number: str | None, name: str | None, now: datetime) -> int:
    """A secretary has seen the person: link the phone to the member, or enter a new member under `number` and `name`.

    Gives the member's id. Raises NotConfirmed when the request is not waiting, or the member is not there.
    """
    request = db.execute(
        update(JoinRequest)
        .where(JoinRequest.id == request_id, JoinRequest.state == RequestState.PENDING)
        .values(state=RequestState.CONFIRMED)
        .returning(
            JoinRequest.cooperative_id,
            JoinRequest.member_number,
            JoinRequest.phone,
            JoinRequest.language,
        )
    ).one_or_none()
    if request is None:
        raise NotConfirmed(f"request {request_id} is not waiting")
    wanted = number or request.member_number
    if wanted is None:
        raise NotConfirmed("say the number of the new member with --number")
    member_id = members.by_number(db, request.cooperative_id, wanted)
    if member_id is not None and name is not None:
        raise NotConfirmed(f"number {wanted} is somebody's already: a new member needs a number of their own")
    if member_id is None:
        if name is None:
            raise NotConfirmed(f"no member {wanted} in this cooperative; for a new member give --name")
        member_id = _enter(db, request.cooperative_id, wanted, name, request.language, now)
    insert_or_update(db, Phone, {"member_id": member_id, "number": request.phone}, {"confirmed_at": now})
    return member_id


def _enter(db: Connection, cooperative_id: int, number: str, name: str, spoken: str, now: datetime) -> int:
    values = {
        "cooperative_id": cooperative_id,
        "number": number,
        "name": name,
        "language": spoken,
        "role": Role.MEMBER,
        "joined_on": now.date(),
        "amounts_by_sms": False,
    }
    return db.execute(insert(Member).values(**values).returning(Member.id)).scalar_one()


def refuse(db: Connection, request_id: int) -> bool:
    """A secretary refuses a request. False when it is not waiting."""
    refused = update(JoinRequest).where(JoinRequest.id == request_id, JoinRequest.state == RequestState.PENDING)
    return db.execute(refused.values(state=RequestState.REFUSED)).rowcount > 0


DANGER = "danger"


def ask_for_call(db: Connection, phone: str, member_id: int | None, spoken: str, topic: str, now: datetime) -> None:
    """Somebody wants to be called. While a request of theirs is open, asking again only makes it `DANGER`, if it is.

    Of one that says not what it is about only the day is kept: the moment would lead to what was done just before.
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
    if insert_once(db, CallBack, values) is None and topic == DANGER:
        here = CallBack.phone == phone
        mine = here if member_id is None else here | (CallBack.member_id == member_id)
        db.execute(update(CallBack).where(mine, CallBack.state == CallState.OPEN).values(topic=DANGER))


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
