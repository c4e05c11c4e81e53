"""Sending through Africa's Talking over real HTTP: the bytes that leave, and what each answer or silence means."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from africastalking.SMS import SMSService
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.gateway import (
    JSON,
    KEY,
    SENDER_ID,
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
    told,
    unused_port,
)
from ussd_app.gateways import NotSent, Outcome, Sent, Unsure, africastalking, wire
from ussd_app.gateways.africastalking import Account

ONE = "+22370000012"
TWO = "+22370000013"
QUICK = (0.5, 0.3)
WORDS = 'Payé : 12 000 F & "reste" = 5 €\n100% ç?*#+%20'


@pytest.fixture
def server() -> Iterator[Server]:
    """A gateway that accepts everything, until a test has it behave otherwise."""
    with Server() as made:
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the client wait for a fraction of a second only."""
    monkeypatch.setattr(wire, "TIMEOUT", QUICK)


def send(server: Server, *numbers: str) -> dict[str, Outcome]:
    """Send, with nothing raised."""
    return dict(africastalking.Gateway(server.account).send(numbers or (ONE,), WORDS))


def both(outcome: Outcome) -> dict[str, Outcome]:
    return {ONE: outcome, TWO: outcome}


@pytest.mark.parametrize("sender_id", [SENDER_ID, "Coopérative", None])
@pytest.mark.parametrize("words", [WORDS, "x" * 1000, "Ŋ ɛ ɔ 😀", " "])
def test_what_leaves_is_what_the_sdk_sends_byte_for_byte(server: Server, sender_id: str | None, words: str) -> None:
    account = Account(USERNAME, KEY, sender_id, server.url)
    africastalking.Gateway(account).send([ONE, TWO], words)
    sdk = SMSService(USERNAME, KEY)
    sdk._baseUrl = server.url
    sdk.send(words, [ONE, TWO], sender_id=sender_id)
    ours, theirs = server.heard
    assert (ours.path, ours.headers, ours.body) == (theirs.path, theirs.headers, theirs.body)


def test_a_send_is_a_form_with_the_key_in_a_header(server: Server) -> None:
    send(server, ONE, TWO)
    (heard,) = server.heard
    assert heard.path == "/version1/messaging"
    assert heard.body.startswith(b"username=coop-username&to=%2B22370000012%2C%2B22370000013&message=Pay%C3%A9+")
    asked = {"username": USERNAME, "to": f"{ONE},{TWO}", "message": WORDS, "bulkSMSMode": "1", "from": SENDER_ID}
    assert heard.form == asked
    assert heard.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (heard.headers["apikey"], heard.headers["accept"]) == (KEY, JSON)
    assert KEY.encode() not in heard.body
    assert KEY not in heard.path


def test_without_a_sender_name_none_is_given(server: Server) -> None:
    africastalking.Gateway(Account(USERNAME, KEY, None, server.url)).send([ONE], WORDS)
    assert "from" not in server.heard[0].form


def test_a_number_that_is_none_stops_nobody_else(server: Server) -> None:
    for odd in ("70000012", "+223 70 00 00 12", "+22370000012\n", ""):
        outcomes = send(server, odd, TWO)
        assert outcomes[odd] == NotSent("not a number in E.164", again=False)
        assert isinstance(outcomes[TWO], Sent)
    assert {heard.form["to"] for heard in server.heard} == {TWO}
    assert send(server, "x") == {"x": NotSent("not a number in E.164", again=False)}
    assert len(server.heard) == 4


ACCEPTED = {
    "JSON": {"Content-Type": JSON},
    "JSON with a charset": {"Content-Type": f"{JSON}; charset=utf-8"},
    "JSON called text": {"Content-Type": "text/plain; charset=UTF-8"},
    "no type": {},
}


@pytest.mark.parametrize("headers", ACCEPTED.values(), ids=ACCEPTED)
@pytest.mark.parametrize("status", [200, 201])
def test_the_media_type_of_an_answer_does_not_matter(server: Server, headers: dict[str, str], status: int) -> None:
    server.behave = always(Reply(told([recipient(ONE, messageId="a", cost="XOF 5")]), status, headers))
    assert send(server) == {ONE: Sent("a", "XOF 5")}


