"""Orange's SMS API (one contract a country): a token is asked for and kept, a text goes to one number a call."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import quote

from models import phone
from models.messages import MessageState
from models.reports import Told
from ussd_app.gateways import Adapter, Door, Malformed, NotSent, Outcome, Request, Sent, Unsure
from ussd_app.gateways.forms import filled, plussed, read_json
from ussd_app.gateways.wire import call, no_answer, read_object, refusal, said
from ussd_app.settings import BadSetting, Settings, is_local

NAME = "orange"
LIVE = "https://api.orange.com"
# A token is renewed before its time, since the way takes some of it.
SPARE_SECONDS = 60
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Account:
    """An application at Orange, and the number its contract sends from (E.164); `sender_name` where one is granted."""

    url: str
    client_id: str
    client_secret: str
    sender: str
    sender_name: str | None

    @property
    def reaches_people(self) -> bool:
        """Whether what is sent through it rings on real phones."""
        return not is_local(self.url)


def account(settings: Settings, needed: bool) -> Account | None:
    """The account of the settings, or None. Raises BadSetting."""
    given = settings.account(needed, "ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_SENDER")
    if given is None:
        return None
    client_id, secret, sender = given
    number = "+" + sender.removeprefix("tel:").removeprefix("+")
    # The contracts of some countries send from a number of few digits, such as +2240000.
    if not (number[1:].isascii() and number[1:].isdigit() and 5 <= len(number[1:]) <= 15):
        raise BadSetting("ORANGE_SENDER must be the number of the contract, such as +2250000.")
    name = settings.value("ORANGE_SENDER_NAME")
    return Account(settings.address("ORANGE_URL", LIVE), client_id, secret, number, name)


REPORTED: Mapping[str, MessageState] = {
    "DeliveredToNetwork": MessageState.ACCEPTED,
    "MessageWaiting": MessageState.ACCEPTED,
    "DeliveredToTerminal": MessageState.DELIVERED,
    "DeliveryImpossible": MessageState.FAILED,
}


def read_delivery(request: Request) -> Told:
    """A delivery receipt: its `callbackData` is the id that the send was answered with."""
    told = _within(read_json(request), "deliveryInfoNotification")
    about = told.get("deliveryInfo")
    if isinstance(about, list) and len(about) == 1:
        about = about[0]
    about = _within({"deliveryInfo": about}, "deliveryInfo")
    address = {"address": str(about.get("address") or "").removeprefix("tel:")}
    status = filled(about, "deliveryStatus")
    return Told(
        NAME, filled(told, "callbackData"), plussed(address, "address"), status[:40], REPORTED.get(status), None
    )


def _within(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = told.get(name)
    if not isinstance(inner, dict):
        raise Malformed(f"{name} is missing")
    return inner


class Gateway:
    """Sends through an application at Orange. A token is kept until shortly before its end, or until it is refused."""

    name = NAME

    def __init__(self, account: Account) -> None:
        self._account = account
        self._lock = Lock()
        self._token, self._until = "", 0.0
        path = f"/smsmessaging/v1/outbound/{quote(f'tel:{account.sender}', safe='')}/requests"
        self._address = account.url + path

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers, one call each."""
        return {number: self._send(number, text) for number in phones}

    def _send(self, number: str, text: str) -> Outcome:
        if not phone.is_e164(number):
            return NotSent("not a number in E.164", again=False)
        for _fresh in range(2):
            token = self._bearer()
            if isinstance(token, NotSent):
                return token
            try:
                status, body = call(self._address, json=self._request(number, text), headers=_bears(token))
            except Exception as error:
                return no_answer(error)
            if status != 401:
                return read_answer(status, body)
            self._forget(token)  # it took nothing: a token may end before its time
        return NotSent("HTTP 401", again=True, down=True)

    def _request(self, number: str, text: str) -> Mapping[str, Any]:
        request: dict[str, Any] = {
            "address": f"tel:{number}",
            "senderAddress": f"tel:{self._account.sender}",
            "outboundSMSTextMessage": {"message": text},
        }
        if self._account.sender_name:
            request["senderName"] = self._account.sender_name
        return {"outboundSMSMessageRequest": request}

    def _bearer(self) -> str | NotSent:
        with self._lock:
            if time.monotonic() >= self._until:
                told = self._ask_for_token()
                if isinstance(told, NotSent):
                    return told
                self._token, lasts = told
                self._until = time.monotonic() + max(lasts - SPARE_SECONDS, 1)
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if token == self._token:
                self._until = 0.0

    def _ask_for_token(self) -> tuple[str, float] | NotSent:
        """A token and the seconds it lasts. Whatever goes wrong here, no message was sent."""
        who = (self._account.client_id, self._account.client_secret)
        url = f"{self._account.url}/oauth/v3/token"
        try:
            status, body = call(url, data={"grant_type": "client_credentials"}, auth=who, headers=JSON)
        except Exception as error:
            return NotSent(f"no token: {type(error).__name__}", again=True, down=True)
        told = read_object(body)
        token, lasts = told.get("access_token"), str(told.get("expires_in") or HOUR)
        if status != 200 or not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            return NotSent(f"no token: HTTP {status}", again=True, down=True)
        return token, float(lasts) if lasts.isascii() and lasts.isdigit() and len(lasts) < 8 else HOUR


JSON = {"Accept": "application/json"}


def _bears(token: str) -> Mapping[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}"}


def read_answer(status: int, body: bytes) -> Outcome:
    """What became of a message. Its id is the last part of the address that was made for it."""
    if not 200 <= status < 300:
        return _refused(status, body)
    request = read_object(body).get("outboundSMSMessageRequest")
    where = request.get("resourceURL") if isinstance(request, dict) else None
    gateway_id = where.rstrip("/").rpartition("/")[2] if isinstance(where, str) else ""
    if status == 201 and 0 < len(gateway_id) <= 200 and gateway_id.isascii() and gateway_id.isprintable():
        return Sent(gateway_id, None)
    return Unsure("unreadable answer")


def _refused(status: int, body: bytes) -> Outcome:
    """A refusal, by the code that Orange gives it: SVC is about this message, POL about the contract (no credit, too
    much at once), which is the same for the next one.
    """
    refused = refusal(status)
    told = read_object(body).get("requestError")
    exceptions = [each for each in told.values() if isinstance(each, dict)] if isinstance(told, dict) else []
    code = said(exceptions[0].get("messageId")) if len(exceptions) == 1 else ""
    if isinstance(refused, Unsure) or not code:
        return refused
    policy = code.startswith("POL")
    return NotSent(code, again=policy or refused.again, down=policy or refused.down)


ADAPTER = Adapter(NAME, {"delivery": Door(read_delivery)}, account, Gateway)
