"""The audit fund in the books of a federation: called and spent by two keys, paid once, told to the right people."""

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, insert, select, text

from models import corrections, deeds, members, messages, proof, vault
from models.audit_fund import books, told
from models.audit_fund.books import Call, CalledAlready, Money
from models.audit_fund.tables import FundCall
from models.cooperatives import Affiliation, Cooperative
from models.entries import Account, Entry
from models.hands import NotAllowed
from models.ledger import Conflict
from models.messages import Message
from models.sharing import Unshareable
from models.surplus import Unlawful
from tests.conftest import NOW
from tests.keys import hand, undo
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
# FEDE has called its fund for 2026 in the demo, and SANO has paid 400 000 of its 600 000.
PRESIDENT, TREASURER = "+22370000050", "+22370000051"
SANO_TREASURER, SANO_MEMBER, KOGB_MEMBER = "+22370000033", "+22370000042", "+22370000015"
SHARES = {"UNIO": 180, "SANO": 120}


@pytest.fixture
def engine(app: Flask) -> Engine:
    return service.of(app).engine


def called(year: int = 2027, amount: int = 100_000, shares: dict[str, int] | None = None) -> Call:
    return Call(year, amount, SHARES if shares is None else shares, "AG du 06/02, n° 2")


def proposed(db: Connection, call: Call) -> int:
    return books.propose_call(db, hand(db, TREASURER), call, NOW)


def done(db: Connection, call: Call) -> None:
    deeds.approve(db, hand(db, PRESIDENT), proposed(db, call), NOW)


def money(amount: int = 50_000, reference: str = "VIR-1", affiliate: str = "SANO") -> Money:
    return Money(affiliate, amount, date(2026, 6, 1), Account.BANK, reference)


def fund(db: Connection) -> int:
    return hand(db, PRESIDENT).cooperative_id


def standings(db: Connection) -> dict[str, tuple[int, int, int]]:
    return {each.code: (each.called, each.paid, each.owed) for each in told.standings(db, fund(db))}


def letters(db: Connection, phone: str, kind: str) -> int:
    return messages.queued_since(db, phone, NOW, kind)


def test_a_call_charges_every_affiliate_its_part(engine: Engine) -> None:
    with transaction(engine) as db:
        number = proposed(db, called())
        assert standings(db)["UNIO"] == (900_000, 0, 900_000)
        before = letters(db, SANO_TREASURER, "fund_called")
        deeds.approve(db, hand(db, PRESIDENT), number, NOW)
        assert standings(db) == {"SANO": (640_000, 400_000, 240_000), "UNIO": (960_000, 0, 960_000)}
        assert told.balance(db, fund(db)) == 400_000  # what is owed is not in the fund
        assert letters(db, SANO_TREASURER, "fund_called") == before + 1
        assert list(proof.faults(db)) == []


def test_three_equal_affiliates_and_ties_by_code(engine: Engine) -> None:
    with transaction(engine) as db:
        other = db.execute(select(Cooperative.id).where(Cooperative.code == "KOGB")).scalar_one()
        db.execute(insert(Affiliation), {"cooperative_id": other, "parent_id": fund(db)})
        done(db, called(shares={"UNIO": 7, "SANO": 7, "KOGB": 7}))
        assert {code: standing[0] for code, standing in standings(db).items()} == {
            "KOGB": 33_334,
            "SANO": 633_333,
            "UNIO": 933_333,
        }


def test_every_member_below_reads_the_fund_and_their_part_and_nobody_else(engine: Engine) -> None:
    with transaction(engine) as db:
        read = {phone: told.calls(db, hand(db, phone).cooperative_id, 9) for phone in (SANO_MEMBER, KOGB_MEMBER)}
        assert [(each.affiliate, each.part) for each in read[SANO_MEMBER]] == [
            ("Sanoudjé", 600_000),
            ("Union Sanbéra", 900_000),
        ]
        assert [(each.affiliate, each.part) for each in read[KOGB_MEMBER]] == [("Union Sanbéra", 900_000)]
        (theirs,) = {each.entry_id for each in read[SANO_MEMBER]}
        sano, kogb = hand(db, SANO_MEMBER).cooperative_id, hand(db, KOGB_MEMBER).cooperative_id
        assert told.call(db, kogb, theirs, sano) is None
        assert [each.part for each in told.calls(db, fund(db), 9)] == [0]
        db.execute(text("DELETE FROM affiliations"))
        assert told.calls(db, kogb, 9) == []


def test_a_year_is_called_once_and_again_when_it_was_undone(engine: Engine) -> None:
    with transaction(engine) as db:
        with pytest.raises(CalledAlready, match="called for 2026 already"):
            proposed(db, called(2026))
        one, other = proposed(db, called()), proposed(db, called(amount=1))
        deeds.approve(db, hand(db, PRESIDENT), one, NOW)
        with pytest.raises(CalledAlready), db.begin_nested():
            deeds.approve(db, hand(db, PRESIDENT), other, NOW)
        entry_id = db.execute(select(FundCall.entry_id).where(FundCall.year == 2027)).scalar_one()
        undoing = corrections.propose_reversal(db, hand(db, TREASURER), entry_id, "erreur", NOW)
        deeds.approve(db, hand(db, PRESIDENT), undoing, NOW)
        assert standings(db)["UNIO"] == (900_000, 0, 900_000)
        done(db, called(amount=200_000))
        assert standings(db)["UNIO"] == (1_020_000, 0, 1_020_000)
        assert list(proof.faults(db)) == []


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (called(shares={"UNIO": 1}), "the affiliate SANO is missing: write 0"),
        (called(shares={**SHARES, "KOGB": 1}), "KOGB is not affiliated"),
        (called(shares={"UNIO": 0, "SANO": 0}), "nobody to receive"),
        (called(amount=0), "above 0"),
        (called(amount=-5), "whole number"),
        (Call(2027, 5, SHARES, " "), "resolution must be"),
    ],
)
def test_a_call_that_does_not_fit_is_refused(engine: Engine, call: Call, why: str) -> None:
    with transaction(engine) as db, pytest.raises(Unshareable, match=why):
        proposed(db, call)


