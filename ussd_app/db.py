"""The database: one engine, one way to change it. `transaction()` holds the only commit of the program."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import chain
from models.quick import execute
from ussd_app import heads

log = logging.getLogger(__name__)
IDLE = "idle"  # where an engine keeps the connections that nobody uses
# secure_delete, because what is erased must be gone.
PRAGMAS = (
    "journal_mode=WAL",
    "busy_timeout=5000",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
)
# Read only, so that nothing is ever changed outside a transaction that was begun to change something.
POSTGRESQL_OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=30000 -c default_transaction_read_only=on"


def engine(url: str, kept: Path | None = None) -> Engine:
    """The engine of a database address, and the file outside it where the ends of its chains are kept.

    On SQLite the folder of the file is made. Parameters are hidden in errors: they hold numbers and words.
    """
    options: dict[str, Any] = {heads.OPTION: kept, IDLE: []}
    made = _sqlite(url, options) if make_url(url).get_backend_name() == "sqlite" else _postgresql(url, options)
    event.listen(made, "engine_disposed", _close)
    return made


def _close(made: Engine) -> None:
    while unused := idle(made):
        unused.pop().invalidate()  # closed at once, not given back to the pool


def _postgresql(url: str, options: dict[str, Any]) -> Engine:
    made = create_engine(
        url,
        execution_options=options,
        # psycopg would prepare by itself, and throw away after a rollback what was prepared: ours with its own.
        connect_args={"options": POSTGRESQL_OPTIONS, "prepare_threshold": None},
        hide_parameters=True,
        pool_size=20,
        max_overflow=10,
        pool_reset_on_return=None,
    )

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.autocommit = True  # a transaction is begun by hand

    return made


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


def idle(made: Engine) -> list[Connection]:
    """The connections that were given back, none of them in a transaction."""
    found: list[Connection] = made.get_execution_options()[IDLE]
    return found


def _take(made: Engine) -> Connection:
    """A connection nobody uses, to be given back: to make one of the engine costs more than a statement."""
    try:
        return idle(made).pop()
    except IndexError:
        return made.connect()


def _begin(db: Connection, how: str, synchronous: str | None = None) -> None:
    """Begin by hand, since the drivers would begin too late, or too soon."""
    if synchronous and db.dialect.name == "sqlite" and (known := db.info).get("synchronous") != synchronous:
        execute(db, f"PRAGMA synchronous={synchronous}")
        known["synchronous"] = synchronous
    execute(db, how)


def _begun(db: Connection) -> bool:
    driver: Any = db.connection.dbapi_connection
    return bool(driver.in_transaction if db.dialect.name == "sqlite" else driver.pgconn.transaction_status)


def _commit(db: Connection) -> None:
    """Commit what was begun by hand. SQLAlchemy knows of a transaction where it was asked for something in it."""
    if db.in_transaction():
        db.commit()
    elif _begun(db):
        execute(db, "COMMIT")


def _rollback(db: Connection) -> None:
    if db.in_transaction():
        db.rollback()
    elif not db.invalidated and _begun(db):
        execute(db, "ROLLBACK")


# Two writers of SQLite that both began by reading would lose an update or be refused at once; so they queue up front.
_WRITING = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN READ WRITE"}


def begin(db: Connection) -> None:
    """Begin a transaction that was to begin `later`. What has begun goes on."""
    if db.dialect.name == "postgresql" and not _begun(db):
        _begin(db, _WRITING["postgresql"])


def _turn(kind: str, alone: str | None) -> str:
    """What waits for its turn, in the same round trip; what is read afterwards is what the one before has left."""
    if kind != "postgresql" or alone is None:
        return ""
    return f"; SELECT pg_advisory_xact_lock({int.from_bytes(bytes.fromhex(alone)[:8], signed=True)})"


@contextmanager
def transaction(
    made: Engine, lightly: bool = False, later: bool = False, alone: str | None = None
) -> Iterator[Connection]:
    """One press, one message, one job step or one command: all of it is kept, or nothing.

    What is kept survives a power cut (synchronous=FULL on SQLite). Kept `lightly`, it survives the end of the program,
    and a power cut only after the next full transaction or `settle`: enough for the page a phone stands on.

    One that begins `later` (on PostgreSQL) has begun when `begin` is called, before the first change. What was read by
    then is as true as within: each statement there sees what is committed when it starts.

    Of those with the same digest in `alone`, one runs at a time and the others wait; on SQLite all do anyhow.
    """
    db = _take(made)
    kind = db.dialect.name
    try:
        if not later or kind != "postgresql":
            _begin(db, _WRITING[kind] + _turn(kind, alone), "NORMAL" if lightly else "FULL")
        yield db
        moved = chain.moved(db)
        _commit(db)
    except BaseException:
        _rollback(db)
        raise
    finally:
        idle(made).append(db)
    if moved:
        heads.keep(made, moved)


def one_by_one(made: Engine, numbers: Iterable[int], do: Callable[[Connection, int], object], left: str) -> None:
    """Do something with each of some rows, in a transaction of its own: one that cannot be done stops no other.

    `left` is what the log says of such a one, beside the kind of what was raised: what it holds may be somebody's.
    """
    for number in numbers:
        try:
            with transaction(made) as db:
                do(db, number)
        except Exception as error:
            log.error("%s: %s", left, type(error).__name__)


def collided(error: DBAPIError) -> bool:
    """Whether two transactions stood in each other's way, and this one gave in. Nothing of it is kept."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) == DEADLOCK


DEADLOCK = "40P01"


@contextmanager
def counting(made: Engine) -> Iterator[Connection]:
    """Keep what would be no loss if the machine lost its power: how often, how fast. It waits for no disk."""
    with transaction(made, lightly=True, later=True) as db:
        if db.dialect.name == "postgresql":
            _begin(db, _WRITING["postgresql"] + "; SET LOCAL synchronous_commit = off")
        yield db


@contextmanager
def glancing(made: Engine) -> Iterator[Connection]:
    """Look once: a statement alone sees what is committed when it starts, and needs no transaction."""
    db = _take(made)
    try:
        yield db
    finally:
        _rollback(db)
        idle(made).append(db)


@contextmanager
def reading(made: Engine) -> Iterator[Connection]:
    """Look only: nothing is kept, and no writer waits."""
    with glancing(made) as db:
        _begin(db, "BEGIN")
        yield db


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
            execute(db, "PRAGMA user_version = 1")
