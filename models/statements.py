"""Statements of the operators: each line of money that came in is kept once, and is in the books once.

A line is linked to the payment that the books have already, or posted as a payment once an officer answers for it;
until then it is proposed, or unmatched. Nothing is guessed: what fits nobody, or several, is listed for the office.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    Row,
    Select,
    UniqueConstraint,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base, choice
from models.entries import STANDS, Account, Entry, Posting
from models.members import Member
from models.proving.faults import Fault
from models.writing import batches

CHANNELS = (Account.ORANGE_MONEY, Account.WAVE, Account.MOOV, Account.MTN, Account.BANK)


class State(StrEnum):
    """What a line is."""

    LINKED = "linked"  # the books had the payment already
    PROPOSED = "proposed"  # it would be a payment of the one member who has the number
    POSTED = "posted"  # it is a payment that this line brought into the books
    UNMATCHED = "unmatched"


class Why(StrEnum):
    """Why a line fits nobody by itself."""

    NO_PHONE = "no_phone"
    UNKNOWN_PHONE = "unknown_phone"
    SHARED_PHONE = "shared_phone"
    LEFT = "left"  # the number is of somebody who left the cooperative
    ODD_AMOUNT = "odd_amount"  # not a round amount: fees may have been taken from it
    ALIKE = "alike"  # the books have a payment of the member at that time that is much like it, but not it
    OTHER_MONEY = "other_money"  # the books have the reference with another amount
    REVERSED = "reversed"  # its payment was undone


class StatementLine(Base):
    """A line of an operator's statement: money that came in."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "channel", "reference"),
        Index("ix_statement_lines_state", "cooperative_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    channel: Mapped[Account] = mapped_column(choice(Account))
    reference: Mapped[str]
    received_on: Mapped[date]
    amount: Mapped[int]
    phone_sealed: Mapped[str | None]
    state: Mapped[State] = mapped_column(choice(State))
    why: Mapped[Why | None] = mapped_column(choice(Why))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), unique=True)
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    read_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Received:
    """Money that came in, as the statement says it; the phone in E.164, or None when it says none that can be read."""

    reference: str
    received_on: date
    amount: int
    phone: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is kept."""

    line_id: int
    cooperative_id: int
    channel: Account
    reference: str
    received_on: date
    amount: int
    phone: str | None
    state: State
    why: Why | None
    member_id: int | None
    entry_id: int | None
    member: str | None  # the number on the card of the member it is of


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a line."""

    state: State
    member_id: int | None = None
    entry_id: int | None = None
    why: Why | None = None


_UNDONE = StatementLine.entry_id.is_not(None) & ~exists().where(Entry.id == StatementLine.entry_id, STANDS).correlate(
    StatementLine
)
_LINES: Select[*tuple[Any, ...]] = select(
    _UNDONE.label("undone"),
    StatementLine.id,
    StatementLine.cooperative_id,
    StatementLine.channel,
    StatementLine.reference,
    StatementLine.received_on,
    StatementLine.amount,
    StatementLine.phone_sealed,
    StatementLine.state,
    StatementLine.why,
    StatementLine.member_id,
    StatementLine.entry_id,
    Member.number,
).outerjoin(Member, Member.id == StatementLine.member_id)


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    """A row as a line. One whose payment was undone is open again."""
    undone, line_id, cooperative_id, channel, reference, received_on, amount, sealed, *rest = row
    phone = None if sealed is None else vault.unseal(sealed)
    if undone:
        rest = [State.UNMATCHED, Why.REVERSED, None, rest[3], None]
    return Line(line_id, cooperative_id, channel, reference, received_on, amount, phone, *rest)


def line(db: Connection, line_id: int) -> Line | None:
    """One line, or None."""
    row = db.execute(_LINES.where(StatementLine.id == line_id)).one_or_none()
    return None if row is None else _line(row)


def listed(db: Connection, cooperative_id: int, state: State) -> list[Line]:
    """The lines of a cooperative that are in a state, oldest first."""
    is_so = (StatementLine.state == state) & ~_UNDONE
    wanted = or_(is_so, _UNDONE) if state is State.UNMATCHED else is_so
    mine = _LINES.where(StatementLine.cooperative_id == cooperative_id, wanted)
    return [_line(row) for row in db.execute(mine.order_by(StatementLine.received_on, StatementLine.id))]


def known(db: Connection, cooperative_id: int, channel: Account, references: Sequence[str]) -> Mapping[str, Received]:
    """What was kept before under these references."""
    mine = select(
        StatementLine.reference, StatementLine.received_on, StatementLine.amount, StatementLine.phone_sealed
    ).where(StatementLine.cooperative_id == cooperative_id, StatementLine.channel == channel)
    found = {}
    for some in batches(references):
        for reference, received_on, amount, sealed in db.execute(mine.where(StatementLine.reference.in_(some))):
            phone = None if sealed is None else vault.unseal(sealed)
            found[reference] = Received(reference, received_on, amount, phone)
    return found


def keep(
    db: Connection, cooperative_id: int, channel: Account, received: Sequence[Received], now: datetime
) -> list[Line]:
    """Keep lines that were not there before, as unmatched; the books are held. Give them as they are kept."""
    rows = [
        {
            "cooperative_id": cooperative_id,
            "channel": channel,
            "reference": each.reference,
            "received_on": each.received_on,
            "amount": each.amount,
            "phone_sealed": None if each.phone is None else vault.seal(each.phone),
            "state": State.UNMATCHED,
            "read_at": now,
        }
        for each in received
    ]
    if not rows:
        return []
    inserted = db.execute(insert(StatementLine).returning(StatementLine.reference, StatementLine.id), rows)
    ids: dict[str, int] = {row.reference: row.id for row in inserted}
    return [
        Line(
            *(ids[each.reference], cooperative_id, channel, each.reference, each.received_on, each.amount, each.phone),
            *(State.UNMATCHED, None, None, None, None),
        )
        for each in received
    ]


_SETTLE = (
    update(StatementLine)
    .where(StatementLine.id == bindparam("line"))
    .values(
        state=bindparam("is_now"),
        why=bindparam("because"),
        member_id=bindparam("whose"),
        entry_id=bindparam("entry"),
        settled_by=bindparam("hand"),
    )
)


def settle(db: Connection, found: Mapping[int, Found], settled_by: int | None) -> None:
    """Write down what became of lines, and who answers for it."""
    rows = [
        {"line": line_id, "is_now": each.state, "because": each.why, "whose": each.member_id, "entry": each.entry_id}
        | {"hand": settled_by if each.entry_id else None}
        for line_id, each in found.items()
    ]
    if rows:
        db.execute(_SETTLE, rows)


def faults(db: Connection) -> Iterator[Fault]:
    """Lines that say other money than the payment they are linked to."""
    money = (
        select(func.coalesce(func.sum(Posting.amount), 0))
        .where(Posting.entry_id == StatementLine.entry_id, Posting.account == StatementLine.channel)
        .correlate(StatementLine)
        .scalar_subquery()
    )
    settled = StatementLine.state.in_((State.LINKED, State.POSTED))
    wrong = select(StatementLine.cooperative_id, StatementLine.id).where(
        or_(settled != StatementLine.entry_id.is_not(None), settled & (money != StatementLine.amount))
    )
    for home, line_id in db.execute(wrong.order_by(StatementLine.id)):
        yield Fault(f"statement line {line_id}: its payment is not in the books as the statement has it", home)
