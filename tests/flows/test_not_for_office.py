"""What an SMS tells of a wrong, or may tell of who runs the cooperative, lies before no office, whatever its words."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from models.grievances.tables import Grievance
from models.inbox import Inbound
from tests.conftest import SECRET, STORIES
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading

KINDS = STORIES
WRITER = "+22370000007"


def cases(app: Flask) -> int:
    """How many complaints there are."""
    with reading(service.of(app).engine) as db:
        return db.execute(select(func.count()).select_from(Grievance)).scalar_one()


@pytest.mark.parametrize("words", ["on m'a tapee hier", "le chef a pris mon or", "au secour", "on ne m'a pas paye"])
def test_a_wrong_in_plain_words_is_a_case_and_no_letter(app: Flask, words: str) -> None:
    before = cases(app)
    mine = Phone(app, WRITER, SECRET)
    mine.write(words)
    assert "Suivre un dossier" in mine.received()[0]
    assert cases(app) == before + 1
    assert run(app, "inbox", "list") == (0, "")


def test_words_that_may_be_about_a_leader_are_not_kept_and_their_writer_is_told(app: Flask) -> None:
    mine = Phone(app, WRITER, SECRET)
    before = cases(app)
    mine.write("le président est encore venu la nuit")
    told = mine.received()
    assert len(told) == 1
    assert "Le bureau ne lit pas ce message, et il n'est pas gardé" in told[0]
    assert "PLAINTE et vos mots" in told[0]
    assert run(app, "inbox", "list") == (0, "")
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Inbound.phone, Inbound.intent)).all() == [("", None)]
    assert cases(app) == before


def test_what_is_written_every_day_is_read_by_the_office(app: Flask) -> None:
    mine = Phone(app, WRITER, SECRET)
    mine.write("le pont est coupé")
    assert "le bureau lira" in mine.received()[0]
    assert "le pont est coupé" in run(app, "inbox", "list")[1]
