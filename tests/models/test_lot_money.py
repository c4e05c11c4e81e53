"""What buyers pay in and what lots pay out besides shares: once a reference, never beyond the sale, undoable."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from models import closings, coming, lot_money, paying, proof
from models.entries import Account, Entry, EntryKind, Posting
from models.lot_money import Moved, Sold, TooMuch
from models.paying import Paying
from models.receiving import Refused, Sum, Why
from models.refused import Fault
from models.refused import Refused as Barred
from tests.conftest import NOW
from tests.office import TODAY, hand, undo
from tests.pit import Pit
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
GROSS = 2_941_200


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    """The demo, with the sale of lot 214 undone: its buyer has not paid yet."""
    with transaction(service.of(app).engine) as made:
        lot_id = lot(made)
        kinds = (EntryKind.SALE, EntryKind.OUTLAY)
        moved = select(Entry.id).where(Entry.lot_id == lot_id, Entry.kind.in_(kinds))
        for entry_id in made.execute(moved).scalars().all():
            undo(made, entry_id)
        yield made


def lot(db: Connection, number: str = "214") -> int:
    found = coming.lot(db, hand(db, "5").cooperative_id, number)
    assert found is not None
    return found


def sold(db: Connection) -> Sold:
    found = lot_money.sold(db, hand(db, "5").cooperative_id, lot(db))
    assert found is not None
    return found


def receive(db: Connection, amount: int = GROSS, reference: str = "R1", by: str = "5", to: str = "5") -> bool:
    moved = Moved(lot(db), Sum(amount, Account.CASH, TODAY), reference)
    return lot_money.receive(db, hand(db, by), moved, hand(db, to).member_id, TODAY, NOW)


def spend(db: Connection, to: str, amount: int, reference: str = "D1", by: str = "5") -> bool:
    moved = Moved(lot(db), Sum(amount, Account.CASH, TODAY), reference)
    return lot_money.pay(db, hand(db, by), moved, to, TODAY, NOW)


def cash(db: Connection) -> int:
    return closings.book_balance(db, hand(db, "5").cooperative_id, TODAY)


def balance(db: Connection, account: Account) -> int:
    """What stands on an account for the lot."""
    found = select(func.coalesce(func.sum(Posting.amount), 0)).join(Entry, Entry.id == Posting.entry_id)
    return int(db.execute(found.where(Entry.lot_id == lot(db), Posting.account == account)).scalar_one())


def test_the_cash_book_has_what_the_buyer_paid_before_the_members_are_paid(db: Connection) -> None:
    before = cash(db)
    assert receive(db)
    paid = paying.pay_all(db, hand(db, "5"), Paying(lot(db), Account.CASH, TODAY, "P"), TODAY, NOW)
    assert cash(db) == before + GROSS - paid.amount > 0
    assert balance(db, Account.SALES) == 0
    assert list(proof.faults(db)) == []


def test_a_sale_is_received_in_parts_once_a_reference_and_never_beyond_it(db: Connection) -> None:
    before = cash(db)
    assert receive(db, 1_000_000)
    assert not receive(db, 1_000_000)
    assert sold(db).left == GROSS - 1_000_000
    with pytest.raises(TooMuch) as error:
        receive(db, GROSS - 999_999, "R2")
    assert error.value.left == GROSS - 1_000_000
    assert receive(db, GROSS - 1_000_000, "R2")
    assert not receive(db, GROSS - 1_000_000, " R2 ")
    assert (sold(db).left, cash(db)) == (0, before + GROSS)
    with pytest.raises(Refused):
        receive(db, 1, "R3")
    assert lot(db) not in {each.lot_id for each in lot_money.unpaid(db, hand(db, "5").cooperative_id, 9)}


def test_a_reference_with_another_sum_or_receiver_or_that_was_undone_is_refused(db: Connection) -> None:
    receive(db, 5)
    for amount, to in ((6, "5"), (5, "1")):
        with pytest.raises(Refused) as refused:
            receive(db, amount, to=to)
        assert refused.value.why is Why.REFERENCE
    entry_id = db.execute(select(func.max(Entry.id)).where(Entry.kind == EntryKind.SALE)).scalar_one()
    undo(db, entry_id)
    assert sold(db).left == GROSS
    with pytest.raises(Refused):
        receive(db, 5)
    assert receive(db, 5, "R2")
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"amount": 0}, Why.AMOUNT),
        ({"amount": -5}, Why.AMOUNT),
        ({"by": "7"}, Why.NO_CASHIER),
        ({"by": "4"}, Why.NO_CASHIER),
        ({"to": "7"}, Why.NO_CASHIER),
        ({"reference": "  "}, Why.NO_REFERENCE),
        ({"reference": "R" * 41}, Why.NO_REFERENCE),
    ],
)
def test_what_cannot_be_received_is_refused(db: Connection, asked: dict[str, str], why: Why) -> None:
    with pytest.raises(Refused) as refused:
        receive(db, **asked)  # type: ignore[arg-type]
    assert (refused.value.why, sold(db).paid) == (why, 0)


def test_a_lot_without_a_price_or_of_another_cooperative_receives_nothing(db: Connection) -> None:
    moved = Moved(lot(db, "215"), Sum(5, Account.CASH, TODAY), "R")
    with pytest.raises(Barred) as barred:
        lot_money.receive(db, hand(db, "5"), moved, hand(db, "5").member_id, TODAY, NOW)
    assert barred.value.fault is Fault.NO_PRICE
    theirs = hand(db, "3", cooperative="SANO")
    with pytest.raises(Barred):
        lot_money.receive(db, theirs, Moved(lot(db), Sum(5, Account.CASH, TODAY), "R"), theirs.member_id, TODAY, NOW)


def test_who_bought_the_lot_does_not_note_that_they_paid(pit: Pit) -> None:
    lot_id = lots_of(pit)
    moved = Moved(lot_id, Sum(5, Account.CASH, TODAY), "R")
    with pytest.raises(Refused) as refused:
        lot_money.receive(pit.db, pit.hand("5"), moved, pit.member("5"), TODAY, NOW)
    assert refused.value.why is Why.OWN
    assert lot_money.receive(pit.db, pit.hand("1"), moved, pit.member("1"), TODAY, NOW)


def lots_of(pit: Pit) -> int:
    """A lot that the treasurer bought, not shared yet: it may be paid already."""
    lot_id = pit.deliver("300")
    pit.sell(lot_id, buyer_id=pit.member("5"))
    return lot_id


def test_what_a_lot_gave_to_others_is_paid_out_once_and_never_beyond_it(db: Connection) -> None:
    before = cash(db)
    assert spend(db, "cost:Carburant", 100_000)
    assert not spend(db, "cost:Carburant", 100_000)
    with pytest.raises(TooMuch) as error:
        spend(db, "cost:Carburant", 80_001, "D2")
    assert error.value.left == 80_000
    assert spend(db, "cost:Carburant", 80_000, "D2")
    assert spend(db, "fund:villages", 130_000)
    assert cash(db) == before - 310_000
    for wrong in ("cost:Carbur", "member:4", "rest", "fund:", "cost:Carburant:D1"):
        with pytest.raises(Barred) as barred:
            spend(db, wrong, 1, "D3")
        assert barred.value.fault is Fault.NOT_GIVEN
    assert list(proof.faults(db)) == []


def test_a_cost_may_be_paid_before_the_lot_is_sold(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    pit.cost(lot_id, "Eau", 900)
    moved = Moved(lot_id, Sum(900, Account.CASH, TODAY), "E")
    assert lot_money.pay(pit.db, pit.hand("5"), moved, "cost:Eau", TODAY, NOW)
    assert not lot_money.pay(pit.db, pit.hand("5"), moved, "cost:Eau", TODAY, NOW)


def test_money_of_a_day_to_come_is_refused(db: Connection) -> None:
    moved = Moved(lot(db), Sum(5, Account.CASH, TODAY + timedelta(days=1)), "R")
    with pytest.raises(Refused) as refused:
        lot_money.receive(db, hand(db, "5"), moved, hand(db, "5").member_id, TODAY, NOW)
    assert refused.value.why is Why.DAY
