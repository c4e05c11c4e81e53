"""Which payment settles which due: nothing lost, nothing twice, the oldest first."""

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.allocation import Money, allocate
from models.dues import stands
from models.entries import EntryKind

FIRST = date(2026, 1, 1)
TODAY = date(2026, 3, 1)


@st.composite
def books(draw: st.DrawFn) -> list[Money]:
    """Dues, penalties, payments, and waivers of no more than their due."""
    kinds = st.sampled_from([EntryKind.DUE, EntryKind.PENALTY, EntryKind.PAYMENT])
    entries = [
        Money(number, kind, FIRST + timedelta(days=on), amount if kind is not EntryKind.PAYMENT else -amount)
        for number, (kind, on, amount) in enumerate(
            draw(st.lists(st.tuples(kinds, st.integers(0, 90), st.integers(1, 50)), max_size=14))
        )
    ]
    for each in [each for each in entries if each.amount > 0]:
        if draw(st.booleans()):
            waived = draw(st.integers(1, each.amount))
            on = FIRST + timedelta(days=draw(st.integers(0, 90)))
            entries.append(Money(100 + each.entry_id, EntryKind.WAIVER, on, -waived, about=each.entry_id))
    return entries


@given(entries=books())
def test_what_is_settled_is_what_was_paid_or_all_that_was_asked(entries: list[Money]) -> None:
    found = allocate(entries)
    charged = sum(each.amount for each in entries if each.amount > 0)
    waived = -sum(each.amount for each in entries if each.kind is EntryKind.WAIVER)
    paid = -sum(each.amount for each in entries if each.kind is EntryKind.PAYMENT)
    settled = sum(each.settled for each in found.dues)
    assert settled + waived == min(paid + waived, charged)
    assert (found.paid, found.ahead) == (paid, paid - settled)
    assert sum(part.amount for parts in found.parts.values() for part in parts) == settled
    assert all(0 <= each.settled <= each.charged - each.waived for each in found.dues)


@given(entries=books())
def test_no_due_is_settled_while_an_older_one_is_open(entries: list[Money]) -> None:
    found = allocate(entries)
    assert [each.due_on for each in found.dues] == sorted(each.due_on for each in found.dues)
    place = next((number for number, each in enumerate(found.dues) if each.open), len(found.dues))
    assert not any(each.settled for each in found.dues[place + 1 :])


@given(entries=books(), order=st.randoms(use_true_random=False))
def test_the_order_of_reading_changes_nothing(entries: list[Money], order: random.Random) -> None:
    shuffled = list(entries)
    order.shuffle(shuffled)
    assert allocate(shuffled) == allocate(entries)


@given(entries=books())
def test_what_is_owed_today_is_what_was_asked_by_today_less_what_was_paid(entries: list[Money]) -> None:
    found = stands(allocate(entries), TODAY)
    fallen = {each.entry_id for each in entries if each.amount > 0 and each.happened_on <= TODAY}
    asked = sum(each.amount for each in entries if each.entry_id in fallen or each.about in fallen)
    assert found.owed == asked - found.paid
    assert (found.since is not None) == (found.owed > 0)


def test_a_payment_says_what_it_settled() -> None:
    days = [FIRST + timedelta(days=30 * number) for number in range(3)]
    charged = [Money(number, EntryKind.DUE, day, 1000) for number, day in enumerate(days)]
    paid = [Money(10, EntryKind.PAYMENT, days[2], -1500), Money(11, EntryKind.PAYMENT, days[2], -2000)]
    found = allocate([*charged, *paid, Money(12, EntryKind.WAIVER, days[2], -400, about=0)])
    assert [(part.due_id, part.amount, part.whole) for part in found.parts[10]] == [(0, 600, True), (1, 900, False)]
    assert [(part.due_id, part.amount, part.whole) for part in found.parts[11]] == [(1, 100, False), (2, 1000, True)]
    assert found.ahead == 900


def test_a_waiver_whose_due_is_gone_is_money_of_the_member() -> None:
    assert allocate([Money(1, EntryKind.WAIVER, FIRST, -400, about=9)]).ahead == 400
