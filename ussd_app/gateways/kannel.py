"""Kannel (1.4.5): its sendsms called, what its smsbox brings read. Its configuration stands in docs/gateways.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from models import gsm, phone
from models.inbox import Arrived
from models.messages import MessageState
from models.reports import Told
from ussd_app.gateways import Adapter, Door, Form, Malformed, NotSent, Outcome, Request, Sent, Unsure
from ussd_app.gateways.forms import FIELDS_AT_MOST, asked, bare, filled, plussed, read_fields
from ussd_app.gateways.wire import call, no_answer, refusal, said
from ussd_app.settings import Settings, is_local

NAME = "kannel"
SENDSMS = "/cgi-bin/sendsms"
EVERY_REPORT = "31"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of sendsms at `url`. `reports` is where a delivery report is brought."""

    url: str
    username: str
    password: str
    sender: str | None
    reports: str

    @property
    def reaches_people(self) -> bool:
        """Whether what is sent through it rings on real phones."""
        return not is_local(self.url)


def account(settings: Settings, needed: bool) -> Account | None:
    """The account of the settings, or None. Raises BadSetting.

    Kannel mostly runs without encryption in the network of the service; further away it must have it.
    """
    given = settings.account(needed, "KANNEL_URL", "KANNEL_USERNAME", "KANNEL_PASSWORD")
    if given is None:
        return None
    url = settings.address("KANNEL_URL", near=True)
    url += "" if urlsplit(url).path else SENDSMS
    return Account(url, given[1], given[2], settings.value("KANNEL_SENDER"), settings.callback(NAME, "delivery"))


# Its charsets, and what it calls them that no other program does.
CHARSETS = {"": "utf-8", "utf-16": "utf-16-be", "ucs-2": "utf-16-be", "utf-16be": "utf-16-be", "gsm": "utf-8"}


def _text(words: bytes, charset: str) -> str:
    """The words of an SMS. Raises Malformed: what cannot be read is not guessed."""
    try:
        text = words.decode(CHARSETS.get(charset.lower(), charset))
    except (UnicodeDecodeError, LookupError) as error:
        raise Malformed("the text is not in its charset") from error
    if "\0" in text:
        raise Malformed("the text holds NUL")
    return text


def _charset(media_type: str) -> str:
    _type, _semicolon, parameters = media_type.partition(";")
    return dict(parse_qsl(parameters.replace(" ", ""))).get("charset", "").strip('"')


def read_sms(request: Request) -> Arrived:
    """An SMS from a person: posted (post-url: the words as they are, the rest beside them), or asked (get-url).

    The address holds `id=%I`; Kannel's own id is nowhere else.
    """
    if request.method == "GET":
        return _read_asked(request.query)
    if bare(request.media_type) != "text/plain":
        raise Malformed("the body must be text/plain", 415)
    sender = plussed({"X-Kannel-From": request.header("X-Kannel-From") or None}, "X-Kannel-From")
    words = _text(request.body, _charset(request.media_type))
    return Arrived(NAME, filled(read_fields(request.query), "id"), sender, words)


def _read_asked(query: str) -> Arrived:
    """The words stand in the address as bytes of the charset beside them, so that nothing but them may be no UTF-8."""
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1", max_num_fields=FIELDS_AT_MOST)
    words = [value.encode("latin-1") for name, value in pairs if name == "text"]
    form = read_fields("&".join(each for each in query.split("&") if each.partition("=")[0] != "text"))
    if len(words) != 1:
        raise Malformed("a field stands twice" if words else "text is missing")
    unicode_letters = form.get("coding") == "2"
    text = _text(words[0], "utf-16-be" if unicode_letters else form.get("charset", ""))
    return Arrived(NAME, filled(form, "id"), plussed(form, "from"), text)


# What each kind of report means (user guide, delivery reports). 1 may come before 8, so states only move forwards.
REPORTED: Mapping[str, MessageState] = {
    "1": MessageState.DELIVERED,
    "2": MessageState.FAILED,
    "4": MessageState.ACCEPTED,
    "8": MessageState.ACCEPTED,
    "16": MessageState.FAILED,
}


def read_delivery(form: Form) -> Told:
    """A delivery report. It says our own name for the message and nothing of its phone, since it is an address."""
    status = filled(form, "status")
    return Told(NAME, filled(form, "message"), None, status[:40], REPORTED.get(status), None)


# What sendsms says of a message it takes: at once, or when a network can be reached again.
TAKEN = ("0:", "3:")
# It says so itself where it took nothing.
NOT_NOW = "Temporal failure"


class Gateway:
    """Sends through a Kannel."""

    name = NAME

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers, one call each: reports of several would not tell them apart."""
        return {number: self._send(number, reference, text) for number, reference in phones.items()}

    def _send(self, number: str, reference: str, text: str) -> Outcome:
        if not phone.is_e164(number):
            return NotSent("not a number in E.164", again=False)
        try:
            status, body = call(self._account.url, headers=self._headers(number, reference, text), data=text.encode())
        except Exception as error:
            return no_answer(error)
        return read_answer(status, body.decode("latin-1"), reference)

    def _headers(self, number: str, reference: str, text: str) -> Mapping[str, str]:
        """In headers and not in the address, where words, number and password would stand in a log."""
        sender = {"X-Kannel-From": self._account.sender} if self._account.sender else {}
        return {
            **sender,
            "Content-Type": "text/plain; charset=utf-8",
            "X-Kannel-Username": self._account.username,
            "X-Kannel-Password": self._account.password,
            "X-Kannel-To": number,
            "X-Kannel-Coding": "0" if gsm.is_gsm7(text) else "2",
            "X-Kannel-DLR-Mask": EVERY_REPORT,
            "X-Kannel-DLR-Url": f"{self._account.reports}?message={reference}&status=%d",
        }


def read_answer(status: int, body: str, reference: str) -> Outcome:
    """What became of a message, from the answer of sendsms. It gives no id: ours is the one reports come with."""
    if 200 <= status < 300:
        return Sent(reference, None) if body.startswith(TAKEN) else Unsure(f"{status} {said(body)}")
    if status == 503 and body.startswith(NOT_NOW):
        return NotSent(said(body), again=True, down=True)
    refused = refusal(status)
    return (
        NotSent(said(body) or refused.reason, refused.again, refused.down) if isinstance(refused, NotSent) else refused
    )


ADAPTER = Adapter(
    NAME,
    {
        "sms": Door(read_sms, methods=("POST", "GET")),
        "delivery": Door(asked(read_delivery), methods=("POST", "GET")),
    },
    account,
    Gateway,
)
