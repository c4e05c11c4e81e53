"""Money received: noted once, by who may, asked of the other side, told without amounts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection

from models import ledger, members, proof, questions, receiving
from models.entries import Account, EntryKind
from models.members import Role
from models.money import AT_MOST
from models.receiving import Payment, Refused, Sum, Why
from tests.conftest import NOW
from tests.office import TODAY, balance, entries, hand, question
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def payment(db: Connection, number: str = "4", amount: int = 5000, **change: object) -> Payment:
    payer = receiving.numbered(db, hand(db, "5").cooperative_id, number)
    assert payer is not None
    made = Payment(payer, Sum(amount, Account.CASH, TODAY), Account.DUES, "R-1")
    return replace(made, **change)  # type: ignore[arg-type]


def why(db: Connection, by: str, wanted: Payment, cooperative: str = "KOGB") -> Why:
    with pytest.raises(Refused) as refused:
        receiving.record(db, hand(db, by, cooperative), wanted, TODAY, NOW)
    assert entries(db, EntryKind.PAYMENT) == 0
    return refused.value.why


def test_a_payment_is_noted_with_a_receipt_and_asked_of_the_payer(db: Connection) -> None:
    wanted = payment(db)
    before = balance(db, wanted.payer.member_id, Account.DUES)
    noted = receiving.record(db, hand(db, "5"), wanted, TODAY, NOW)
    assert balance(db, wanted.payer.member_id, Account.DUES) == before - 5000
    asked = questions.next_for(db, wanted.payer.member_id, NOW)
    assert asked is not None
    assert (asked.subject, asked.asker) == (f"payment:{noted.entry_id}", "Mariam Sogodogo")
    assert (asked.facts["amount"], asked.facts["on"], asked.asked_by) == (5000, "2026-11-22", hand(db, "5").member_id)
    assert list(proof.faults(db)) == []


def test_the_same_reference_is_noted_once_and_never_with_other_money(db: Connection) -> None:
    first, again = (receiving.record(db, hand(db, "5"), payment(db), TODAY, NOW) for _ in range(2))
    assert (first.new, again.new, first.receipt) == (True, False, again.receipt)
    with pytest.raises(Refused) as refused:
        receiving.record(db, hand(db, "5"), payment(db, amount=5001), TODAY, NOW)
    assert (refused.value.why, entries(db, EntryKind.PAYMENT)) == (Why.REFERENCE, 1)


def test_a_reference_that_was_undone_is_not_taken_for_noted(db: Connection) -> None:
    noted = receiving.record(db, hand(db, "5"), payment(db), TODAY, NOW)
    ledger.reverse(db, noted.entry_id, "erreur", "test", NOW)
    with pytest.raises(Refused):
        receiving.record(db, hand(db, "5"), payment(db), TODAY, NOW)


def test_it_can_be_for_the_capital_and_leaves_the_dues_alone(db: Connection) -> None:
    wanted = payment(db, towards=Account.CAPITAL)
    accounts = (Account.CAPITAL, Account.DUES)
    capital, owed = (balance(db, wanted.payer.member_id, each) for each in accounts)
    receiving.record(db, hand(db, "5"), wanted, TODAY, NOW)
    assert [balance(db, wanted.payer.member_id, each) for each in accounts] == [capital - 5000, owed]
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize("by", ["1", "2", "3", "4", "7", "9"])
def test_only_a_treasurer_notes_what_a_member_paid(db: Connection, by: str) -> None:
    assert why(db, by, payment(db, "12")) is Why.NO_CASHIER


def test_nobody_notes_their_own_and_others_stand_in_for_the_treasurer(db: Connection) -> None:
    own = payment(db, "5")
    assert why(db, "5", own) is Why.OWN
    assert why(db, "2", own) is Why.NO_CASHIER
    assert why(db, "1", payment(db, "1")) is Why.OWN
    assert receiving.record(db, hand(db, "3"), own, TODAY, NOW).new


def test_the_treasurer_of_another_cooperative_notes_nothing(db: Connection) -> None:
    assert why(db, "3", payment(db), "SANO") is Why.UNKNOWN


@pytest.mark.parametrize("amount", [0, -1, -5000, AT_MOST + 1, 10**18])
def test_an_amount_that_cannot_be_is_refused(db: Connection, amount: int) -> None:
    assert why(db, "5", payment(db, amount=amount)) is Why.AMOUNT


@pytest.mark.parametrize("days", [1, 365 * 10, -367])
def test_a_day_that_cannot_be_is_refused(db: Connection, days: int) -> None:
    day = TODAY + timedelta(days=days)
    assert why(db, "5", payment(db, paid=Sum(5, Account.CASH, day))) is Why.DAY


@pytest.mark.parametrize("channel", [Account.SALES, Account.DUES, Account.RESERVES])
def test_money_comes_by_a_channel_and_goes_to_dues_or_capital(db: Connection, channel: Account) -> None:
    assert why(db, "5", payment(db, paid=Sum(5, channel, TODAY))) is Why.CHANNEL
    if channel is not Account.DUES:
        assert why(db, "5", payment(db, towards=channel)) is Why.REFERENCE


def test_what_is_undone_is_not_asked_any_more_but_an_answer_stays(db: Connection) -> None:
    kept = receiving.record(db, hand(db, "5"), payment(db), TODAY, NOW)
    gone = receiving.record(db, hand(db, "5"), payment(db, reference="R-2"), TODAY, NOW)
    member_id = payment(db).payer.member_id
    first = questions.next_for(db, member_id, NOW)
    assert first is not None
    assert questions.answer(db, member_id, first.question_id, True, NOW)
    for entry in (kept, gone):
        questions.drop(db, entry.entry_id, NOW)
    assert questions.next_for(db, member_id, NOW) is None
    said = [question(db, f"payment:{each.entry_id}").yes for each in (kept, gone)]
    assert said == [True, None]


def test_a_role_is_read_when_it_is_used(db: Connection) -> None:
    taken = replace(hand(db, "5"), role=Role.MEMBER)
    with pytest.raises(Refused):
        receiving.record(db, taken, payment(db), TODAY, NOW)
    assert members.numbered(db, "KOGB", "5") == taken.member_id
