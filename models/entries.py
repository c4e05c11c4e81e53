"""What the books are made of: accounts, kinds of entries, entries and their postings.

A debit is positive, a credit negative. `models.ledger` writes them, and nothing else does.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, and_, exists
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, choice


class Account(StrEnum):
    """The accounts of a cooperative. Those of a member carry the member on each posting."""

    DUES = "dues"  # what members owe
    CAPITAL = "capital"  # what members still have to pay up of the shares they subscribed; never netted with dues
    SHARES = "shares"  # what members have coming from lots (a credit)
    ADVANCES = "advances"  # what members have had before
    DUES_INCOME = "dues_income"
    PENALTIES = "penalties"  # what members were charged for being late
    WAIVED = "waived"  # dues that the cooperative gave up
    SHARE_CAPITAL = "share_capital"  # shares of the capital that members subscribed
    SALES = "sales"  # what lots were sold for, less what their buyers paid
    LOT_REST = "lot_rest"  # costs, villages, cooperative: what a lot gave to others than members, less what was paid
    THIRD_PARTIES = "third_parties"  # what members had from outside the cooperative, and owe to others through it
    RESERVES = "reserves"  # general and optional reserves
    TRAINING = "training"  # the reserve for training and education
    SURPLUS = "surplus"  # the surplus of a year, until it is shared out
    AUDIT_FUND = "audit_fund"  # what a federation called from its affiliates for their audits, and has not spent
    AFFILIATES = "affiliates"  # what affiliates owe of it
    CASH = "cash"
    BANK = "bank"
    ORANGE_MONEY = "orange_money"
    WAVE = "wave"
    MOOV = "moov"
    MTN = "mtn"
    OTHER = "other"


MEMBER_ACCOUNTS = (Account.DUES, Account.CAPITAL, Account.SHARES, Account.ADVANCES)
MONEY = (
    Account.CASH,
    Account.BANK,
    Account.ORANGE_MONEY,
    Account.WAVE,
    Account.MOOV,
    Account.MTN,
    Account.OTHER,
)


class EntryKind(StrEnum):
    """What an entry is about."""

    DUE = "due"
    PENALTY = "penalty"
    CAPITAL = "capital"  # a part of the subscribed shares has to be paid up
    PAYMENT = "payment"
    WAIVER = "waiver"
    LOT = "lot"
    ADJUSTMENT = "adjustment"  # the gross of a published lot was another one: the difference, shared
    SALE = "sale"  # a buyer paid for a lot; the member is who received it
    OUTLAY = "outlay"  # what a lot cost, or gave to others than members, was paid
    ADVANCE = "advance"  # a member had something before the lot was sold
    PAYOUT = "payout"  # a member was paid what they had coming
    SURPLUS = "surplus"
    AUDIT_FUND = "audit_fund"  # affiliates have to pay into the audit fund, or an audit was paid from it
    REVERSAL = "reversal"


# Their labels are words of a person, who may ask that they be erased: so they stay out of the chain.
FREE_WORDS = (EntryKind.WAIVER, EntryKind.REVERSAL)


class Entry(Base):
    """One event of the books."""

    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    happened_on: Mapped[date]
    label: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"), unique=True)
    author: Mapped[str]
    recorded_at: Mapped[datetime]


class Posting(Base):
    """One side of an entry."""

    __tablename__ = "postings"
    __table_args__ = (
        # All that a press asks of a member's money is read in this index alone.
        Index("ix_postings_member", "member_id", "account", "entry_id", "amount"),
        Index("ix_postings_entry", "entry_id", "account", "amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    account: Mapped[Account] = mapped_column(choice(Account))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[int]


# What a lot gave: as it was published, and each difference since.
SHARING = (EntryKind.LOT, EntryKind.ADJUSTMENT)

_undoing = aliased(Entry)
# An entry that was not undone. What a member is told is added up from these alone; the books keep both sides.
STANDS = and_(Entry.kind != EntryKind.REVERSAL, ~exists().where(_undoing.reverses_id == Entry.id))
