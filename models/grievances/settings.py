"""What holds for all cases of a body: its deadlines, its days of rest, its partner; and who belongs together."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.grievances.kinds import Clock


class LinkedPerson(Base):
    """Two members of one household or one business (AUSCOOP 259 and 336): what bars one bars the other."""

    __tablename__ = "linked_persons"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)


class CaseClock(Base):
    """A deadline that a body set, in hours: it holds for all below, who may only tighten it."""

    __tablename__ = "case_clocks"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    clock: Mapped[Clock] = mapped_column(choice(Clock), primary_key=True)
    hours: Mapped[int]


class RestDay(Base):
    """A day on which a body does not work: of the week (0 is Monday), or a date."""

    __tablename__ = "rest_days"
    __table_args__ = (UniqueConstraint("cooperative_id", "weekday"), UniqueConstraint("cooperative_id", "day"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    weekday: Mapped[int | None]
    day: Mapped[date | None]


class CasePartner(Base):
    """The outside body that handles what nobody in the tree may; chosen in advance."""

    __tablename__ = "case_partners"

    body_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
