"""The database: one engine, one way to change it. `transaction()` holds the only commit of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

# FULL, because a reference that was shown must survive a power cut; secure_delete, because what is erased must be gone.
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
POSTGRESQL_OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=30000"


def engine(url: str) -> Engine:
    """The engine of a database address. On SQLite the folder of the file is made.

    Parameters are hidden in errors: they hold numbers and words.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(
        url,
        connect_args={"options": POSTGRESQL_OPTIONS},
        hide_parameters=True,
        pool_size=20,
        max_overflow=10,
        pool_reset_on_return=None,
    )


def _sqlite(url: str) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, hide_parameters=True, pool_size=20, max_overflow=10, pool_reset_on_return=None)

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return made


def _begin(db: Connection, how: str) -> None:
    """Begin, on SQLite by hand, since its driver would begin too late.

    Two writers of SQLite that both began by reading would lose an update or be refused at once; so they queue up front.
    """
    db.begin()
    if db.dialect.name == "sqlite":
        driver: Any = db.connection.driver_connection
        driver.execute(how)


@contextmanager
def transaction(made: Engine) -> Iterator[Connection]:
    """One press, one message, one job step or one command: all of it is kept, or nothing."""
    with made.connect() as db:
        try:
            _begin(db, "BEGIN IMMEDIATE")
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """Look only: nothing is kept, and no writer waits."""
    with made.connect() as db:
        try:
            _begin(db, "BEGIN")
            yield db
        finally:
            db.rollback()
