"""Africa's Talking: its callbacks read, its SMS call made. The only file that imports its SDK."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from ssl import SSLCertVerificationError
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError, SSLError

from models import phone
from models.inbox import Arrived
from models.messages import MessageState, Told
from ussd_app.config import AfricasTalking
from ussd_app.gateways import Ended, Form, Malformed, NotSent, OptedOut, Outcome, Press, Reader, Sent, Unsure

NAME = "africastalking"
TIMEOUT = (3.05, 9.05)  # to connect, and to hear anything
ANSWER_AT_MOST = 1 << 20


def _field(form: Form, name: str) -> str:
    try:
        return form[name]
    except KeyError as error:
        raise Malformed(f"{name} is missing") from error


def _filled(form: Form, name: str) -> str:
    value = _field(form, name)
    if not value or len(value) > 200:
        raise Malformed(f"{name} is empty or too long")
    return value


def _number(form: Form, name: str) -> str:
    value = _field(form, name)
    if not phone.is_e164(value):
        raise Malformed(f"{name} is not a number in E.164")
    return value


def _count(form: Form, name: str) -> int | None:
    value = form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def read_press(form: Form) -> Press:
    """A USSD hop. `text` is cumulative and exact; nothing of it is trimmed."""
    _field(form, "networkCode")
    _filled(form, "serviceCode")
    return Press(NAME, _filled(form, "sessionId"), _number(form, "phoneNumber"), _field(form, "text"))


def read_ended(form: Form) -> Ended:
    """The end-of-session notice. It repeats all that was typed and our last page: neither is carried along."""
    _number(form, "phoneNumber")
    cost, network = form.get("cost"), form.get("networkCode")
    return Ended(
        NAME,
        _filled(form, "sessionId"),
        _filled(form, "status"),
        _count(form, "hopsCount"),
        _count(form, "durationInMillis"),
        cost[:24] if cost else None,
        network[:24] if network else None,
    )


def read_inbound(form: Form) -> Arrived:
    """An SMS from a person."""
    _field(form, "date")
    _field(form, "to")
    return Arrived(NAME, _filled(form, "id"), _number(form, "from"), _field(form, "text"))


# What each documented status means. A final one that is not here is kept as it is said, and changes nothing.
REPORTED: Mapping[str, MessageState] = {
    "Sent": MessageState.ACCEPTED,
    "Submitted": MessageState.ACCEPTED,
    "Buffered": MessageState.ACCEPTED,
    "AbsentSubscriber": MessageState.ACCEPTED,
    "Success": MessageState.DELIVERED,
    "Failed": MessageState.FAILED,
    "Rejected": MessageState.FAILED,
    "Expired": MessageState.EXPIRED,
}


def read_delivery(form: Form) -> Told:
    """A delivery report. "Success" here means on the handset; in the answer to a send it means accepted."""
    status = _filled(form, "status")
    reason = form.get("failureReason") or None
    return Told(
        NAME,
        _filled(form, "id"),
        _number(form, "phoneNumber"),
        status[:40],
        REPORTED.get(status),
        reason and reason[:60],
    )


def read_opt_out(form: Form) -> OptedOut:
    """Somebody opted out of the bulk messages of a sender."""
    _field(form, "senderId")
    return OptedOut(_number(form, "phoneNumber"))


READS: Mapping[str, Reader] = {
    "ussd": read_press,
    "events": read_ended,
    "sms": read_inbound,
    "delivery": read_delivery,
    "optout": read_opt_out,
}

ACCEPTED = (100, 101, 102)
# Refused for now: the sender name is not registered, no credit left, do-not-disturb hours, the network's own trouble.
AGAIN = (402, 405, 409, 500, 501, 502)
REFUSED = (401, 403, 404, 406, 407)
# Likewise for the whole call: moved, a wrong key or address, do-not-disturb hours, too much at once.
AGAIN_HTTP = (301, 302, 303, 307, 308, 401, 403, 404, 408, 409, 429)
Recipient = Mapping[str, Any]


def _said(value: object, at_most: int = 60) -> str:
    """What a gateway says, as a database can keep it and a person can read it."""
    return "".join(each for each in str(value)[:at_most] if each.isprintable())


def _of_recipient(recipient: Recipient) -> Outcome:
    code, status = recipient.get("statusCode"), _said(recipient.get("status"))
    gateway_id, cost = recipient.get("messageId"), recipient.get("cost")
    if code in ACCEPTED and isinstance(gateway_id, str) and re.fullmatch("(?!None$)[!-~]{1,200}", gateway_id):
        return Sent(gateway_id, cost[:24] if isinstance(cost, str) and cost and cost.isprintable() else None)
    if code in AGAIN + REFUSED:
        return NotSent(status, again=code in AGAIN)
    return Unsure(f"{_said(code)} {status}")


def read_answer(phones: Sequence[str], status: int, body: bytes) -> Mapping[str, Outcome]:
    """What became of each number, from the answer to a send. Recipients are matched by number, never by position."""
    told = _recipients(status, body)
    if isinstance(told, NotSent | Unsure):
        return dict.fromkeys(phones, told)
    return {number: _of_one(told.get(number.lstrip("+"), [])) for number in phones}


def _of_one(told: Sequence[Recipient]) -> Outcome:
    doubt = Unsure("twice in the answer" if told else "not in the answer")
    return _of_recipient(told[0]) if len(told) == 1 else doubt


def _recipients(status: int, body: bytes) -> Mapping[str, Sequence[Recipient]] | NotSent | Unsure:
    """What is told of each number; or of all, when the answer names none. Also a refusal may name them."""
    refused = None if 200 <= status < 300 else _refusal(status)
    if isinstance(refused, Unsure):
        return refused
    try:
        message, numbers = _by_number(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return refused or Unsure("unreadable answer")
    return numbers or refused or NotSent(message, again=True)


def _by_number(body: bytes) -> tuple[str, Mapping[str, Sequence[Recipient]]]:
    """The summary of an answer, and what it tells of each number. Raises all that a foreign text can make one raise."""
    told = json.loads(body)["SMSMessageData"]
    message, recipients = _said(told.get("Message")), told["Recipients"]
    if not isinstance(recipients, list) or (not recipients and re.match("Sent to 0*[1-9]", message)):
        raise ValueError("it does not say to whom it was sent")
    numbers: dict[str, list[Recipient]] = {}
    for each in recipients:
        numbers.setdefault(str(each["number"]).lstrip("+"), []).append(each)
    return message, numbers


def _refusal(status: int) -> NotSent | Unsure:
    """An HTTP status that is no success: below 500 nothing was accepted, from 500 on nobody knows."""
    if status >= 500:
        return Unsure(f"HTTP {status}")
    return NotSent(f"HTTP {status}", again=status in AGAIN_HTTP)


def _no_answer(error: Exception) -> Outcome:
    """Nothing was accepted if no trusted connection was ever made; otherwise nobody knows."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    untrusted = isinstance(reason, SSLError) and isinstance(reason.args[0], SSLCertVerificationError)
    if untrusted or isinstance(reason, NewConnectionError) or isinstance(error, requests.ConnectTimeout):
        return NotSent(type(error).__name__, again=True)
    return Unsure(type(error).__name__)


