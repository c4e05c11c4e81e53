"""What stands behind the secret code: every page and action on money and on the account, and none of it slips out."""

import pytest

from flows.alert_seen import watcher
from flows.code import mark_of
from flows.desk import case_open
from flows.engine.places import Spot
from flows.guards import code_always, code_given
from flows.opened import case_opened
from ussd_app import screens

BEHIND_THE_CODE = (
    *("account.", "dues.", "declaration.", "payout.", "question.", "surplus."),
    *("advance.", "calculation.", "closing.", "refusals."),
)
OFFICES = (
    *("leader.", "convene.", "convened.", "doorway.", "announce.", "applicants.", "arrived.", "handover.", "late."),
    *("group.", "regular.", "office.", "approval.", "treasurer.", "paying.", "buyer.", "new_number."),
    *("watch.", "threat.", "reprisal."),
)
DESK = ("committee.", "desk.", "case_people.", "case_say.", "case_settle.", "case_work.")
COMPLAINING = (
    *("grievance.", "telling.", "filing.", "reveal.", "private."),
    *("case.", "opened.", "outcome.", "recourse.", "party."),
)


def spots_of(*files: str) -> list[Spot]:
    """Every screen and action of some files; each file must have one."""
    found = [each for each in screens.registered() if each.name.startswith(files)]
    assert {each.name.partition(".")[0] + "." for each in found} == set(files)
    return found


@pytest.mark.parametrize("each", spots_of(*BEHIND_THE_CODE), ids=lambda each: each.name)
def test_money_and_account_stand_behind_the_code(each: Spot) -> None:
    assert each.needs is code_given


@pytest.mark.parametrize("each", spots_of(*OFFICES), ids=lambda each: each.name)
def test_what_offices_do_asks_for_their_role_and_their_code_and_is_not_dialled(each: Spot) -> None:
    assert asks_for_a_role(each)
    assert not each.deep


def asks_for_a_role(each: Spot) -> bool:
    return each.needs is not None and each.needs.__qualname__.startswith("officer.")


@pytest.mark.parametrize("each", spots_of(*DESK), ids=lambda each: each.name)
def test_a_desk_asks_for_its_role_or_for_the_case_that_was_opened_and_is_not_dialled(each: Spot) -> None:
    assert each.needs is case_open or asks_for_a_role(each)
    assert not each.deep


@pytest.mark.parametrize("each", spots_of("alert.", "alert_call.", "alert_step."), ids=lambda each: each.name)
def test_an_alert_asks_for_who_watches_and_is_not_dialled(each: Spot) -> None:
    assert each.needs is watcher
    assert not each.deep


@pytest.mark.parametrize("each", spots_of(*COMPLAINING), ids=lambda each: each.name)
def test_whoever_is_anywhere_in_a_complaint_cannot_be_dialled_there(each: Spot) -> None:
    assert not each.deep


@pytest.mark.parametrize("each", spots_of("case.", "outcome.", "recourse."), ids=lambda each: each.name)
def test_a_case_stands_behind_its_number_and_code(each: Spot) -> None:
    assert "case_id" not in each.readers or each.needs is case_opened


@pytest.mark.parametrize("each", spots_of("party."), ids=lambda each: each.name)
def test_the_other_side_stands_behind_their_own_code(each: Spot) -> None:
    assert each.needs is code_always


@pytest.mark.parametrize("each", spots_of("private."), ids=lambda each: each.name)
def test_nobody_is_led_back_into_what_is_private(each: Spot) -> None:
    assert not each.resumes


def test_a_mark_is_of_one_member() -> None:
    assert mark_of(1) != mark_of(11)
