"""What stands behind the secret code: every page and action on money and on the account, and none of it slips out."""

import pytest

from flows.code import mark_of
from flows.engine.places import Spot
from flows.guards import code_always, code_given
from flows.opened import case_opened
from ussd_app import screens

BEHIND_THE_CODE = ("dues.", "payout.", "account.", "surplus.")


def spots() -> list[Spot]:
    return [each for each in screens.registered() if each.name.startswith(BEHIND_THE_CODE)]


@pytest.mark.parametrize("each", spots(), ids=lambda each: each.name)
def test_money_and_account_stand_behind_the_code(each: Spot) -> None:
    assert each.needs is code_given


LEADING = ("leader.", "convene.", "convened.", "doorway.", "announce.", "applicants.", "handover.", "late.")


@pytest.mark.parametrize(
    "each", [each for each in screens.registered() if each.name.startswith(LEADING)], ids=lambda each: each.name
)
def test_what_leaders_do_asks_for_their_role_and_their_code_and_is_not_dialled(each: Spot) -> None:
    assert each.needs is not None
    assert each.needs.__qualname__.startswith("officer.")
    assert not each.deep


def test_there_is_something_behind_the_code() -> None:
    assert len(spots()) > 15


@pytest.mark.parametrize("each", list(screens.registered()), ids=lambda each: each.name)
def test_whoever_is_anywhere_in_a_complaint_cannot_be_dialled_there(each: Spot) -> None:
    assert not (each.name.startswith(COMPLAINING) and each.deep)


COMPLAINING = (
    *("grievance.", "telling.", "filing.", "reveal.", "private."),
    *("case.", "opened.", "outcome.", "recourse.", "party."),
)


@pytest.mark.parametrize("each", list(screens.registered()), ids=lambda each: each.name)
def test_a_case_stands_behind_its_number_and_code_and_the_other_side_behind_their_own(each: Spot) -> None:
    if "case_id" in each.readers and each.name.startswith(("case.", "outcome.", "recourse.")):
        assert each.needs is case_opened
    if each.name.startswith("party."):
        assert each.needs is code_always
    if each.name.startswith("private."):
        assert not each.resumes


def test_a_mark_is_of_one_member() -> None:
    assert mark_of(1) != mark_of(11)
