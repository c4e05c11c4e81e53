"""Secret codes: what is refused, and that guessing in parallel is still three guesses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from models import codes, members
from models.codes import Attempt, Shut, Weakness
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction


@pytest.mark.parametrize(
    ("code", "weakness"),
    [
        ("1234", Weakness.RUNNING),
        ("4321", Weakness.RUNNING),
        ("7890", Weakness.RUNNING),
        ("0123", Weakness.RUNNING),
        ("1111", Weakness.REPEATED),
        ("1212", Weakness.REPEATED),
        ("1930", Weakness.YEAR),
        ("1987", Weakness.YEAR),
        ("2029", Weakness.YEAR),
        ("1929", None),
        ("2030", None),
        ("2741", None),
        ("123", Weakness.NOT_FOUR_DIGITS),
        ("12345", Weakness.NOT_FOUR_DIGITS),
        ("12a4", Weakness.NOT_FOUR_DIGITS),
        ("١٢٣٩", Weakness.NOT_FOUR_DIGITS),
        ("", Weakness.NOT_FOUR_DIGITS),
    ],
)
def test_weak_codes_are_told_why(code: str, weakness: Weakness | None) -> None:
    assert codes.weakness(code) is weakness


def test_a_hash_knows_its_code_and_no_other() -> None:
    stored = codes.hashed("2741")
    assert codes.matches(stored, "2741")
    assert not codes.matches(stored, "2742")
    assert not codes.matches("broken", "2741")


@pytest.fixture
def awa(app: Flask) -> int:
    """A member with a code."""
    with transaction(service.of(app).engine) as db:
        member_id = members.numbered(db, "KOGB", "12")
        assert member_id
        hashed = codes.hashed("2741")
        codes.propose(db, member_id, hashed)
        assert codes.settle(db, member_id, hashed, changing=False)
    return member_id


def tried(app: Flask, member_id: int, key: str, after: timedelta = timedelta()) -> Attempt | Shut:
    with transaction(service.of(app).engine) as db:
        return codes.reserve(db, member_id, key, NOW + after)


def test_forty_guesses_at_once_are_three(app: Flask, awa: int) -> None:
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda key: tried(app, awa, f"guess {key}"), range(40)))
    assert sum(isinstance(each, Attempt) for each in made) == 3


def test_the_same_press_twice_is_one_attempt(app: Flask, awa: int) -> None:
    assert all(isinstance(tried(app, awa, "one press"), Attempt) for _ in range(5))
    with transaction(service.of(app).engine) as db:
        assert codes.standing(db, awa).left == 2


def test_each_round_shuts_for_twice_as_long_and_the_third_until_the_office_opens(app: Flask, awa: int) -> None:
    after, waits = timedelta(), []
    for round_number in range(3):
        for guess in range(3):
            assert isinstance(tried(app, awa, f"{round_number} {guess}", after), Attempt)
        shut = tried(app, awa, "one more", after)
        assert isinstance(shut, Shut)
        waits.append(shut.opens_at and shut.opens_at - NOW - after)
        after += timedelta(hours=2)
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), None]


def test_a_code_that_is_chosen_is_changed_only_by_who_gave_it(app: Flask, awa: int) -> None:
    other = codes.hashed("3852")
    with transaction(service.of(app).engine) as db:
        codes.propose(db, awa, other)
        assert not codes.settle(db, awa, other, changing=False)
        assert not codes.settle(db, awa, codes.hashed("3852"), changing=True)
        assert codes.settle(db, awa, other, changing=True)


def test_a_right_code_forgets_the_errors(app: Flask, awa: int) -> None:
    tried(app, awa, "a")
    tried(app, awa, "b")
    with transaction(service.of(app).engine) as db:
        codes.passed(db, awa)
    assert isinstance(tried(app, awa, "c"), Attempt)


def test_the_office_lets_choose_anew(app: Flask, awa: int) -> None:
    with transaction(service.of(app).engine) as db:
        assert codes.forget(db, awa)
        assert not codes.forget(db, awa)
