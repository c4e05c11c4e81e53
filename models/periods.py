"""Periods of a plan: when each begins, and what part of one is owed by who joins in the middle of it."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Period(StrEnum):
    """How often something falls due."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}


def begins(first_on: date, period: Period, number: int) -> date:
    """The first day of a period, numbered from 0. From the 31st on, a shorter month begins on its last day."""
    years, month = divmod(first_on.month - 1 + number * MONTHS[period], 12)
    year = first_on.year + years
    return date(year, month + 1, min(first_on.day, monthrange(year, month + 1)[1]))


def beginnings(first_on: date, period: Period, upto: date) -> Iterator[tuple[int, date]]:
    """The periods that have begun by a day: number and first day."""
    number, day = 0, first_on
    while day <= upto:
        yield number, day
        number += 1
        day = begins(first_on, period, number)


def pro_rata(amount: int, begin: date, end: date, joined_on: date) -> int:
    """What is owed of a period, from the day of joining to its last day `end`, rounded down in the member's favour."""
    days = (end - begin).days + 1
    return amount * ((end - max(joined_on, begin)).days + 1) // days
