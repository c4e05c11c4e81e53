"""Cadence: when something comes again, by a rule of iCalendar (RFC 5545), on a cooperative's own clock.

The only file that imports dateutil.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

OFTEN_ENOUGH = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


class BadRule(ValueError):
    """A rule that cannot be followed; the sentence says what would be right."""


def _rule(rule: str, starts: str) -> "rrule | rruleset":
    """A rule as it can be followed. Raises BadRule."""
    from dateutil.rrule import rrulestr  # only what recurs needs it

    said = dict(part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";"))
    if said.get("FREQ") not in OFTEN_ENOUGH or "\n" in rule:
        raise BadRule(f"{rule!r} is no rule: write it like FREQ=WEEKLY;BYDAY=MO, with {', '.join(OFTEN_ENOUGH)}")
    with _followed(rule):
        if int(said.get("INTERVAL", 1)) < 1:  # it would look for its next time for ever
            raise ValueError
        return rrulestr(rule, dtstart=datetime.fromisoformat(starts))


@contextmanager
def _followed(rule: str) -> Iterator[None]:
    """Raises BadRule where a rule cannot be followed."""
    try:
        yield
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule(f"{rule!r} is no rule of iCalendar: write it like FREQ=MONTHLY;BYMONTHDAY=1") from error


def after(rule: str, starts: str, local: datetime, included: bool) -> datetime | None:
    """The first time by a rule after a time, both on the same clock. Raises BadRule."""
    follows = _rule(rule, starts)
    with _followed(rule):
        found: datetime | None = follows.after(local, inc=included)
    return found


def following(rule: str, starts: str, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The next time by a rule after a moment; None when there is none."""
    found = after(rule, starts, on_clock(moment, zone), included=False)
    return None if found is None else found.replace(tzinfo=zone)


def first(rule: str, begins: datetime, now: datetime, zone: ZoneInfo) -> tuple[str, datetime]:
    """How the beginning of a rule is kept (a time of the clock, without a zone), and its first time. Raises BadRule."""
    starts = on_clock(begins, zone).replace(microsecond=0).isoformat()
    found = after(rule, starts, on_clock(max(begins, now), zone), included=True)
    if found is None:
        raise BadRule(f"{rule!r} names no day to come")
    return starts, found.replace(tzinfo=zone)


A_MONTH, AT_MOST = timedelta(days=31), 1000


def times(rule: str, starts: str) -> int:
    """How often something comes in the first month of its rule: once at least, `AT_MOST` if oftener. Raises BadRule.

    A rule has no end, and a month is what a cooperative's SMS are counted by.
    """
    found, end = _rule(rule, starts), datetime.fromisoformat(starts) + A_MONTH
    with _followed(rule):
        return max(1, sum(1 for _time in islice(takewhile(lambda each: each < end, found), AT_MOST)))


def on_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows there at a moment, without its zone."""
    return moment.astimezone(zone).replace(tzinfo=None)
