"""The doors for gateways: a secret in the path, a strict reading of the body, one answer for each callback.

They stand in front of Flask: its machinery would cost more than a press itself.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wsgi import get_content_length, get_input_stream

from models import vault
from models.inbox import Arrived
from models.messages import Told
from ussd_app.gateways import Ended, Form, Malformed, OptedOut, Press, Read, Reader, africastalking
from ussd_app.sms import Postbox
from ussd_app.ussd import Switchboard

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

BODY_AT_MOST = 8 * 1024
FIELDS_AT_MOST = 40
FORM = "application/x-www-form-urlencoded"
PLAIN = "text/plain; charset=utf-8"
STATUSES = {
    200: "200 OK",
    400: "400 BAD REQUEST",
    413: "413 REQUEST ENTITY TOO LARGE",
    415: "415 UNSUPPORTED MEDIA TYPE",
}
UNANSWERED = "The service cannot answer now.\n"

READS: Mapping[str, Mapping[str, Reader]] = {africastalking.NAME: africastalking.READS}


def read_form(media_type: str, body: bytes) -> Form:
    """Read a form to the letter: UTF-8 without NUL, each field once. Raises Malformed; nothing is repaired.

    Flask's own reading would take a body of any size, drop bytes that are no UTF-8, and keep the first of two fields.
    """
    if media_type != FORM:
        raise Malformed(f"the body must be {FORM}", 415)
    form: dict[str, str] = {}
    try:
        pairs = body.decode("utf-8").split("&")
        if len(pairs) > FIELDS_AT_MOST:
            raise Malformed("the body holds too many fields")
        for pair in filter(None, pairs):
            name, _, value = pair.partition("=")
            if "%" in pair or "+" in pair:
                name, value = unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
            if name in form:
                raise Malformed("a field stands twice")
            form[name] = value
    except UnicodeDecodeError as error:
        raise Malformed("the body must be UTF-8") from error
    if "\0" in "".join([*form, *form.values()]):
        raise Malformed("a field holds NUL")
    return form


def _body(environ: "WSGIEnvironment") -> bytes:
    length = get_content_length(environ)
    ends = "wsgi.input_terminated" in environ  # as of servers that know where a body ends
    body: bytes = (environ["wsgi.input"] if ends else get_input_stream(environ)).read(BODY_AT_MOST + 1)
    if len(body) > BODY_AT_MOST or (length or 0) > BODY_AT_MOST:
        raise Malformed("the body is larger than 8 KiB", 413)
    if len(body) < (length or 0):
        raise Malformed("the body ends too early")
    return body


class Doors:
    """The webhooks of every gateway, in front of an application that has every other address.

    A wrong secret is handed on like any address that is not there, whatever the method.
    """

    def __init__(
        self, behind: "WSGIApplication", secrets: tuple[str, ...], switchboard: Switchboard, postbox: Postbox
    ) -> None:
        self._behind, self._secrets, self._switchboard = behind, secrets, switchboard
        self._answers: Mapping[type[Read], Callable[..., str]] = {
            Press: self._press,
            Arrived: postbox.arrived,
            Told: postbox.told,
            OptedOut: postbox.opted_out,
            Ended: postbox.ended,
        }

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer a request, or hand it on."""
        reader = self._reader(environ.get("PATH_INFO", ""))
        if reader is None:
            return self._behind(environ, start)
        if environ["REQUEST_METHOD"] != "POST":
            return MethodNotAllowed(valid_methods=["POST"])(environ, start)
        try:
            status, text = self._answer(environ, reader)
        except HTTPException as error:
            return error(environ, start)
        body = text.encode()
        start(status, [("Content-Type", PLAIN), ("Content-Length", str(len(body)))])
        return [body]

    def _reader(self, path: str) -> Reader | None:
        """Who reads what is posted to a path: only to /gateways/<gateway>/<secret>/<kind>, with a right secret."""
        parts = path.split("/")
        if len(parts) != 5 or parts[0] or parts[1] != "gateways":
            return None
        _, _, gateway, secret, kind = parts
        known = [vault.same(secret, each) for each in self._secrets]
        return READS.get(gateway, {}).get(kind) if any(known) else None

    def _answer(self, environ: "WSGIEnvironment", reader: Reader) -> tuple[str, str]:
        media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        try:
            read = reader(read_form(media_type, _body(environ)))
            return STATUSES[200], self._answers[type(read)](read)
        except Malformed as error:
            return STATUSES[error.status], f"Not accepted: {error}.\n"
        except HTTPException:
            raise
        except Exception as error:
            log.error("request not answered: %s", type(error).__name__)
            return "503 SERVICE UNAVAILABLE", UNANSWERED

    def _press(self, press: Press) -> str:
        reply = self._switchboard.answer(press)
        return ("END " if reply.over else "CON ") + reply.text
