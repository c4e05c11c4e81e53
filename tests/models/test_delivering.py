"""Deliveries, costs and prices as they are written down: put right until the lot is shared, and bounded."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from models import lots, paying, sales
from models.entries import Account
from models.lots import NewLot
from models.paying import Paying
from models.receiving import Refused as NotNoted
from models.receiving import Why
from models.refused import Fault, Refused
from models.sales import Evidence, Sale, Spent
from models.sharing import By, Pool
from tests.pit import DAY, PER_CARAT, Pit

KINDS = ["sqlite", "postgresql"]


def delivered(pit: Pit) -> int:
    pit.rule("r", [Pool("Equipe", By.DAYS, "rest")])
    return pit.deliver("L1", "r")


def test_a_wrong_delivery_is_put_right_and_its_gross_follows(pit: Pit) -> None:
    lot_id = delivered(pit)
    pit.sell(lot_id)
    sales.correct(pit.db, pit.hand(), lot_id, NewLot("L1", 20_000, 22_000, DAY, "r"))
    found, priced = lots.delivered(pit.db, lot_id), sales.priced(pit.db, lot_id)
    assert found is not None
    assert priced is not None
    assert (found.weight_mg, found.carats, found.delivered_on) == (20_000, 22_000, DAY)
    assert priced.gross == 20 * 22 * 4_000


def test_a_delivery_is_put_right_by_officers_before_it_is_shared_and_sold_after(pit: Pit) -> None:
    lot_id = delivered(pit)
    right = NewLot("L1", 20_000, 22_000, DAY, "r")
    with pytest.raises(Refused) as refused:
        sales.correct(pit.db, pit.hand("4"), lot_id, right)
    assert refused.value.fault is Fault.NO_OFFICER
    pit.sell(lot_id)
    with pytest.raises(Refused) as refused:
        sales.correct(pit.db, pit.hand(), lot_id, replace(right, delivered_on=DAY + timedelta(days=1)))
    assert refused.value.fault is Fault.BAD_VALUE
    pit.work(lot_id, {"4": 3})
    pit.publish(lot_id)
    with pytest.raises(Refused) as refused:
        sales.correct(pit.db, pit.hand(), lot_id, right)
    assert refused.value.fault is Fault.SHARED


def test_nobody_is_the_witness_of_what_they_write_down(pit: Pit) -> None:
    lot_id = delivered(pit)
    for who in ("3", " 3 "):
        with pytest.raises(Refused) as refused:
            sales.cost(pit.db, pit.hand("3"), lot_id, Spent("Eau", Evidence.WITNESS, who, 5), pit.now)
        assert refused.value.fault is Fault.NO_WITNESS
    sales.cost(pit.db, pit.hand("3"), lot_id, Spent("Eau", Evidence.WITNESS, "4", 5), pit.now)


@pytest.mark.parametrize("amount", [-1, 100_000_001, 10**12])
def test_a_cost_is_bounded(pit: Pit, amount: int) -> None:
    with pytest.raises(Refused) as refused:
        pit.cost(delivered(pit), "Eau", amount)
    assert (refused.value.fault, refused.value.field) == (Fault.BAD_VALUE, "the amount")


@pytest.mark.parametrize("days", [31, -1, 2500])
def test_a_price_of_another_time_than_the_sale_is_refused(pit: Pit, days: int) -> None:
    lot_id = delivered(pit)
    old = replace(PER_CARAT, quoted_on=DAY - timedelta(days=days))
    with pytest.raises(Refused) as refused:
        sales.price(pit.db, pit.hand(), lot_id, Sale(old, DAY, "comptoir"), pit.now)
    assert refused.value.fault is Fault.OLD_QUOTE


def test_nobody_is_paid_from_a_lot_before_it_was_sold(pit: Pit) -> None:
    lot_id = delivered(pit)
    pit.sell(lot_id)
    pit.work(lot_id, {"4": 3})
    pit.publish(lot_id)
    today = pit.now.date()
    assert date(2026, 11, 15) < DAY
    with pytest.raises(NotNoted) as refused:
        paying.pay(pit.db, pit.hand("5"), Paying(lot_id, Account.CASH, date(2026, 11, 15), "R"), "4", 1, today, pit.now)
    assert refused.value.why is Why.BEFORE_SALE
    assert paying.pay(pit.db, pit.hand("5"), Paying(lot_id, Account.CASH, DAY, "R"), "4", 1, today, pit.now).members
