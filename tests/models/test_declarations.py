"""Declared payments: waiting until one officer decides, once; taken back by who declared, contested when refused."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection

from models import confirming, declarations, proof, questions
from models.declarations import AT_ONCE, Declared, NotWaiting, Said, State, TooMany
from models.entries import Account, EntryKind
from models.receiving import Refused, Sum, Why
from tests.conftest import NOW
from tests.office import TODAY, balance, entries, hand, question
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def declare(db: Connection, number: str = "4", to: str = "5", amount: int = 3000, key: str = "k") -> Declared:
    mine = hand(db, number)
    said = Said(hand(db, to).member_id, Sum(amount, Account.WAVE, TODAY), Account.DUES)
    declarations.declare(db, mine, said, key, TODAY, NOW)
    return declarations.mine(db, mine.member_id, 1)[0]


def test_what_is_confirmed_is_noted_once_and_agreed_by_both_sides(db: Connection) -> None:
    declared = declare(db)
    before = balance(db, declared.member_id, Account.DUES)
    noted = confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY, NOW)
    with pytest.raises(NotWaiting):
        confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY, NOW)
    assert (entries(db, EntryKind.PAYMENT), balance(db, declared.member_id, Account.DUES)) == (1, before - 3000)
    assert question(db, f"payment:{noted.entry_id}").yes is True
    assert questions.next_for(db, declared.member_id, NOW) is None
    assert list(proof.faults(db)) == []


def test_what_is_refused_can_be_contested_once_against_who_refused(db: Connection) -> None:
    declared = declare(db)
    confirming.refuse(db, hand(db, "5"), declared.declaration_id, NOW)
    with pytest.raises(NotWaiting):
        confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY, NOW)
    assert declarations.contest(db, hand(db, "7").member_id, declared.declaration_id) is None
    assert declarations.contest(db, declared.member_id, declared.declaration_id) == hand(db, "5").member_id
    assert declarations.contest(db, declared.member_id, declared.declaration_id) is None


def test_what_is_taken_back_is_not_decided_on_and_nobody_takes_back_for_others(db: Connection) -> None:
    declared = declare(db)
    assert not declarations.withdraw(db, hand(db, "7").member_id, declared.declaration_id, NOW)
    assert declarations.withdraw(db, declared.member_id, declared.declaration_id, NOW)
    assert not declarations.withdraw(db, declared.member_id, declared.declaration_id, NOW)
    for decide in (
        lambda: confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY, NOW),
        lambda: confirming.refuse(db, hand(db, "5"), declared.declaration_id, NOW),
    ):
        with pytest.raises(NotWaiting):
            decide()


@pytest.mark.parametrize(
    ("by", "cooperative", "error"),
    [("4", "KOGB", Refused), ("1", "KOGB", Refused), ("2", "KOGB", Refused), ("3", "SANO", NotWaiting)],
)
def test_who_may_not_note_it_may_not_decide(db: Connection, by: str, cooperative: str, error: type[ValueError]) -> None:
    declared = declare(db)
    with pytest.raises(error):
        confirming.confirm(db, hand(db, by, cooperative), declared.declaration_id, TODAY, NOW)
    with pytest.raises(error):
        confirming.refuse(db, hand(db, by, cooperative), declared.declaration_id, NOW)
    assert declarations.mine(db, declared.member_id, 1)[0].state is State.WAITING


def test_a_treasurer_declares_to_the_president_who_alone_sees_it(db: Connection) -> None:
    declared = declare(db, "5", to="1")
    assert declarations.waiting(db, hand(db, "5"), 5) == []
    assert [each.number for each in declarations.waiting(db, hand(db, "1"), 5)] == ["5"]
    declare(db, "4", key="other")
    assert [each.number for each in declarations.waiting(db, hand(db, "1"), 5)] == ["5"]
    assert [each.number for each in declarations.waiting(db, hand(db, "5"), 5)] == ["4"]
    assert confirming.confirm(db, hand(db, "1"), declared.declaration_id, TODAY, NOW).new


@pytest.mark.parametrize("to", ["1", "4", "7"])
def test_money_is_declared_to_those_who_may_note_it(db: Connection, to: str) -> None:
    with pytest.raises(Refused) as refused:
        declare(db, to=to)
    assert refused.value.why is Why.NO_CASHIER


@pytest.mark.parametrize("amount", [0, -3000, 10**12])
def test_an_amount_that_cannot_be_is_refused(db: Connection, amount: int) -> None:
    with pytest.raises(Refused):
        declare(db, amount=amount)


def test_the_same_press_declares_once_and_so_many_may_wait(db: Connection) -> None:
    for _ in range(2):
        declare(db)
    assert len(declarations.mine(db, hand(db, "4").member_id, 9)) == 1
    for number in range(AT_ONCE - 1):
        declare(db, key=f"k{number}")
    with pytest.raises(TooMany):
        declare(db, key="one too many")


def test_what_cannot_be_noted_any_more_goes_on_waiting(db: Connection) -> None:
    declared = declare(db)
    with pytest.raises(Refused):
        confirming.confirm(db, hand(db, "5"), declared.declaration_id, TODAY + timedelta(days=400), NOW)
    assert declarations.mine(db, declared.member_id, 1)[0].state is State.WAITING
    assert entries(db, EntryKind.PAYMENT) == 0