def _mixed(_heard: Heard) -> Reply:
    extra = recipient("+254700000000", messageId="x")
    other, one = refused(TWO, 406, "UserInBlacklist"), recipient(ONE[1:], 101, messageId="a", cost="0", messageParts=2)
    return Reply(told([extra, other, one]))


def test_each_number_has_an_outcome_of_its_own(server: Server) -> None:
    server.behave = _mixed
    absent = "+22370000014"
    assert send(server, ONE, TWO, absent) == {
        ONE: Sent("a", "0"),
        TWO: NotSent("UserInBlacklist", again=False),
        absent: Unsure("not in the answer"),
    }


HTML = {"Content-Type": "text/html"}
TEXT = {"Content-Type": "text/plain; charset=UTF-8"}
ANSWERS: dict[str, tuple[Behaviour, Outcome]] = {
    "a sender name nobody registered": (
        always(Reply(told([], "InvalidSenderId"))),
        NotSent("InvalidSenderId", again=True, down=True),
    ),
    "no credit": (says(405, "InsufficientBalance"), NotSent("InsufficientBalance", again=True, down=True, broke=True)),
    "do not disturb, as HTTP too": (
        always(Reply(told([], "Sent to 0/1"), 409)),
        NotSent("HTTP 409", again=True),
    ),
    "HTML": (always(Reply(b"<html>Welcome</html>", 200, HTML)), Unsure("unreadable answer")),
    "nothing": (always(Reply(b"", 200)), Unsure("unreadable answer")),
    "cut off JSON": (always(Reply(told([recipient(ONE)])[:60])), Unsure("unreadable answer")),
    "a wrong key": (
        always(Reply(b"The supplied authentication is invalid", 401, TEXT)),
        NotSent("HTTP 401", again=True, down=True),
    ),
    "too much": (always(Reply(b"", 429)), NotSent("HTTP 429", again=True, down=True)),
    "a bad request": (always(Reply(b"", 400)), NotSent("HTTP 400", again=False)),
    "a fault": (always(Reply(b"", 500)), Unsure("HTTP 500")),
    "a proxy's fault": (always(Reply(b"<html>Bad gateway</html>", 502, HTML)), Unsure("HTTP 502")),
    "busy": (always(Reply(b"", 503)), Unsure("HTTP 503")),
    "a reset": (always(Raw(reset=True)), Unsure("ConnectionError")),
    "a hang-up": (always(Raw()), Unsure("ConnectionError")),
    "no HTTP": (always(Raw([b"\x16\x03\x01 nonsense\r\n\r\n"])), Unsure("ConnectionError")),
    "an endless header": (always(Raw([b"HTTP/1.1 201 Created\r\nX: " + b"x" * 70_000])), Unsure("ConnectionError")),
}


@pytest.mark.parametrize(("behave", "outcome"), ANSWERS.values(), ids=ANSWERS)
def test_each_kind_of_answer_has_its_class(server: Server, behave: Behaviour, outcome: Outcome) -> None:
    server.behave = behave
    assert send(server, ONE, TWO) == both(outcome)
    assert len(server.heard) == 1


def _headers(more: bytes) -> bytes:
    return b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n" + more + b"\r\n"


WHOLE = told([recipient(ONE, messageId="a", cost="XOF 5"), recipient(TWO, messageId="b", cost="XOF 5")])
LENGTH = b"Content-Length: %d\r\n" % len(WHOLE)
BROKEN = {
    "reset after the headers": Raw([_headers(LENGTH)], reset=True),
    "reset in the body": Raw([_headers(LENGTH), WHOLE[:50]], pause=0.05, reset=True),
    "shorter than it says": Raw([_headers(LENGTH), WHOLE[:50]]),
    "a bad chunk": Raw([_headers(b"Transfer-Encoding: chunked\r\n"), b"zz\r\n" + WHOLE]),
    "a chunk cut off": Raw([_headers(b"Transfer-Encoding: chunked\r\n"), b"%x\r\n" % len(WHOLE), WHOLE[:50]]),
    "not the gzip it says": Raw([_headers(b"Content-Encoding: gzip\r\n"), WHOLE]),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_an_answer_that_breaks_off_is_unsure(server: Server, raw: Raw) -> None:
    server.behave = always(raw)
    assert all(isinstance(outcome, Unsure) for outcome in send(server, ONE, TWO).values())


def test_an_answer_in_chunks_is_read(server: Server) -> None:
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in (WHOLE[:40], WHOLE[40:])]
    server.behave = always(Raw([_headers(b"Transfer-Encoding: chunked\r\n"), *chunks, b"0\r\n\r\n"], pause=0.02))
    assert send(server, ONE, TWO) == {ONE: Sent("a", "XOF 5"), TWO: Sent("b", "XOF 5")}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "raw",
    [Raw([b""], pause=5), Raw([_headers(LENGTH), b""], pause=5), Raw([_headers(LENGTH), *([b" "] * 200)], pause=0.05)],
    ids=["no word", "no body", "a byte now and then"],
)
def test_silence_is_unsure_and_does_not_last(server: Server, raw: Raw) -> None:
    server.behave = always(raw)
    began = time.monotonic()
    assert send(server) in ({ONE: Unsure("ReadTimeout")}, {ONE: Unsure("ReadTimeoutError")})
    assert time.monotonic() - began < 2
    assert len(server.heard) == 1


