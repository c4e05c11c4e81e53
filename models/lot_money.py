"""The money of a lot besides its shares: what its buyer paid in, and what its costs and other parts were paid out.

A lot that is shared says what it was sold for and what it gave to others; here the money itself moves, so that the cash
book is right. What is received never goes beyond the sale, nor what is paid out beyond what the lot gave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from models import chain, ledger, lines, lots, receiving, sales
from models.coming import RECENT
from models.entries import SHARING, STANDS, Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.keys import entry_key
from models.ledger import NewEntry, Side
from models.lots import Lot
from models.members import OFFICERS
from models.receiving import CASHIERS, Refused, Sum, Why
from models.refused import Fault
from models.refused import Refused as Barred
from models.sales import Price


class TooMuch(ValueError):
    """So much is not open any more: of the sale, or of what the lot gave to somebody. `left` is."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


@dataclass(frozen=True, slots=True)
class Sold:
    """A lot, what it was sold for, and what of it is noted as paid by the buyer."""

    lot_id: int
    number: str
    sold_on: date
    gross: int
    paid: int

    @property
    def left(self) -> int:
        """What the buyer still has to pay, as the books know it."""
        return self.gross - self.paid


_OF_LOT = (
    select(Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.lot_id == Lot.id, Posting.account == Account.SALES, STANDS)
    .correlate(Lot)
)
_BOOKED = _OF_LOT.with_only_columns(func.sum(Posting.amount)).where(Entry.kind.in_(SHARING)).scalar_subquery()
_PAID = (
    _OF_LOT.with_only_columns(func.coalesce(-func.sum(Posting.amount), 0))
    .where(Entry.kind == EntryKind.SALE)
    .scalar_subquery()
)
# What is in the books counts; before a lot is shared, the price that is written down.
_GROSS = func.coalesce(_BOOKED, Price.gross)
_SOLD = (
    select(Lot.id, Lot.number, Lot.sold_on, _GROSS.label("gross"), _PAID.label("paid"))
    .outerjoin(Price, Price.lot_id == Lot.id)
    .where(Lot.cooperative_id == bindparam("cooperative"), _GROSS.is_not(None))
)
_ONE = _SOLD.where(Lot.id == bindparam("lot"))
_NEWEST = (
    select(Lot.id)
    .where(Lot.cooperative_id == bindparam("cooperative"))
    .order_by(Lot.sold_on.desc(), Lot.id.desc())
    .limit(RECENT)
)
_UNPAID = (
    _SOLD.where(Lot.id.in_(_NEWEST), _GROSS > _PAID).order_by(Lot.sold_on.desc(), Lot.id.desc()).limit(bindparam("n"))
)


def _sold(row: Row[*tuple[Any, ...]]) -> Sold:
    """A row as a sold lot. PostgreSQL gives sums as decimals."""
    lot_id, number, sold_on, gross, paid = row
    return Sold(lot_id, number, sold_on, int(gross), int(paid))


def sold(db: Connection, cooperative_id: int, lot_id: int) -> Sold | None:
    """A lot that has a price, or None."""
    row = db.execute(_ONE, {"cooperative": cooperative_id, "lot": lot_id}).one_or_none()
    return None if row is None else _sold(row)


def unpaid(db: Connection, cooperative_id: int, limit: int) -> list[Sold]:
    """The newest lots whose buyers still have to pay, as the books know it, among the last sixty."""
    return [_sold(row) for row in db.execute(_UNPAID, {"cooperative": cooperative_id, "n": limit})]


@dataclass(frozen=True, slots=True)
class Moved:
    """Money of a lot that changed hands: how, and the receipt or reference it is known by."""

    lot_id: int
    money: Sum
    reference: str


def receive(db: Connection, hand: Hand, moved: Moved, receiver_id: int, today: date, now: datetime) -> bool:
    """Note what a buyer paid for a lot, and which officer received it; False when it was noted before.

    The same reference is noted once. Raises Refused, TooMuch, and Barred for a lot that has no price.
    """
    _cashier(hand)
    chain.hold(db, [hand.cooperative_id])  # so that nobody else receives for this lot meanwhile
    there = sold(db, hand.cooperative_id, moved.lot_id)
    if there is None:
        raise Barred(Fault.NO_PRICE)
    priced = sales.priced(db, moved.lot_id)
    if priced is not None and priced.buyer_id in (hand.member_id, receiver_id):
        raise Refused(Why.OWN)
    if lots.role_of(db, hand.cooperative_id, receiver_id) not in OFFICERS:
        raise Refused(Why.NO_CASHIER)
    sides = (Side(moved.money.channel, moved.money.amount), Side(Account.SALES, -moved.money.amount))
    reference = receiving.referred(moved.reference)
    place = (EntryKind.SALE, entry_key("sale", moved.lot_id, reference), reference, receiver_id)
    return _post(db, hand, moved, place, sides, (there.left, today, now))


