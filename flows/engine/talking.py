"""What a turn needs from whoever has it taken: the talk, the doors, and somewhere to work things out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flows.engine.memory import Known, Reply
from flows.engine.places import Place


class Talking(Protocol):
    """What the engine asks of a talk; the rest of it is for the screens."""

    language: str
    known: Known


@dataclass(frozen=True, slots=True)
class Doors:
    """The places every conversation has: where it starts, what key 8 does, where three mistakes lead.

    A dial without more starts at `first`; whoever dials a string of digits means those of `home`.
    `gate` leads away from what must not be shown on this road at all; `undialled` are the modules whose pages no
    dialled string leads to, since it stays in the phone's list of calls.
    """

    home: Place
    first: Place
    call_me: Callable[[Place], Place]
    help: Callable[[Place], Place]
    gate: Callable[[Any, Place], Place | None] | None = None
    undialled: frozenset[str] = frozenset()

    def outermost(self, place: Place) -> bool:
        """Whether there is nothing to go back to from here."""
        return place.name in (self.home.name, self.first.name)


@dataclass(frozen=True, slots=True)
class Apart:
    """Something to be worked out with no transaction open; the same turn is taken again with the place it gives."""

    work: Callable[[], Place]


class Told(Exception):
    """The press was answered before, by another process or before a restart."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


class Postponed(Exception):
    """The answer takes long to weigh: not inside this transaction."""

    def __init__(self, work: Callable[[], Place]) -> None:
        super().__init__()
        self.work = work
