"""Dues, payments and lots: the books hold what the file says, once, and never other money."""

import pytest
from sqlalchemy import select

from models import ledger, proof
from models.cooperatives import Cooperative
from models.dues import payment, standing
from models.entries import Account, Entry
from models.members import Member
from models.payouts import shares
from tests.ussd_app.registers.desk import NOW, Desk
from ussd_app.db import reading, transaction
from ussd_app.registers import Outcome

DUES = ("KOG,4,2026-01-01,Janvier,1000", "KOG,4,2026-02-01,Février,1500", "BAN,4,2026-01-01,Janvier,700")
PAYMENTS = ("KOG,4,2026-01-05,600,orange_money,OM1", "BAN,4,2026-01-05,600,cash,OM1")
LOT = (
    "KOG,212,2026-07-21,28400,875,2000,4,1000,400",
    "KOG,212,2026-07-21,28400,875,2000,12,500,500",
)
BOOKS = {"dues": DUES, "payments": PAYMENTS, "lots": LOT}


def _member_id(desk: Desk, number: str) -> int:
    with reading(desk.engine) as db:
        return db.execute(select(Member.id).where(Member.number == number).order_by(Member.id)).scalars().first() or 0


def test_members_are_told_what_the_files_say(either: Desk) -> None:
    for noun, rows in BOOKS.items():
        either.take(noun, *rows)
    with reading(either.engine) as db:
        awa = standing(db, _member_id(either, "4"), NOW.date())
        [share] = shares(db, _member_id(either, "4"), 9)
        assert list(proof.faults(db)) == []
    assert (awa.owed, awa.paid) == (1900, 600)
    assert (share.number, share.gross, share.share, share.recovered, share.net) == ("212", 2000, 1000, 400, 600)


@pytest.mark.parametrize("noun", BOOKS)
def test_the_same_file_again_changes_nothing(either: Desk, noun: str) -> None:
    either.take(noun, *BOOKS[noun])
    before = either.contents()
    assert either.take(noun, *BOOKS[noun]) == Outcome(len(BOOKS[noun]), 0, 0, len(BOOKS[noun]))
    assert either.contents() == before


def test_entries_have_the_keys_that_other_parts_know(desk: Desk) -> None:
    for noun, rows in BOOKS.items():
        desk.take(noun, rows[0])
    keys = [row.key for row in desk.contents()["entries"]]
    assert keys == ["due:KOG:4:2026-01-01:Janvier", "payment:KOG:OM1", "lot:KOG:212"]


def test_a_colon_in_a_number_does_not_make_two_facts_one(desk: Desk) -> None:
    desk.take("members", "KOG,4:2026-01-01:a,Fanta,,,,,")
    desk.take("dues", "KOG,4:2026-01-01:a,2026-01-01,b,5")
    assert desk.take("dues", "KOG,4,2026-01-01,a:2026-01-01:b,7").new == 1


CONFLICTS = {
    ("dues", "KOG,4,2026-01-01,Janvier,999"): ["2:amount"],
    ("payments", "KOG,4,2026-01-05,601,orange_money,OM1"): ["2:amount"],
    ("payments", "KOG,12,2026-01-06,600,wave,OM1"): ["2:member", "2:paid_on", "2:channel"],
    ("lots", LOT[0].replace("2026-07-21", "2026-07-22")): ["2:lot", "2:sold_on"],
    ("lots", LOT[0].replace(",1000,", ",999,")): ["2:lot", "2:share"],
    ("lots", LOT[0]): ["2:lot"],
}


@pytest.mark.parametrize(("noun", "row"), CONFLICTS)
def test_other_money_under_the_same_key_is_an_error(desk: Desk, noun: str, row: str) -> None:
    desk.take(noun, *BOOKS[noun])
    assert desk.places(noun, row) == CONFLICTS[noun, row]


@pytest.mark.parametrize("change", ["28401,875,2000", "28400,874,2000", "28400,875,2001"])
def test_a_lot_in_the_books_stays_as_it_is(desk: Desk, change: str) -> None:
    desk.take("lots", *LOT)
    assert len(desk.errors("lots", *(row.replace("28400,875,2000", change) for row in LOT))) == 2


def test_a_lot_in_the_books_gets_no_further_member(desk: Desk) -> None:
    desk.take("lots", LOT[0])
    assert desk.places("lots", *LOT) == ["3:member"]


def test_other_money_within_one_file_is_an_error(desk: Desk) -> None:
    assert desk.places("dues", DUES[0], DUES[0].replace("1000", "999")) == ["3:amount"]
    assert desk.take("dues", DUES[0], DUES[0]) == Outcome(2, 1, 0, 1)


