"""Hours: when people sleep, and when a day and a month begin where they are."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.cooperatives import TIME_ZONES

MORNING, EVENING = time(7), time(20)


def is_night(now: datetime, zone: ZoneInfo) -> bool:
    """Whether people sleep there: from 20:00 to 07:00 of their clock."""
    return not MORNING <= now.astimezone(zone).time() < EVENING


def asleep(now: datetime) -> list[str]:
    """The time zones of the service where it is night."""
    return [zone for zone in sorted(set(TIME_ZONES.values())) if is_night(now, ZoneInfo(zone))]


def awake(now: datetime, zone: ZoneInfo) -> datetime:
    """When people there can be told something: now, or in the morning when it is night."""
    there = now.astimezone(zone)
    if not is_night(now, zone):
        return there
    day = there.date() + timedelta(days=there.time() >= EVENING)
    return datetime.combine(day, MORNING, zone)


def next_morning(moment: datetime, zone: ZoneInfo) -> datetime:
    """The morning of the day after a moment there."""
    return datetime.combine(moment.astimezone(zone).date() + timedelta(days=1), MORNING, zone)


def day_of(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When the day of a moment begins and ends there."""
    on = moment.astimezone(zone).date()
    return datetime.combine(on, time(0), zone), datetime.combine(on + timedelta(days=1), time(0), zone)


def month_of(now: datetime, zone: ZoneInfo) -> datetime:
    """When the month began there."""
    return now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
