"""Africa's Talking: its callbacks read, its SMS call made. The only file that imports its SDK."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.engine.memory import Reply
from models import phone
from models.inbox import Arrived
from models.messages import MessageState
from models.reports import Told
from ussd_app.gateways import (
    Adapter,
    Answer,
    Door,
    Ended,
    Form,
    NotSent,
    OptedOut,
    Outcome,
    Press,
    Rang,
    Read,
    Reader,
    Sent,
    Unsure,
)
from ussd_app.gateways.forms import field, filled, number, posted
from ussd_app.gateways.wire import call, no_answer, refusal, said
from ussd_app.settings import Settings, is_local

NAME = "africastalking"
SANDBOX = "https://api.sandbox.africastalking.com/version1"
LIVE = "https://api.africastalking.com/version1"


@dataclass(frozen=True, slots=True)
class Account:
    """An account at Africa's Talking. `url` is the base address, with /version1."""

    username: str
    api_key: str
    sender_id: str | None
    url: str

    @property
    def reaches_people(self) -> bool:
        """Whether what is sent through it rings on real phones."""
        return self.username != "sandbox" and not is_local(self.url)


def account(settings: Settings, needed: bool) -> Account | None:
    """The account of the settings, or None. Raises BadSetting."""
    given = settings.account(needed, "AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY")
    if given is None:
        return None
    username, api_key = given
    url = settings.address("AFRICASTALKING_URL", SANDBOX if username == "sandbox" else LIVE)
    return Account(username, api_key, settings.value("AFRICASTALKING_SENDER_ID"), url)


def _count(form: Form, name: str) -> int | None:
    value = form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def read_press(form: Form) -> Press:
    """A USSD hop. `text` is cumulative and exact; nothing of it is trimmed."""
    field(form, "networkCode")
    filled(form, "serviceCode")
    return Press(NAME, filled(form, "sessionId"), number(form, "phoneNumber"), field(form, "text"))


def read_ended(form: Form) -> Ended:
    """The end-of-session notice. It repeats all that was typed and our last page: neither is carried along."""
    number(form, "phoneNumber")
    cost, network = form.get("cost"), form.get("networkCode")
    return Ended(
        NAME,
        filled(form, "sessionId"),
        filled(form, "status"),
        _count(form, "hopsCount"),
        _count(form, "durationInMillis"),
        cost[:24] if cost else None,
        network[:24] if network else None,
    )


def read_inbound(form: Form) -> Arrived:
    """An SMS from a person."""
    field(form, "date")
    field(form, "to")
    return Arrived(NAME, filled(form, "id"), number(form, "from"), field(form, "text"))


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
    status = filled(form, "status")
    reason = form.get("failureReason") or None
    return Told(
        NAME,
        filled(form, "id"),
        number(form, "phoneNumber"),
        status[:40],
        REPORTED.get(status),
        reason and reason[:60],
    )


def read_opt_out(form: Form) -> OptedOut:
    """Somebody opted out of the bulk messages of a sender."""
    field(form, "senderId")
    return OptedOut(number(form, "phoneNumber"))


def read_call(form: Form) -> Rang:
    """A call to the service number, that rings or is over."""
    field(form, "isActive")
    return Rang(NAME, filled(form, "sessionId"), number(form, "callerNumber"))


def reject(_read: Read, _reply: Reply | None) -> Answer:
    """Let nobody pick up, which costs the caller nothing."""
    return REJECT


REJECT = Answer('<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>', "text/xml; charset=utf-8")

READS: Mapping[str, Reader] = {
    "ussd": read_press,
    "events": read_ended,
    "sms": read_inbound,
    "delivery": read_delivery,
    "optout": read_opt_out,
    "voice": read_call,
}

ACCEPTED = (100, 101, 102)
# Refused for now: the sender name is not registered, no credit left, do-not-disturb hours, the network's own trouble.
AGAIN = (402, 405, 409, 500, 501, 502)
# Whoever the message is for: its name is not known, no credit is left, or the network has trouble of its own.
DOWN = (402, 405, 500, 501)
BROKE = (405,)
REFUSED = (401, 403, 404, 406, 407)
Recipient = Mapping[str, Any]


def _of_recipient(recipient: Recipient) -> Outcome:
    code, status = recipient.get("statusCode"), said(recipient.get("status"))
    gateway_id, cost = recipient.get("messageId"), recipient.get("cost")
    if code in ACCEPTED and isinstance(gateway_id, str) and re.fullmatch("(?!None$)[!-~]{1,200}", gateway_id):
        return Sent(gateway_id, cost[:24] if isinstance(cost, str) and cost and cost.isprintable() else None)
    if code in AGAIN + REFUSED:
        return NotSent(status, again=code in AGAIN, down=code in DOWN, broke=code in BROKE)
    return Unsure(f"{said(code)} {status}")


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
    refused = None if 200 <= status < 300 else refusal(status)
    if isinstance(refused, Unsure):
        return refused
    try:
        message, numbers = _by_number(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return refused or Unsure("unreadable answer")
    return numbers or refused or NotSent(message, again=True, down=True, broke="InsufficientBalance" in message)


def _by_number(body: bytes) -> tuple[str, Mapping[str, Sequence[Recipient]]]:
    """The summary of an answer, and what it tells of each number. Raises all that a foreign text can make one raise."""
    told = json.loads(body)["SMSMessageData"]
    message, recipients = said(told.get("Message")), told["Recipients"]
    if not isinstance(recipients, list) or (not recipients and re.match("Sent to 0*[1-9]", message)):
        raise ValueError("it does not say to whom it was sent")
    numbers: dict[str, list[Recipient]] = {}
    for each in recipients:
        numbers.setdefault(str(each["number"]).lstrip("+"), []).append(each)
    return message, numbers


class Gateway:
    """An account at Africa's Talking."""

    name = NAME

    def __init__(self, account: Account) -> None:
        self._sender_id = account.sender_id
        self._service = _service(account)

    def send(self, phones: Collection[str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers. Raises nothing: what cannot be known is Unsure."""
        known = [number for number in phones if phone.is_e164(number)]
        unknown = dict.fromkeys(phones, NotSent("not a number in E.164", again=False))
        return {**unknown, **(self._send(known, text) if known else {})}

    def _send(self, phones: list[str], text: str) -> Mapping[str, Outcome]:
        try:
            status, body = self._service.send(text, phones, sender_id=self._sender_id)
        except Exception as error:
            return dict.fromkeys(phones, no_answer(error))
        return read_answer(phones, status, body)


def _service(account: Account) -> Any:
    """The SDK's SMS service, mended: it would follow a redirect and hand the key to the new host, it hides the status
    of an answer, and it cannot be pointed at another address.
    """
    from africastalking.SMS import SMSService  # heavy, and only a sender needs it

    class Service(SMSService):  # type: ignore[misc]
        def _make_request(self, url: str, method: str, **given: Any) -> tuple[int, bytes]:
            given = {name: value for name, value in given.items() if name not in ("callback", "timeout")}
            return call(url, method, **given)

    service = Service(account.username, account.api_key)
    service._baseUrl = service._contentUrl = account.url  # noqa: SLF001 - the SDK offers no other way
    return service


DOORS = {kind: Door(posted(reader)) for kind, reader in READS.items()} | {"voice": Door(posted(read_call), reject)}
ADAPTER = Adapter(NAME, DOORS, account, Gateway)
