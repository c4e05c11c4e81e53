"""Documents in JSON, read to the letter: only keys, words and whole numbers that are known; each error by place."""

import json
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from models.sharing.values import Unshareable, said, word

DIGITS = 1_000  # of the longest number that is read
Record = TypeVar("Record")


def records(
    place: str, found: object, shape: type[Record], unasked: Mapping[str, object] | None = None
) -> tuple[Record, ...]:
    """A list of objects as dataclasses; what is `unasked` may be left out. Raises Unshareable."""
    return tuple(
        record(f"{place} {number}", {**(unasked or {}), **a_dict(f"{place} {number}", each)}, shape)
        for number, each in enumerate(a_list(place, found), start=1)
    )


def record(place: str, found: object, shape: type[Record]) -> Record:
    """A dataclass from an object with its fields as keys; words become members of their lists. Raises Unshareable."""
    keys = tuple(each.name for each in fields(shape))  # type: ignore[arg-type]  # every record here is a dataclass
    values = dict(an_object(place, found, keys))
    try:
        for key, kind in get_type_hints(shape).items():
            if isinstance(kind, type) and issubclass(kind, StrEnum) and key in values:
                values[key] = word(key, values[key], kind)
        return shape(**values)
    except Unshareable as error:
        raise Unshareable(f"{place}: {error}") from None


def an_object(place: str, found: object, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object that has all keys that are needed, and no others but those allowed. Raises Unshareable."""
    values = a_dict(place, found)
    for key in needed:
        if key not in values:
            raise Unshareable(f"{place}: {key} is missing")
    for key in values:
        if key not in (*needed, *allowed):
            raise Unshareable(f"{place}: {said(key)} is not known")
    return values


def a_dict(place: str, found: object) -> dict[str, Any]:
    """An object, whatever its keys. Raises Unshareable."""
    if not isinstance(found, dict):
        raise Unshareable(f"{place} must be an object, not {said(found)}")
    return found


def a_list(place: str, found: object) -> list[Any]:
    """A list. Raises Unshareable."""
    if not isinstance(found, list):
        raise Unshareable(f"{place} must be a list, not {said(found)}")
    return found


def loaded(document: bytes) -> Any:
    """JSON without a key that stands twice or a number without end; NaN is a float, and no float is whole.

    Raises Unshareable.
    """
    try:
        return json.loads(document.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_bounded)
    except UnicodeDecodeError:
        raise Unshareable("the document is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unshareable(f"the document is not JSON: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unshareable("the document is nested too deep") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise Unshareable(f"the key {said(key)} stands twice in one object")
        found[key] = value
    return found


def _bounded(digits: str) -> int:
    if len(digits) > DIGITS:
        raise Unshareable(f"a number has more than {DIGITS} digits")
    return int(digits)
