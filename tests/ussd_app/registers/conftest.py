"""Desks: with nothing in the books, and with two cooperatives and their members."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from models import callers, dues, grievances, meetings, messages, payouts, sessions
from models.base import Base
from tests.ussd_app.registers.desk import Desk
from ussd_app.db import engine, transaction

TABLES = (callers, dues, grievances, meetings, messages, payouts, sessions)  # importing them declares their tables

COOPERATIVES = ("KOG,Kogbera,scoops,,Kayes,ML,XOF,fr", "BAN,Bangui,coop_ca,,Mbomou,CF,XAF,sg")
MEMBERS = (
    "KOG,4,Awa Traoré,+22370000004,bm,president,F,2021-03-20",
    "KOG,12,Sékou Danioko,70 00 00 12,,,M,",
    "BAN,4,Marie Ngbando,75 00 00 04,,treasurer,F,",
)


def _desk(url: str, folder: Path) -> Iterator[Desk]:
    made = engine(url)
    with transaction(made) as db:
        Base.metadata.create_all(db)
    yield Desk(made, folder)
    made.dispose()


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Opens desks with nothing in the books."""
    made: list[Engine] = []

    def open_desk() -> Desk:
        desk = next(_desk(f"sqlite:///{tmp_path / uuid4().hex}.sqlite3", tmp_path))
        made.append(desk.engine)
        return desk

    yield open_desk
    for each in made:
        each.dispose()


@pytest.fixture
def empty(new_desk: Callable[[], Desk]) -> Desk:
    """Nothing in the books."""
    return new_desk()


@pytest.fixture
def desk(empty: Desk) -> Desk:
    """Two cooperatives with three members."""
    return _filled(empty)


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """Two cooperatives with three members, on each kind of database."""
    if request.param == "sqlite":
        yield from map(_filled, _desk(f"sqlite:///{tmp_path}/either.sqlite3", tmp_path))
        return
    server: Engine = request.getfixturevalue("postgresql")
    name = f"registers_{uuid4().hex[:12]}"
    with server.connect() as db:
        db.execute(text(f'CREATE DATABASE "{name}"'))
    url = server.url.set(database=name).render_as_string(hide_password=False)
    yield from map(_filled, _desk(url, tmp_path))
    with server.connect() as db:
        db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _filled(desk: Desk) -> Desk:
    desk.take("cooperatives", *COOPERATIVES)
    desk.take("members", *MEMBERS)
    return desk
