"""The terms of a dues plan as a cooperative decided them: read from a document, checked, kept as facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from models.members import Role, Sex
from models.money import AT_MOST
from models.periods import MONTHS, Period
from models.proposals import Overtaken

Choice = TypeVar("Choice", bound=StrEnum)
INSTALMENTS_AT_MOST = 60
LETTERS_AT_MOST = 40
WHOLE = 1_000_000  # parts per million


class PlanKind(StrEnum):
    """What a plan asks for. Only the last but one is capital: it is repaid, and never netted with dues."""

    ENTRY_FEE = "entry_fee"  # once, on joining
    PERIODIC = "periodic"
    CAPITAL = "capital"  # subscribed shares of one face value, paid up in instalments
    SPECIAL = "special"  # one call on a date


class Concerns(StrEnum):
    """Whom a plan is for."""

    ALL = "all"
    ROLE = "role"
    SEX = "sex"
    MEMBERS = "members"


class Basis(StrEnum):
    """What allows a plan: commitments of members are not raised without it (AUSCOOP articles 18, 62, 68, 254)."""

    BYLAW = "bylaw"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Terms:
    """A plan. Amounts in whole units; of capital, the amount is the face value of a share.

    `instalments` are the weights in which subscribed shares are paid up, one each `period`. A penalty is charged once,
    as an amount or in parts per million of what is unpaid, when more than `penalty_after` days have gone by.
    """

    kind: PlanKind
    label: str
    amount: int
    first_on: date
    basis: Basis
    reference: str
    decided_on: date | None = None
    until: date | None = None
    period: Period | None = None
    pro_rata: bool = False
    instalments: tuple[int, ...] = ()
    concerns: Concerns = Concerns.ALL
    concerned: str | None = None
    members: tuple[str, ...] = ()
    penalty_amount: int | None = None
    penalty_ppm: int | None = None
    penalty_after: int | None = None
    replaces: int | None = None

    def facts(self) -> dict[str, Any]:
        """The terms as they are kept in a proposal. A 0, such as no day of grace, is said; what is left out is not."""
        said = {name: _plain(value) for name, value in asdict(self).items()}
        return {name: value for name, value in said.items() if value is not None and value is not False and value != []}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


class BadTerms(Overtaken):
    """The terms of a plan cannot be; the sentence says what is wrong and what would be right."""


NAMES = tuple(each.name for each in fields(Terms))


def read(document: object) -> Terms:
    """The terms that a document (JSON) gives, by the names of `Terms`. Raises BadTerms with the first fault."""
    if not isinstance(document, Mapping):
        raise BadTerms("a plan is an object with kind, label, amount, first_on, basis and reference")
    unknown = sorted(str(name) for name in document if name not in NAMES)
    if unknown:
        raise BadTerms(f"{unknown[0]!r} is no part of a plan; its parts are {', '.join(NAMES)}")
    terms = Terms(
        kind=_one_of(document, "kind", PlanKind),
        label=_words(document, "label"),
        amount=_whole(document, "amount"),
        first_on=_day(document, "first_on"),
        basis=_one_of(document, "basis", Basis),
        reference=_words(document, "reference"),
        **_others(document),
    )
    fault = next(_faults(terms), None)
    if fault is not None:
        raise BadTerms(fault)
    return terms


def _others(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: read_it(document, name)
        for name, read_it in _OPTIONAL.items()
        if document.get(name) is not None and document[name] != []
    }


def _one_of(document: Mapping[str, Any], name: str, kinds: type[Choice]) -> Choice:
    try:
        return kinds(document.get(name) or "")
    except ValueError as error:
        raise BadTerms(f"{name} must be one of {', '.join(kinds)}") from error


def _words(document: Mapping[str, Any], name: str) -> str:
    said = document.get(name)
    words = " ".join(said.split()) if isinstance(said, str) else ""
    if not words or len(words) > LETTERS_AT_MOST or not words.isprintable():
        raise BadTerms(f"{name} must be 1 to {LETTERS_AT_MOST} letters")
    return words


def _whole(document: Mapping[str, Any], name: str) -> int:
    number = document.get(name)
    if type(number) is not int or not 0 <= number <= AT_MOST:
        raise BadTerms(f"{name} must be a whole number from 0 to {AT_MOST}")
    return number


def _day(document: Mapping[str, Any], name: str) -> date:
    try:
        day = date.fromisoformat(document.get(name) or "")
    except (TypeError, ValueError) as error:
        raise BadTerms(f"{name} must be a date such as 2027-01-31") from error
    if not 1900 <= day.year <= 2100:
        raise BadTerms(f"{name} must be between 1900 and 2100")
    return day


def _yes(document: Mapping[str, Any], name: str) -> bool:
    if not isinstance(document[name], bool):
        raise BadTerms(f"{name} must be true or false")
    return bool(document[name])


def _weights(document: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """The weights of instalments; a number alone is that many equal ones."""
    given = document[name]
    weights = [1] * min(given, INSTALMENTS_AT_MOST + 1) if type(given) is int else given
    right = isinstance(weights, list) and all(type(each) is int and 1 <= each <= WHOLE for each in weights)
    if not right or not 1 <= len(weights) <= INSTALMENTS_AT_MOST:
        raise BadTerms(f"{name} must be a number from 1 to {INSTALMENTS_AT_MOST}, or as many weights of 1 or more")
    return tuple(weights)


def _numbers(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = document[name]
    if not isinstance(given, list) or not all(isinstance(each, str) and each.strip() for each in given):
        raise BadTerms(f"{name} must be a list of member numbers as text")
    return tuple(dict.fromkeys(each.strip() for each in given))


_OPTIONAL: Mapping[str, Callable[[Mapping[str, Any], str], object]] = {
    "decided_on": _day,
    "until": _day,
    "period": lambda document, name: _one_of(document, name, Period),
    "pro_rata": _yes,
    "instalments": _weights,
    "concerns": lambda document, name: _one_of(document, name, Concerns),
    "concerned": _words,
    "members": _numbers,
    "penalty_amount": _whole,
    "penalty_ppm": _whole,
    "penalty_after": _whole,
    "replaces": _whole,
}


def _faults(terms: Terms) -> Iterator[str]:
    if terms.amount == 0:
        yield "amount must be above 0"
    if terms.until is not None and terms.until < terms.first_on:
        yield "until must not be before first_on"
    if terms.basis is Basis.RESOLUTION and terms.decided_on is None:
        yield "decided_on is needed: the day of the assembly that resolved it"
    yield from _faults_of_periods(terms)
    yield from _faults_of_people(terms)
    yield from _faults_of_penalty(terms)


def _faults_of_periods(terms: Terms) -> Iterator[str]:
    capital, periodic = terms.kind is PlanKind.CAPITAL, terms.kind is PlanKind.PERIODIC
    if capital != bool(terms.instalments):
        yield "instalments are needed for capital, and for nothing else"
    elif (terms.period is not None) != (periodic or len(terms.instalments) > 1):
        yield "period is needed for periodic dues and for capital in several instalments, and for nothing else"
    if terms.pro_rata and not periodic:
        yield "pro_rata is only for periodic dues"
    if terms.until is not None and terms.kind is PlanKind.SPECIAL:
        yield "a special call has one date: leave until out"


def _faults_of_people(terms: Terms) -> Iterator[str]:
    if terms.kind is PlanKind.CAPITAL and terms.concerns is not Concerns.ALL:
        yield "capital concerns those who subscribe: leave concerns out"
    if (terms.concerns is Concerns.MEMBERS) != bool(terms.members):
        yield "members are needed where concerns is members, and nowhere else"
    words = {Concerns.ROLE: tuple(Role), Concerns.SEX: tuple(Sex)}.get(terms.concerns, (None,))
    if terms.concerned not in words:
        yield "concerned must be a role where concerns is role, F or M where it is sex, and left out elsewhere"


def _faults_of_penalty(terms: Terms) -> Iterator[str]:
    given = (terms.penalty_amount, terms.penalty_ppm)
    if given == (None, None) and terms.penalty_after is None:
        return
    if terms.penalty_after is None or None not in given or given == (None, None):
        yield "a penalty is penalty_after days, and one of penalty_amount and penalty_ppm"
    elif not any(given) or (terms.penalty_ppm or 0) > WHOLE or terms.penalty_after > 3650:
        yield "a penalty is above 0, at most 1000000 parts per million, after at most 3650 days"
    if terms.kind is PlanKind.CAPITAL:
        yield "there is no penalty on capital: what is late there has its own rules"


def months(terms: Terms) -> int:
    """How many months lie between the first and the last instalment."""
    return MONTHS[terms.period] * (len(terms.instalments) - 1) if terms.period else 0
