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


@dataclass(frozen=True, slots=True)
class Sum(Generic[Cell]):
    """A figure that is the sum of others of the same table: whoever knows all but one of them knows that one."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table(Generic[Cell]):
    """Figures that are published together, their sums, and those of them that were published before."""

    counts: Mapping[Cell, int]
    sums: Sequence[Sum[Cell]]
    known: Collection[Cell] = frozenset()


def hidden(table: Table[Cell], least: int = LEAST) -> frozenset[Cell]:
    """The figures to hide: those under `least`, and as few others as keep them from being worked out.

    Neither can one be worked out from the sums, nor is one known to be under `least` because all that are hidden in a
    sum make less together. What was published before is out: others are hidden in its place. Raises KeyError for a sum
    of figures that are not in the table.
    """
    secret = {cell for cell, count in table.counts.items() if count < least} - set(table.known)
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
    shown = (_next(table, each, secret) for each in table.sums if told & {each.total, *each.parts})
    return next((cell for cell in shown if cell is not None), None)


def _next(table: Table[Cell], each: Sum[Cell], secret: set[Cell]) -> Cell | None:
    """The figure of a sum that is missed least: its smallest part, the sum itself last."""
    free = [cell for cell in each.parts if cell not in secret and cell not in table.known]
    if free:
        return min(free, key=lambda part: table.counts[part])
    return each.total if each.total not in secret and each.total not in table.known else None


def determined(sums: Sequence[Sum[Cell]], secret: Collection[Cell]) -> Iterator[Cell]:
    """The hidden figures that the sums and the figures that are shown leave one value only (Gauss and Jordan)."""
    unknown = list(secret)
    place = {cell: index for index, cell in enumerate(unknown)}
    rows = []
    for each in sums:
        row = [Fraction(0)] * len(unknown)
        for cell, sign in ((each.total, -1), *((part, 1) for part in each.parts)):
            if cell in place:
                row[place[cell]] += sign
        rows.append(row)
    for row in _reduced(rows, len(unknown)):
        left = [index for index, value in enumerate(row) if value]
        if len(left) == 1:
            yield unknown[left[0]]


def _reduced(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    """The rows, each with a first figure that no other row has."""
    done = 0
    for column in range(width):
        pivot = next((index for index in range(done, len(rows)) if rows[index][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        first = rows[done][column]
        rows[done] = [value / first for value in rows[done]]
        for index, row in enumerate(rows):
            if index != done and row[column]:
                by = row[column]
                rows[index] = [value - by * other for value, other in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]
