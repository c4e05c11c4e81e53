"""Kannel: what its smsbox brings, what its sendsms answers, and a real one with a fake network behind it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import doubts, messages, sending
from models.inbox import Arrived
from models.messages import Message, MessageState
from models.reports import Told
from tests import kannel as real
from tests.conftest import SECRET, Clock
from tests.gateway import Behaviour, Raw, Reply, Server, always, unused_port
from ussd_app import service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.gateways import Malformed, NotSent, Outcome, Request, Sent, Unsure, kannel, wire
from ussd_app.gateways.kannel import Account, Gateway, read_delivery, read_sms
from ussd_app.settings import BadSetting

NUMBER = "+22370000012"
REFERENCE = "17.0123456789abcdef"
REPORTS = f"http://127.0.0.1:8000/gateways/kannel/{SECRET}/delivery"
PLAIN = {"Content-Type": "text/plain"}


# What it brings.


def posted(body: bytes, media_type: str = "text/plain; charset=UTF-8", query: str = "id=4f", **headers: str) -> Request:
    """An SMS as post-url brings it."""
    given = {"X-Kannel-From": NUMBER, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request("POST", media_type, query, body, lambda name: given.get(name, ""))


def asked(query: str) -> Request:
    """An SMS as get-url brings it."""
    return Request("GET", "", query, b"", lambda _name: "")


WORDS: Mapping[str, tuple[Request, str]] = {
    "UTF-8": (posted("payé".encode()), "payé"),
    "no charset": (posted("payé".encode(), "text/plain"), "payé"),
    "Latin-1": (posted("payé".encode("latin-1"), "text/plain; charset=ISO-8859-1"), "payé"),
    "quoted": (posted("payé".encode("latin-1"), 'text/plain;charset="iso-8859-1"'), "payé"),
    "UCS-2 of a handset": (posted("ɛn".encode("utf-16-be"), "text/plain; charset=UTF-16BE"), "ɛn"),
    "UCS-2 as it is named here": (posted("ɛn".encode("utf-16-be"), "text/plain; charset=UTF-16"), "ɛn"),
    "nothing": (posted(b""), ""),
    "blanks": (posted(b" COTI \n"), " COTI \n"),
    "asked": (asked("id=4f&from=%2B22370000012&text=pay%C3%A9+%26"), "payé &"),
    "asked in UCS-2": (asked("id=4f&from=22370000012&coding=2&text=%02%5B%00n"), "ɛn"),
    "asked in Latin-1": (asked("id=4f&from=22370000012&charset=ISO-8859-1&text=pay%E9"), "payé"),
}


@pytest.mark.parametrize(("request_", "words"), WORDS.values(), ids=WORDS)
def test_an_sms_is_read_in_its_charset(request_: Request, words: str) -> None:
    assert read_sms(request_) == Arrived("kannel", "4f", NUMBER, words)


@pytest.mark.parametrize("spelled", ["22370000012", "+22370000012"])
def test_a_number_is_taken_with_its_plus_or_without(spelled: str) -> None:
    assert read_sms(posted(b"a", X_Kannel_From=spelled)).phone == NUMBER


MALFORMED: Mapping[str, tuple[Request, int]] = {
    "no id": (posted(b"a", query=""), 400),
    "two ids": (posted(b"a", query="id=1&id=2"), 400),
    "an empty id": (posted(b"a", query="id="), 400),
    "no sender": (posted(b"a", X_Kannel_From=""), 400),
    "a name for a number": (posted(b"a", X_Kannel_From="ORANGE"), 400),
    "a local number": (posted(b"a", X_Kannel_From="070000012"), 400),
    "not its charset": (posted(b"\xff\xfe"), 400),
    "half a letter": (posted(b"\x02", "text/plain; charset=UTF-16BE"), 400),
    "a charset nobody knows": (posted(b"a", "text/plain; charset=coop-8"), 400),
    "a charset that is no charset": (posted(b"a", "text/plain; charset=hex"), 400),
    "NUL": (posted(b"a\0b"), 400),
    "binary": (posted(b"a", "application/octet-stream"), 415),
    "a form": (posted(b"text=a", "application/x-www-form-urlencoded"), 415),
    "asked without words": (asked("id=1&from=22370000012"), 400),
    "asked with words twice": (asked("id=1&from=22370000012&text=a&text=b"), 400),
    "asked with a sender twice": (asked("id=1&from=22370000012&from=22370000013&text=a"), 400),
    "asked without a sender": (asked("id=1&text=a"), 400),
    "asked with bytes": (asked("id=1&from=22370000012&text=%ff"), 400),
}


@pytest.mark.parametrize(("request_", "status"), MALFORMED.values(), ids=MALFORMED)
def test_an_sms_that_cannot_be_read_is_refused(request_: Request, status: int) -> None:
    with pytest.raises(Malformed) as refused:
        read_sms(request_)
    assert refused.value.status == status
    assert NUMBER[1:] not in str(refused.value)


@given(st.binary(max_size=60), st.sampled_from(["utf-8", "UTF-16BE", "ISO-8859-1", "", "x", "utf-7"]))
def test_any_bytes_are_words_or_malformed(body: bytes, charset: str) -> None:
    with suppress(Malformed):
        assert "\0" not in read_sms(posted(body, f"text/plain; charset={charset}")).text


STATES = {
    "1": MessageState.DELIVERED,
    "2": MessageState.FAILED,
    "4": MessageState.ACCEPTED,
    "8": MessageState.ACCEPTED,
    "16": MessageState.FAILED,
    "32": None,
    "%d": None,
}


@pytest.mark.parametrize(("status", "state"), STATES.items())
def test_each_kind_of_report_means_what_the_guide_says(status: str, state: MessageState | None) -> None:
    told = Told("kannel", REFERENCE, None, status, state, None)
    assert read_delivery({"message": REFERENCE, "status": status}) == told


# What it answers.


def account(server: Server) -> Account:
    """A user of sendsms at a stub."""
    return Account(f"http://127.0.0.1:{server.port}/cgi-bin/sendsms", "coop", "s3cret", None, REPORTS)


def says(status: int, text: str) -> Behaviour:
    """Answer the same to everything."""
    return always(Reply(text.encode(), status, PLAIN))


TEMPORAL = "Temporal failure, try again later."
ANSWERS: Mapping[str, tuple[Behaviour, Outcome]] = {
    "taken": (says(202, "0: Accepted for delivery"), Sent(REFERENCE, None)),
    "taken for later": (says(202, "3: Queued for later delivery"), Sent(REFERENCE, None)),
    "something else": (says(202, "7: Who knows"), Unsure("202 7: Who knows")),
    "a page": (says(200, "<html>Welcome</html>"), Unsure("200 <html>Welcome</html>")),
    "nothing": (says(202, ""), Unsure("202 ")),
    "not now": (says(503, TEMPORAL), NotSent(TEMPORAL, again=True, down=True)),
    "somebody else's 503": (says(503, "Bad gateway"), Unsure("HTTP 503")),
    "a wrong password": (
        says(403, "Authorization failed for sendsms"),
        NotSent("Authorization failed for sendsms", again=True, down=True),
    ),
    "a number on a list": (
        says(400, "Number(s) has/have been denied by white- and/or black-lists."),
        NotSent("Number(s) has/have been denied by white- and/or black-lists.", again=False),
    ),
    "another address": (says(404, ""), NotSent("HTTP 404", again=True, down=True)),
    "its own trouble": (says(500, "0: Accepted for delivery"), Unsure("HTTP 500")),
    "moved": (always(Reply(b"", 302, {"Location": "http://127.0.0.1:9/"})), NotSent("HTTP 302", again=True, down=True)),
    "a reset": (always(Raw(reset=True)), Unsure("ConnectionError")),
    "silence": (always(Raw([b""], pause=3)), Unsure("ReadTimeout")),
}


@pytest.mark.parametrize(("behave", "outcome"), ANSWERS.values(), ids=ANSWERS)
def test_each_answer_has_its_class(behave: Behaviour, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", (0.5, 0.2))
    with Server(behave) as server:
        assert Gateway(account(server)).send({NUMBER: REFERENCE}, "Bonjour") == {NUMBER: outcome}
        assert len(server.heard) == 1


def test_words_number_and_password_stand_in_no_address() -> None:
    with Server(says(202, "0: Accepted for delivery")) as server:
        mine = replace(account(server), sender="38477")
        Gateway(mine).send({NUMBER: REFERENCE, "+22370000013": "18.ab", "odd": "19.cd"}, "payé 1 500 F")
        first, second = server.heard
    assert (first.path, first.body) == ("/cgi-bin/sendsms", "payé 1 500 F".encode())
    assert (first.headers["x-kannel-username"], first.headers["x-kannel-password"]) == ("coop", "s3cret")
    assert (first.headers["x-kannel-to"], first.headers["x-kannel-from"]) == (NUMBER, "38477")
    assert (first.headers["content-type"], first.headers["x-kannel-coding"]) == ("text/plain; charset=utf-8", "0")
    assert first.headers["x-kannel-dlr-mask"] == "31"
    assert first.headers["x-kannel-dlr-url"] == f"{REPORTS}?message={REFERENCE}&status=%d"
    assert second.headers["x-kannel-dlr-url"] == f"{REPORTS}?message=18.ab&status=%d"


def test_letters_that_the_alphabet_lacks_go_as_ucs2() -> None:
    with Server(says(202, "0: Accepted for delivery")) as server:
        Gateway(account(server)).send({NUMBER: REFERENCE}, "ŋ")
    assert server.heard[0].headers["x-kannel-coding"] == "2"


def test_nobody_at_the_address_is_not_sent() -> None:
    mine = Account(f"http://127.0.0.1:{unused_port()}/cgi-bin/sendsms", "coop", "s3cret", None, REPORTS)
    told = Gateway(mine).send({NUMBER: REFERENCE}, "Bonjour")
    assert told == {NUMBER: NotSent("ConnectionError", again=True, down=True)}


# The settings.

SETTINGS = {
    "APP_MODE": "test",
    "GATEWAY": "kannel",
    "KANNEL_URL": "http://127.0.0.1:13013",
    "KANNEL_USERNAME": "coop",
    "KANNEL_PASSWORD": "s3cret",
    "WEBHOOK_SECRETS": f"{SECRET},old",
}


def test_the_account_comes_from_the_settings() -> None:
    url = "http://127.0.0.1:13013/cgi-bin/sendsms"
    assert Config.read(SETTINGS).accounts["kannel"] == Account(url, "coop", "s3cret", None, REPORTS)
    more = {"KANNEL_URL": "https://k.example/sms/", "KANNEL_SENDER": "384", "PUBLIC_URL": "https://coop.example/"}
    reports = f"https://coop.example/gateways/kannel/{SECRET}/delivery"
    whole = Account("https://k.example/sms", "coop", "s3cret", "384", reports)
    assert Config.read({**SETTINGS, **more}).accounts["kannel"] == whole
    assert whole.reaches_people


@pytest.mark.parametrize("name", ["KANNEL_URL", "KANNEL_USERNAME", "KANNEL_PASSWORD"])
def test_an_account_must_be_whole(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Config.read({**SETTINGS, name: ""})
    assert "kannel" not in Config.read({**SETTINGS, name: "", "GATEWAY": "console"}).accounts


@pytest.mark.parametrize("url", ["http://k.example/", "ftp://10.0.0.1/", "nonsense", "http://8.8.8.8/"])
def test_a_password_never_travels_far_in_clear(url: str) -> None:
    with pytest.raises(BadSetting, match="KANNEL_URL"):
        Config.read({**SETTINGS, "KANNEL_URL": url})


@pytest.mark.parametrize("url", ["http://10.0.0.7:13013", "http://kannel:13013", "https://k.example"])
def test_near_it_may(url: str) -> None:
    assert Config.read({**SETTINGS, "KANNEL_URL": url}).accounts["kannel"]


# From end to end.


def _sent(app: Flask) -> int:
    running = service.of(app)
    with transaction(running.engine) as db:
        made = messages.queue(db, NUMBER, "fr", "dial", {"page": "dues"}, "one", running.clock())
    assert made is not None
    return made


def _report(app: Flask, message: str, status: int) -> None:
    query = f"message={message}&status={status}"
    answer = app.test_client().get(f"/gateways/kannel/{SECRET}/delivery?{query}")
    assert (answer.status_code, answer.text, answer.content_type) == (200, "", "text/plain; charset=utf-8")


def _state(app: Flask, message_id: int) -> MessageState:
    with reading(service.of(app).engine) as db:
        return db.execute(select(Message.state).where(Message.id == message_id)).scalar_one()


ORDERS = [
    ([8, 1], MessageState.DELIVERED),
    ([1, 8, 1], MessageState.DELIVERED),
    ([4, 8], MessageState.ACCEPTED),
    ([8, 2, 8], MessageState.FAILED),
    ([16], MessageState.FAILED),
    ([64], MessageState.ACCEPTED),
]


def test_reports_move_a_message_forwards_in_any_order(
    app: Flask, settings: Mapping[str, str], clock: Clock, subtests: pytest.Subtests
) -> None:
    for number, (reports, state) in enumerate(ORDERS):
        with subtests.test(str(reports)), Server(says(202, "0: Accepted for delivery")) as server:
            running = service.assemble(Config.read({**settings, **SETTINGS, "KANNEL_URL": server.url}))
            running = replace(running, clock=clock)
            with transaction(running.engine) as db:
                made = messages.queue(db, NUMBER, "fr", "dial", {"page": "dues"}, f"order {number}", clock())
            assert made is not None
            assert running.sender().drain() == 1
            reference = dict(each.split("=") for each in _dlr(server).split("&"))["message"]
            for status in reports:
                _report(app, reference, status)
            assert _state(app, made) is state
            running.engine.dispose()


def _dlr(server: Server) -> str:
    return urlsplit(server.heard[-1].headers["x-kannel-dlr-url"]).query


def test_a_report_settles_a_message_whose_sender_died(app: Flask, clock: Clock) -> None:
    made = _sent(app)
    with transaction(service.of(app).engine) as db:
        sending.claim(db, 1, timedelta(seconds=60), timedelta(minutes=10), clock())
    clock.pass_by(seconds=61)
    with transaction(service.of(app).engine) as db:
        doubts.doubt(db, clock())
    assert _state(app, made) is MessageState.IN_DOUBT
    _report(app, messages.reference(made, NUMBER), 1)
    assert _state(app, made) is MessageState.DELIVERED


def test_a_report_that_nobody_can_have_been_told_of_changes_nothing(app: Flask, clock: Clock) -> None:
    made = _sent(app)
    for odd in (f"{made}.0123456789abcdef", str(made), "9" * 30, "-1.x", "x", messages.reference(made + 1, NUMBER)):
        _report(app, odd, 1)
    _report(app, messages.reference(made, NUMBER), 1)  # it was never sent
    assert _state(app, made) is MessageState.QUEUED


def test_an_sms_comes_in_by_either_way_once(app: Flask) -> None:
    client = app.test_client()
    path = f"/gateways/kannel/{SECRET}/sms"
    for _again in range(2):
        letter = client.post(f"{path}?id=1", data=b"AIDE", content_type="text/plain", headers={"X-Kannel-From": NUMBER})
        other = client.get(f"{path}?id=2&from=22370000012&text=COTI")
        assert [(each.status_code, each.text) for each in (letter, other)] == [(200, "")] * 2
        assert letter.content_type == "text/plain; charset=utf-8"
    with reading(service.of(app).engine) as db:
        assert sorted(db.execute(select(Message.kind)).scalars()) == ["dial", "help_words"]
    assert client.put(path).status_code == 405
    assert client.get(path.replace(SECRET, "wrong")).status_code == 404


@pytest.mark.kannel
def test_a_real_kannel_carries_it_both_ways() -> None:
    done = real.play(["text AIDE", "ucs2 %00c%00o%00t%00i%02%5B", "text REUNION"])
    assert [phone for phone, _words in done["arrived"]] == [NUMBER] * 3
    assert [words for _phone, words in done["arrived"]] == ["AIDE", "cotiɛ", "REUNION"]
    heard = done["heard"]
    for words in (
        "Envoyez MENU, COTI, PART",
        "Faites *384*77#, puis: Lier mon numéro.",
        "Aucune réunion",
        "puis: Réunions.",
    ):
        assert words in heard
    assert {"1", "8"} == set(done["reports"])
    assert done["reports"].count("1") == 4
    assert kannel.NAME == "kannel"
