"""Small numbers: which figures of a table are not published, so that nobody is found by being few.

A figure under five is hidden, nought as well: what is hidden must not say that there was something. Where a sum would
give a hidden figure back, others are hidden with it: complementary suppression, as statistical offices call it
(Hundepool and others, "Statistical Disclosure Control", chapter 4).
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from random import Random
from typing import Generic, TypeVar

LEAST = 5
PRIME = 2**61 - 1

Cell = TypeVar("Cell", bound=Hashable)
Row = dict[Cell, int]


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """A figure that is the sum of others of the same table: whoever knows all but one of them knows that one."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table(Generic[Cell]):
    """Figures that are published, and their sums. `known` were published before, `kept` were hidden then.

    `unsaid` are in no publication, and still the difference of figures that are: nobody may work a small one out.
    """

    counts: Mapping[Cell, int]
    sums: Sequence[Sum[Cell]]
    known: Collection[Cell] = frozenset()
    kept: Collection[Cell] = frozenset()
    unsaid: Collection[Cell] = frozenset()

    def harmless(self, cell: Cell, least: int) -> bool:
        """Whether a figure that is not shown may be worked out: nobody hid it, and it is not small."""
        return cell in self.unsaid and self.counts[cell] >= least


def hidden(table: Table[Cell], least: int = LEAST) -> frozenset[Cell]:
    """The figures to hide: those under `least`, and as few others as keep them from being worked out.

    Neither can one be worked out from the sums, nor is one known to be under `least` because all that are hidden in a
    sum make less together. What was published before is out, and so is what follows from it: others are hidden in its
    place. Raises KeyError for a sum of figures that are not in the table.
    """
    first = {cell for cell, count in table.counts.items() if count < least} - set(table.known)
    first |= {*table.kept, *table.unsaid}
    lost = frozenset(determined(table.sums, table.counts.keys() - set(table.known)))
    left = replace(table, known=frozenset(table.known) | lost, unsaid=frozenset(table.unsaid) - lost)
    secret = first - lost
    while (told := _told(left, secret, least)) is not None:
        secret.add(told)
    return frozenset(first | secret)


def _told(table: Table[Cell], secret: set[Cell], least: int) -> Cell | None:
    """A figure that has to be hidden as well; None when nothing hidden can be worked out."""
    for each in table.sums:
        inside = [part for part in each.parts if part in secret]
        unknown = [*inside, each.total] if each.total in secret else inside
        alone = len(unknown) == 1 and not table.harmless(unknown[0], least)
        few = bool(inside) and each.total not in secret and sum(table.counts[part] for part in inside) < least
        if (alone or few) and (more := _next(table, each, secret)) is not None:
            return more
    told = [cell for cell in determined(table.sums, secret) if not table.harmless(cell, least)]
    return _nearest(table, secret, told) if told else None


def _next(table: Table[Cell], each: Sum[Cell], secret: set[Cell]) -> Cell | None:
    """The figure of a sum that is missed least: its smallest part, the sum itself last."""
    free = [cell for cell in each.parts if cell not in secret and cell not in table.known]
    if free:
        return min(free, key=lambda part: table.counts[part])
    return each.total if each.total not in secret and each.total not in table.known else None


def _nearest(table: Table[Cell], secret: set[Cell], told: Sequence[Cell]) -> Cell | None:
    """The figure that can be hidden and has most to do with some that are worked out: by way of hidden ones."""
    within: dict[Cell, list[Sum[Cell]]] = defaultdict(list)
    for each in table.sums:
        for cell in (each.total, *each.parts):
            within[cell].append(each)
    reached, ahead = set(told), list(told)
    while ahead:
        beside = list(dict.fromkeys(each for cell in ahead for each in within[cell]))
        found = next((more for each in beside if (more := _next(table, each, secret)) is not None), None)
        if found is not None:
            return found
        cells = dict.fromkeys(cell for each in beside for cell in (each.total, *each.parts))
        ahead = [cell for cell in cells if cell in secret and cell not in reached]
        reached.update(ahead)
    return None


def determined(sums: Sequence[Sum[Cell]], secret: Collection[Cell]) -> Iterator[Cell]:
    """The hidden figures that the sums and the figures that are shown leave one value only.

    What the sums leave free is tried with numbers drawn at random, modulo a prime: a figure that can be anything else
    than it is comes out as something else than nought, but for once in a thousand million million times. Then it is
    taken for one that can be worked out, and hidden for nothing.
    """
    return (cell for cell, by in differing(sums, secret).items() if not by)


def differing(sums: Sequence[Sum[Cell]], secret: Collection[Cell]) -> dict[Cell, int]:
    """By how much each hidden figure may differ from what it is, together with the others, modulo a prime; drawn.

    What is put together from figures that differ by nothing in all can be worked out.
    """
    return _moved(_solved(_rows(sums, secret)))


def _rows(sums: Sequence[Sum[Cell]], secret: Collection[Cell]) -> list[Row[Cell]]:
    """The sums as equations of what is hidden: by how much it may differ together from what it is."""
    hidden_ones = set(secret)
    rows = []
    for each in sums:
        row = {cell: 1 for cell in each.parts if cell in hidden_ones}
        if each.total in hidden_ones:
            row[each.total] = PRIME - 1
        if row:
            rows.append(row)
    return rows


def _solved(rows: list[Row[Cell]]) -> list[tuple[Cell, Row[Cell]]]:
    """Each equation solved for one figure, in an order in which later ones do not need it (Gauss).

    Always by the figure that stands in the fewest equations, so that few of them grow.
    """
    within: dict[Cell, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        for cell in row:
            within[cell].add(number)
    queue = [(len(some), place, cell) for place, (cell, some) in enumerate(within.items())]
    heapify(queue)
    found: list[tuple[Cell, Row[Cell]]] = []
    while queue:
        many, place, cell = heappop(queue)
        there = within[cell]
        if not there:
            continue
        if len(there) > many:
            heappush(queue, (len(there), place, cell))
            continue
        by = min(there, key=lambda number: (len(rows[number]), number))
        for number in sorted(there - {by}):
            _take(rows, within, number, by, cell)
        for each in rows[by]:
            within[each].discard(by)
        found.append((cell, rows[by]))
    return found


def _take(rows: list[Row[Cell]], within: Mapping[Cell, set[int]], number: int, other: int, cell: Cell) -> None:
    """Take an equation off another one as often as leaves that without a figure."""
    row, by = rows[number], rows[number][cell] * pow(rows[other][cell], -1, PRIME) % PRIME
    for each, value in rows[other].items():
        left = (row.get(each, 0) - by * value) % PRIME
        if left:
            row[each] = left
            within[each].add(number)
        else:
            row.pop(each, None)
            within[each].discard(number)


def _moved(solved: Sequence[tuple[Cell, Row[Cell]]]) -> dict[Cell, int]:
    """By how much each figure differs, when those that are free are drawn: nought for one that cannot differ."""
    drawn = Random(0)  # noqa: S311 - no secret: the same figures are hidden each time
    moved: dict[Cell, int] = {}
    for cell, row in reversed(solved):
        others = 0
        for each, value in row.items():
            if each != cell:
                others += value * moved.setdefault(each, drawn.randrange(1, PRIME))
        moved[cell] = -others * pow(row[cell], -1, PRIME) % PRIME
    return moved
