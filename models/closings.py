"""The closing of a month: the cash was counted, and stands beside what the books say. A difference is shown.

The books are only added to, so an entry that is dated in a closed month may still come; what came after a closing is
told with the next one. A closing says how many entries the chain had, and its last seal, so that it can be proved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, Row, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models import chain, cooperatives, stamps
from models.base import Base
from models.chain import Link
from models.entries import Account, Entry, Posting
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS, Member
from models.proving.faults import Fault
from models.stamps import Kind, Rows
from models.writing import insert_once


class Closing(Base):
    """The cash of a cooperative at the end of a month, as it was counted, and as the books had it then."""

    __tablename__ = "closings"
    __table_args__ = (UniqueConstraint("cooperative_id", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    month: Mapped[date]  # its first day
    book: Mapped[int]
    counted: Mapped[int]
    entries: Mapped[int]
    seal: Mapped[str]
    counted_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    closed_at: Mapped[datetime]


CLOSED = Kind("closing", Rows(Closing, Closing.id, Closing.cooperative_id))


class NotYet(ValueError):
    """The month is not over where the cooperative is."""


class AlreadyClosed(ValueError):
    """The month was closed with another count, or a later month was closed before it."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count of the cash: of which month (its first day), how much, and who stood by besides the officer."""

    month: date
    counted: int
    witness_id: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A closing as it was written down; the members by the numbers on their cards."""

    month: date
    book: int
    counted: int
    entries: int
    seal: str
    closed_at: datetime

    @property
    def short(self) -> bool:
        """Whether the books paid out cash that they never had: money came in that nobody noted."""
        return self.book < 0

    @property
    def difference(self) -> int:
        """What was counted beyond the books; below zero when cash is missing."""
        return self.counted - self.book


@dataclass(frozen=True, slots=True)
class Late:
    """Entries that came into the books after a closing and are dated in a month it closed; what they change of cash."""

    entries: int
    cash: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A closing in its row: what came late between the closing before and this one, and who counted and stood by."""

    closing: Counted
    late: Late
    counted_by: str
    witness: str | None


