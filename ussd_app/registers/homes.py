"""The cooperatives a file may speak of, by their codes."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from models.cooperatives import Cooperative


@dataclass(frozen=True, slots=True)
class Home:
    """What must be known of a cooperative to read a row of one of its registers."""

    id: int
    code: str
    country: str
    language: str
    zone: ZoneInfo


Homes = dict[str, Home]


def known(db: Connection) -> Homes:
    """Every cooperative there is; there are hundreds of them, not more."""
    columns = (Cooperative.id, Cooperative.code, Cooperative.country, Cooperative.language, Cooperative.time_zone)
    return {row[1]: Home(*row[:4], ZoneInfo(row[4])) for row in db.execute(select(*columns))}
