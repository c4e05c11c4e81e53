"""What a watcher is told: true figures, by token, and nothing of anybody."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from models import callers, gateways, inbox, messages, sessions
from models.figures import Figure
from models.gateways import Call
from models.inbox import Arrived
from tests.conftest import Clock
from ussd_app import create_app, service
from ussd_app.config import Config
from ussd_app.db import transaction
from ussd_app.metrics import written
from ussd_app.settings import BadSetting

NUMBER, WORDS, TOKEN = "+22370000012", "on m'a volé ma part", "Vq7Rz2Wn9Kx4Pm6Tb3Yc8Hd5"
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+]+')


@pytest.fixture
def watched(settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A service whose figures can be asked for."""
    monkeypatch.setattr("ussd_app.service.clock", lambda _file: clock)
    made = create_app(Config.read({**settings, "METRICS_TOKEN": TOKEN}))
    yield made
    service.of(made).engine.dispose()


def look(app: Flask, token: str = TOKEN) -> str:
    """The figures."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


def test_the_figures_are_those_of_the_tables_and_name_nobody(watched: Flask, clock: Clock) -> None:
    now = clock()
    with transaction(service.of(watched).engine) as db:
        for key in ("a", "b"):
            messages.queue(db, NUMBER, "fr", "dial", {"page": "dues"}, key, now)
        messages.queue(db, NUMBER, "fr", "verify", {}, "c", now + timedelta(days=1))
        inbox.receive(db, Arrived("kannel", "1", NUMBER, WORDS), None, now)
        inbox.receive(db, Arrived("kannel", "2", NUMBER, "COTI"), "dues", now)
        inbox.opt_out(db, NUMBER, now)
        callers.ask_for_call(db, NUMBER, None, "fr", "sms", now)
        told = {"status": "Success", "hops": 3, "milliseconds": 900, "cost": None, "network": None}
        sessions.ended(db, "hubtel", "s1", told, None, now)
        for _time in range(3):
            gateways.made(db, "orange", Call(well=False, milliseconds=250, taken=0, refused=2, unsure=1), now)
    clock.pass_by(seconds=90)
    text = look(watched)
    for line in (
        'cooperatives_messages_due{class="reply",kind="dial"} 2',
        'cooperatives_oldest_due_seconds{class="reply",kind="dial"} 90',
        'cooperatives_messages{state="queued"} 3',
        'cooperatives_gateway_calls_total{gateway="orange"} 3',
        'cooperatives_gateway_milliseconds_total{gateway="orange"} 750',
        'cooperatives_gateway_refused_total{gateway="orange"} 6',
        'cooperatives_gateway_unsure_total{gateway="orange"} 3',
        'cooperatives_gateway_down{gateway="orange"} 1',
        'cooperatives_sessions_ended{gateway="hubtel",status="Success"} 1',
        'cooperatives_sms_received{intent="dues"} 1',
        'cooperatives_sms_received{intent=""} 1',
        "cooperatives_opt_outs 1",
        "cooperatives_calls_owed 1",
        "cooperatives_letters_unread 1",
    ):
        assert line in text.splitlines()
    assert all(LINE.fullmatch(line) for line in text.splitlines() if not line.startswith("# TYPE "))
    assert text.count("# TYPE ") == len(set(re.findall("# TYPE ([a-z_]+)", text)))
    for secret in (NUMBER[1:], "70000012", "volé", "s1", TOKEN):
        assert secret not in text


def test_without_the_token_there_is_no_such_page(watched: Flask, app: Flask) -> None:
    client = watched.test_client()
    nowhere = client.get("/no/such/page")
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}, {"Authorization": "Bearer é"}):
        answer = client.get("/metrics", headers=headers)
        assert (answer.status_code, answer.text) == (404, nowhere.text)
    assert app.test_client().get("/metrics").status_code == 404


def test_the_demo_shows_them_to_anybody(settings: dict[str, str]) -> None:
    config = Config.read({**settings, "APP_MODE": "demo"})
    for token, status in ((None, 200), ("x", 404)):
        made = create_app(replace(config, metrics_token=token))
        assert made.test_client().get("/metrics").status_code == status
        service.of(made).engine.dispose()


def test_a_weak_token_stops_the_start() -> None:
    from tests.ussd_app.test_config import GOOD

    with pytest.raises(BadSetting, match="METRICS_TOKEN"):
        Config.read({**GOOD, "METRICS_TOKEN": "short"})


def test_what_a_gateway_says_breaks_no_line() -> None:
    odd = Figure("sessions_ended", 1, (("status", 'a"b\\c\nd'),))
    assert written([odd]).splitlines()[1] == r'cooperatives_sessions_ended{status="a\"b\\c\nd"} 1'
