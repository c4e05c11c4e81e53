"""What a lot was sold for, in the convention it was quoted in, and what it cost before, each with its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import lots
from models.base import Base, choice
from models.hands import Hand
from models.lots import PURE, Delivered, Delivery, Lot, NewLot
from models.members import Member
from models.money import AT_MOST
from models.refused import Fault, Refused, whole, worded
from models.writing import insert_or_update

QUOTE_LASTS = timedelta(days=30)  # a price older than that is none of the day (domain: weight, fineness, price)


class Pricing(StrEnum):
    """What a price is for: a gram, or a carat of fineness of each gram (domain: weight, fineness, price)."""

    PER_GRAM = "per_gram"
    PER_CARAT = "per_carat"


class Evidence(StrEnum):
    """What stands for a cost: a receipt by its number, or somebody who saw it, by name (domain: the rule object)."""

    RECEIPT = "receipt"
    WITNESS = "witness"


class Price(Base):
    """What a lot was sold for. A price per gram may be of another fineness (`base`): it is brought to the lot's."""

    __tablename__ = "prices"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    value: Mapped[int]
    per: Mapped[Pricing] = mapped_column(choice(Pricing))
    base: Mapped[int | None]
    source: Mapped[str]
    quoted_on: Mapped[date]
    gross: Mapped[int]
    buyer: Mapped[str]
    buyer_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    bought_by_officer: Mapped[bool]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


