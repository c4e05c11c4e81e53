"""Complaints on the phone: five screens to a reference, who gives no number, what is kept and what is never sent."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import calls as owed_calls
from models import sessions, vault
from models.calls import CallBack
from models.grievances import Came, Category, Concerned, Follow, Help, Lane, Name, SafeTime
from models.grievances.floods import CaseRelay
from models.grievances.tables import CaseFlood, Grievance
from models.members import Role
from models.messages import Message
from tests.bureau import body, unseat
from tests.conftest import SECRET, STORIES, Clock
from tests.models.grievances.land import tick
from tests.phone import Phone
from tests.test_transcripts import FILES, Stage
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = STORIES

BAKARY, AWA, SALIMATA, STRANGER = "+22370000004", "+22370000012", "+22370000016", "+22370000099"
# The women's desks of the cooperative, the union and the federation.
DESKS = ("+22370000008", "+22370000055", "+22370000059")
KEPT = "Recu. Dossier "


def phone(app: Flask, number: str = SALIMATA) -> Phone:
    return Phone(app, number, SECRET)


def rows(app: Flask, table: type) -> int:
    with reading(service.of(app).engine) as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def known(app: Flask) -> set[int]:
    with reading(service.of(app).engine) as db:
        return set(db.execute(select(Grievance.id)).scalars())


def newest(app: Flask, before: set[int]) -> Any:
    """The one case that was filed meanwhile."""
    with reading(service.of(app).engine) as db:
        return db.execute(select(Grievance).where(Grievance.id.not_in(before))).one()


def test_who_helps_another_leaves_neither_name_nor_number(app: Flask) -> None:
    before, mine = known(app), phone(app)
    page = mine.go("4", "2", "4", "4", "Le champ est sous l'eau")
    assert "Donnez-les à la personne" in page
    case = newest(app, before)
    assert (case.came_by, case.caller_sealed, case.reveal_digest) == (Came.RELAY, None, None)
    with reading(service.of(app).engine) as db:
        assert db.execute(select(CaseFlood).where(CaseFlood.grievance_id == case.id)).one_or_none() is None


def test_call_me_back_writes_nothing_and_leaves_no_call_for_the_office(app: Flask) -> None:
    before, calls = known(app), rows(app, CallBack)
    assert "On vous appelle le matin." in phone(app).go("4", "1", "1", "2", "1")
    case = newest(app, before)
    assert (case.words_sealed, case.follow) == (None, Follow.CALL_MORNING)
    assert rows(app, CallBack) == calls


def test_without_a_name_no_call_is_offered_and_none_is_noted(app: Flask) -> None:
    before, mine = known(app), phone(app)
    assert "Rappelez-moi" not in mine.go("4", "1", "1", "3")
    assert mine.press("1").startswith("END ")
    assert newest(app, before).follow is Follow.PULL


@pytest.mark.parametrize(("digit", "how"), [("1", Follow.PULL), ("2", Follow.SMS), ("4", Follow.CALL_EVENING)])
def test_how_one_hears_of_it_is_chosen_with_the_number_on_the_screen(app: Flask, digit: str, how: Follow) -> None:
    before, mine = known(app), phone(app)
    mine.go("4", "1", "1", "2", "2")
    page = mine.press(digit)
    assert "Dossier" in page
    assert "Code" in page
    assert newest(app, before).follow is how


def test_the_sixth_of_a_day_is_kept_and_answered_by_a_call(app: Flask) -> None:
    mine, before = phone(app), rows(app, Grievance)
    for _each in range(5):
        assert "Plusieurs" not in mine.go("4", "1", "1", "1", "2")
    calls = rows(app, CallBack)
    page = mine.go("4", "1", "1", "1", "2")
    assert KEPT in page
    assert "On vous rappelle." in page + mine.press("9")
    assert rows(app, Grievance) == before + 6
    assert rows(app, CallBack) == calls + 1
    with reading(service.of(app).engine) as db:
        (call,) = owed_calls.calls(db)
        assert call.topic == ""  # the office is not told that it is about a complaint


def test_the_sixth_without_a_name_leaves_no_number_behind(app: Flask) -> None:
    mine, before = phone(app), rows(app, Grievance)
    for _each in range(6):
        page = mine.go("4", "1", "1", "3", "1")
    assert "tapez 8" in page + mine.press("9")
    assert rows(app, Grievance) == before + 6
    assert rows(app, CallBack) == 0


def test_the_sixth_by_sms_is_kept_as_well(app: Flask) -> None:
    mine, before = phone(app), rows(app, Grievance)
    for number in range(6):
        mine.write(f"PLAINTE le puits numéro {number}")
    assert any("On vous rappelle" in each for each in mine.received())
    assert rows(app, Grievance) == before + 6


def test_danger_now_is_the_first_call_of_the_office_and_alarms_nobody(app: Flask) -> None:
    other, mine, messages = phone(app, BAKARY), phone(app), rows(app, Message)
    other.go("8")
    mine.go("8")
    assert "danger" in mine.go("4", "3", "6")
    with reading(service.of(app).engine) as db:
        first, second = owed_calls.calls(db)
    assert (first.phone, first.topic, second.phone) == (SALIMATA, owed_calls.DANGER, BAKARY)
    assert rows(app, Message) == messages


@pytest.mark.parametrize("pressed", [("3", "1", "7"), ("3", "7", "1", "7")])
def test_a_complaint_of_a_meeting_is_tied_to_it(app: Flask, pressed: tuple[str, ...]) -> None:
    before, mine = known(app), phone(app)
    assert "Qui est en cause?" in mine.go(*pressed)
    mine.press("3", "2", "On n'a pas voté")
    case = newest(app, before)
    assert (case.category, case.concerned, case.name) == (Category.LEADERS, Concerned.OFFICER, Name.HANDLER)
    assert case.meeting_id is not None


def test_what_was_left_half_told_is_offered_to_a_stranger_as_well_for_ten_minutes(app: Flask, clock: Clock) -> None:
    mine = phone(app, STRANGER)
    mine.go("1", "3", "1", "1", "1")
    assert "7 Continuer" in mine.dial()
    assert "Dites en peu de mots" in mine.press("7")
    clock.pass_by(minutes=11)
    assert "Continuer" not in mine.dial()


def test_what_was_left_half_told_on_a_shared_phone_is_offered_to_who_told_it(app: Flask) -> None:
    shared = phone(app, AWA)
    shared.go("2", "4", "1", "1", "1")
    assert "Continuer" not in shared.go("1")
    assert "7 Continuer" in shared.go("2")
    assert "Dites en peu de mots" in shared.press("7")


def test_what_was_left_half_told_is_sealed(app: Flask) -> None:
    mine = phone(app)
    mine.go("4", "1", "3", "2")
    with reading(service.of(app).engine) as db:
        sealed = sessions.newest_sealed(db)
    if sealed is not None:  # else it is sealed in Redis
        assert "officer" not in sealed
        assert "officer" in vault.unseal(sealed)


def private(app: Flask, *pressed: str) -> tuple[Any, str]:
    before = known(app)
    page = phone(app).go("4", "5", *pressed)
    return newest(app, before), page


def test_in_private_nothing_is_sent_and_nothing_names_the_phone(app: Flask) -> None:
    messages, calls, floods = rows(app, Message), rows(app, CallBack), rows(app, CaseFlood)
    case, page = private(app, "1", "2", "4")
    assert "Une seule personne l'ouvre" in page
    assert (case.lane, case.caller_sealed, case.reveal_digest) == (Lane.SENSITIVE, None, None)
    assert (case.safe_time, case.help, case.at_home) == (SafeTime.EVENING, Help.TALK, True)
    assert case.desk is Role.GENDER_PRESIDENT
    assert (case.filed_at.hour, case.filed_at.minute) == (0, 0)
    phone(app).received()
    assert (rows(app, Message), rows(app, CallBack), rows(app, CaseFlood)) == (messages, calls, floods)


def test_in_private_the_federation_opens_it_unless_the_own_cooperative_is_picked(app: Flask) -> None:
    case, page = private(app, "1", "1", "5")
    assert "Une seule personne l'ouvre" in page
    assert "Cette personne peut rappeler" in page
    with reading(service.of(app).engine) as db:
        federation = body(db, "FEDE")
    assert (case.at_home, case.level_id, case.desk) == (False, federation, Role.GENDER_PRESIDENT)
    unseat(app, "FEDE")
    case, page = private(app, "1", "1", "1")
    assert (case.at_home, case.level_id) == (False, None)
    assert "Personne ne peut encore l'ouvrir" in page


@pytest.mark.parametrize(
    ("pressed", "wished"),
    [(("2", "1", "1"), Help.CARE), (("2", "2", "1"), Help.LAW), (("3", "1", "1"), Help.SAFETY), (("4",), None)],
)
def test_in_private_help_comes_first_and_says_what_is_wished(
    app: Flask, pressed: tuple[str, ...], wished: Help | None
) -> None:
    assert private(app, *pressed)[0].help is wished


def test_in_private_no_page_offers_an_sms_and_none_comes_back_after_a_drop(app: Flask) -> None:
    mine = phone(app)
    mine.go("4", "5", "1")
    assert "Continuer" not in mine.dial()
    page = mine.go("4", "5", "x", "x", "x")
    assert "Besoin d'aide?" in page
    assert "SMS" not in page


def test_in_private_many_cases_are_never_held_back(app: Flask) -> None:
    for _each in range(7):
        assert "Dossier" in private(app, "4")[1]


def seen_again(app: Flask, number: str = SALIMATA, *who: str) -> Phone:
    mine = phone(app, number)
    mine.go(*who, "4", "7", "1")
    return mine


def test_a_page_that_never_came_is_shown_again_once_behind_the_code(app: Flask) -> None:
    phone(app).go("4", "1", "1", "2", "2")
    mine = seen_again(app)
    page = mine.press("2741", "2741")
    assert KEPT in page
    assert "Aucun dossier" in seen_again(app).press("2741")


def test_what_was_opened_once_is_not_shown_again(app: Flask) -> None:
    mine = phone(app)
    page = mine.go("4", "1", "1", "2", "2")
    reference, code = page.split("Dossier ")[1][:6], page.split("Code ")[1][:4]
    assert f"Dossier {reference}" in phone(app, STRANGER).go("1", "4", reference, code)
    assert "Aucun dossier" in seen_again(app).press("2741", "2741")


def test_after_seven_days_or_without_a_name_some_minutes_it_is_not_shown_again(app: Flask, clock: Clock) -> None:
    phone(app).go("4", "1", "1", "3", "1")
    clock.pass_by(minutes=9)
    assert KEPT in seen_again(app).press("2741", "2741")
    phone(app).go("4", "1", "1", "3", "1")
    clock.pass_by(minutes=15)
    assert "Aucun dossier" in seen_again(app).press("2741")
    phone(app).go("4", "1", "1", "2", "2")
    clock.pass_by(days=8)
    assert "Aucun dossier" in seen_again(app).press("2741")


def test_on_a_shared_phone_the_other_one_finds_nothing_and_sees_the_same_pages(app: Flask) -> None:
    shared = phone(app, AWA)
    shared.go("2", "4", "1", "1", "2", "2")
    husband, wife = phone(app, AWA), phone(app, AWA)
    pages = {each: mine.go(each, "4", "7") for each, mine in (("1", husband), ("2", wife))}
    assert pages["1"] == pages["2"]
    assert "Aucun dossier" in husband.press("1", "3852", "3852")
    assert KEPT in wife.press("1", "2741", "2741")


def test_a_stranger_is_told_that_a_case_without_a_name_is_found_by_its_number(app: Flask) -> None:
    mine = phone(app, STRANGER)
    mine.go("1", "3", "1", "1", "1", "1")
    assert "Aucun dossier" in mine.go("4", "1")


def test_where_nobody_may_handle_it_the_court_and_the_chief_are_named(app: Flask) -> None:
    unseat(app, "UNIO", "FEDE")
    page = phone(app).go("4", "1", "3", "3", "1")
    assert "Personne ici ne peut le traiter: allez au tribunal ou chez le chef de village." in page


def test_a_complaint_of_an_officer_says_which_body_handles_it(app: Flask) -> None:
    assert "Traité par: Union Sanbéra" in phone(app).go("4", "1", "3", "1", "2")
    unseat(app, "UNIO")
    assert "Traité par: Fédération Sanoudougou" in phone(app).go("4", "1", "3", "1", "2")


def test_the_figures_that_were_published_are_read_from_the_complaints(app: Flask) -> None:
    mine = phone(app)
    assert "16 Chiffres publiés" in mine.go("4") + mine.press("9")
    assert "Aucun chiffre des plaintes n'est encore publié." in mine.press("16")
    stranger = phone(app, STRANGER)
    assert "Chiffres" not in stranger.go("1", "3") + stranger.press("9")


def test_the_sixth_that_somebody_takes_for_others_is_kept_and_a_call_is_offered(app: Flask, clock: Clock) -> None:
    mine, before = phone(app), rows(app, Grievance)
    for_another = ("4", "2", "4", "4", "1")
    for _each in range(5):
        assert "Plusieurs dossiers" not in mine.go(*for_another)
    page = mine.go(*for_another)
    assert mine.repeat() == page
    assert KEPT in page
    assert "Plusieurs dossiers aujourd'hui: tout est gardé." in page + mine.press("9")
    assert (rows(app, Grievance), rows(app, CallBack)) == (before + 6, 0)
    assert mine.press("1").startswith("END Noté. On vous rappelle.")
    with reading(service.of(app).engine) as db:
        (call,) = owed_calls.calls(db)
    assert (call.phone, call.topic) == (SALIMATA, "")
    assert "Plusieurs dossiers" not in phone(app, BAKARY).go(*for_another)  # another one who helps
    clock.pass_by(days=1)
    assert "Plusieurs dossiers" not in mine.go(*for_another)


def test_what_somebody_takes_for_others_does_not_count_as_their_own_and_is_not_tied_to_them(app: Flask) -> None:
    mine = phone(app)
    for _each in range(6):
        mine.go("4", "2", "4", "4", "1")
    assert "Plusieurs dossiers" not in mine.go("4", "1", "1", "1", "2")
    with reading(service.of(app).engine) as db:
        relayed = select(Grievance.id).where(Grievance.came_by == Came.RELAY)
        assert db.execute(select(CaseFlood).where(CaseFlood.grievance_id.in_(relayed))).all() == []
        (kept,) = db.execute(select(CaseRelay.relay_digest, CaseRelay.taken)).all()
    assert kept.taken == 6
    assert SALIMATA not in kept.relay_digest


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_whole_story_in_private_leaves_not_one_message(app: Flask, clock: Clock, language: str) -> None:
    with reading(service.of(app).engine) as db:
        before = set(db.execute(select(Message.id)).scalars())
    story = next(file for file in FILES if file.stem == f"private_{language}")
    Stage(app, clock).play(story.read_text())
    fresh = select(Message.phone).where(Message.id.not_in(before))
    with reading(service.of(app).engine) as db:
        assert db.execute(fresh).all() == []
    clock.pass_by(days=2)
    with transaction(service.of(app).engine) as db:
        tick(db, clock())
        reminded = set(db.execute(fresh).scalars())
    # The demo's own cases remind its committee; the desk of this lane, and who told the story, hear nothing.
    assert reminded
    assert not reminded & {*DESKS, SALIMATA, "+22370000018"}
