"""What the dues screens ask of the database: a few statements, over the member's own entries alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from flows import dues as screens
from flows.code import mark_of
from flows.engine import Menu
from flows.engine.memory import Known
from flows.talk import Talk, begin
from models import dues
from models.ledger import EntryKind
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import reading

KINDS = ["sqlite", "postgresql"]


@contextmanager
def counted(db: Connection) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db, "before_cursor_execute", note)
    yield asked
    event.remove(db, "before_cursor_execute", note)


@pytest.fixture
def talk(app: Flask) -> Iterator[Talk]:
    """Bakary, who subscribed shares and paid ahead."""
    with reading(service.of(app).engine) as db:
        talk = begin(db, NOW, "+22370000004", "test", "*384*77#", Known())
        talk.known.opened.add(mark_of(talk.member.member_id))
        yield talk


def first(talk: Talk, kind: EntryKind) -> int:
    lines = dues.lines(talk.db, talk.member.member_id, 1, kind=kind)
    return lines[0].entry_id


@pytest.mark.parametrize(
    ("visit", "most"),
    [
        (screens.home, 1),
        (screens.payments, 1),
        (screens.detail, 4),
        (screens.shares, 3),
        (screens.instalments, 1),
        (lambda talk: screens.entry(talk, first(talk, EntryKind.PAYMENT)), 3),
        (lambda talk: screens.entry(talk, first(talk, EntryKind.DUE)), 4),
    ],
)
def test_a_screen_takes_few_statements(talk: Talk, visit: Callable[[Talk], Menu], most: int) -> None:
    with counted(talk.db) as asked:
        assert visit(talk).text
    assert 1 <= len(asked) <= most


def test_the_entry_of_somebody_else_is_not_shown(talk: Talk) -> None:
    other = dues.lines(talk.db, talk.member.member_id + 1, 1)[0].entry_id
    assert screens.entry(talk, other).text == "Rien n'est noté."
