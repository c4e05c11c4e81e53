"""The schema of the database: brought up to date, or looked at."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from ussd_app import heads
from ussd_app.config import ROOT
from ussd_app.db import transaction

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "models" / "migrations"


def alembic(db: Connection) -> "Config":
    """Alembic's settings, over a connection."""
    from alembic.config import Config  # a tenth of a second that a press never needs

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = db
    return settings


def upgrade(engine: Engine) -> None:
    """Bring an empty or older database up to date; a database that is up to date stays as it is.

    What was kept of the chains of another database at this address is set aside: it is not about an empty one.
    """
    from alembic import command

    with transaction(engine) as db:
        if not inspect(db).has_table("alembic_version"):
            heads.set_aside(engine)
        command.upgrade(alembic(db), "head")


def newest() -> str:
    """The revision this program was written for: migrations are numbered, and a file's name begins with its number."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def is_current(db: Connection) -> bool:
    """Whether the database has the schema this program was written for."""
    if not inspect(db).has_table("alembic_version"):
        return False
    found: str | None = db.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found == newest()
