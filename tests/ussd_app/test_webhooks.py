"""The doors for gateways: what is let in, what is refused and leaves nothing, and what comes twice or in disorder."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from itertools import permutations, product
from urllib.parse import parse_qsl, quote, urlencode
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from models import inbox, messages, outcomes, reports, sending, sessions, vault
from models.messages import MessageState
from models.outcomes import Taken
from models.sending import Outgoing
from tests.conftest import NOW, SECRET
from ussd_app import service, webhooks
from ussd_app.db import reading, transaction
from ussd_app.gateways import Malformed, forms

NUMBER = "+22370000012"
OTHER = "+22370000014"
SESSION = "ATUid_0123456789abcdef0123456789abcdef"
SMS_ID = "5e9d7e4c-8f5b-4a3c-9d0e-1f2a3b4c5d6e"
FORM = "application/x-www-form-urlencoded"
TABLES = (
    inbox.Inbound,
    reports.Report,
    inbox.OptOut,
    messages.Message,
    sessions.Conversation,
    sessions.Answer,
    sessions.SessionEnd,
)
FORMS: Mapping[str, Mapping[str, str]] = {
    "ussd": {
        "phoneNumber": NUMBER,
        "serviceCode": "*384*77#",
        "text": "",
        "sessionId": SESSION,
        "networkCode": "99999",
    },
    "events": {"sessionId": SESSION, "phoneNumber": NUMBER, "status": "Incomplete", "input": "1*4821"},
    "sms": {"date": "2026-11-22 10:00:00", "from": NUMBER, "id": SMS_ID, "text": "AIDE", "to": "38477"},
    "delivery": {"id": "ATXid_1", "status": "Success", "phoneNumber": NUMBER, "networkCode": "61002"},
    "optout": {"senderId": "COOP", "phoneNumber": NUMBER},
}
NOT_E164 = ("22370000012", "+223 70000012", "+223ABC", "+12", "+" + "1" * 30, "+0", "+٢٢٣٧٠٠٠٠٠١٢", f"{NUMBER}\n")
NUMBERS = {"ussd": "phoneNumber", "events": "phoneNumber", "sms": "from", "delivery": "phoneNumber"}


# A form, to the letter.

REFUSED_FORMS: Mapping[str, tuple[bytes, int]] = {
    "raw Latin-1": (b"text=caf\xe9", 400),
    "raw UTF-16": ("text=a".encode("utf-16"), 400),
    "raw stray bytes": (b"a=1&text=\xff\xfe", 400),
    "Latin-1 in percents": (b"text=caf%E9", 400),
    "stray bytes in percents": (b"text=%ff%fe", 400),
    "half a surrogate in percents": (b"text=%ED%A0%80", 400),
    "a name that is no UTF-8": (b"te%FFxt=1", 400),
    "a raw NUL": (b"text=a\0b", 400),
    "NUL in percents": (b"text=a%00b", 400),
    "NUL in a name": (b"te%00xt=a", 400),
    "a field twice": (b"text=1&text=2", 400),
    "the same field twice alike": (b"text=1&id=4&text=1", 400),
    "a field twice, once in percents": (b"text=1&te%78t=2", 400),
    "an empty field twice": (b"text=&text", 400),
    "41 fields": ("&".join(f"f{number}=" for number in range(41)).encode(), 400),
    "2000 fields": ("&".join(f"f{number}" for number in range(2000)).encode(), 400),
}


@pytest.mark.parametrize(("body", "status"), REFUSED_FORMS.values(), ids=REFUSED_FORMS)
def test_a_form_that_no_gateway_writes_is_malformed(body: bytes, status: int) -> None:
    with pytest.raises(Malformed) as refused:
        forms.read_form(FORM, body)
    assert refused.value.status == status
    assert "caf" not in str(refused.value)


@pytest.mark.parametrize(
    "media_type",
    ["", "application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded2", "form"],
)
def test_another_media_type_is_said_so(media_type: str) -> None:
    with pytest.raises(Malformed) as refused:
        forms.read_form(media_type, b"text=1")
    assert refused.value.status == 415


READ_FORMS: Mapping[str, tuple[bytes, Mapping[str, str]]] = {
    "nothing": (b"", {}),
    "a plus is a blank": (b"phoneNumber=+223&text=a+b%2Bc", {"phoneNumber": " 223", "text": "a b+c"}),
    "raw UTF-8": ("text=payé ٣".encode(), {"text": "payé ٣"}),
    "UTF-8 in percents": (b"text=pay%C3%A9%20%E2%82%AC", {"text": "payé €"}),
    "blanks are kept": (b"text=%0A+1+%09", {"text": "\n 1 \t"}),
    "decoded once": (b"text=%2541%252B", {"text": "%41%2B"}),
    "percents that are none": (b"text=100%25&id=5%&to=%zz", {"text": "100%", "id": "5%", "to": "%zz"}),
    "stars and hashes": (b"text=1**2*%23#&serviceCode=*384*77%23", {"text": "1**2*##", "serviceCode": "*384*77#"}),
    "no value": (b"text&id=&to", {"text": "", "id": "", "to": ""}),
    "an equals sign": (b"text=a=b==", {"text": "a=b=="}),
    "a semicolon": (b"text=a;id=2", {"text": "a;id=2"}),
    "a byte order mark is a letter": (b"\xef\xbb\xbftext=1", {"\ufefftext": "1"}),
    "40 fields": ("&".join(f"f{number}=" for number in range(40)).encode(), {f"f{n}": "" for n in range(40)}),
}


@pytest.mark.parametrize(("body", "form"), READ_FORMS.values(), ids=READ_FORMS)
def test_a_form_is_read_to_the_letter(body: bytes, form: Mapping[str, str]) -> None:
    assert forms.read_form(FORM, body) == form


@given(st.binary(max_size=200) | st.text("text=&%0+;é\0F", max_size=60).map(str.encode))
def test_any_bytes_are_a_form_or_malformed(body: bytes) -> None:
    with suppress(Malformed):
        form = forms.read_form(FORM, body)
        assert "\0" not in "".join([*form, *form.values()])
        assert forms.read_form(FORM, urlencode(form).encode()) == form


@given(st.text("te=&%0+;é2F", max_size=60))
def test_a_form_is_read_as_python_reads_it(text: str) -> None:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=forms.FIELDS_AT_MOST)
    except ValueError:
        pairs = []
    with suppress(Malformed):
        assert list(forms.read_form(FORM, text.encode()).items()) == pairs


# The doors.


def path(door: str, secret: str = SECRET, gateway: str = "africastalking") -> str:
    return f"/gateways/{gateway}/{secret}/{door}"


def post(app: Flask, door: str, form: Mapping[str, str] | None = None, **changed: str) -> TestResponse:
    return app.test_client().post(path(door), data={**(form or FORMS[door]), **changed})


def rows(app: Flask) -> dict[str, int]:
    """How many rows each table has that a callback may write to."""
    with reading(service.of(app).engine) as db:
        counted = [(each.__tablename__, db.execute(select(func.count()).select_from(each))) for each in TABLES]
        return {name: count.scalar_one() for name, count in counted}


@contextmanager
def nothing_kept(app: Flask) -> Iterator[None]:
    """Whatever is done here leaves no row behind."""
    before = rows(app)
    yield
    assert rows(app) == before


def refused(answer: TestResponse, *status: int) -> bool:
    """Whether a request was refused, in plain text that repeats nothing of it."""
    assert answer.status_code in (status or (400,)), (answer.status_code, answer.text)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.text.startswith("Not accepted: ")
    assert NUMBER[1:] not in answer.text
    return True


def _malformed(door: str) -> Iterator[tuple[str, bytes, int]]:
    form = FORMS[door]
    body = urlencode(form)
    yield "empty", b"", 400
    yield "JSON", b'{"text": "1"}', 400
    yield "larger than 8 KiB", f"{body}&pad={'x' * 8192}".encode(), 413
    yield "1 MB", f"{body}&pad={'x' * 1_000_000}".encode(), 413
    yield "2000 fields", (body + "".join(f"&f{n}" for n in range(1500))).encode(), 400
    yield "raw Latin-1", f"{body}&note=".encode() + b"\xe9", 400
    yield "raw NUL", f"{body}&note=\0".encode(), 400
    for odd in ("%ff%fe", "%E9", "%00", "a%00b", "%ED%A0%80"):
        yield odd, f"{body}&note={odd}".encode(), 400
    for field, value in form.items():
        yield f"{field} twice", f"{body}&{field}={quote(value)}".encode(), 400
        if field not in ("networkCode", "input") or door == "ussd":
            yield f"no {field}", urlencode({k: v for k, v in form.items() if k != field}).encode(), 400
    raw = body.replace("%2B", "+")
    yield "a raw plus", raw.encode(), 400
    for number in (
        "22370000012",
        "+223 70000012",
        "+223ABC",
        "+12",
        "+" + "1" * 30,
        "+0",
        "+٢٢٣٧٠٠٠٠٠١٢",
        f"{NUMBER}\n",
    ):
        yield f"number {number!r}", urlencode({**form, NUMBERS.get(door, "phoneNumber"): number}).encode(), 400


def test_a_malformed_callback_is_refused_and_leaves_nothing(app: Flask, subtests: pytest.Subtests) -> None:
    client = app.test_client()
    with nothing_kept(app):
        for door in FORMS:
            for name, body, status in _malformed(door):
                with subtests.test(f"{door}: {name}"):
                    assert refused(client.post(path(door), data=body, content_type=FORM), status)


def test_a_callback_of_another_media_type_is_refused_and_leaves_nothing(app: Flask, subtests: pytest.Subtests) -> None:
    client = app.test_client()
    with nothing_kept(app):
        for door, media_type in product(FORMS, ("application/json", "text/plain", "multipart/form-data", "")):
            with subtests.test(f"{door}: {media_type}"):
                body = urlencode(FORMS[door]).encode()
                assert refused(client.post(path(door), data=body, content_type=media_type), 415)


def test_a_callback_is_taken_with_a_charset_any_order_and_fields_nobody_knows(
    app: Flask, subtests: pytest.Subtests
) -> None:
    client = app.test_client()
    for door, media_type in product(FORMS, (FORM, f"{FORM}; charset=UTF-8", f"{FORM};charset=utf-8", FORM.title())):
        with subtests.test(f"{door}: {media_type}"):
            body = urlencode([("unknown", "é"), *reversed(list(FORMS[door].items())), ("networkcode", "0")])
            answer = client.post(path(door), data=body, content_type=media_type)
            assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
            assert answer.text == "" or door == "ussd"


def test_a_secret_that_is_wrong_looks_like_a_path_that_is_not_there(app: Flask, subtests: pytest.Subtests) -> None:
    client = app.test_client()
    nowhere = client.post("/no/such/path/at/all", data={})
    wrong = ["x", SECRET[:-1], f"{SECRET}x", SECRET.upper(), f"{SECRET},the-other-secret", "é", "%00", "%20", "..", "0"]
    places = [path(door, secret) for door in FORMS for secret in wrong]
    places += [path("ussd", SECRET, "nobody"), path("letters"), path("USSD"), path("ussd/"), path("", SECRET)]
    with nothing_kept(app):
        for place in places:
            door = place.rpartition("/")[2]
            for data in (FORMS.get(door, FORMS["ussd"]), b"\xff" * 9000):
                with subtests.test(place):
                    answer = client.post(place, data=data)
                    assert (answer.status_code, answer.data) == (404, nowhere.data)
                    assert answer.headers == nowhere.headers


def test_either_of_two_secrets_opens_every_door(app: Flask) -> None:
    for secret, (door, form) in product((SECRET, "the-other-secret"), FORMS.items()):
        assert app.test_client().post(path(door, secret), data=form).status_code == 200


def test_only_post_is_answered_and_a_wrong_secret_is_an_unknown_path_whatever_the_method(app: Flask) -> None:
    client = app.test_client()
    wrong = [path("ussd", "x"), path("letters"), path("sms", SECRET, "nobody"), "/nowhere"]
    with nothing_kept(app):
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
            assert client.open(path("ussd"), method=method, query_string=FORMS["ussd"]).status_code == 405
            answers = [client.open(place, method=method, query_string=FORMS["ussd"]) for place in wrong]
            assert {answer.status_code for answer in answers} == {404}
            assert len({(answer.data, str(answer.headers)) for answer in answers}) == 1


# A press.

HOSTILE = (
    "' OR 1=1--",
    "{{7*7}}",
    "${7*7}",
    "{0.__class__}",
    "%s%n%x",
    "<svg onload=alert(1)>",
    "\u202e\u202drtl",
    "e" + "\u0301" * 1000,
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "\nINFO login ok",
    "****",
    "#",
    "1**2",
    "*1*2",
    "-1",
    "0",
    "9" * 21,
    "1e9",
    "NaN",
    "٣",
    "１",
    "1 ",
    "\ufeff1",
    "END ",
    "\x1b[2J\x07",
    "\U0010ffff\ufffe",
)


def is_page(answer: TestResponse) -> bool:
    """Whether a phone can show it: exactly what the gateway asks for, nothing before it and nothing around it."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.data[:4] in (b"CON ", b"END ")
    assert "Content-Encoding" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    return True


