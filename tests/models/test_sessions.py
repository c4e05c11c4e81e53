"""Conversations in PostgreSQL: a phone is answered once at a time, whichever session it speaks in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine

from models import sessions, vault
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["postgresql"]
SINCE = NOW - timedelta(minutes=10)


def test_two_presses_of_one_phone_wait_for_each_other_and_other_phones_do_not(app: Flask) -> None:
    made = service.of(app).engine
    one, another = (vault.digest("phone", number) for number in ("+22370000001", "+22370000002"))
    with ThreadPoolExecutor() as beside:
        with transaction(made, alone=one):
            with transaction(made, alone=another):
                pass
            waiting = beside.submit(_took_its_turn, made, one)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.3)
        assert waiting.result(timeout=30)


def _took_its_turn(made: Engine, phone: str) -> bool:
    with transaction(made, alone=phone):
        return True


def test_a_session_is_found_before_the_last_one_of_the_phone(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        sessions.hold(db, "one", "phone", "sealed one", NOW)
        sessions.hold(db, "two", "phone", "sealed two", NOW + timedelta(seconds=1))
        found = [sessions.held(db, each, "phone", SINCE) for each in ("one", "two", "three")]
        assert found == ["sealed one", "sealed two", "sealed two"]
        assert sessions.held(db, "three", "phone", NOW + timedelta(minutes=1)) is None
