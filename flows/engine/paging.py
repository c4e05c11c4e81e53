"""Fit a page to the phone: as many sheets as it takes, none over 160 septets, no word, number or option cut."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models import gsm

# A USSD string may hold 182 septets (TS 23.038), but gateways promise 160 and do not say whether "CON " counts.
ROOM = 160 - len("CON ")

# A space inside "12 500 F" or "34,20 g" does not end a word.
_WORD_END = re.compile(r" (?!(?<=\d )(?:\d{3}(?!\d)|FG?\b|g\b))")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something that stays in one piece, and what stands between it and the piece before."""

    text: str
    joint: str


@dataclass(frozen=True, slots=True)
class Footers:
    """The lines at the foot: of the last sheet, and of one that has another behind it."""

    last: str
    more_first: str
    more: str
    last_of_many: str


def _words(line: str, room: int, joint: str) -> list[_Piece]:
    pieces = []
    for word in _WORD_END.split(line):
        while gsm.septets(word) > room:
            cut = _longest(word, room)
            pieces.append(_Piece(word[:cut], joint))
            word, joint = word[cut:], ""  # noqa: PLW2901 - what is left of it
        pieces.append(_Piece(word, joint))
        joint = " "
    return pieces


def _longest(word: str, room: int) -> int:
    return max(cut for cut in range(1, len(word) + 1) if gsm.septets(word[:cut]) <= room)


def _pieces(text: str, options: Sequence[str], room: int) -> list[_Piece]:
    pieces: list[_Piece] = []
    for line in [*text.split("\n"), *options]:
        whole = gsm.septets(line) <= room
        pieces += [_Piece(line, "\n")] if whole else _words(line, room, "\n")
    return pieces


def _joined(pieces: Sequence[_Piece]) -> str:
    first, *rest = pieces
    return first.text + "".join([piece.joint + piece.text for piece in rest])


def _fits(pieces: Sequence[_Piece], footer: str) -> bool:
    return gsm.septets(_joined(pieces) + footer) <= ROOM


def _take(pieces: Sequence[_Piece], footer: str) -> int:
    count = 1
    while count < len(pieces) and _fits(pieces[: count + 1], footer):
        count += 1
    return count


def sheets(text: str, options: Sequence[str], footers: Footers, convert: Callable[[str], str]) -> list[str]:
    """Lay a page out in sheets. `convert` turns a text into the GSM alphabet, once, before it is measured."""
    text, options = convert(text), [convert(each) for each in options]
    whole = "\n".join([text, *options]) + convert(footers.last)
    if gsm.septets(whole) <= ROOM:
        return [whole]
    foot = Footers(*(convert(each) for each in (footers.last, footers.more_first, footers.more, footers.last_of_many)))
    pieces = _pieces(text, options, ROOM - gsm.septets(foot.more))
    laid: list[str] = []
    while True:
        last, more = (foot.last_of_many, foot.more) if laid else (foot.last, foot.more_first)
        if _fits(pieces, last):
            return [*laid, _joined(pieces) + last]
        count = _take(pieces, more)
        laid.append(_joined(pieces[:count]) + more)
        pieces = pieces[count:]
