"""The doors for gateways: a secret in the path, a strict reading of the body, one answer for each callback."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, request

from models import vault
from models.inbox import Arrived
from models.messages import Told
from ussd_app.gateways import Ended, Form, Malformed, OptedOut, Press, Read, Reader, africastalking
from ussd_app.sms import Postbox
from ussd_app.ussd import Switchboard

# All of them, so that a wrong secret is a 404 whatever the method.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BODY_AT_MOST = 8 * 1024
FIELDS_AT_MOST = 40
FORM = "application/x-www-form-urlencoded"

READS: Mapping[str, Mapping[str, Reader]] = {africastalking.NAME: africastalking.READS}


def read_form(media_type: str, body: bytes) -> Form:
    """Read a form to the letter: UTF-8 without NUL, each field once. Raises Malformed; nothing is repaired.

    Flask's own reading would take a body of any size, drop bytes that are no UTF-8, and keep the first of two fields.
    """
    if media_type != FORM:
        raise Malformed(f"the body must be {FORM}", 415)
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_AT_MOST)
    except UnicodeDecodeError as error:
        raise Malformed("the body must be UTF-8") from error
    except ValueError as error:
        raise Malformed("the body holds too many fields") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Malformed("a field stands twice")
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise Malformed("a field holds NUL")
    return form


def _body() -> bytes:
    body = request.stream.read(BODY_AT_MOST + 1)
    if len(body) > BODY_AT_MOST or (request.content_length or 0) > BODY_AT_MOST:
        raise Malformed("the body is larger than 8 KiB", 413)
    return body


def _plain(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/plain; charset=utf-8")


def blueprint(secrets: tuple[str, ...], switchboard: Switchboard, postbox: Postbox) -> Blueprint:
    """The webhooks of every gateway."""
    doors = Blueprint("gateways", __name__, url_prefix="/gateways")

    def press(read: Press) -> str:
        reply = switchboard.answer(read)
        return ("END " if reply.over else "CON ") + reply.text

    answers: Mapping[type[Read], Callable[..., str]] = {
        Press: press,
        Arrived: postbox.arrived,
        Told: postbox.told,
        OptedOut: postbox.opted_out,
        Ended: postbox.ended,
    }

    @doors.route("/<gateway>/<secret>/<kind>", methods=METHODS, provide_automatic_options=False)
    def callback(gateway: str, secret: str, kind: str) -> Response:
        known = [vault.same(secret, each) for each in secrets]
        reader = READS.get(gateway, {}).get(kind)
        if not any(known) or reader is None:
            abort(404)
        if request.method != "POST":
            abort(405, valid_methods=["POST"])
        try:
            read = reader(read_form(request.mimetype, _body()))
        except Malformed as error:
            return _plain(f"Not accepted: {error}.\n", error.status)
        return _plain(answers[type(read)](read))

    return doors
