"""However one complains, the fifth screen shows the number: sheets are counted as they are turned."""

import re

import pytest
from flask import Flask

from flows.grievance import DIGITS, IN_CAUSE, SUBJECTS
from models.grievances import Category, Concerned, Name
from tests.conftest import SECRET
from tests.phone import Phone

# What is asked, and in how many screens it is, does not depend on the database.
KINDS = ["sqlite"]
MOST = 5
SALIMATA, ISSOUF, STRANGER = "+22370000016", "+22370000015", "+22370000099"
NUMBER = re.compile(r"(Dossier|Case) \d{6}\nCode \d{4}\n")
MORE = re.compile(r"^9 (Suite|More)$", re.MULTILINE)
WHO = range(1, len(Concerned) + 1)
# Over an accident the sixth is the danger, and nobody above the cooperative is asked for.
OVER_ACCIDENT = range(1, len(Concerned) - 1)
NAMES = range(1, len(Name) + 2)  # the levels, and for somebody else
ORDINARY = [each for each in SUBJECTS if each is not Category.PRIVATE]


class Counting:
    """A phone that presses only what it sees: it turns the sheets until the digit stands there, and counts screens."""

    def __init__(self, app: Flask, number: str, *before: str) -> None:
        self.phone = Phone(app, number, SECRET)
        self.page, self.screens = self.phone.go(*before), 1

    def press(self, typed: str, said: bool = False) -> None:
        """Press a digit that is seen, or say words."""
        while not said and not re.search(rf"^(CON )?{typed} ", self.page, re.MULTILINE):
            assert MORE.search(self.page), f"{typed} is nowhere: {self.page}"
            self._turn("9")
        self._turn(typed)

    def _turn(self, typed: str) -> None:
        self.page = self.phone.press(typed)
        self.screens += 1


def numbered(app: Flask, number: str, before: tuple[str, ...], pressed: list[str], words: str) -> int:
    """How many screens it takes from the complaints to the number, the sheets turned among them."""
    mine = Counting(app, number, *before)
    for each in pressed:
        mine.press(each)
    mine.press(words, said=True)
    assert NUMBER.search(mine.page), mine.page
    return mine.screens


def asked_for(category: Category) -> range:
    """Which answers there are to who is in cause."""
    return OVER_ACCIDENT if category is Category.ACCIDENT else WHO


def ways(category: Category) -> list[list[str]]:
    """Every way through a subject: who is in cause, where it is asked, and each level of name."""
    subject, who = (
        str(DIGITS[category]),
        [[]] if category in IN_CAUSE else [[str(each)] for each in asked_for(category)],
    )
    return [[subject, *one, str(name)] for one in who for name in NAMES]


@pytest.mark.parametrize("words", ["La pompe est cassée", "1"])
@pytest.mark.parametrize("category", ORDINARY)
@pytest.mark.parametrize("number", [SALIMATA, ISSOUF])
def test_every_subject_and_level_of_name_has_its_number_on_the_fifth_screen(
    app: Flask, number: str, category: Category, words: str, kind: str
) -> None:
    found = {tuple(way): numbered(app, number, ("4",), way, words) for way in ways(category)}
    assert {way: screens for way, screens in found.items() if screens > MOST} == {}
    assert len(found) == len(NAMES) * (1 if category in IN_CAUSE else len(asked_for(category)))


@pytest.mark.parametrize("category", ORDINARY)
@pytest.mark.parametrize("language", ["1", "2"])
def test_a_stranger_has_a_number_on_the_fifth_screen_too(
    app: Flask, category: Category, language: str, kind: str
) -> None:
    """Who gives no name is asked in its place which cooperative it is about."""
    before, subject = (language, "3"), str(DIGITS[category])
    Phone(app, STRANGER, SECRET).go(language)
    who = [[]] if category in IN_CAUSE else [[str(each)] for each in asked_for(category)]
    for one in who:
        assert numbered(app, STRANGER, before[1:], [subject, "1", *one], "1") <= MOST


@pytest.mark.parametrize("pressed", [("4",), ("1", "1", "1"), ("1", "2", "5"), ("3", "1", "2")])
@pytest.mark.parametrize("number", [SALIMATA, ISSOUF])
def test_in_private_it_takes_no_more(app: Flask, number: str, pressed: tuple[str, ...], kind: str) -> None:
    mine = Counting(app, number, "4")
    for each in (str(DIGITS[Category.PRIVATE]), *pressed):
        mine.press(each)
    assert NUMBER.search(mine.page), mine.page
    assert mine.screens <= MOST


def test_every_subject_is_offered_once_and_with_a_digit_of_its_own(app: Flask, kind: str) -> None:
    assert set(SUBJECTS) == set(Category)
    assert len(set(DIGITS.values()) | {7, 8, 9, 10, 16}) == len(SUBJECTS) + 5
