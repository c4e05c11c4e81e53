"""What a screen gives back: a menu, a question, or a last word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from flows.engine.places import Place

Answer = TypeVar("Answer")

BACK, HOME, MORE, CALL_ME = "0", "00", "9", "8"
RESERVED = frozenset({BACK, HOME, MORE, CALL_ME})


class Unreadable(ValueError):
    """An answer that cannot be read; its sentence goes to the member."""


class Option(NamedTuple):
    """One choice of a menu. `number` keeps a choice on its digit whatever else is on the page."""

    label: str
    place: Place
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """Words, and a choice. With `read_first` the choice stands on the last sheet, and is made from there only."""

    text: str
    options: Sequence[Option] = ()
    read_first: bool = False


@dataclass(frozen=True, slots=True)
class Ask(Generic[Answer]):
    """A question, who reads its answer, and where the answer leads.

    `keys` are the reserved keys that keep their meaning here; a question whose answer may be 8 or 9 leaves them out and
    says so in its words. An answer that takes long to weigh (a secret code) is read by `apart` instead of `read`: it is
    noted inside the transaction, and what it gives is called when no transaction is open. `free` marks typed words.
    """

    prompt: str
    then: Callable[[Answer], Place]
    read: Callable[[str], Answer] | None = None
    apart: Callable[[str], Callable[[], Answer]] | None = None
    keys: frozenset[str] = RESERVED
    free: bool = False

    @property
    def shallow(self) -> bool:
        """Whether a dialled string must stop here: codes and typed words would stay in the phone's call list."""
        return self.free or self.apart is not None


@dataclass(frozen=True, slots=True)
class Done:
    """Last words; the session ends."""

    text: str


Page = Menu | Ask[object] | Done
