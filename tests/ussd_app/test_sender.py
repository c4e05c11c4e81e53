"""The sender against a gateway that does anything: what becomes of each message, and that none is sent twice."""

import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from models import vault
from models.messages import Message, MessageState, Urgency
from tests.conftest import NOW, Clock
from tests.gateway import (
    KEY,
    USERNAME,
    Behaviour,
    Heard,
    Raw,
    Reply,
    Server,
    always,
    recipient,
    refused,
    says,
    takes_all,
    told,
    unused_port,
    wait_until,
)
from tests.outbox import LEASE, NUMBER, WINDOW, Outbox
from tests.statements import statements
from ussd_app.db import DEADLOCK, collided, counting, idle, reading, transaction
from ussd_app.exchange import Exchange
from ussd_app.gateways import Outcome, Sent, wire
from ussd_app.routes import Routes
from ussd_app.sender import PATIENT, WAITS, Sender

QUEUED, FAILED, IN_DOUBT = MessageState.QUEUED, MessageState.FAILED, MessageState.IN_DOUBT
HTML = Reply(b"<html>Welcome</html>", 200, {"Content-Type": "text/html"})
CLASSES: Sequence[tuple[str, Behaviour, MessageState, str]] = [
    ("InvalidSenderId", always(Reply(told([], "InvalidSenderId"))), QUEUED, "InvalidSenderId"),
    ("401", says(401, "RiskHold"), FAILED, "RiskHold"),
    ("402", says(402, "InvalidSenderId"), QUEUED, "InvalidSenderId"),
    ("403", says(403, "InvalidPhoneNumber"), FAILED, "InvalidPhoneNumber"),
    ("404", says(404, "UnsupportedNumberType"), FAILED, "UnsupportedNumberType"),
    ("405", says(405, "InsufficientBalance"), QUEUED, "InsufficientBalance"),
    ("406", says(406, "UserInBlacklist"), FAILED, "UserInBlacklist"),
    ("407", says(407, "CouldNotRoute"), FAILED, "CouldNotRoute"),
    ("409", says(409, "DoNotDisturbRejection"), QUEUED, "DoNotDisturbRejection"),
    ("500", says(500, "InternalServerError"), QUEUED, "InternalServerError"),
    ("501", says(501, "GatewayError"), QUEUED, "GatewayError"),
    ("502", says(502, "RejectedByGateway"), QUEUED, "RejectedByGateway"),
    ("unknown", says(777, "Tomorrow"), IN_DOUBT, "777 Tomorrow"),
    ("accepted as None", says(101, "Success"), IN_DOUBT, "101 Success"),
    ("somebody else", always(Reply(told([recipient("+254700000000")]))), IN_DOUBT, "not in the answer"),
    ("NUL", says(777, "a\0b\ud800"), IN_DOUBT, "777 ab"),
    ("HTML", always(HTML), IN_DOUBT, "unreadable answer"),
    ("empty", always(Reply(b"", 200)), IN_DOUBT, "unreadable answer"),
    ("HTTP 401", always(Reply(b"The supplied authentication is invalid", 401)), QUEUED, "HTTP 401"),
    ("HTTP 400", always(Reply(b"", 400)), FAILED, "HTTP 400"),
    ("HTTP 429", always(Reply(b"", 429)), QUEUED, "HTTP 429"),
    ("HTTP 307", always(Reply(b"", 307, {"Location": "http://127.0.0.1:9/"})), QUEUED, "HTTP 307"),
    ("HTTP 500", always(Reply(b"", 500)), IN_DOUBT, "HTTP 500"),
    ("HTTP 503", always(Reply(b"", 503)), IN_DOUBT, "HTTP 503"),
    ("a reset", always(Raw(reset=True)), IN_DOUBT, "ConnectionError"),
    ("silence", always(Raw([b""], pause=3)), IN_DOUBT, "ReadTimeout"),
]


