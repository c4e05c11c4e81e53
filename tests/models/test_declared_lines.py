"""A payment that a member declared, and the operator's line of it: whichever comes first, the money is there once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, select

from models import chain, confirming, declarations, proof, settling
from models.declarations import Declared, NotWaiting, Said
from models.entries import Account, EntryKind
from models.receiving import Refused, Sum
from models.statements import Found, Received, State, StatementLine
from tests import keys
from tests.conftest import NOW
from tests.office import BAKARY, TODAY, balance, entries, hand, question
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def engine(app: Flask) -> Engine:
    return service.of(app).engine


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as made:
        yield made


def declare(db: Connection, key: str = "k", days: int = 0, towards: Account = Account.DUES) -> Declared:
    mine = hand(db, "4")
    paid = Sum(3000, Account.WAVE, TODAY - timedelta(days=days))
    declarations.declare(db, mine, Said(hand(db, "5").member_id, paid, towards), key, TODAY, NOW)
    return declarations.mine(db, mine.member_id, 1)[0]


def read_in(db: Connection, *references: str, amount: int = 3000, by: str | None = "5") -> list[Found]:
    home = hand(db, "5").cooperative_id
    chain.hold(db, [home])
    received = [Received(each, TODAY - timedelta(days=1), amount, BAKARY) for each in references]
    acting = None if by is None else hand(db, by)
    return [*settling.take(db, home, Account.WAVE, received, acting, NOW).values()]


def states(db: Connection) -> list[declarations.State]:
    return [each.state for each in reversed(declarations.mine(db, hand(db, "4").member_id, 9))]


def confirm(db: Connection, declared: Declared) -> int:
    return confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY, NOW).entry_id


@pytest.fixture
def noted(db: Connection) -> Iterator[list[int]]:
    """What was noted by the end of a test, at most: nothing else may have moved."""
    before = entries(db, EntryKind.PAYMENT), balance(db, hand(db, "4").member_id, Account.DUES)
    expected: list[int] = []
    yield expected
    after = entries(db, EntryKind.PAYMENT), balance(db, hand(db, "4").member_id, Account.DUES)
    assert (after[0] - before[0], before[1] - after[1]) == (len(expected), sum(expected))
    assert list(proof.faults(db)) == []


def test_a_line_confirms_what_was_declared_and_nothing_is_asked(db: Connection, noted: list[int]) -> None:
    declare(db)
    [found] = read_in(db, "W1")
    assert (found.state, states(db)) == (State.POSTED, [declarations.State.CONFIRMED])
    assert question(db, f"payment:{found.entry_id}").yes is True
    with pytest.raises(NotWaiting):
        confirm(db, declarations.mine(db, hand(db, "4").member_id, 1)[0])
    noted.append(3000)


def test_what_was_confirmed_is_the_payment_of_the_line(db: Connection, noted: list[int]) -> None:
    entry_id = confirm(db, declare(db))
    [found] = read_in(db, "W1")
    assert (found.state, found.entry_id) == (State.LINKED, entry_id)
    noted.append(3000)


def test_what_is_declared_after_the_line_is_that_payment(db: Connection, noted: list[int]) -> None:
    [found] = read_in(db, "W1")
    assert confirm(db, declare(db)) == found.entry_id
    second = declare(db, "again")
    assert confirm(db, second) != found.entry_id  # a payment is what one declaration is about
    noted += [3000, 3000]


def test_a_line_that_waits_is_confirmed_with_the_declaration(db: Connection, noted: list[int]) -> None:
    assert [each.state for each in read_in(db, "W1", by=None)] == [State.PROPOSED]
    declare(db)
    home = hand(db, "5").cooperative_id
    for state in (State.POSTED, None):
        found = settling.confirm(db, home, hand(db, "5"), None, NOW)
        assert [each.state for each in found.values()] == ([state] if state else [])
    assert states(db) == [declarations.State.CONFIRMED]
    noted.append(3000)


def test_each_line_takes_one_declaration_the_oldest_first(db: Connection, noted: list[int]) -> None:
    for place, days in enumerate((0, 2, 9)):
        declare(db, str(place), days)
    found = read_in(db, "W1", "W2", "W3")
    assert len({each.entry_id for each in found}) == 3
    waiting, confirmed = declarations.State.WAITING, declarations.State.CONFIRMED
    assert states(db) == [confirmed, confirmed, waiting]  # nine days before is another payment
    noted += [3000] * 3


@pytest.mark.parametrize("amount", [2995, 3005])
def test_another_amount_leaves_it_waiting(db: Connection, noted: list[int], amount: int) -> None:
    declare(db)
    read_in(db, "W1", amount=amount)
    assert states(db) == [declarations.State.WAITING]
    noted.append(amount)


def test_what_was_taken_back_or_refused_is_not_confirmed(db: Connection, noted: list[int]) -> None:
    declarations.withdraw(db, hand(db, "4").member_id, declare(db).declaration_id, NOW)
    confirming.refuse(db, hand(db, "5"), declare(db, "again").declaration_id, NOW)
    before = states(db)
    assert [each.state for each in read_in(db, "W1")] == [State.POSTED]
    assert states(db) == before
    noted.append(3000)


def test_a_declaration_says_what_the_money_is_for(db: Connection) -> None:
    member_id = hand(db, "4").member_id
    before = balance(db, member_id, Account.CAPITAL)
    declare(db, towards=Account.CAPITAL)
    read_in(db, "W1")
    assert balance(db, member_id, Account.CAPITAL) == before - 3000
    assert list(proof.faults(db)) == []


def test_money_that_went_to_the_dues_is_undone_before_it_is_capital(db: Connection) -> None:
    [found] = read_in(db, "W1")
    assert found.entry_id is not None
    declared = declare(db, towards=Account.CAPITAL)
    with pytest.raises(Refused):
        confirm(db, declared)
    assert states(db) == [declarations.State.WAITING]
    keys.undone(db, found.entry_id, NOW)
    line_id = db.execute(select(StatementLine.id).where(StatementLine.reference == "W1")).scalar_one()
    settling.assign(db, line_id, declared.member_id, hand(db, "5"), NOW)
    assert states(db) == [declarations.State.CONFIRMED]
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize("attempt", range(3))
def test_the_treasurer_and_the_statement_at_once(engine: Engine, attempt: int) -> None:
    with transaction(engine) as db:
        declared = declare(db, str(attempt))
        before = balance(db, declared.member_id, Account.DUES)
    start = Barrier(2)

    def by_hand() -> None:
        start.wait()
        try:
            with transaction(engine) as db:
                confirm(db, declared)
        except NotWaiting:
            pass

    def by_line() -> None:
        start.wait()
        with transaction(engine) as db:
            read_in(db, "W1")

    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(by_hand), both.submit(by_line)]:
            each.result(60)
    with transaction(engine) as db:
        assert states(db) == [declarations.State.CONFIRMED]
        assert balance(db, declared.member_id, Account.DUES) == before - 3000
        assert list(proof.faults(db)) == []
