"""The night: the books are proven once, and who watches over them is told when they are not right."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text, update

from models import members, nights
from models.members import Member, Role
from tests.conftest import Clock
from tests.phone import Phone
from ussd_app import jobs, service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
FANTA, MARIAM, SANO = "+22370000002", "+22370000005", "+22370000034"
TOLD = "Coop Kogbera: le controle de nuit du livre n'est pas bon."


@pytest.fixture(autouse=True)
def night(app: Flask) -> None:
    """The books were proven the night before."""
    jobs.prove(service.of(app))


def _change(app: Flask, statement: str) -> None:
    with transaction(service.of(app).engine) as db:
        for table in ("entries", "postings"):
            if db.dialect.name == "sqlite":
                db.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
            else:
                db.execute(text(f"DROP TRIGGER IF EXISTS {table}_only_added_to ON {table}"))
        db.execute(text(statement))


LABEL = "UPDATE entries SET label = 'x' WHERE id = (SELECT max(id) FROM entries WHERE cooperative_id = 2)"


def test_books_that_are_right_are_told_to_nobody(app: Flask, phone: Callable[[str], Phone]) -> None:
    assert phone(FANTA).received() == []


def test_the_board_of_the_cooperative_is_told_once_a_day(
    app: Flask, clock: Clock, phone: Callable[[str], Phone], caplog: pytest.LogCaptureFixture
) -> None:
    _change(app, LABEL)
    jobs.prove(service.of(app))
    assert phone(FANTA).received() == []  # this night is over
    for _day in range(2):
        clock.pass_by(days=1)
        for _run in range(3):
            jobs.run_once(service.of(app))
        (said,) = phone(FANTA).received()[-1:]
        assert said.startswith(TOLD)
        assert not any(letter.isdigit() for letter in said.replace("*384*77#", ""))
    assert len(phone(FANTA).received()) == 2
    assert phone(MARIAM).received() == []
    assert phone(SANO).received() == []
    assert "the books are not right" in caplog.text
    assert "KOGB" not in caplog.text


def test_who_is_no_more_of_the_board_is_not_told(app: Flask, clock: Clock, phone: Callable[[str], Phone]) -> None:
    with transaction(service.of(app).engine) as db:
        fanta, yacouba = (members.numbered(db, "KOGB", number) for number in "26")
        db.execute(update(Member).where(Member.id == fanta).values(left_on=clock().date()))
        db.execute(update(Member).where(Member.id == yacouba).values(role=Role.MEMBER))
    _change(app, LABEL)
    clock.pass_by(days=1)
    jobs.prove(service.of(app))
    assert [phone(f"+2237000000{number}").received() for number in "26"] == [[], []]
    assert len(phone("+22370000010").received()) == 1


def test_when_it_is_not_known_whose_books_all_boards_are_told(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    _change(app, "UPDATE postings SET account = 'nonsense' WHERE id = 1")
    clock.pass_by(days=1)
    jobs.prove(service.of(app))
    assert [len(phone(each).received()) for each in (FANTA, SANO)] == [1, 1]


def test_nobody_is_woken(app: Flask, clock: Clock, phone: Callable[[str], Phone]) -> None:
    _change(app, LABEL)
    clock.pass_by(hours=14.5)  # half past midnight
    jobs.prove(service.of(app))
    assert phone(FANTA).received() == []
    clock.pass_by(hours=6)
    assert phone(FANTA).received() == []
    clock.pass_by(hours=0.5)
    assert len(phone(FANTA).received()) == 1


def test_a_night_is_recorded(app: Flask, clock: Clock) -> None:
    with reading(service.of(app).engine) as db:
        assert nights.over(db, clock().date())
