"""Pages fitted to the phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine.paging import Footers, sheets
from models import gsm

FOOTERS = Footers("\n0 Retour", "\n9 Suite\n0 Retour", "\n9 Suite\n0 Retour", "\n0 Retour")


def laid(text: str, options: list[str]) -> list[str]:
    return sheets(text, options, FOOTERS, lambda each: gsm.to_gsm7(each, "fr").text)


def test_a_short_page_is_one_sheet() -> None:
    assert laid("Bonjour", ["1 Oui"]) == ["Bonjour\n1 Oui\n0 Retour"]


def test_a_page_of_just_the_room_is_one_sheet_and_one_letter_more_is_two() -> None:
    room = 160 - len("CON ") - len("\n0 Retour")
    assert len(laid("a" * room, [])) == 1
    assert len(laid("a" * (room - 2) + " bb", [])) == 2


def test_an_option_is_never_cut() -> None:
    options = [f"{number} Une option assez longue {number}" for number in range(1, 8)]
    kept = [line for sheet in laid("Choisissez", options) for line in sheet.split("\n")]
    assert [line for line in kept if "option" in line] == options


def test_an_amount_is_never_cut() -> None:
    for length in range(90, 150):
        for sheet in laid("x" * length + " 12 345 678 F payés", []):
            assert ("12" in sheet) == ("12 345 678 F" in sheet)


def test_each_sheet_but_the_last_leads_on() -> None:
    first, *_middle, last = laid("mot " * 200, [])
    assert first.endswith("\n9 Suite\n0 Retour")
    assert "9 Suite" not in last


def test_letters_that_weigh_two_are_counted_so() -> None:
    assert all(gsm.septets("CON " + sheet) <= 160 for sheet in laid("€" * 300, []))


@given(st.text(max_size=500), st.lists(st.text(min_size=1, max_size=80), max_size=12))
def test_no_sheet_is_too_long_and_nothing_is_lost(text: str, options: list[str]) -> None:
    converted = gsm.to_gsm7("\n".join([text, *options]), "fr").text
    laid_out = laid(text, options)
    assert all(gsm.septets("CON " + sheet) <= 160 for sheet in laid_out)
    shown = "".join(sheet.removesuffix("\n0 Retour").removesuffix("\n9 Suite") for sheet in laid_out)
    assert _letters(shown) == _letters(converted)


def _letters(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("word", ["a" * 400, "ab" * 90 + " c"])
def test_a_word_longer_than_a_sheet_is_cut_where_it_must(word: str) -> None:
    assert _letters("".join(laid(word, []))).startswith("a")
