"""Gateways: what a telephone network's aggregator says, in our words, both ways. A gateway only translates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.inbox import Arrived
from models.messages import Told


class Malformed(ValueError):
    """A request that no gateway sends: refused, and nothing of it is kept. `status` is the HTTP status to say so."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Press:
    """A member pressed something: the transcript of the session so far, exact, stars and all."""

    gateway: str
    session: str
    phone: str
    text: str


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
class Sent:
    """The gateway took a message, under its own id."""

    gateway_id: str
    cost: str | None


@dataclass(frozen=True, slots=True)
class NotSent:
    """The gateway refused a message; `again` when a later try may succeed."""

    reason: str
    again: bool


@dataclass(frozen=True, slots=True)
class Unsure:
    """The answer was lost or cannot be read: the message may be on its way, so it is not sent again."""

    reason: str


Outcome = Sent | NotSent | Unsure
Form = Mapping[str, str]


class Gateway(Protocol):
    """What the service asks of a gateway. A kind of callback that it does not have is left out of `reads`."""

    name: str

    def send(self, phones: Sequence[str], text: str) -> Mapping[str, Outcome]:
        """Send one text to some numbers (E.164): an outcome for each. Raises nothing."""
        ...


Read = Press | Arrived | Told | OptedOut | Ended
Reader = Callable[[Form], Read]
