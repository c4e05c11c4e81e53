"""A further phone that is linked to a member: the code stands before it, the others are told, it opens no office."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from models import deeds, members, new_numbers
from models.callers import JoinRequest, RequestState
from models.members import Member, Role
from models.members import Phone as Number
from tests.conftest import NOW
from tests.office import CODE, SECRETARY, asked, become, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

OWN, SHARED, FURTHER = "+22370000007", "+22370000012", "+22379990001"
TOLD = "Coop Kogbera: un téléphone est ajouté au membre 7. Si vous ne l'avez pas demandé, allez vite au bureau."


def ask_for(phone: Callable[[str], Phone], number: str) -> Phone:
    """An unknown phone asks to be linked to a member of the first cooperative."""
    stranger = phone(FURTHER)
    stranger.go("1", "1", "1", number, "1")
    return stranger


def by_phone(app: Flask) -> str:
    """The secretary links the phone that asks, on the phone; the page that follows."""
    desk = opened(app, SECRETARY)
    assert desk.press("12").startswith("CON Demandes d'entrée\n1 membre")
    return desk.press("1", "1")


def by_command(app: Flask) -> str:
    """The same by command."""
    return run(app, "members", "confirm", run(app, "members", "pending")[1].split("\t")[0])[1]


def without_code(phone: Callable[[str], Phone], number: str) -> Phone:
    """A member alone on the phone chooses a code, and takes it away."""
    mine = phone(number)
    mine.go("6", CODE, CODE)
    page = mine.press("4")
    assert "Sans code secret" in page, page
    assert mine.press("2").startswith("CON C'est noté.")
    assert "Payé" in mine.go("1")
    return mine


def allow_amounts(app: Flask, number: str) -> None:
    """A member allows amounts by SMS."""
    asked(app, lambda db: db.execute(update(Member).where(Member.number == number).values(amounts_by_sms=True)))


@pytest.mark.parametrize("link", [by_phone, by_command])
def test_the_code_stands_before_a_further_phone_and_the_first_is_told(
    app: Flask, phone: Callable[[str], Phone], link: Callable[[Flask], str]
) -> None:
    mine = without_code(phone, OWN)
    allow_amounts(app, "7")
    mine.received()
    further = ask_for(phone, "7")
    link(app)
    assert mine.received() == [TOLD]
    assert further.received() == []
    for each in (further, mine):
        assert "Code secret" in each.go("1")
    assert "Payé" in further.go("1", CODE)
    further.go("6", CODE)
    assert "Enlever le code" not in further.send() + further.press("9")
    further.write("COTI")
    assert further.received() == ["Faites *384*77#, puis: Mes cotisations."]


def test_the_code_is_asked_as_long_as_there_are_two_phones_however_they_came(
    app: Flask, phone: Callable[[str], Phone]
) -> None:
    mine = without_code(phone, OWN)
    whose = select(Member.id).where(Member.number == "7").order_by(Member.id).limit(1).scalar_subquery()
    asked(app, lambda db: db.execute(insert(Number).values(member_id=whose, number=FURTHER)))
    assert "Code secret" in mine.go("1")
    asked(app, lambda db: db.execute(delete(Number).where(Number.number == FURTHER)))
    assert "Payé" in mine.go("1")


def test_the_number_that_takes_the_place_of_another_is_not_without_a_code(
    app: Flask, phone: Callable[[str], Phone]
) -> None:
    without_code(phone, OWN)
    with transaction(service.of(app).engine) as db:
        member_id = members.on_phone(db, OWN)[0].member_id
        proposal_id = new_numbers.propose(db, hand(db, "3"), member_id, FURTHER, OWN, NOW)
        deeds.approve(db, hand(db, "1", session="other"), proposal_id, NOW)
    assert "Code secret" in phone(FURTHER).go("1")


def test_no_officer_is_linked_by_one_hand(app: Flask, phone: Callable[[str], Phone]) -> None:
    become(app, "7", Role.TREASURER)
    ask_for(phone, "7")
    assert by_phone(app).startswith("CON Cette personne est responsable")
    request = run(app, "members", "pending")[1].split("\t")[0]
    assert run(app, "members", "confirm", request) == (
        1,
        "member 7 holds an office: that takes two officers, with `members change-phone`\n",
    )
    assert asked(app, lambda db: db.execute(select(JoinRequest.state)).scalar_one()) is RequestState.PENDING
    assert asked(app, lambda db: members.on_phone(db, FURTHER)) == []


def test_a_phone_that_is_shared_since_is_told_no_amount(app: Flask, phone: Callable[[str], Phone]) -> None:
    noted = ("payments", "record", "KOGB", "7", "1500", "--channel", "cash", "--by", "5", "--reference")
    mine = phone(OWN)
    allow_amounts(app, "7")
    assert run(app, *noted, "R71")[0] == 0
    assert any("1 500" in said for said in mine.received())
    other = select(Member.id).where(Member.number == "12").order_by(Member.id).limit(1).scalar_subquery()
    asked(app, lambda db: db.execute(insert(Number).values(member_id=other, number=OWN)))
    assert run(app, *noted, "R72")[0] == 0
    [said] = mine.received()
    assert "un paiement est noté" in said
    assert "1 500" not in said


def test_amounts_by_sms_are_not_offered_where_they_never_come(app: Flask, phone: Callable[[str], Phone]) -> None:
    shared = phone(SHARED)
    shared.go("2", "6")
    page = shared.press(CODE, CODE)
    assert "1 Changer le code secret\n2 Annonces par SMS" in page
    assert "montants par SMS" not in page
    assert "Recevoir les montants par SMS" in opened(app, OWN).send()
