"""Small numbers: which figures of a table are not published, so that nobody is found by being few.

A figure under five is hidden, nought as well: what is hidden must not say that there was something. Where a sum would
give a hidden figure back, others are hidden with it: complementary suppression, as statistical offices call it
(Hundepool and others, "Statistical Disclosure Control", chapter 4).
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

LEAST = 5

Cell = TypeVar("Cell", bound=Hashable)
Row = dict[Cell, Fraction]


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """A figure that is the sum of others of the same table: whoever knows all but one of them knows that one."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table(Generic[Cell]):
    """Figures that are published, and their sums. `known` were published before, `kept` were hidden then."""

    counts: Mapping[Cell, int]
    sums: Sequence[Sum[Cell]]
    known: Collection[Cell] = frozenset()
    kept: Collection[Cell] = frozenset()


def hidden(table: Table[Cell], least: int = LEAST) -> frozenset[Cell]:
    """The figures to hide: those under `least`, and as few others as keep them from being worked out.

    Neither can one be worked out from the sums, nor is one known to be under `least` because all that are hidden in a
    sum make less together. What was published before is out: others are hidden in its place. Raises KeyError for a sum
    of figures that are not in the table.
    """
    secret = {cell for cell, count in table.counts.items() if count < least} - set(table.known) | set(table.kept)
    while (told := _told(table, secret, least)) is not None:
        secret.add(told)
    return frozenset(secret)


def _told(table: Table[Cell], secret: set[Cell], least: int) -> Cell | None:
    """A figure that has to be hidden as well; None when nothing hidden can be worked out."""
    for each in table.sums:
        inside = [part for part in each.parts if part in secret]
        alone = len(inside) + (each.total in secret) == 1
        few = bool(inside) and each.total not in secret and sum(table.counts[part] for part in inside) < least
        if (alone or few) and (more := _next(table, each, secret)) is not None:
            return more
    told = set(determined(table.sums, secret))
    shown = (_next(table, each, secret) for each in table.sums if not told.isdisjoint((each.total, *each.parts)))
    return next((cell for cell in shown if cell is not None), None)


def _next(table: Table[Cell], each: Sum[Cell], secret: set[Cell]) -> Cell | None:
    """The figure of a sum that is missed least: its smallest part, the sum itself last."""
    free = [cell for cell in each.parts if cell not in secret and cell not in table.known]
    if free:
        return min(free, key=lambda part: table.counts[part])
    return each.total if each.total not in secret and each.total not in table.known else None


def determined(sums: Sequence[Sum[Cell]], secret: Collection[Cell]) -> Iterator[Cell]:
    """The hidden figures that the sums and the figures that are shown leave one value only (Gauss and Jordan)."""
    solved: dict[Cell, Row[Cell]] = {}
    for each in sums:
        row = {cell: Fraction(1) for cell in each.parts if cell in secret}
        if each.total in secret:
            row[each.total] = Fraction(-1)
        for cell in [cell for cell in row if cell in solved]:
            _take(row, solved[cell], cell)
        if row:
            first = next(iter(row))
            by = row[first]
            row = {cell: value / by for cell, value in row.items()}
            for other in solved.values():
                _take(other, row, first)
            solved[first] = row
    return (cell for cell, row in solved.items() if len(row) == 1)


def _take(row: Row[Cell], other: Row[Cell], cell: Cell) -> None:
    """Take another row off one as often as leaves it without a figure."""
    by = row.get(cell)
    if by is None:
        return
    for each, value in other.items():
        left = row.get(each, Fraction(0)) - by * value
        if left:
            row[each] = left
        else:
            row.pop(each, None)