class Gateway:
    """An account at Africa's Talking."""

    name = NAME

    def __init__(self, account: AfricasTalking) -> None:
        self._sender_id = account.sender_id
        self._service = _service(account)

    def send(self, phones: Sequence[str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers. Raises nothing: what cannot be known is Unsure."""
        known = [number for number in phones if phone.is_e164(number)]
        unknown = dict.fromkeys(phones, NotSent("not a number in E.164", again=False))
        return {**unknown, **(self._send(known, text) if known else {})}

    def _send(self, phones: list[str], text: str) -> Mapping[str, Outcome]:
        try:
            status, body = self._service.send(text, phones, sender_id=self._sender_id, timeout=TIMEOUT)
        except Exception as error:
            return dict.fromkeys(phones, _no_answer(error))
        return read_answer(phones, status, body)


class _Straight(requests.Session):
    """Goes nowhere else. To be told not to is not enough: it would still read all of a redirect, however long."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


def _read(answer: requests.Response) -> bytes:
    """The body, cut where it is too long. Raises ReadTimeout when it comes too slowly to end."""
    body, until = b"", time.monotonic() + TIMEOUT[1]
    while len(body) < ANSWER_AT_MOST and (piece := answer.raw.read1(ANSWER_AT_MOST, decode_content=True)):
        body += piece
        if time.monotonic() > until:
            raise requests.ReadTimeout
    return body[:ANSWER_AT_MOST]


def _service(account: AfricasTalking) -> Any:
    """The SDK's SMS service, mended: it would follow a redirect and hand the key to the new host, it hides the status
    of an answer, and it cannot be pointed at another address.
    """
    from africastalking.SMS import SMSService  # heavy, and only a sender needs it

    class Service(SMSService):  # type: ignore[misc]
        def _make_request(self, url: str, method: str, **given: Any) -> tuple[int, bytes]:
            given.pop("callback", None)
            with _Straight() as http, http.request(method, url, stream=True, **given) as answer:
                return answer.status_code, _read(answer)

    service = Service(account.username, account.api_key)
    service._baseUrl = service._contentUrl = account.url  # noqa: SLF001 - the SDK offers no other way
    return service