def last_day(month: date) -> date:
    """The last day of a month, given by any of its days."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def close(db: Connection, hand: Hand, count: Count, now: datetime) -> Counted:
    """Write down a count of the cash beside the books, from the last day of the month on; the closing as it is kept.

    The same count again changes nothing. Raises NotAllowed when the person is no officer, or their own witness, NotYet,
    and AlreadyClosed.
    """
    _allow(db, hand, count)
    if cooperatives.today(db, hand.cooperative_id, now) < last_day(count.month):
        raise NotYet
    [held] = chain.hold(db, [hand.cooperative_id]).values()
    before = last(db, hand.cooperative_id)
    if before is not None and before.month >= count.month:
        return _again(db, hand.cooperative_id, count)
    values = {
        "cooperative_id": hand.cooperative_id,
        "month": count.month,
        "book": book_balance(db, hand.cooperative_id, last_day(count.month)),
        "counted": count.counted,
        "entries": held.entries,
        "seal": held.head,
        "counted_by": hand.member_id,
        "witness_id": count.witness_id,
        "closed_at": now,
    }
    made = insert_once(db, Closing, values)
    stamps.write(db, CLOSED, [] if made is None else [made])
    return _again(db, hand.cooperative_id, count)


def _allow(db: Connection, hand: Hand, count: Count) -> None:
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    if count.witness_id == hand.member_id:
        raise NotAllowed(Bar.SAME_PERSON)
    whose = select(Member.cooperative_id).where(Member.id == count.witness_id)
    if count.witness_id is not None and db.execute(whose).scalar_one_or_none() != hand.cooperative_id:
        raise LookupError("the witness is no member of the cooperative")


def _again(db: Connection, cooperative_id: int, count: Count) -> Counted:
    """The closing of a month, when it says the same."""
    row = db.execute(_OF_MONTH, {"cooperative": cooperative_id, "month": count.month}).one_or_none()
    if row is None or row.counted != count.counted or row.witness_id != count.witness_id:
        raise AlreadyClosed
    return _counted(row)


def book_balance(db: Connection, cooperative_id: int, on: date, entries: int | None = None) -> int:
    """The cash of a cooperative at the end of a day, as the books have it, or had it with so many entries."""
    cash = _CASH.where(Entry.happened_on <= on, *_within(None, entries))
    return int(db.execute(cash, {"cooperative": cooperative_id}).scalar_one())


_COLUMNS = (Closing.month, Closing.book, Closing.counted, Closing.entries, Closing.seal, Closing.closed_at)
_MINE = select(*_COLUMNS).where(Closing.cooperative_id == bindparam("cooperative"))
_LAST = _MINE.order_by(Closing.month.desc()).limit(1)
_OF_MONTH = _MINE.add_columns(Closing.witness_id).where(Closing.month == bindparam("month"))
_CASH = (
    select(func.coalesce(func.sum(Posting.amount), 0))
    .join(Entry, Entry.id == Posting.entry_id)
    .join(Link, Link.entry_id == Entry.id)
    .where(Entry.cooperative_id == bindparam("cooperative"), Posting.account == Account.CASH)
)
_HOW_MANY = (
    select(func.count())
    .select_from(Entry)
    .join(Link, Link.entry_id == Entry.id)
    .where(Entry.cooperative_id == bindparam("cooperative"))
)


def _within(after: int | None, upto: int | None) -> list[ColumnElement[bool]]:
    """Places in the chain behind one, and up to another."""
    behind = [] if after is None else [Link.position > after]
    return behind if upto is None else [*behind, Link.position <= upto]


def _counted(row: Row[*tuple[Any, ...]]) -> Counted:
    return Counted(row.month, row.book, row.counted, row.entries, row.seal, row.closed_at)


def last(db: Connection, cooperative_id: int) -> Counted | None:
    """The newest closing of a cooperative, or None."""
    row = db.execute(_LAST, {"cooperative": cooperative_id}).one_or_none()
    return None if row is None else _counted(row)


def last_on(db: Connection, cooperative_id: int, on: date) -> Counted | None:
    """The newest closing of a cooperative whose month was over on a day, or None."""
    upto = _MINE.where(Closing.month <= on.replace(day=1)).order_by(Closing.month.desc())
    found = (_counted(row) for row in db.execute(upto, {"cooperative": cooperative_id}))
    return next((each for each in found if last_day(each.month) <= on), None)


def after(db: Connection, cooperative_id: int, closing: Counted, upto: int | None = None) -> Late:
    """What came into the books after a closing, dated in a month it closed; up to a place in the chain, or the end."""
    late = [Entry.happened_on <= last_day(closing.month), *_within(closing.entries, upto)]
    mine = {"cooperative": cooperative_id}
    count = db.execute(_HOW_MANY.where(*late), mine).scalar_one()
    return Late(count, int(db.execute(_CASH.where(*late), mine).scalar_one()))


def listed(db: Connection, cooperative_id: int) -> list[Listed]:
    """The closings of a cooperative, oldest first."""
    numbers = {
        row.id: row.number
        for row in db.execute(select(Member.id, Member.number).where(Member.cooperative_id == cooperative_id))
    }
    rows, before = [], None
    everything = _MINE.add_columns(Closing.counted_by, Closing.witness_id).order_by(Closing.month)
    for row in db.execute(everything, {"cooperative": cooperative_id}):
        closing = _counted(row)
        late = Late(0, 0) if before is None else after(db, cooperative_id, before, closing.entries)
        rows.append(Listed(closing, late, numbers[row.counted_by], numbers.get(row.witness_id)))
        before = closing
    return rows


def faults(db: Connection) -> Iterator[Fault]:
    """Closings that the books do not bear out: their cash balance, or the seal of the chain then."""
    for row in db.execute(select(*_COLUMNS, Closing.cooperative_id).order_by(Closing.id)).all():
        closing, cooperative_id = _counted(row), row.cooperative_id
        named = f"closing {closing.month:%Y-%m} of cooperative {cooperative_id}"
        if book_balance(db, cooperative_id, last_day(closing.month), closing.entries) != closing.book:
            yield Fault(f"{named}: the books had other cash", cooperative_id)
        head = chain.at(db, cooperative_id, closing.entries)
        if (chain.START if head is None else head.seal) != closing.seal:
            yield Fault(f"{named}: the chain was another one then", cooperative_id)
