"""Presses through the webhook: one effect whatever is repeated, and what is kept where."""

import logging
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from models.base import Base
from models.grievances import Category, Name
from models.grievances.tables import Grievance
from tests.conftest import SECRET, Clock
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import reading, transaction

ISSOUF, AWA, STRANGER = "+22370000015", "+22370000012", "+22370000099"
Dialling = Callable[[str], Phone]


def test_a_member_dials_straight_to_the_home_menu(phone: Dialling) -> None:
    home = phone("+22370000004").dial()
    assert home.startswith("CON Coop Kogbera\n1 Mes cotisations\n2 Ma part\n3 Réunions\n4 Plainte")


def test_a_shared_phone_is_asked_who_speaks_by_number_not_by_name(phone: Dialling) -> None:
    page = phone(AWA).dial()
    assert "Membre 11" in page
    assert "Membre 12" in page
    assert "Awa" not in page


def test_the_code_of_one_member_does_not_open_the_figures_of_the_other(phone: Dialling) -> None:
    shared = phone(AWA)
    shared.go("2", "1", "2741", "2741")
    assert "code secret" in shared.go("1", "1")


def test_first_use_chooses_a_code_twice_then_shows_the_figures(phone: Dialling) -> None:
    mine = phone("+22370000004")
    assert "code secret" in mine.go("1")
    assert "pas pareils" not in mine.press("2741")
    assert "Payé d'avance: 2 000 F" in mine.press("2741")


def test_two_different_codes_are_asked_again(phone: Dialling) -> None:
    mine = phone("+22370000004")
    assert "pas pareils" in mine.go("1", "2741", "2742")
    assert "Payé d'avance" in mine.press("3852", "3852")


def test_three_wrong_codes_shut_and_say_when_it_opens_and_how_to_recover(phone: Dialling, clock: Clock) -> None:
    mine = phone("+22370000004")
    mine.go("1", "2741", "2741")
    said = mine.go("1", "2742", "2743", "2744")
    assert said.startswith("END 3 codes faux. Le code secret rouvre le 22/11 à 10h15.")
    assert "secrétariat" in said
    assert "rouvre" in mine.go("1", "2741")
    clock.pass_by(minutes=16)
    assert "Payé d'avance" in mine.go("1", "2741")


def counts(app: Flask) -> dict[str, int]:
    with reading(service.of(app).engine) as db:
        return {
            name: db.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }


@pytest.mark.parametrize("seed", range(4))
def test_any_request_three_times_in_any_state_has_one_effect_and_one_answer(
    app: Flask, phone: Dialling, seed: int
) -> None:
    drawn = random.Random(seed)
    for number in (ISSOUF, AWA, STRANGER):
        caller = phone(number)
        page = caller.dial()
        for _hop in range(25):
            if page.startswith("END"):
                page = caller.dial()
            page = caller.press(_typed(drawn, page))
            before = counts(app)
            assert [caller.send(), caller.send()] == [page, page]
            assert counts(app) == before


def _typed(drawn: random.Random, page: str) -> str:
    if ("code" in page.lower() and "chiffres" in page) or "meme code" in page:
        return "2741"
    numbers = re.findall(r"^(\d\d?) ", page, flags=re.M)
    choices: list[str] = [*numbers, *numbers, "77", "un mot*ou deux", ""]
    return drawn.choice(choices)


def test_a_late_repeat_gets_its_own_answer(phone: Dialling) -> None:
    mine = phone(ISSOUF)
    first = mine.go("3")
    mine.press("1", "2")
    mine.text = "3"
    assert mine.send() == first


def test_the_same_press_by_many_at_once_files_one_case(app: Flask, phone: Dialling) -> None:
    mine = phone(ISSOUF)
    mine.go("4", "1", "1", "1")
    mine.text += "*1"
    before = counts(app)["grievances"]
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: Phone.send(mine), range(8)))
    assert counts(app)["grievances"] == before + 1
    (answer,) = answers
    assert "Case" in answer


def test_a_session_taken_up_much_later_is_over_and_a_refusal_does_not_revive_it(phone: Dialling, clock: Clock) -> None:
    mine = phone("+22370000004")
    paid = mine.go("1", "2741", "2741")
    told = mine.text
    clock.pass_by(minutes=14)
    mine.text = "9*9"
    assert mine.send().startswith("END Cette session est finie")
    clock.pass_by(minutes=2)
    mine.text = f"{told}*1"
    assert mine.send().startswith("END Cette session est finie")
    mine.text = told
    assert mine.send() == paid


