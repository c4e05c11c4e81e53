"""What every part of a sharing asks of its values: whole numbers, names a phone can show, known words."""

import unicodedata
from enum import StrEnum
from typing import TypeVar

MILLION = 1_000_000

_UNSHOWABLE = {"Cc", "Cs", "Zl", "Zp"}  # controls, lone surrogates, separators of lines and paragraphs

Word = TypeVar("Word", bound=StrEnum)


class Unshareable(ValueError):
    """A rule, a lot or a document that cannot be shared; it says why in one sentence on one line."""


def said(value: object) -> str:
    """A value as a sentence repeats it: short, on one line, in JSON's words for what is not text or a number."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 200 else "a very large number"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, float):
        return repr(value)
    return "an object" if isinstance(value, dict) else "a list"


def whole(name: str, value: object, most: int | None = None) -> int:
    """A whole number from 0 to `most`. true, 1.0 and "1" are not whole numbers. Raises Unshareable."""
    if type(value) is not int or value < 0:
        raise Unshareable(f"{name} must be a whole number, 0 or more, not {said(value)}")
    if most is not None and value > most:
        raise Unshareable(f"{name} must be at most {most}, not {said(value)}")
    return value


def name(what: str, value: object) -> str:
    """A text that can name something on a phone: not empty, no blanks around it, on one line. Raises Unshareable."""
    if not isinstance(value, str):
        raise Unshareable(f"{what} must be text, not {said(value)}")
    if not value or value != value.strip() or any(unicodedata.category(sign) in _UNSHOWABLE for sign in value):
        raise Unshareable(f"{what} must be a name on one line, without blanks around it, not {said(value)}")
    return value


def word(what: str, value: object, words: type[Word]) -> Word:
    """One of the words of a list, exactly as it is written there. Raises Unshareable."""
    if isinstance(value, str) and value in list(words):
        return words(value)
    raise Unshareable(f"{what} must be {', '.join(words)}, not {said(value)}")
