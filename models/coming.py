"""What members have coming from lots: their shares, less what was paid of them. Summed up from the ledger."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from models.entries import STANDS, Account, Entry, Posting
from models.lots import Lot
from models.members import Member, Role

RECENT = 60  # lots among which those are looked for that still owe something

_LEFT = -func.sum(Posting.amount)
_COMING = (
    select(Member.id, Member.number, Member.name, Member.role, _LEFT.label("coming"))
    .join(Posting, Posting.member_id == Member.id)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.lot_id == bindparam("lot"), Entry.cooperative_id == bindparam("cooperative"))
    .where(Posting.account == Account.SHARES, STANDS)
    .group_by(Member.id, Member.number, Member.name, Member.role)
    .having(_LEFT > 0)
    .order_by(func.length(Member.number), Member.number)
)
_COMING_TO_ONE = _COMING.where(Member.number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class Coming:
    """What a member still has coming from a lot."""

    member_id: int
    number: str
    name: str
    role: Role
    amount: int


def _coming(row: Row[*tuple[Any, ...]]) -> Coming:
    """A row as what is coming. PostgreSQL gives sums as decimals."""
    member_id, number, name, role, amount = row
    return Coming(member_id, number, name, role, int(amount))


def to_members(db: Connection, cooperative_id: int, lot_id: int) -> list[Coming]:
    """What each member still has coming from a lot, by member number."""
    return [_coming(row) for row in db.execute(_COMING, {"cooperative": cooperative_id, "lot": lot_id})]


def to_member(db: Connection, cooperative_id: int, lot_id: int, number: str) -> Coming | None:
    """What the member who has this number still has coming from a lot, or None."""
    given = {"cooperative": cooperative_id, "lot": lot_id, "number": number}
    row = db.execute(_COMING_TO_ONE, given).one_or_none()
    return None if row is None else _coming(row)


_BALANCE = (
    select(func.coalesce(_LEFT, 0))
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Posting.member_id == bindparam("member"), Posting.account == Account.SHARES)
    .where(Entry.lot_id == bindparam("lot"), STANDS)
)


def paid_too_much(db: Connection, member_id: int, lot_id: int) -> int:
    """What a member was paid from a lot beyond their share of it, once that was adjusted; 0 when nothing was."""
    return max(0, -int(db.execute(_BALANCE, {"member": member_id, "lot": lot_id}).scalar_one()))


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot of which something is still to be paid to members."""

    lot_id: int
    number: str
    sold_on: date
    left: int


_NEWEST = (
    select(Lot.id, Lot.number, Lot.sold_on)
    .where(Lot.cooperative_id == bindparam("cooperative"))
    .order_by(Lot.sold_on.desc(), Lot.id.desc())
    .limit(RECENT)
    .subquery()
)
# Member by member: what one was paid too much does not come off what another has coming.
_OPEN = (
    select(_NEWEST.c.id, _NEWEST.c.number, _NEWEST.c.sold_on, _LEFT.label("coming"))
    .join(Entry, Entry.lot_id == _NEWEST.c.id)
    .join(Posting, Posting.entry_id == Entry.id)
    .where(Posting.account == Account.SHARES, STANDS)
    .group_by(_NEWEST.c.id, _NEWEST.c.number, _NEWEST.c.sold_on, Posting.member_id)
    .having(_LEFT > 0)
    .subquery()
)
_OPEN_LOTS = (
    select(_OPEN.c.id, _OPEN.c.number, _OPEN.c.sold_on, func.sum(_OPEN.c.coming))
    .group_by(_OPEN.c.id, _OPEN.c.number, _OPEN.c.sold_on)
    .order_by(_OPEN.c.sold_on.desc(), _OPEN.c.id.desc())
    .limit(bindparam("n"))
)


def open_lots(db: Connection, cooperative_id: int, limit: int) -> list[OpenLot]:
    """The newest lots of which something is still to be paid, among the last sixty."""
    rows = db.execute(_OPEN_LOTS, {"cooperative": cooperative_id, "n": limit})
    return [OpenLot(row[0], row[1], row[2], int(row[3])) for row in rows]


_LOT = select(Lot.id, Lot.number, Lot.sold_on).where(Lot.cooperative_id == bindparam("cooperative"))
_LOT_BY_NUMBER = _LOT.where(Lot.number == bindparam("number"))


def lot(db: Connection, cooperative_id: int, number: str) -> int | None:
    """The lot that has a number in a cooperative, or None."""
    return db.execute(_LOT_BY_NUMBER, {"cooperative": cooperative_id, "number": number}).scalar_one_or_none()
