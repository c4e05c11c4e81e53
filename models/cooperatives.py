"""Cooperatives and the tree above them: unions, federations, a confederation. A level may be skipped."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.money import Currency


class Kind(StrEnum):
    """The forms of the OHADA Uniform Act on cooperatives (15 December 2010), and plain associations."""

    SCOOPS = "scoops"
    COOP_CA = "coop_ca"
    UNION = "union"
    FEDERATION = "federation"
    CONFEDERATION = "confederation"
    ASSOCIATION = "association"


TIME_ZONES = {
    "BF": "Africa/Ouagadougou",
    "CF": "Africa/Bangui",
    "CI": "Africa/Abidjan",
    "GN": "Africa/Conakry",
    "ML": "Africa/Bamako",
    "SN": "Africa/Dakar",
}


class Cooperative(Base):
    """A cooperative or a body above it."""

    __tablename__ = "cooperatives"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    district: Mapped[str]
    country: Mapped[str]
    currency: Mapped[Currency] = mapped_column(choice(Currency))
    language: Mapped[str]
    time_zone: Mapped[str]


class Affiliation(Base):
    """A cooperative belongs to a body above it."""

    __tablename__ = "affiliations"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)


_BODY = select(bindparam("body", type_=Cooperative.id.type).label("id"))
_UP, _DOWN = _BODY.cte("above", recursive=True), _BODY.cte("below", recursive=True)
_UP = _UP.union(select(Affiliation.parent_id).where(Affiliation.cooperative_id == _UP.c.id))
_DOWN = _DOWN.union(select(Affiliation.cooperative_id).where(Affiliation.parent_id == _DOWN.c.id))
# A body, given as `body`, with all that stand above or below it, each once, whichever levels are skipped.
ABOVE, BELOW = select(_UP.c.id), select(_DOWN.c.id)

BASE_KINDS = (Kind.SCOOPS, Kind.COOP_CA, Kind.ASSOCIATION)
HIGH_KINDS = (Kind.FEDERATION, Kind.CONFEDERATION)

_JOINABLE = (
    select(Cooperative.id, Cooperative.name)
    .where(Cooperative.kind.in_(BASE_KINDS))
    .where(or_(Cooperative.country == bindparam("country"), bindparam("country").is_(None)))
    .order_by(Cooperative.name)
    .limit(40)
)


def joinable(db: Connection, country: str | None) -> list[tuple[int, str]]:
    """The cooperatives a person calling from this country can ask to join: id and name."""
    return [(row.id, row.name) for row in db.execute(_JOINABLE, {"country": country})]


_ZONE = select(Cooperative.time_zone).where(Cooperative.id == bindparam("cooperative"))


def zone(db: Connection, cooperative_id: int) -> ZoneInfo:
    """The time zone of a cooperative."""
    return ZoneInfo(db.execute(_ZONE, {"cooperative": cooperative_id}).scalar_one())


def today(db: Connection, cooperative_id: int, now: datetime) -> date:
    """The date where a cooperative is."""
    return now.astimezone(zone(db, cooperative_id)).date()


def subtree(db: Connection, cooperative_id: int) -> list[int]:
    """A body and all that stand below it."""
    return sorted(db.execute(BELOW, {"body": cooperative_id}).scalars())


def names(db: Connection, bodies: Collection[int]) -> list[tuple[int, str]]:
    """What some cooperatives are called, in the order of their ids."""
    found = select(Cooperative.id, Cooperative.name).where(Cooperative.id.in_(bodies)).order_by(Cooperative.id)
    return [(row.id, row.name) for row in db.execute(found)]
