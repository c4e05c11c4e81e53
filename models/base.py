"""The ground of every table: names of constraints, aware UTC times, and how a choice is stored."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Enum, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Choice = TypeVar("Choice", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC. SQLite forgets the zone, so it is given back on reading.

    Raises ValueError for a naive time: nobody can say afterwards which zone was meant.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC on its way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kinds: type[Choice]) -> Enum:
    """The column type of an enumeration: its word as text; another word is refused before it is written."""
    return Enum(
        kinds,
        native_enum=False,
        length=24,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """All tables of the service. Rows are read and written with SQLAlchemy Core; there are no entities in memory."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: Any = {  # noqa: RUF012 - read by SQLAlchemy at class creation
        datetime: UtcDateTime,
        date: Date,
        str: String,
        int: BigInteger().with_variant(Integer, "sqlite"),
    }
