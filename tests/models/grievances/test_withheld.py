"""Figures of cases that are not shown: whoever has all that was published works none of them out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from models.grievances.headings import PARTS, PRIVATE, RECEIVED, UNSAID, YES, Figure, Heading
from models.grievances.withheld import ALL, Out, Part, shown
from models.small_numbers import LEAST

PRIME = 2**61 - 1
QUARTERS = ("1", "2", "3", "4")
Case = dict[str, str]


def counted(*cases: Case) -> dict[Figure, int]:
    found: dict[Figure, int] = {}
    for case in cases:
        for each in case.items():
            found[each] = found.get(each, 0) + 1
    return found


@st.composite
def one_case(draw: st.DrawFn) -> Case:
    """A case as it may be counted: one value of each heading, or private."""
    if draw(st.integers(0, 9)) == 0:
        return {PRIVATE[0]: PRIVATE[1]}
    case = {RECEIVED[0]: RECEIVED[1]}
    for total, parts in PARTS:
        if case.get(total[0]) == total[1]:
            heading, value = draw(st.sampled_from(parts[:3]))
            case[heading] = value
    return case


Lands = dict[str, tuple[int, ...]]
# Bodies and the cooperatives below them: two unions, a federation with a cooperative of its own, and a confederation;
# a cooperative under two unions; a federation of one union only.
LANDS: tuple[Lands, ...] = (
    {"u1": (1, 2), "u2": (3, 4), "f": (1, 2, 3, 4, 5), "k": (1, 2, 3, 4, 5)},
    {"u1": (1, 2, 3), "u2": (3, 4), "f": (1, 2, 3, 4)},
    {"u1": (1, 2), "f": (1, 2)},
)


@st.composite
def publications(draw: st.DrawFn) -> list[Out]:
    """What bodies publish of a year, in any order; some nothing."""
    land = draw(st.sampled_from(LANDS))
    homes = sorted({home for below in land.values() for home in below})
    pool = draw(st.lists(one_case(), min_size=1, max_size=4))
    size = st.integers(0, 9)
    filed: dict[Part, dict[Figure, int]] = {}
    for home in homes:
        for quarter in QUARTERS:
            filed[home, quarter] = counted(*(case for case in pool for _ in range(draw(size))))
    every = [Out(f"{home} year", f"{home}", {(home, q): filed[home, q] for q in QUARTERS}, False) for home in homes]
    for body, below in land.items():
        high = body in "fk"
        every.append(Out(f"{body} year", body, {(home, q): filed[home, q] for home in below for q in QUARTERS}, high))
        every += [Out(f"{body} {q}", body, {(home, q): filed[home, q] for home in below}, False) for q in QUARTERS]
    chosen = draw(st.lists(st.sampled_from(every), min_size=1, max_size=10, unique_by=lambda each: each.name))
    published: list[Out] = []
    for each in chosen:
        published.append(replace(each, shown=shown(each, published, filed)))
    return published


def worked_out(published: Sequence[Out], wanted: Iterable[tuple[Iterable[Part], Figure]]) -> list[bool]:
    """Whether a reader of all that is shown can work sums out, by all that adds up: elimination over every single part.

    The unknowns are how many cases each cooperative had in each quarter under each figure.
    """
    parts = sorted({part for each in published for part in each.parts})
    place = {(part, figure): number for number, (part, figure) in enumerate((p, f) for p in parts for f in ALL)}
    rows = [{place[part, figure]: 1 for part in each.parts} for each in published for figure in each.shown or ()]
    for part in parts:
        for total, of in PARTS:
            rows.append({place[part, total]: PRIME - 1, **{place[part, each]: 1 for each in of}})
    solved: dict[int, dict[int, int]] = {}
    for row in rows:
        left = reduced(row, solved)
        if left:
            first = min(left)
            by = pow(left[first], -1, PRIME)
            solved[first] = {key: value * by % PRIME for key, value in left.items()}
    return [not reduced({place[part, figure]: 1 for part in of}, solved) for of, figure in wanted]


def reduced(row: dict[int, int], solved: dict[int, dict[int, int]]) -> dict[int, int]:
    row = dict(row)
    done: dict[int, int] = {}
    while row:
        first = min(row)
        by = row.pop(first)
        if first not in solved:
            done[first] = by
            continue
        for key, value in solved[first].items():
            if key != first and (new := (row.get(key, 0) - by * value) % PRIME):
                row[key] = new
            elif key != first:
                row.pop(key, None)
    return done


@settings(deadline=None, max_examples=60)
@given(publications())
def test_no_small_figure_is_shown_and_no_hidden_one_is_worked_out(published: list[Out]) -> None:
    for each in published:
        assert each.shown is not None
        assert all(each.counts[figure] >= LEAST for figure in each.shown)
        assert each.shown.isdisjoint(UNSAID)
    hidden = [
        (each.parts, figure)
        for each in published
        for figure in ALL
        if figure not in each.unsaid and figure not in (each.shown or ())
    ]
    assert not any(worked_out(published, hidden))


@settings(deadline=None, max_examples=50)
@given(publications())
def test_what_few_complained_of_is_not_the_difference_of_two_figures(published: list[Out]) -> None:
    """Neither of a cooperative, in a year or a quarter, nor of a body in a quarter that it has not published, nor what
    is left of a body without its cooperatives.
    """
    parts = {part for each in published for part in each.parts}
    counts = {part: each.detail[part] for each in published for part in each.parts}
    wanted: list[tuple[frozenset[Part], Figure]] = []
    for home in {home for home, _quarter in parts}:
        year = frozenset(part for part in parts if part[0] == home)
        wanted += [(some, figure) for some in (year, *({part} for part in year)) for figure in ALL]  # type: ignore
    for one in published:
        homes = {home for home, _quarter in one.parts}
        some = [frozenset(part for part in parts if part[0] in homes and part[1] == q) for q in QUARTERS]
        wanted += [(quarter, figure) for quarter in some if quarter for figure in ALL]
        for other in published:
            if other.parts < one.parts:
                wanted += [(one.parts - other.parts, figure) for figure in ALL]
    few = [(of, f) for of, f in wanted if f not in UNSAID and sum(counts[part].get(f, 0) for part in of) < LEAST]
    told = worked_out(published, few)
    assert [(sorted(of), figure) for (of, figure), out in zip(few, told, strict=True) if out] == []


@settings(deadline=None, max_examples=15)
@given(publications())
def test_an_attack_finds_what_is_shown(published: list[Out]) -> None:
    """The attack of the tests above is no blank: whatever is shown is worked out by it."""
    wanted = [(each.parts, figure) for each in published for figure in each.shown or ()]
    assert all(worked_out(published, wanted))


def many(count: int, **said: str) -> dict[Figure, int]:
    """So many cases alike: of each heading they have the first value, unless said otherwise."""
    case = {RECEIVED[0]: RECEIVED[1]}
    for (heading, value), parts in PARTS:
        if case.get(heading) == value:
            case[parts[0][0]] = said.get(parts[0][0], parts[0][1])
    return counted(*[case] * count)


def test_a_year_is_hidden_that_would_tell_of_a_small_quarter() -> None:
    published: list[Out] = []
    for quarter, count in zip(QUARTERS, (3, 9, 8, 7), strict=True):
        each = Out(f"u {quarter}", "u", {(1, quarter): many(count)}, private=False)
        published.append(replace(each, shown=shown(each, published)))
    assert [RECEIVED in (each.shown or ()) for each in published] == [False, True, True, True]
    year = Out("u year", "u", {(1, q): many(n) for q, n in zip(QUARTERS, (3, 9, 8, 7), strict=True)}, private=False)
    assert RECEIVED not in shown(year, published)


def test_a_cooperative_is_hidden_whose_neighbour_has_few_and_has_published_nothing() -> None:
    whole = {(1, "1"): many(20), (2, "1"): many(2)}
    union = Out("u", "u", whole, private=False, shown=frozenset({RECEIVED}))
    mine = Out("1", "1", {(1, "1"): many(20)}, private=False)
    assert RECEIVED in shown(mine, [])
    assert RECEIVED not in shown(mine, [union])
    enough = replace(union, detail=whole | {(2, "1"): many(5)})
    assert RECEIVED in shown(mine, [enough])


def published_in_turn(*all_of: Out) -> list[bool]:
    """Whether each says how many were received, published one after the other."""
    published: list[Out] = []
    filed = {part: counted for each in all_of for part, counted in each.detail.items()}
    for each in all_of:
        published.append(replace(each, shown=shown(each, published, filed)))
    return [RECEIVED in (each.shown or ()) for each in published]


def test_a_quarter_that_nobody_published_is_not_what_the_years_below_leave_of_the_others() -> None:
    quarters = dict(zip(QUARTERS, (8, 10, 12, 3), strict=True))
    filed = {(home, q): many(n // 2 + n % 2 * (home == 1)) for home in (1, 2) for q, n in quarters.items()}
    out = [Out(f"u {q}", "u", {(home, q): filed[home, q] for home in (1, 2)}, private=False) for q in "123"]
    out += [Out(f"{home}", f"{home}", {(home, q): filed[home, q] for q in QUARTERS}, False) for home in (1, 2)]
    assert published_in_turn(*out) == [True, True, True, True, False]


def test_a_cooperative_under_one_union_is_not_what_two_unions_leave() -> None:
    filed = {(home, "1"): many(3 if home == 4 else 10) for home in (1, 2, 3, 4)}
    bodies = {"u1": (1, 2, 3), "1": (1,), "2": (2,), "u2": (3, 4)}
    out = [Out(name, name, {(home, "1"): filed[home, "1"] for home in below}, False) for name, below in bodies.items()]
    assert published_in_turn(*out) == [True, True, True, False]


def test_private_cases_are_shown_where_there_are_five_and_no_difference_is_smaller() -> None:
    private = {PRIVATE: 8}
    federation = Out("f", "f", {(1, "1"): private}, private=True)
    assert shown(federation, []) == {PRIVATE}
    assert shown(replace(federation, detail={(1, "1"): {PRIVATE: 4}}), []) == frozenset()
    assert shown(replace(federation, private=False), []) == frozenset()
    whole = Out("k", "k", {(1, "1"): private, (2, "1"): {PRIVATE: 4}}, private=True)
    assert shown(whole, [replace(federation, shown=frozenset({PRIVATE}))]) == frozenset()


def test_how_many_there_are_not_is_not_said_and_not_worked_out() -> None:
    said = shown(Out("1", "1", {(1, "1"): both(many(9, threatened="yes"), many(3, threatened="no"))}, False), [])
    assert RECEIVED in said
    assert (Heading.THREATENED, YES) not in said
    half = both(many(6, threatened="yes"), many(6, threatened="no"))
    assert (Heading.THREATENED, YES) in shown(Out("1", "1", {(1, "1"): half}, private=False), [])


def both(some: dict[Figure, int], others: dict[Figure, int]) -> dict[Figure, int]:
    return {each: some.get(each, 0) + others.get(each, 0) for each in some | others}
