"""Places: the URLs of a conversation. A place is the name of a screen or action and the typed values it was given."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar, get_args, get_type_hints, overload

P = ParamSpec("P")
Function = TypeVar("Function", bound=Callable[..., Any])
Json = Any


class UnknownPlace(LookupError):
    """A place that no longer exists, or no longer takes the values it was given."""


class Place(NamedTuple):
    """Somewhere in a conversation. It is stored as it is: in JSON, a list of two."""

    name: str
    given: Mapping[str, Json]

    @classmethod
    def restored(cls, stored: Json) -> "Place":
        """The place that was stored so. Raises what a foreign text can make it raise."""
        name, given = stored
        return cls(name, given)

    @property
    def module(self) -> str:
        """What the conversation is about here: the module its screen is written in."""
        return self.name.partition(".")[0]


# Where every conversation starts, whatever the screen there is called.
START = Place("", {})

Needs = Callable[[Any, Place], Place | None]


@dataclass(frozen=True, slots=True)
class Spot:
    """A screen or action as it is registered: how its values are read, and who may be there."""

    name: str
    function: Callable[..., Any]
    acts: bool
    deep: bool
    resumes: bool
    needs: Needs | None
    readers: Mapping[str, Callable[[Json], Any]]
    optional: frozenset[str]

    def visit(self, talk: object, place: Place) -> Any:
        """Call the function with the values of a place. Raises UnknownPlace when they do not fit (any more)."""
        if (
            not place.given.keys() <= self.readers.keys()
            or not self.readers.keys() - self.optional <= place.given.keys()
        ):
            raise UnknownPlace(self.name)
        try:
            values = {name: self.readers[name](value) for name, value in place.given.items()}
        except (ValueError, TypeError, KeyError) as error:
            raise UnknownPlace(self.name) from error
        return self.function(talk, **values)


_spots: dict[str, Spot] = {}
_names: dict[Callable[..., Any], tuple[Place, tuple[str, ...]]] = {}


def _plain(kind: type) -> Callable[[Json], Any]:
    def read(value: Json) -> Any:
        if type(value) is not kind:
            raise ValueError
        return value

    return read


def _reader(hint: Any) -> Callable[[Json], Any]:
    if isinstance(hint, UnionType):
        (kind,) = (each for each in get_args(hint) if each is not NoneType)
        read = _reader(kind)
        return lambda value: None if value is None else read(value)
    if hint is Place:
        return Place.restored
    if hint is date:
        return date.fromisoformat
    return hint if issubclass(hint, StrEnum) else _plain(hint)


def _register(function: Callable[..., Any], needs: Needs | None, acts: bool, deep: bool, resumes: bool) -> None:
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    readers = {each.name: _reader(hints[each.name]) for each in parameters}
    optional = frozenset(each.name for each in parameters if each.default is not each.empty)
    _spots[name] = Spot(name, function, acts, deep, resumes, needs, readers, optional)
    _names[function] = (Place(name, {}), tuple(readers))


@overload
def screen(function: Function) -> Function: ...
@overload
def screen(
    *, needs: Needs | None = None, deep: bool = True, resumes: bool = True
) -> Callable[[Function], Function]: ...
def screen(function: Any = None, *, needs: Needs | None = None, deep: bool = True, resumes: bool = True) -> Any:
    """Register a function that shows a page and changes nothing.

    `needs` is asked at each visit, and may lead elsewhere first (to a code, or away). A screen that is not `deep`
    cannot be passed by a dialled string; one that is not `resumes` is not offered again after a dropped session.
    """

    def registered(given: Function) -> Function:
        _register(given, needs, acts=False, deep=deep, resumes=resumes)
        return given

    return registered if function is None else registered(function)


@overload
def action(function: Function) -> Function: ...
@overload
def action(*, needs: Needs | None = None) -> Callable[[Function], Function]: ...
def action(function: Any = None, *, needs: Needs | None = None) -> Any:
    """Register a function that changes something and leads to a place. It runs at most once a press."""

    def registered(given: Function) -> Function:
        _register(given, needs, acts=True, deep=False, resumes=False)
        return given

    return registered if function is None else registered(function)


def _stored(value: object) -> Json:
    return value.isoformat() if isinstance(value, date) else value


def to(there: Callable[Concatenate[Any, P], object], *args: P.args, **given: P.kwargs) -> Place:
    """The place of a screen or action with these values. mypy refuses a screen that is not there and a wrong value."""
    bare, parameters = _names[there]
    if not args and not given:
        return bare
    values = dict(zip(parameters, args, strict=False)) | given
    return Place(bare.name, {each: _stored(value) for each, value in values.items()})


def spot(place: Place) -> Spot:
    """The registered screen or action of a place. Raises UnknownPlace when there is none."""
    try:
        return _spots[place.name]
    except KeyError as error:
        raise UnknownPlace(place.name) from error


def spots() -> Iterator[Spot]:
    """Everything registered, by name."""
    return iter(sorted(_spots.values(), key=lambda each: each.name))