class LotCost(Base):
    """What a lot cost before it was sold, with a receipt or a named witness."""

    __tablename__ = "lot_costs"
    __table_args__ = (UniqueConstraint("lot_id", "label", "kind", "evidence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    label: Mapped[str]
    kind: Mapped[Evidence] = mapped_column(choice(Evidence))
    evidence: Mapped[str]
    amount: Mapped[int]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Spent:
    """A cost of a lot, and the receipt or the witness that stands for it."""

    label: str
    kind: Evidence
    evidence: str
    amount: int


def cost(db: Connection, hand: Hand, lot_id: int, spent: Spent, now: datetime) -> None:
    """Write down what a lot cost. Label and evidence hold one amount, the last; 0 strikes it out. Raises Refused."""
    lots.by_officer(hand)
    lots.hold(db, lot_id, hand.cooperative_id)
    if not spent.evidence.strip():
        raise Refused(Fault.NO_EVIDENCE, spent.label)
    key = {"lot_id": lot_id, "label": worded(spent.label, field="the label"), "kind": spent.kind}
    key["evidence"] = worded(spent.evidence, field="the evidence")
    if spent.kind is Evidence.WITNESS and spent.evidence.strip() in db.execute(_CALLED, {"who": hand.member_id}).one():
        raise Refused(Fault.NO_WITNESS)
    if whole(spent.amount, most=AT_MOST, field="the amount") == 0:
        db.execute(delete(LotCost).where(*(getattr(LotCost, name) == value for name, value in key.items())))
        return
    insert_or_update(db, LotCost, key, {"amount": spent.amount, "recorded_by": hand.member_id, "recorded_at": now})


_CALLED = select(Member.number, Member.name).where(Member.id == bindparam("who"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A price as it was said: its value, what it is for, whose word it is, and of which day."""

    value: int
    per: Pricing
    base: int | None
    source: str
    quoted_on: date

    def per_gram(self, carats: int) -> Fraction:
        """The exact price of a gram of this fineness."""
        if self.per is Pricing.PER_CARAT:
            return Fraction(self.value * carats, 1000)
        return Fraction(self.value) if self.base is None else Fraction(self.value * carats, self.base)

    def gross(self, weight_mg: int, carats: int) -> int:
        """What a lot brings: worked out exactly and rounded down once, at the end, to a whole unit."""
        return int(self.per_gram(carats) * weight_mg / 1000)


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale to be written down: the quote, the day, and the buyer, who may be a member."""

    quote: Quote
    sold_on: date
    buyer: str
    buyer_id: int | None = None


def price(db: Connection, hand: Hand, lot_id: int, sale: Sale, now: datetime) -> int:
    """Write down what a lot was sold for; the gross. The last price holds until the lot is shared. Raises Refused."""
    lots.by_officer(hand)
    lot = lots.hold(db, lot_id, hand.cooperative_id)
    quote = sale.quote
    whole(quote.value, 1, field="the price")
    if quote.base is not None:
        whole(quote.base, 1, PURE, "--base")
    if sale.sold_on < lot.delivered_on or (quote.per is Pricing.PER_CARAT and quote.base is not None):
        raise Refused(Fault.BAD_VALUE, sale.sold_on.isoformat(), "--sold-on")
    if not sale.sold_on - QUOTE_LASTS <= quote.quoted_on <= sale.sold_on:
        raise Refused(Fault.OLD_QUOTE, quote.quoted_on.isoformat())
    gross = whole(quote.gross(lot.weight_mg, lot.carats), 1, field="the gross")
    values = {
        "value": quote.value,
        "per": quote.per,
        "base": quote.base,
        "source": worded(quote.source, field="--source"),
    }
    values |= {
        "quoted_on": quote.quoted_on,
        "gross": gross,
        "buyer": worded(sale.buyer, field="--buyer"),
        "buyer_id": sale.buyer_id,
    }
    values |= {"bought_by_officer": lots.is_officer(db, hand.cooperative_id, sale.buyer_id)}
    values |= {"recorded_by": hand.member_id, "recorded_at": now}
    insert_or_update(db, Price, {"lot_id": lot_id}, values)
    db.execute(update(Lot).where(Lot.id == lot_id).values(sold_on=sale.sold_on))
    return gross


def correct(db: Connection, hand: Hand, lot_id: int, new: NewLot) -> None:
    """Put right what was written down of a delivery, while the lot is not shared; its gross follows. Raises Refused.

    The rule is the one in force on the corrected day.
    """
    lots.by_officer(hand)
    lots.hold(db, lot_id, hand.cooperative_id)
    values = lots.delivery(db, hand, new)
    priced = db.execute(_PRICED, {"lot": lot_id}).one_or_none()
    if priced is not None and priced.sold_on < new.delivered_on:
        raise Refused(Fault.BAD_VALUE, new.delivered_on.isoformat(), "--on")
    db.execute(update(Delivery).where(Delivery.lot_id == lot_id).values(values))
    sold_on = new.delivered_on if priced is None else priced.sold_on
    weighed = {"weight_mg": new.weight_mg, "fineness_ppt": lots.in_thousand(new.carats), "sold_on": sold_on}
    db.execute(update(Lot).where(Lot.id == lot_id).values(weighed))
    if priced is not None:
        gross = whole(Quote(*priced[:5]).gross(new.weight_mg, new.carats), 1, field="the gross")
        db.execute(update(Price).where(Price.lot_id == lot_id).values(gross=gross))


_PRICED = (
    select(Price.value, Price.per, Price.base, Price.source, Price.quoted_on, Lot.sold_on)
    .join(Lot, Lot.id == Price.lot_id)
    .where(Price.lot_id == bindparam("lot"))
)


@dataclass(frozen=True, slots=True)
class Priced:
    """A price as it was written down."""

    quote: Quote
    gross: int
    buyer: str
    buyer_id: int | None
    bought_by_officer: bool


_PRICE = select(
    *(Price.value, Price.per, Price.base, Price.source, Price.quoted_on),
    *(Price.gross, Price.buyer, Price.buyer_id, Price.bought_by_officer),
).where(Price.lot_id == bindparam("lot"))


def interested(lot: Delivered, priced: Priced) -> list[int]:
    """Who bought a lot or put money in it, officer or not: they turn no key for it."""
    return sorted({each for each in (priced.buyer_id, lot.financier_id) if each is not None})


_COSTS = (
    select(LotCost.label, LotCost.kind, LotCost.evidence, LotCost.amount)
    .where(LotCost.lot_id == bindparam("lot"))
    .order_by(LotCost.label, LotCost.kind, LotCost.evidence)
)


def priced(db: Connection, lot_id: int) -> Priced | None:
    """What a lot was sold for; None while nobody wrote it down."""
    row = db.execute(_PRICE, {"lot": lot_id}).one_or_none()
    return None if row is None else Priced(Quote(*row[:5]), *row[5:])


def costs(db: Connection, lot_id: int) -> Sequence[Spent]:
    """What a lot cost, by label and evidence: an order that does not depend on who was first."""
    return [Spent(*row) for row in db.execute(_COSTS, {"lot": lot_id})]
