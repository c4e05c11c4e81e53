"""How the database finds what a sender asks for: as fast after years of messages as on the first day."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, insert, text

from models import quick
from models.messages import Message, MessageState, Urgency, letter
from tests.conftest import NOW
from tests.outbox import Outbox
from ussd_app.db import idle, transaction

SENT, WAITING = 12_000, 6_000
READS_ALL = re.compile(r"Seq Scan on messages|SCAN messages\w*(?! USING)\b")


@contextmanager
def plans() -> Iterator[list[str]]:
    """What the database says of how it does what it is asked meanwhile."""
    told: list[str] = []

    def explained(db: Connection, sql: str, values: object) -> quick.Rows:
        words = "EXPLAIN QUERY PLAN" if db.dialect.name == "sqlite" else "EXPLAIN"
        told.append("\n".join(str(row[-1]) for row in fetch(db, f"{words} {sql}", values)))
        return fetch(db, sql, values)

    fetch = quick.fetch
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(quick, "fetch", explained)
        yield told


@pytest.fixture
def long_used(outbox: Outbox) -> Outbox:
    """An outbox that sent many messages, and has many waiting."""
    rows = []
    for each in range(SENT + WAITING):
        row = letter(f"+22370{each:06}", "fr", "dial", {"page": "dues"}, f"long:{each}", NOW, Urgency.NOTICE)
        sent = {"state": MessageState.ACCEPTED, "gateway": "africastalking", "gateway_id": f"old{each}", "attempts": 1}
        rows.append(row | (sent if each < SENT else {"gateway": None, "gateway_id": None, "attempts": 0}))
    with transaction(outbox.engine) as db:
        db.execute(insert(Message), rows)
        db.execute(text("ANALYZE"))
    return outbox


def test_a_round_does_not_read_what_was_sent_before(long_used: Outbox) -> None:
    with plans() as told:
        assert long_used.round() == 20
    assert [plan for plan in told if READS_ALL.search(plan)] == []
    assert sum("ix_messages_queue" in plan for plan in told) == 2  # to see what waits, and to claim it


def test_a_claim_is_planned_once(long_used: Outbox) -> None:
    if long_used.engine.dialect.name != "postgresql":
        pytest.skip("SQLite plans each statement as it is prepared")
    sender = long_used.running.sender()
    assert [sender.round() for _batch in range(8)] == [20] * 8
    (used,) = idle(long_used.engine)
    claims = text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE 'WITH due AS%'")
    assert used.execute(claims).scalar_one() == 3  # PostgreSQL compares five plans before it keeps one
