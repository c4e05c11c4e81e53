"""Lots on their way from the pit to the sharing: delivered and weighed under a rule, and what was counted.

Weights are milligrams, fineness is thousandths of a carat (22 carats: 22000; 1 part per thousand: 24), money is whole
units. Until a lot is shared all of this may be put right; what is shared then rests on it and stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, bindparam, exists, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import rules
from models.base import Base
from models.entries import STANDS, Entry, EntryKind
from models.hands import Hand
from models.members import OFFICERS, Member, Role
from models.refused import Fault, Refused, whole, worded
from models.sharing import Per, Unit
from models.writing import insert_once

PURE = 24_000
# Who may write down what was counted and who worked; what costs or brings money is an officer's to write down.
RECORDERS = (Role.TEAM_LEADER, *OFFICERS)


class Lot(Base):
    """A lot of gold or stones that was sold. Weight in milligrams, fineness in parts per thousand."""

    __tablename__ = "lots"
    __table_args__ = (UniqueConstraint("cooperative_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    number: Mapped[str]
    sold_on: Mapped[date]
    weight_mg: Mapped[int]
    fineness_ppt: Mapped[int]


class Delivery(Base):
    """A lot that was brought to the cooperative, and the version of the rule it will be shared by."""

    __tablename__ = "deliveries"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    delivered_on: Mapped[date]
    carats: Mapped[int]
    pits: Mapped[int | None]
    sacks: Mapped[int | None]
    days: Mapped[int | None]
    financier_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    financed_by_officer: Mapped[bool]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A lot as it was delivered."""

    lot_id: int
    cooperative_id: int
    number: str
    weight_mg: int
    rule_id: int
    delivered_on: date
    carats: int
    pits: int | None
    sacks: int | None
    days: int | None
    financier_id: int | None
    financed_by_officer: bool

    @property
    def counts(self) -> dict[Per, int]:
        """What was counted, as a rule takes it."""
        found = {Per.PIT: self.pits, Per.SACK: self.sacks, Per.DAY: self.days}
        return {per: count for per, count in found.items() if count is not None}


_COLUMNS = (
    Lot.id,
    Lot.cooperative_id,
    Lot.number,
    Lot.weight_mg,
    Delivery.rule_id,
    Delivery.delivered_on,
    Delivery.carats,
    Delivery.pits,
    Delivery.sacks,
    Delivery.days,
    Delivery.financier_id,
    Delivery.financed_by_officer,
)
_DELIVERED = select(*_COLUMNS).join(Delivery, Delivery.lot_id == Lot.id)
_ONE = _DELIVERED.where(Lot.id == bindparam("lot"))
_HELD = _ONE.with_for_update(of=Delivery)
_IS_SHARED = exists().where(Entry.lot_id == Lot.id, Entry.kind == EntryKind.LOT, STANDS)
_OPEN = (
    _DELIVERED.where(Lot.cooperative_id == bindparam("cooperative"), ~_IS_SHARED)
    .order_by(Delivery.delivered_on.desc(), Lot.id.desc())
    .limit(bindparam("limit"))
)


def _delivered(row: Sequence[Any]) -> Delivered:
    return Delivered(*row)


def numbered(db: Connection, cooperative_id: int, number: str) -> int | None:
    """The lot that has a number in a cooperative, or None."""
    found = select(Lot.id).where(Lot.cooperative_id == cooperative_id, Lot.number == number)
    return db.execute(found).scalar_one_or_none()


def delivered(db: Connection, lot_id: int) -> Delivered | None:
    """A lot that was delivered; None for one that was read in from a file, already shared."""
    row = db.execute(_ONE, {"lot": lot_id}).one_or_none()
    return None if row is None else _delivered(row)


def open_lots(db: Connection, cooperative_id: int, limit: int) -> list[Delivered]:
    """The lots of a cooperative that are not shared yet, newest first."""
    return [_delivered(row) for row in db.execute(_OPEN, {"cooperative": cooperative_id, "limit": limit})]


def is_shared(db: Connection, lot_id: int) -> bool:
    """Whether a lot is shared in the books."""
    return db.execute(select(Lot.id).where(Lot.id == lot_id, _IS_SHARED)).one_or_none() is not None


def hold(db: Connection, lot_id: int, cooperative_id: int) -> Delivered:
    """A lot that may still be changed, held until the end of the transaction. Raises Refused."""
    row = db.execute(_HELD, {"lot": lot_id}).one_or_none()
    if row is None or row.cooperative_id != cooperative_id:
        raise Refused(Fault.NO_LOT)
    if is_shared(db, lot_id):
        raise Refused(Fault.SHARED, row.number)
    return _delivered(row)


