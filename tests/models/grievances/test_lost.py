"""A lost code: told at another desk, it is shown anew to who gave their name, on their own phone; to nobody else."""

from datetime import date
from typing import Any

import pytest

from models import codes, members
from models.cooperatives import Kind
from models.grievances import Category, Did, Filed, Name, hide, open_case, proof, reading, reveal, unseen
from models.grievances.lost import Story, ask
from models.hands import Hand
from models.members import Role
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land

KINDS = ["sqlite", "postgresql"]
ON = date(2026, 11, 23)
STRANGER = "+22369999990"


def opens(land: Land, filed: Filed) -> bool:
    return isinstance(open_case(land.db, filed.reference, filed.code, STRANGER, NOW), int)


def shown(land: Land, owner: Hand, phone: str | None = None) -> Filed | None:
    """What the owner is shown who dials and says that they have not seen their number."""
    case_id = unseen(land.db, phone or str(owner.phone), owner.member_id, NOW + 2 * DAY, [owner.member_id])
    return None if case_id is None else reveal(land.db, case_id)


def test_at_a_desk_above_it_is_shown_anew_once_to_its_owner_whatever_their_phone(
    land: Land, committees: Committees
) -> None:
    owner, above = land.chooses(land.member("coop")), committees["union"][0]
    filed = land.file(owner)
    assert opens(land, filed)
    assert shown(land, owner) is None  # its number and code were used
    ask(land.db, above, Story(owner.member_id, Category.LAND, ON), NOW)
    assert opens(land, filed)  # until the new one is shown, the old one is good
    ask(land.db, above, Story(owner.member_id, Category.LAND, ON), NOW)
    new = shown(land, owner, "+22368888888")
    assert new is not None
    assert new.reference == filed.reference
    assert (opens(land, filed), opens(land, new)) == (False, new.code != filed.code)
    assert shown(land, owner) is None
    assert land.did(filed)[-1] == Did.CODE_ASKED
    assert list(proof.faults(land.db)) == []


def test_who_asked_stands_in_the_history(land: Land, committees: Committees) -> None:
    owner, above = land.member("coop"), committees["federation"][1]
    filed = land.file(owner)
    ask(land.db, above, Story(owner.member_id, Category.LAND, ON), NOW)
    last = reading.whole(land.db, committees["coop"][0], land.case(filed).id).history[-1]
    name = members.name(land.db, above.member_id)
    assert (last.did, last.role, last.by) == (Did.CODE_ASKED, Role.COMMITTEE, name)


@pytest.mark.parametrize(
    ("said", "story"),
    [
        ({"name": Name.NOBODY}, {}),
        ({"category": Category.PRIVATE}, {"category": Category.PRIVATE}),
        ({}, {"category": Category.MONEY}),
        ({}, {"filed_on": date(2026, 11, 30)}),
    ],
)
def test_no_name_or_another_story_shows_nothing(
    land: Land, committees: Committees, said: dict[str, Any], story: dict[str, Any]
) -> None:
    owner = land.chooses(land.member("coop"))
    filed = land.file(owner, **said)
    opens(land, filed)
    told: dict[str, Any] = {"category": Category.LAND, "filed_on": ON} | story
    ask(land.db, committees["union"][0], Story(owner.member_id, **told), NOW)
    assert (shown(land, owner), land.did(filed)[-1]) == (None, Did.FILED)


def test_neither_the_desk_that_handles_it_nor_who_is_barred_nor_another_tree_can_ask(
    land: Land, committees: Committees
) -> None:
    owner, accused = land.chooses(land.member("coop")), land.member("union", Role.COMMITTEE)
    filed = land.file(owner, barred_id=accused.member_id)
    opens(land, filed)
    land.body("elsewhere", Kind.UNION)
    mine = land.member("union", Role.COMMITTEE, phone=owner.phone)
    wrong = [committees["coop"][0], accused, land.member("elsewhere", Role.COMMITTEE), mine]
    wrong += [land.member("union"), land.member("union", Role.PRESIDENT)]
    for each in wrong:
        ask(land.db, each, Story(owner.member_id, Category.LAND, ON), NOW)
    assert (shown(land, owner), land.did(filed)[-1]) == (None, Did.FILED)


def test_another_member_is_never_shown_it_and_where_the_accused_shares_the_phone_nobody(
    land: Land, committees: Committees
) -> None:
    owner, accused = land.chooses(land.member("coop")), land.member("coop")
    filed = land.file(owner, barred_id=accused.member_id)
    opens(land, filed)
    ask(land.db, committees["union"][0], Story(owner.member_id, Category.LAND, ON), NOW)
    assert shown(land, accused) is None
    both = [owner.member_id, accused.member_id]
    assert unseen(land.db, str(owner.phone), owner.member_id, NOW, both) is None


@pytest.mark.parametrize("ended", [False, True])
def test_who_chooses_a_secret_code_after_they_filed_is_shown_nothing(
    land: Land, committees: Committees, ended: bool
) -> None:
    """Whoever holds the phone of the owner could choose one in their name, also where the office ended the last one."""
    owner = land.member("coop")
    if ended:
        land.chooses(owner)
    filed = land.file(owner)
    if ended:
        hide(land.db, owner.member_id)
        assert codes.forget(land.db, owner.member_id)
    ask(land.db, committees["union"][0], Story(owner.member_id, Category.LAND, ON), NOW)
    land.chooses(owner, NOW + DAY)
    assert (shown(land, owner), land.did(filed)[-1]) == (None, Did.CODE_ASKED)
    ask(land.db, committees["union"][0], Story(owner.member_id, Category.LAND, ON), NOW + DAY)
    assert shown(land, owner) is None


def test_a_secret_code_that_its_owner_changed_since_is_theirs_as_before(land: Land, committees: Committees) -> None:
    owner = land.chooses(land.member("coop"), NOW - DAY)
    land.file(owner)
    codes.propose(land.db, owner.member_id, "another")
    assert codes.settle(land.db, owner.member_id, "another", changing=True, now=NOW + DAY)
    ask(land.db, committees["union"][0], Story(owner.member_id, Category.LAND, ON), NOW + DAY)
    assert shown(land, owner) is not None


def test_once_the_secret_code_was_ended_what_a_desk_asked_for_is_not_shown(land: Land, committees: Committees) -> None:
    owner = land.chooses(land.member("coop"))
    land.file(owner)
    ask(land.db, committees["union"][0], Story(owner.member_id, Category.LAND, ON), NOW)
    hide(land.db, owner.member_id)
    assert shown(land, owner) is None
