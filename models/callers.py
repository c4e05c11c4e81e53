"""People the register does not know: the language they chose, and their request to be linked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, Index, bindparam, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from models import codes, members, telling, vault
from models.base import Base, choice
from models.cooperatives import Cooperative
from models.members import OFFICERS, Member, Phone, Role
from models.quick import Quick
from models.telling import Fact
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


_ASKED = (
    select(JoinRequest.id)
    .join(
        Member,
        (Member.cooperative_id == JoinRequest.cooperative_id) & (Member.number == JoinRequest.member_number),
    )
    .where(JoinRequest.cooperative_id == bindparam("cooperative"), JoinRequest.phone == bindparam("phone"))
    .where(JoinRequest.state == RequestState.PENDING, Member.id == bindparam("member"))
)


def asked(db: Connection, cooperative_id: int, member_id: int, phone: str) -> bool:
    """Whether a phone dialled and asked to be linked to a member, and waits for an answer."""
    given = {"cooperative": cooperative_id, "phone": phone, "member": member_id}
    return db.execute(_ASKED, given).first() is not None


class NotConfirmed(ValueError):
    """A request could not be confirmed; the sentence says why."""


class HoldsOffice(NotConfirmed):
    """The number is an officer's: what opens an office takes two keys (`models.new_numbers`), never one."""


def confirm(db: Connection, request_id: int, number: str | None, name: str | None, now: datetime) -> int:
    """A secretary has seen the person: link the phone to the member, or enter a new member under `number` and `name`.

    Gives the member's id. Raises NotConfirmed when the request is not waiting, or the member is not there; HoldsOffice
    when the member is an officer.
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
    if db.execute(_IN_OFFICE, {"member": member_id}).one_or_none():
        raise HoldsOffice(f"member {wanted} holds an office: that takes two officers, with `members change-phone`")
    _link(db, member_id, request.phone, f"linked:{request_id}", now)
    return member_id


_IN_OFFICE = select(Member.id).where(
    Member.id == bindparam("member"), Member.role.in_(OFFICERS), Member.left_on.is_(None)
)


def _link(db: Connection, member_id: int, phone: str, key: str, now: datetime) -> None:
    """Let a phone speak for a member. The phones they had are told first, so that who has them notices.

    What the member allowed for those phones, no code and amounts by SMS, is not allowed for one more.
    """
    before = members.phones(db, member_id)
    if before and phone not in before:
        telling.warn(db, member_id, Fact("number_changed", {"removed": False}), key, now)
        codes.ask_again(db, member_id)
        members.want_amounts_by_sms(db, member_id, False)
    insert_or_update(db, Phone, {"member_id": member_id, "number": phone}, {"confirmed_at": now})


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
