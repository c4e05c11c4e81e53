"""The demo phone: a page that shows a feature phone and speaks Africa's Talking's webhooks to this same server.

It carries the webhook secret and opens any number's inbox, so an application registers it only where every member
is invented: in demo, development and test modes.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, jsonify, render_template, request

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Caller:
    """Someone whose phone the page can play: a name, an E.164 number, and a line that says who they are."""

    name: str
    phone: str
    about: str


@dataclass(frozen=True)
class Sms:
    """A message that the service sent to a phone; ``at`` is an aware time in UTC."""

    id: int
    at: datetime
    text: str
    sender: str


def blueprint(
    cast: Callable[[], Sequence[Caller]],
    inbox: Callable[[str], Sequence[Sms]],
    service_code: str,
    secret: str,
    short_code: str = "",
) -> Blueprint:
    """Make the blueprint of ``GET /phone`` and ``POST /phone/inbox``.

    ``cast`` gives the callers offered, the unknown one included; ``inbox`` gives the messages of one number;
    ``secret`` is the part of the webhooks' path that only the aggregator knows. Messages are sent to ``short_code``,
    or to the digits of the service code where there is none.
    """
    pages = Blueprint(
        "phone",
        __name__,
        url_prefix="/phone",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    texts_to = short_code or re.sub(r"\D", "", service_code)

    @pages.get("", strict_slashes=False)
    def page() -> str:
        hooks = f"{request.script_root}/gateways/africastalking/{quote(secret, safe='')}"
        return render_template("phone.html", cast=cast(), hooks=hooks, service_code=service_code, short_code=texts_to)

    @pages.post("/inbox")
    def messages() -> Response:
        number = request.form.get("phone", "")
        if not _E164.fullmatch(number):
            abort(400)
        return jsonify([_as_json(sms) for sms in inbox(number)])

    pages.after_request(_guarded)
    return pages


def _guarded(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_json(sms: Sms) -> dict[str, Any]:
    return {"id": sms.id, "at": sms.at.astimezone(UTC).isoformat(), "text": sms.text, "from": sms.sender}
