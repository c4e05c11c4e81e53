"""The engine: one rule over one lot, step by step, to the last unit. Whole numbers in, whole numbers out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.sharing.beneficiaries import group, is_group, member, number_of
from models.sharing.faults import wrong_order
from models.sharing.lots import Advance, Sharing, Worker
from models.sharing.remainders import by_number, largest_remainder
from models.sharing.rules import REST, By, Cost, Fixed, Of, Owing, Per, Percent, Pool, Recover, Rule, Split, Step, Unit
from models.sharing.values import MILLION, Unshareable, said


@dataclass(frozen=True, slots=True)
class Line:
    """What a step did, as the phone can show it: the amount, to whom, and what was then left of the pot.

    A cost goes to cost:LABEL; what a split leaves goes to "rest"; a pool has a line a member, a recovery a line a
    member who owes. The amount of a recovery is what was kept back; it changes nothing of the pot.
    """

    step: str
    label: str
    to: str
    amount: int
    rest: int
    number: int  # which step of the rule it is of, from 1


@dataclass(frozen=True, slots=True)
class Result:
    """A lot that is shared. The shares, before recovery, add up to the pot.

    `recovered` and `net` are by member number, for every member with a share: net is the share less what was recovered.
    """

    lines: tuple[Line, ...]
    shares: Mapping[str, int]
    recovered: Mapping[str, int]
    net: Mapping[str, int]


def share(
    rule: Rule, pot: int, counts: Mapping[Per, int], team: Iterable[Worker], advances: Iterable[Advance]
) -> Result:
    """Share a pot by a rule. The order of counts, team and advances changes nothing.

    Raises Unshareable, with one sentence, when a number is not whole, a member is twice in the team, an advance is of
    nobody in the team, a step takes more than is left, weights are all zero, a step can do nothing where it stands (see
    `wrong_order`), or money is left that nobody receives:

    - a rest after the last step;
    - a group that was given money and is not pooled after that, or has nobody in the team. Only sacks may stay with a
      group that has somebody in the team: they are split first, and the money later by the holder.

    A pool of the rest always needs a weight above 0. A pool of a group that was given 0, such as washers of a lot with
    no sacks, needs nobody.
    """
    for fault in wrong_order(rule):
        raise Unshareable(fault)
    sharing = Sharing(rule, pot, counts, tuple(team), tuple(advances))
    work = _Work(sharing, rest=sharing.pot)
    for number, step in enumerate(rule.steps, start=1):
        work.number = number
        try:
            work.take(step)
        except Unshareable as error:
            raise Unshareable(f"step {number}, {said(step.label)}: {error}") from None
    work.nothing_is_left()
    return work.result()


@dataclass
class _Work:
    """A sharing on its way through the steps."""

    sharing: Sharing
    rest: int
    number: int = 0
    costs: int = 0
    shares: dict[str, int] = field(default_factory=dict)
    recovered: dict[str, int] = field(default_factory=dict)
    owed: dict[tuple[str, Owing], int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        for advance in self.sharing.advances:
            place = (advance.member, advance.kind)
            self.owed[place] = self.owed.get(place, 0) + advance.amount

    def take(self, step: Step) -> None:
        match step:
            case Cost():
                self.give(step, f"{step.step}:{step.label}", step.amount)
                self.costs += step.amount
            case Percent():
                base = {Of.GROSS: self.sharing.pot, Of.NET: self.sharing.pot - self.costs, Of.REST: self.rest}[step.of]
                self.give(step, step.to, base * step.rate_ppm // MILLION)
            case Fixed():
                self.give(step, step.to, step.amount * self.sharing.count(step.per))
            case Split():
                self.split(step)
            case Pool():
                self.pool(step)
            case Recover():
                self.recover(step)

    def note(self, step: Step, to: str, amount: int) -> None:
        self.lines.append(Line(step.step, step.label, to, amount, self.rest, self.number))

    def allot(self, step: Step, to: str, amount: int) -> None:
        self.shares[to] = self.shares.get(to, 0) + amount
        self.note(step, to, amount)

    def give(self, step: Step, to: str, amount: int) -> None:
        if amount > self.rest:
            raise Unshareable(f"it takes {said(amount)} and only {said(self.rest)} is left")
        self.rest -= amount
        self.allot(step, to, amount)

    def split(self, step: Split) -> None:
        weights = {place: part.weight for place, part in enumerate(step.among)}
        for place, amount in largest_remainder(self.rest, weights, order=int).items():
            to = step.among[place].to
            if to == REST:
                self.note(step, to, amount)
            else:
                self.give(step, to, amount)

    def pool(self, step: Pool) -> None:
        weights = {
            worker.member: 1 if step.by == By.EQUAL else worker.weight
            for worker in self.sharing.team
            if step.of in (REST, group(worker.group))
        }
        if step.of == REST:
            for number, amount in largest_remainder(self.rest, weights, by_number).items():
                self.give(step, member(number), amount)
            return
        pot = self.shares.pop(step.of)
        nothing = dict.fromkeys(sorted(weights, key=by_number), 0)
        for number, amount in (largest_remainder(pot, weights, by_number) if pot else nothing).items():
            self.allot(step, member(number), amount)

    def recover(self, step: Recover) -> None:
        """The cap is of the share before any recovery; the floor holds for what all recoveries together leave."""
        for number in sorted((number for number, kind in self.owed if kind == step.kind), key=by_number):
            share_of_lot = self.shares.get(member(number), 0)
            left = share_of_lot - self.recovered.get(number, 0)
            most = share_of_lot * step.max_ppm // MILLION
            amount = min(self.owed[number, step.kind], most, max(0, left - step.floor))
            self.owed[number, step.kind] -= amount
            self.recovered[number] = self.recovered.get(number, 0) + amount
            self.note(step, member(number), amount)

    def nothing_is_left(self) -> None:
        if self.rest:
            raise Unshareable(f"a rest of {said(self.rest)} is left over that nobody receives")
        peopled = {group(worker.group) for worker in self.sharing.team if worker.group}
        for to, amount in self.shares.items():
            if is_group(to) and amount and not (self.sharing.rule.unit == Unit.SACKS and to in peopled):
                raise Unshareable(f"nobody receives the {said(amount)} of {said(to)}")

    def result(self) -> Result:
        before = {number: amount for to, amount in self.shares.items() if (number := number_of(to)) is not None}
        recovered = {number: self.recovered.get(number, 0) for number in before}
        net = {number: amount - recovered[number] for number, amount in before.items()}
        return Result(tuple(self.lines), dict(self.shares), recovered, net)
