"""The cooperatives a file may speak of, by their codes."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from models.cooperatives import Cooperative


@dataclass(frozen=True, slots=True)
class Home:
    """What must be known of a cooperative to read a row of one of its registers."""

    id: int
    code: str
    name: str
    country: str
    language: str
    zone: ZoneInfo

    def today(self, now: datetime) -> date:
        """The date where the cooperative is."""
        return now.astimezone(self.zone).date()


Homes = dict[str, Home]


_HOMES = select(
    Cooperative.id,
    Cooperative.code,
    Cooperative.name,
    Cooperative.country,
    Cooperative.language,
    Cooperative.time_zone,
)


def known(db: Connection) -> Homes:
    """Every cooperative there is; there are hundreds of them, not more."""
    return {row[1]: Home(*row[:5], ZoneInfo(row[5])) for row in db.execute(_HOMES)}


def one(db: Connection, cooperative: str | int) -> Home | None:
    """The cooperative that has a code, or an id; None when there is none."""
    named = Cooperative.code == cooperative if isinstance(cooperative, str) else Cooperative.id == cooperative
    row = db.execute(_HOMES.where(named)).one_or_none()
    return None if row is None else Home(*row[:5], ZoneInfo(row[5]))
