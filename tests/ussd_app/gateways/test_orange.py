"""Orange's SMS API over real HTTP: tokens that are kept and end early, answers and receipts in a table."""

import json
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import messages
from models.messages import Message, MessageState
from models.reports import Report, Told
from tests.conftest import SECRET, Clock
from tests.gateway import Behaviour, Heard, Raw, Reply, Server, always, unused_port
from ussd_app import service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.gateways import Malformed, NotSent, Outcome, Request, Sent, Unsure, wire
from ussd_app.gateways.orange import Account, Gateway, read_answer, read_delivery
from ussd_app.settings import BadSetting

NUMBER, OTHER = "+2250700000012", "+2250700000013"
ID = "cb2a19b5-3d8d-4b42-a2cd-9d7b6f1c0a55"
MADE = f"https://api.orange.com/smsmessaging/v1/outbound/tel:+2250000/requests/{ID}"


def told(where: object = MADE) -> bytes:
    """The body of an answer to a send."""
    text = {"message": "Bonjour"}
    request = {"address": [f"tel:{NUMBER}"], "outboundSMSTextMessage": text, "resourceURL": where}
    return json.dumps({"outboundSMSMessageRequest": request}).encode()


def error(code: str, kind: str = "serviceException") -> bytes:
    """The body of a refusal."""
    return json.dumps({"requestError": {kind: {"messageId": code, "text": "x %1", "variables": ["y"]}}}).encode()


class Orange:
    """Behaves like Orange: gives tokens, and takes a text from whoever holds the last one."""

    def __init__(self, behave: Behaviour | None = None, lasts: object = 3600) -> None:
        self.behave = behave or always(Reply(told()))
        self.tokens = 0
        self.lasts = lasts
        self.ended = False

    def __call__(self, heard: Heard) -> Reply | Raw:
        """Answer."""
        if heard.path == "/oauth/v3/token":
            self.tokens += 1
            self.ended = False
            body = {"token_type": "Bearer", "access_token": f"token-{self.tokens}", "expires_in": self.lasts}
            return Reply(json.dumps(body).encode(), 200)
        if self.ended or heard.headers["authorization"] != f"Bearer token-{self.tokens}":
            return Reply(b'{"code":42,"message":"Expired credentials"}', 401)
        return self.behave(heard)


def account(server: Server, name: str | None = None) -> Account:
    """An application there."""
    return Account(f"http://127.0.0.1:{server.port}", "the-id", "the-secret", "+2250000", name)


def test_a_text_goes_to_one_number_a_call_with_a_token_that_is_kept() -> None:
    behave = Orange()
    with Server(behave) as server:
        gateway = Gateway(account(server, "COOP"))
        assert gateway.send({NUMBER: "1.a", OTHER: "2.b"}, "payé") == dict.fromkeys((NUMBER, OTHER), Sent(ID, None))
        asked, first, second = server.heard
    assert asked.form == {"grant_type": "client_credentials"}
    assert asked.headers["authorization"] == "Basic " + b64encode(b"the-id:the-secret").decode()
    assert first.path == "/smsmessaging/v1/outbound/tel%3A%2B2250000/requests"
    assert json.loads(first.body) == {
        "outboundSMSMessageRequest": {
            "address": f"tel:{NUMBER}",
            "senderAddress": "tel:+2250000",
            "senderName": "COOP",
            "outboundSMSTextMessage": {"message": "payé"},
        }
    }
    assert json.loads(second.body)["outboundSMSMessageRequest"]["address"] == f"tel:{OTHER}"
    assert b"senderName" not in _body(account(server))
    assert behave.tokens == 1


def _body(mine: Account) -> bytes:
    return json.dumps(Gateway(mine)._request(NUMBER, "x")).encode()


