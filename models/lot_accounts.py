"""The account of a shared lot, as every member may read it: its gold, its price, the version of its rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from models import rules
from models.advances import Advance, AdvanceKind, Recovery
from models.entries import Entry
from models.lots import Delivery, Lot
from models.rules import SharingRule, Written
from models.sales import Price, Quote


@dataclass(frozen=True, slots=True)
class Account:
    """What a lot was, what it brought, and by what rule it was shared."""

    number: str
    sold_on: date
    weight_mg: int
    carats: int
    pits: int | None
    sacks: int | None
    days: int | None
    quote: Quote
    gross: int
    buyer: str
    by_officers: bool
    written: Written


_OF_LOT = (
    *(Lot.number, Lot.sold_on, Lot.weight_mg, Delivery.carats, Delivery.pits, Delivery.sacks, Delivery.days),
    *(Price.value, Price.per, Price.base, Price.source, Price.quoted_on, Price.gross, Price.buyer),
    *(Price.bought_by_officer, Delivery.financed_by_officer),
)
_ACCOUNT = (
    select(*_OF_LOT, *rules.COLUMNS)
    .join(Delivery, Delivery.lot_id == Lot.id)
    .join(Price, Price.lot_id == Lot.id)
    .join(SharingRule, SharingRule.id == Delivery.rule_id)
    .where(Lot.id == bindparam("lot"))
)


def account(db: Connection, lot_id: int) -> Account | None:
    """The account of a lot; None for one that was read in from a file, whose account is at the office."""
    row = db.execute(_ACCOUNT, {"lot": lot_id}).one_or_none()
    return None if row is None else _account(row)


def _account(row: Sequence[Any]) -> Account:
    number, sold_on, weight_mg, carats, pits, sacks, days, *more = row
    lot = (number, sold_on, weight_mg, carats, pits, sacks, days)
    value, per, base, source, quoted_on, gross, buyer, bought, financed, *rule = more
    return Account(*lot, Quote(value, per, base, source, quoted_on), gross, buyer, bought or financed, Written(*rule))


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept back of a member's share for advances of one kind: owed before, recovered, and left then."""

    owed: int
    amount: int

    @property
    def left(self) -> int:
        """What was left to give back."""
        return self.owed - self.amount


_undoing = aliased(Entry)
_KEPT = (
    select(Advance.kind, func.sum(Recovery.owed), func.sum(Recovery.amount))
    .select_from(Recovery)
    .join(Advance, Advance.entry_id == Recovery.advance_id)
    .join(Entry, Entry.id == Recovery.entry_id)
    .where(Entry.lot_id == bindparam("lot"), Advance.member_id == bindparam("member"))
    .where(~exists().where(_undoing.reverses_id == Entry.id))
    .group_by(Advance.kind)
)


def kept(db: Connection, lot_id: int, member_id: int) -> dict[AdvanceKind, Kept]:
    """What a lot kept back of a member's share, by kind of advance."""
    given = {"lot": lot_id, "member": member_id}
    return {kind: Kept(int(owed), int(amount)) for kind, owed, amount in db.execute(_KEPT, given)}