def test_an_answer_without_end_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "ANSWER_AT_MOST", 10_000)
    blanks = [b" " * 10_000] * 500
    server.behave = always(Raw([_headers(b""), WHOLE, *blanks], pause=0.02))
    began = time.monotonic()
    assert send(server, ONE, TWO) == {ONE: Sent("a", "XOF 5"), TWO: Sent("b", "XOF 5")}
    server.behave = always(Raw([_headers(b""), *blanks, WHOLE], pause=0.02))
    assert send(server) == {ONE: Unsure("unreadable answer")}
    assert time.monotonic() - began < 2


def test_nobody_at_the_address_is_not_sent() -> None:
    account = Account(USERNAME, KEY, None, f"http://127.0.0.1:{unused_port()}/version1")
    outcomes = africastalking.Gateway(account).send([ONE, TWO], WORDS)
    assert outcomes == both(NotSent("ConnectionError", again=True, down=True))


def test_a_host_without_an_address_is_not_sent() -> None:
    account = Account(USERNAME, KEY, None, "https://gateway.invalid/version1")
    assert africastalking.Gateway(account).send([ONE], WORDS) == {
        ONE: NotSent("ConnectionError", again=True, down=True)
    }


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_key_stays_here(server: Server, status: int) -> None:
    with Server() as elsewhere:
        server.behave = always(Reply(b"moved", status, {"Location": f"{elsewhere.url}/messaging"}))
        assert send(server, ONE, TWO) == both(NotSent(f"HTTP {status}", again=True, down=True))
        assert not elsewhere.heard
    assert len(server.heard) == 1


def test_a_redirect_to_nowhere_is_a_redirect(server: Server) -> None:
    for target in ("http://[bad", "//", "ftp://x", "http://exa mple"):
        server.behave = always(Reply(b"", 307, {"Location": target}))
        assert send(server) == {ONE: NotSent("HTTP 307", again=True, down=True)}


@pytest.mark.usefixtures("impatient")
def test_a_redirect_without_end_is_not_read_to_its_end(server: Server) -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    server.behave = always(Raw([moved, *([b" " * 1000] * 400)], pause=0.02))
    began = time.monotonic()
    send(server)
    assert time.monotonic() - began < 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that is its own authority, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    day, now = timedelta(days=1), datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    built = built.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(key.private_bytes(*form) + built.sign(key, hashes.SHA256()).public_bytes(form[0]))
    return file


@pytest.fixture
def tls(certificate: Path) -> Iterator[Server]:
    """A gateway behind TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Server(tls=context) as made:
        yield made


def test_a_host_that_cannot_prove_its_name_hears_nothing(tls: Server) -> None:
    assert send(tls) == {ONE: NotSent("SSLError", again=True, down=True)}
    assert not tls.heard


def test_a_host_that_proves_its_name_is_sent_to(
    tls: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert isinstance(send(tls)[ONE], Sent)


def test_a_secret_channel_that_breaks_after_the_message_was_heard_is_unsure(
    tls: Server, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    tls.behave = always(Raw([b"\x17\x03\x03\x00\x20" + b"x" * 32], untls=True, pause=0.05))
    outcomes = send(tls)
    assert tls.heard
    assert isinstance(outcomes[ONE], Unsure)
