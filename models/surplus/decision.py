"""What an assembly decides on the surplus of a year. What the law forbids cannot be made: each says its article."""

from dataclasses import dataclass
from enum import StrEnum

from models.sharing.values import MILLION, Unshareable, name, whole

FIFTH = 200_000  # of a million: the 20 % of articles 114 and 115
WORDS_AT_MOST = 40  # of a resolution, so that it fits on a phone


class Unlawful(Unshareable):
    """The law does not allow it; the sentence names the article."""


class Measure(StrEnum):
    """By what ristournes are shared: operations with the cooperative, or work for it (article 112)."""

    DELIVERIES = "deliveries"  # what each delivered, in milligrams
    WORK = "work"  # what each worked, in days
    LOTS = "lots"  # the shares each had of the lots of the year, before anything was kept back


def resolution(words: str) -> str:
    """How a resolution of an assembly is called, in a few words on one line. Raises Unshareable."""
    if len(name("resolution", words)) > WORDS_AT_MOST:
        raise Unshareable(f"resolution must be at most {WORDS_AT_MOST} letters, such as 'AG 12/03/2026, n° 4'")
    return words


@dataclass(frozen=True, slots=True)
class Reserve:
    """A legal reserve: what is in it, the rate of the bylaws (none: what the law asks), and what is added freely."""

    before: int
    rate_ppm: int | None = None
    more: int = 0

    def __post_init__(self) -> None:
        whole("before", self.before)
        whole("more", self.more)
        if self.rate_ppm is not None:
            whole("rate_ppm", self.rate_ppm, most=MILLION)


@dataclass(frozen=True, slots=True)
class Optional:
    """A reserve that the bylaws name, and what goes into it."""

    label: str
    amount: int

    def __post_init__(self) -> None:
        name("label", self.label)
        whole("amount", self.amount)


@dataclass(frozen=True, slots=True)
class Measured:
    """A member, by number, and what they are measured by."""

    member: str
    weight: int

    def __post_init__(self) -> None:
        name("member", self.member)
        whole("weight", self.weight)


@dataclass(frozen=True, slots=True)
class Ristournes:
    """What goes back to members, and by what. No amount: all that the reserves leave."""

    amount: int | None
    by: Measure
    members: tuple[Measured, ...]

    def __post_init__(self) -> None:
        if self.amount is not None:
            whole("amount", self.amount)


@dataclass(frozen=True, slots=True)
class Interest:
    """Interest on shares: its rate, the discount rate of the central bank, and what each paid up."""

    rate_ppm: int
    most_ppm: int
    paid_up: tuple[Measured, ...]

    def __post_init__(self) -> None:
        whole("most_ppm", self.most_ppm, most=MILLION)
        if whole("rate_ppm", self.rate_ppm) > self.most_ppm:
            raise Unlawful(
                f"interest of {self.rate_ppm} ppm is above the central bank's discount rate, {self.most_ppm} ppm: "
                "article 209 allows no more"
            )


@dataclass(frozen=True, slots=True)
class Decision:
    """What an assembly decides on the surplus of a year.

    `brought` was carried over from earlier years. Where the bylaws say so, a legal reserve stops at the franc where it
    meets the capital (`stop_at_capital`; the law leaves it open), or nothing is shared for a time (`no_sharing`,
    article 241).
    """

    surplus: int
    capital: int
    general: Reserve
    training: Reserve
    brought: int = 0
    stop_at_capital: bool = False
    no_sharing: bool = False
    optional: tuple[Optional, ...] = ()
    ristournes: Ristournes | None = None
    interest: Interest | None = None

    def __post_init__(self) -> None:
        if whole("surplus", self.surplus) == 0:
            raise Unshareable("surplus must be above 0: there is nothing to share")
        whole("capital", self.capital)
        whole("brought", self.brought)
        if self.no_sharing and (self.ristournes or self.interest):
            raise Unlawful("the bylaws forbid sharing the surplus (article 241): leave ristournes and interest out")
        most = self.surplus * FIFTH // MILLION
        given = sum(each.amount for each in self.optional)
        if given > most:
            raise Unlawful(
                f"optional reserves of {given} are above 20 % of the surplus: article 115 allows {most} at most"
            )
        labels = [each.label for each in self.optional]
        if len(set(labels)) < len(labels):
            raise Unshareable("two optional reserves have one label: add them up")


def reserved(decision: Decision, reserve: Reserve) -> int:
    """What goes into a legal reserve before anything else, rounded up: a minimum is never missed by part of a franc.

    Raises Unlawful for a rate below 20 % while the reserve is below the capital (article 114).
    """
    below = reserve.before < decision.capital
    if below and reserve.rate_ppm is not None and reserve.rate_ppm < FIFTH:
        raise Unlawful(
            f"a rate of {reserve.rate_ppm} ppm is below 20 %: article 114 asks for 20 % or more while the reserve, "
            f"{reserve.before}, is below the capital, {decision.capital}"
        )
    rate = reserve.rate_ppm if reserve.rate_ppm is not None else FIFTH if below else 0
    amount = -(-decision.surplus * rate // MILLION)
    return min(amount, max(0, decision.capital - reserve.before)) if decision.stop_at_capital else amount
