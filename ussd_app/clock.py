"""The one clock. For tests it can be moved by a file that holds an offset in seconds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Clock = Callable[[], datetime]


def clock(offset_file: Path | None) -> Clock:
    """A function that gives the time, aware and in UTC."""
    if offset_file is None:
        return lambda: datetime.now(UTC)

    def moved() -> datetime:
        text = offset_file.read_text().strip() if offset_file.exists() else ""
        return datetime.now(UTC) + timedelta(seconds=float(text or 0))

    return moved
