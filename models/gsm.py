"""Text as a phone shows it: conversion to the GSM 7-bit alphabet, its length, and its parts.

The alphabet and its extension table are those of 3GPP TS 23.038, 6.2.1. An SMS of 140 octets holds 160 septets or 70
UCS-2 units; a part of a longer message gives 6 octets to its header (3GPP TS 23.040, 9.2.3.24.1): 153 or 67.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
GSM7 = frozenset(BASIC + EXTENSION)
ASCII = frozenset(char for char in GSM7 if char.isascii())

LANGUAGES = ("fr", "en", "bm", "dyu", "emk", "ff", "ff_GN", "wo", "snk", "sg")

# The spelling of letters the alphabet lacks; a capital follows its small letter. A message in one language can name a
# village in the spelling of another, so every language knows them all.
_LETTERS = {
    "ɛ": "è", "ɔ": "ò", "ɲ": "ny", "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ɠ": "g", "ƭ": "t", "ƙ": "k",
    "ɩ": "i", "ʊ": "u", "ǝ": "e", "ə": "e", "ł": "l", "đ": "d", "ı": "i",
}  # fmt: skip
_BY_LANGUAGE = dict.fromkeys(LANGUAGES, _LETTERS) | {
    "ff_GN": _LETTERS | {"ɓ": "bh", "ɗ": "dh", "ƴ": "yh", "ŋ": "nh", "ɠ": "gh"},
    "sg": _LETTERS | {"ɛ": "e", "ɔ": "o"},  # è ò would be taken, and stripped, as tones
}

_CONFUSABLE = {"ε": "ɛ", "ԑ": "ɛ", "ℇ": "Ɛ", "ͻ": "ɔ", "ↄ": "ɔ", "ƞ": "ŋ", "Ƞ": "Ŋ", "ɳ": "ɲ"}
_TONES = frozenset("\u0300\u0301\u0302\u0304\u030b\u030c\u030f\u0311\u1dc4\u1dc5\u1dc6\u1dc7")
_TONAL, _UNMARKED = frozenset({"bm", "dyu", "emk"}), frozenset({"sg"})
_OPEN_VOWELS = frozenset("èò")

_COMMON = {
    **dict.fromkeys("\t\u00a0\u1680\u2007\u2009\u202f\u2028\u2029", " "),
    **dict.fromkeys("’‘‚‛ʼʻʹ′´`", "'"),
    **dict.fromkeys("«»“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−•", "-"),
    "…": "...", "œ": "oe", "Œ": "Oe", "ç": "c", "º": "o", "°": "o", "ª": "a", "×": "x", "÷": "/", "½": "1/2", "⁄": "/",
    "·": ".", "±": "+/-", "≤": "<=", "≥": ">=", "→": "->", "‹": "<", "›": ">", "©": "(c)", "®": "(r)",
}  # fmt: skip
_IN_ASCII = {
    "Æ": "Ae", "æ": "ae", "Ø": "O", "ø": "o", "ß": "ss", "£": "GBP", "¥": "JPY", "€": "EUR", "¡": "!", "¿": "?",
}  # fmt: skip

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LINE_END = re.compile(r"\r+\n")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")
_FOREIGN = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")

_SINGLE, _PART, _UCS2_SINGLE, _UCS2_PART = 160, 153, 70, 67


class UnknownLanguageError(ValueError):
    """A language code that has no letter table."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A text in the GSM-7 alphabet, its length in septets and in SMS parts, and what the conversion cost.

    `lossy` and `unmapped` hold characters of the original (composed, NFC), each once, in order of appearance.
    """

    text: str
    septets: int
    segments: int
    lossy: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


class _Spelling(NamedTuple):
    text: str
    lossy: bool = False
    unmapped: bool = False
    placed: bool = False  # depends on its neighbours


def to_gsm7(text: str, language: str, ascii_only: bool = False) -> Converted:
    """Convert a fully rendered text; what is in the alphabet stays, what has no spelling becomes `?`, in `unmapped`.

    `lossy` names the letters that came out bare, so that no reader can tell which they were: ê→e, ɓ→b, Ɛ→E, a tone.
    A spelling of its own is no loss (ɛ→è, ɲ→ny, bh, œ→oe), nor is plain punctuation. `ascii_only` is for gateways that
    garble accents. A Manding text wholly in the alphabet keeps its è and ò: they are open vowels already converted, and
    converting twice must change nothing; in any other Manding text they are low tones, and go.

    Raises UnknownLanguageError for a code not in LANGUAGES.
    """
    if language not in _BY_LANGUAGE:
        raise UnknownLanguageError(f"unknown language {language!r}; known: {', '.join(LANGUAGES)}")
    pattern = _changing(language, ascii_only, converted=True)
    if not pattern.search(text) and "\r\n" not in text:
        return _measured(text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if "\r\n" in text:
        text = _LINE_END.sub("\n", text)
    if not is_gsm7(text):
        pattern = _changing(language, ascii_only, converted=False)
    found: dict[str, _Spelling] = {}

    def spelt(at: re.Match[str]) -> str:
        spelling = found.get(at[0])
        if spelling is None:
            spelling = found[at[0]] = _spelling(at[0], language, ascii_only)
        return _in_place(at[0], spelling.text, text, at.start()) if spelling.placed else spelling.text

    replaced = pattern.sub(spelt, text)
    lossy = tuple(char for char in found if found[char].lossy)
    return _measured(replaced, lossy, tuple(char for char in found if found[char].unmapped))


def is_gsm7(text: str) -> bool:
    """Whether every character is in the basic or the extension table (ESC is in neither)."""
    return not _FOREIGN.search(text)


def septets(text: str) -> int:
    """Length in septets; an extension character weighs two. Raises ValueError when the text is not in GSM-7."""
    if foreign := _FOREIGN.search(text):
        raise ValueError(f"{foreign[0]!r} is not in the GSM 7-bit alphabet")
    return _weight(text)


def segments(text: str) -> int:
    """How many SMS parts the text takes, as UCS-2 when it is not in GSM-7; an empty text takes none."""
    return _gsm7_parts(text, _weight(text)) if is_gsm7(text) else len(split(text))


def split(text: str) -> list[str]:
    """The SMS parts, filled greedily; joined they give back the text.

    An extension character or a surrogate pair is never cut, nor a letter from its marks unless they outgrow a part.
    """
    if is_gsm7(text):
        pieces, single, part = [(char, _weight(char)) for char in text], _SINGLE, _PART
    else:
        pieces, single, part = [(whole, _units(whole)) for whole in _clusters(text)], _UCS2_SINGLE, _UCS2_PART
    if sum(weight for _, weight in pieces) <= single:
        return [text] if text else []
    parts, used = [""], 0
    for piece, weight in pieces:
        if used + weight > part:
            parts.append("")
            used = 0
        parts[-1] += piece
        used += weight
    return parts


def _measured(text: str, lossy: tuple[str, ...] = (), unmapped: tuple[str, ...] = ()) -> Converted:
    weight = _weight(text)
    return Converted(text, weight, _gsm7_parts(text, weight), lossy, unmapped)


def _weight(text: str) -> int:
    return len(text) + len(_EXTENDED.findall(text))


def _gsm7_parts(text: str, weight: int) -> int:
    if weight <= _SINGLE:
        return 1 if text else 0
    # An extension character that straddles a boundary leaves a septet empty: only filling the parts counts them.
    return -(-weight // _PART) if weight == len(text) else len(split(text))


def _units(text: str) -> int:
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def _clusters(text: str) -> list[str]:
    clusters: list[str] = []
    for char in text:
        if clusters and _is_mark(char) and _units(clusters[-1] + char) <= _UCS2_PART:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


@lru_cache(maxsize=64)
def _changing(language: str, ascii_only: bool, *, converted: bool) -> re.Pattern[str]:
    """What must change: characters outside the alphabet, and those inside with a mark the language drops."""
    kept = {char for char in (ASCII if ascii_only else GSM7) if _unmarked(char, language) == char}
    if converted and language in _TONAL and not ascii_only:
        kept |= _OPEN_VOWELS
    return re.compile(f"[^{re.escape(''.join(sorted(kept)))}]")


@lru_cache(maxsize=4096)
def _spelling(char: str, language: str, ascii_only: bool) -> _Spelling:
    """How one character is written; a capital digraph comes as `Ng`."""
    letter = _unmarked(char, language)
    if language != "fr":
        letter = _CONFUSABLE.get(letter, letter)
    spelt = _looked_up(letter, _BY_LANGUAGE[language])
    if spelt is None:
        spelt = "".join(_COMMON.get(part, part) for part in _bare(letter))
    if ascii_only:
        spelt = "".join(_plain(part) for part in spelt)
    silent = not spelt and not _is_mark(char)
    if silent or not (ASCII if ascii_only else GSM7).issuperset(spelt):
        return _Spelling("?", unmapped=True)
    bare = char.isalnum() and len(spelt) == 1 and spelt.isascii()
    dropped = not spelt and unicodedata.combining(char) > 0
    placed = spelt[:1].isdigit() or (len(spelt) > 1 and char.isupper())
    return _Spelling(spelt, lossy=bare or dropped, placed=placed)


def _looked_up(letter: str, table: dict[str, str]) -> str | None:
    small = letter.lower()
    spelt = table.get(small) or _COMMON.get(letter) or (letter if letter in GSM7 else None)
    if spelt is None or letter == small or small not in table:
        return spelt
    capital = spelt.capitalize()
    return capital if GSM7.issuperset(capital) else _plain(capital)  # there is no È nor Ò


def _unmarked(char: str, language: str) -> str:
    """The character without the marks its language does not write: tones in Manding, all of them in Sango."""
    if language in _TONAL:
        toneless = (part for part in unicodedata.normalize("NFD", char) if part not in _TONES)
        return unicodedata.normalize("NFC", "".join(toneless))
    return _bare(char, "NFD") if language in _UNMARKED else char


def _plain(char: str) -> str:
    return _IN_ASCII.get(char) or _bare(char)


def _bare(char: str, form: Literal["NFD", "NFKD"] = "NFKD") -> str:
    return "".join(part for part in unicodedata.normalize(form, char) if not _is_mark(part))


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _in_place(char: str, spelt: str, text: str, at: int) -> str:
    """Fit a spelling to its neighbours: NG in a word of capitals, and 1½ is 1 1/2, not 11/2."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if spelt[0].isdigit():
        return f" {spelt}" if before.isdigit() and not char.isdecimal() else spelt
    return spelt.upper() if (after if after.isalpha() else before).isupper() else spelt
