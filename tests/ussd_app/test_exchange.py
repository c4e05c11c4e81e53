"""Which gateway a message goes through: by cooperative, by prefix, and by who is down, known to all senders."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import gateways, messages
from models.gateways import IN_A_ROW, REST, TRIAL, Call, Standing
from models.messages import Message, MessageState
from tests.conftest import Clock
from ussd_app import service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.exchange import Exchange
from ussd_app.gateways import NotSent, Outcome, Sent, Unsure
from ussd_app.routes import Routes
from ussd_app.sender import WAITS, Sender
from ussd_app.settings import BadSetting

AWA, BINTA, CISSE, DEMBA = (f"+223700000{number}" for number in (12, 14, 15, 16))
FIRST, SECOND = "orange", "kannel"
DOWN = NotSent("ConnectionError", again=True, down=True)
REFUSED = NotSent("no such number", again=False)

# The rules.

RULES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "nobody is named": ("", AWA, ("console",)),
    "by default, with a second one": ("*: orange > kannel", AWA, ("orange", "kannel")),
    "by country": ("+225: orange; +223: kannel", AWA, ("kannel",)),
    "the longest prefix": ("+223: kannel; +22370: orange; +2: console", AWA, ("orange",)),
    "another country": ("+225: orange", AWA, ("console",)),
    "a cooperative before a country": ("+223: kannel; KOG: orange>kannel", AWA, ("orange", "kannel")),
    "another cooperative": ("SAN: kannel", AWA, ("console",)),
    "an end without a rule": (" +223 : kannel ; ", AWA, ("kannel",)),
}


@pytest.mark.parametrize(("rules", "number", "chain"), RULES.values(), ids=RULES)
def test_a_rule_chooses(rules: str, number: str, chain: tuple[str, ...]) -> None:
    assert Routes.read(rules, "console").chain(number, {"KOG"}) == chain


@pytest.mark.parametrize(
    "rules",
    ["orange", "+223", "+223:", "+0: orange", "223 orange", "*: orange > orange", "*: orange; *: kannel", "*: a > > b"],
)
def test_a_rule_that_cannot_be_read_stops_the_start(rules: str) -> None:
    with pytest.raises(BadSetting, match="ROUTES"):
        Config.read({"APP_MODE": "test", "ROUTES": rules})


def test_a_rule_needs_a_gateway_that_is_there_with_its_account() -> None:
    with pytest.raises(BadSetting, match="ROUTES names no gateway with pigeon"):
        Config.read({"APP_MODE": "test", "ROUTES": "+223: pigeon"})
    with pytest.raises(BadSetting, match="KANNEL_URL"):
        Config.read({"APP_MODE": "test", "ROUTES": "+223: kannel"})
    with pytest.raises(BadSetting, match="GATEWAY"):
        Config.read({"APP_MODE": "test", "GATEWAY": "hubtel"})


# Who is down.


@dataclass
class Fake:
    """A gateway that does what it is told, and knows what it was given."""

    name: str
    outcome: Outcome | None = None
    given: list[str] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=count)

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
        """Send a text."""
        self.given += phones
        return {number: self.outcome or Sent(f"{self.name}-{next(self.ids)}", None) for number in phones}


class Lines:
    """Two gateways and an exchange over them, on a real database."""

    def __init__(self, engine: Engine, clock: Clock, rules: str = f"*: {FIRST} > {SECOND}") -> None:
        self.engine, self.clock = engine, clock
        self.first, self.second = Fake(FIRST), Fake(SECOND)
        self.exchange = Exchange(engine, clock, Routes.read(rules, "console"), {FIRST: self.first, SECOND: self.second})

    def send(self, *numbers: str) -> list[str]:
        """Send to some numbers; the names of the gateways they went through."""
        told = self.exchange.send(dict.fromkeys(numbers or (AWA,), "1.x"), "Bonjour")
        return [told[number][0] for number in numbers or (AWA,)]


@pytest.fixture
def lines(app: Flask, clock: Clock) -> Lines:
    """Two gateways."""
    return Lines(service.of(app).engine, clock)


@pytest.mark.parametrize("trouble", [DOWN, Unsure("ReadTimeout")])
def test_a_second_one_takes_over_after_three_calls_in_a_row_and_not_before(lines: Lines, trouble: Outcome) -> None:
    lines.first.outcome = trouble
    assert [lines.send()[0] for _call in range(5)] == [FIRST] * IN_A_ROW + [SECOND] * 2


def test_a_failure_now_and_then_is_no_reason_to_leave(lines: Lines) -> None:
    for _time in range(5):
        for lines.first.outcome in (DOWN, DOWN, None):
            assert lines.send() == [FIRST]


def test_a_refused_message_says_nothing_against_its_gateway(lines: Lines) -> None:
    lines.first.outcome = REFUSED
    assert {lines.send()[0] for _call in range(6)} == {FIRST}


def test_one_message_tries_it_after_a_rest_and_three_must_go_well(lines: Lines) -> None:
    lines.first.outcome = DOWN
    for _call in range(IN_A_ROW):
        lines.send()
    lines.clock.now += REST - timedelta(seconds=1)
    assert lines.send(AWA, BINTA) == [SECOND, SECOND]
    lines.clock.pass_by(seconds=1)
    lines.first.outcome = None
    assert sorted(lines.send(AWA, BINTA, CISSE)) == [SECOND, SECOND, FIRST]
    assert sorted(lines.send(AWA, BINTA)) == [SECOND, FIRST]
    assert sorted(lines.send(AWA, BINTA)) == [SECOND, FIRST]
    assert lines.send(AWA, BINTA) == [FIRST, FIRST]


def test_a_trial_that_fails_is_followed_by_another_rest(lines: Lines) -> None:
    lines.first.outcome = DOWN
    for _call in range(IN_A_ROW):
        lines.send()
    for _day in range(3):
        lines.clock.now += REST
        assert lines.send() == [FIRST]
        assert lines.send() == [SECOND]
    lines.clock.now += REST
    lines.first.outcome = None
    lines.send()
    lines.first.outcome = DOWN
    assert (lines.send(), lines.send()) == ([FIRST], [SECOND])


def test_all_senders_know_it_together(lines: Lines, clock: Clock) -> None:
    lines.first.outcome = DOWN
    others = [Lines(lines.engine, clock) for _sender in range(3)]
    for each in others:
        each.first.outcome = DOWN
        each.send()
    assert lines.send() == [SECOND]
    assert [each.send() for each in others] == [[SECOND]] * 3


def test_of_many_senders_one_tries_it(lines: Lines, clock: Clock) -> None:
    lines.first.outcome = DOWN
    for _call in range(IN_A_ROW):
        lines.send()
    clock.now += REST
    senders = [Lines(lines.engine, clock) for _sender in range(8)]
    for each in senders:
        each.first.outcome = DOWN
    with ThreadPoolExecutor(8) as threads:
        went = list(threads.map(lambda each: each.send(AWA, BINTA, CISSE), senders))
    assert sum(names.count(FIRST) for names in went) == 1


def test_a_trial_whose_sender_died_is_made_again(lines: Lines, clock: Clock) -> None:
    lines.first.outcome = DOWN
    for _call in range(IN_A_ROW):
        lines.send()
    clock.now += REST
    with transaction(lines.engine) as db:
        assert gateways.try_again(db, FIRST, clock())
    assert lines.send() == [SECOND]
    clock.now += TRIAL
    assert lines.send() == [FIRST]


def test_where_there_is_no_other_it_is_used_whatever_became_of_it(app: Flask, clock: Clock) -> None:
    lines = Lines(service.of(app).engine, clock, f"*: {FIRST}")
    lines.first.outcome = DOWN
    assert {lines.send()[0] for _call in range(9)} == {FIRST}


def test_when_all_are_down_the_first_is_used(lines: Lines) -> None:
    lines.first.outcome = lines.second.outcome = DOWN
    went = [lines.send()[0] for _call in range(12)]
    assert went == [FIRST] * 3 + [SECOND] * 3 + [FIRST] * 6


def test_a_cooperative_and_a_country_go_their_ways(app: Flask, clock: Clock) -> None:
    lines = Lines(service.of(app).engine, clock, f"KOGB: {SECOND}; +223: {FIRST}; *: {SECOND}")
    stranger, abroad = "+22370009999", "+2250700000012"
    went = dict(zip((AWA, stranger, abroad), lines.send(AWA, stranger, abroad), strict=True))
    assert went == {AWA: SECOND, stranger: FIRST, abroad: SECOND}


def test_what_became_of_calls_is_counted(lines: Lines) -> None:
    for lines.first.outcome in (None, REFUSED, DOWN, Unsure("HTTP 500")):
        lines.send(AWA, BINTA)
    with reading(lines.engine) as db:
        row = db.execute(select(Standing).where(Standing.name == FIRST)).one()
    assert (row.calls, row.taken, row.refused, row.unsure) == (4, 2, 4, 2)
    assert (row.ill, row.well, row.down_since) == (2, 0, None)
    assert row.milliseconds >= 0


def test_many_at_once_are_all_counted(lines: Lines, clock: Clock) -> None:
    def call(_number: int) -> None:
        with transaction(lines.engine) as db:
            gateways.made(db, SECOND, Call(well=True, milliseconds=2, taken=3, refused=0, unsure=0), clock())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(call, range(40)))
    with reading(lines.engine) as db:
        row = db.execute(select(Standing).where(Standing.name == SECOND)).one()
    assert (row.calls, row.milliseconds, row.taken, row.well) == (40, 80, 120, 40)


# Through the sender: nothing twice.


def _sender(lines: Lines) -> Sender:
    return Sender(lines.engine, lines.exchange, lines.clock, "*384*77#", timedelta(seconds=60), timedelta(minutes=10))


def _queue(lines: Lines, count: int) -> None:
    with transaction(lines.engine) as db:
        for number in range(count):
            phone = f"+2237000{number:04}"
            messages.queue(
                db, phone, "fr", "coming", {"coming": True, "day": f"2026-12-{number + 1:02}"}, phone, lines.clock()
            )


def _rows(lines: Lines) -> list[tuple[MessageState, str | None]]:
    with reading(lines.engine) as db:
        rows = db.execute(select(Message.state, Message.gateway).order_by(Message.phone))
        return [(state, gateway) for state, gateway in rows]


def test_what_the_first_did_not_take_goes_through_the_second_once(lines: Lines) -> None:
    lines.first.outcome = DOWN
    _queue(lines, 10)
    sender = _sender(lines)
    sender.drain()
    assert len(lines.first.given) == IN_A_ROW
    lines.clock.now += WAITS[0]
    sender.drain()
    assert _rows(lines) == [(MessageState.ACCEPTED, SECOND)] * 10
    assert sorted(lines.second.given) == [f"+2237000{number:04}" for number in range(10)]


def test_a_message_in_doubt_never_goes_through_the_second(lines: Lines) -> None:
    lines.first.outcome = Unsure("ReadTimeout")
    _queue(lines, 10)
    for _month in range(3):
        _sender(lines).drain()
        lines.clock.pass_by(days=30)
    assert [state for state, _gateway in _rows(lines)].count(MessageState.IN_DOUBT) == IN_A_ROW
    assert not set(lines.first.given) & set(lines.second.given)
    assert len(lines.first.given) == IN_A_ROW
