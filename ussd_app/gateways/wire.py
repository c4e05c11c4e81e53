"""One call to a gateway over HTTP: it goes nowhere else, it ends, and its answer is of a size that can be read."""

import json
import threading
import time
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from ssl import SSLCertVerificationError
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError, SSLError

from ussd_app.gateways import NotSent, Outcome, Unsure

TIMEOUT = (3.05, 9.05)  # to connect, and to hear anything
ANSWER_AT_MOST = 1 << 20

# Where a call as a whole was refused for now: moved, a wrong key or address, do-not-disturb hours, too much at once.
AGAIN_HTTP = (301, 302, 303, 307, 308, 401, 402, 403, 404, 408, 409, 429)


class _Straight(requests.Session):
    """Goes nowhere else. To be told not to is not enough: it would still read all of a redirect, however long."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


# A gateway ends a connection that rests, and a call that crosses its end is a doubt: so one is used again at once only.
REST = 0.5


class _Line:
    """The way to one host, of one thread."""

    def __init__(self, url: str) -> None:
        self.http, self._used = _Straight(), 0.0
        # The proxies and certificates of the environment, read once; and no credentials that lie about (netrc).
        found = self.http.merge_environment_settings(url, {}, None, None, None)
        self.http.proxies, self.http.verify, self.http.trust_env = found["proxies"], found["verify"], False
        self.http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def call(self, url: str, method: str, given: Mapping[str, Any]) -> tuple[int, bytes]:
        """Make a call, on the connection of the last one where the gateway said that it keeps it."""
        if time.monotonic() - self._used > REST:
            self.http.close()
        self._used = 0.0
        try:
            with self.http.request(method, url, stream=True, **given) as answer:
                told = answer.status_code, _read(answer)
                if "keep-alive" in answer.headers.get("Connection", "").lower():
                    self._used = time.monotonic()
                return told
        finally:
            if not self._used:
                self.http.close()


_mine = threading.local()


def call(url: str, method: str = "POST", **given: Any) -> tuple[int, bytes]:
    """Make a call; the status and the body of its answer. Raises what `requests` raises: see `no_answer`."""
    lines: dict[str, _Line] = _mine.__dict__.setdefault("lines", {})
    host = "/".join(url.split("/", 3)[:3])
    if host not in lines:
        lines[host] = _Line(url)
    return lines[host].call(url, method, {"timeout": TIMEOUT, **given})


def _read(answer: requests.Response) -> bytes:
    """The body, cut where it is too long. Raises ReadTimeout when it comes too slowly to end."""
    body, until = b"", time.monotonic() + TIMEOUT[1]
    while len(body) < ANSWER_AT_MOST and (piece := answer.raw.read1(ANSWER_AT_MOST, decode_content=True)):
        body += piece
        if time.monotonic() > until:
            raise requests.ReadTimeout
    return body[:ANSWER_AT_MOST]


def no_answer(error: Exception) -> Outcome:
    """Nothing was accepted if no trusted connection was ever made; otherwise nobody knows."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], SSLCertVerificationError)
    if untrusted or isinstance(reason, NewConnectionError) or isinstance(error, requests.ConnectTimeout):
        return NotSent(type(error).__name__, again=True, down=True)
    return Unsure(type(error).__name__)


def refusal(status: int) -> NotSent | Unsure:
    """An HTTP status that is no success: below 500 nothing was accepted, from 500 on nobody knows."""
    if status >= 500:
        return Unsure(f"HTTP {status}")
    again = status in AGAIN_HTTP
    return NotSent(f"HTTP {status}", again, down=again and status != 409)


def said(value: object, at_most: int = 60) -> str:
    """What a gateway says, as a database can keep it and a person can read it."""
    return "".join(each for each in str(value)[:at_most] if each.isprintable())


def read_object(body: bytes) -> Mapping[str, Any]:
    """A JSON object, or an empty one where it is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
