"""The schema: upgraded from empty it equals the models, it can be taken back, and the books are only added to."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from models.tables import metadata
from ussd_app import schema
from ussd_app.db import engine as make_engine
from ussd_app.db import transaction


def test_upgraded_from_empty_it_equals_the_models(bare: Engine) -> None:
    schema.upgrade(bare)
    with bare.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert schema.is_current(db)


def test_the_numbers_of_the_files_are_the_revisions(bare: Engine) -> None:
    with bare.connect() as db:
        assert not schema.is_current(db)
        assert ScriptDirectory.from_config(schema.alembic(db)).get_current_head() == schema.newest()


def test_a_second_upgrade_changes_nothing(bare: Engine) -> None:
    schema.upgrade(bare)
    schema.upgrade(bare)
    with bare.connect() as db:
        assert schema.is_current(db)


def test_it_can_be_taken_back(bare: Engine) -> None:
    schema.upgrade(bare)
    with transaction(bare) as db:
        command.downgrade(schema.alembic(db), "base")
    assert set(inspect(bare).get_table_names()) == {"alembic_version"}


@pytest.mark.parametrize("table", ["entries", "postings"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_books_are_only_added_to(app: object, settings: dict[str, str], table: str, change: str) -> None:
    made = make_engine(settings["DATABASE_URL"])
    with pytest.raises(DatabaseError, match="only added to"), transaction(made) as db:
        db.execute(text(change.format(table)))
    made.dispose()
