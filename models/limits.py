"""What a cooperative allows itself by SMS: to how many people with one key, how many a month, how many a day.

Safety alerts know no limit. Nothing is limited before somebody says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.messages import Message, MessageState, Urgency
from models.writing import batches, insert_or_update


class SmsLimit(Base):
    """The limits of a cooperative; one that is not set does not hold.

    Above `one_key` people a second officer agrees. `month` is in SMS parts, which is what networks charge; `day` is how
    many notices and campaigns a phone gets in a day, and those beyond it wait for the next morning.
    """

    __tablename__ = "sms_limits"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    one_key: Mapped[int | None]
    month: Mapped[int | None]
    day: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a cooperative."""

    one_key: int | None = None
    month: int | None = None
    day: int | None = None


class MonthSpent(ValueError):
    """The cooperative's limit of SMS for the month would be passed; the sentence says by how much."""


def of(db: Connection, cooperative_id: int, held: bool = False) -> Limits:
    """The limits of a cooperative; `held` until the end of the transaction, so that two do not spend the same rest."""
    found = select(SmsLimit.one_key, SmsLimit.month, SmsLimit.day).where(SmsLimit.cooperative_id == cooperative_id)
    row = db.execute(found.with_for_update() if held else found).one_or_none()
    return Limits() if row is None else Limits(*row)


def put(db: Connection, cooperative_id: int, limits: Limits) -> None:
    """The limits of a cooperative are these from now on."""
    values = {"one_key": limits.one_key, "month": limits.month, "day": limits.day}
    insert_or_update(db, SmsLimit, {"cooperative_id": cooperative_id}, values)


def second_key(db: Connection, cooperative_id: int, people: int) -> bool:
    """Whether a second officer must agree before so many people are written to."""
    allowed = of(db, cooperative_id).one_key
    return allowed is not None and people > allowed


def weigh(limits: Limits, spent: int, parts: int) -> None:
    """Whether so many parts more may be sent this month. Raises MonthSpent."""
    if limits.month is not None and spent + parts > limits.month:
        raise MonthSpent(
            f"{parts} SMS are too many: {max(limits.month - spent, 0)} of {limits.month} are left this month; "
            "write to fewer people, or raise the limit with `broadcast limits`"
        )


NOT_SENT = (MessageState.CANCELLED, MessageState.FAILED, MessageState.EXPIRED)


def full(db: Connection, phones: Sequence[str], cap: int, day: tuple[datetime, datetime]) -> set[str]:
    """Those of some phones that have as many notices and campaigns on a day as they should at most."""
    found: set[str] = set()
    for some in batches(phones):
        counted = (
            select(Message.phone)
            .where(Message.phone.in_(some), Message.urgency >= Urgency.NOTICE, Message.state.not_in(NOT_SENT))
            .where(Message.not_before >= day[0], Message.not_before < day[1])
            .group_by(Message.phone)
            .having(func.count() >= cap)
        )
        found |= set(db.execute(counted).scalars())
    return found