LOTS = {
    "the rows disagree": ((LOT[0], LOT[1].replace("28400", "28401")), ["3:weight_mg"]),
    "the shares exceed the price": ((LOT[0], LOT[1].replace(",500,", ",1001,")), ["2:share"]),
    "more is kept than given": ((LOT[0], LOT[1].replace(",500,500", ",500,501")), ["3:recovered"]),
    "a member twice": ((LOT[0], LOT[1], LOT[0]), ["4:member"]),
    "nobody gets anything": ((LOT[0].replace(",1000,400", ",0,0"),), ["2:share"]),
    "another cooperative has it too": ((*LOT, LOT[0].replace("KOG", "BAN")), []),
    "all of it is given": ((LOT[0], LOT[1].replace(",500,500", ",1000,0")), []),
}


@pytest.mark.parametrize(("rows", "places"), LOTS.values(), ids=LOTS)
def test_a_lot_is_all_its_rows(desk: Desk, rows: tuple[str, ...], places: list[str]) -> None:
    assert desk.places("lots", *rows) == places


def test_a_reference_of_a_payment_for_shares_is_an_error_of_its_row(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        kog = select(Member.cooperative_id, Member.id).join(Cooperative, Cooperative.id == Member.cooperative_id)
        home, whose = db.execute(kog.where(Cooperative.code == "KOG", Member.number == "4")).one()
        paid = (NOW.date(), "OM1", 500)
        entry = payment(home, whose, "payment:KOG:OM1", paid, Account.CASH, Account.CAPITAL)
        ledger.post(db, [entry], "test", NOW)
    rows = ("KOG,4,2026-01-05,500,cash,OM2", "KOG,4,2026-01-05,500,cash,OM1")
    assert desk.places("payments", *rows) == ["3:reference"]


def test_the_rows_of_a_lot_need_not_stand_together(desk: Desk) -> None:
    other = LOT[0].replace(",212,", ",213,")
    desk.take("lots", LOT[0], other, LOT[1])
    assert desk.export("lots") == [*LOT, other]


def test_a_share_of_nothing_leaves_nothing(desk: Desk) -> None:
    rows = (LOT[0], LOT[1].replace(",500,500", ",0,0"))
    assert desk.take("lots", *rows) == Outcome(2, 1, 0, 1)
    assert desk.take("lots", *rows) == Outcome(2, 0, 0, 2)
    assert desk.export("lots") == [LOT[0]]


def test_what_was_reversed_is_not_exported_and_not_posted_again(desk: Desk) -> None:
    desk.take("dues", *DUES)
    with transaction(desk.engine) as db:
        first = db.execute(select(Entry.id).where(Entry.key == "due:KOG:4:2026-01-01:Janvier")).scalar_one()
        ledger.reverse(db, first, "erreur", "trésorier", NOW)
    assert desk.export("dues") == [DUES[2], DUES[1]]
    assert desk.take("dues", *DUES) == Outcome(3, 0, 0, 3)


def test_the_same_share_twice_is_said_to_be_the_same(desk: Desk) -> None:
    row = "KOG,212,2026-07-21,28400,875,2000,4,1000,400"
    assert desk.errors("lots", row, row) == [
        "3:member: la ligne 2 dit déjà la même chose; gardez une des deux lignes, ou additionnez-les si le membre a "
        "deux parts"
    ]


@pytest.mark.parametrize(
    ("noun", "row", "column"),
    [
        ("payments", "KOG,4,{},4000,cash,R9", "paid_on"),
        ("lots", "KOG,219,{},28400,875,2000,4,1000,400", "sold_on"),
    ],
)
def test_nothing_was_paid_or_sold_after_today(desk: Desk, noun: str, row: str, column: str) -> None:
    for later in ("2026-11-23", "2072-11-22"):
        assert desk.errors(noun, row.format(later)) == [
            f"2:{column}: cette date n'est pas encore venue; écrivez 2026-11-22 au plus tard"
        ]
    assert desk.take(noun, row.format("2026-11-22")).new == 1
    assert desk.take(noun, row.format("2026-11-22")).unchanged == 1


def test_dues_and_meetings_may_be_still_to_come(desk: Desk) -> None:
    assert desk.take("dues", "KOG,4,2027-11-01,Cotisation,4000").new == 1
    assert desk.take("meetings", "KOG,2027-11-01T09:00,Hangar,ordinary,").new == 1
