"""The periods that figures are of: a year, or a quarter of one, as the clock goes where a case was filed."""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(20\d\d)(?:Q([1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or its quarter 1 to 4."""

    year: int
    quarter: int | None = None

    @classmethod
    def read(cls, text: str) -> "Period":
        """A period as it is written: 2026, or 2026Q3. Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("a period is a year such as 2026, or a quarter such as 2026Q3")
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    @classmethod
    def holding(cls, at: datetime, zone: ZoneInfo) -> "Period":
        """The quarter in which a moment lies, in a time zone."""
        there = at.astimezone(zone)
        return cls(there.year, (there.month + 2) // 3)

    def __str__(self) -> str:
        """The period as it is written."""
        return f"{self.year}" if self.quarter is None else f"{self.year}Q{self.quarter}"

    @property
    def quarters(self) -> tuple["Period", ...]:
        """The quarters it is made of: one, or the four of a year."""
        return (self,) if self.quarter else tuple(Period(self.year, each) for each in (1, 2, 3, 4))

    def begins(self, zone: ZoneInfo) -> datetime:
        """Its first moment in a time zone."""
        return datetime(self.year, 3 * (self.quarter or 1) - 2, 1, tzinfo=zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first moment after it."""
        if self.quarter in (None, 4):
            return datetime(self.year + 1, 1, 1, tzinfo=zone)
        return Period(self.year, self.quarter + 1).begins(zone) if self.quarter else self.begins(zone)
