"""Lines of statements: whatever they are, each is one thing, and the books move by what was posted and nothing else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import permutations
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, func, select, update

from models import chain, dues, ledger, matching, members, proof, settling, statements
from models.entries import Account, Entry, Posting
from models.hands import Hand
from models.keys import entry_key
from models.matching import Books, Payment
from models.members import Member, Role
from models.receiving import Refused
from models.receiving import Why as Bar
from models.statements import Found, Line, Received, State, StatementLine, Why
from tests import keys
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
DAY = date(2026, 10, 10)
OM = Account.ORANGE_MONEY
AWA, SHARED, NOBODY = "+22370000004", "+22370000012", "+22370000099"


class _Over(Exception):
    """The test is over."""


@contextmanager
def trial(made: Engine) -> Iterator[Connection]:
    """What a test writes is taken back at its end."""
    with suppress(_Over), transaction(made) as db:
        yield db
        raise _Over


def engine(app: Flask) -> Engine:
    return service.of(app).engine


def whose(db: Connection, number: str, code: str = "KOGB") -> int:
    found = members.numbered(db, code, number)
    assert found is not None
    return found


def cooperative(db: Connection, code: str = "KOGB") -> int:
    mine = select(Member.cooperative_id).where(Member.id == whose(db, "1", code))
    return db.execute(mine).scalar_one()


def hand(db: Connection, number: str = "5", code: str = "KOGB") -> Hand:
    role = db.execute(select(Member.role).where(Member.id == whose(db, number, code))).scalar_one()
    return Hand(whose(db, number, code), cooperative(db, code), role)


def line(reference: str, amount: int = 1000, phone: str | None = AWA, days: int = 0) -> Received:
    return Received(reference, DAY + timedelta(days=days), amount, phone)


def pay(db: Connection, number: str, reference: str, amount: int = 1000, days: int = 0, channel: Account = OM) -> int:
    key = entry_key("payment", "KOGB", reference)
    paid = (DAY + timedelta(days=days), reference, amount)
    ledger.post(db, [dues.payment(cooperative(db), whose(db, number), key, paid, channel)], "test", NOW)
    return db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()


def take(db: Connection, *lines: Received, by: str | None = None, channel: Account = OM) -> list[Found]:
    chain.hold(db, [cooperative(db)])
    acting = None if by is None else hand(db, by)
    return [*settling.take(db, cooperative(db), channel, lines, acting, NOW).values()]


def held(db: Connection, channel: Account = OM) -> int:
    total = select(func.coalesce(func.sum(Posting.amount), 0)).where(Posting.account == channel)
    return int(db.execute(total).scalar_one())


def test_a_line_with_the_reference_of_a_payment_is_linked_whoever_sent_it(app: Flask) -> None:
    with trial(engine(app)) as db:
        entry = pay(db, "6", "OM1", days=-200)
        before = held(db)
        assert take(db, line("OM1", phone=NOBODY), by="5") == [Found(State.LINKED, whose(db, "6"), entry)]
        assert held(db) == before


@pytest.mark.parametrize(
    ("days", "state"), [(-4, State.POSTED), (-3, State.LINKED), (3, State.LINKED), (4, State.POSTED)]
)
def test_a_payment_within_three_days_is_the_line(app: Flask, days: int, state: State) -> None:
    with trial(engine(app)) as db:
        pay(db, "4", "noted by hand", days=days)
        assert [each.state for each in take(db, line("OM1"), by="5")] == [state]


def test_a_payment_is_the_match_of_one_line_only(app: Flask) -> None:
    with trial(engine(app)) as db:
        pay(db, "4", "noted by hand")
        found = take(db, line("OM1"), line("OM2"), by="5")
        assert sorted(each.state for each in found) == [State.LINKED, State.POSTED]
        assert [each.state for each in take(db, line("OM3"), by="5")] == [State.POSTED]


def test_neighbours_are_matched_so_that_none_is_left_over(app: Flask) -> None:
    """The nearest payment of the first line is the only one of the second."""
    with trial(engine(app)) as db:
        pay(db, "4", "one", days=0)
        pay(db, "4", "two", days=3)
        assert {each.state for each in take(db, line("OM1", days=2), line("OM2", days=5), by="5")} == {State.LINKED}


UNMATCHED = {
    Why.NO_PHONE: line("OM1", phone=None),
    Why.UNKNOWN_PHONE: line("OM1", phone=NOBODY),
    Why.SHARED_PHONE: line("OM1", phone=SHARED),
    Why.ODD_AMOUNT: line("OM1", amount=987),
}


@pytest.mark.parametrize(("why", "received"), UNMATCHED.items(), ids=UNMATCHED)
def test_what_cannot_be_known_is_listed_and_never_guessed(app: Flask, why: Why, received: Received) -> None:
    with trial(engine(app)) as db:
        before = held(db)
        assert take(db, received, by="5") == [Found(State.UNMATCHED, why=why)]
        [listed] = statements.listed(db, cooperative(db), State.UNMATCHED)
        assert (listed.why, listed.phone, listed.amount) == (why, received.phone, received.amount)
        assert held(db) == before


ALIKE = [(1000, 995, OM), (1000, 1000, Account.CASH), (1000, 1000, Account.WAVE)]


@pytest.mark.parametrize(("amount", "noted", "channel"), ALIKE)
def test_a_payment_that_is_much_like_it_stops_the_posting(
    app: Flask, amount: int, noted: int, channel: Account
) -> None:
    with trial(engine(app)) as db:
        pay(db, "4", "noted by hand", amount=noted, days=1, channel=channel)
        assert [each.why for each in take(db, line("OM1", amount=amount), by="5")] == [Why.ALIKE]


def test_the_reference_with_other_money_is_listed_and_cannot_be_assigned(app: Flask) -> None:
    with trial(engine(app)) as db:
        entry = pay(db, "4", "OM1", amount=5000)
        assert [each.why for each in take(db, line("OM1"), by="5")] == [Why.OTHER_MONEY]
        [listed] = statements.listed(db, cooperative(db), State.UNMATCHED)
        with pytest.raises(settling.OtherMoney):
            settling.assign(db, listed.line_id, whose(db, "4"), hand(db), NOW)
        keys.undone(db, entry, NOW)
        assert settling.assign(db, listed.line_id, whose(db, "4"), hand(db), NOW).state is State.POSTED
        assert list(proof.faults(db)) == []


def test_the_number_of_a_member_who_left_is_nobodys(app: Flask) -> None:
    with trial(engine(app)) as db:
        db.execute(update(Member).where(Member.id == whose(db, "4")).values(left_on=DAY))
        assert [each.why for each in take(db, line("OM1"), line("OM2", days=-1))] == [Why.LEFT, None]


def test_a_payment_that_was_undone_matches_nothing(app: Flask) -> None:
    with trial(engine(app)) as db:
        entry = pay(db, "4", "OM1")
        keys.undone(db, entry, NOW)
        before = held(db)
        assert [each.state for each in take(db, line("OM1"), by="5")] == [State.POSTED]
        assert held(db) == before + 1000


def test_a_line_whose_payment_was_undone_is_open_again_and_can_be_given_to_another(app: Flask) -> None:
    with trial(engine(app)) as db:
        [found] = take(db, line("OM1"), by="5")
        assert found.entry_id is not None
        keys.undone(db, found.entry_id, NOW)
        [listed] = statements.listed(db, cooperative(db), State.UNMATCHED)
        assert (listed.why, listed.member_id) == (Why.REVERSED, None)
        for number in ("6", "7"):
            again = settling.assign(db, listed.line_id, whose(db, number), hand(db), NOW)
            assert again.state is State.POSTED
            assert statements.listed(db, cooperative(db), State.UNMATCHED) == []
            assert again.entry_id is not None
            keys.undone(db, again.entry_id, NOW)
        assert list(proof.faults(db)) == []


def test_without_a_hand_it_is_proposed_and_confirmed_once(app: Flask) -> None:
    with trial(engine(app)) as db:
        before = held(db)
        assert [each.state for each in take(db, line("OM1"))] == [State.PROPOSED]
        assert held(db) == before
        states = [settling.confirm(db, cooperative(db), hand(db), None, NOW) for _ in range(2)]
        assert [[each.state for each in found.values()] for found in states] == [[State.POSTED], []]
        assert held(db) == before + 1000


def test_a_payment_noted_meanwhile_is_linked_when_the_line_is_confirmed(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM1"))
        pay(db, "4", "noted by hand", days=1)
        before = held(db)
        assert [each.state for each in settling.confirm(db, cooperative(db), hand(db), None, NOW).values()] == [
            "linked"
        ]
        assert held(db) == before


def test_a_payment_that_was_posted_is_known_to_the_register_of_payments(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM:1"), by="5")
        before = held(db)
        pay(db, "4", "OM:1")
        assert held(db) == before


@pytest.mark.parametrize("number", ["7", "2", "4", "9"])
def test_only_a_treasurer_answers_for_what_is_posted(app: Flask, number: str) -> None:
    with trial(engine(app)) as db:
        [found] = take(db, line("OM1"))
        [kept] = statements.listed(db, cooperative(db), State.PROPOSED)
        for attempt in (
            lambda: take(db, line("OM2"), by=number),
            lambda: settling.confirm(db, cooperative(db), hand(db, number), None, NOW),
            lambda: settling.assign(db, kept.line_id, whose(db, "6"), hand(db, number), NOW),
        ):
            with pytest.raises(Refused):
                attempt()
        assert found.entry_id is None


def test_nobody_brings_their_own_money_into_the_books(app: Flask) -> None:
    with trial(engine(app)) as db:
        assert [each.state for each in take(db, line("OM1", phone="+22370000005"), by="5")] == [State.PROPOSED]
        [kept] = statements.listed(db, cooperative(db), State.PROPOSED)
        with pytest.raises(Refused) as barred:
            settling.assign(db, kept.line_id, whose(db, "5"), hand(db), NOW)
        assert barred.value.why is Bar.OWN
        president = hand(db, "1")
        with pytest.raises(Refused):
            settling.assign(db, kept.line_id, whose(db, "4"), president, NOW)
        [confirmed] = settling.confirm(db, cooperative(db), president, None, NOW).values()
        assert confirmed.state is State.POSTED


def test_another_cooperative_has_no_hand_in_it(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM1", phone=None))
        [kept] = statements.listed(db, cooperative(db), State.UNMATCHED)
        stranger = hand(db, "3", "SANO")
        assert stranger.role is Role.TREASURER
        with pytest.raises(Refused):
            settling.assign(db, kept.line_id, whose(db, "4"), stranger, NOW)
        with pytest.raises(Refused):
            settling.confirm(db, cooperative(db), stranger, None, NOW)
        assert statements.listed(db, stranger.cooperative_id, State.UNMATCHED) == []


def test_a_line_is_given_once(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM1", phone=None))
        [kept] = statements.listed(db, cooperative(db), State.UNMATCHED)
        before = held(db)
        for _ in range(3):
            assert settling.assign(db, kept.line_id, whose(db, "4"), hand(db), NOW).state is State.POSTED
        with pytest.raises(settling.Settled):
            settling.assign(db, kept.line_id, whose(db, "6"), hand(db), NOW)
        with pytest.raises(LookupError):
            settling.assign(db, 999_999, whose(db, "6"), hand(db), NOW)
        assert held(db) == before + 1000


def test_assigning_what_the_books_have_links_it(app: Flask) -> None:
    with trial(engine(app)) as db:
        entry = pay(db, "12", "noted by hand", days=2)
        take(db, line("OM1", phone=SHARED))
        [kept] = statements.listed(db, cooperative(db), State.UNMATCHED)
        before = held(db)
        found = settling.assign(db, kept.line_id, whose(db, "12"), hand(db), NOW)
        assert (found.state, found.entry_id, held(db)) == (State.LINKED, entry, before)


def test_one_reference_in_two_channels_is_two_payments(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("77"), by="5")
        assert [each.state for each in take(db, line("77", days=9), by="5", channel=Account.WAVE)] == [State.POSTED]
        assert list(proof.faults(db)) == []


def test_no_number_stands_in_the_database_in_clear(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM1", phone=NOBODY))
        sealed = db.execute(select(StatementLine.phone_sealed)).scalar_one()
        assert NOBODY[-8:] not in str(sealed)


def test_the_check_finds_a_line_that_was_altered(app: Flask) -> None:
    with trial(engine(app)) as db:
        take(db, line("OM1"), by="5")
        assert list(proof.faults(db)) == []
        db.execute(update(StatementLine).values(amount=999))
        assert [fault.split(":")[0] for fault in map(str, proof.faults(db))] == ["statement line 1"]


LINES = st.lists(
    st.tuples(
        st.sampled_from([AWA, "+22370000006", "+22370000005", SHARED, NOBODY, None]),
        st.sampled_from([500, 1000, 1003, 2000, 10**12]),
        st.integers(-4, 4),
        st.booleans(),
    ),
    max_size=8,
)
NOTED = st.lists(
    st.tuples(
        st.sampled_from(["4", "6", "5", "12"]),
        st.sampled_from([500, 1000, 2000]),
        st.integers(-4, 4),
        st.sampled_from([OM, OM, Account.CASH]),
    ),
    max_size=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, NOTED)
def test_every_line_is_one_thing_and_the_books_move_by_what_was_posted(
    app: Flask,
    lines: Sequence[tuple[str | None, int, int, bool]],
    noted: Sequence[tuple[str, int, int, Account]],
) -> None:
    with trial(engine(app)) as db:
        for place, (number, amount, days, channel) in enumerate(noted):
            pay(db, number, f"N{place}", amount, days, channel)
        received = [
            line(f"N{place}" if named else f"OM{place}", amount, phone, days)
            for place, (phone, amount, days, named) in enumerate(lines)
        ]
        before, entries = held(db), db.execute(select(func.count()).select_from(Entry)).scalar_one()
        found = take(db, *received, by="5")
        posted = [each.amount for each, became in zip(received, found, strict=True) if became.state is State.POSTED]
        assert held(db) - before == sum(posted)
        assert db.execute(select(func.count()).select_from(Entry)).scalar_one() - entries == len(posted)
        for each, became in zip(received, found, strict=True):
            if became.state is State.PROPOSED:  # only what would be the treasurer's own
                assert each.phone == "+22370000005"
            assert (became.entry_id is not None) == (became.state in (State.LINKED, State.POSTED))
            assert (became.why is not None) == (became.state is State.UNMATCHED)
        linked = [each.entry_id for each in found if each.entry_id]
        assert len(set(linked)) == len(linked)
        kept = [each for state in State for each in statements.listed(db, cooperative(db), state)]
        assert sorted(each.reference for each in kept) == sorted(each.reference for each in received)
        assert list(proof.faults(db)) == []


def as_kept(place: int, days: int) -> Line:
    when = DAY + timedelta(days=days)
    return Line(place, 1, OM, f"R{place}", when, 1000, None, State.UNMATCHED, None, None, None, None)


@given(st.lists(st.integers(0, 9), max_size=5), st.lists(st.integers(0, 9), max_size=5), st.randoms())
@settings(deadline=None)
def test_as_many_lines_as_possible_are_linked_in_whatever_order(
    lines: list[int], paid: list[int], drawn: Random
) -> None:
    payments = sorted(
        (Payment(place, 1, DAY + timedelta(days=days), "", OM, 1000) for place, days in enumerate(paid)),
        key=lambda each: (each.paid_on, each.entry_id),
    )
    kept = [(as_kept(place, days), 1) for place, days in enumerate(lines)]
    drawn.shuffle(kept)
    found = matching.of_member(Books(payments, {}, 5), kept)
    best = max(
        sum(abs(one - other) <= 3 for one, other in zip(lines, order, strict=False))
        for order in permutations([*paid, *[99] * len(lines)], len(lines))
    )
    assert len(found) == best
    assert len({each.entry_id for each in found.values()}) == len(found)
