"""Presses inside this process, where calls and statements can be counted: figures that are the same in every run."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from statistics import mean
from types import FrameType
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask
from psycopg import Cursor
from sqlalchemy import event

from benchmarks.dialogs import DIALOGS, Step, transcripts
from benchmarks.parts import SECRET, Settings
from models.prepared import Prepared
from ussd_app import create_app, service
from ussd_app.config import Config

PATH = f"/gateways/africastalking/{SECRET}/ussd"


def form(session: str, phone: str, text: str) -> bytes:
    """A press as the gateway posts it."""
    fields = {"sessionId": session, "phoneNumber": phone, "networkCode": "99999", "serviceCode": "*384*77#"}
    return urlencode({**fields, "text": text}).encode()


def press(app: Flask, session: str, phone: str, text: str) -> str:
    """Hand one press to the application, as a server would."""
    body = form(session, phone, text)
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer: Any = app.wsgi_app(environ, _start)
    said = b"".join(answer).decode()
    getattr(answer, "close", int)()
    return said


def _start(_status: str, _headers: list[tuple[str, str]], _error: object = None, /) -> Callable[[bytes], object]:
    return lambda _piece: None


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """The service in this process."""
    app = create_app(Config.read(settings))
    try:
        yield app
    finally:
        service.of(app).engine.dispose()


@dataclass(slots=True)
class Counts:
    """What one kind of press took, each time it was made."""

    step: Step
    calls: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)


@contextmanager
def _calls() -> Iterator[Callable[[], int]]:
    """Count the calls of Python functions."""
    count = 0

    def note(_frame: FrameType, what: str, _argument: object) -> None:
        nonlocal count
        count += what == "call"

    sys.setprofile(note)
    try:
        yield lambda: count
    finally:
        sys.setprofile(None)


def counted(app: Flask, phones: Sequence[str], statements: list[str] | None = None) -> list[Counts]:
    """Play every dialog by each phone; the first is left out, since it fills the caches."""
    noted: list[str] = [] if statements is None else statements
    found: dict[str, Counts] = {}
    for index, phone in enumerate(phones):
        for dialog in DIALOGS:
            session = f"ATUid_{uuid4().hex}"
            for step, text in transcripts(dialog):
                noted.clear()
                with _calls() as calls:
                    press(app, session, phone, text)
                    made = calls()
                if index:
                    counts = found.setdefault(step.name, Counts(step))
                    counts.calls.append(made)
                    counts.statements.append(len(noted))
    return list(found.values())


def counted_service(settings: Settings, phones: Sequence[str]) -> list[Counts]:
    """The same of the service, with its statements."""
    statements: list[str] = []
    with running(settings) as app:

        @event.listens_for(service.of(app).engine, "checkout")
        def watch(driver: Any, _record: object, _proxy: object) -> None:
            _watch(driver, statements)

        with patch.object(Prepared, "fetch", _noting(Prepared.fetch, statements)):
            return counted(app, phones, statements)


def _noting(fetch: Callable[..., Any], statements: list[str]) -> Callable[..., Any]:
    """The same, with each statement noted."""

    def noted(asked: Prepared, sql: str, values: Any) -> Any:
        statements.append(sql)
        return fetch(asked, sql, values)

    return noted


def _watch(driver: Any, statements: list[str]) -> None:
    """Note what is asked of the driver itself, whoever asks it; how a transaction begins and ends is not counted."""

    def note(statement: str) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "--")):
            statements.append(statement)

    if hasattr(driver, "set_trace_callback"):
        driver.set_trace_callback(note)
        return

    class Noting(Cursor[Any]):
        def execute(self, query: Any, *given: Any, **how: Any) -> Any:
            note(str(query))
            return super().execute(query, *given, **how)

    driver.cursor_factory = Noting


def calls_a_press(counts: Sequence[Counts]) -> float:
    """The mean over the dialogs, without the presses that weigh a secret code."""
    return mean(calls for each in counts if not each.step.code for calls in each.calls)
