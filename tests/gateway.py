"""An SMS gateway for tests: an HTTP server with Africa's Talking's wire format, and all the ways it goes wrong."""

import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from ussd_app.gateways.africastalking import Account

JSON = "application/json"
KEY = "atsk_0123456789abcdef-key"
USERNAME = "coop-username"
SENDER_ID = "38477"


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came: header names in lower case, the body byte for byte."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of the form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def numbers(self) -> list[str]:
        """Whom the message is for."""
        return self.form["to"].split(",")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as HTTP has it. Where it `stays`, the connection is kept for more."""

    body: bytes = b""
    status: int = 201
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as no server should give it: pieces of bytes with pauses between, then a hang-up or a reset."""

    pieces: Sequence[bytes] = ()
    pause: float = 0.0
    reset: bool = False
    untls: bool = False


Behaviour = Callable[[Heard], Reply | Raw]


def recipient(number: str, code: object = 102, status: str = "Success", **more: object) -> dict[str, Any]:
    """What the gateway says of one number."""
    gateway_id = f"ATXid_{uuid4().hex}"
    told = {"cost": "XOF 12.0000", "messageId": gateway_id, "number": number, "status": status, "statusCode": code}
    return {**told, **more}


def refused(number: str, code: object, status: str) -> dict[str, Any]:
    """What the gateway says of a number it did not take."""
    return recipient(number, code, status, cost="0", messageId="None")


def told(recipients: Sequence[object], message: str = "Sent to 1/1 Total Cost: USD 0.0079 Message parts: 1") -> bytes:
    """The body of an answer to a send."""
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": list(recipients)}}).encode()


def takes_all(heard: Heard) -> Reply:
    """Accept every number."""
    return Reply(told([recipient(each) for each in heard.numbers]))


def says(code: object, status: str) -> Behaviour:
    """Refuse every number with a code."""
    return lambda heard: Reply(told([refused(each, code, status) for each in heard.numbers]))


def always(reply: Reply | Raw) -> Behaviour:
    """Answer the same to everything."""
    return lambda _heard: reply


class Server(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1. `heard` is filled before anything is answered."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behave: Behaviour = takes_all, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Speaker)
        self.behave = behave
        self.heard: list[Heard] = []
        self.connections = 0
        self.gone = threading.Event()
        self.port = int(self.server_address[1])
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/version1"
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def __enter__(self) -> "Server":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.gone.set()
        self.shutdown()
        self.server_close()

    @property
    def account(self) -> Account:
        """An account here."""
        return Account(USERNAME, KEY, SENDER_ID, self.url)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Every number with the text that was sent to it, as often as it was."""
        return [(number, heard.form["message"]) for heard in list(self.heard) for number in heard.numbers]

    def handle_error(self, *_request: object) -> None:
        """Say nothing: clients hang up here on purpose."""


class Speaker(BaseHTTPRequestHandler):
    """Answers one request as its server behaves."""

    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        """Begin. With two writes an answer, delayed acknowledgements would cost 40 ms each and hide races."""
        super().setup()
        self.server.connections += 1
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        """Answer."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # whoever called died in the middle of it: no gateway takes half a request
            self.close_connection = True
            return
        heard = Heard(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.server.heard.append(heard)
        self.close_connection = True
        reply = self.server.behave(heard)
        if isinstance(reply, Raw):
            self._write(reply)
        else:
            self._answer(reply)

    do_GET = do_POST  # noqa: N815 - the name http.server asks for

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = not reply.stays

    def _write(self, raw: Raw) -> None:
        with socket.socket(fileno=os.dup(self.connection.fileno())) as below:
            for piece in raw.pieces:
                below.sendall(piece) if raw.untls else self.wfile.write(piece)
                if self.server.gone.wait(raw.pause):
                    return
        if raw.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def unused_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