def by_officer(hand: Hand) -> None:
    """Raises Refused for anybody but an officer."""
    if hand.role not in OFFICERS:
        raise Refused(Fault.NO_OFFICER)


def role_of(db: Connection, cooperative_id: int, member_id: int) -> Role:
    """What a member does for the cooperative. Raises Refused when they are not of it."""
    found = select(Member.role).where(Member.id == member_id, Member.cooperative_id == cooperative_id)
    role = db.execute(found).scalar_one_or_none()
    if role is None:
        raise Refused(Fault.NO_MEMBER)
    return role


def is_officer(db: Connection, cooperative_id: int, member_id: int | None) -> bool:
    """Whether a member is an officer; nobody is none. Raises Refused."""
    return member_id is not None and role_of(db, cooperative_id, member_id) in OFFICERS


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to be delivered. `rule` may be left out where only one is in force."""

    number: str
    weight_mg: int
    carats: int
    delivered_on: date
    rule: str | None = None
    financier_id: int | None = None


def deliver(db: Connection, hand: Hand, new: NewLot, now: datetime) -> int:
    """Write down a lot that was brought; its id. From now on it keeps the version of the rule that is in force.

    Raises Refused. The same delivery again changes nothing.
    """
    by_officer(hand)
    values = delivery(db, hand, new)
    number, day = worded(new.number, field="the number of the lot"), new.delivered_on
    known = numbered(db, hand.cooperative_id, number)
    if known is not None:
        return _repeated(db, known, new)
    row = {"cooperative_id": hand.cooperative_id, "number": number, "sold_on": day, "weight_mg": new.weight_mg}
    lot_id = insert_once(db, Lot, row | {"fineness_ppt": in_thousand(new.carats)})
    if lot_id is None:
        raise Refused(Fault.KNOWN, number)
    insert_once(db, Delivery, values | {"lot_id": lot_id, "recorded_at": now})
    return lot_id


def in_thousand(carats: int) -> int:
    """Fineness in parts per thousand, of thousandths of a carat."""
    return (carats * 1000 + PURE // 2) // PURE


def delivery(db: Connection, hand: Hand, new: NewLot) -> dict[str, Any]:
    """What is written down of a delivery, with the version of the rule of its day. Raises Refused."""
    whole(new.weight_mg, 1, field="the weight"), whole(new.carats, 1, PURE, "the fineness")
    chosen = _rule(db, hand.cooperative_id, new)
    values = {"rule_id": chosen, "delivered_on": new.delivered_on, "carats": new.carats}
    values |= {"recorded_by": hand.member_id, "financier_id": new.financier_id}
    return values | {"financed_by_officer": is_officer(db, hand.cooperative_id, new.financier_id)}


def _repeated(db: Connection, lot_id: int, new: NewLot) -> int:
    found = delivered(db, lot_id)
    asked = (new.weight_mg, new.carats, new.delivered_on, new.financier_id)
    if found is None or (found.weight_mg, found.carats, found.delivered_on, found.financier_id) != asked:
        raise Refused(Fault.KNOWN, new.number)
    return lot_id


def _rule(db: Connection, cooperative_id: int, new: NewLot) -> int:
    standing = rules.in_force(db, cooperative_id, new.delivered_on)
    found = [each for each in standing if new.rule in (None, each.name)]
    if not found:
        raise Refused(Fault.NO_RULE, new.rule or "")
    if len(found) > 1:
        raise Refused(Fault.SEVERAL_RULES, ", ".join(each.name for each in found))
    if found[0].unit != Unit.MONEY:
        raise Refused(Fault.NOT_MONEY, found[0].name)
    return found[0].rule_id


def count(db: Connection, hand: Hand, lot_id: int, per: Per, counted: int) -> None:
    """Write down how many pits, sacks or days a lot is of; the last count holds. Raises Refused."""
    if hand.role not in RECORDERS:
        raise Refused(Fault.NO_OFFICER)
    hold(db, lot_id, hand.cooperative_id)
    column = {Per.PIT: "pits", Per.SACK: "sacks", Per.DAY: "days"}[per]
    db.execute(
        update(Delivery)
        .where(Delivery.lot_id == lot_id)
        .values({column: whole(counted, most=10**6, field="the count")})
    )
