"""The last one who may see a case: whoever steps aside takes it from nobody else, and leaves it to somebody."""

from typing import Any

import pytest
from sqlalchemy import update

from models.grievances import Category, Concerned, Did, State, bars, near, reading, sight, work
from models.grievances.kinds import Why
from models.hands import Hand
from models.members import Member, Role
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import COMMITTEE, DAY, NOW, SURVEILLANCE, Land, assigned, country, tick

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def alone(db: Any) -> Land:
    """A young cooperative: nobody above it handles cases."""
    return country(db)


def counts(land: Land, people: list[Hand]) -> list[int]:
    return [sight.count(land.db, each) for each in people]


def test_who_handles_it_keeps_it_when_a_colleague_steps_aside_and_nobody_is_above(alone: Land) -> None:
    other, one = alone.people("coop", COMMITTEE, COMMITTEE)
    case_id = assigned(alone, one, filed := alone.file())
    assert work.recuse(alone.db, other, case_id, NOW)
    assert (alone.level(filed), alone.case(filed).handler_id) == ("coop", one.member_id)
    assert counts(alone, [other, one]) == [0, 1]
    assert reading.whole(alone.db, one, case_id).mine
    for days in range(1, 60):
        tick(alone.db, NOW + days * DAY)
    assert counts(alone, [other, one]) == [0, 1]


def test_the_last_of_a_desk_stays_and_what_they_wanted_out_of_is_late_for_those_who_watch(alone: Land) -> None:
    db, (one, two, three) = alone.db, alone.people("coop", *[COMMITTEE] * 3)
    watching, above = alone.member("coop", SURVEILLANCE), alone.member("union", SURVEILLANCE)
    case_id = assigned(alone, three, filed := alone.file())
    assert [work.recuse(db, each, case_id, NOW) for each in (one, two, three)] == [True, True, False]
    assert counts(alone, [one, two, three]) == [0, 0, 1]
    assert (alone.case(filed).state, alone.case(filed).handler_id) == (State.ASSESSED, None)
    for each in (watching, above):
        assert [line.body for line in sight.late(db, each, NOW + DAY / 24)] == ["coop"]
    phones = [each.phone for each in alone.people("union", COMMITTEE, COMMITTEE)]
    tick(db, NOW + DAY)
    assert (alone.level(filed), counts(alone, [three])) == ("union", [0])
    tick(db, NOW + DAY)
    assert {phone for phone, _kind in alone.sms("case_to_do")} == set(phones)


def test_in_private_the_only_one_who_may_see_it_stays(alone: Land) -> None:
    one = alone.member("federation", Role.GENDER_PRESIDENT)
    filed = alone.file(category=Category.PRIVATE)
    case_id = alone.case(filed).id
    work.acknowledge(alone.db, one, case_id, NOW)
    assert not work.recuse(alone.db, one, case_id, NOW)
    assert (alone.level(filed), counts(alone, [one])) == ("federation", [1])
    (after,) = alone.people("federation", Role.GENDER_PRESIDENT)
    assert counts(alone, [one, after]) == [1, 1]
    assert work.recuse(alone.db, one, case_id, NOW)
    assert counts(alone, [one, after]) == [0, 1]


def test_no_last_one_stays_who_is_barred_or_whose_own_officer_is_in_cause(alone: Land) -> None:
    """One honest person is better than none; one who is in cause is not."""
    db, (one, two) = alone.db, alone.people("coop", COMMITTEE, COMMITTEE)
    filed, named = alone.file(), alone.file(key="2", concerned=Concerned.TEAM)
    near.link(db, one.member_id, two.member_id)
    assert not work.recuse(db, one, alone.case(filed).id, NOW)
    assert counts(alone, [one, two]) == [2, 2]
    president = alone.member("coop", Role.PRESIDENT)
    for each in (one, two):
        near.unlink(db, one.member_id, two.member_id)
        work.accuse(db, each, alone.case(named).id, president.member_id, NOW)
    assert alone.level(named) is None


def test_where_somebody_is_above_it_goes_there_as_ever(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    case_id = assigned(land, three, filed := land.file())
    db.execute(update(Member).where(Member.id == one.member_id).values(left_on=NOW.date()))
    assert work.recuse(db, two, case_id, NOW)
    assert (land.level(filed), sight.count(db, three)) == ("union", 0)
    assert Did.ESCALATED.value in land.did(filed)
    assert {Why.RECUSED} in bars.of(db, case_id).values()
