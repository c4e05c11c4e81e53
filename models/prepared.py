"""Statements sent to PostgreSQL without the machinery of a cursor, prepared on their connection where they have values.

What turns values into those of PostgreSQL and back is psycopg's own.
"""

from collections.abc import MutableMapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

_WELL = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def fetch(
    driver: Connection[Any], known: MutableMapping[Any, Any], sql: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of a statement whose values are $1, $2 and so on. Raises psycopg's errors.

    `known` holds what was prepared on this connection, for as long as there is the connection.
    """
    into = Transformer.from_context(driver)
    sent = into.dump_sequence(values, [PyFormat.AUTO] * len(values))
    what = (sql, into.types)
    name = known.get(what)
    if name is None:
        name = f"press_{len(known)}".encode()
        _well(driver, driver.pgconn.prepare(name, sql.encode(), into.types))
        known[what] = name
    given: Any = sent  # None, too, as NULL
    found = _well(driver, driver.pgconn.exec_prepared(name, given, into.formats))
    into.set_pgresult(found)
    return into.load_rows(0, found.ntuples, tuple)


def run(driver: Connection[Any], sql: str) -> None:
    """Run plain words of SQL. Raises psycopg's errors."""
    _well(driver, driver.pgconn.exec_(sql.encode()))


def _well(driver: Connection[Any], result: PGresult) -> PGresult:
    if result.status not in _WELL:
        raise error_from_result(result, encoding=driver.info.encoding)
    return result
