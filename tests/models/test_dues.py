"""What a member owes: oldest first, today only, and as if what was undone had never been."""

from datetime import date

import pytest
from sqlalchemy import Connection, Engine, select

from models import dues, ledger, payouts, writing
from models.dues import Standing
from models.entries import Account, Entry
from models.lots import Lot
from models.payouts import Part
from tests.conftest import NOW
from tests.models.test_ledger import books
from ussd_app.db import transaction

__all__ = ["books"]

TODAY = date(2026, 11, 22)


def due(db: Connection, day: str, amount: int = 1000) -> None:
    ledger.post(db, [dues.charge(1, 1, f"due:{day}", (date.fromisoformat(day), "Mois", amount))], "test", NOW)


def pay(db: Connection, day: str, amount: int) -> None:
    paid = dues.payment(1, 1, f"payment:{day}", (date.fromisoformat(day), day, amount), Account.CASH)
    ledger.post(db, [paid], "test", NOW)


def undo(db: Connection, key: str) -> None:
    entry_id = db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()
    ledger.reverse(db, entry_id, "erreur", "test", NOW)


def standing(db: Connection) -> tuple[int, int, str, int, str]:
    found: Standing = dues.standing(db, 1, TODAY)
    return found.owed, found.paid, str(found.since), found.coming, str(found.coming_on)


def test_nothing_charged_is_nothing_owed(books: Engine) -> None:
    with transaction(books) as db:
        assert standing(db) == (0, 0, "None", 0, "None")


def test_payments_settle_the_oldest_due_first(books: Engine) -> None:
    with transaction(books) as db:
        for day in ("2026-08-01", "2026-09-01", "2026-10-01"):
            due(db, day)
        pay(db, "2026-10-15", 1500)
        assert standing(db) == (1500, 1500, "2026-09-01", 0, "None")


def test_what_falls_due_later_is_not_owed_yet_and_the_next_of_it_is_told(books: Engine) -> None:
    with transaction(books) as db:
        for day in ("2026-11-22", "2026-12-22", "2027-01-22"):
            due(db, day)
        assert standing(db) == (1000, 0, "2026-11-22", 1000, "2026-12-22")


def test_money_paid_ahead_is_below_zero(books: Engine) -> None:
    with transaction(books) as db:
        due(db, "2026-11-01")
        pay(db, "2026-11-02", 3000)
        assert standing(db) == (-2000, 3000, "None", 0, "None")


@pytest.mark.parametrize(
    ("undone", "left"),
    [
        ("due:2026-12-22", (2000, 1000, "2026-09-01", 0, "None")),
        ("due:2026-09-01", (1000, 1000, "2026-10-01", 1000, "2026-12-22")),
        ("payment:2026-10-15", (3000, 0, "2026-08-01", 1000, "2026-12-22")),
    ],
)
def test_what_was_undone_counts_for_nothing(books: Engine, undone: str, left: tuple[int, int, str, int, str]) -> None:
    with transaction(books) as db:
        for day in ("2026-08-01", "2026-09-01", "2026-10-01", "2026-12-22"):
            due(db, day)
        pay(db, "2026-10-15", 1000)
        undo(db, undone)
        assert standing(db) == left


def test_the_lines_show_both_the_entry_and_what_undid_it(books: Engine) -> None:
    with transaction(books) as db:
        due(db, "2026-09-01")
        undo(db, "due:2026-09-01")
        assert [line.amount for line in dues.lines(db, 1, 5)] == [-1000, 1000]


def test_a_line_of_somebody_else_is_not_shown(books: Engine) -> None:
    with transaction(books) as db:
        due(db, "2026-09-01")
        entry_id = db.execute(select(Entry.id)).scalar_one()
        assert dues.line(db, 1, entry_id)
        assert dues.line(db, 2, entry_id) is None


def test_a_lot_that_was_undone_is_no_share(books: Engine) -> None:
    with transaction(books) as db:
        lot = {"cooperative_id": 1, "number": "7", "sold_on": TODAY, "weight_mg": 1000, "fineness_ppt": 900}
        lot_id = writing.insert_once(db, Lot, lot)
        assert lot_id
        parts = [Part(1, 600, 100), Part(2, 300, 0)]
        ledger.post(db, [payouts.sale(1, lot_id, "lot:7", (TODAY, "7", 1000), parts)], "test", NOW)
        (share,) = payouts.shares(db, 1, 5)
        assert (share.gross, share.share, share.recovered, share.net) == (1000, 600, 100, 500)
        undo(db, "lot:7")
        assert payouts.shares(db, 1, 5) == []
        assert payouts.share(db, 2, lot_id) is None
