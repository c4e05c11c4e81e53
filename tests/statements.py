"""What a database is asked, by whichever way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event

from models import quick


@contextmanager
def statements(database: Engine | Connection) -> Iterator[list[str]]:
    """The statements that are run meanwhile, through SQLAlchemy or on the driver."""
    noted: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        noted.append(statement)

    def quickly(db: Connection, sql: str, values: object) -> object:
        noted.append(sql)
        return fetch(db, sql, values)

    fetch = quick.fetch
    event.listen(database, "before_cursor_execute", note)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(quick, "fetch", quickly)
        yield noted
    event.remove(database, "before_cursor_execute", note)
