"""Books in which anything happens in any order: after each step the proof holds, and the balances are those of a plain
model. A new operation is one rule more: it does the same to the books and to the model.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine, text

from models.base import Base
from tests.books.adjusting import Adjusting
from tests.books.ground import Fresh
from tests.books.raising import Raising
from tests.books.statements import Statements
from tests.books.two_keys import TwoKeys
from tests.books.years import Years
from ussd_app import schema
from ussd_app.db import engine as make_engine

KINDS = ["sqlite", "postgresql"]


class Books(TwoKeys, Adjusting, Raising, Statements, Years):
    """All that can happen to books."""


@pytest.fixture
def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fresh]:
    """Makes empty books, and a folder for their files: a copied file, or the database of the test emptied again."""
    if kind == "sqlite":
        empty = make_engine(f"sqlite:///{tmp_path / 'empty'}")
        schema.upgrade(empty)
        empty.dispose()
        yield lambda: _copied(tmp_path)
        return
    server: Engine = request.getfixturevalue("postgresql")
    name = f"books_{uuid4().hex[:12]}"
    with server.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    address = server.url.set(database=name).render_as_string(hide_password=False)
    first = make_engine(address)
    schema.upgrade(first)
    first.dispose()
    yield lambda: _emptied(address, tmp_path)
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _copied(folder: Path) -> tuple[Engine, Path]:
    own = folder / uuid4().hex
    own.mkdir()
    shutil.copy(folder / "empty", own / "books")
    return make_engine(f"sqlite:///{own / 'books'}", own / "heads"), own


def _emptied(address: str, folder: Path) -> tuple[Engine, Path]:
    own = folder / uuid4().hex
    own.mkdir()
    made = make_engine(address, own / "heads")
    tables = ", ".join(f'"{table}"' for table in Base.metadata.tables)
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.exec_driver_sql("SET default_transaction_read_only = off")
        db.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    made.dispose()
    return made, own


@pytest.mark.parametrize(("examples", "steps"), [(12, 40), pytest.param(25, 50, marks=pytest.mark.long)])
def test_whatever_happens_in_whatever_order_the_proof_holds(fresh: Fresh, examples: int, steps: int) -> None:
    machine = type("Opened", (Books,), {"fresh": staticmethod(fresh)})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    bounds = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(machine, settings=bounds)