def test_every_press_is_answered_with_a_page(app: Flask, subtests: pytest.Subtests) -> None:
    client = app.test_client()
    for text in ("", "1", "1*", "1*1*1*1*1", *HOSTILE):
        for before in ("", "1*", "4*1*"):
            with subtests.test(before + text):
                form = {**FORMS["ussd"], "sessionId": f"ATUid_{uuid4().hex}", "text": before + text}
                answer = client.post(path("ussd"), data=form, headers={"Accept-Encoding": "gzip"})
                assert is_page(answer)


def test_a_press_is_answered_again_byte_for_byte(app: Flask) -> None:
    for text in ("", "1", "1*0", "1*0*9", "1*0*9*x"):
        answers = [post(app, "ussd", text=text) for _time in range(3)]
        assert is_page(answers[0])
        assert len({answer.data for answer in answers}) == 1


def test_any_network_and_any_name_of_a_session_is_answered(app: Flask) -> None:
    for network in ("99999", "61002", "00000", "", "é" * 50):
        for session in ("1", "ATUid_x", "é\n{}", "x" * 200):
            assert is_page(post(app, "ussd", networkCode=network, sessionId=session))


@contextmanager
def serving(app: Flask) -> Iterator[HTTPConnection]:
    """The application behind a real server, and a connection to it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()
        server.server_close()


def _chunked(app: Flask, body: bytes) -> tuple[int, bytes]:
    with serving(app) as connection:
        parts = iter([body[:100], body[100:]])
        headers = {"Content-Type": FORM, "Transfer-Encoding": "chunked"}
        connection.request("POST", path("ussd"), parts, headers, encode_chunked=True)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_body_of_unknown_length_is_read_and_measured(app: Flask) -> None:
    body = urlencode(FORMS["ussd"])
    assert _chunked(app, body.encode())[1][:4] == b"CON "
    with nothing_kept(app):
        assert _chunked(app, f"{body}&pad={'x' * 8192}".encode())[0] == 413


def test_a_body_of_just_8_kib_is_taken(app: Flask) -> None:
    body = urlencode(FORMS["sms"]) + "&pad="
    for size, status in ((8 * 1024, 200), (8 * 1024 + 1, 413)):
        padded = body + "x" * (size - len(body))
        assert app.test_client().post(path("sms"), data=padded, content_type=FORM).status_code == status


def test_a_body_that_ends_too_early_is_refused(app: Flask) -> None:
    body = urlencode(FORMS["ussd"]).encode()
    with nothing_kept(app):
        environ = {"CONTENT_LENGTH": str(len(body) + 1), "wsgi.input_terminated": True}
        answer = app.test_client().post(path("ussd"), data=body, content_type=FORM, environ_overrides=environ)
        assert refused(answer)


def test_a_fault_is_said_without_its_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError(NUMBER)

    monkeypatch.setattr("ussd_app.sms.inbox.opt_out", fail)
    answer = post(app, "optout")
    assert (answer.status_code, answer.text) == (503, webhooks.UNANSWERED)
    assert answer.content_type == "text/plain; charset=utf-8"


# An SMS.


def test_an_sms_is_kept_to_the_letter_whatever_it_says(app: Flask, subtests: pytest.Subtests) -> None:
    for text in ("", " ", "COTI", *HOSTILE):
        with subtests.test(text):
            sms_id = str(uuid4())
            assert post(app, "sms", id=sms_id, text=text).status_code == 200
            with reading(service.of(app).engine) as db:
                kept = select(inbox.Inbound).where(inbox.Inbound.gateway_id == sms_id)
                row = db.execute(kept).one()
            assert (row.phone, vault.unseal(row.words_sealed)) == (NUMBER, text)
            assert len(text) < 4 or text not in row.words_sealed


def test_an_sms_is_kept_whatever_its_date_with_or_without_a_link(app: Flask) -> None:
    dates = ("2017-05-03T06:04:45Z", "2017-05-03 06:04:45", "2017-05-03T06:04:45.445Z", "")
    for date, more in product(dates, ({}, {"linkId": "SampleLinkId123", "cost": "KES 0.0", "networkCode": "63902"})):
        assert post(app, "sms", {**FORMS["sms"], **more}, date=date, id=str(uuid4())).status_code == 200
    assert rows(app)["inbound"] == 8


def test_an_sms_that_comes_three_times_is_one_with_one_reply(app: Flask, subtests: pytest.Subtests) -> None:
    for text in ("AIDE", "COTI", "PLAINTE le puits 4", "STOP", "bonjour"):
        with subtests.test(text):
            before = rows(app)
            for _time in range(3):
                assert post(app, "sms", text=text, id=f"id of {text}").status_code == 200
            after = rows(app)
            assert after["inbound"] == before["inbound"] + 1
            assert after["messages"] == before["messages"] + 1


def test_an_sms_that_comes_ten_times_at_once_is_one_with_one_reply(app: Flask) -> None:
    before = rows(app)
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _time: post(app, "sms"), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    after = rows(app)
    assert after["inbound"] == before["inbound"] + 1
    assert after["messages"] == before["messages"] + 1


# Delivery reports, opt-outs, ends.


def queued(app: Flask, number: str = NUMBER) -> Outgoing:
    """A message that a sender has just claimed."""
    with transaction(service.of(app).engine) as db:
        assert messages.queue(db, number, "fr", "help_words", {}, f"test:{uuid4()}", NOW) is not None
        (claimed,) = sending.claim(db, 1, timedelta(minutes=1), timedelta(minutes=10), NOW)
    return claimed


def accept(app: Flask, message: Outgoing, gateway_id: str) -> None:
    """Record that the gateway took a message."""
    with transaction(service.of(app).engine) as db:
        outcomes.accepted(db, [Taken(message, "africastalking", gateway_id, "XOF 12")], NOW)


def state(app: Flask, message: Outgoing) -> MessageState:
    """Where a message is."""
    with reading(service.of(app).engine) as db:
        return db.execute(select(messages.Message.state).where(messages.Message.id == message.message_id)).scalar_one()


ENDS_AS = {
    "Sent": MessageState.ACCEPTED,
    "Submitted": MessageState.ACCEPTED,
    "Buffered": MessageState.ACCEPTED,
    "AbsentSubscriber": MessageState.ACCEPTED,
    "Success": MessageState.DELIVERED,
    "Failed": MessageState.FAILED,
    "Rejected": MessageState.FAILED,
    "Expired": MessageState.EXPIRED,
    "DeliveryImpossible": MessageState.ACCEPTED,
    "é' \r\n": MessageState.ACCEPTED,
}


def test_every_status_is_kept_and_a_known_one_moves_the_message(app: Flask, subtests: pytest.Subtests) -> None:
    for told, becomes in ENDS_AS.items():
        with subtests.test(told):
            gateway_id = f"ATXid_{uuid4().hex}"
            message = queued(app)
            accept(app, message, gateway_id)
            for _time in range(2):
                form = {**FORMS["delivery"], "failureReason": "NotNetworkSubcriber", "retryCount": "0"}
                assert post(app, "delivery", form, id=gateway_id, status=told).status_code == 200
            assert state(app, message) is becomes
            with reading(service.of(app).engine) as db:
                kept = select(reports.Report).where(reports.Report.gateway_id == gateway_id)
                row = db.execute(kept).one()
            assert (row.status, row.reason) == (told, "NotNetworkSubcriber")
            assert NUMBER not in str(row)


def test_a_report_of_a_message_nobody_knows_is_kept_once(app: Flask) -> None:
    for _time in range(2):
        assert post(app, "delivery", id="ATXid_of_nobody").status_code == 200
    assert rows(app)["reports"] == 1


def test_a_report_that_overtakes_our_own_record_is_applied_then(app: Flask, subtests: pytest.Subtests) -> None:
    for told, becomes in ENDS_AS.items():
        with subtests.test(told):
            message, gateway_id = queued(app), f"ATXid_{uuid4().hex}"
            post(app, "delivery", id=gateway_id, status=told)
            assert state(app, message) is MessageState.SENDING
            accept(app, message, gateway_id)
            assert state(app, message) is becomes


def test_reports_in_any_order_end_where_they_should(app: Flask) -> None:
    for number, order in enumerate(permutations(("Sent", "Buffered", "Expired", "Success"))):
        message, gateway_id = queued(app), f"ATXid_{uuid4().hex}"
        for position, told in enumerate((*order, "Sent")):
            if position == number % 5:
                accept(app, message, gateway_id)
            post(app, "delivery", id=gateway_id, status=told)
        assert state(app, message) is MessageState.DELIVERED, order


def test_what_is_final_stays_and_the_report_is_kept(app: Flask) -> None:
    for first, then in (("Success", "Failed"), ("Failed", "Success"), ("Rejected", "Expired"), ("Success", "Sent")):
        message, gateway_id = queued(app), f"ATXid_{uuid4().hex}"
        accept(app, message, gateway_id)
        before = rows(app)["reports"]
        for told in (first, then):
            post(app, "delivery", id=gateway_id, status=told)
        assert state(app, message) is ENDS_AS[first]
        assert rows(app)["reports"] == before + 2


def test_a_report_about_another_phone_changes_nothing(app: Flask) -> None:
    early, late = queued(app), queued(app, "+22370000015")
    accept(app, late, "ATXid_late")
    for gateway_id in ("ATXid_early", "ATXid_late"):
        assert post(app, "delivery", id=gateway_id, status="Failed", phoneNumber=OTHER).status_code == 200
    accept(app, early, "ATXid_early")
    assert {state(app, early), state(app, late)} == {MessageState.ACCEPTED}


def test_a_report_that_comes_while_the_send_is_being_recorded_is_not_lost(app: Flask) -> None:
    message = queued(app)
    reporting = threading.Thread(target=lambda: post(app, "delivery"))
    with transaction(service.of(app).engine) as db:
        outcomes.accepted(db, [Taken(message, "africastalking", "ATXid_1", None)], NOW)
        reporting.start()
        time.sleep(0.2)
    reporting.join()
    assert state(app, message) is MessageState.DELIVERED


def test_a_send_that_is_recorded_while_the_report_is_being_kept_is_not_lost(app: Flask) -> None:
    message = queued(app)
    recording = threading.Thread(target=lambda: accept(app, message, "ATXid_1"))
    told = reports.Told("africastalking", "ATXid_1", NUMBER, "Success", MessageState.DELIVERED, None)
    with transaction(service.of(app).engine) as db:
        reports.report(db, told, NOW)
        recording.start()
        time.sleep(0.2)
    recording.join()
    assert state(app, message) is MessageState.DELIVERED


def test_reports_and_records_of_many_at_once_all_arrive(app: Flask) -> None:
    sent = [queued(app, f"+2237000{number:04}") for number in range(40)]

    def report(message: Outgoing) -> int:
        return post(app, "delivery", id=f"ATXid_{message.message_id}", phoneNumber=message.phone).status_code

    def record(message: Outgoing) -> int:
        accept(app, message, f"ATXid_{message.message_id}")
        return 200

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(work, message) for message in sent for work in (record, report)]
    assert {each.result() for each in done} == {200}
    assert {state(app, message) for message in sent} == {MessageState.DELIVERED}


def test_an_opt_out_holds_until_it_is_taken_back(app: Flask) -> None:
    for _time in range(2):
        assert post(app, "optout").status_code == 200
    assert rows(app)["opt_outs"] == 1
    with transaction(service.of(app).engine) as db:
        assert inbox.opted_out(db, NUMBER)
        assert not inbox.opted_out(db, OTHER)
    post(app, "sms", text="START")
    assert rows(app)["opt_outs"] == 0


def test_the_end_of_a_session_is_kept_once_without_what_was_typed(app: Flask) -> None:
    more = {"cost": "KES 0.10", "durationInMillis": "12345", "hopsCount": "4", "lastAppResponse": "END secret 4821"}
    statuses = ("Success", "Incomplete", "Failed", "Tomorrow")
    for status in (*statuses, *statuses):
        form = {**FORMS["events"], **more, "sessionId": f"ATUid_{status}"}
        assert post(app, "events", form, status=status).status_code == 200
    with reading(service.of(app).engine) as db:
        kept = db.execute(select(sessions.SessionEnd).order_by(sessions.SessionEnd.id)).all()
    assert tuple(row.status for row in kept) == statuses
    assert {(row.hops, row.milliseconds, row.cost) for row in kept} == {(4, 12345, "KES 0.10")}
    assert "4821" not in str(kept)


# What is written into the log.


def test_no_log_holds_a_number_a_word_or_the_secret(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    words = "PLAINTE le chef garde tout"
    with serving(app) as connection:
        for door, form in FORMS.items():
            for secret in (SECRET, "a-wrong-secret"):
                body = urlencode({**form, "text": words if door == "sms" else "4821*5739"})
                connection.request("POST", path(door, secret), body, {"Content-Type": FORM})
                connection.getresponse().read()
        connection.request("POST", path("sms"), b"from=%2B22370000012&text=%FF", {"Content-Type": FORM})
        connection.getresponse().read()
    logged = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records)
    for kept_out in (NUMBER[4:], "garde tout", "4821", "5739", SECRET, "a-wrong-secret"):
        assert kept_out not in logged