def test_a_cooperative_or_union_has_no_audit_fund(engine: Engine) -> None:
    with transaction(engine) as db, pytest.raises(Unlawful, match="articles 144 and 155"):
        books.propose_call(db, hand(db, SANO_TREASURER), called(), NOW)


def test_an_affiliate_pays_once_and_no_more_than_it_owes(engine: Engine) -> None:
    with transaction(engine) as db:
        officer = hand(db, TREASURER)
        before = letters(db, SANO_TREASURER, "fund_paid")
        assert [books.pay(db, officer, money(), NOW) for _ in range(3)] == [True, False, False]
        assert standings(db)["SANO"] == (600_000, 450_000, 150_000)
        assert told.balance(db, fund(db)) == 450_000
        assert letters(db, SANO_TREASURER, "fund_paid") == before + 1
        with pytest.raises(Conflict):
            books.pay(db, officer, money(50_001), NOW)
        for wrong, why in [
            (money(150_001, "VIR-2"), "SANO owes 150000"),
            (money(0, "VIR-2"), "above 0"),
            (money(-5, "VIR-2"), "above 0"),
            (money(5, "VIR-2", "KOGB"), "KOGB is not affiliated"),
        ]:
            with pytest.raises(Unshareable, match=why):
                books.pay(db, officer, wrong, NOW)
        assert books.pay(db, officer, money(150_000, "VIR-2"), NOW)
        assert standings(db)["SANO"] == (600_000, 600_000, 0)
        assert not books.pay(db, officer, money(), NOW)  # said again when nothing is owed any more
        assert list(proof.faults(db)) == []


def test_a_payment_that_was_undone_is_owed_again(engine: Engine) -> None:
    with transaction(engine) as db:
        books.pay(db, hand(db, TREASURER), money(), NOW)
        entry_id = db.execute(select(Entry.id).where(Entry.label == "VIR-1")).scalar_one()
        undo(db, (hand(db, TREASURER), hand(db, PRESIDENT)), entry_id, NOW)
        assert standings(db)["SANO"] == (600_000, 400_000, 200_000)
        assert told.balance(db, fund(db)) == 400_000


def test_an_audit_is_paid_by_two_keys_from_what_is_there(engine: Engine) -> None:
    with transaction(engine) as db:
        officer = hand(db, TREASURER)
        with pytest.raises(Unshareable, match="the fund has 400000"):
            books.propose_spending(db, officer, money(400_001), NOW)
        both = [books.propose_spending(db, officer, money(each), NOW) for each in (250_000, 150_001)]
        assert told.balance(db, fund(db)) == 400_000
        deeds.approve(db, hand(db, PRESIDENT), both[0], NOW)
        assert told.balance(db, fund(db)) == 150_000
        with pytest.raises(Unshareable, match="the fund has 150000"), db.begin_nested():
            deeds.approve(db, hand(db, PRESIDENT), both[1], NOW)
        assert list(proof.faults(db)) == []


def test_who_is_no_officer_of_the_federation_can_do_nothing(engine: Engine) -> None:
    with transaction(engine) as db:
        member = hand(db, SANO_MEMBER)
        with pytest.raises(NotAllowed):
            books.pay(db, member, money(), NOW)
        number = proposed(db, called())
        for phone in (TREASURER, SANO_TREASURER):
            with pytest.raises(NotAllowed):
                deeds.approve(db, hand(db, phone), number, NOW)


def test_amounts_go_by_sms_only_to_who_asked_for_them(engine: Engine) -> None:
    with transaction(engine) as db:
        assert _told(db, called(2027), money(10_000, "VIR-1")) == [None, None]
        members.want_amounts_by_sms(db, hand(db, SANO_TREASURER).member_id, True)
        assert _told(db, called(2028), money(20_000, "VIR-2")) == [40_000, 20_000]


def _told(db: Connection, call: Call, paid: Money) -> list[object]:
    done(db, call)
    books.pay(db, hand(db, TREASURER), paid, NOW)
    told = Message.phone == SANO_TREASURER, Message.kind.in_(("fund_called", "fund_paid"))
    found = db.execute(select(Message.facts_sealed).where(*told).order_by(Message.id.desc()).limit(2)).scalars()
    return [json.loads(vault.unseal(sealed))["amount"] for sealed in reversed(found.all())]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE fund_parts SET amount = amount + 1 WHERE shares = 120", "the parts of the affiliates do not add up"),
        ("DELETE FROM fund_parts WHERE shares = 120", "the parts of the affiliates do not add up"),
        ("UPDATE fund_calls SET amount = amount + 1", "the parts of the affiliates do not add up"),
        ("DELETE FROM fund_payments", "nobody knows which affiliate paid it"),
    ],
)
def test_parts_altered_behind_the_programs_back_are_found(engine: Engine, change: str, found: str) -> None:
    with transaction(engine) as db:
        assert list(proof.faults(db)) == []
        db.execute(text(change))
        assert found in str(next(proof.faults(db)))
