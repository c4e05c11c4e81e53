"""Who handles a case: not the accused, nor who is near them; the lowest body with two people left, then up the tree."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import update

from models.cooperatives import Kind
from models.grievances import (
    Came,
    Category,
    Concerned,
    Lane,
    Name,
    Refused,
    Stop,
    Unknown,
    near,
    routing,
    sight,
    tree,
    work,
)
from models.hands import Hand
from models.members import Member, Role
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import COMMITTEE, NOW, OFFICES, Land
from tests.statements import statements

KINDS = ["sqlite", "postgresql"]


@pytest.mark.parametrize("relayed", [True, False])
def test_who_files_without_a_name_does_not_have_it_at_their_own_desk(
    land: Land, committees: Committees, relayed: bool
) -> None:
    one = committees["coop"][0]
    same = land.member("union", phone=one.phone)  # the same person, in another register
    mine: dict[str, Any] = {"name": Name.NOBODY, "phone": ""}
    for number, who in enumerate((one, same)):
        said: dict[str, Any] = {"typed_by": who.member_id} if relayed else {"member_id": who.member_id}
        said |= {"home_id": land.bodies["coop"]}
        assert land.level(land.file(None, key=f"{number}", **mine, **said)) == "union"
    assert land.level(land.file(land.member("coop"), key="other", name=Name.NOBODY)) == "coop"
    assert land.level(land.file(one, key="named")) == "coop"  # there it is known whose it is
    top: dict[str, Any] = {"member_id": committees["partner"][0].member_id, "home_id": land.bodies["partner"]}
    assert land.level(land.file(None, key="top", **mine, **top)) == "partner"  # nobody is above


def those_who_see(land: Land, people: Iterable[Hand], case_id: int) -> list[int]:
    return [each.member_id for each in people if case_id in {line.case_id for line in sight.mine(land.db, each)}]


def test_the_committee_of_the_cooperative_handles_it_and_nobody_else_sees_it(
    land: Land, committees: Committees
) -> None:
    filed = land.file()
    case_id = land.case(filed).id
    assert land.level(filed) == filed.handled_by == "coop"
    everybody = [each for people in committees.values() for each in people] + land.people("coop", *OFFICES)
    assert those_who_see(land, everybody, case_id) == [each.member_id for each in committees["coop"]]
    assert sight.find(land.db, committees["coop"][0], filed.reference) == case_id
    with pytest.raises(Unknown):
        sight.find(land.db, committees["union"][0], filed.reference)


def test_a_leader_without_a_name_bars_every_officer_then_and_now(land: Land, committees: Committees) -> None:
    one = committees["coop"][0]
    filed = land.file(concerned=Concerned.OFFICER)
    assert land.level(filed) == "union"
    case_id = land.case(filed).id
    assert those_who_see(land, committees["union"], case_id) == [each.member_id for each in committees["union"]]
    # Somebody of the union's committee becomes an officer of the cooperative, in its register with the same phone.
    twin = land.member("coop", Role.SECRETARY, phone=committees["union"][0].phone)
    assert those_who_see(land, committees["union"], case_id) == [each.member_id for each in committees["union"][1:]]
    land.db.execute(update(Member).where(Member.id == twin.member_id).values(role=Role.MEMBER))
    assert len(those_who_see(land, committees["union"], case_id)) == 3
    assert one.member_id not in those_who_see(land, committees["coop"], case_id)


@pytest.mark.parametrize("came_by", Came)
def test_about_the_leaders_every_officer_is_barred_by_whichever_road_it_came(
    land: Land, committees: Committees, came_by: Came
) -> None:
    land.member("coop", Role.PRESIDENT)
    said: dict[str, Any] = {"category": Category.LEADERS, "concerned": Concerned.UNSAID, "came_by": came_by}
    filed = land.file(**said)
    assert (land.level(filed), land.case(filed).all_officers) == ("union", True)
    named = land.file(key="2", barred_id=land.member("coop").member_id, **said)
    assert (land.level(named), land.case(named).all_officers) == ("coop", False)


def test_who_was_an_officer_when_it_was_filed_stays_barred(land: Land, committees: Committees) -> None:
    officer = land.member("coop", Role.TREASURER, phone=committees["union"][2].phone)
    filed = land.file(concerned=Concerned.OFFICER)
    land.db.execute(update(Member).where(Member.id == officer.member_id).values(role=Role.MEMBER))
    seen = those_who_see(land, committees["union"], land.case(filed).id)
    assert seen == [each.member_id for each in committees["union"][:2]]


def test_who_is_out_is_worked_out_once_however_far_a_case_climbs(land: Land, committees: Committees) -> None:
    """Each time costs as many questions as there are phones and links around those who are barred."""
    held = land.case(land.file(barred_id=land.member("coop").member_id))
    asked = []
    for empty in ((), ("coop", "union", "federation")):
        gone = [each.member_id for body in empty for each in committees[body]]
        land.db.execute(update(Member).where(Member.id.in_(gone)).values(left_on=NOW.date()))
        with statements(land.db) as noted:
            found = routing.seat(land.db, held)
        asked.append(sum("case_bars" in each for each in noted))
    assert found == routing.Seat(land.bodies["confederation"], COMMITTEE)
    assert asked == [2, 2]


def test_whether_somebody_may_see_a_case_is_asked_once_when_they_take_it(land: Land, committees: Committees) -> None:
    case_id = land.case(land.file()).id
    with statements(land.db) as noted:
        sight.held(land.db, committees["coop"][0], case_id)
    assert sum("case_bars" in each for each in noted) == 1
    with pytest.raises(Unknown):
        sight.held(land.db, committees["union"][0], case_id)


def test_two_people_must_be_left(land: Land, committees: Committees) -> None:
    first, second, _third = committees["coop"]
    near.link(land.db, first.member_id, land.member("coop").member_id)
    assert land.level(land.file(barred_id=first.member_id)) == "coop"
    near.link(land.db, first.member_id, second.member_id)
    assert land.level(land.file(key="2", barred_id=first.member_id)) == "union"


def test_the_one_who_files_does_not_handle_it_themselves(land: Land, committees: Committees) -> None:
    first, second, third = committees["coop"]
    filed = land.file(first)
    with pytest.raises(Refused) as refused:
        work.acknowledge(land.db, first, land.case(filed).id, NOW)
    assert refused.value.stop is Stop.OWN
    land.db.execute(update(Member).where(Member.id == third.member_id).values(left_on=NOW.date()))
    assert land.level(land.file(first, key="2")) == "union"
    assert land.level(land.file(first, key="3", name=Name.NOBODY)) == "union"
    assert land.level(land.file(second, key="4", name=Name.NOBODY)) == "union"


@pytest.mark.parametrize("shares", [True, False], ids=["by phone", "by a link of somebody with the same phone"])
def test_whoever_is_near_the_accused_does_not_see_it(land: Land, committees: Committees, shares: bool) -> None:
    accused = land.member("coop")
    first = committees["coop"][0]
    twin = land.member("union", Role.MEMBER, phone=first.phone if not shares else accused.phone)
    if shares:
        near.link(land.db, twin.member_id, first.member_id)
    else:
        near.link(land.db, accused.member_id, twin.member_id)
    filed = land.file(barred_id=accused.member_id)
    assert those_who_see(land, committees["coop"], land.case(filed).id) == [
        each.member_id for each in committees["coop"][1:]
    ]


def test_a_link_that_is_noted_later_bars_as_well_and_undone_it_does_not(land: Land, committees: Committees) -> None:
    accused, first = land.member("coop"), committees["coop"][0]
    case_id = land.case(land.file(barred_id=accused.member_id)).id
    assert sight.count(land.db, first) == 1
    near.link(land.db, accused.member_id, first.member_id)
    assert (sight.count(land.db, first), near.linked(land.db, first.member_id)) == (0, [accused.member_id])
    with pytest.raises(Unknown):
        work.acknowledge(land.db, first, case_id, NOW)
    assert near.unlink(land.db, first.member_id, accused.member_id)
    assert not near.unlink(land.db, first.member_id, accused.member_id)
    assert sight.count(land.db, first) == 1


def test_a_body_whose_own_officer_is_in_cause_is_passed_over(land: Land) -> None:
    president = land.member("union", Role.PRESIDENT)
    at_home = land.member("coop", phone=president.phone)
    assert land.level(land.file(barred_id=at_home.member_id)) == "coop"
    officer = land.member("coop", Role.SECRETARY, phone=president.phone)
    assert land.level(land.file(key="2", barred_id=officer.member_id)) == "federation"
    assert land.level(land.file(key="3", concerned=Concerned.OFFICER)) == "federation"


def test_at_the_top_the_partner_takes_it_and_else_nobody(land: Land, committees: Committees) -> None:
    for name in ("coop", "union", "federation", "confederation"):
        for each in committees[name][1:]:
            land.db.execute(update(Member).where(Member.id == each.member_id).values(left_on=NOW.date()))
    filed = land.file()
    assert (land.level(filed), filed.handled_by) == ("partner", "partner")
    for each in committees["partner"]:
        land.db.execute(update(Member).where(Member.id == each.member_id).values(left_on=NOW.date()))
    nobody = land.file(key="2")
    assert (land.level(nobody), nobody.handled_by) == (None, None)


def test_money_that_the_treasurer_wrote_is_for_the_surveillance_of_the_cooperative(land: Land) -> None:
    treasurer = land.member("coop", Role.TREASURER)
    watching = land.people("coop", Role.SURVEILLANCE, Role.SURVEILLANCE)
    money: dict[str, Any] = {"category": Category.MONEY, "entry_id": 1}
    filed = land.file(barred_id=treasurer.member_id, concerned=Concerned.OFFICER, **money)
    assert (land.level(filed), land.case(filed).desk) == ("coop", Role.SURVEILLANCE)
    assert sight.count(land.db, watching[0]) == 1
    both = land.file(key="2", barred_id=watching[0].member_id, concerned=Concerned.OFFICER, **money)
    assert (land.level(both), land.case(both).desk) == ("union", COMMITTEE)
    unsaid = land.file(key="3", concerned=Concerned.OFFICER, **money)
    assert (land.level(unsaid), land.case(unsaid).desk) == ("union", COMMITTEE)


def test_what_is_private_goes_to_the_federation_unless_the_desk_at_home_is_chosen(land: Land) -> None:
    home, above, union = (land.member(name, Role.GENDER_PRESIDENT) for name in ("coop", "federation", "union"))
    private = land.file(category=Category.PRIVATE, name=Name.COMMITTEE)
    case = land.case(private)
    assert (land.level(private), case.desk, case.lane) == ("federation", Role.GENDER_PRESIDENT, Lane.SENSITIVE)
    chosen = land.file(key="2", category=Category.PRIVATE, at_home=True)
    assert land.level(chosen) == "coop"
    assert [sight.count(land.db, each) for each in (home, above, union)] == [1, 1, 0]
    assert land.file(key="3", category=Category.PRIVATE, at_home=True, barred_id=home.member_id).handled_by == (
        "federation"
    )


def test_without_a_cooperative_it_goes_to_the_top(land: Land, committees: Committees) -> None:
    assert land.level(land.file(home_id=None)) in ("confederation", None)
    assert tree.ladder(land.db, None)[-1] == land.bodies["partner"]
    assert land.bodies["confederation"] in tree.ladder(land.db, None)


def test_of_several_parents_each_comes_after_those_below_it(land: Land) -> None:
    land.body("second", Kind.UNION, "confederation")
    both = land.body("both", Kind.COOP_CA, "second", "union", "federation")
    named = {body: name for name, body in land.bodies.items()}
    assert [named[each] for each in tree.ladder(land.db, both)] == [
        *("both", "union", "federation", "second", "confederation", "partner")
    ]


def test_a_partner_is_outside_the_tree(land: Land) -> None:
    with pytest.raises(Refused):
        tree.choose_partner(land.db, land.bodies["coop"], land.bodies["union"])
