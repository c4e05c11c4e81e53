"""The tables of what was published of cases: who was counted where, and the figures as they were published."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class CountedCases(Base):
    """The cases that were counted of a cooperative and a quarter, once for ever; sealed, with what was counted.

    Beside it, under the quarter and `figures.GONE`, what was counted of those that went before.
    """

    __tablename__ = "counted_cases"

    home_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    cases_sealed: Mapped[str]


class PublishedFigures(Base):
    """The figures of a body and a period as they were published: out for ever, and never worked out again.

    `shown` are those that are shown, as JSON; all of them, by cooperative and quarter, are sealed. `days`: in how many
    days half of those answered had their answer. `seal` is a keyed digest of the row: one that was altered has none.
    """

    __tablename__ = "published_figures"
    __table_args__ = (UniqueConstraint("body_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    period: Mapped[str]
    shown: Mapped[str]
    days: Mapped[int | None]
    changed_sealed: Mapped[str]
    detail_sealed: Mapped[str]
    published_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    published_at: Mapped[datetime]
    seal: Mapped[str]
