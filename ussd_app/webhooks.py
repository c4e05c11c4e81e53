"""The doors for gateways: a secret in the path, a strict reading of the body, one answer for each callback.

They stand in front of Flask: its machinery would cost more than a press itself.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug.exceptions import MethodNotAllowed

from flows.engine.memory import Reply
from models import vault
from models.inbox import Arrived
from models.reports import Told
from ussd_app.gateways import Adapter, Answer, Door, Ended, Malformed, OptedOut, Press, Rang, Read, Request
from ussd_app.sms import Postbox
from ussd_app.ussd import Switchboard

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

BODY_AT_MOST = 8 * 1024
STATUSES = {
    200: "200 OK",
    400: "400 BAD REQUEST",
    413: "413 REQUEST ENTITY TOO LARGE",
    415: "415 UNSUPPORTED MEDIA TYPE",
}
UNANSWERED = "The service cannot answer now.\n"


def _body(environ: "WSGIEnvironment") -> bytes:
    told = environ.get("CONTENT_LENGTH", "")
    length = int(told) if told.isascii() and told.isdecimal() else 0
    ends = "wsgi.input_terminated" in environ  # as of servers that know where a body ends
    body: bytes = environ["wsgi.input"].read(BODY_AT_MOST + 1 if ends else min(length, BODY_AT_MOST + 1))
    if len(body) > BODY_AT_MOST or length > BODY_AT_MOST:
        raise Malformed("the body is larger than 8 KiB", 413)
    if len(body) < length:
        raise Malformed("the body ends too early")
    return body


class Doors:
    """The webhooks of every gateway, in front of an application that has every other address.

    A wrong secret is handed on like any address that is not there, whatever the method.
    """

    def __init__(
        self,
        behind: "WSGIApplication",
        secrets: tuple[str, ...],
        adapters: Mapping[str, Adapter],
        switchboard: Switchboard,
        postbox: Postbox,
    ) -> None:
        self._behind, self._secrets = behind, secrets
        self._doors = {name: each.doors for name, each in adapters.items()}
        self._takes: Mapping[type[Read], Callable[..., Reply | None]] = {
            Press: switchboard.answer,
            Arrived: postbox.arrived,
            Told: postbox.told,
            OptedOut: postbox.opted_out,
            Ended: postbox.ended,
            Rang: postbox.rang,
        }

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or hand it on."""
        door = self._door(environ.get("PATH_INFO", ""))
        if door is None:
            return self._behind(environ, start)
        if environ["REQUEST_METHOD"] not in door.methods:
            return MethodNotAllowed(valid_methods=door.methods)(environ, start)
        status, answer = self._answer(environ, door)
        body = answer.text.encode()
        start(status, [("Content-Type", answer.media_type), ("Content-Length", str(len(body)))])
        return [body]

    def _door(self, path: str) -> Door | None:
        """The door of a path: only to /gateways/<gateway>/<secret>/<kind>, with a right secret."""
        parts = path.split("/")
        if len(parts) != 5 or parts[0] or parts[1] != "gateways":
            return None
        _, _, gateway, secret, kind = parts
        known = [vault.same(secret, each) for each in self._secrets]
        return self._doors.get(gateway, {}).get(kind) if any(known) else None

    def _answer(self, environ: "WSGIEnvironment", door: Door) -> tuple[str, Answer]:
        try:
            read = door.read(_request(environ))
            return STATUSES[200], door.answer(read, self._takes[type(read)](read))
        except Malformed as error:
            return STATUSES[error.status], Answer(f"Not accepted: {error}.\n")
        except Exception as error:
            log.error("request not answered: %s", type(error).__name__)
            return "503 SERVICE UNAVAILABLE", Answer(UNANSWERED)


def _request(environ: "WSGIEnvironment") -> Request:
    def header(name: str) -> str:
        value: str = environ.get("HTTP_" + name.upper().replace("-", "_"), "")
        return value

    query = environ.get("QUERY_STRING", "")
    if len(query) > BODY_AT_MOST:
        raise Malformed("the address is longer than 8 KiB", 413)
    return Request(environ["REQUEST_METHOD"], environ.get("CONTENT_TYPE", ""), query, _body(environ), header)