def test_a_token_that_ended_early_is_asked_for_anew_and_nothing_is_sent_twice() -> None:
    behave = Orange()
    with Server(behave) as server:
        gateway = Gateway(account(server))
        gateway.send({NUMBER: "1.a"}, "x")
        behave.ended = True
        assert gateway.send({NUMBER: "1.a"}, "x") == {NUMBER: Sent(ID, None)}
        sends = [each for each in server.heard if "outbound" in each.path]
    assert (behave.tokens, len(sends)) == (2, 3)


def test_a_token_is_renewed_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr("ussd_app.gateways.orange.time", SimpleNamespace(monotonic=lambda: moment[0]))
    behave = Orange(lasts="3600")
    with Server(behave) as server:
        gateway = Gateway(account(server))
        for passed, tokens in ((0, 1), (3539, 1), (1, 2)):
            moment[0] += passed
            gateway.send({NUMBER: "1.a"}, "x")
            assert behave.tokens == tokens


@pytest.mark.parametrize("lasts", [None, "soon", -5, [], "9" * 40, 3600.5, True])
def test_a_token_that_lasts_nobody_knows_how_long_is_used(lasts: object) -> None:
    with Server(Orange(lasts=lasts)) as server:
        assert Gateway(account(server)).send({NUMBER: "1.a"}, "x") == {NUMBER: Sent(ID, None)}


def test_many_at_once_ask_for_one_token() -> None:
    behave = Orange()
    with Server(behave) as server, ThreadPoolExecutor(8) as threads:
        gateway = Gateway(account(server))
        outcomes = list(threads.map(lambda number: gateway.send({f"+22507000000{number}": "1.a"}, "x"), range(10, 26)))
    assert len(outcomes) == 16
    assert behave.tokens == 1


REFUSED: Mapping[str, tuple[Behaviour, Outcome]] = {
    "no token for a wrong secret": (
        always(Reply(b'{"error":"invalid_client"}', 401)),
        NotSent("no token: HTTP 401", again=True, down=True),
    ),
    "no token in the answer": (always(Reply(b"{}", 200)), NotSent("no token: HTTP 200", again=True, down=True)),
    "a token with a line": (
        always(Reply(b'{"access_token":"a\\nb"}', 200)),
        NotSent("no token: HTTP 200", again=True, down=True),
    ),
    "a page": (always(Reply(b"<html>", 200)), NotSent("no token: HTTP 200", again=True, down=True)),
    "trouble": (always(Reply(b"", 500)), NotSent("no token: HTTP 500", again=True, down=True)),
    "a reset": (always(Raw(reset=True)), NotSent("no token: ConnectionError", again=True, down=True)),
}


@pytest.mark.parametrize(("behave", "outcome"), REFUSED.values(), ids=REFUSED)
def test_without_a_token_nothing_was_sent(behave: Behaviour, outcome: Outcome) -> None:
    with Server(behave) as server:
        assert Gateway(account(server)).send({NUMBER: "1.a"}, "x") == {NUMBER: outcome}
        assert len(server.heard) == 1


