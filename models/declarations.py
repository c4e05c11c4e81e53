"""Payments that members declare: waiting until an officer says that the money came, or that it did not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Connection, ForeignKey, Index, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import receiving, vault
from models.base import Base, choice
from models.entries import Account
from models.hands import Hand
from models.members import Member, Role
from models.receiving import STAND_INS, Refused, Sum, Why
from models.writing import insert_once

AT_ONCE = 5  # that one member may have waiting


class State(StrEnum):
    """What became of what a member declared."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CONTESTED = "contested"  # it was refused, and the member opened a case
    WITHDRAWN = "withdrawn"


class Declaration(Base):
    """A payment as a member says it was made."""

    __tablename__ = "declarations"
    __table_args__ = (
        Index("ix_declarations_waiting", "cooperative_id", "state"),
        Index("ix_declarations_member", "member_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[int]
    channel: Mapped[Account] = mapped_column(choice(Account))
    towards: Mapped[Account] = mapped_column(choice(Account))
    paid_on: Mapped[date]
    reference: Mapped[str | None]  # the operator's
    state: Mapped[State] = mapped_column(choice(State))
    declared_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))


class TooMany(ValueError):
    """So many declarations of this member wait already."""


class NotWaiting(ValueError):
    """The declaration is not there, or was decided on or withdrawn before."""


_RECEIVERS = (
    select(Member.id, Member.name)
    .where(Member.cooperative_id == bindparam("cooperative"), Member.id != bindparam("member"))
    .where(Member.left_on.is_(None))
    .where(or_(Member.role == Role.TREASURER, bindparam("any_officer", type_=Boolean) & Member.role.in_(STAND_INS)))
    .order_by(Member.id)
    .limit(5)
)


def receivers(db: Connection, cooperative_id: int, member_id: int, role: Role) -> list[tuple[int, str]]:
    """Whom a member can have paid: those who may note it. Id and name."""
    given = {"cooperative": cooperative_id, "member": member_id, "any_officer": role is Role.TREASURER}
    return [(each.id, each.name) for each in db.execute(_RECEIVERS, given)]


@dataclass(frozen=True, slots=True)
class Said:
    """What a member declares: whom they paid, how much and when, and for what."""

    receiver_id: int
    paid: Sum
    towards: Account
    reference: str | None = None


_OPEN = select(func.count()).where(Declaration.member_id == bindparam("member"), Declaration.state == State.WAITING)


