"""The commands for a lot's money besides its shares, and what the closing of a month says when some is missing."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import coming
from models.entries import Entry, EntryKind
from tests.conftest import Clock
from tests.office import TREASURER, hand, opened, undo
from tests.ussd_app.test_money_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
CASH = ("--channel", "cash", "--by", "5")


def undo_sales(app: Flask) -> None:
    """Nothing is noted of what buyers paid."""
    with transaction(service.of(app).engine) as db:
        home = hand(db, "5").cooperative_id
        sales = select(Entry.id).where(Entry.kind == EntryKind.SALE, Entry.cooperative_id == home)
        for entry_id in db.execute(sales).scalars().all():
            undo(db, entry_id)
        assert coming.lot(db, home, "214")


def test_what_a_buyer_paid_is_noted_once(app: Flask) -> None:
    undo_sales(app)
    how = ("KOGB", "214", "2 000 000", *CASH, "--reference", "F-18")
    assert run(app, "lots", "received", *how) == (0, "noted")
    assert run(app, "lots", "received", *how) == (0, "noted before")
    code, said = run(app, "lots", "received", "KOGB", "214", "941201", *CASH, "--reference", "F-19")
    assert (code, said) == (1, "only 941200 of the sale of lot 214 is left to be paid; nothing is noted")
    more = ("941200", "--channel", "bank", "--by", "1", "--received-by", "5", "--reference", "F-19")
    assert run(app, "lots", "received", "KOGB", "214", *more) == (0, "noted")
    assert run(app, "ledger", "check")[0] == 0


def test_what_a_cost_was_paid_is_noted_once(app: Flask) -> None:
    how = ("KOGB", "214", "fund:villages", "130000", *CASH, "--reference", "V-1")
    assert run(app, "lots", "spend", *how) == (0, "noted")
    assert run(app, "lots", "spend", *how) == (0, "noted before")
    code, said = run(app, "lots", "spend", "KOGB", "214", "cost:Eau", "5", *CASH, "--reference", "V-2")
    assert (code, said.startswith("the lot gives nothing to that name; it gives to: cost:Carburant")) == (1, True)


@pytest.mark.parametrize("noted", [True, False])
def test_the_closing_says_what_misses_when_the_books_paid_out_what_they_never_had(
    app: Flask, clock: Clock, noted: bool
) -> None:
    if not noted:
        undo_sales(app)
    paid = ("KOGB", "214", "--reference", "P", "--channel", "cash", "--by", "5")
    assert run(app, "payments", "paid-out", *paid)[0] == 0
    clock.pass_by(seconds=9 * 86_400)
    code, said = run(app, "closing", "KOGB", "2026-11", "--counted", "0", "--by", "5")
    assert code == 0
    missing = "was paid out that the books never had: money came in that is not noted"
    unpaid = "lot 214: 2 941 200 of 2 941 200 is not noted as paid by its buyer; see lots received"
    assert (missing in said, unpaid in said, "books -" in said) == ((False,) * 3 if noted else (True,) * 3)


def test_the_treasurer_notes_on_the_phone_what_the_buyer_paid(app: Flask) -> None:
    undo_sales(app)
    mine = opened(app, TREASURER)
    assert "10 Argent d'un acheteur" in mine.press("9")
    assert "1 Lot 214: reste 2 941 200 F" in mine.press("10")
    assert "Montant recu" in mine.press("1")
    mine.press("2000000", "1")
    assert "2 000 000 F, Espèces, ce jour, numéro 88?" in mine.press("88")
    assert "Reste à recevoir: 941 200 F" in mine.press("1")
    assert run(app, "ledger", "check")[0] == 0
