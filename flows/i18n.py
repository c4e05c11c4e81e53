"""The words for whoever we are talking to. French is the source language; a language falls back by whole screen.

A flow says `_ = words(__name__)` once. The name of its file is the context of its sentences, so that a translator sees
where a word stands ("Suite" of a list is not "suite" of a case).
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from babel.messages.pofile import read_po

Page = TypeVar("Page")
Catalogue = Mapping[tuple[str, str], str]

SOURCE = "fr"
# What can be chosen, each in its own words: who chooses a language cannot read the others.
LANGUAGES = {"fr": "Français", "en": "English"}
SPOKEN = tuple(LANGUAGES)


class _Speaking:
    """A language that is spoken for a while, and whether a sentence was missing in it."""

    __slots__ = ("_before", "language", "missed")

    def __init__(self, language: str) -> None:
        self.language, self.missed = language, False

    def __enter__(self) -> "_Speaking":
        self._before = _speaking.set(self)
        return self

    def __exit__(self, *_error: object) -> None:
        _speaking.reset(self._before)


_catalogues: dict[str, Catalogue] = {}
_known_missing: set[tuple[str, str]] = set()
_speaking: ContextVar[_Speaking] = ContextVar("speaking", default=_Speaking(SOURCE))  # noqa: B039 - never changed


def load(locales: Path) -> None:
    """Take the words of every catalogue below `locales`. Sentences that wait for a reviewer (fuzzy) are left out."""
    _catalogues.clear()
    _known_missing.clear()
    for path in sorted(locales.glob("*/LC_MESSAGES/messages.po")):
        _catalogues[path.parent.parent.name] = _read(path, path.stat().st_mtime_ns)


@lru_cache
def _read(path: Path, _written: int) -> Catalogue:
    """What stands in a catalogue as it was written then: a file of thousands of sentences is read once."""
    with path.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id and entry.string and not entry.fuzzy]
    return {(entry.context or "", str(entry.id)): str(entry.string) for entry in entries}


def words(module: str) -> Callable[..., str]:
    """The `_` of a module: it says a French sentence in the language being spoken, with its values filled in."""
    context = module.rpartition(".")[2]

    def say(french: str, /, **given: object) -> str:
        speaking = _speaking.get()
        sentence = french if speaking.language == SOURCE else _translated(speaking, context, french)
        return sentence.format(**given) if given else sentence

    return say


def mark(french: str) -> str:
    """Mark a sentence for the catalogues where it is written; it is said later, with `_`."""
    return french


def _translated(speaking: _Speaking, context: str, french: str) -> str:
    found = _catalogues.get(speaking.language, {}).get((context, french))
    if found is None:
        speaking.missed = True
        return french
    return found


def languages() -> list[str]:
    """The languages there are words in, the source language first."""
    return [SOURCE, *sorted(each for each in _catalogues if each != SOURCE)]


def spoken() -> str:
    """The language being spoken just now."""
    return _speaking.get().language


def speaking(language: str) -> AbstractContextManager[object]:
    """Speak a language for a while."""
    return _Speaking(language)


def whole(name: str, language: str, say: Callable[[], Page]) -> tuple[Page, str]:
    """Say something entirely in a language, or entirely in French when a sentence of it is missing.

    `name` is what is being said; that it is missing in a language is remembered, so that it is worded once only.
    Gives what was said, and its language.
    """
    if _catalogues.get(language) and (name, language) not in _known_missing:
        with _Speaking(language) as spoken:
            said = say()
        if not spoken.missed:
            return said, language
        _known_missing.add((name, language))
    with speaking(SOURCE):
        return say(), SOURCE


def day(when: date) -> str:
    """A date in figures, day first: 14/08/2026. Month names hold letters that cost, and differ between readers."""
    return f"{when:%d/%m/%Y}"


def short_day(when: date, today: date) -> str:
    """A date in few figures: 14/08; of another year than today's, 14/08/25."""
    return f"{when:%d/%m}" if when.year == today.year else f"{when:%d/%m/%y}"


def hour(when: datetime | time) -> str:
    """A time of day: 9h, 14h30; in English 09:00."""
    if spoken() == "en":
        return f"{when:%H:%M}"
    return f"{when.hour}h" + (f"{when.minute:02d}" if when.minute else "")


def grams(milligrams: int) -> str:
    """A weight in grams: 34,20 g; in English 34.20 g."""
    whole_grams, rest = divmod(milligrams, 1000)
    decimals = f"{rest:03d}".rstrip("0").ljust(2, "0")
    return f"{whole_grams}{'.' if spoken() == 'en' else ','}{decimals} g"