ANSWERS: Mapping[str, tuple[Behaviour, Outcome]] = {
    "taken": (always(Reply(told())), Sent(ID, None)),
    "a slash behind": (always(Reply(told(MADE + "/"))), Sent(ID, None)),
    "no id": (always(Reply(told(None))), Unsure("unreadable answer")),
    "an empty id": (always(Reply(told("/"))), Unsure("unreadable answer")),
    "an id no database keeps": (always(Reply(told("/a\0"))), Unsure("unreadable answer")),
    "an endless id": (always(Reply(told("/" + "x" * 201))), Unsure("unreadable answer")),
    "another status": (always(Reply(told(), 200)), Unsure("unreadable answer")),
    "a page": (always(Reply(b"<html>")), Unsure("unreadable answer")),
    "a list": (always(Reply(b"[]")), Unsure("unreadable answer")),
    "a wrong number": (always(Reply(error("SVC0004"), 400)), NotSent("SVC0004", again=False)),
    "a wrong value": (always(Reply(error("SVC0002"), 400)), NotSent("SVC0002", again=False)),
    "no credit": (always(Reply(error("POL0050", "policyException"), 403)), NotSent("POL0050", again=True, down=True)),
    "the contract": (
        always(Reply(error("POL0013", "policyException"), 400)),
        NotSent("POL0013", again=True, down=True),
    ),
    "too much": (always(Reply(b"", 429)), NotSent("HTTP 429", again=True, down=True)),
    "a refusal without words": (always(Reply(b"{}", 400)), NotSent("HTTP 400", again=False)),
    "odd words": (always(Reply(b'{"requestError":{"a":1}}', 400)), NotSent("HTTP 400", again=False)),
    "trouble": (always(Reply(error("SVC0001"), 500)), Unsure("HTTP 500")),
    "a gateway's trouble": (always(Reply(b"", 502)), Unsure("HTTP 502")),
    "a reset": (always(Raw(reset=True)), Unsure("ConnectionError")),
    "silence": (always(Raw([b""], pause=3)), Unsure("ReadTimeout")),
    "never a token": (always(Reply(b"", 401)), NotSent("HTTP 401", again=True, down=True)),
}


