"""Receipts that anybody may verify: how a number is typed, what is told of it, and what is not."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, insert, select

from models import dues, ledger, receipts
from models.cooperatives import Cooperative
from models.entries import Account, Entry
from models.receipts import Answer, Asked, Outcome
from tests.conftest import NOW
from tests.models.test_ledger import books
from tests.models.test_raising import member
from ussd_app.db import transaction

__all__ = ["books"]

DAY = date(2026, 11, 3)


@pytest.fixture
def db(books: Engine) -> Iterator[Connection]:
    """Thirty cooperatives; the first one has three receipts, of 999, 1 000 and 60 000 000."""
    with transaction(books) as db:
        row = dict(db.execute(select(Cooperative)).one()._mapping)
        others = [row | {"id": number, "code": f"C-{number}", "name": f"Coop {number}"} for number in range(2, 31)]
        db.execute(insert(Cooperative), others)
        for number, amount in enumerate((999, 1000, 60_000_000)):
            pay(db, 1, 1, f"payment:{number}", amount)
        yield db


def pay(
    db: Connection, cooperative: int, member_id: int, key: str, amount: int, account: Account = Account.DUES
) -> None:
    paid = dues.payment(cooperative, member_id, key, (DAY, key, amount), Account.WAVE, account)
    ledger.post(db, [paid], "test", NOW)


def ask(db: Connection, typed: str, own: tuple[int, ...] = ()) -> Answer:
    wanted = receipts.asked(typed)
    assert wanted
    return receipts.verify(db, wanted, own)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12345-6", Asked(12345, "6")),
        ("123456", Asked(12345, "6")),
        (" 12 345 - 6 ", Asked(12345, "6")),
        ("n° 12345\u20136", Asked(12345, "6")),
        ("12345-6 KOGB", Asked(12345, "6", "KOGB")),
        ("123456, ML-KAY-01", Asked(12345, "6", "ML-KAY-01")),
        ("1-7", Asked(1, "7")),
        ("00012-3", Asked(12, "3")),
    ],
)
def test_a_number_is_read_as_people_type_it(typed: str, read: Asked) -> None:
    assert receipts.asked(typed) == read


@pytest.mark.parametrize("typed", ["", "bonjour", "7", "١٢٣-٤", "1" * 40, "12-34", "-6", "12345-6\x00" * 5000])
def test_what_is_no_number_is_not_read(typed: str) -> None:
    assert receipts.asked(typed) is None


def test_a_receipt_tells_its_class_its_day_and_no_more(db: Connection) -> None:
    classes = [ask(db, dues.printed(1, number)).receipts[0] for number in (1, 2, 3)]
    assert [(each.least, each.below) for each in classes] == [(0, 1000), (1000, 5000), (50_000_000, None)]
    assert {(each.paid_on, each.annulled_on, each.code) for each in classes} == {(DAY, None, "K")}


def test_every_wrong_last_digit_is_refused_or_is_of_another_cooperative(db: Connection) -> None:
    right = dues.printed(1, 2)
    wrong = [f"2-{digit}" for digit in range(10) if f"2-{digit}" != right]
    assert {ask(db, each, own=(1,)).outcome for each in wrong} == {Outcome.WRONG_DIGIT}
    assert {ask(db, f"{each} k").outcome for each in wrong} == {Outcome.WRONG_DIGIT}
    assert ask(db, f"{right} nowhere").outcome is Outcome.NO_COOPERATIVE
    assert ask(db, f"{right} k").outcome is Outcome.VALID


def test_a_number_that_was_never_given_is_unknown(db: Connection) -> None:
    assert ask(db, dues.printed(1, 4), own=(1,)).outcome is Outcome.UNKNOWN


def test_an_annulled_receipt_is_told_as_such(db: Connection) -> None:
    entry_id = db.execute(select(Entry.id).where(Entry.key == "payment:1")).scalar_one()
    ledger.reverse(db, entry_id, "Erreur", "test", NOW)
    assert ask(db, dues.printed(1, 2)).receipts[0].annulled_on == NOW.date()


def test_of_several_cooperatives_the_callers_own_comes_first_and_few_are_named(db: Connection) -> None:
    same = [number for number in range(1, 31) if dues.printed(number, 1) == dues.printed(1, 1)]
    assert len(same) > 1
    for number in same[1:]:
        one = member(db, f"1-{number}", cooperative_id=number)
        pay(db, number, one, f"payment:of:{number}", 7000, Account.CAPITAL)
    typed = dues.printed(1, 1)
    (mine,) = ask(db, typed, own=(same[1],)).receipts
    assert mine.code == f"C-{same[1]}"
    everywhere = ask(db, typed)
    assert everywhere.outcome is (Outcome.VALID if len(same) <= 3 else Outcome.SEVERAL)
    assert len(everywhere.receipts) == (len(same) if len(same) <= 3 else 0)
    for number in range(31, 61):
        row = dict(db.execute(select(Cooperative).where(Cooperative.id == 2)).one()._mapping)
        db.execute(insert(Cooperative), row | {"id": number, "code": f"C-{number}"})
        if dues.printed(number, 1) == typed:
            pay(db, number, member(db, "1", cooperative_id=number), f"payment:of:{number}", 7000)
    assert ask(db, typed).outcome is Outcome.SEVERAL
    assert ask(db, f"{typed} c-{same[1]}").receipts[0].least == 5000