def pay(db: Connection, hand: Hand, moved: Moved, to: str, today: date, now: datetime) -> bool:
    """Note that a cost of a lot (cost:LABEL) or a part (such as fund:villages) was paid; False when it was before.

    The same reference is noted once. Raises Refused, TooMuch, and Barred when the lot gives nothing to that name.
    """
    _cashier(hand)
    chain.hold(db, [hand.cooperative_id])
    given = _given(db, hand.cooperative_id, moved.lot_id, to)
    reference = receiving.referred(moved.reference)
    sides = (Side(Account.LOT_REST, moved.money.amount), Side(moved.money.channel, -moved.money.amount))
    place = (EntryKind.OUTLAY, entry_key("outlay", moved.lot_id, to, reference), f"{to}, {reference}", None)
    left = given - _paid_out(db, moved.lot_id, to)
    return _post(db, hand, moved, place, sides, (left, today, now))


def _cashier(hand: Hand) -> None:
    if hand.role not in CASHIERS:
        raise Refused(Why.NO_CASHIER)


def _post(
    db: Connection,
    hand: Hand,
    moved: Moved,
    place: tuple[EntryKind, str, str, int | None],
    sides: tuple[Side, Side],
    upto: tuple[int, date, datetime],
) -> bool:
    """Write it down, unless it is there; what was undone is not noted again by the same reference."""
    kind, key, label, member_id = place
    left, today, now = upto
    known = db.execute(_KNOWN, {"key": key}).one_or_none()
    if known is None and 0 < left < moved.money.amount:
        raise TooMuch(left)
    moved.money.check(today, most=max(left, moved.money.amount if known else 0))
    entry = NewEntry(hand.cooperative_id, key, kind, moved.money.on, label, sides, member_id, moved.lot_id)
    try:
        new = ledger.post(db, [entry], f"member:{hand.member_id}", now)
    except ledger.Conflict as conflict:
        raise Refused(Why.REFERENCE) from conflict
    if known is not None and (not known.stands or known.member_id != member_id):
        raise Refused(Why.REFERENCE)
    return new > 0


_KNOWN = select(Entry.id, Entry.member_id, STANDS.label("stands")).where(Entry.key == bindparam("key"))
_OUTLAYS = (
    select(func.coalesce(func.sum(Posting.amount), 0))
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.lot_id == bindparam("lot"), Entry.kind == EntryKind.OUTLAY, Posting.account == Account.LOT_REST)
    .where(STANDS)
)


def _paid_out(db: Connection, lot_id: int, to: str) -> int:
    behind = entry_key("outlay", lot_id, to, "")
    return int(db.execute(_OUTLAYS.where(Entry.key.startswith(behind, autoescape=True)), {"lot": lot_id}).scalar_one())


def _given(db: Connection, cooperative_id: int, lot_id: int, to: str) -> int:
    """What a lot gives to a name: by its lines once it is shared, before that what it cost. Raises Barred."""
    lot = lots.delivered(db, lot_id)
    if lot is None or lot.cooperative_id != cooperative_id:
        raise Barred(Fault.NO_LOT)
    given = parts(db, lot_id)
    amount = sum(each for name, each in given if name == to)
    if not amount:
        raise Barred(Fault.NOT_GIVEN, ", ".join(sorted({name for name, _amount in given})))
    return amount


def parts(db: Connection, lot_id: int) -> Sequence[tuple[str, int]]:
    """What a lot gives to others than its members, by name: its costs, and once it is shared also the other parts."""
    shared = lines.every(db, lot_id)
    if not shared:
        return [(f"cost:{each.label}", each.amount) for each in sales.costs(db, lot_id)]
    kept = [each for each in shared if each.member_id is None and lines.given_away([(each.step, each.to, each.amount)])]
    return [(each.to, each.amount) for each in kept]
