"""Alerts in the database: what is altered is named by the proof, two at once take one step, no word is in clear."""

from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text

from models import alerts, proof
from models.alerts import AlertStep, Did, Ground, Halted, State, Step
from tests.alerts import brought, home, officers_above, raised
from tests.conftest import NOW
from tests.models.test_stamps import unguarded
from tests.office import asked, hand
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
STEP = "alert_id = 1 AND position = 3"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The demo with an alert that was judged, number 1, and one whose month is over, number 2."""
    with transaction(service.of(app).engine) as db:
        officers_above(db)
        assert brought(db, State.NOT_SATISFIED)[0] == 1
        assert brought(db, State.NOT_ANSWERED, "1", "UNIO")[0] == 2
        assert list(proof.faults(db)) == []
    return app


ALTERED = {
    "a ground": ("UPDATE alerts SET ground = 'other' WHERE id = 1", "alert 1: it is not what was stamped"),
    "whose": ("UPDATE alerts SET body_id = 1 WHERE id = 1", "alert 1: it is not what was stamped"),
    "a state": ("UPDATE alerts SET state = 'accepted' WHERE id = 1", "alert 1: it does not stand where"),
    "a state that is none": ("UPDATE alerts SET state = 'fine' WHERE id = 1", "alert 1: it does not stand where"),
    "a day": ("UPDATE alerts SET answer_by = '2030-01-01' WHERE id = 1", "alert 1: it does not stand where"),
    "a verdict": (
        "UPDATE alert_steps SET did = 'accept', state = 'accepted' WHERE alert_id = 1 AND position = 4",
        "it is not what was stamped",
    ),
    "who": (f"UPDATE alert_steps SET by_id = 7 WHERE {STEP}", "it is not what was stamped"),
    "a role": (f"UPDATE alert_steps SET role = 'treasurer' WHERE {STEP}", "it is not what was stamped"),
    "a time": (f"UPDATE alert_steps SET at = '2026-11-01 10:00:00+00' WHERE {STEP}", "it is not what was stamped"),
    "a deadline": (
        "UPDATE alert_steps SET due_on = '2030-01-01' WHERE alert_id = 1 AND position = 2",
        "it is not what was stamped",
    ),
    "the words of another step": (
        "UPDATE alert_steps SET reason_sealed = (SELECT reason_sealed FROM alert_steps WHERE alert_id = 1 "
        f"AND position = 2) WHERE {STEP}",
        "step 3 of alert 1: its words are not those that were typed",
    ),
    "words that are none": (
        f"UPDATE alert_steps SET reason_sealed = 'AQ==' WHERE {STEP}",
        "step 3 of alert 1: its words are not those that were typed",
    ),
    "the last step": ("DELETE FROM alert_steps WHERE alert_id = 1 AND position = 4", "it is gone"),
    "the last step and its stamp": (
        "DELETE FROM stamps WHERE kind = 'alert step' AND about_id = 4; "
        "DELETE FROM alert_steps WHERE id = 4; UPDATE alerts SET state = 'answered' WHERE id = 1",
        "things were stamped",
    ),
    "a step between": (f"DELETE FROM alert_steps WHERE {STEP}", "it is gone"),
    "the month that passed": ("DELETE FROM alert_steps WHERE did = 'lapse'", "it is gone"),
    "a step more": (
        "INSERT INTO alert_steps (id, alert_id, position, did, state, by_id, role, body_id, at) SELECT 999, alert_id, "
        "5, 'accept', 'accepted', by_id, role, body_id, at FROM alert_steps WHERE alert_id = 1 AND position = 4; "
        "UPDATE alerts SET state = 'accepted' WHERE id = 1",
        "it was not written by the program",
    ),
    "the whole alert": ("DELETE FROM alert_steps WHERE alert_id = 1; DELETE FROM alerts WHERE id = 1", "it is gone"),
    "all of it": (
        "DELETE FROM alert_steps; DELETE FROM alerts; DELETE FROM stamps WHERE kind IN ('alert', 'alert step')",
        "things were stamped",
    ),
}


@pytest.mark.parametrize("which", ALTERED)
def test_what_is_altered_is_named(app: Flask, which: str) -> None:
    statements, said = ALTERED[which]
    with unguarded(service.of(app).engine) as db:
        for each in statements.split("; "):
            assert db.execute(text(each)).rowcount > 0
        found = [str(fault) for fault in proof.faults(db)]
    assert any(said in each for each in found), found


def test_the_command_names_it_and_nothing_of_what_it_says(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        db.execute(text(f"UPDATE alert_steps SET role = 'treasurer' WHERE {STEP}"))
    assert run(app, "ledger", "check") == (1, "alert step 3: it is not what was stamped\n")


def test_the_words_are_nowhere_in_clear(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        for table in ("alerts", "alert_steps", "messages", "stamps"):
            for row in db.execute(text(f"SELECT * FROM {table}")):
                assert "caisse" not in str(row)
                assert "mots" not in str(row)


def test_words_that_had_to_be_erased_are_no_fault(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        db.execute(text(f"UPDATE alert_steps SET reason_sealed = NULL WHERE {STEP}"))
        assert list(proof.faults(db)) == []
        assert [each.words for each in alerts.history(db, hand(db, "2"), 1)][2] is None


def test_two_who_judge_at_once_judge_once(app: Flask) -> None:
    again = asked(app, _answered)
    assert isinstance(again, int)
    barrier, outcomes = Barrier(4), list[str]()

    def judge(number: int) -> None:
        barrier.wait(30)
        try:
            with transaction(service.of(app).engine) as db:
                who = hand(db, "2" if number % 2 else "6")
                alerts.take(db, who, again, Step(Did.ACCEPT if number < 2 else Did.REFUSE, "mots"), NOW)
        except Halted as error:
            outcomes.append(error.halt)
        else:
            outcomes.append("done")

    _all_at_once(judge)
    assert sorted(outcomes) == ["done", "not_now", "not_now", "not_now"]
    counted = select(func.count()).where(AlertStep.alert_id == again)
    assert asked(app, lambda db: db.execute(counted).scalar_one()) == 4
    assert asked(app, lambda db: list(proof.faults(db))) == []


def _answered(db: Connection) -> int:
    alert_id = raised(db, ground=Ground.ACCOUNTS)
    alerts.take(db, hand(db, "2"), alert_id, Step(Did.WRITE, "mots"), NOW)
    alerts.take(db, hand(db, "1"), alert_id, Step(Did.ANSWER, "mots"), NOW)
    return alert_id


def _all_at_once(deed: object) -> None:
    assert callable(deed)
    threads = [Thread(target=deed, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_two_who_raise_the_same_at_once_raise_one(app: Flask) -> None:
    barrier, outcomes = Barrier(4), list[str]()

    def give(number: int) -> None:
        barrier.wait(30)
        try:
            with transaction(service.of(app).engine) as db:
                who = hand(db, ("2", "6", "10", "2")[number])
                alerts.trigger(db, who, home(db, "KOGB"), Ground.ORGAN, "mots", NOW)
        except Halted as error:
            outcomes.append(error.halt)
        else:
            outcomes.append("done")

    _all_at_once(give)
    assert sorted(outcomes) == ["done", "open", "open", "open"]
    assert asked(app, lambda db: list(proof.faults(db))) == []
