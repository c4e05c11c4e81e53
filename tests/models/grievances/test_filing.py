"""Cases: number, check digit, code, and what is left in the database."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import grievances, vault
from models.checkdigit import check_digit
from models.grievances import Category, Complaint, Concerned, Filed, Locked, Name, following, numbers, opening
from models.grievances.tables import Grievance
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction

WORDS = "Le puits numéro trois est tombé"
PHONE = "+22370000077"


def complaint(name: Name = Name.COMMITTEE) -> Complaint:
    return Complaint(Category.ACCIDENT, Concerned.TEAM, name, WORDS, None, None, PHONE)


def filed(engine: Engine, key: str = "k", name: Name = Name.COMMITTEE) -> Filed:
    with transaction(engine) as db:
        return grievances.file(db, complaint(name), key, NOW)


@pytest.fixture
def engine(app: Flask) -> Engine:
    return service.of(app).engine


@given(st.integers(10_000, 99_999), st.integers(0, 5), st.integers(1, 9))
def test_a_wrong_digit_and_a_swap_are_found(drawn: int, place: int, shift: int) -> None:
    number = f"{drawn}{check_digit(str(drawn))}"
    assert grievances.is_reference(number)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not grievances.is_reference(wrong)
    for at, (one, other) in enumerate(pairwise(number)):
        swapped = number[:at] + other + one + number[at + 2 :]
        assert one == other or not grievances.is_reference(swapped)


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert not grievances.is_reference(text)


def test_number_and_code_open_the_case(engine: Engine) -> None:
    kept = filed(engine)
    with transaction(engine) as db:
        case_id = grievances.open_case(db, kept.reference, kept.code, PHONE, NOW)
        assert isinstance(case_id, int)
        assert following.look(db, case_id, NOW).reference == kept.reference


def test_three_wrong_codes_lock_this_case_for_an_hour_and_no_other(engine: Engine) -> None:
    kept, other = filed(engine), filed(engine, "other")
    wrong = f"{(int(kept.code) + 1) % 10_000:04d}"
    with transaction(engine) as db:
        locked = Locked(NOW + opening.LOCKED_FOR)
        tries = [grievances.open_case(db, kept.reference, wrong, PHONE, NOW) for _ in range(3)]
        assert tries == [None, None, locked]
        assert grievances.open_case(db, kept.reference, kept.code, PHONE, NOW) == locked
        assert grievances.open_case(db, other.reference, other.code, PHONE, NOW)
        assert grievances.open_case(db, kept.reference, kept.code, PHONE, NOW + timedelta(minutes=61))


def test_who_saw_the_number_does_not_keep_its_owner_out(engine: Engine) -> None:
    kept = filed(engine)
    wrong = f"{(int(kept.code) + 1) % 10_000:04d}"
    with transaction(engine) as db:
        for number in range(12):
            for _ in range(3):
                grievances.open_case(db, kept.reference, wrong, f"+2237100000{number}", NOW)
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, PHONE, NOW), int)


def test_with_many_phones_a_number_has_few_guesses_all_the_same(engine: Engine) -> None:
    kept = filed(engine)
    wrong = f"{(int(kept.code) + 1) % 10_000:04d}"
    with transaction(engine) as db:
        for number in range(3):
            for _ in range(3):
                grievances.open_case(db, kept.reference, wrong, f"+2237100000{number}", NOW)
        assert isinstance(grievances.open_case(db, kept.reference, wrong, PHONE, NOW), Locked)
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, PHONE, NOW), Locked)
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, "+22370000078", NOW), int)


def test_a_number_that_does_not_exist_is_locked_like_one_that_does(engine: Engine) -> None:
    kept = filed(engine)
    wrong = f"{(int(kept.code) + 1) % 10_000:04d}"
    heard = []
    with transaction(engine) as db:
        for number, one, other in ((kept.reference, PHONE, "+22370000078"), ("572946", "+22370000079", "+22370000080")):
            later = [NOW + timedelta(minutes=minutes) for minutes in (0, 1, 2, 3, 60, 63)]
            tries = [grievances.open_case(db, number, wrong, one, at) for at in later]
            heard.append([*tries, grievances.open_case(db, number, wrong, other, NOW)])
    assert heard[0] == heard[1]
    assert [type(each) for each in heard[0]] == [type(None)] * 2 + [Locked] * 3 + [type(None)] * 2


def test_six_wrong_codes_shut_out_a_phone_whatever_the_numbers_and_no_other_phone(engine: Engine) -> None:
    kept = filed(engine)
    with transaction(engine) as db:
        unknown = [f"{drawn}{check_digit(str(drawn))}" for drawn in range(70_000, 70_006)]
        tries = [grievances.open_case(db, number, "0000", PHONE, NOW) for number in unknown if number != kept.reference]
        grievances.open_case(db, "572946", "0000", PHONE, NOW)
        assert tries[:4] == [None] * 4
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, PHONE, NOW), Locked)
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, "+22370000078", NOW), int)
        assert isinstance(grievances.open_case(db, kept.reference, kept.code, PHONE, NOW + timedelta(minutes=61)), int)


def test_a_number_that_does_not_exist_is_answered_like_a_wrong_code(engine: Engine) -> None:
    with transaction(engine) as db:
        assert grievances.open_case(db, "572946", "0000", PHONE, NOW) is None


def test_the_same_press_files_once(engine: Engine) -> None:
    filed(engine)
    with transaction(engine) as db, pytest.raises(grievances.AlreadyFiled):
        grievances.file(db, complaint(), "k", NOW)


@pytest.mark.parametrize("name", Name)
def test_who_stays_unnamed_is_not_in_the_row(engine: Engine, name: Name) -> None:
    kept = filed(engine, name=name)
    with transaction(engine) as db:
        row = db.execute(
            select(Grievance).where(Grievance.reference_digest == numbers.reference_digest(kept.reference))
        ).one()
    caller = row.caller_sealed and vault.unseal(row.caller_sealed)
    assert caller == (None if name is Name.NOBODY else f" {PHONE}")
    assert WORDS not in str(row._mapping)
    assert PHONE not in str(row._mapping)
    assert row.words_sealed
    assert vault.unseal(row.words_sealed) == WORDS


def test_a_case_sent_by_sms_shows_its_number_once_to_the_same_phone_within_a_week(engine: Engine) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            grievances.file_by_sms(db, complaint(), "sms:1", NOW)
        assert grievances.waiting(db, "+22370000078", NOW) is None
        assert grievances.waiting(db, PHONE, NOW + timedelta(days=8)) is None
        case_id = grievances.waiting(db, PHONE, NOW)
        assert case_id
        kept = grievances.reveal(db, case_id)
        assert kept
        assert grievances.open_case(db, kept.reference, kept.code, PHONE, NOW) == case_id
        assert grievances.reveal(db, case_id) is None
        assert grievances.waiting(db, PHONE, NOW) is None


def test_words_can_be_added_once_a_press_and_the_case_taken_back(engine: Engine) -> None:
    kept = filed(engine)
    with transaction(engine) as db:
        case_id = grievances.open_case(db, kept.reference, kept.code, PHONE, NOW)
        assert isinstance(case_id, int)
        for _ in range(2):
            following.add(db, case_id, "Encore", "note:1", NOW)
        assert following.look(db, case_id, NOW).added == 1
        following.withdraw(db, case_id, NOW)
        assert following.look(db, case_id, NOW).state is grievances.State.WITHDRAWN
