"""Two sides on the phone: what one says the other is asked about, first thing at the next dial, and no is a case."""

import pytest
from flask import Flask
from sqlalchemy import ScalarSelect, select

from models import inbox, members, vault
from models.entries import Account, EntryKind
from models.grievances import Category, Concerned
from models.grievances.kinds import Why
from models.grievances.tables import CaseBar, Grievance
from models.questions import Question
from tests.conftest import SECRET, STORIES, Clock
from tests.office import (
    BAKARY,
    CODE,
    OTHER_TREASURER,
    PRESIDENT,
    TREASURER,
    asked,
    balance,
    entries,
    hand,
    opened,
    question,
)
from tests.phone import Phone
from tests.statements import statements
from ussd_app import service
from ussd_app.db import transaction

KINDS = STORIES

OFFER = "CON Une question pour vous sur votre argent.\n1 Répondre\n2 Plus tard"
AWA = "+22370000012"  # shared by members 11 and 12


def note(app: Flask, number: str = "4", amount: str = "5000") -> Phone:
    """The treasurer notes a payment."""
    treasurer = opened(app, TREASURER)
    assert "Noté" in treasurer.press("1", number, amount, "1", "1")
    return treasurer


def barred() -> ScalarSelect[int | None]:
    """Whom a case is about."""
    return (
        select(CaseBar.member_id)
        .where(CaseBar.grievance_id == Grievance.id, CaseBar.why == Why.ACCUSED)
        .correlate(Grievance)
        .scalar_subquery()
    )


def case(app: Flask) -> tuple[object, ...]:
    """The newest case."""
    columns = (Grievance.category, Grievance.concerned, barred(), Grievance.entry_id)
    with transaction(service.of(app).engine) as db:
        newest = select(*columns).where(barred().is_not(None)).order_by(Grievance.filed_at.desc()).limit(1)
        return tuple(db.execute(newest).one())


PAID = Question.subject.like("payment:%")


def answers(app: Flask) -> list[bool | None]:
    with transaction(service.of(app).engine) as db:
        return list(db.execute(select(Question.yes).where(PAID).order_by(Question.id)).scalars())


def test_the_first_page_of_a_dial_offers_the_question_and_shows_nothing_of_it(app: Flask) -> None:
    note(app)
    mine = Phone(app, BAKARY, SECRET)
    assert mine.dial() == OFFER
    assert mine.press("2").startswith("CON Coop Kogbera\n1 Mes cotisations")
    assert mine.press("00").startswith("CON Coop Kogbera\n1 Mes cotisations")
    assert mine.dial() == OFFER


def test_questions_are_asked_one_after_the_other_the_oldest_first(app: Flask, clock: Clock) -> None:
    for amount in ("1000", "2000", "3000"):
        note(app, amount=amount)
        clock.pass_by(minutes=1)
    mine = Phone(app, BAKARY, SECRET)
    mine.go("1", CODE)
    mine.press(CODE)
    page = mine.send()
    for amount in ("1 000 F", "2 000 F", "3 000 F"):
        assert f"Mariam Sogodogo dit avoir recu de vous {amount} le 22/11" in page
        page = mine.press("1")
    assert page.startswith("CON Coop Kogbera\n1 Mes")
    assert answers(app) == [True, True, True]


def test_a_member_without_a_code_is_asked_at_once(app: Flask) -> None:
    mine = Phone(app, BAKARY, SECRET)
    mine.go("5", CODE, CODE, "4", "2")
    note(app)
    page = mine.dial()
    assert page.startswith("CON Mariam Sogodogo dit avoir recu de vous 5 000 F")
    assert mine.press("1").startswith("CON Coop Kogbera\n1 Mes")
    assert mine.dial().startswith("CON Coop Kogbera\n1 Mes")


def test_no_opens_one_case_against_who_recorded_it_however_often_it_is_sent(app: Flask) -> None:
    before = asked(app, lambda db: len(db.execute(select(Grievance.id)).all()))
    note(app)
    mine = Phone(app, BAKARY, SECRET)
    shown = mine.go("1", CODE, CODE, "2")
    assert shown.startswith("CON Recu. Dossier ")
    assert [mine.send() for _ in range(3)] == [shown] * 3
    category, concerned, barred, entry_id = case(app)
    assert (category, concerned) == (Category.MONEY, Concerned.OFFICER)
    assert barred == asked(app, lambda db: hand(db, "5").member_id)
    assert asked(app, lambda db: question(db, f"payment:{entry_id}"))
    assert asked(app, lambda db: len(db.execute(select(Grievance.id)).all())) == int(str(before)) + 1
    assert answers(app) == [False]
    assert mine.dial().startswith("CON Coop Kogbera\n1 Mes")


def test_on_a_shared_phone_only_who_it_is_for_is_asked(app: Flask) -> None:
    note(app, number="12")
    shared = Phone(app, AWA, SECRET)
    assert "Qui parle?" in shared.dial()
    assert shared.press("1").startswith("CON Coop Kogbera\n1 Mes")
    assert shared.go("2") == OFFER
    assert "code secret" in shared.press("1")


def test_a_dialled_string_means_the_digits_of_the_menu(app: Flask) -> None:
    note(app)
    mine = Phone(app, BAKARY, SECRET)
    assert "code secret" in mine.dial("1")
    assert "Réunions" in mine.dial("3")
    assert answers(app) == [None]


def test_what_was_interrupted_is_still_offered_beside_the_question(app: Flask) -> None:
    mine = Phone(app, BAKARY, SECRET)
    mine.go("3", "1")
    note(app)
    assert mine.dial() == "CON Une question pour vous sur votre argent.\n7 Continuer\n1 Répondre\n2 Plus tard"


