"""Conversations in PostgreSQL: a phone is answered once at a time, whichever session it speaks in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models import sessions
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["postgresql"]
SINCE = NOW - timedelta(minutes=10)


def test_two_sessions_of_one_phone_wait_for_each_other_and_other_phones_do_not(app: Flask) -> None:
    made = service.of(app).engine
    with transaction(made) as first:
        assert sessions.held(first, "one", "phone", SINCE) is None
        with transaction(made) as second:
            second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            assert sessions.held(second, "two", "another phone", SINCE) is None
            with pytest.raises(DBAPIError, match="lock timeout"), second.begin_nested():
                sessions.held(second, "two", "phone", SINCE)
    with transaction(made) as third:
        assert sessions.held(third, "two", "phone", SINCE) is None


def test_a_session_is_found_before_the_last_one_of_the_phone(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        sessions.hold(db, "one", "phone", "sealed one", NOW)
        sessions.hold(db, "two", "phone", "sealed two", NOW + timedelta(seconds=1))
        found = [sessions.held(db, each, "phone", SINCE) for each in ("one", "two", "three")]
        assert found == ["sealed one", "sealed two", "sealed two"]
        assert sessions.held(db, "three", "phone", NOW + timedelta(minutes=1)) is None
