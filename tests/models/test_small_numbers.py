"""Figures that name nobody: small ones are hidden, and nothing shown gives them back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.small_numbers import LEAST, Sum, Table, hidden

Cell = tuple[str, str]
ALL = "all"


def table(rows: Mapping[str, Sequence[int]], columns: Sequence[str]) -> tuple[dict[Cell, int], list[Sum[Cell]]]:
    """A table with the sums of its rows, of its columns, and of all."""
    counts = {(name, column): row[index] for name, row in rows.items() for index, column in enumerate(columns)}
    for name, row in rows.items():
        counts[name, ALL] = sum(row)
    for column in (*columns, ALL):
        counts[ALL, column] = sum(counts[name, column] for name in rows)
    sums = [Sum((name, ALL), tuple((name, column) for column in columns)) for name in (*rows, ALL)]
    sums += [Sum((ALL, column), tuple((name, column) for name in rows)) for column in (*columns, ALL)]
    return counts, sums


def others_fit(counts: Mapping[Cell, int], sums: Sequence[Sum[Cell]], secret: Iterable[Cell], cell: Cell) -> bool:
    """Whether a reader must reckon with another value of a hidden figure: tried out, with figures that may be."""
    unknown = sorted(secret)
    for values in product(range(12), repeat=len(unknown)):
        tried = {**counts, **dict(zip(unknown, values, strict=True))}
        if tried[cell] != counts[cell] and all(tried[s.total] == sum(tried[p] for p in s.parts) for s in sums):
            return True
    return False


def test_a_line_hides_a_second_figure_and_what_it_takes_to_make_five() -> None:
    counts = {"money": 12, "land": 3, "accident": 7, "other": 30, "all": 52}
    line = [Sum("all", ("money", "land", "accident", "other"))]
    assert hidden(Table(counts, line)) == {"land", "accident"}
    few = {"money": 12, "land": 1, "accident": 0, "other": 9, "all": 22}
    assert hidden(Table(few, line)) == {"land", "accident", "other"}


def test_what_is_all_small_shows_not_even_its_sum() -> None:
    counts = {"money": 1, "land": 2, "all": 3}
    assert hidden(Table(counts, [Sum("all", ("money", "land"))])) == {"money", "land", "all"}


def test_where_all_are_many_all_is_shown() -> None:
    counts, sums = table({"Kogbera": (5, 9), "Sanso": (7, 6)}, ("money", "land"))
    assert hidden(Table(counts, sums)) == frozenset()


def test_a_figure_is_not_worked_out_over_a_corner() -> None:
    counts, sums = table(
        {"Kogbera": (2, 20, 9), "Sanso": (8, 21, 10), "Kela": (30, 40, 50)}, ("money", "land", "other")
    )
    secret = hidden(Table(counts, sums))
    assert ("Kogbera", "money") in secret
    assert len(secret) == 4  # two rows and two columns: each has two
    assert all(others_fit(counts, sums, secret, cell) for cell in secret)


def test_what_was_published_stays_and_others_are_hidden_in_its_place() -> None:
    quarters = {"1": 3, "2": 9, "3": 8, "4": 7, "year": 27}
    year = [Sum("year", ("1", "2", "3", "4"))]
    assert hidden(Table(quarters, year)) == {"1", "4"}
    assert hidden(Table(quarters, year, known={"2", "3", "4"})) == {"1", "year"}


def test_a_sum_of_figures_that_are_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        hidden(Table({"a": 1, "b": 7}, [Sum("all", ("a", "b", "c"))]))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=2))
def test_nothing_small_is_shown_and_nothing_hidden_is_known(figures: list[list[int]]) -> None:
    counts, sums = table({"A": figures[0], "B": figures[1]}, ("x", "y"))
    secret = hidden(Table(counts, sums))
    assert {cell for cell, count in counts.items() if count < LEAST} <= secret
    inner = [cell for cell in secret if ALL not in cell]
    if len(inner) == len(secret):
        assert all(others_fit(counts, sums, secret, cell) for cell in secret)


@st.composite
def wide(draw: st.DrawFn) -> tuple[dict[Cell, int], list[Sum[Cell]]]:
    columns = [f"c{index}" for index in range(draw(st.integers(1, 6)))]
    size = st.lists(st.integers(0, 40), min_size=len(columns), max_size=len(columns))
    return table({f"r{index}": draw(size) for index in range(draw(st.integers(1, 6)))}, columns)


def rank(rows: list[list[int]]) -> int:
    """How many rows are independent, by elimination in whole numbers modulo a large prime."""
    prime, found = 2**61 - 1, 0
    width = len(rows[0]) if rows else 0
    for column in range(width):
        pivot = next((row for row in rows[found:] if row[column] % prime), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        inverse = pow(pivot[column], -1, prime)
        for index in range(found + 1, len(rows)):
            by = rows[index][column] * inverse % prime
            rows[index] = [(mine - by * his) % prime for mine, his in zip(rows[index], pivot, strict=True)]
        found += 1
    return found


@settings(deadline=None)
@given(wide())
def test_no_hidden_figure_of_a_large_table_follows_from_its_sums(
    drawn: tuple[dict[Cell, int], list[Sum[Cell]]],
) -> None:
    counts, sums = drawn
    secret = sorted(hidden(Table(counts, sums)))
    lines = [[(cell in s.parts) - (cell == s.total) for cell in secret] for s in sums]
    of_all = rank([list(line) for line in lines])
    for index in range(len(secret)):
        one = [int(other == index) for other in range(len(secret))]
        assert rank([*(list(line) for line in lines), one]) == of_all + 1
