"""What leaves first and what waits: urgency, the night, doubts, credit, pace, and what would come too late."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import doubts, gateways, outcomes, reports, sending
from models.doubts import Verdict
from models.gateways import REST, Standing
from models.messages import Message, MessageState, Urgency
from models.outcomes import Taken
from models.reports import Told
from tests.conftest import NOW
from tests.gateway import Heard, Raw, Reply, Server, always, recipient, refused, says, takes_all, told
from tests.outbox import LEASE, NUMBER, WINDOW, Outbox
from ussd_app import jobs
from ussd_app.db import reading, transaction
from ussd_app.routes import rates

ACCEPTED, DELIVERED, EXPIRED = MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.EXPIRED
IN_DOUBT, QUEUED = MessageState.IN_DOUBT, MessageState.QUEUED


def phone(number: int) -> str:
    return f"+2237000{number:04}"


def set_back(outbox: Outbox, message_id: int, **values: object) -> None:
    """Have a message stand otherwise."""
    with transaction(outbox.engine) as db:
        db.execute(update(Message).where(Message.id == message_id).values(**values))


def tell(outbox: Outbox, gateway_id: str, status: MessageState = DELIVERED, to: str = NUMBER) -> None:
    """A delivery report comes in."""
    outbox.running.postbox.told(Told("africastalking", gateway_id, to, status.value, status, None))


# Order.


def test_what_matters_most_leaves_first_however_late_it_came(outbox: Outbox, server: Server) -> None:
    for place, urgency in enumerate(reversed(Urgency)):
        outbox.put(phone(place), number=place, urgency=urgency)
    while outbox.round():
        pass
    assert [number for number, _words in server.sent] == [phone(place) for place in reversed(range(len(Urgency)))]


def test_a_campaign_of_many_does_not_hold_a_reply_back_for_longer_than_a_batch(outbox: Outbox, server: Server) -> None:
    for number in range(60):
        outbox.put(phone(number), urgency=Urgency.CAMPAIGN)
    outbox.round()
    outbox.put(phone(99), number=9)
    outbox.round()
    assert server.sent[-1][0] == phone(99)
    assert len(server.sent) == 21


def test_a_phone_with_a_message_under_way_gets_no_other(outbox: Outbox, server: Server) -> None:
    outbox.put(urgency=Urgency.CAMPAIGN)
    outbox.die()
    alert = outbox.put(urgency=Urgency.ALERT, number=1)
    assert (outbox.round(), outbox.row(alert).state) == (0, QUEUED)
    outbox.clock.now += LEASE + timedelta(seconds=1)
    assert (outbox.round(), outbox.row(alert).state) == (1, ACCEPTED)  # an alert waits for no doubt


def test_a_doubt_keeps_the_phone_free_for_its_window_and_no_longer(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    lost = outbox.put(urgency=Urgency.NOTICE)
    outbox.round()
    server.behave = takes_all
    other = outbox.put(number=1)
    outbox.clock.now += WINDOW - timedelta(seconds=1)
    assert (outbox.round(), outbox.row(other).state) == (0, QUEUED)
    outbox.clock.pass_by(seconds=1)
    assert (outbox.round(), outbox.row(other).state) == (1, ACCEPTED)
    assert outbox.row(lost).state is IN_DOUBT


# The night.

NIGHTS = [(19, 59, True), (20, 0, False), (23, 30, False), (6, 59, False), (7, 0, True), (12, 0, True)]


@pytest.mark.parametrize(("hour", "minute", "leaves"), NIGHTS)
def test_notices_wait_for_the_morning_of_the_cooperative(
    outbox: Outbox, server: Server, hour: int, minute: int, leaves: bool
) -> None:
    outbox.clock.now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)  # Bamako has the time of UTC
    notice = outbox.put(phone(1), urgency=Urgency.NOTICE)
    abroad = outbox.put(phone(2), urgency=Urgency.CAMPAIGN)
    set_back(outbox, notice, zone="Africa/Bamako")
    set_back(outbox, abroad, zone="Africa/Bangui")  # an hour ahead
    for urgency in (Urgency.ALERT, Urgency.REPLY, Urgency.RECEIPT):
        outbox.put(phone(10 + urgency), urgency=urgency)
    while outbox.round():
        pass
    sent = [number for number, _words in server.sent]
    assert (phone(1) in sent) is leaves
    assert (phone(2) in sent) is (7 <= (hour + 1) % 24 < 20)
    assert {phone(10), phone(11), phone(12)} <= set(sent)


# Doubts.


def test_only_an_alert_is_sent_again_by_a_machine_and_says_so(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    made = {urgency: outbox.put(phone(urgency), urgency=urgency, number=urgency) for urgency in Urgency}
    while outbox.round():
        pass
    assert outbox.states() == {IN_DOUBT: 5}
    server.heard.clear()
    server.behave = takes_all
    outbox.clock.now += WINDOW - timedelta(seconds=1)
    jobs.doubt(outbox.running)
    assert (outbox.round(), outbox.states()) == (0, {IN_DOUBT: 5})
    outbox.clock.pass_by(seconds=1)
    for _time in range(3):
        jobs.doubt(outbox.running)
        outbox.round()
    assert server.sent == [(phone(0), "Nous répétons: Merci. Noté: vous venez le 01/12/2026.")]
    states = {urgency: outbox.row(made[urgency]).state for urgency in Urgency}
    assert states == {
        Urgency.ALERT: ACCEPTED,
        Urgency.REPLY: EXPIRED,
        Urgency.RECEIPT: IN_DOUBT,
        Urgency.NOTICE: IN_DOUBT,
        Urgency.CAMPAIGN: IN_DOUBT,
    }


@pytest.mark.parametrize("settled", [MessageState.DELIVERED, MessageState.FAILED, MessageState.CANCELLED])
def test_a_late_answer_or_report_does_not_move_what_is_settled(outbox: Outbox, settled: MessageState) -> None:
    made = outbox.put()
    with transaction(outbox.engine) as db:
        (claimed,) = sending.claim(db, 20, LEASE, WINDOW, outbox.clock())
        known = {"state": settled, "gateway": "africastalking", "gateway_id": "known"}
        db.execute(update(Message).where(Message.id == made).values(**known))
        outcomes.accepted(db, [Taken(claimed, "africastalking", "ATXid_late", None)], outbox.clock())
        outcomes.refused(db, claimed, "late", outbox.clock())
        outcomes.unsure(db, claimed, "late", outbox.clock())
        outcomes.put_back(db, claimed, "late", outbox.clock())
        reports.advance(db, "africastalking", "known", claimed.phone, MessageState.ACCEPTED)
        reports.advance(db, "africastalking", "known", claimed.phone, MessageState.EXPIRED)
    row = outbox.row(made)
    assert (row.state, row.gateway_id) == (settled, "known")


def test_a_clock_that_is_set_back_does_not_hold_an_alert_behind_a_dead_sender(outbox: Outbox, server: Server) -> None:
    outbox.clock.pass_by(hours=2)
    outbox.put()
    outbox.die()
    outbox.clock.pass_by(hours=-2)
    alert = outbox.put(urgency=Urgency.ALERT)
    outbox.round()
    assert outbox.row(alert).state is MessageState.ACCEPTED


def test_an_alert_is_not_repeated_for_ever(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    made = outbox.put(urgency=Urgency.ALERT)
    for _time in range(20):
        outbox.round()
        outbox.clock.now += WINDOW
        jobs.doubt(outbox.running)
    assert outbox.row(made).state is IN_DOUBT
    assert len(server.heard) == doubts.ALERT_TRIES + 1


def test_a_report_settles_a_doubt_by_the_phone(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    for number, state in enumerate((DELIVERED, MessageState.FAILED, EXPIRED, ACCEPTED)):
        made = outbox.put(phone(number), urgency=Urgency.NOTICE)
        outbox.round()
        tell(outbox, f"ATXid_{number}", state, phone(number))
        tell(outbox, f"ATXid_{number}", state, phone(number))
        row = outbox.row(made)
        assert (row.state, row.gateway_id) == (state, f"ATXid_{number}")
    tell(outbox, "ATXid_3", DELIVERED, phone(3))
    assert outbox.row(made).state is DELIVERED


def test_a_report_that_came_before_the_doubt_settles_it(outbox: Outbox, server: Server) -> None:
    killed = outbox.put(urgency=Urgency.NOTICE)
    outbox.die()
    tell(outbox, "ATXid_1")
    assert outbox.row(killed).state is MessageState.SENDING
    outbox.clock.now += LEASE + timedelta(seconds=1)
    outbox.doubt()
    assert (outbox.row(killed).state, outbox.row(killed).gateway_id) == (DELIVERED, "ATXid_1")

    def reports_at_once(heard: object) -> Raw:
        tell(outbox, "ATXid_2", to=phone(2))
        return Raw(reset=True)

    server.behave = reports_at_once
    lost = outbox.put(phone(2))
    outbox.round()
    assert (outbox.row(lost).state, outbox.row(lost).gateway_id) == (DELIVERED, "ATXid_2")


def test_a_report_that_may_be_about_two_settles_neither(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    made = [outbox.put(urgency=Urgency.NOTICE)]
    outbox.round()
    outbox.clock.now += WINDOW
    made.append(outbox.put(urgency=Urgency.NOTICE, number=1))
    outbox.round()
    tell(outbox, "ATXid_1")
    assert [outbox.row(each).state for each in made] == [IN_DOUBT, IN_DOUBT]


def test_a_report_of_another_message_settles_no_doubt(outbox: Outbox, server: Server) -> None:
    tell(outbox, "ATXid_before")  # of nobody, and before the doubt
    first = outbox.put()
    server.behave = takes_all
    outbox.round()
    server.behave = always(Raw(reset=True))
    outbox.clock.pass_by(minutes=1)
    lost = outbox.put(urgency=Urgency.NOTICE)
    outbox.round()
    tell(outbox, "ATXid_before")
    tell(outbox, str(outbox.row(first).gateway_id))
    tell(outbox, "ATXid_other", to=phone(77))
    assert (outbox.row(first).state, outbox.row(lost).state) == (DELIVERED, IN_DOUBT)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [(Verdict.ARRIVED, ACCEPTED), (Verdict.GIVEN_UP, EXPIRED), (Verdict.SEND_AGAIN, QUEUED)],
)
def test_an_officer_settles_a_doubt_once(outbox: Outbox, server: Server, verdict: Verdict, state: MessageState) -> None:
    server.behave = always(Raw(reset=True))
    made = outbox.put(urgency=Urgency.NOTICE)
    outbox.round()
    with transaction(outbox.engine) as db:
        assert [each.message_id for each in doubts.doubtful(db)] == [made]
        assert doubts.judge(db, made, verdict, "Awa", outbox.clock())
        assert not doubts.judge(db, made, verdict, "Awa", outbox.clock())
        assert doubts.doubtful(db) == []
    assert (outbox.row(made).state, outbox.row(made).outcome) == (state, f"settled by Awa: {verdict}")
    server.behave = takes_all
    server.heard.clear()
    outbox.round()
    again = [(NUMBER, "Nous répétons: Faites *384*77#, puis: Mes cotisations.")]
    assert server.sent == (again if verdict is Verdict.SEND_AGAIN else [])


# Too late.


def test_what_would_come_too_late_is_not_sent(outbox: Outbox, server: Server) -> None:
    made = [outbox.put(phone(number)) for number in range(2)]
    set_back(outbox, made[0], not_after=NOW)
    set_back(outbox, made[1], not_after=NOW + timedelta(seconds=1))
    assert outbox.round() == 1
    jobs.doubt(outbox.running)
    assert [(outbox.row(each).state, outbox.row(each).outcome) for each in made] == [
        (EXPIRED, "too late"),
        (ACCEPTED, None),
    ]
    outbox.clock.pass_by(days=1)
    jobs.doubt(outbox.running)
    assert outbox.row(made[1]).state is ACCEPTED


# Credit.


def standing(outbox: Outbox) -> tuple[bool, bool]:
    """Whether the gateway is down, and whether there is no credit."""
    with reading(outbox.engine) as db:
        row = db.execute(select(Standing)).one()
    return row.down_since is not None, row.broke_since is not None


def test_without_credit_notices_wait_unharmed_while_replies_are_tried(
    outbox: Outbox, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.behave = says(405, "InsufficientBalance")
    notices = [outbox.put(phone(number), urgency=Urgency.NOTICE) for number in range(50)]
    while outbox.round():
        pass
    assert len(server.heard) == 1  # the first call said so; nothing more was given to it
    assert standing(outbox) == (True, True)
    assert "credit" in caplog.text
    rows = [outbox.row(each) for each in notices]
    assert {(row.state, row.attempts, row.not_before) for row in rows} == {(QUEUED, 0, NOW + REST)}
    outbox.put(phone(90), number=1)
    assert outbox.round() == 1
    assert len(server.heard) == 2
    for _time in range(10):  # however long there is no credit, that ends no message
        outbox.clock.now += REST
        while outbox.round():
            pass
    assert {outbox.row(each).state for each in notices} == {QUEUED}
    server.behave = takes_all
    server.heard.clear()
    outbox.clock.now += REST
    while outbox.round():
        pass
    outbox.clock.now += REST
    while outbox.round():
        pass
    assert sorted(number for number, _words in server.sent if number != phone(90)) == [
        phone(each) for each in range(50)
    ]
    assert standing(outbox) == (False, False)


def test_credit_that_ends_within_a_call_stops_the_rest(outbox: Outbox, server: Server) -> None:
    def half(heard: Heard) -> Reply:
        numbers = heard.numbers
        taken = [recipient(each) for each in numbers[:10]]
        return Reply(told([*taken, *(refused(each, 405, "InsufficientBalance") for each in numbers[10:])]))

    server.behave = half
    for number in range(40):
        outbox.put(phone(number), urgency=Urgency.NOTICE)
    while outbox.round():
        pass
    assert outbox.states() == {ACCEPTED: 10, QUEUED: 30}
    assert len(server.heard) == 1


# Pace.


def test_all_senders_together_keep_the_pace_of_a_gateway(outbox: Outbox) -> None:
    def wait(messages: int) -> float:
        with transaction(outbox.engine) as db:
            return gateways.take_turn(db, "africastalking", messages, 10, outbox.clock())

    assert [wait(20), wait(20), wait(5)] == [0, 2.0, 4.0]
    outbox.clock.pass_by(seconds=4)
    assert wait(1) == 0.5
    outbox.clock.pass_by(hours=1)
    assert wait(1) == 0


@pytest.fixture
def slowly(settings: dict[str, str], server: Server) -> Iterator[Outbox]:
    class Running:
        def __call__(self) -> datetime:
            return NOW + timedelta(seconds=time.monotonic())

        now = NOW

    made = Outbox({**settings, "RATES": "africastalking: 40"}, Running(), server.url)  # type: ignore[arg-type]
    yield made
    made.engine.dispose()


def test_a_sender_waits_for_its_turn(slowly: Outbox, server: Server) -> None:
    for number in range(60):
        slowly.put(phone(number), urgency=Urgency.NOTICE)
    began = time.monotonic()
    assert slowly.running.sender().drain() == 60
    assert 0.9 < time.monotonic() - began < 5
    assert len(server.heard) == 3


def test_rates_are_read() -> None:
    assert rates(" kannel: 20 ; orange: 0.5 ") == {"kannel": 20.0, "orange": 0.5}
    assert rates("") == {}
    for wrong in ("kannel", "kannel: 0", "kannel: -1", "kannel: 1; kannel: 2", "kannel: 1e9", "kannel=3"):
        with pytest.raises(ValueError, match="write"):
            rates(wrong)


def test_a_known_report_is_kept_once(outbox: Outbox) -> None:
    for _time in range(3):
        tell(outbox, "ATXid_1")
    with reading(outbox.engine) as db:
        assert len(db.execute(select(reports.Report)).all()) == 1