def test_the_question_costs_one_statement_on_the_first_page_and_none_elsewhere(app: Flask, kind: str) -> None:
    note(app)
    mine = Phone(app, BAKARY, SECRET)
    mine.dial()
    with statements(service.of(app).engine) as noted:
        mine.dial()
    first = len(noted)
    assert first <= 4
    with statements(service.of(app).engine) as noted:
        mine.press("2")
    assert len(noted) == first - 1
    assert not any("questions" in each for each in noted)


@pytest.mark.parametrize("wanted", [True, False])
def test_an_amount_goes_by_sms_only_to_who_asked_for_it(app: Flask, wanted: bool) -> None:
    with transaction(service.of(app).engine) as db:
        members.want_amounts_by_sms(db, hand(db, "4").member_id, wanted)
    note(app)
    (letter,) = Phone(app, BAKARY, SECRET).received()
    assert "un paiement est noté à votre nom" in letter
    assert ("5 000 F" in letter, "VERIF" in letter) == (wanted, wanted)


def test_who_stopped_notices_still_gets_the_receipt_and_is_asked(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        inbox.opt_out(db, BAKARY, service.of(app).clock())
    note(app)
    mine = Phone(app, BAKARY, SECRET)
    (receipt,) = mine.received()
    assert "un paiement est noté à votre nom" in receipt
    assert mine.dial() == OFFER


def test_a_press_that_is_repeated_notes_once(app: Flask) -> None:
    treasurer = note(app)
    shown = treasurer.send()
    assert [treasurer.send() for _ in range(3)] == [shown] * 3
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 1


@pytest.mark.parametrize("number", ["44", "'; DROP TABLE x", "٤", "1" * 20])
def test_a_number_that_is_nobodys_is_told(app: Flask, number: str) -> None:
    assert "n'est à personne" in opened(app, TREASURER).press("1", number)


@pytest.mark.parametrize("amount", ["-5", "0 F", "5,5", "٥٠٠", "1000000000", "5000 4000", "abc", "1 00"])
def test_an_amount_that_cannot_be_read_is_asked_again(app: Flask, amount: str) -> None:
    page = opened(app, TREASURER).press("1", "4", amount)
    assert "Membre 4, Bakary Koumaré." in page


@pytest.mark.parametrize(("typed", "shown"), [("5000", "5 000 F"), ("5 000", "5 000 F"), (" 12 500 F ", "12 500 F")])
def test_amounts_are_read_as_people_write_them(app: Flask, typed: str, shown: str) -> None:
    assert f": {shown}, Espèces" in opened(app, TREASURER).press("1", "4", typed, "1")


@pytest.mark.parametrize(
    ("typed", "shown"), [("0311", "03/11,"), ("3/11", "03/11,"), ("2312", "23/12/25"), ("22112026", "22/11,")]
)
def test_days_are_read_as_people_write_them(app: Flask, typed: str, shown: str) -> None:
    assert f"le {shown}" in opened(app, TREASURER).press("1", "4", "500", "1", "2", typed)


@pytest.mark.parametrize("typed", ["3111", "0013", "23112026", "01012020", "hier"])
def test_a_day_that_cannot_be_is_asked_again(app: Flask, typed: str) -> None:
    assert "Tapez le jour et le mois" in opened(app, TREASURER).press("1", "4", "500", "1", "2", typed)


def test_the_president_stands_in_for_the_treasurer_alone(app: Flask) -> None:
    president = opened(app, PRESIDENT)
    assert "note l'argent de ce membre" in president.press("1", "4")
    assert "votre propre argent" in president.press("1", "1")
    assert "Noté" in president.press("1", "5", "1000", "1", "1")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 1


def test_a_treasurer_reaches_no_member_of_another_cooperative(app: Flask) -> None:
    other = opened(app, OTHER_TREASURER)
    other.press("1", "4", "5000", "1", "1")
    assert asked(app, lambda db: balance(db, hand(db, "4", "SANO").member_id, Account.DUES)) is not None
    mine = Phone(app, BAKARY, SECRET)
    assert mine.dial().startswith("CON Coop Kogbera\n1 Mes")


def test_a_payout_that_did_not_come_opens_a_case_against_who_paid(app: Flask, clock: Clock) -> None:
    treasurer = opened(app, TREASURER)
    assert "Noté" in treasurer.press("3", "2", "4", "1", "2", "OM 7", "1")
    mine = Phone(app, BAKARY, SECRET)
    assert mine.dial().startswith("CON Coop Kogbera\n1 Mes")
    clock.pass_by(days=7)
    assert mine.dial() == OFFER
    page = mine.press("1", CODE, CODE)
    assert "dit vous avoir payé 217 600 F le 22/11 (Orange Money), lot 213." in page
    assert mine.press("2").startswith("CON Recu. Dossier ")
    assert case(app)[2] == asked(app, lambda db: hand(db, "5").member_id)


def test_a_refused_declaration_is_contested_against_who_refused(app: Flask) -> None:
    mine = Phone(app, BAKARY, SECRET)
    mine.go("1", CODE, CODE, "5", "1", "5000", "1", "1", "1")
    treasurer = opened(app, TREASURER)
    treasurer.press("2", "1", "2")
    letters = mine.received()
    assert any("n'est pas confirmé" in each for each in letters)
    assert not any("5 000" in each for each in letters)
    assert mine.go("1", CODE, "5", "2", "2").startswith("CON Recu. Dossier ")
    assert case(app)[2:] == (asked(app, lambda db: hand(db, "5").member_id), None)
    with transaction(service.of(app).engine) as db:
        sealed = db.execute(select(Grievance.words_sealed)).scalars().all()
    assert "not_recorded 5000 XOF 2026-11-22" in [vault.unseal(each) for each in sealed if each]
