"""What is kept, and how surely: on SQLite a screen waits for no disk, an action does."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from models.callers import Caller
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import idle, reading, settle, transaction

KINDS = ["sqlite"]


def synchronous(engine: Engine, lightly: bool) -> int:
    with transaction(engine, lightly=lightly) as db:
        return int(db.exec_driver_sql("PRAGMA synchronous").scalar_one())


def test_a_transaction_is_full_unless_it_is_light(empty_engine: Engine) -> None:
    assert [synchronous(empty_engine, lightly) for lightly in (False, True, False, True)] == [2, 1, 2, 1]


def test_to_settle_writes_the_log_through(empty_engine: Engine) -> None:
    log = Path(f"{empty_engine.url.database}-wal")
    with transaction(empty_engine, lightly=True) as db:
        db.execute(text("INSERT INTO callers VALUES ('x', 'fr', '2026-11-22')"))
    before = log.stat().st_size
    settle(empty_engine)
    assert log.stat().st_size > before


def _fails(engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(text("INSERT INTO callers VALUES ('x', 'fr', '2026-11-22')"))
        raise KeyError


def test_what_fails_is_not_kept(empty_engine: Engine) -> None:
    with pytest.raises(KeyError):
        _fails(empty_engine)
    with reading(empty_engine) as db:
        assert db.execute(select(Caller.phone_digest)).all() == []


def test_a_connection_is_kept_for_the_next_one_and_closed_with_the_engine(empty_engine: Engine) -> None:
    with transaction(empty_engine) as first, reading(empty_engine) as beside:
        assert first is not beside
        assert first not in idle(empty_engine)
    with pytest.raises(KeyError):
        _fails(empty_engine)
    kept = idle(empty_engine)
    assert {*kept} == {first, beside}
    assert not any(each.in_transaction() or each.connection.dbapi_connection.in_transaction for each in kept)  # type: ignore[union-attr]
    empty_engine.dispose()
    assert (idle(empty_engine), first.invalidated, beside.invalidated) == ([], True, True)
    with reading(empty_engine) as db:
        assert db.execute(select(Caller.phone_digest)).all() == []


def test_only_an_action_is_settled(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[Engine] = []
    monkeypatch.setattr("ussd_app.ussd.settle", settled.append)
    mine = Phone(app, "+22370000004", "test-webhook-secret")
    mine.go("3", "1")
    assert settled == []
    mine.press("2")
    assert settled == [service.of(app).engine]
