"""Hubtel's programmable services: USSD as JSON, each press alone under its number in the session. It sends no SMS."""

import json
from collections.abc import Mapping

from flows.engine.memory import Reply
from ussd_app.gateways import Adapter, Answer, Door, Ended, Malformed, Press, Read, Request
from ussd_app.gateways.forms import extension, field, filled, ordinal, plussed, read_json

NAME = "hubtel"


def read_press(request: Request) -> Press | Ended:
    """A press, or that the session is over. Only the last input is told; a repeat has the number of the first time."""
    told = read_json(request)
    kind, session, number = filled(told, "Type").lower(), filled(told, "SessionId"), plussed(told, "Mobile")
    if kind in ("release", "timeout"):
        return Ended(NAME, session, kind.title(), None, None, None, _network(told.get("Operator")))
    if kind not in ("initiation", "response"):
        raise Malformed("Type is none of Initiation, Response, Release, Timeout")
    text, step = field(told, "Message"), ordinal(told, "Sequence")
    if kind == "initiation":
        return Press(NAME, session, number, extension(text, field(told, "ServiceCode")), step, begins=True)
    return Press(NAME, session, number, text, step)


def _network(told: object) -> str | None:
    return told[:24] if isinstance(told, str) and told else None


def write_page(read: Read, reply: Reply | None) -> Answer:
    """A page, and whether another answer is awaited."""
    over = reply is None or reply.over
    told: Mapping[str, str] = {
        "SessionId": read.session if isinstance(read, Press | Ended) else "",
        "Type": "Release" if over else "Response",
        "Message": "" if reply is None else reply.text,
        "Label": "",
        "ClientState": "",
        "DataType": "display" if over else "input",
        "FieldType": "text",
    }
    return Answer(json.dumps(told, ensure_ascii=False), "application/json; charset=utf-8")


ADAPTER = Adapter(NAME, {"ussd": Door(read_press, write_page)})
