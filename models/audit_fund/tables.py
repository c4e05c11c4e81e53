"""The tables of audit funds: calls, the part of each affiliate, and what an affiliate paid."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.stamps import Kind, Rows


class FundCall(Base):
    """A year's call of the fund of a federation. When its entry is undone, the year can be called again."""

    __tablename__ = "fund_calls"
    __table_args__ = (Index("ix_fund_calls_year", "cooperative_id", "year"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    year: Mapped[int]
    amount: Mapped[int]
    shares: Mapped[int]  # of all affiliates together
    resolution: Mapped[str]


class FundPart(Base):
    """What an affiliate has to pay of a call, and the shares it is measured by: the line as the engine gave it."""

    __tablename__ = "fund_parts"
    __table_args__ = (Index("ix_fund_parts_affiliate", "affiliate_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("fund_calls.entry_id"), primary_key=True)
    affiliate_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    shares: Mapped[int]
    step: Mapped[str]
    label: Mapped[str]
    to: Mapped[str]
    amount: Mapped[int]
    rest: Mapped[int]


class FundPayment(Base):
    """A payment of an affiliate into a fund: its entry in the books of the body that has the fund."""

    __tablename__ = "fund_payments"
    __table_args__ = (Index("ix_fund_payments_affiliate", "affiliate_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    affiliate_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))


_OF_CALL = (FundCall, FundCall.entry_id == FundPart.entry_id)
CALLED = Kind(
    "audit fund call of entry",
    Rows(FundCall, FundCall.entry_id, FundCall.cooperative_id),
    Rows(FundPart, FundCall.entry_id, FundCall.cooperative_id, (_OF_CALL,)),
)
PAID = Kind("audit fund payment of entry", Rows(FundPayment, FundPayment.entry_id, FundPayment.cooperative_id))
