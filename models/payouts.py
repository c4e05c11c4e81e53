"""Payout shares: the lots that were sold, and what each gave to a member: nothing too, to whom it names for nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, select, union
from sqlalchemy.orm import aliased

from models.entries import SHARING, STANDS, Account, Entry, EntryKind, Posting
from models.ledger import NewEntry, Side
from models.lines import LotLine
from models.lots import Delivery, Lot
from models.quick import Quick


@dataclass(frozen=True, slots=True)
class Part:
    """What a lot gave to one member: the share before recovery, and what was kept back of it."""

    member_id: int
    share: int
    recovered: int


def sale(cooperative_id: int, lot_id: int, key: str, sold: tuple[date, str, int], parts: list[Part]) -> NewEntry:
    """The entry of a sold lot: gross in, each member's share, what was recovered of it, and the rest to others."""
    sold_on, number, gross = sold
    sides = [Side(Account.SALES, gross)]
    for part in parts:
        sides.append(Side(Account.SHARES, -part.share, part.member_id))
        sides.append(Side(Account.SHARES, part.recovered, part.member_id))
        sides.append(Side(Account.ADVANCES, -part.recovered, part.member_id))
    sides.append(Side(Account.LOT_REST, sum(part.share for part in parts) - gross))
    kept = tuple(side for side in sides if side.amount != 0)
    return NewEntry(cooperative_id, key, EntryKind.LOT, sold_on, number, kept, lot_id=lot_id)


@dataclass(frozen=True, slots=True)
class Share:
    """A member's share of one lot, as the ledger has it. `carats` (thousandths) is of a lot that was delivered here."""

    lot_id: int
    entry_id: int
    number: str
    sold_on: date
    weight_mg: int
    fineness_ppt: int
    carats: int | None
    gross: int
    share: int
    recovered: int

    @property
    def net(self) -> int:
        """What is left for the member."""
        return self.share - self.recovered


_giving, _undoing, _sold = aliased(Entry), aliased(Entry), aliased(Posting)
_GROSS = (
    select(func.sum(_sold.amount))
    .join(_giving, _giving.id == _sold.entry_id)
    .where(_giving.lot_id == Lot.id, _giving.kind.in_(SHARING), _sold.account == Account.SALES)
    .where(~exists().where(_undoing.reverses_id == _giving.id))
    .correlate(Lot)
    .scalar_subquery()
)
# A posting of nothing is not booked: whoever had a part of nothing is found by the line that says so.
_TO_THEM = and_(Posting.member_id == bindparam("member"), Posting.account.in_((Account.SHARES, Account.ADVANCES)))
_MINE = union(
    select(Posting.entry_id).where(_TO_THEM),
    select(LotLine.entry_id).where(LotLine.member_id == bindparam("member")),
).subquery()
_TO_MEMBER = -func.coalesce(func.sum(Posting.amount), 0)
_RECOVERED = -func.coalesce(func.sum(case((Posting.account == Account.ADVANCES, Posting.amount))), 0)
_SHARES = (
    select(
        Lot.id,
        func.min(Entry.id),  # as it was published: an adjustment comes after
        Lot.number,
        Lot.sold_on,
        Lot.weight_mg,
        Lot.fineness_ppt,
        Delivery.carats,
        _GROSS,
        _TO_MEMBER.label("share"),
        _RECOVERED.label("recovered"),
    )
    .select_from(_MINE)
    .join(Entry, Entry.id == _MINE.c.entry_id)
    .join(Lot, Lot.id == Entry.lot_id)
    .outerjoin(Delivery, Delivery.lot_id == Lot.id)
    .outerjoin(Posting, and_(Posting.entry_id == Entry.id, _TO_THEM))
    .where(Entry.kind.in_(SHARING), STANDS)
    .group_by(Lot.id, Delivery.carats)
    .order_by(Lot.sold_on.desc(), Lot.id.desc())
)
_ONE_SHARE = Quick(_SHARES.where(Lot.id == bindparam("lot")))
_LAST_SHARES = Quick(_SHARES.limit(bindparam("limit")))


def _share(row: tuple[Any, ...]) -> Share:
    """A row as a share. PostgreSQL gives sums as decimals."""
    return Share(*row[:7], *map(int, row[7:]))


def shares(db: Connection, member_id: int, limit: int) -> list[Share]:
    """The member's shares, newest lot first."""
    return [_share(row) for row in _LAST_SHARES.all(db, {"member": member_id, "limit": limit})]


def share(db: Connection, member_id: int, lot_id: int) -> Share | None:
    """The member's share of one lot, or None when they have none."""
    row = _ONE_SHARE.first(db, {"member": member_id, "lot": lot_id})
    return None if row is None else _share(row)