def test_a_stranger_who_complains_without_a_name_is_not_asked_for_one(app: Flask, phone: Dialling) -> None:
    mine = phone(STRANGER)
    assert "Dites en peu de mots" in mine.go("1", "3", "1", "1", "1")
    assert mine.press("1").startswith("END ")
    with reading(service.of(app).engine) as db:
        unnamed = select(Grievance).where(Grievance.name == Name.NOBODY, Grievance.category == Category.MONEY)
        row = db.execute(unnamed).one()
    assert (row.name, row.caller_sealed) == ("nobody", None)


def test_another_phone_in_a_session_ends_without_effect(app: Flask, phone: Dialling) -> None:
    mine, thief = phone(ISSOUF), phone(STRANGER)
    mine.go("3")
    thief.session, thief.text = mine.session, mine.text + "*1"
    assert thief.send().startswith("END Cette session est finie")
    assert mine.press("1").startswith("CON ")


def test_a_session_dropped_is_offered_again_for_ten_minutes(phone: Dialling, clock: Clock) -> None:
    mine = phone("+22370000004")
    mine.go("4", "3", "1")
    assert "7 Continuer" in mine.dial()
    assert mine.press("7").startswith("CON Votre nom")
    clock.pass_by(minutes=11)
    assert "Continuer" not in mine.dial()


def test_what_is_offered_again_is_the_latest_session(phone: Dialling, clock: Clock) -> None:
    mine = phone("+22370000004")
    for opened in range(6):
        mine.go("3") if opened < 5 else mine.go("4", "3", "1")
        clock.pass_by(seconds=5)
    assert mine.go("7").startswith("CON Votre nom")


def test_on_a_shared_phone_each_is_offered_their_own(phone: Dialling, clock: Clock) -> None:
    shared = phone(AWA)
    shared.go("2", "4", "3", "1")
    clock.pass_by(seconds=30)
    assert "Continuer" not in shared.go("1")
    clock.pass_by(seconds=30)
    assert "7 Continuer" in shared.go("2")


def test_going_on_never_passes_the_code(phone: Dialling) -> None:
    mine = phone("+22370000004")
    mine.go("1", "2741", "2741", "1")
    assert "Code secret" in mine.go("7")


def test_the_private_pages_are_not_offered_again(phone: Dialling) -> None:
    mine = phone("+22370000004")
    mine.go("4", "5")
    assert "Continuer" not in mine.dial()


@pytest.mark.parametrize(
    ("dialled", "page"), [("3", "Réunions"), ("1*2741", "code secret"), ("4*1*1", "Plainte"), ("3*1*2", "11/2026")]
)
def test_a_dialled_string_goes_as_far_as_it_may(phone: Dialling, dialled: str, page: str) -> None:
    assert page in phone("+22370000004").dial(dialled)


def test_what_is_typed_is_nowhere_in_clear(
    app: Flask, phone: Dialling, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    mine, words = phone(ISSOUF), "zibeline effarante"
    mine.go("1", "2741", "2741")
    mine.go("4", "1", "1", "1", words)
    mine.go("4", "1", "1", "3", f"{words}*encore")
    mine.write(f"PLAINTE {words}")
    mine.write(words)
    mine.received()
    mine.post("events", {**_event(mine), "input": f"1*2741*{words}", "lastAppResponse": words})
    logs = caplog.text + "".join(capfd.readouterr())
    for secret in (words, "zibeline", "2741", ISSOUF, ISSOUF[1:], SECRET):
        assert secret not in logs
    with reading(service.of(app).engine) as db:
        for name, table in Base.metadata.tables.items():
            rows = str(db.execute(select(table)).all())
            assert "zibeline" not in rows, name
            assert name in ("phones", "messages", "inbound") or ISSOUF not in rows, name


def _event(mine: Phone) -> dict[str, str]:
    common = {"date": "2026-11-22 10:00:00", "sessionId": mine.session, "serviceCode": "*384*77#"}
    more = {"networkCode": "99999", "phoneNumber": mine.number, "status": "Incomplete", "cost": "XOF 0.00"}
    return {**common, **more, "durationInMillis": "4000", "hopsCount": "3"}


def test_when_the_database_is_gone_the_session_ends_in_one_sentence_and_logs_no_number(
    app: Flask, phone: Dialling, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(service.of(app).engine) as db:
        db.execute(text("DROP TABLE phones"))
    assert phone(ISSOUF).dial() == "END Le service ne répond pas. Refaites le numéro dans un moment."
    assert ISSOUF not in caplog.text


def test_a_case_with_a_name_for_nobody_keeps_no_number(app: Flask, phone: Dialling) -> None:
    mine = phone(ISSOUF)
    newest = select(Grievance).where(Grievance.category == Category.MONEY, Grievance.name == Name.NOBODY)
    mine.go("4", "1", "1", "3", "1")
    with reading(service.of(app).engine) as db:
        row = db.execute(newest).one()
    assert row.caller_sealed is None
    assert mine.session not in str(row._mapping)