def declare(db: Connection, hand: Hand, said: Said, key: str, today: date, now: datetime) -> None:
    """Keep what a member declares until an officer decides. The same key declares once. Raises Refused and TooMany."""
    said.paid.check(today)
    if said.towards not in receiving.TOWARDS:
        raise Refused(Why.CHANNEL)
    if said.receiver_id not in dict(receivers(db, hand.cooperative_id, hand.member_id, hand.role)):
        raise Refused(Why.NO_CASHIER)
    if db.execute(_OPEN, {"member": hand.member_id}).scalar_one() >= AT_ONCE:
        raise TooMany
    whose = {"cooperative_id": hand.cooperative_id, "member_id": hand.member_id, "receiver_id": said.receiver_id}
    what = {"amount": said.paid.amount, "channel": said.paid.channel, "towards": said.towards, "paid_on": said.paid.on}
    what["reference"] = None if said.reference is None else receiving.referred(said.reference)
    values = {"key": vault.digest("declaration", key), "state": State.WAITING, "declared_at": now, **whose, **what}
    insert_once(db, Declaration, values)


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration: whose it is, whom they say they paid, what, and where it stands."""

    declaration_id: int
    member_id: int
    number: str
    name: str
    receiver: str
    amount: int
    channel: Account
    towards: Account
    paid_on: date
    state: State
    reference: str | None

    @property
    def paid(self) -> Sum:
        """The money."""
        return Sum(self.amount, self.channel, self.paid_on)


_receiver = Member.__table__.alias("receiver")
_DECLARED = (
    select(
        *(Declaration.id, Declaration.member_id, Member.number, Member.name, _receiver.c.name.label("receiver")),
        *(Declaration.amount, Declaration.channel, Declaration.towards, Declaration.paid_on, Declaration.state),
        Declaration.reference,
    )
    .join(Member, Member.id == Declaration.member_id)
    .join(_receiver, _receiver.c.id == Declaration.receiver_id)
)
_MINE = (
    _DECLARED.where(Declaration.member_id == bindparam("member")).order_by(Declaration.id.desc()).limit(bindparam("n"))
)
_MY_ONE = _DECLARED.where(Declaration.member_id == bindparam("member"), Declaration.id == bindparam("declaration"))
_IN = _DECLARED.where(Declaration.cooperative_id == bindparam("cooperative"))
# An officer sees what they may decide on: nobody decides on their own, and a stand-in on what treasurers paid.
FOR = and_(
    Declaration.state == State.WAITING,
    Declaration.cooperative_id == bindparam("cooperative"),
    Declaration.member_id != bindparam("officer"),
    or_(bindparam("treasurer", type_=Boolean), Member.role == Role.TREASURER),
)
_FOR = _DECLARED.where(FOR).order_by(Declaration.id).limit(bindparam("n"))
_ALL = _IN.where(Declaration.state == State.WAITING).order_by(Declaration.id)
_ONE = _IN.where(Declaration.id == bindparam("declaration"))


def mine(db: Connection, member_id: int, limit: int) -> list[Declared]:
    """What a member declared, newest first."""
    return [Declared(*row) for row in db.execute(_MINE, {"member": member_id, "n": limit})]


def my_one(db: Connection, member_id: int, declaration_id: int) -> Declared | None:
    """A declaration of this member, or None when it is not theirs."""
    row = db.execute(_MY_ONE, {"member": member_id, "declaration": declaration_id}).one_or_none()
    return None if row is None else Declared(*row)


def given(hand: Hand) -> dict[str, object]:
    """What narrows declarations to those that wait for this officer."""
    return {
        "cooperative": hand.cooperative_id,
        "officer": hand.member_id,
        "treasurer": hand.role is Role.TREASURER,
    }


def waiting(db: Connection, hand: Hand, limit: int) -> list[Declared]:
    """What waits for this officer, oldest first."""
    return [Declared(*row) for row in db.execute(_FOR, {**given(hand), "n": limit})]


def all_waiting(db: Connection, cooperative_id: int) -> Iterator[Declared]:
    """All that waits in a cooperative, oldest first."""
    return (Declared(*row) for row in db.execute(_ALL, {"cooperative": cooperative_id}))


def one(db: Connection, cooperative_id: int, declaration_id: int) -> Declared | None:
    """A declaration in this cooperative, or None."""
    row = db.execute(_ONE, {"cooperative": cooperative_id, "declaration": declaration_id}).one_or_none()
    return None if row is None else Declared(*row)


def move(db: Connection, declaration_id: int, before: State, after: State, hand: Hand | None, now: datetime) -> bool:
    """Decide on a declaration; of two who do at once, one does. False when it is not any more what it was."""
    moved = update(Declaration).where(Declaration.id == declaration_id, Declaration.state == before)
    decision = {"decided_by": None if hand is None else hand.member_id, "decided_at": now}
    return db.execute(moved.values(state=after, **decision)).rowcount > 0


def withdraw(db: Connection, member_id: int, declaration_id: int, now: datetime) -> bool:
    """The member takes back what they declared, while it waits. False when it is not theirs or does not wait."""
    if my_one(db, member_id, declaration_id) is None:
        return False
    return move(db, declaration_id, State.WAITING, State.WITHDRAWN, None, now)


def contest(db: Connection, member_id: int, declaration_id: int) -> int | None:
    """The member opens a case about a refusal, once: who refused; None when there is nothing to contest."""
    moved = (
        update(Declaration)
        .where(Declaration.id == declaration_id, Declaration.member_id == member_id)
        .where(Declaration.state == State.REFUSED)
        .values(state=State.CONTESTED)
        .returning(Declaration.decided_by)
    )
    return db.execute(moved).scalar_one_or_none()
