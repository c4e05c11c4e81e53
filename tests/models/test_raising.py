"""Charges of plans: each once, for those whom they concern, whatever the order of joining, leaving and looking."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert, select, update

from models import arrears, capital, deeds, dues, leaving, ledger, members, plan_terms, plans, proof, raising
from models.capital import Subscribing
from models.entries import Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.members import Member, Role
from models.plan_terms import BadTerms
from models.proposals import Overtaken
from tests.models.test_ledger import books
from ussd_app.db import transaction

__all__ = ["books"]

FIRST = date(2026, 1, 1)
MONTHLY = {
    "kind": "periodic",
    "label": "Cotisation",
    "amount": 1000,
    "first_on": "2026-01-01",
    "period": "month",
    "basis": "bylaw",
    "reference": "article 12",
}


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def officers(db: Connection) -> tuple[Hand, Hand]:
    """Two officers who owe nothing: they left before everything."""
    hands = []
    for number, role in (("901", Role.SECRETARY), ("902", Role.TREASURER)):
        found = members.by_number(db, 1, number)
        who = found or member(db, number, role=role, left_on=date(2000, 1, 1))
        hands.append(Hand(who, 1, role, f"+22370000{number}", number))
    return hands[0], hands[1]


def member(db: Connection, number: str, **more: Any) -> int:
    row = {"cooperative_id": 1, "number": number, "name": number, "language": "fr", "role": Role.MEMBER}
    row |= {"amounts_by_sms": False, **more}
    return int(db.execute(insert(Member).returning(Member.id), row).scalar_one())


def planned(db: Connection, document: dict[str, Any], today: date = FIRST) -> int:
    """A plan with two keys."""
    first, second = officers(db)
    proposal = plans.propose(db, first, plan_terms.read(document), today, at(today))
    deeds.approve(db, second, proposal, at(today))
    return plans.of(db, 1)[-1].plan_id


def subscribed(db: Connection, plan_id: int, member_id: int, shares: int, on: date) -> None:
    first, second = officers(db)
    wish = Subscribing(plan_id, member_id, shares, on, "bulletin")
    deeds.approve(db, second, capital.propose(db, first, wish, on, at(on)), at(on))


def run(db: Connection, day: date) -> int:
    raised = 0
    while batch := raising.raise_due(db, 1, day, at(day)):
        raised += batch
    return raised


def charges(db: Connection, kind: EntryKind = EntryKind.DUE) -> list[tuple[int | None, date, int]]:
    found = (
        select(Posting.member_id, Entry.happened_on, Posting.amount)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(Entry.kind == kind, Posting.member_id.is_not(None))
        .order_by(Posting.member_id, Entry.happened_on, Entry.key)
    )
    return [(row[0], row[1], row[2]) for row in db.execute(found)]


class Undone(Exception):
    """Leaves a transaction so that the next example finds the books as they were."""


@dataclass(frozen=True)
class Person:
    """Somebody who joined on a day (or before all days), was written down some days later, and may leave after that."""

    joined: int | None
    written: int
    left: int | None


LAST = 210


@st.composite
def person(draw: st.DrawFn) -> Person:
    joined = draw(st.none() | st.integers(-40, LAST))
    written = draw(st.integers(max(joined or 0, 0), LAST))
    return Person(joined, written, draw(st.none() | st.integers(written, LAST)))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def expected(person: Person, pro_rata: bool) -> Iterator[tuple[date, int]]:
    """What a person owes by the last day, said again in other words."""
    for month in range(1, 8):
        begins, after = date(2026, month, 1), date(2026, month + 1, 1)
        joined = FIRST if person.joined is None else day(person.joined)
        if begins > day(LAST) or (person.left is not None and day(person.left) < begins):
            continue
        if joined <= begins or person.joined is None:
            yield begins, 1000
        elif pro_rata and joined < after:
            amount = 1000 * (after - joined).days // (after - begins).days
            if amount:
                yield joined, amount


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(person(), max_size=5), runs=st.lists(st.integers(0, LAST), max_size=8), pro_rata=st.booleans())
def test_in_any_order_everybody_owes_the_same_once(
    books: Engine, people: list[Person], runs: list[int], pro_rata: bool
) -> None:
    with suppress(Undone), transaction(books) as db:
        db.execute(update(Member).values(left_on=date(2000, 1, 1)))
        planned(db, MONTHLY | {"pro_rata": pro_rata})
        ids: dict[int, int] = {}
        for today in sorted({*runs, LAST, *(each.written for each in people), *(each.left or 0 for each in people)}):
            for number, each in enumerate(people):
                if each.written == today:
                    joined = None if each.joined is None else day(each.joined)
                    ids[number] = member(db, f"7{number}", joined_on=joined)
                if each.left == today:
                    leaving.leave(db, ids[number], day(today))
            if today in runs:
                run(db, day(today))
        run(db, day(LAST))
        assert run(db, day(LAST)) == 0
        wanted: list[tuple[int | None, date, int]] = [
            (ids[number], *owed) for number, each in enumerate(people) for owed in expected(each, pro_rata)
        ]
        assert sorted(charges(db), key=str) == sorted(wanted, key=str)
        assert list(proof.faults(db)) == []
        raise Undone


@pytest.mark.parametrize(
    ("concerns", "who"),
    [
        ({}, {1, 2, 3}),
        ({"concerns": "role", "concerned": "president"}, {3}),
        ({"concerns": "sex", "concerned": "F"}, {3}),
        ({"concerns": "members", "members": ["2", "3"]}, {2, 3}),
    ],
)
def test_only_those_whom_it_concerns_are_charged(books: Engine, concerns: dict[str, Any], who: set[int]) -> None:
    with transaction(books) as db:
        assert member(db, "3", role=Role.PRESIDENT, sex="F") == 3
        planned(db, MONTHLY | concerns)
        run(db, FIRST)
        assert {each[0] for each in charges(db)} == who


def test_an_entry_fee_is_for_who_joins_while_it_is_asked(books: Engine) -> None:
    with transaction(books) as db:
        planned(db, MONTHLY | {"kind": "entry_fee", "period": None, "until": "2026-03-31"})
        for number, joined in enumerate((date(2025, 12, 31), FIRST, date(2026, 3, 31), date(2026, 4, 1))):
            member(db, f"5{number}", joined_on=joined)
        assert run(db, date(2026, 12, 1)) == 2
        assert [each[1:] for each in charges(db)] == [(FIRST, 1000), (date(2026, 3, 31), 1000)]


def test_a_special_call_is_for_who_is_a_member_on_its_day(books: Engine) -> None:
    with transaction(books) as db:
        db.execute(update(Member).where(Member.id == 2).values(left_on=date(2026, 2, 1)))
        member(db, "3", joined_on=date(2026, 2, 3))
        planned(db, MONTHLY | {"kind": "special", "period": None, "first_on": "2026-02-02"})
        assert [run(db, date(2026, 2, on)) for on in (1, 2, 3, 28)] == [0, 1, 0, 0]
        assert [each[0] for each in charges(db)] == [1]


def test_a_later_version_takes_the_place_of_the_earlier_one_and_an_end_ends_it(books: Engine) -> None:
    with transaction(books) as db:
        db.execute(update(Member).where(Member.id == 2).values(left_on=date(2000, 1, 1)))
        first = planned(db, MONTHLY)
        run(db, FIRST)
        second = planned(db, MONTHLY | {"amount": 1500, "first_on": "2026-03-01", "replaces": first})
        one, two = officers(db)
        on = date(2026, 3, 2)
        run(db, on)
        deeds.approve(db, two, plans.propose_end(db, one, second, date(2026, 4, 30), on, at(on)), at(on))
        run(db, date(2026, 12, 1))
        assert [each[2] for each in charges(db)] == [1000, 1000, 1500, 1500]
        assert [(each.version, each.ends_on) for each in plans.of(db, 1)] == [
            (1, date(2026, 2, 28)),
            (2, date(2026, 4, 30)),
        ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"first_on": "2026-03-15"}, "first day of a period"),
        ({"first_on": "2026-01-01"}, "after today"),
        ({"first_on": "2026-03-01", "kind": "special", "period": None}, "same kind"),
        ({"first_on": "2026-03-01", "replaces": 99}, "same kind"),
        ({"first_on": "2026-03-01", "decided_on": "2027-01-01"}, "decided_on"),
        ({"first_on": "2026-03-01", "concerns": "members", "members": ["77"]}, "no member 77"),
    ],
)
def test_a_version_that_cannot_be_is_refused(books: Engine, change: dict[str, Any], fault: str) -> None:
    with transaction(books) as db:
        first = planned(db, MONTHLY)
        with pytest.raises(BadTerms, match=fault):
            planned(db, MONTHLY | {"replaces": first} | change)


def test_a_plan_is_replaced_once_though_two_were_proposed(books: Engine) -> None:
    with transaction(books) as db:
        first, (one, two) = planned(db, MONTHLY), officers(db)
        wishes = [MONTHLY | {"first_on": "2026-03-01", "replaces": first, "amount": amount} for amount in (1, 2)]
        made = [plans.propose(db, one, plan_terms.read(each), FIRST, at(FIRST)) for each in wishes]
        deeds.approve(db, two, made[0], at(FIRST))
        with pytest.raises(BadTerms, match="no other version"):
            deeds.approve(db, two, made[1], at(FIRST))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"amount": 0}, "above 0"),
    ({"amount": -5}, "amount"),
    ({"amount": 10**13}, "amount"),
    ({"amount": 10.0}, "amount"),
    ({"amount": True}, "amount"),
    ({"label": " "}, "label"),
    ({"label": "x" * 41}, "label"),
    ({"label": "a\x00b"}, "label"),
    ({"kind": "gift"}, "kind"),
    ({"first_on": "01/02/2026"}, "first_on"),
    ({"first_on": "3026-01-01"}, "first_on"),
    ({"until": "2025-12-31"}, "until"),
    ({"period": None}, "period"),
    ({"period": "week"}, "period"),
    ({"reference": ""}, "reference"),
    ({"basis": "resolution"}, "decided_on"),
    ({"instalments": 3}, "instalments"),
    ({"kind": "capital"}, "instalments"),
    ({"kind": "capital", "instalments": 0}, "instalments"),
    ({"kind": "capital", "instalments": [1, 0]}, "instalments"),
    ({"kind": "capital", "instalments": 2, "penalty_amount": 5, "penalty_after": 1}, "no penalty"),
    ({"kind": "special"}, "period"),
    ({"kind": "special", "period": None, "pro_rata": True}, "pro_rata"),
    ({"concerns": "role"}, "concerned"),
    ({"concerns": "role", "concerned": "queen"}, "concerned"),
    ({"concerns": "sex", "concerned": "X"}, "concerned"),
    ({"concerned": "F"}, "concerned"),
    ({"concerns": "members"}, "members"),
    ({"members": ["1"]}, "members"),
    ({"members": [1]}, "members"),
    ({"penalty_amount": 5}, "penalty"),
    ({"penalty_amount": 5, "penalty_ppm": 5, "penalty_after": 3}, "penalty"),
    ({"penalty_amount": 0, "penalty_after": 3}, "penalty"),
    ({"penalty_ppm": 1_000_001, "penalty_after": 3}, "penalty"),
    ({"colour": "blue"}, "colour"),
]


@pytest.mark.parametrize(("change", "named"), WRONG)
def test_terms_that_cannot_be_are_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadTerms, match=named):
        plan_terms.read(MONTHLY | change)


@pytest.mark.parametrize("days", [0, 30])
def test_terms_come_back_from_their_facts(days: int) -> None:
    more = {"penalty_ppm": 50_000, "penalty_after": days, "concerns": "members", "members": ["4", "12"]}
    terms = plan_terms.read(MONTHLY | more | {"pro_rata": True})
    assert plan_terms.read(terms.facts()) == terms
    with pytest.raises(BadTerms):
        plan_terms.read([])


# Capital

CAPITAL = MONTHLY | {"kind": "capital", "label": "Part", "amount": 1000, "instalments": 3}


def test_instalments_add_up_to_the_shares_and_are_apart_from_dues(books: Engine) -> None:
    with transaction(books) as db:
        plan_id = planned(db, CAPITAL)
        subscribed(db, plan_id, 1, 5, date(2026, 1, 10))
        run(db, date(2026, 1, 9))
        assert charges(db, EntryKind.CAPITAL) == []
        run(db, date(2026, 12, 1))
        amounts = [(each[1], each[2]) for each in charges(db, EntryKind.CAPITAL)]
        assert amounts == [(date(2026, 1, 10), 1667), (date(2026, 2, 10), 1667), (date(2026, 3, 10), 1666)]
        assert dues.standing(db, 1, date(2026, 12, 1)).owed == 0
        paid = dues.payment(1, 1, "payment:1", (date(2026, 2, 1), "R", 2500), Account.CASH, Account.CAPITAL)
        ledger.post(db, [paid], "test", at(FIRST))
        mine = capital.shares(db, 1, date(2026, 2, 20))
        assert mine
        assert (mine.paid_up, mine.shares, mine.due, mine.since) == (2, 5, 834, date(2026, 2, 10))
        assert (mine.coming, mine.next_on) == (1666, date(2026, 3, 10))
        assert dues.standing(db, 1, date(2026, 12, 1)).paid == 0
        assert [(each.late, each.ahead) for each in arrears.of(db, 1, date(2026, 2, 20), Account.CAPITAL)] == [(834, 0)]
        assert list(proof.faults(db)) == []


def test_what_is_paid_before_shares_are_subscribed_is_seen(books: Engine) -> None:
    with transaction(books) as db:
        assert capital.shares(db, 1, FIRST) is None
        assert capital.with_newest(db, 1, 5)[0] is None
        paid = dues.payment(1, 1, "payment:1", (FIRST, "R", 2500), Account.CASH, Account.CAPITAL)
        ledger.post(db, [paid], "test", at(FIRST))
        mine, begun = capital.shares(db, 1, FIRST), capital.with_newest(db, 1, 5)[0]
        assert mine
        assert begun
        assert (mine.shares, mine.paid, begun.shares, begun.paid) == (0, 2500, 0, 2500)


@given(shares=st.integers(1, 99), face=st.integers(1, 5000), weights=st.lists(st.integers(1, 50), min_size=1))
def test_a_schedule_loses_nothing(shares: int, face: int, weights: list[int]) -> None:
    terms = plan_terms.read(CAPITAL | {"instalments": [*weights, 1][:60], "amount": face})
    row = {name: getattr(terms, name) for name in plan_terms.NAMES if name not in ("members", "replaces")}
    plan = plans.Written(1, 1, **row, version=1, raised_upto=None, replaced_on=None)
    parts = capital.schedule(plan, shares, FIRST)
    assert sum(amount for _on, amount in parts.values()) == shares * face
    assert [on for on, _amount in parts.values()] == sorted({on for on, _amount in parts.values()})


@pytest.mark.parametrize(
    ("who", "shares", "on"),
    [(1, 0, FIRST), (1, -1, FIRST), (1, 10**6, FIRST), (99, 1, FIRST), (1, 1, date(2027, 1, 1))],
)
def test_a_subscription_that_cannot_be_is_refused(books: Engine, who: int, shares: int, on: date) -> None:
    with transaction(books) as db:
        plan_id, (first, _second) = planned(db, CAPITAL), officers(db)
        with pytest.raises(Overtaken):
            capital.propose(db, first, Subscribing(plan_id, who, shares, on, "B"), FIRST, at(FIRST))


def test_shares_have_one_face_value_and_a_coop_ca_a_quarter_at_once(books: Engine) -> None:
    from models.cooperatives import Cooperative, Kind

    with transaction(books) as db:
        planned(db, CAPITAL)
        with pytest.raises(BadTerms, match="face value"):
            planned(db, CAPITAL | {"amount": 2000})
        db.execute(update(Cooperative).values(kind=Kind.COOP_CA))
        for wrong in ({"instalments": 5}, {"instalments": [9, 1], "period": "year", "amount": 7}):
            with pytest.raises(BadTerms):
                planned(db, CAPITAL | wrong)
        planned(db, CAPITAL | {"instalments": [12, *([1] * 36)]})


# Penalties

LATE = MONTHLY | {"penalty_ppm": 100_000, "penalty_after": 10, "concerns": "members", "members": ["1"]}


def pay(db: Connection, on: date, amount: int, member_id: int = 1) -> None:
    entry = dues.payment(1, member_id, f"payment:{on}:{amount}", (on, "R", amount), Account.CASH)
    ledger.post(db, [entry], "test", at(on))


def test_a_late_due_has_one_penalty_on_what_was_unpaid(books: Engine) -> None:
    with transaction(books) as db:
        planned(db, LATE)
        run(db, FIRST)
        pay(db, date(2026, 1, 11), 400)
        pay(db, date(2026, 1, 12), 300)  # a day too late to count
        assert [run(db, date(2026, 1, on)) > 0 for on in (11, 12, 13, 20)] == [False, True, False, False]
        assert charges(db, EntryKind.PENALTY) == [(1, date(2026, 1, 12), 60)]
        assert dues.standing(db, 1, date(2026, 1, 20)).owed == 1000 + 60 - 700
        assert list(proof.faults(db)) == []


def test_no_penalty_on_what_was_paid_in_time_ahead_or_not_yet_known(books: Engine) -> None:
    with transaction(books) as db:
        pay(db, date(2025, 12, 1), 2000)
        planned(db, LATE)
        run(db, date(2026, 3, 20))  # three months at once, written down only now
        assert run(db, date(2026, 3, 30)) == 0
        run(db, date(2026, 3, 31))
        assert charges(db, EntryKind.PENALTY) == [(1, date(2026, 3, 31), 100)]


def test_no_penalty_where_the_plan_has_none(books: Engine) -> None:
    with transaction(books) as db:
        planned(db, MONTHLY)
        run(db, FIRST)
        run(db, date(2026, 12, 1))
        assert charges(db, EntryKind.PENALTY) == []


def test_a_fixed_penalty_is_as_the_plan_says(books: Engine) -> None:
    with transaction(books) as db:
        planned(db, {**LATE, "penalty_ppm": None, "penalty_amount": 250})
        for on in range(1, 29):
            run(db, date(2026, 1, on))
        assert charges(db, EntryKind.PENALTY) == [(1, date(2026, 1, 12), 250)]
