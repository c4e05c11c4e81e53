"""The schema of the database: brought up to date, or looked at."""

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from ussd_app.config import ROOT


def alembic(db: Connection | None = None) -> AlembicConfig:
    """Alembic's settings, over a connection."""
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(ROOT / "models" / "migrations"))
    settings.attributes["connection"] = db
    return settings


def upgrade(engine: Engine) -> None:
    """Bring an empty or older database up to date; a database that is up to date stays as it is."""
    with engine.begin() as db:
        command.upgrade(alembic(db), "head")


def is_current(db: Connection) -> bool:
    """Whether the database has the schema this program was written for."""
    wanted = ScriptDirectory.from_config(alembic()).get_current_head()
    return MigrationContext.configure(db).get_current_revision() == wanted
