"""What is remembered between two presses: the place, the way back, and what each number meant on the page shown."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.engine.pages import BACK, MORE, Ask, Done, Menu, Option, Page
from flows.engine.places import Place

_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the phone shows, and whether the session is over."""

    text: str
    over: bool

    def stored(self) -> str:
        """The reply as one text."""
        return ("." if self.over else "+") + self.text

    @classmethod
    def restored(cls, stored: str) -> "Reply":
        """The reply that `stored` gave."""
        return cls(stored[1:], stored[0] == ".")


@dataclass(slots=True)
class Known:
    """What a session knows of its caller, until it ends: who speaks, what was opened with a code, words kept safe."""

    who: int | None = None
    opened: set[str] = field(default_factory=set)
    draft: str = ""
    draft_who: int | None = None
    resume: Place | None = None
    resume_who: int | None = None
    resume_at: float = 0.0

    def stored(self) -> Any:
        """It as JSON."""
        resume = (self.resume, self.resume_who, self.resume_at)
        return [self.who, sorted(self.opened), self.draft, self.draft_who, *resume]

    @classmethod
    def restored(cls, stored: Any) -> "Known":
        """What `stored` gave."""
        who, opened, draft, draft_who, resume, resume_who, resume_at = stored
        return cls(who, set(opened), draft, draft_who, _restored(resume), resume_who, resume_at)


@dataclass(slots=True)
class Conversation:
    """One session of one phone, known by digest. Of what was typed only the length and a keyed digest are kept."""

    session: str
    phone: str
    heard: str | None = None
    at: float = 0.0
    length: int = 0
    position: int = 0
    place: Place | None = None
    trail: list[Place] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    sheet: int = 0
    links: dict[str, Place] = field(default_factory=dict)
    last: bool = False
    asks: bool = False
    free: bool = False
    read_first: bool = False
    over: bool = False
    mistakes: int = 0
    known: Known = field(default_factory=Known)
    answers: dict[str, str] = field(default_factory=dict)

    def begin_again(self) -> None:
        """Forget all but whose it is, and words kept safe."""
        known = Known(draft=self.known.draft, draft_who=self.known.draft_who)
        new = Conversation(self.session, self.phone, known=known)
        for name in self.__slots__:
            setattr(self, name, getattr(new, name))

    def continues(self, text: str, digest: Callable[[str], str]) -> bool:
        """Whether a transcript goes on from what was heard: by digest, since the words are not kept."""
        if self.heard is None:
            return True
        if self.length and not text[self.length :].startswith("*"):
            return False
        return len(text) >= self.length and digest(text[: self.length]) == self.heard

    def show(self, place: Place, page: Page, options: Sequence[tuple[str, Option]], sheets: list[str]) -> Reply:
        """The first sheet of a page, whose numbers mean its options from now on."""
        self.place, self.sheets, self.sheet = place, sheets, 0
        self.links = {number: option.place for number, option in options}
        self.last = isinstance(page, Done)
        self.asks, self.free = isinstance(page, Ask), isinstance(page, Ask) and page.free
        self.read_first = isinstance(page, Menu) and page.read_first
        return self.sheet_shown()

    def sheet_shown(self) -> Reply:
        """The sheet that is on the phone; the session is over with the last one of a last page."""
        return Reply(self.sheets[self.sheet], self.last and self.sheet == len(self.sheets) - 1)

    def turn(self, key: str) -> Reply | None:
        """The sheet that a key turns to, None where there is none."""
        turned = self.sheet + {MORE: 1, BACK: -1}.get(key, 0)
        if turned == self.sheet or not 0 <= turned < len(self.sheets):
            return None
        self.sheet = turned
        return self.sheet_shown()

    def unread(self) -> bool:
        """Whether something is to be read before the choice that this page asks for."""
        return self.read_first and self.sheet < len(self.sheets) - 1

    def say_again(self, reply: Reply, home: Place) -> Reply:
        """Give an answer again whose page is forgotten; whatever is pressed next starts from `home`."""
        self.place, self.links, self.trail = home, {}, []
        self.asks = self.free = self.read_first = False
        self.sheets, self.sheet, self.last = [reply.text], 0, reply.over
        return reply

    def close(self) -> None:
        """The session is over: of where it led, only what was said is left, for whoever sends the same again."""
        self.over, self.place, self.links, self.trail, self.sheets = True, None, {}, [], []

    def dump(self) -> str:
        """The conversation as JSON, to be sealed: its values in a fixed order, since it is written at every press."""
        return _AS_JSON.encode(
            [
                self.session,
                self.phone,
                self.heard,
                self.at,
                self.length,
                self.position,
                self.place,
                self.trail,
                self.sheets,
                self.sheet,
                self.links,
                self.last,
                self.asks,
                self.free,
                self.read_first,
                self.over,
                self.mistakes,
                self.known.stored(),
                self.answers,
            ]
        )

    @classmethod
    def load(cls, dumped: str) -> "Conversation":
        """The conversation that `dump` gave."""
        (session, phone, heard, at, length, position, place, trail, sheets, sheet, links, *flags, known, answers) = (
            json.loads(dumped)
        )
        last, asks, free, read_first, over, mistakes = flags
        return cls(
            session,
            phone,
            heard,
            at,
            length,
            position,
            _restored(place),
            [Place(*each) for each in trail],
            sheets,
            sheet,
            {number: Place(*each) for number, each in links.items()},
            last,
            asks,
            free,
            read_first,
            over,
            mistakes,
            Known.restored(known),
            answers,
        )


def _restored(stored: Any) -> Place | None:
    return None if stored is None else Place(*stored)
