"""The tables of surpluses: one row a year that was shared, and its lines."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.stamps import Kind, Rows
from models.surplus.decision import Measure


class Surplus(Base):
    """The surplus of a year, as it was shared. When its entry is undone, the year can be shared again."""

    __tablename__ = "surpluses"
    __table_args__ = (Index("ix_surpluses_year", "cooperative_id", "year"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    year: Mapped[int]
    resolution: Mapped[str]
    held_on: Mapped[date]
    amount: Mapped[int]
    brought: Mapped[int]
    carried: Mapped[int]
    capital: Mapped[int]
    general_before: Mapped[int]
    training_before: Mapped[int]
    measure: Mapped[Measure | None] = mapped_column(choice(Measure))
    rate_ppm: Mapped[int | None]  # of the interest


class SurplusLine(Base):
    """A step of the sharing, or what it gave to one member. `weight` is what that was measured by."""

    __tablename__ = "surplus_lines"
    __table_args__ = (Index("ix_surplus_lines_member", "member_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("surpluses.entry_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    label: Mapped[str]
    to: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[int]
    rest: Mapped[int]
    weight: Mapped[int]
    article: Mapped[int]


_OF_SURPLUS = (Surplus, Surplus.entry_id == SurplusLine.entry_id)
SHARED = Kind(
    "surplus of entry",
    Rows(Surplus, Surplus.entry_id, Surplus.cooperative_id),
    Rows(SurplusLine, Surplus.entry_id, Surplus.cooperative_id, (_OF_SURPLUS,)),
)
