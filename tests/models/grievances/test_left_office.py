"""Whoever handled a case and does not hold that office any more: it is nobody's, and those who are there go on."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from models.grievances import (
    Category,
    Did,
    Name,
    State,
    bars,
    deciding,
    following,
    near,
    promises,
    reading,
    sight,
    work,
)
from models.grievances.kinds import Why
from models.grievances.promises import Promise
from models.hands import Hand
from models.members import Member, Role
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, proposed, tick

KINDS = ["sqlite", "postgresql"]
PAYS = Promise("verser", "le trésorier", (NOW + 5 * DAY).date())


def leaves(land: Land, hand: Hand) -> None:
    land.db.execute(update(Member).where(Member.id == hand.member_id).values(left_on=NOW.date()))


def changes_office(land: Land, hand: Hand) -> None:
    land.db.execute(update(Member).where(Member.id == hand.member_id).values(role=Role.MEMBER))


def moves(land: Land, hand: Hand) -> None:
    body = land.bodies["union"]
    land.db.execute(update(Member).where(Member.id == hand.member_id).values(cooperative_id=body))


GOING = pytest.mark.parametrize("goes", [leaves, changes_office, moves])
Goes = Callable[[Land, Hand], None]


@GOING
def test_what_one_took_in_private_is_seen_by_who_comes_after_her(land: Land, goes: Goes) -> None:
    db, (one, after) = land.db, land.people("federation", *[Role.GENDER_PRESIDENT] * 2)
    filed = land.file(category=Category.PRIVATE, name=Name.NOBODY, words="", phone="")
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    assert sight.count(db, after) == 0
    goes(land, one)
    assert [line.case_id for line in sight.mine(db, after)] == [case_id]
    assert reading.whole(db, after, case_id).handler is None
    work.assess(db, after, case_id, land.case(filed).lane, Category.PRIVATE, NOW)
    work.assign(db, after, case_id, after.member_id, NOW)
    deciding.propose(db, after, case_id, "Un lieu sûr", [], NOW)
    assert reading.whole(db, after, case_id).mine


@GOING
def test_a_colleague_keeps_the_promises_of_what_was_agreed(land: Land, committees: Committees, goes: Goes) -> None:
    db, (one, other, _third) = land.db, committees["coop"]
    case_id = proposed(land, one, filed := land.file(land.member("coop")), promises=[PAYS])
    following.accept(db, case_id, NOW)
    goes(land, one)
    work.assign(db, other, case_id, other.member_id, NOW)
    assert reading.whole(db, other, case_id).handler is not None
    (made,) = promises.of(db, case_id)
    assert made.promise_id is not None
    deciding.keep(db, other, case_id, made.promise_id, NOW)
    following.settled(db, case_id, yes=True, now=NOW)
    assert land.case(filed).state is State.CLOSED


@GOING
def test_a_colleague_notes_the_paper_both_sides_signed(land: Land, committees: Committees, goes: Goes) -> None:
    db, (one, other, _third) = land.db, committees["coop"]
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    deciding.invite(db, one, case_id, land.member("coop").member_id, NOW)
    deciding.propose(db, one, case_id, "La coop rend le puits", [], NOW)
    following.accept(db, case_id, NOW)
    goes(land, one)
    work.assign(db, other, case_id, other.member_id, NOW)
    deciding.note_paper(db, other, case_id, NOW)
    assert land.case(filed).state is State.RESOLVED


def test_what_is_being_handled_goes_on_in_its_time_and_does_not_come_back_to_who_left(
    land: Land, committees: Committees
) -> None:
    db, (one, other, third) = land.db, committees["coop"]
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    due = land.case(filed).due_at
    changes_office(land, one)
    following.add(db, case_id, "Et alors?", "k", NOW)
    db.execute(update(Member).where(Member.id == one.member_id).values(role=Role.COMMITTEE))
    assert reading.whole(db, one, case_id).handler is None
    work.assign(db, other, case_id, other.member_id, NOW)
    assert (land.case(filed).state, land.case(filed).due_at) == (State.ASSIGNED, due)
    before = land.sms("case_to_do")
    leaves(land, other)
    assert due is not None
    tick(db, due)
    told = [phone for phone, _kind in land.sms("case_to_do")[len(before) :]]
    assert {one.phone, third.phone} <= set(told)
    assert Did.FREED.value not in land.did(filed)


def linked(land: Land, hand: Hand, case_id: int) -> None:
    """It turns out that who handles a case belongs together with the accused."""
    accused = land.member("coop")
    bars.put(land.db, case_id, [accused.member_id], Why.ACCUSED)
    near.link(land.db, hand.member_id, accused.member_id)


def shares_a_phone(land: Land, hand: Hand, case_id: int) -> None:
    """The same, by a phone."""
    accused = land.member("coop", phone=hand.phone)
    bars.put(land.db, case_id, [accused.member_id], Why.ACCUSED)


BARRING = pytest.mark.parametrize("barred", [linked, shares_a_phone])


@BARRING
def test_a_colleague_goes_on_with_what_its_handler_may_not_see_any_more(
    land: Land, committees: Committees, barred: Callable[[Land, Hand, int], None]
) -> None:
    db, (one, other, third) = land.db, committees["coop"]
    case_id = proposed(land, one, filed := land.file(land.member("coop")), promises=[PAYS])
    barred(land, one, case_id)
    assert [sight.count(db, each) for each in (one, other, third)] == [0, 1, 1]
    assert reading.whole(db, other, case_id).handler is None
    before = len(land.sms("case_to_do"))
    following.add(db, case_id, "Et alors?", "k", NOW)
    assert {phone for phone, _kind in land.sms("case_to_do")[before:]} == {other.phone, third.phone}
    following.accept(db, case_id, NOW)
    work.assign(db, other, case_id, other.member_id, NOW)
    (made,) = promises.of(db, case_id)
    assert made.promise_id is not None
    deciding.keep(db, other, case_id, made.promise_id, NOW)
    following.settled(db, case_id, yes=True, now=NOW)
    assert land.case(filed).state is State.CLOSED


@BARRING
def test_what_one_took_in_private_and_may_not_see_any_more_is_seen_by_her_colleague(
    land: Land, barred: Callable[[Land, Hand, int], None]
) -> None:
    db, (one, after) = land.db, land.people("federation", *[Role.GENDER_PRESIDENT] * 2)
    filed, hers = (land.file(category=Category.PRIVATE, key=key) for key in "ab")
    for each in (filed, hers):
        work.acknowledge(db, one, land.case(each).id, NOW)
    case_id = land.case(filed).id
    barred(land, one, case_id)
    assert [line.case_id for line in sight.mine(db, after)] == [case_id]
    assert [line.case_id for line in sight.mine(db, one)] == [land.case(hers).id]
    work.assess(db, after, case_id, land.case(filed).lane, Category.PRIVATE, NOW)
    work.assign(db, after, case_id, after.member_id, NOW)
    assert reading.whole(db, after, case_id).mine
