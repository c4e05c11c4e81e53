"""Paying shares out: never more than is left, once a reference, asked of the member after seven days of silence."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from models import coming, ledger, paying, proof, questions
from models.entries import Account, Entry, EntryKind
from models.paying import Paying, Spent
from models.receiving import Refused, Why
from tests.conftest import NOW
from tests.office import TODAY, entries, hand
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def how(db: Connection, reference: str = "R", lot: str = "213", days_ago: int = 0) -> Paying:
    lot_id = coming.lot(db, hand(db, "5").cooperative_id, lot)
    assert lot_id is not None
    return Paying(lot_id, Account.WAVE, TODAY - timedelta(days=days_ago), reference)


def left(db: Connection, number: str = "4", lot: str = "213") -> int:
    found = coming.to_member(db, hand(db, "5").cooperative_id, how(db, lot=lot).lot_id, number)
    return found.amount if found else 0


def pay(
    db: Connection, amount: int | None = None, number: str = "4", by: str = "5", reference: str = "R"
) -> paying.Paid:
    return paying.pay(db, hand(db, by), how(db, reference), number, amount, TODAY, NOW)


def test_parts_are_paid_until_nothing_is_left(db: Connection) -> None:
    assert left(db) == 217_600
    assert pay(db, 100_000, reference="1").amount == 100_000
    assert left(db) == 117_600
    with pytest.raises(Spent) as spent:
        pay(db, 117_601, reference="2")
    assert spent.value.left == 117_600
    assert pay(db, reference="3").amount == 117_600
    with pytest.raises(Spent):
        pay(db, reference="4")
    assert list(proof.faults(db)) == []


def test_the_same_reference_pays_once(db: Connection) -> None:
    assert [pay(db, 1000).members for _ in range(3)] == [1, 0, 0]
    with pytest.raises(Refused) as refused:
        pay(db, 2000)
    assert (refused.value.why, left(db)) == (Why.REFERENCE, 216_600)


def test_what_was_undone_is_coming_again_under_another_reference(db: Connection) -> None:
    pay(db)
    entry_id = db.execute(select(Entry.id).where(Entry.kind == EntryKind.PAYOUT)).scalar_one()
    ledger.reverse(db, entry_id, "erreur", "test", NOW)
    assert left(db) == 217_600
    with pytest.raises(Refused):
        pay(db)
    assert pay(db, reference="again").members == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_that_cannot_be_is_refused(db: Connection, amount: int) -> None:
    with pytest.raises(Refused):
        pay(db, amount)


@pytest.mark.parametrize(
    ("by", "number", "why"), [("1", "4", Why.NO_CASHIER), ("4", "4", Why.OWN), ("5", "99", Why.UNKNOWN)]
)
def test_only_who_may_pays_and_nobody_themselves(db: Connection, by: str, number: str, why: Why) -> None:
    with pytest.raises(Refused) as refused:
        pay(db, by=by, number=number)
    assert (refused.value.why, entries(db, EntryKind.PAYOUT)) == (why, 0)


def test_a_member_who_has_no_part_of_the_lot_is_paid_nothing_of_it(db: Connection) -> None:
    with pytest.raises(Spent):
        pay(db, 5, number="13")


def test_everybody_is_paid_at_once_and_the_lot_is_empty(db: Connection) -> None:
    cooperative_id, lot_id = hand(db, "5").cooperative_id, how(db).lot_id
    there = coming.to_members(db, cooperative_id, lot_id)
    paid = paying.pay_all(db, hand(db, "5"), how(db), TODAY, NOW)
    assert (paid.members, paid.amount) == (len(there), sum(each.amount for each in there))
    assert coming.to_members(db, cooperative_id, lot_id) == []
    assert "213" not in {each.number for each in coming.open_lots(db, cooperative_id, 9)}
    assert paying.pay_all(db, hand(db, "5"), how(db), TODAY, NOW).members == 0
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize(("days_ago", "waits"), [(0, 7), (3, 4), (9, 0)])
def test_the_member_is_asked_after_seven_days_of_silence(db: Connection, days_ago: int, waits: int) -> None:
    paying.pay(db, hand(db, "5"), how(db, days_ago=days_ago), "4", 1000, TODAY, NOW)
    member_id = hand(db, "4").member_id
    asked_on = NOW + timedelta(days=waits)
    if waits:
        assert questions.next_for(db, member_id, asked_on - timedelta(seconds=1)) is None
    assert questions.next_for(db, member_id, asked_on) is not None


def test_an_answer_may_be_given_before_it_is_asked(db: Connection) -> None:
    pay(db, 1000)
    member_id = hand(db, "4").member_id
    (received,) = paying.received(db, member_id, how(db).lot_id, 5)
    assert (received.amount, received.channel, received.came) == (1000, Account.WAVE, None)
    assert questions.answer(db, member_id, received.question_id, True, NOW)
    assert questions.next_for(db, member_id, NOW + timedelta(days=9)) is None
    assert [each.came for each in paying.received(db, member_id, how(db).lot_id, 5)] == [True]
    assert paying.received(db, hand(db, "7").member_id, how(db).lot_id, 5) == []
