"""What is taken back does not leave afterwards: not after a refusal, a doubt, a night, or a day that is over."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from models import announcing, broadcasts, doubts, reached
from models.messages import Message, MessageState, Urgency
from tests.conftest import Clock
from tests.gateway import Heard, Raw, Reply, Server, always, says, takes_all
from tests.office import SECRETARY, TREASURER, opened
from tests.outbox import WINDOW, Outbox
from tests.phone import Phone
from tests.ussd_app.test_broadcasts import draft, plan, send, tally
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
BAKARY = "+22370000004"
TYPED = ("11", "3", "1", "6", "Le bureau est fermé", "9", "1")


def drained(outbox: Outbox, server: Server, clock: Clock, days: int) -> list[str]:
    """What is sent in the days to come, once the gateway takes everything."""
    server.behave = takes_all
    server.heard.clear()
    for _hour in range(24 * days):
        clock.pass_by(hours=1)
        with transaction(outbox.engine) as db:
            doubts.settle(db, WINDOW, clock())
            doubts.expire(db, clock())
        outbox.running.sender().drain()
    return [words for _number, words in server.sent]


def test_what_is_at_the_gateway_and_refused_for_now_is_not_tried_again(
    outbox: Outbox, server: Server, clock: Clock
) -> None:
    reference = plan(outbox, draft(outbox, numbers=("4", "5")))

    def taken_back_meanwhile(heard: Heard) -> Reply | Raw:
        with transaction(outbox.engine) as db:
            assert broadcasts.cancel(db, broadcasts.find(db, reference).broadcast_id, clock()) == 0
        return says(501, "GatewayError")(heard)

    server.behave = taken_back_meanwhile
    outbox.round()
    assert tally(outbox, reference) == {MessageState.QUEUED: 2}
    assert drained(outbox, server, clock, 1) == []
    assert tally(outbox, reference) == {MessageState.EXPIRED: 2}


def test_a_danger_that_nobody_knows_of_is_not_repeated_after_its_end(
    outbox: Outbox, server: Server, clock: Clock
) -> None:
    reference = plan(outbox, draft(outbox, Urgency.ALERT, numbers=("4", "5")))
    server.behave = always(Raw(reset=True))
    outbox.round()
    assert tally(outbox, reference) == {MessageState.IN_DOUBT: 2}
    with transaction(outbox.engine) as db:
        assert broadcasts.cancel(db, broadcasts.find(db, reference).broadcast_id, clock()) == 0
    assert drained(outbox, server, clock, 1) == []
    assert tally(outbox, reference) == {MessageState.EXPIRED: 2}


def test_that_the_danger_is_past_takes_its_warning_back(app: Flask) -> None:
    warner = opened(app, TREASURER)
    warner.press("11", "4", "2", "1")
    with reading(service.of(app).engine) as db:
        waiting = set(db.execute(select(Message.state).where(Message.kind == "warning")).scalars())
    assert waiting == {MessageState.QUEUED}
    assert warner.press("2", "1").startswith("CON Tous sont prévenus que c'est fini.")
    assert [each for each in Phone(app, BAKARY, "").received() if "DANGER" in each] == []
    assert warner.press("00", "6", "11", "4", "2", "1").startswith("CON L'alerte part.")
    assert len([each for each in Phone(app, BAKARY, "").received() if "DANGER" in each]) == 1


def test_who_stops_gets_nothing_that_was_planned_before_but_what_is_owed(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    bakary = phone(BAKARY)
    clock.pass_by(hours=13)
    leader = opened(app, SECRETARY)
    leader.press(*TYPED)
    leader.press("00", "6", "11", "1", "1", "2012260900", "Cour", "1", "1")
    bakary.write("STOP")
    bakary.received()
    clock.pass_by(hours=12)
    (owed,) = bakary.received()
    assert "AG ordinaire" in owed
    assert any("fermé" in each for each in phone("+22370000007").received())


def test_who_stops_still_gets_what_is_no_notice(outbox: Outbox) -> None:
    """Replies, receipts and warnings that wait are not stopped."""
    waits = {urgency: outbox.put(BAKARY, urgency=urgency) for urgency in Urgency}
    with transaction(outbox.engine) as db:
        announcing.silence(db, BAKARY, outbox.clock())
    stopped = {urgency for urgency, each in waits.items() if outbox.row(each).state is MessageState.CANCELLED}
    assert stopped == {Urgency.NOTICE, Urgency.CAMPAIGN}


def test_what_a_message_answers_is_one_that_arrived_or_may_have(outbox: Outbox, clock: Clock) -> None:
    for number, state in enumerate((MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED)):
        made = outbox.put(BAKARY, number=number)
        tried = {"state": state, "tried_at": clock() + timedelta(minutes=number)}
        with transaction(outbox.engine) as db:
            db.execute(update(Message).where(Message.id == made).values(**tried))
    with reading(outbox.engine) as db:
        found = reached.last_of_kind(db, BAKARY, ["coming"], clock())
    assert found is not None
    assert found["day"] == "2026-12-01"


def test_a_text_of_a_day_does_not_come_after_it(outbox: Outbox, app: Flask, server: Server, clock: Clock) -> None:
    opened(app, SECRETARY).press("11", "3", "1", "1", "1")
    server.behave = says(405, "InsufficientBalance")
    outbox.round()
    clock.pass_by(days=3)
    assert drained(outbox, server, clock, 1) == []
    with reading(outbox.engine) as db:
        (ends,) = set(db.execute(select(Message.not_after).where(Message.kind == "work_together")).scalars())
    assert ends == clock.now.replace(hour=12) - timedelta(days=3)


def test_what_cannot_be_meant_is_refused_in_one_sentence(app: Flask) -> None:
    for given, said in (
        (("--at", "2020-01-01T09:00"), "is over"),
        (("--text", "mot " * 400), "11 SMS long: at most 6"),
        (("--language", "zz"), "Invalid value for '--language'"),
    ):
        text = () if "--text" in given else ("--text", "Réunion à 9h.")
        code, printed = run(app, "broadcast", "send", "--cooperative", "KOGB", *text, *given)
        assert (code != 0, said in printed) == (True, True), printed
    assert send(app)
