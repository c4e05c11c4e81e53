"""Gateways: what a telephone network's aggregator says, in our words, both ways. A gateway only translates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from flows.engine.memory import Reply
from models.inbox import Arrived
from models.reports import Told
from ussd_app.settings import Settings

PLAIN = "text/plain; charset=utf-8"


class Malformed(ValueError):
    """A request that no gateway sends: refused, and nothing of it is kept. `status` is the HTTP status to say so."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class Press(NamedTuple):
    """A member pressed something: the transcript of the session so far, exact, stars and all.

    A gateway that sends the last input only says so with `step`, which names this press in its session; `begins` tells
    the first one, whose text is what was dialled behind the service code. `by_sms` is a press that was an SMS.
    """

    gateway: str
    session: str
    phone: str
    text: str
    step: str | None = None
    begins: bool = False
    by_sms: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """A session is over, as the gateway tells it; what was typed and shown is not carried along."""

    gateway: str
    session: str
    status: str
    hops: int | None
    milliseconds: int | None
    cost: str | None
    network: str | None


@dataclass(frozen=True, slots=True)
class OptedOut:
    """Somebody told the network that they want no more messages."""

    phone: str


@dataclass(frozen=True, slots=True)
class Rang:
    """Somebody called, to be called back; the call is told at its start and again at its end."""

    gateway: str
    call: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The gateway took a message, under its own id."""

    gateway_id: str
    cost: str | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The gateway refused a message; `again` when a later try may succeed. `down`: it takes no message at all now.

    `broke`: since our credit there is used up.
    """

    reason: str
    again: bool
    down: bool = False
    broke: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """The message was given to nobody: there is no credit for what can wait."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """The answer was lost or cannot be read: the message may be on its way, so it is not sent again."""

    reason: str


Outcome = Sent | NotSent | Unsure | Kept
Form = Mapping[str, str]


class Gateway(Protocol):
    """What the service asks of a gateway that sends. What can be told beforehand, it is told when it is made."""

    name: str

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers (E.164), each with our own name for its message. Raises nothing."""
        ...


class Account(Protocol):
    """What a gateway needs to be opened, from the settings."""

    @property
    def reaches_people(self) -> bool:
        """Whether what is sent through it rings on real phones."""
        ...


Read = Press | Arrived | Told | OptedOut | Ended | Rang
Reader = Callable[[Form], Read]


class Request(NamedTuple):
    """A callback as HTTP brought it. `header` finds a header by its name, and gives "" where there is none."""

    method: str
    media_type: str
    query: str
    body: bytes
    header: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway is told."""

    text: str
    media_type: str = PLAIN


NOTHING = Answer("")


def con_end(_read: Read, reply: Reply | None) -> Answer:
    """A page as most gateways want it: CON and more to come, END and no more. Other callbacks are told nothing."""
    return NOTHING if reply is None else Answer(("END " if reply.over else "CON ") + reply.text)


@dataclass(frozen=True, slots=True)
class Door:
    """A kind of callback: how it is read, and how it is answered. GET is let in only where a gateway knows no other."""

    read: Callable[[Request], Read]
    answer: Callable[[Read, Reply | None], Answer] = con_end
    methods: tuple[str, ...] = ("POST",)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A gateway as the service knows it: its doors by their name in the address, and how it is opened for sending.

    `account` reads the settings, and raises BadSetting when it is needed and not whole; without it, nothing is sent.
    """

    name: str
    doors: Mapping[str, Door] = field(default_factory=dict)
    account: Callable[[Settings, bool], Account | None] | None = None
    gateway: Callable[[Any], Gateway] | None = None