def test_what_the_gateway_says_decides_what_becomes_of_a_message(
    outbox: Outbox, server: Server, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", (0.5, 0.2))
    for number, (name, server.behave, state, outcome) in enumerate(CLASSES):
        with subtests.test(name):
            server.heard.clear()
            made = outbox.put(f"+2237000{number:04}")
            assert (outbox.round(), outbox.round()) == (1, 0)
            row = outbox.row(made)
            assert (row.state, row.outcome, row.attempts, row.lease_until) == (state, outcome, 1, None)
            assert row.not_before == (NOW + WAITS[0] if state is QUEUED else NOW)
            assert (row.gateway, row.gateway_id, row.cost) == (None, None, None)
            assert len(server.heard) == 1


def test_an_accepted_message_has_its_id_and_cost_and_is_not_sent_again(outbox: Outbox, server: Server) -> None:
    server.behave = always(Reply(told([recipient(NUMBER, messageId="ATXid_1", cost="XOF 12.0000")])))
    made = outbox.put(number=3)
    assert outbox.running.sender().drain() == 1
    row = outbox.row(made)
    assert (row.state, row.gateway, row.gateway_id) == (MessageState.ACCEPTED, "africastalking", "ATXid_1")
    assert (row.cost, row.outcome, row.lease_until, row.attempts) == ("XOF 12.0000", None, None, 1)
    outbox.clock.pass_by(days=30)
    assert outbox.running.sender().drain() == 0
    assert server.sent == [(NUMBER, "Merci. Noté: vous venez le 04/12/2026.")]


def test_nobody_at_the_gateway_leaves_a_message_queued(settings: dict[str, str], clock: Clock) -> None:
    outbox = Outbox(settings, clock, f"http://127.0.0.1:{unused_port()}/version1")
    made = outbox.put()
    outbox.round()
    row = outbox.row(made)
    assert (row.state, row.outcome, row.not_before) == (QUEUED, "ConnectionError", NOW + WAITS[0])
    outbox.engine.dispose()


@pytest.mark.parametrize(
    ("urgency", "waits"), [(each, PATIENT if each >= Urgency.NOTICE else WAITS) for each in Urgency]
)
def test_a_message_refused_for_now_is_tried_five_times_and_never_before_its_time(
    outbox: Outbox, server: Server, urgency: Urgency, waits: tuple[timedelta, ...]
) -> None:
    server.behave = says(501, "GatewayError")
    made = outbox.put(urgency=urgency)
    for attempt, wait in enumerate(waits, 1):
        assert outbox.round() == 1
        row = outbox.row(made)
        assert (row.state, row.attempts, row.not_before) == (QUEUED, attempt, outbox.clock() + wait)
        outbox.clock.now += wait - timedelta(seconds=1)
        assert outbox.round() == 0
        outbox.clock.pass_by(seconds=1)
    assert outbox.round() == 1
    assert (outbox.row(made).state, outbox.row(made).attempts) == (FAILED, 5)
    outbox.clock.pass_by(days=30)
    assert outbox.round() == 0
    assert len(server.heard) == 5


def test_a_message_refused_for_now_goes_out_when_the_trouble_is_over(outbox: Outbox, server: Server) -> None:
    server.behave = always(Reply(b"", 429))
    made = outbox.put()
    outbox.round()
    server.behave = takes_all
    outbox.clock.now += WAITS[0]
    outbox.round()
    row = outbox.row(made)
    assert (row.state, row.attempts, row.outcome) == (MessageState.ACCEPTED, 2, None)


def test_a_message_in_doubt_is_never_sent_again(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    made = outbox.put()
    for _month in range(3):
        outbox.running.sender().drain()
        outbox.clock.pass_by(days=30)
    assert (outbox.row(made).state, len(server.heard)) == (IN_DOUBT, 1)


def test_a_message_that_is_not_due_waits(outbox: Outbox, server: Server) -> None:
    made = outbox.put()
    with transaction(outbox.engine) as db:
        db.execute(update(Message).where(Message.id == made).values(not_before=NOW + timedelta(hours=1)))
    assert outbox.round() == 0
    outbox.clock.pass_by(hours=1)
    assert outbox.round() == 1
    assert len(server.heard) == 1


# Intent first.


def _open_transactions(outbox: Outbox) -> int:
    """How many transactions anybody has open; on SQLite, where that cannot be asked, whether anybody may write."""
    if outbox.engine.dialect.name == "sqlite":
        with sqlite3.connect(str(outbox.engine.url.database), timeout=0, isolation_level=None) as file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("ROLLBACK")
        file.close()
        return 0
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with reading(outbox.engine) as db:
        return int(db.execute(text(f"{asked} AND xact_start IS NOT NULL")).scalar_one())


def test_the_intent_is_committed_and_no_transaction_is_open_while_the_gateway_is_called(
    outbox: Outbox, server: Server
) -> None:
    made = [outbox.put(f"+2237000001{number}", number=number) for number in range(3)]
    seen: list[tuple[int, int, list[tuple[MessageState, int, object]]]] = []

    def look(heard: Heard) -> Reply:
        busy = outbox.engine.pool.checkedout() - len(idle(outbox.engine))  # type: ignore[attr-defined]
        rows = [outbox.row(message_id) for message_id in made]
        seen.append((busy, _open_transactions(outbox), [(row.state, row.attempts, row.lease_until) for row in rows]))
        return takes_all(heard)

    server.behave = look
    outbox.round()
    sending, accepted = (MessageState.SENDING, 1, NOW + LEASE), (MessageState.ACCEPTED, 1, None)
    assert seen == [(0, 0, [accepted] * sent + [sending] * (3 - sent)) for sent in range(3)]


def test_only_what_is_counted_does_not_wait_for_the_disk(outbox: Outbox) -> None:
    asked = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}[outbox.engine.dialect.name]
    told = []
    for way in (transaction, counting, transaction):
        with way(outbox.engine) as db:
            told.append(str(db.exec_driver_sql(asked).scalar_one()))
    assert told in (["2", "1", "2"], ["on", "off", "on"])


def test_a_lease_that_ran_out_is_a_doubt_and_is_not_sent(outbox: Outbox, server: Server) -> None:
    made = outbox.put()
    outbox.die()
    outbox.clock.now += LEASE
    assert (outbox.round(), outbox.row(made).state) == (0, MessageState.SENDING)
    outbox.clock.pass_by(seconds=1)
    assert (outbox.round(), outbox.row(made).state, outbox.row(made).lease_until) == (0, IN_DOUBT, None)
    assert not server.heard


def test_a_gateway_that_is_slow_puts_nothing_in_doubt_that_its_sender_still_holds(
    outbox: Outbox, server: Server
) -> None:
    doubts: list[int] = []

    def slow(heard: Heard) -> Reply:
        outbox.clock.pass_by(seconds=40)
        outbox.doubt()
        doubts.append(outbox.states()[IN_DOUBT])
        return takes_all(heard)

    server.behave = slow
    for number in range(5):
        outbox.put(f"+2237000001{number}", number=number)
    outbox.round()
    assert doubts == [0] * 5
    assert outbox.states() == {MessageState.ACCEPTED: 5}


def test_what_was_put_in_doubt_before_it_was_its_turn_is_not_sent_any_more(outbox: Outbox, server: Server) -> None:
    def slower_than_the_lease(heard: Heard) -> Reply:
        outbox.clock.pass_by(seconds=61)
        outbox.doubt()
        return takes_all(heard)

    server.behave = slower_than_the_lease
    first, second = outbox.put("+22370000011", number=1), outbox.put("+22370000012", number=2)
    outbox.round()
    assert (outbox.row(first).state, outbox.row(second).state) == (MessageState.ACCEPTED, IN_DOUBT)
    assert len(server.sent) == 1


LATE: Sequence[tuple[Behaviour, MessageState]] = [
    (takes_all, MessageState.ACCEPTED),
    (says(403, "InvalidPhoneNumber"), FAILED),
    (says(405, "InsufficientBalance"), QUEUED),
    (always(Reply(b"", 500)), IN_DOUBT),
]


def test_an_answer_that_comes_after_the_lease_still_settles_the_doubt(
    outbox: Outbox, server: Server, subtests: pytest.Subtests
) -> None:
    for behave, state in LATE:

        def late(heard: Heard, behave: Behaviour = behave) -> Reply | Raw:
            outbox.clock.pass_by(seconds=61)
            outbox.doubt()
            return behave(heard)

        with subtests.test(state.value):
            server.behave = late
            made = outbox.put()
            outbox.round()
            assert outbox.row(made).state is state


def test_a_late_refusal_changes_nothing_that_was_decided_meanwhile(outbox: Outbox, server: Server) -> None:
    made = outbox.put()

    def decided_meanwhile(heard: Heard) -> Reply | Raw:
        with transaction(outbox.engine) as db:
            db.execute(update(Message).where(Message.id == made).values(state=MessageState.SENDING, attempts=2))
        return says(403, "InvalidPhoneNumber")(heard)

    server.behave = decided_meanwhile
    outbox.round()
    assert outbox.row(made).state is MessageState.SENDING


# Batches and groups.


def test_the_same_words_go_out_in_one_call_of_at_most_twenty(outbox: Outbox, server: Server) -> None:
    numbers = [f"+2237000{number:04}" for number in range(45)]
    for number in numbers:
        outbox.put(number)
    assert [outbox.round() for _batch in range(4)] == [20, 20, 5, 0]
    assert [len(heard.numbers) for heard in server.heard] == [20, 20, 5]
    assert sorted(number for number, _words in server.sent) == numbers
    assert {words for _number, words in server.sent} == {"Faites *384*77#, puis: Mes cotisations."}


def test_a_call_of_twenty_asks_the_database_as_much_as_a_call_of_one(outbox: Outbox) -> None:
    asked = []
    for batch, count in enumerate((1, 1, 20, 20)):
        for number in range(count):
            outbox.put(f"+22370{batch:02}{number:04}")
        with statements(outbox.engine) as noted:
            assert outbox.round() == count
        asked.append(len(noted))
    assert asked[1:] == [7, 7, 7]  # the first one notes that there is this gateway


def test_other_words_and_other_languages_are_other_calls(outbox: Outbox, server: Server) -> None:
    outbox.put("+22370000001", number=1)
    outbox.put("+22370000002", number=2)
    outbox.put("+22370000003", language="en", number=1)
    outbox.put("+22370000004", number=1)
    outbox.round()
    assert sorted(heard.form["to"] for heard in server.heard) == [
        "+22370000001,+22370000004",
        "+22370000002",
        "+22370000003",
    ]


def test_a_phone_gets_one_message_at_a_time(outbox: Outbox, server: Server) -> None:
    """A report may name a message by the phone alone: two on their way could be taken for each other."""
    for number in (NUMBER, "+22370000013", NUMBER, NUMBER):
        outbox.put(number)
    assert [outbox.round() for _batch in range(4)] == [2, 1, 1, 0]
    assert [heard.form["to"] for heard in server.heard] == [f"{NUMBER},+22370000013", NUMBER, NUMBER]
    assert outbox.states() == {MessageState.ACCEPTED: 4}


def test_each_of_a_group_has_its_own_outcome(outbox: Outbox, server: Server) -> None:
    numbers = [f"+2237000000{digit}" for digit in range(5)]
    made = [outbox.put(number) for number in numbers]
    answered = [
        recipient(numbers[3], 101, messageId="d"),
        refused(numbers[1], 406, "UserInBlacklist"),
        refused(numbers[2], 405, "InsufficientBalance"),
        recipient(numbers[0][1:], 102, messageId="a"),
    ]
    server.behave = always(Reply(told(answered)))
    outbox.round()
    rows = [outbox.row(each) for each in made]
    accepted = MessageState.ACCEPTED
    assert [row.state for row in rows] == [accepted, FAILED, QUEUED, accepted, IN_DOUBT]
    assert [row.gateway_id for row in rows] == ["a", None, None, "d", None]


def test_an_id_given_to_two_messages_is_the_first_ones(outbox: Outbox, server: Server) -> None:
    server.behave = lambda heard: Reply(told([recipient(each, messageId="ATXid_1") for each in heard.numbers]))
    made = [outbox.put("+22370000001"), outbox.put("+22370000002"), outbox.put("+22370000003", number=2)]
    outbox.round()
    assert [outbox.row(each).state for each in made] == [MessageState.ACCEPTED, IN_DOUBT, IN_DOUBT]
    assert [outbox.row(each).gateway_id for each in made] == ["ATXid_1", None, None]


def _lost_key() -> str:
    lost = vault.keys()
    vault.use(replace(lost, fields=("bG9zdC1sb3N0LWxvc3QtbG9zdC1sb3N0LWxvc3QtMTI=",)))
    try:
        return vault.seal("{}")
    finally:
        vault.use(lost)


def test_a_message_without_words_stops_nobody_else(
    outbox: Outbox, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bad = {outbox.put("+22370000001", kind="no_such_kind"): "KeyError"}
    bad[outbox.put("+22370000002", wrong="fact", number=1)] = "TypeError"
    bad[outbox.put("+22370000003")] = "InvalidToken"
    good = outbox.put("+22370000004")
    with transaction(outbox.engine) as db:
        db.execute(update(Message).where(Message.id == max(bad)).values(facts_sealed=_lost_key()))
    outbox.round()
    assert outbox.row(good).state is MessageState.ACCEPTED
    for each, fault in bad.items():
        row = outbox.row(each)
        assert (row.state, row.outcome, row.not_before) == (QUEUED, f"no words: {fault}", NOW + WAITS[0])
    outbox.clock.pass_by(days=1)
    for _attempt in WAITS:
        outbox.round()
        outbox.clock.pass_by(days=1)
    assert outbox.states() == {MessageState.ACCEPTED: 1, FAILED: 3}
    assert server.sent == [("+22370000004", "Faites *384*77#, puis: Mes cotisations.")]
    assert "7000000" not in caplog.text


# Many at once.


def test_senders_at_once_never_send_a_message_twice(outbox: Outbox, server: Server) -> None:
    numbers = [f"+2237000{number:04}" for number in range(200)]
    for position, number in enumerate(numbers):
        outbox.put(number, number=position % 7)

    def unhurried(heard: Heard) -> Reply:
        time.sleep(0.005)
        return takes_all(heard)

    server.behave = unhurried
    together = threading.Barrier(4)
    sent: list[int] = []

    def work() -> None:
        together.wait()
        sent.append(outbox.running.sender().drain())

    senders = [threading.Thread(target=work) for _sender in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert Counter(number for number, _words in server.sent) == Counter(numbers)
    assert outbox.states() == {MessageState.ACCEPTED: 200}
    assert (sum(sent), len(sent)) == (200, 4)


def test_two_senders_that_wait_for_each_other_do_not_fail(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    if outbox.engine.dialect.name == "sqlite":
        return  # writers stand in a queue there
    gave_in: list[str] = []

    def noted(error: DBAPIError) -> bool:
        gave_in.append(getattr(error.orig, "sqlstate", ""))
        return collided(error)

    monkeypatch.setattr("ussd_app.sender.collided", noted)
    first = [outbox.put(f"+2237000000{number}") for number in range(8)]
    second = [outbox.put(f"+2237000000{number}") for number in range(8)]
    taking = update(Message).values(state=MessageState.SENDING, lease_until=NOW + LEASE)
    with transaction(outbox.engine) as db, ThreadPoolExecutor(1) as pool:
        db.execute(text("SET LOCAL deadlock_timeout = '30s'"))  # the other one gives in
        db.execute(taking.where(Message.id == second[4]))
        other = pool.submit(outbox.round)  # takes the first messages, until it waits for that phone
        wait_until(lambda: _waiting(outbox) == 1)
        for each in (*second[:4], *second[5:]):
            db.execute(taking.where(Message.id == each))
        assert other.result() == 0
    assert gave_in == [DEADLOCK]
    assert [outbox.row(each).state for each in first] == [QUEUED] * 8


def _waiting(outbox: Outbox) -> int:
    """How many transactions wait for another one."""
    with reading(outbox.engine) as db:
        return int(db.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one())


def test_a_sender_that_runs_outlives_a_fault_and_stops_when_told(
    outbox: Outbox, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    class Faulty:
        name = "africastalking"

        def __init__(self) -> None:
            self.faults = 2

        def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
            self.faults -= 1
            if self.faults >= 0:
                raise ValueError(f"a fault that names {next(iter(phones))}")
            return {each: Sent(f"id-{each}", None) for each in phones}

    stop = threading.Event()
    routes = Routes.read("", "africastalking")
    exchange = Exchange(outbox.engine, outbox.clock, routes, {"africastalking": Faulty()})
    sender = Sender(outbox.engine, exchange, outbox.clock, "*384*77#", LEASE, WINDOW)
    running = threading.Thread(target=sender.run, args=(0.01, stop))
    running.start()
    for number in range(4):
        made = outbox.put(f"+2237000000{number}")
        wait_until(lambda made=made: outbox.row(made).state is not QUEUED)  # type: ignore[misc]
    stop.set()
    running.join(5)
    assert not running.is_alive()
    assert outbox.states() == {MessageState.SENDING: 2, MessageState.ACCEPTED: 2}
    assert "a round of the sender failed: ValueError" in caplog.text
    assert "7000000" not in caplog.text


# What is written into the log.


def test_no_log_holds_a_number_a_word_or_the_key(
    outbox: Outbox, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for _name, server.behave, _state, _outcome in CLASSES[:-1]:
        outbox.put()
        outbox.round()
    outbox.put(kind="no_such_kind")
    outbox.round()
    outbox.put("not a number +22370000012")
    outbox.round()
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records)
    assert "POST /version1/messaging" in logged
    for kept_out in (NUMBER[4:], "Faites", "puis", KEY, USERNAME, "%2B223"):
        assert kept_out not in logged


def test_a_drain_waits_for_another_sender_and_not_for_ever(outbox: Outbox) -> None:
    outbox.put()
    outbox.die()
    other = replace(outbox.running.sender(), lease=timedelta(seconds=0.3))
    assert other.drain() == 0
    outbox.put(phone="+22370000091")
    with ThreadPoolExecutor(1) as pool:
        drained = pool.submit(outbox.running.sender().drain)
        time.sleep(0.5)
        assert not drained.done()
        outbox.clock.pass_by(hours=1)
        assert drained.result(timeout=20) == 1
    assert outbox.states() == {IN_DOUBT: 1, MessageState.ACCEPTED: 1}
