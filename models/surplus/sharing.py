"""Sharing the surplus: a decision becomes two rules of the sharing engine, for the year and for the balance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.sharing import By, Fixed, Line, Part, Per, Pool, Result, Rule, Split, Step, Unit, Worker, share
from models.sharing.beneficiaries import number_of
from models.sharing.values import MILLION
from models.surplus.decision import Decision, Interest, Measured, reserved

GENERAL, TRAINING, OPTIONAL = "fund:general", "fund:training", "fund:optional:"
RISTOURNES, INTEREST = "group:ristournes", "group:interest"
DISTRIBUTABLE, CARRIED = "fund:distributable", "fund:carried"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of the sharing, and the article of the law it follows. `weight` is what a member's part is measured by,
    and for a pot all of it together; 0 where nothing is measured.
    """

    line: Line
    article: int
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Sharing:
    """A surplus that is shared. The shares add up to the surplus and what was brought; members are by number."""

    steps: tuple[Taken, ...]
    shares: Mapping[str, int]
    ristournes: Mapping[str, int]
    interest: Mapping[str, int]

    @property
    def carried(self) -> int:
        """What is carried over to the next year."""
        return self.shares.get(CARRIED, 0)


def share_out(decision: Decision) -> Sharing:
    """Share a surplus as the assembly decided. The order of members changes nothing; ties go by member number.

    Raises Unlawful, naming the article, and Unshareable when a step takes more than is left or there is nobody to
    receive.
    """
    back = decision.ristournes.members if decision.ristournes else ()
    paid_up = decision.interest.paid_up if decision.interest else ()
    first = _run(_first(decision), decision.surplus, RISTOURNES, back)
    earned = _earned(decision.interest)
    left = first.shares[DISTRIBUTABLE] + decision.brought
    second = _run(_second(decision, sum(each.weight for each in earned)), left, INTEREST, earned)
    steps = (
        *_told(first, {GENERAL: 114, TRAINING: 114, RISTOURNES: 112, DISTRIBUTABLE: 239}, back),
        *_told(second, {GENERAL: 240, TRAINING: 240, INTEREST: 209, CARRIED: 240}, paid_up),
    )
    shares: dict[str, int] = {}
    for to, amount in (*first.shares.items(), *second.shares.items()):
        shares[to] = shares.get(to, 0) + amount
    del shares[DISTRIBUTABLE]
    return Sharing(steps, shares, first.net, second.net)


def _first(decision: Decision) -> Iterable[Step]:
    """From the surplus of the year: the reserves, then ristournes; what is then left can be distributed."""
    legal = {GENERAL: reserved(decision, decision.general), TRAINING: reserved(decision, decision.training)}
    for to, amount in legal.items():
        yield from _given(to, amount)
    for each in decision.optional:
        yield from _given(OPTIONAL + each.label, each.amount, each.label)
    back = decision.ristournes
    if back is not None:
        kept = sum(legal.values()) + sum(each.amount for each in decision.optional)
        yield from _pooled(RISTOURNES, max(0, decision.surplus - kept) if back.amount is None else back.amount)
    yield _all(DISTRIBUTABLE)


def _second(decision: Decision, interest: int) -> Iterable[Step]:
    """From what can be distributed, with what was brought: more to the reserves, interest; the rest is carried over."""
    yield from _given(GENERAL, decision.general.more)
    yield from _given(TRAINING, decision.training.more)
    yield from _pooled(INTEREST, interest)
    yield _all(CARRIED)


def _earned(interest: Interest | None) -> tuple[Measured, ...]:
    """The interest of each, rounded down: the rate is a ceiling (article 209)."""
    if interest is None:
        return ()
    return tuple(Measured(each.member, each.weight * interest.rate_ppm // MILLION) for each in interest.paid_up)


def _given(to: str, amount: int, label: str = "") -> Iterable[Step]:
    if amount:
        yield Fixed(label or _last(to), to, amount, Per.LOT)


def _pooled(group: str, amount: int) -> Iterable[Step]:
    if amount:
        yield Fixed(_last(group), group, amount, Per.LOT)
        yield Pool(_last(group), By.WEIGHT, group)


def _all(to: str) -> Step:
    return Split(_last(to), (Part(to, 1),))


def _last(to: str) -> str:
    return to.rpartition(":")[2]


def _run(steps: Iterable[Step], pot: int, group: str, team: Iterable[Measured]) -> Result:
    workers = [Worker(each.member, each.weight, _last(group)) for each in team]
    return share(Rule(Unit.MONEY, tuple(steps)), pot, {}, workers, ())


def _told(result: Result, articles: Mapping[str, int], measured: Iterable[Measured]) -> Iterable[Taken]:
    """Each line with its article; those of the pot and of its members with what they are measured by."""
    weights = {each.member: each.weight for each in measured}
    for line in result.lines:
        member = number_of(line.to)
        if member is not None:
            yield Taken(line, articles[f"group:{line.label}"], weights[member])
        elif line.to in (RISTOURNES, INTEREST):
            yield Taken(line, articles[line.to], sum(weights.values()))
        else:
            yield Taken(line, 115 if line.to.startswith(OPTIONAL) else articles[line.to])
