"""How each gateway does, as all senders know it together: whether it is down, and what became of what it was given.

It is down after three calls in a row that went wrong, whoever made them, and up again after three that went well: while
it is down one message at a time tries it, after a rest. So a gateway that fails now and then is neither left nor gone
back to at each call.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, case, func, literal, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.quick import Quick
from models.writing import insert_once

IN_A_ROW = 3
REST = timedelta(minutes=5)
# A trial that is never heard of again (its sender died) stops no other for longer.
TRIAL = timedelta(seconds=30)


class Standing(Base):
    """A gateway. Counts only grow; `ill` and `well` are calls in a row.

    `broke_since` is since when our credit there is used up; `free_at` when its next call may be made, in milliseconds
    since 1970, where it takes so many messages a second only.
    """

    __tablename__ = "gateways"

    name: Mapped[str] = mapped_column(primary_key=True)
    ill: Mapped[int] = mapped_column(default=0)
    well: Mapped[int] = mapped_column(default=0)
    down_since: Mapped[datetime | None]
    trial_at: Mapped[datetime | None]
    broke_since: Mapped[datetime | None]
    free_at: Mapped[int | None]
    calls: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a gateway: whether it works, how long it took, and how many messages it took, refused, or lost.

    `broke`: it says that our credit is used up.
    """

    well: bool
    milliseconds: int
    taken: int
    refused: int
    unsure: int
    broke: bool = False


def made(db: Connection, name: str, call: Call, now: datetime) -> None:
    """A call was made: count it, and decide whether the gateway is down or up again."""
    if not _count(db, name, call, now):
        insert_once(db, Standing, {"name": name})
        _count(db, name, call, now)


def _count(db: Connection, name: str, call: Call, now: datetime) -> bool:
    given = {"called": name, "now": now, "rested": now + REST}
    numbers = {each: getattr(call, each) for each in _NUMBERS}
    return _counted(call.well, call.taken > 0, call.broke).first(db, {**given, **numbers}) is not None


_NUMBERS = ("milliseconds", "taken", "refused", "unsure")


@cache
def _counted(well: bool, took: bool, broke: bool) -> Quick:
    in_a_row = (Standing.well if well else Standing.ill) + 1
    # No credit is known at once, and so is that there is some again.
    enough = (in_a_row >= IN_A_ROW) | literal(broke) | (Standing.broke_since.is_not(None) & literal(took))
    down = Standing.down_since.is_not(None)
    values: dict[str, Any] = {each: getattr(Standing, each) + bindparam(each, type_=BigInteger) for each in _NUMBERS}
    values |= {"ill": 0 if well else in_a_row, "well": in_a_row if well else 0, "calls": Standing.calls + 1}
    at, rested = (bindparam(each, type_=Standing.trial_at.type) for each in ("now", "rested"))
    if took:
        values["broke_since"] = None
    if broke:
        values["broke_since"] = func.coalesce(Standing.broke_since, at)
    if well:
        values["down_since"] = case((enough, None), else_=Standing.down_since)
        values["trial_at"] = case((down, at), else_=None)
    else:
        values["down_since"] = case((enough, func.coalesce(Standing.down_since, at)), else_=Standing.down_since)
        values["trial_at"] = case((enough | down, rested), else_=None)
    named = update(Standing).where(Standing.name == bindparam("called"))
    return Quick(named.values(values).returning(Standing.calls))


_DOWN = Quick(select(Standing.name, Standing.broke_since).where(Standing.down_since.is_not(None)))


def down(db: Connection) -> dict[str, bool]:
    """Which gateways are down, and whether because our credit there is used up."""
    return {name: broke_since is not None for name, broke_since in _DOWN.all(db, {})}


def try_again(db: Connection, name: str, now: datetime) -> bool:
    """Take the one trial of a gateway that is down and has rested. False when another sender has it, or it is up."""
    rested = update(Standing).where(Standing.name == name, Standing.down_since.is_not(None), Standing.trial_at <= now)
    return db.execute(rested.values(trial_at=now + TRIAL)).rowcount > 0


def take_turn(db: Connection, name: str, messages: int, a_second: float, now: datetime) -> float:
    """Book the next call of a gateway that takes so many messages a second; how many seconds to wait for it.

    All senders book in one row, so together they are no faster than one.
    """
    at, takes = round(now.timestamp() * 1000), round(messages * 1000 / a_second)
    begins = case((Standing.free_at > at, Standing.free_at), else_=at)
    booked = update(Standing).where(Standing.name == name).values(free_at=begins + takes).returning(Standing.free_at)
    free_at = db.execute(booked).scalar_one_or_none()
    if free_at is None:
        insert_once(db, Standing, {"name": name})
        free_at = db.execute(booked).scalar_one()
    return (int(free_at or 0) - takes - at) / 1000
