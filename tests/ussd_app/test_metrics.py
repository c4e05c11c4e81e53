"""What a watcher is told: true figures, by token, and nothing of anybody."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from models import calls, gateways, inbox, messages, sessions
from models.figures import Figure
from models.gateways import Call
from models.inbox import Arrived
from models.messages import Message
from models.sessions import SessionEnd
from tests.conftest import SECRET, Clock
from tests.phone import Phone
from ussd_app import create_app, service
from ussd_app.config import ROOT, Config
from ussd_app.db import reading, transaction
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
        calls.ask_for_call(db, NUMBER, None, "fr", "sms", now)
        told = {"status": "Success", "hops": 3, "milliseconds": 900, "cost": None, "network": None}
        sessions.ended(db, "hubtel", "s1", told, None, now)
        for _time in range(3):
            gateways.made(db, "orange", Call(well=False, milliseconds=250, taken=0, refused=2, unsure=1), now)
    clock.pass_by(seconds=90)
    text = look(watched)
    for line in (
        'cooperatives_messages_due{class="reply"} 2',
        'cooperatives_oldest_due_seconds{class="reply"} 90',
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


def test_each_alarm_that_is_written_down_asks_for_a_figure_that_is_there(watched: Flask, clock: Clock) -> None:
    with transaction(service.of(watched).engine) as db:
        for key in ("a", "b"):
            sent = messages.queue(db, NUMBER, "fr", "dial", {"page": "dues"}, key, clock())
        db.execute(update(Message).where(Message.id == sent).values(gateway="orange", cost="XOF 22.0000"))
        gateways.made(db, "orange", Call(well=True, milliseconds=250, taken=1, refused=1, unsure=1), clock())
        told = {"status": "Failed", "hops": 3, "milliseconds": 900, "cost": None, "network": None}
        sessions.ended(db, "hubtel", "s1", told, "dues.home", clock())
    named = set(re.findall(r"cooperatives_[a-z_]+", (ROOT / "docs" / "gateways.md").read_text(encoding="utf-8")))
    assert len(named) > 12
    assert named - set(re.findall(r"^cooperatives_[a-z_]+", look(watched), re.MULTILINE)) == set()


def test_a_weak_token_stops_the_start() -> None:
    from tests.ussd_app.test_config import GOOD

    with pytest.raises(BadSetting, match="METRICS_TOKEN"):
        Config.read({**GOOD, "METRICS_TOKEN": "short"})


def test_what_a_gateway_says_breaks_no_line() -> None:
    odd = Figure("sessions_ended", 1, (("status", 'a"b\\c\nd'),))
    assert written([odd]).splitlines()[1] == r'cooperatives_sessions_ended{status="a\"b\\c\nd"} 1'


def test_a_session_is_counted_at_the_screen_where_it_ended_and_kept_without_it(watched: Flask) -> None:
    client = watched.test_client()
    path = f"/gateways/africastalking/{SECRET}"
    for number, presses in (("1", ["", "3"]), ("2", ["", "3"]), ("3", ["", "4", "4*1"])):
        common = {"sessionId": f"ATUid_{number}", "phoneNumber": "+22370000004", "serviceCode": "*384*77#"}
        for text in presses:
            press = client.post(f"{path}/ussd", data={**common, "networkCode": "61002", "text": text})
            assert press.text.startswith("CON ")
        end = {**common, "networkCode": "61002", "date": "2026-11-22 10:00:00", "status": "Incomplete", "cost": "XOF 1"}
        end |= {"durationInMillis": "900", "hopsCount": "2", "input": presses[-1], "lastAppResponse": "x"}
        for _again in range(2):
            assert client.post(f"{path}/events", data={**end, "errorMessage": ""}).status_code == 200
    lines = look(watched).splitlines()
    assert 'cooperatives_sessions_ended_at_total{screen="meeting.home",status="Incomplete"} 2' in lines
    assert sum(line.startswith("cooperatives_sessions_ended_at_total{") for line in lines) == 1
    with reading(service.of(watched).engine) as db:
        assert "meeting.home" not in str(db.execute(select(SessionEnd)).all())


def hung_up(app: Flask, *presses: str) -> str:
    """The figures after a session that was dropped."""
    phone = Phone(app, "+22370000016", SECRET)
    phone.go(*presses)
    end = {"sessionId": phone.session, "phoneNumber": phone.number, "serviceCode": "*384*77#", "networkCode": "61002"}
    end |= {"date": "2026-11-22 10:00:00", "status": "Incomplete", "cost": "XOF 1", "errorMessage": ""}
    phone.post("events", {**end, "durationInMillis": "900", "hopsCount": "2", "input": "x", "lastAppResponse": "x"})
    return look(app)


@pytest.mark.parametrize("pressed", [("4",), ("4", "1", "1"), ("4", "5", "1"), ("4", "1", "1", "1", "2"), ("4", "7")])
def test_the_figures_are_the_same_with_a_complaint_and_without_one(watched: Flask, pressed: tuple[str, ...]) -> None:
    hung_up(watched, "5")
    before = hung_up(watched, "1").replace('{gateway="africastalking",status="Incomplete"} 2', "")
    after = hung_up(watched, *pressed).replace('{gateway="africastalking",status="Incomplete"} 3', "")
    assert after == before


def test_a_complaint_by_sms_is_told_by_no_figure(watched: Flask) -> None:
    phone = Phone(watched, "+22370000016", SECRET)
    phone.write("AIDE")
    one = look(watched)
    phone.write("PLAINTE on me frappe")
    assert look(watched) == re.sub(r"(messages(?:_due|_by_gateway)?\{(?!.*help).*\}) 1\n", r"\1 2\n", one)
    assert "complaint" not in look(watched)


def test_what_messages_cost_is_summed_by_currency(watched: Flask, clock: Clock) -> None:
    with transaction(service.of(watched).engine) as db:
        for number, cost in enumerate(["XOF 22.0000", "XOF 22.0000", "GNF 100", "0", "free"]):
            row = messages.letter(f"+2237600000{number}", "fr", "help_words", {}, f"cost:{number}", clock())
            db.execute(insert(Message), row | {"cost": cost, "gateway": "africastalking", "gateway_id": str(number)})
    lines = [line for line in look(watched).splitlines() if "cost_total" in line and not line.startswith("#")]
    assert lines == [
        'cooperatives_messages_cost_total{gateway="africastalking",currency="GNF"} 100',
        'cooperatives_messages_cost_total{gateway="africastalking",currency="XOF"} 44',
    ]
