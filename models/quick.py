"""Statements of a press, run on the driver itself: as exact as through SQLAlchemy, for a fraction of its cost.

A statement is written with SQLAlchemy, like any other. It is compiled once for each kind of database, with what turns
values into those of the driver and back; then it runs on the cursor of the driver, in the transaction of the
connection.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Enum, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from models.prepared import Prepared

Values = Mapping[str, Any]
Rows = list[tuple[Any, ...]]
Turn = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement for one kind of database. `order` is given where the driver takes values by position."""

    sql: str
    fixed: Values
    order: Sequence[str] | None
    bound: Sequence[tuple[str, Turn]]
    read: Sequence[tuple[int, Turn]]

    def values(self, given: Values) -> Any:
        """The values as the driver takes them."""
        values = {**self.fixed, **given}
        for name, turn in self.bound:
            values[name] = turn(values[name])
        return values if self.order is None else [values[name] for name in self.order]

    def rows(self, rows: Rows) -> Rows:
        """The rows as the program knows them."""
        return [self._row(list(row)) for row in rows] if self.read else rows

    def _row(self, row: list[Any]) -> tuple[Any, ...]:
        for index, turn in self.read:
            row[index] = turn(row[index])
        return tuple(row)


class Quick:
    """A statement to be run often. `columns` names what an INSERT is given."""

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._plans: dict[str, _Plan] = {}

    def all(self, db: Connection, given: Values) -> Rows:
        """Every row. Raises what SQLAlchemy raises, without the values."""
        plan = self._plan(db.dialect)
        return plan.rows(fetch(db, plan.sql, plan.values(given)))

    def first(self, db: Connection, given: Values) -> tuple[Any, ...] | None:
        """The first row, or None when there is none."""
        rows = self.all(db, given)
        return rows[0] if rows else None

    def one(self, db: Connection, given: Values) -> tuple[Any, ...]:
        """The one row there is always."""
        (row,) = self.all(db, given)
        return row

    def scalar(self, db: Connection, given: Values) -> Any:
        """The first value of the first row, or None when there is no row."""
        rows = self.all(db, given)
        return rows[0][0] if rows else None

    def run(self, db: Connection, given: Values) -> None:
        """Run what gives no rows."""
        self.all(db, given)

    def _plan(self, dialect: Dialect) -> _Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _planned(self._statement, self._columns, dialect)
        return plan


def _planned(statement: Any, columns: Sequence[str] | None, dialect: Dialect) -> _Plan:
    if dialect.name == "postgresql":
        kind: Any = type(dialect)
        dialect = kind(paramstyle="numeric_dollar")  # as statements are prepared
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=columns)
    state = compiled.construct_expanded_state({name: None for name, each in compiled.binds.items() if each.required})
    fixed = dict(state.parameters)
    for column in compiled.insert_prefetch:
        if not isinstance(column.default, ScalarElementColumnDefault):
            raise NotImplementedError(f"{column} is filled by a function: name it among the columns")
        fixed[column.key] = column.default.arg
    bound = [(name, turn) for name in fixed if (turn := _into_driver(name, compiled, state, dialect)) is not None]
    for name, turn in bound:
        fixed[name] = turn(fixed[name])
    wanted = {name for name, each in compiled.binds.items() if each.required}
    given = [(name, turn) for name, turn in bound if name in wanted]
    fixed = {name: value for name, value in fixed.items() if name not in wanted}
    types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    turns = [_out_of_driver(each, dialect) for each in types]
    read = [(index, turn) for index, turn in enumerate(turns) if turn is not None]
    return _Plan(state.statement, fixed, state.positiontup, given, read)


def _out_of_driver(kind: TypeEngine[Any], dialect: Dialect) -> Turn | None:
    """What turns a value of the driver into ours. A choice is looked up; an unknown one raises LookupError."""
    if isinstance(kind, Enum) and kind.enum_class and kind.values_callable:
        words = kind.values_callable(kind.enum_class)
        return dict(zip([*words, None], [*kind.enum_class, None], strict=True)).__getitem__
    turn: Turn | None = kind.result_processor(dialect, None)
    return turn


def _into_driver(name: str, compiled: SQLCompiler, state: ExpandedState, dialect: Dialect) -> Turn | None:
    """What turns a value into that of the driver: of a list, each value has a name of its own."""
    if name in compiled.binds:
        return compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
    turn: Turn | None = state.processors.get(name)
    return turn


def execute(db: Connection, sql: str) -> None:
    """Run words of SQL on the driver, in the transaction of the connection. Raises what SQLAlchemy raises."""
    held = db.connection
    driver: Any = held.dbapi_connection
    try:
        if db.dialect.name == "postgresql":
            _prepared(held, driver).run(sql)
        else:
            driver.execute(sql)
    except db.dialect.loaded_dbapi.Error as error:
        raise _told(db, sql, error) from error


def fetch(db: Connection, sql: str, values: Any) -> Rows:
    """The rows of a statement. Raises what SQLAlchemy raises, without the values.

    A connection that was lost is given up, and with it all that wait to be used: they were lost with it.
    """
    held = db.connection
    driver: Any = held.dbapi_connection
    try:
        if db.dialect.name == "postgresql":
            return _prepared(held, driver).fetch(sql, values)
        rows: Rows = driver.execute(sql, values).fetchall()
    except db.dialect.loaded_dbapi.Error as error:
        raise _told(db, sql, error) from error
    return rows


def _prepared(held: PoolProxiedConnection, driver: Any) -> "Prepared":
    if "prepared" not in held.info:
        from models import prepared  # a service on SQLite starts without psycopg

        held.info["prepared"] = prepared.Prepared(driver)
    found: Prepared = held.info["prepared"]
    return found


def _told(db: Connection, sql: str, error: Any) -> Exception:
    dialect = db.dialect
    lost = dialect.is_disconnect(error, db.connection.driver_connection, None)
    if lost:
        db.invalidate(error)
        db.engine.dispose()
    told: Exception = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told
