"""The database: one engine, one way to change it. `transaction()` holds the only commit of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from models import chain
from ussd_app import heads

# secure_delete, because what is erased must be gone.
PRAGMAS = (
    "journal_mode=WAL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
POSTGRESQL_OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=30000"


def engine(url: str, kept: Path | None = None) -> Engine:
    """The engine of a database address, and the file outside it where the ends of its chains are kept.

    On SQLite the folder of the file is made. Parameters are hidden in errors: they hold numbers and words.
    """
    options = {heads.OPTION: kept}
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, options)
    return create_engine(
        url,
        execution_options=options,
        connect_args={"options": POSTGRESQL_OPTIONS},
        hide_parameters=True,
        pool_size=20,
        max_overflow=10,
        pool_reset_on_return=None,
    )


def _sqlite(url: str, options: dict[str, Any]) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    pool = {"pool_size": 20, "max_overflow": 10, "pool_reset_on_return": None}
    made = create_engine(url, execution_options=options, hide_parameters=True, **pool)

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return made


def _begin(db: Connection, how: str, synchronous: str) -> None:
    """Begin, on SQLite by hand, since its driver would begin too late.

    Two writers of SQLite that both began by reading would lose an update or be refused at once; so they queue up front.
    """
    db.begin()
    if db.dialect.name == "sqlite":
        driver: Any = db.connection.driver_connection
        if db.connection.info.get("synchronous") != synchronous:
            driver.execute(f"PRAGMA synchronous={synchronous}")
            db.connection.info["synchronous"] = synchronous
        driver.execute(how)


@contextmanager
def transaction(made: Engine, lightly: bool = False) -> Iterator[Connection]:
    """One press, one message, one job step or one command: all of it is kept, or nothing.

    What is kept survives a power cut (synchronous=FULL on SQLite). Kept `lightly`, it survives the end of the program,
    and a power cut only after the next full transaction or `settle`: enough for the page a phone stands on.
    """
    with made.connect() as db:
        try:
            _begin(db, "BEGIN IMMEDIATE", "NORMAL" if lightly else "FULL")
            yield db
            moved = chain.moved(db)
            db.commit()
        except BaseException:
            db.rollback()
            raise
    if moved:
        heads.keep(made, moved)


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """Look only: nothing is kept, and no writer waits."""
    with made.connect() as db:
        try:
            _begin(db, "BEGIN", db.connection.info.get("synchronous", "FULL"))
            yield db
        finally:
            db.rollback()


@contextmanager
def snapshot(made: Engine) -> Iterator[Connection]:
    """Look at everything as it stands at one moment, for as long as it takes."""
    with reading(made) as db:
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield db


def settle(made: Engine) -> None:
    """Bring to the disk all that was kept lightly before: a full transaction writes the log of SQLite through."""
    if made.dialect.name == "sqlite":
        with transaction(made) as db:
            db.exec_driver_sql("PRAGMA user_version = 1")
