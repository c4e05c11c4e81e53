"""Quiet hours: when a cooperative wants its people left in peace. Notices wait for the morning; danger does not.

They may be widened and moved, and never made empty. 22:00 to 06:00 is silent whatever is set: a phone that rings in
the night is switched off, and then misses the warning that may come. 09:00 to 18:00 is open whatever is set: a notice
that has no hour left to go out never comes, and the law counts its days.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.cooperatives import TIME_ZONES, Cooperative
from models.hours import EVENING, MORNING, Night
from models.quick import Quick
from models.writing import insert_or_update

EVENINGS, MORNINGS = (time(18), time(22)), (time(6), time(9))


class QuietHours(Base):
    """When the night begins and ends in a cooperative, by its own clock; one that says nothing has the usual hours."""

    __tablename__ = "quiet_hours"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    evening: Mapped[time]
    morning: Mapped[time]


class BadHours(ValueError):
    """Hours that cannot be the quiet ones; the sentence says which can."""


def put(db: Connection, cooperative_id: int, evening: time, morning: time) -> None:
    """The night of a cooperative is this from now on, also for what is planned already. Raises BadHours."""
    if not EVENINGS[0] <= evening <= EVENINGS[1] or not MORNINGS[0] <= morning <= MORNINGS[1]:
        raise BadHours(
            f"quiet hours begin between {EVENINGS[0]:%H:%M} and {EVENINGS[1]:%H:%M} "
            f"and end between {MORNINGS[0]:%H:%M} and {MORNINGS[1]:%H:%M}"
        )
    insert_or_update(db, QuietHours, {"cooperative_id": cooperative_id}, {"evening": evening, "morning": morning})


_OF = (
    select(Cooperative.time_zone, QuietHours.evening, QuietHours.morning)
    .outerjoin(QuietHours, QuietHours.cooperative_id == Cooperative.id)
    .where(Cooperative.id == bindparam("cooperative"))
)


def of(db: Connection, cooperative_id: int) -> Night:
    """The night of a cooperative."""
    return night(*db.execute(_OF, {"cooperative": cooperative_id}).one())


def night(time_zone: str, evening: time | None, morning: time | None) -> Night:
    """The night of a zone, with the hours that were set, or the usual ones."""
    return Night(ZoneInfo(time_zone), evening or EVENING, morning or MORNING)


@dataclass(frozen=True, slots=True)
class Asleep:
    """Where it is night: in these zones, but for the cooperatives `awake` by their own hours; and in these `homes`."""

    zones: tuple[str, ...]
    awake: tuple[int, ...] = ()
    homes: tuple[int, ...] = ()


NOWHERE = Asleep(())
_OWN = Quick(
    select(QuietHours.cooperative_id, Cooperative.time_zone, QuietHours.evening, QuietHours.morning)
    .join(Cooperative, Cooperative.id == QuietHours.cooperative_id)
    .order_by(QuietHours.cooperative_id)
)


def asleep(db: Connection, now: datetime) -> Asleep:
    """Where it is night now. Cooperatives with hours of their own are named only while these make a difference."""
    zones = tuple(zone for zone in sorted(set(TIME_ZONES.values())) if Night(ZoneInfo(zone)).covers(now))
    awake, homes = [], []
    for cooperative_id, zone, evening, morning in _OWN.all(db, {}):
        covers = night(zone, evening, morning).covers(now)
        if covers and zone not in zones:
            homes.append(cooperative_id)
        elif not covers and zone in zones:
            awake.append(cooperative_id)
    return Asleep(zones, tuple(awake), tuple(homes))
