"""The one clock, and whether it was set back. For tests it can be moved by a file that holds an offset in seconds."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]
Seconds = Callable[[], float]
STEP = 2.0  # seconds: how little a step is that matters


def clock(offset_file: Path | None) -> Clock:
    """A function that gives the time, aware and in UTC."""
    if offset_file is None:
        return lambda: datetime.now(UTC)

    def moved() -> datetime:
        text = offset_file.read_text().strip() if offset_file.exists() else ""
        return datetime.now(UTC) + timedelta(seconds=float(text or 0))

    return moved


class Steps:
    """Tells when the clock on the wall was set back, by one that nobody sets."""

    def __init__(self, wall: Seconds = time.time, steady: Seconds = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._apart = wall() - steady()

    def back(self) -> bool:
        """Whether it was set back since this was asked last."""
        before, self._apart = self._apart, self._wall() - self._steady()
        return self._apart < before - STEP