@pytest.mark.parametrize(("behave", "outcome"), ANSWERS.values(), ids=ANSWERS)
def test_each_answer_has_its_class(behave: Behaviour, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", (0.5, 0.2))
    with Server(Orange(behave)) as server:
        assert Gateway(account(server)).send({NUMBER: "1.a"}, "x") == {NUMBER: outcome}


def test_nobody_at_the_address_and_a_number_that_is_none_are_not_sent() -> None:
    mine = Account(f"http://127.0.0.1:{unused_port()}", "the-id", "the-secret", "+2250000", None)
    outcomes = Gateway(mine).send({NUMBER: "1.a", "12": "2.b"}, "x")
    assert outcomes[NUMBER] == NotSent("no token: ConnectionError", again=True, down=True)
    assert outcomes["12"] == NotSent("not a number in E.164", again=False)


@given(st.integers(100, 599), st.binary(max_size=80) | st.text(max_size=40).map(lambda text: json.dumps(text).encode()))
def test_any_answer_has_an_outcome(status: int, body: bytes) -> None:
    assert isinstance(read_answer(status, body), Sent | NotSent | Unsure)


# Receipts.


def receipt(
    status: str = "DeliveredToTerminal", address: object = f"tel:{NUMBER}", data: object = ID
) -> dict[str, Any]:
    """A delivery receipt."""
    about = {"address": address, "deliveryStatus": status}
    return {"deliveryInfoNotification": {"callbackData": data, "deliveryInfo": about}}


def posted(body: object, media_type: str = "application/json") -> Request:
    """A receipt as it is posted."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", media_type, "", raw, lambda _name: "")


STATES = {
    "DeliveredToTerminal": MessageState.DELIVERED,
    "DeliveredToNetwork": MessageState.ACCEPTED,
    "MessageWaiting": MessageState.ACCEPTED,
    "DeliveryImpossible": MessageState.FAILED,
    "DeliveryUncertain": None,
    "DeliveryNotificationNotSupported": None,
    "Tomorrow é": None,
}


@pytest.mark.parametrize(("status", "state"), STATES.items())
@pytest.mark.parametrize("address", [f"tel:{NUMBER}", NUMBER, NUMBER[1:], f"tel:{NUMBER[1:]}"])
def test_a_receipt_means_what_is_known_or_nothing(status: str, state: MessageState | None, address: str) -> None:
    read = read_delivery(posted(receipt(status, address), "application/json; charset=utf-8"))
    assert read == Told("orange", ID, NUMBER, status, state, None)


def test_a_receipt_may_hold_a_list_of_one() -> None:
    body = receipt()
    body["deliveryInfoNotification"]["deliveryInfo"] = [body["deliveryInfoNotification"]["deliveryInfo"]]
    assert read_delivery(posted(body)).state is MessageState.DELIVERED


MALFORMED: Mapping[str, tuple[Request, int]] = {
    "a form": (posted(b"a=1", "application/x-www-form-urlencoded"), 415),
    "no JSON": (posted(b"{"), 400),
    "Latin-1": (posted(b'{"a":"\xe9"}'), 400),
    "a list": (posted([]), 400),
    "deep": (posted(b"[" * 5000), 400),
    "a long number": (posted(b'{"a":' + b"9" * 5000 + b"}"), 400),
    "no number": (posted(b'{"a":NaN}'), 400),
    "a field twice": (posted(b'{"deliveryInfoNotification":{"callbackData":"a","callbackData":"b"}}'), 400),
    "nothing of it": (posted({}), 400),
    "no id": (posted(receipt(data=None)), 400),
    "an id that is a list": (posted(receipt(data=["x"])), 400),
    "no status": (posted(receipt("")), 400),
    "no number of a phone": (posted(receipt(address="tel:ORANGE")), 400),
    "no address": (posted(receipt(address=None)), 400),
    "NUL": (posted(receipt("a\0b")), 400),
    "half a letter": (posted(b'{"deliveryInfoNotification":{"callbackData":"\\ud800"}}'), 400),
    "two phones": (posted({"deliveryInfoNotification": {"callbackData": ID, "deliveryInfo": [{}, {}]}}), 400),
}


@pytest.mark.parametrize(("request_", "status"), MALFORMED.values(), ids=MALFORMED)
def test_a_receipt_that_cannot_be_read_is_refused(request_: Request, status: int) -> None:
    with pytest.raises(Malformed) as refused:
        read_delivery(request_)
    assert refused.value.status == status


@given(st.binary(max_size=80))
def test_any_bytes_are_a_receipt_or_malformed(body: bytes) -> None:
    with suppress(Malformed):
        read_delivery(posted(body))


def test_a_message_goes_out_and_its_receipt_comes_back(app: Flask, settings: Mapping[str, str], clock: Clock) -> None:
    with Server(Orange()) as server:
        mine = {**SETTINGS, "ORANGE_URL": f"http://127.0.0.1:{server.port}"}
        running = replace(service.assemble(Config.read({**settings, **mine})), clock=clock)
        with transaction(running.engine) as db:
            messages.queue(db, NUMBER, "fr", "dial", {"page": "dues"}, "one", clock())
        assert running.sender().drain() == 1
        running.engine.dispose()
    client, path = app.test_client(), f"/gateways/orange/{SECRET}/delivery"
    for body in (receipt("MessageWaiting"), receipt(), receipt(), receipt("DeliveryImpossible"), receipt(data="other")):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.text) == (200, "")
    assert client.get(path).status_code == 405
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Message.state, Message.gateway)).all() == [(MessageState.DELIVERED, "orange")]
        assert len(db.execute(select(Report.id)).all()) == 4


# The settings.

SETTINGS = {
    "APP_MODE": "test",
    "GATEWAY": "orange",
    "ORANGE_CLIENT_ID": "the-id",
    "ORANGE_CLIENT_SECRET": "the-secret",
    "ORANGE_SENDER": "tel:+2250000",
}


def test_the_account_comes_from_the_settings() -> None:
    mine = Config.read({**SETTINGS, "ORANGE_SENDER_NAME": "COOP"}).accounts["orange"]
    assert mine == Account("https://api.orange.com", "the-id", "the-secret", "+2250000", "COOP")
    assert mine.reaches_people


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ORANGE_CLIENT_ID", ""),
        ("ORANGE_CLIENT_SECRET", ""),
        ("ORANGE_SENDER", ""),
        ("ORANGE_SENDER", "COOP"),
        ("ORANGE_SENDER", "+12"),
        ("ORANGE_URL", "http://api.orange.example"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Config.read({**SETTINGS, name: value})
