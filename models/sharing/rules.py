"""The sharing rule: an ordered list of steps over a pot, as an assembly or a memorandum laid it down.

Every amount is a whole number of the rule's unit, every percentage is in parts per million, every weight is a whole
number. A step that is not well formed cannot be made: each raises Unshareable with the sentence. What a list of steps
does together is asked of `faults_of` when a rule is written, and of `share` for one lot.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from models.sharing.beneficiaries import beneficiary, is_group
from models.sharing.values import MILLION, Unshareable, name, said, whole

REST = "rest"


class Unit(StrEnum):
    """What is shared. Sacks may be split first, and the money later by each holder."""

    MONEY = "money"
    SACKS = "sacks"
    MG = "mg"


class Of(StrEnum):
    """What a percentage is taken of: the pot, the pot less the costs so far, or what is left."""

    GROSS = "gross"
    NET = "net"
    REST = "rest"


class Per(StrEnum):
    """What a fixed amount is counted by. A lot counts once."""

    LOT = "lot"
    PIT = "pit"
    SACK = "sack"
    DAY = "day"


class By(StrEnum):
    """What the weights of the team count; by `equal` they are not looked at."""

    DAYS = "days"
    SHIFTS = "shifts"
    BOWLS = "bowls"
    EQUAL = "equal"
    WEIGHT = "weight"


class Owing(StrEnum):
    """What an advance was: part-payment on gold delivered and not yet sold, or tools."""

    DELIVERY_ADVANCE = "delivery_advance"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount off the top of the pot, with a receipt or a named witness. Costs of one label add up."""

    step: ClassVar[str] = "cost"
    label: str
    amount: int

    def __post_init__(self) -> None:
        name("label", self.label)
        whole("amount", self.amount)


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage, in parts per million and rounded down: community, tax, cooperative, landowner."""

    step: ClassVar[str] = "pct"
    label: str
    to: str
    rate_ppm: int
    of: Of

    def __post_init__(self) -> None:
        name("label", self.label)
        beneficiary("to", self.to)
        whole("rate_ppm", self.rate_ppm, most=MILLION)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed amount for the lot, or for each pit, sack or day of it."""

    step: ClassVar[str] = "fixed"
    label: str
    to: str
    amount: int
    per: Per

    def __post_init__(self) -> None:
        name("label", self.label)
        beneficiary("to", self.to)
        whole("amount", self.amount)


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a split: a beneficiary, or the rest for the steps to come, and its weight."""

    to: str
    weight: int

    def __post_init__(self) -> None:
        if self.to != REST:
            beneficiary("to", self.to)
        whole("weight", self.weight)


@dataclass(frozen=True, slots=True)
class Split:
    """All of the rest by weights, such as halves, thirds or 1:2:7. Equal remainders are served in the order written."""

    step: ClassVar[str] = "split"
    label: str
    among: tuple[Part, ...]

    def __post_init__(self) -> None:
        name("label", self.label)
        if not any(part.weight for part in self.among):
            raise Unshareable("among must hold a weight above 0")
        if sum(part.to == REST for part in self.among) > 1:
            raise Unshareable('among can hold "rest" only once')


@dataclass(frozen=True, slots=True)
class Pool:
    """All of the rest over the whole team, or all that a group was given over the team's members of that group."""

    step: ClassVar[str] = "pool"
    label: str
    by: By
    of: str

    def __post_init__(self) -> None:
        name("label", self.label)
        if self.of != REST and not is_group(beneficiary("of", self.of)):
            raise Unshareable(f'of must be "rest" or group:NAME, not {said(self.of)}')


@dataclass(frozen=True, slots=True)
class Recover:
    """What is kept back of a member's share for advances of one kind, rounded down in the member's favour.

    Never more than the advance, than `max_ppm` of the share, or than leaves the member `floor`.
    """

    step: ClassVar[str] = "recover"
    label: str
    kind: Owing
    max_ppm: int
    floor: int

    def __post_init__(self) -> None:
        name("label", self.label)
        whole("max_ppm", self.max_ppm, most=MILLION)
        whole("floor", self.floor)


Step = Cost | Percent | Fixed | Split | Pool | Recover
STEPS: tuple[type[Step], ...] = (Cost, Percent, Fixed, Split, Pool, Recover)


@dataclass(frozen=True, slots=True)
class Rule:
    """The steps, in the order they are taken, and the unit all their amounts are in."""

    unit: Unit
    steps: tuple[Step, ...]


def given(step: Step) -> tuple[str, ...]:
    """Whom a step names as beneficiaries; "rest" is nobody."""
    match step:
        case Percent() | Fixed():
            return (step.to,)
        case Split():
            return tuple(part.to for part in step.among if part.to != REST)
        case _:
            return ()
