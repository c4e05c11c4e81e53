"""What is wrong with a rule before there is any lot: asked when it is written, so that it stops no lot later."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from models.sharing.beneficiaries import is_group, number_of
from models.sharing.rules import REST, Cost, Fixed, Of, Percent, Pool, Recover, Rule, Split, Step, Unit, given
from models.sharing.values import MILLION, said


def faults_of(rule: Rule) -> tuple[str, ...]:
    """What keeps a rule from sharing any pot, each as a sentence; nothing when it is sound.

    A sound rule shares, to the last unit, every pot that is large enough for its costs and fixed amounts, whatever it
    is, when each pool has somebody with a weight above 0 and each count the rule asks for is known. That a pot is too
    small, or a team empty, is a property of a lot, and `share` says it then. Refused are:

    - a pool for which nothing is ever left;
    - a rule that gives to nobody, pools a group that was given nothing, or never pools one that was (but see `share`
      on sacks);
    - a recovery before any pool, or before a later step that still gives to members: its cap is a part of their share
      of the lot, which is not known then;
    - steps that take more than there is of every pot, such as two percentages of 60 % of gross, or a cost after
      everything was shared; and a percentage of gross or net after two splits, whose roundings may have left one unit
      too little for it;
    - a rest that is left of every pot, or of some: 60 % and 40 % of gross leave 1 of a pot of 1.
    """
    found = [*wrong_order(rule), *_never_pooled(rule), *_early_recoveries(rule)]
    outlook = _Outlook()
    for number, step in enumerate(rule.steps, start=1):
        if isinstance(step, Pool) and step.of == REST and outlook.empty:
            found.append(f"step {number}, {said(step.label)}: nothing is left for this pool of any pot")
        outlook = outlook.after(step)
        if outlook.overdrawn:
            return (*found, f"step {number}, {said(step.label)}: it takes more than is left of every pot, or of some")
    if not outlook.empty:
        found.append("a rest may be left over that nobody receives: end with a pool, a split or a percentage of all")
    return tuple(found)


def wrong_order(rule: Rule) -> Iterator[str]:
    """The steps that can do nothing where they stand, whatever the lot, each as a sentence."""
    filled: set[str] = set()
    pooled = False
    for number, step in enumerate(rule.steps, start=1):
        filled |= {to for to in given(step) if is_group(to)}
        if isinstance(step, Pool):
            pooled = True
            if step.of != REST and step.of not in filled:
                yield f"step {number}, {said(step.label)}: {said(step.of)} was given nothing before it is pooled"
            filled.discard(step.of)
        if isinstance(step, Recover) and not pooled:
            yield f"step {number}, {said(step.label)}: there is nothing to recover from before a pool"
    if not pooled and not any(given(step) for step in rule.steps):
        yield "nobody receives the pot: no step gives to anybody"


def _never_pooled(rule: Rule) -> Iterator[str]:
    filled: dict[str, int] = {}
    for number, step in enumerate(rule.steps, start=1):
        filled |= {to: number for to in given(step) if is_group(to)}
        if isinstance(step, Pool):
            filled.pop(step.of, None)
    if rule.unit != Unit.SACKS:
        for to, number in filled.items():
            yield f"step {number}, {said(rule.steps[number - 1].label)}: nobody receives what {said(to)} is given"


def _early_recoveries(rule: Rule) -> Iterator[str]:
    last = max((number for number, step in enumerate(rule.steps, start=1) if _to_members(step)), default=0)
    for number, step in enumerate(rule.steps, start=1):
        if isinstance(step, Recover) and number < last:
            yield f"step {number}, {said(step.label)}: it comes before step {last}, which still gives to members"


def _to_members(step: Step) -> bool:
    return isinstance(step, Pool) or any(number_of(to) is not None for to in given(step))


@dataclass(frozen=True, slots=True)
class _Outlook:
    """What is left of a pot P, seen ahead: part x P + constant, but for roundings, which are in favour of the rest.

    Only a split may round the rest down, by less than one unit; `splits` counts those that left a rest. `exact` says
    that there was no rounding yet, `empty` that nothing can be left.
    """

    part: Fraction = Fraction(1)
    constant: Fraction = Fraction(0)
    costs: int = 0
    splits: int = 0
    exact: bool = True
    empty: bool = False
    overdrawn: bool = False

    def after(self, step: Step) -> "_Outlook":
        """The outlook after one more step. An amount for each pit, sack or day is seen as for one of them."""
        match step:
            case Cost():
                return self.less(Fraction(0), step.amount, costs=step.amount)
            case Fixed():
                return self.less(Fraction(0), step.amount)
            case Percent() if step.of != Of.REST:
                rate = Fraction(step.rate_ppm, MILLION)
                return self.less(rate, -rate * self.costs if step.of == Of.NET else 0, rounded=True)
            case Percent():
                return self.times(Fraction(MILLION - step.rate_ppm, MILLION))
            case Split():
                kept = sum(part.weight for part in step.among if part.to == REST)
                return self.times(Fraction(kept, sum(part.weight for part in step.among)), split=True)
            case Pool(of="rest"):
                return self.times(Fraction(0))
            case _:
                return self

    def less(self, part: Fraction, amount: Fraction | int, costs: int = 0, rounded: bool = False) -> "_Outlook":
        """Less a part of P and an amount."""
        left, constant = self.part - part, self.constant - amount
        short = left < 0 or (left == 0 and constant < 0) or (rounded and part > 0 and self.splits > 1)
        whole_rest = rounded and self.exact and left == 0
        exact = self.exact and not rounded
        return _Outlook(left, constant, self.costs + costs, self.splits, exact, self.empty or whole_rest, short)

    def times(self, kept: Fraction, split: bool = False) -> "_Outlook":
        """What is left when a part of the rest is kept."""
        splits = self.splits + (split and 0 < kept < 1)
        empty = self.empty or kept == 0
        return _Outlook(self.part * kept, self.constant * kept, self.costs, splits, self.exact and kept == 1, empty)
