"""Which figures of cases are not shown: small ones, and those that would give them back.

What is out already counts: of the same body in other quarters, of the bodies above and below. Whoever has the figures
of a union and of one of its cooperatives has those of the others as well, published or not; so what is left over is
counted here too, and never shown. Two figures are compared by what they are made of: cooperatives and quarters.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from models.grievances.headings import FIGURES, PARTS, PRIVATE, UNSAID, Figure
from models.small_numbers import LEAST, Sum, Table, differing, hidden

Part = tuple[int, str]  # a cooperative and a quarter
Cell = tuple[str, Figure]
Details = Mapping[Part, Mapping[Figure, int]]


ALL = (*FIGURES, PRIVATE)


@dataclass(frozen=True)
class Out:
    """The figures of a body and a period, by cooperative and quarter. `shown` were published before; None: not yet.

    `private`: whether there is a figure of the private cases. `said`: whether it is published at all; a year that is
    not is compared all the same, since its quarters may be out on one side, and the years of those below on the other.
    """

    name: str
    body: str
    detail: Details
    private: bool
    shown: frozenset[Figure] | None = None
    said: bool = True

    @cached_property
    def parts(self) -> frozenset[Part]:
        """The cooperatives and quarters it is made of."""
        return frozenset(self.detail)

    @cached_property
    def counts(self) -> Counter[Figure]:
        """How many cases each figure has."""
        return self.of(self.parts)

    def of(self, parts: Collection[Part]) -> Counter[Figure]:
        """How many each has in some cooperatives and quarters."""
        found: Counter[Figure] = Counter()
        for part in parts:
            found.update(self.detail[part])
        return found

    @property
    def unsaid(self) -> frozenset[Figure]:
        """Its figures that are in no publication."""
        if not self.said:
            return frozenset(ALL)
        return UNSAID if self.private else UNSAID | {PRIVATE}


Pair = tuple[Out, Out]


def shown(new: Out, before: Sequence[Out], besides: Details = MappingProxyType({})) -> frozenset[Figure]:
    """The figures that can be shown, after all that was published before.

    `besides` is how many cases there are in cooperatives and quarters of which nothing is out, as far as that is known.
    """
    near = [new, *_near(new, before)]
    all_of = [*near, *_unpublished(near, besides)]
    pairs: list[Pair] = []
    while True:
        table = _table(all_of, pairs)
        secret = hidden(table)
        told = [pair for pair in _told(all_of, table, secret) if pair not in pairs]
        if not told:
            return frozenset(each for each in ALL if each not in new.unsaid and (new.name, each) not in secret)
        pairs += told


def _told(all_of: Sequence[Out], table: Table[Cell], secret: frozenset[Cell]) -> Iterator[Pair]:
    """Two figures of which a reader can work out a small difference, whatever else is hidden of them."""
    differs = differing(table.sums, secret)
    for whole in all_of:
        for part in all_of:
            if part.parts < whole.parts and any(
                differs.get((whole.name, each), 0) == differs.get((part.name, each), 0)
                and whole.counts[each] - part.counts[each] < LEAST
                for each in ALL
            ):
                yield whole, part


def _unpublished(near: Sequence[Out], besides: Details) -> Iterator[Out]:
    """The years of bodies and cooperatives, and the quarters of bodies, as far as they are not out.

    The quarters of a cooperative are pieces of the others anyway.
    """
    detail = dict(besides)
    homes: dict[str, set[int]] = defaultdict(set)
    for each in near:
        detail |= each.detail
        for home, _quarter in each.parts:
            homes[each.body].add(home)
            homes[f"{home}"].add(home)
    out = {each.parts for each in near}
    quarters = sorted({quarter for _home, quarter in detail})
    for body, there in homes.items():
        for quarter in ("", *(quarters if len(there) > 1 else ())):
            parts = {part: some for part, some in detail.items() if part[0] in there and part[1].endswith(quarter)}
            if frozenset(parts) not in out:
                out.add(frozenset(parts))
                yield Out(f"{body} {quarter} unpublished", body, parts, private=False, said=False)


def _near(new: Out, before: Sequence[Out]) -> list[Out]:
    """What has anything in common with a figure, or with what has."""
    found: list[Out] = []
    reached, left = set(new.parts), list(before)
    while more := [each for each in left if not reached.isdisjoint(each.parts)]:
        found += more
        left = [each for each in left if each not in more]
        reached.update(*(each.parts for each in more))
    return found


def _table(all_of: Sequence[Out], pairs: Sequence[Pair]) -> Table[Cell]:
    """All figures that are out, what they are made of, and what one has more than others.

    The smallest pieces are cooperatives and quarters that always come together. A reader knows no more of them than
    these sums, so what does not follow from these follows from nothing.
    """
    alike = _alike(all_of)
    named = {each.name: each.parts for each in all_of} | {_name(each): each for each in alike}
    sums: list[Sum[Cell]] = []
    for each in all_of:
        for inside in (*_ways(each, all_of), *([part] for whole, part in pairs if whole is each)):
            left = each.parts.difference(*(one.parts for one in inside))
            named |= {_name(left): left} if left else {}
            sums += _sums(each.name, [*(one.name for one in inside), *([_name(left)] if left else [])])
    for name, parts in named.items():
        sums += [Sum((name, total), tuple((name, part) for part in some)) for total, some in PARTS]
        pieces = [_name(each) for each in alike if each <= parts]
        sums += _sums(name, pieces) if pieces != [name] else []
    return _counted(all_of, named, sums)


def _counted(all_of: Sequence[Out], named: Mapping[str, frozenset[Part]], sums: Sequence[Sum[Cell]]) -> Table[Cell]:
    whole = Out("", "", {part: counted for each in all_of for part, counted in each.detail.items()}, private=False)
    counts: dict[Cell, int] = {}
    for name, parts in named.items():
        found = whole.of(parts)
        counts |= {(name, figure): found[figure] for figure in ALL}
    unsaid, known, kept = set(counts), set[Cell](), set[Cell]()
    for each in all_of:
        counts |= {(each.name, figure): each.counts[figure] for figure in ALL}
        said = {(each.name, figure) for figure in ALL if figure not in each.unsaid}
        unsaid -= said
        if each.shown is not None:
            out = {(each.name, figure) for figure in each.shown}
            known |= out
            kept |= said - out
    return Table(counts, sums, known, kept, frozenset(unsaid))


def _sums(name: str, parts: Sequence[str]) -> list[Sum[Cell]]:
    return [Sum((name, figure), tuple((part, figure) for part in parts)) for figure in ALL]


def _name(parts: Collection[Part]) -> str:
    """Whatever some cooperatives and quarters are left of, they are the same."""
    return " ".join(sorted(f"{home}:{quarter}" for home, quarter in parts))


def _alike(all_of: Sequence[Out]) -> list[frozenset[Part]]:
    """The smallest pieces: cooperatives and quarters of which each figure has all or none."""
    pieces: dict[tuple[int, ...], set[Part]] = defaultdict(set)
    for part in sorted({part for each in all_of for part in each.parts}):
        pieces[tuple(place for place, each in enumerate(all_of) if part in each.parts)].add(part)
    return [frozenset(each) for each in pieces.values()]


def _ways(whole: Out, all_of: Sequence[Out]) -> Iterator[list[Out]]:
    """The ways to put a figure together from others that are out: by its quarters, and by the bodies below it."""
    inside = [each for each in all_of if each.parts < whole.parts]
    inside.sort(key=lambda each: (-len(each.parts), each.name))
    while inside:
        found: list[Out] = []
        taken: set[Part] = set()
        for each in inside:
            if taken.isdisjoint(each.parts):
                found.append(each)
                taken |= each.parts
        yield found
        # What lies within those is compared with them; only what overlaps with them makes up another way.
        inside = [each for each in inside if each not in found and not any(each.parts <= one.parts for one in found)]
