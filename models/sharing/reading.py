"""Reading a rule, or a rule and a lot, from JSON: exactly the keys, words and whole numbers that are known."""

import json
from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar, get_type_hints

from models.sharing.lots import Advance, Sharing, Worker
from models.sharing.rules import REST, STEPS, By, Part, Per, Pool, Recover, Rule, Step, Unit
from models.sharing.values import Unshareable, said, whole, word

DIGITS = 1_000  # of the longest number that is read
Record = TypeVar("Record")


def read(document: bytes) -> Sharing:
    """A rule and a lot from JSON in UTF-8, as `sharing preview` takes them. Raises Unshareable, naming the place.

    What the rule does not ask for may be left out: counts, a team, advances when nothing is recovered, weights when
    every pool is equal, and groups when none is pooled.
    """
    found = _object("the document", loaded(document), ("rule", "pot"), ("counts", "team", "advances"))
    rule = rule_of(found["rule"])
    if "advances" not in found and any(isinstance(step, Recover) for step in rule.steps):
        raise Unshareable("advances is missing, and the rule recovers: write [] when there are none")
    pot = whole("pot", found["pot"])
    counts = _object("counts", found.get("counts", {}), (), tuple(per for per in Per if per != Per.LOT))
    team = _records("team", found.get("team", []), Worker, _unasked(rule))
    advances = _records("advances", found.get("advances", []), Advance)
    return Sharing(rule, pot, {Per(per): count for per, count in counts.items()}, team, advances)


def _unasked(rule: Rule) -> dict[str, object]:
    """What a worker may come without: a weight or a group that no pool looks at."""
    pools = [step for step in rule.steps if isinstance(step, Pool)]
    weighed = any(pool.by != By.EQUAL for pool in pools)
    grouped = any(pool.of != REST for pool in pools)
    return ({} if weighed else {"weight": 0}) | ({} if grouped else {"group": ""})


def rule_of(found: object) -> Rule:
    """A rule from the object {"unit", "steps"}. Raises Unshareable, naming the step."""
    rule = _object("rule", found, ("unit", "steps"))
    unit = word("unit", rule["unit"], Unit)
    return Rule(unit, tuple(_step(f"step {n}", each) for n, each in enumerate(_list("steps", rule["steps"]), start=1)))


def _step(place: str, found: object) -> Step:
    """A step: its kind says which keys it has, and they are the fields of the kind's class."""
    step = {**_dict(place, found)}
    kinds = {each.step: each for each in STEPS}
    called = step.pop("step", None)
    if not isinstance(called, str) or called not in kinds:
        raise Unshareable(f"{place}: step must be {', '.join(kinds)}, not {said(called)}")
    if "among" in step and called == "split":
        step["among"] = _records(f"{place}: among", step["among"], Part)
    return _record(place, step, kinds[called])


def _records(place: str, found: object, record: type[Record], unasked: Mapping[str, object] | None = None) -> Any:
    return tuple(
        _record(f"{place} {number}", {**(unasked or {}), **_dict(f"{place} {number}", each)}, record)
        for number, each in enumerate(_list(place, found), start=1)
    )


def _record(place: str, found: object, record: type[Record]) -> Record:
    """A dataclass from an object that has its fields as keys; words become members of their lists."""
    keys = tuple(each.name for each in fields(record))  # type: ignore[arg-type]  # every record here is a dataclass
    values = dict(_object(place, found, keys))
    try:
        for key, kind in get_type_hints(record).items():
            if isinstance(kind, type) and issubclass(kind, StrEnum) and key in values:
                values[key] = word(key, values[key], kind)
        return record(**values)
    except Unshareable as error:
        raise Unshareable(f"{place}: {error}") from None


def _object(place: str, found: object, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> dict[str, Any]:
    values = _dict(place, found)
    for key in needed:
        if key not in values:
            raise Unshareable(f"{place}: {key} is missing")
    for key in values:
        if key not in (*needed, *allowed):
            raise Unshareable(f"{place}: {said(key)} is not known")
    return values


def _dict(place: str, found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unshareable(f"{place} must be an object, not {said(found)}")
    return found


def _list(place: str, found: object) -> list[Any]:
    if not isinstance(found, list):
        raise Unshareable(f"{place} must be a list, not {said(found)}")
    return found


def loaded(document: bytes) -> Any:
    """JSON without a key that stands twice or a number without end; NaN is a float, and no float is whole."""
    try:
        return json.loads(document.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_bounded)
    except UnicodeDecodeError:
        raise Unshareable("the document is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unshareable(f"the document is not JSON: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unshareable("the document is not a rule and a lot: it is nested too deep") from None


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
