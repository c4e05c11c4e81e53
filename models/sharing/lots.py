"""What one lot brings to a rule: the pot, the counts, the team and its advances."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.sharing.beneficiaries import not_an_office
from models.sharing.rules import Owing, Per, Rule
from models.sharing.values import Unshareable, name, said, whole


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the team, by member number: days, shifts, bowls or whatever the pool counts, and a group or none ("").

    The number may be that of a worker who is no member; it may not be an office.
    """

    member: str
    weight: int
    group: str = ""

    def __post_init__(self) -> None:
        not_an_office("member", name("member", self.member), self.member)
        whole(f"the weight of member {said(self.member)}", self.weight)
        if self.group != "":
            name(f"the group of member {said(self.member)}", self.group)


@dataclass(frozen=True, slots=True)
class Advance:
    """What a member had before the lot was sold, in the rule's unit. Several of one kind add up."""

    member: str
    amount: int
    kind: Owing

    def __post_init__(self) -> None:
        name("member", self.member)
        whole(f"the advance of member {said(self.member)}", self.amount)


@dataclass(frozen=True, slots=True)
class Sharing:
    """A rule and a lot. `counts` are the lot's pits, sacks and days, as far as the rule counts by them."""

    rule: Rule
    pot: int
    counts: Mapping[Per, int]
    team: tuple[Worker, ...]
    advances: tuple[Advance, ...]

    def __post_init__(self) -> None:
        whole("pot", self.pot)
        for per, count in self.counts.items():
            whole(f"the count of {per}", count)
        times = Counter(worker.member for worker in self.team)
        _refuse_any((member for member in times if times[member] > 1), "is in the team twice")
        strangers = (advance.member for advance in self.advances if advance.member not in times)
        _refuse_any(strangers, "has an advance and is not in the team")

    def count(self, per: Per) -> int:
        """How many of them the lot has; of lots, 1. Raises Unshareable when nobody counted."""
        if per == Per.LOT:
            return 1
        if per not in self.counts:
            raise Unshareable(f"the count of {per} is missing")
        return self.counts[per]


def _refuse_any(members: Iterable[str], why: str) -> None:
    for member in sorted(members)[:1]:
        raise Unshareable(f"member {said(member)} {why}")
