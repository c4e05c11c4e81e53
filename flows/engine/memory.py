"""What is remembered between two presses: the place, the way back, and what each number meant on the page shown."""

import json
from dataclasses import dataclass, field
from typing import Any

from flows.engine.places import Place


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

    def dump(self) -> str:
        """The conversation as JSON, to be sealed."""
        return json.dumps(
            {
                "session": self.session,
                "phone": self.phone,
                "heard": self.heard,
                "at": self.at,
                "length": self.length,
                "position": self.position,
                "place": _stored(self.place),
                "trail": [place.stored() for place in self.trail],
                "sheets": self.sheets,
                "sheet": self.sheet,
                "links": {number: place.stored() for number, place in self.links.items()},
                "last": self.last,
                "asks": self.asks,
                "free": self.free,
                "over": self.over,
                "mistakes": self.mistakes,
                "who": self.known.who,
                "opened": sorted(self.known.opened),
                "draft": self.known.draft,
                "draft_who": self.known.draft_who,
                "resume": _stored(self.known.resume),
                "resume_who": self.known.resume_who,
                "resume_at": self.known.resume_at,
                "answers": self.answers,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def load(cls, dumped: str) -> "Conversation":
        """The conversation that `dump` gave."""
        kept = json.loads(dumped)
        known = Known(
            kept.pop("who"),
            set(kept.pop("opened")),
            kept.pop("draft"),
            kept.pop("draft_who"),
            _restored(kept.pop("resume")),
            kept.pop("resume_who"),
            kept.pop("resume_at"),
        )
        place = _restored(kept.pop("place"))
        trail = [Place.restored(each) for each in kept.pop("trail")]
        links = {number: Place.restored(each) for number, each in kept.pop("links").items()}
        return cls(**kept, place=place, trail=trail, links=links, known=known)


def _stored(place: Place | None) -> Any:
    return None if place is None else place.stored()


def _restored(stored: Any) -> Place | None:
    return None if stored is None else Place.restored(stored)
