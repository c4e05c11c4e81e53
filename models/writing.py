"""The ways to insert that SQLite and PostgreSQL share: once only, many once only, and insert or change.

A statement is built once for each set of columns and kept: building it costs more than running it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect
from sqlalchemy.dialects import postgresql, sqlite

from models.base import Base
from models.quick import Quick

Values = Mapping[str, Any]
Value = TypeVar("Value")
IN_AT_MOST = 500


def _insert(dialect: str, table: type[Base]) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


@cache
def _once(dialect: str, table: type[Base], columns: tuple[str, ...]) -> Quick:
    statement = _insert(dialect, table).on_conflict_do_nothing().returning(inspect(table).primary_key[0])
    return Quick(statement, columns)


def insert_once(db: Connection, table: type[Base], values: Values) -> int | None:
    """Insert a row; its id, or None when a row with one of its unique keys is already there."""
    found: int | None = _once(db.dialect.name, table, tuple(values)).scalar(db, values)
    return found


def insert_all_once(db: Connection, table: type[Base], rows: Sequence[Values]) -> None:
    """Insert many rows in as few statements as the database takes; rows already there stay as they are."""
    if rows:
        db.execute(_insert(db.dialect.name, table).on_conflict_do_nothing(), list(rows))


@cache
def _or_update(dialect: str, table: type[Base], key: tuple[str, ...], changed: tuple[str, ...]) -> Quick:
    statement = _insert(dialect, table)
    changes = {name: statement.excluded[name] for name in changed}
    return Quick(statement.on_conflict_do_update(index_elements=key, set_=changes), key + changed)


def insert_or_update(db: Connection, table: type[Base], key: Values, values: Values) -> None:
    """Insert a row, or change the one that has this key. One statement, so two at once do not collide."""
    _or_update(db.dialect.name, table, tuple(key), tuple(values)).run(db, {**key, **values})


def batches(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Values in lists that are not too long for one statement."""
    for start in range(0, len(values), IN_AT_MOST):
        yield values[start : start + IN_AT_MOST]


def streaming(db: Connection, at_once: int) -> dict[str, Any]:
    """How a long answer is read as it comes. PostgreSQL has no cursor outside a transaction: there, all at once."""
    driver: Any = db.connection.driver_connection
    outside = db.dialect.name == "postgresql" and not driver.info.transaction_status
    return {} if outside else {"yield_per": at_once}
