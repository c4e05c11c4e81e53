"""`FAILPOINT=name:count`: a test ends the process, as a kill would, the n-th time it comes to a point."""

import os
from dataclasses import dataclass
from itertools import count

from models import failpoints
from models.failpoints import POINTS
from ussd_app.settings import BadSetting, Mode, Settings

KILLED = 137


@dataclass(frozen=True, slots=True)
class FailPoint:
    """A point, and at which time it is reached the process ends."""

    name: str
    count: int


def read(settings: Settings) -> FailPoint | None:
    """The fail point of the settings. Raises BadSetting for one that is none, and in production for any."""
    value = settings.value("FAILPOINT")
    if value is None:
        return None
    if settings.mode is Mode.PRODUCTION:
        raise BadSetting("FAILPOINT ends the process for tests: it must not be set in production.")
    name, _, times = value.partition(":")
    if name not in POINTS or not (times.isascii() and times.isdigit() and 0 < int(times) < 1_000_000):
        raise BadSetting(f"FAILPOINT must be name:count with a count from 1 on and a name of {', '.join(POINTS)}.")
    return FailPoint(name, int(times))


def arm(point: FailPoint | None) -> None:
    """End this process, without any goodbye, when the point is reached for that time."""
    if point is None:
        return
    turns = count(1)

    def reached(name: str) -> None:
        if name == point.name and next(turns) == point.count:
            os._exit(KILLED)

    failpoints.watch(reached)
