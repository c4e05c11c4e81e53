"""Statements sent to PostgreSQL without the machinery of a cursor, prepared on their connection where they have values.

What turns values into those of PostgreSQL and back is psycopg's own.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

_WELL = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Prepared:
    """What was prepared on a connection, for as long as there is the connection."""

    def __init__(self, driver: Connection[Any]) -> None:
        self._driver, self._turning = driver, Transformer.from_context(driver)
        self._names: dict[object, bytes] = {}

    def fetch(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement whose values are $1, $2 and so on. Raises psycopg's errors."""
        turning = self._turning  # kept, since it learns how each type is turned
        sent: Any = turning.dump_sequence(values, [PyFormat.AUTO] * len(values))  # None, too, as NULL
        name = self._names.get((sql, turning.types)) or self._prepare(sql, turning.types)
        found = self._well(self._driver.pgconn.exec_prepared(name, sent, turning.formats))
        turning.set_pgresult(found)
        return turning.load_rows(0, found.ntuples, tuple)

    def run(self, sql: str) -> None:
        """Run plain words of SQL. Raises psycopg's errors."""
        self._well(self._driver.pgconn.exec_(sql.encode()))

    def _prepare(self, sql: str, types: Any) -> bytes:
        name = f"press_{len(self._names)}".encode()
        self._well(self._driver.pgconn.prepare(name, sql.encode(), types))
        self._names[sql, types] = name
        return name

    def _well(self, result: PGresult) -> PGresult:
        if result.status not in _WELL:
            raise error_from_result(result, encoding=self._driver.info.encoding)
        return result
