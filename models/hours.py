"""Hours: when people are left in peace, and when a day and a month begin where they are."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(20), time(7)


@dataclass(frozen=True, slots=True)
class Night:
    """The hours in which nobody is written to without need: from `evening` to `morning` of the clock of a zone."""

    zone: ZoneInfo
    evening: time = EVENING
    morning: time = MORNING

    def covers(self, now: datetime) -> bool:
        """Whether it is night there."""
        return not self.morning <= now.astimezone(self.zone).time() < self.evening

    def over(self, now: datetime) -> datetime:
        """When people there can be told something: now, or in the morning when it is night."""
        there = now.astimezone(self.zone)
        if not self.covers(now):
            return there
        day = there.date() + timedelta(days=there.time() >= self.evening)
        return datetime.combine(day, self.morning, self.zone)

    def next_morning(self, moment: datetime) -> datetime:
        """The morning of the day after a moment there."""
        return datetime.combine(moment.astimezone(self.zone).date() + timedelta(days=1), self.morning, self.zone)


def day_of(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day of a moment begins and ends there."""
    on = moment.astimezone(zone).date()
    return datetime.combine(on, time(0), zone), datetime.combine(on + timedelta(days=1), time(0), zone)


def month_of(now: datetime, zone: ZoneInfo) -> datetime:
    """When the month began there."""
    return now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
