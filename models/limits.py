"""What a cooperative allows itself by SMS: to how many people with one key, how many a month, how many a day.

Safety alerts know no limit. Nothing is limited before somebody says so.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.messages import Message, MessageState, Urgency
from models.writing import batches, insert_or_update


class SmsLimit(Base):
    """The limits of a cooperative; one that is not set does not hold.

    Above `one_key` people a second officer agrees. `month` is in SMS parts, which is what networks charge; `money` is
    what they may cost in a month, in whole money of the cooperative; `day` is how many notices and campaigns a phone
    gets in a day, and those beyond it wait for the next morning.
    """

    __tablename__ = "sms_limits"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    one_key: Mapped[int | None]
    month: Mapped[int | None]
    day: Mapped[int | None]
    money: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a cooperative."""

    one_key: int | None = None
    month: int | None = None
    day: int | None = None
    money: int | None = None

    @property
    def a_month(self) -> bool:
        """Whether something is limited by the month."""
        return self.month is not None or self.money is not None


class MonthSpent(ValueError):
    """A limit of the cooperative for the month would be passed, in SMS or money; the sentence says by how much."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was planned: SMS parts, and what they cost in whole money; None where no price is known."""

    parts: int
    cost: int | None


def of(db: Connection, cooperative_id: int, held: bool = False) -> Limits:
    """The limits of a cooperative; `held` until the end of the transaction, so that two do not spend the same rest."""
    columns = (SmsLimit.one_key, SmsLimit.month, SmsLimit.day, SmsLimit.money)
    found = select(*columns).where(SmsLimit.cooperative_id == cooperative_id)
    row = db.execute(found.with_for_update() if held else found).one_or_none()
    return Limits() if row is None else Limits(*row)


def put(db: Connection, cooperative_id: int, limits: Limits) -> None:
    """The limits of a cooperative are these from now on."""
    insert_or_update(db, SmsLimit, {"cooperative_id": cooperative_id}, asdict(limits))


def second_key(db: Connection, cooperative_id: int, people: int, agreed: int = 0) -> bool:
    """Whether a second officer must agree before so many people are written to; to `agreed` of them two did already."""
    allowed = of(db, cooperative_id).one_key
    return allowed is not None and people - agreed > allowed


def weigh(limits: Limits, before: Spent, now: Spent) -> None:
    """Whether so much more may be sent this month. Raises MonthSpent, also for money where a price is not known."""
    if limits.month is not None and before.parts + now.parts > limits.month:
        raise MonthSpent(
            f"{now.parts} SMS are too many: {max(limits.month - before.parts, 0)} of {limits.month} are left this "
            "month; write to fewer people, or raise the limit with `broadcast limits`"
        )
    if limits.money is None:
        return
    if now.cost is None:
        raise MonthSpent("the limit in money cannot be kept without prices: give one for each number in SMS_PRICES")
    left = limits.money - (before.cost or 0)
    if now.cost > left:
        raise MonthSpent(
            f"it would cost {now.cost}, and {max(left, 0)} of {limits.money} are left this month; "
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
