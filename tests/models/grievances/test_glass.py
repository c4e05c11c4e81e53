"""Breaking the glass: two keys of two people, a reason, and what was read is seen; never by who is barred."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from models.grievances import Category, Concerned, Name, Unknown, bars, glass, glass_keys, near, proof, readings, work
from models.grievances.glass import CaseGlass
from models.grievances.kinds import Why
from models.hands import Bar, Hand, NotAllowed
from models.members import Role, number_of
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land

KINDS = ["sqlite", "postgresql"]
HOUR = timedelta(hours=1)


@pytest.fixture
def officer(land: Land) -> Hand:
    return land.member("coop", Role.SECRETARY)


@pytest.fixture
def watcher(land: Land) -> Hand:
    return land.member("coop", Role.SURVEILLANCE)


def bar(refused: pytest.ExceptionInfo[NotAllowed]) -> Bar:
    return refused.value.bar


def test_two_keys_open_a_case_and_both_levels_see_it(
    land: Land, committees: Committees, officer: Hand, watcher: Hand
) -> None:
    db = land.db
    filed = land.file(land.member("coop"))
    number = glass.ask(db, officer, filed.reference, "Le comité est absent", NOW)
    with pytest.raises(Unknown):
        glass.look(db, officer, number, NOW)
    glass.decide(db, watcher, number, True, NOW)
    found = glass.look(db, officer, number, NOW + timedelta(hours=1))
    assert (found.held.reference, found.words) == (filed.reference, "Le puits est à nous")
    above = land.member("union", Role.SURVEILLANCE)
    for eyes in (watcher, above, committees["union"][0]):
        (seen,) = glass.newest(db, eyes)
        assert (seen.role, seen.why, seen.granted) == (Role.SECRETARY, "Le comité est absent", True)
        assert seen.opened_at is not None
    assert readings.newest(db, watcher)[0].what == glass.WHAT
    assert list(proof.faults(db)) == []
    with pytest.raises(Unknown):
        glass.look(db, watcher, number, NOW)  # who granted it is not who asked
    with pytest.raises(Unknown):
        glass.look(db, officer, number, NOW + timedelta(hours=25))


def test_the_oldest_of_many_can_still_be_decided(land: Land, officer: Hand, watcher: Hand) -> None:
    db = land.db
    first = glass.ask(db, officer, "123456", "Le comité est absent", NOW)
    row = db.execute(select(CaseGlass).where(CaseGlass.id == first)).one()._asdict()
    db.execute(insert(CaseGlass), [row | {"id": first + 1 + n, "asked_at": NOW + HOUR} for n in range(1000)])
    assert glass.one(db, watcher, first).number == number_of(db, officer.member_id)
    glass.decide(db, watcher, first, True, NOW + HOUR)
    assert glass.one(db, watcher, first).granted


def test_who_may_ask_and_who_may_grant(land: Land, committees: Committees, officer: Hand, watcher: Hand) -> None:
    db = land.db
    filed = land.file(land.member("coop"))
    for role in (Role.MEMBER, Role.COMMITTEE, Role.TEAM_LEADER, Role.GENDER_PRESIDENT):
        with pytest.raises(NotAllowed) as refused:
            glass.ask(db, land.member("coop", role), filed.reference, "w", NOW)
        assert bar(refused) is Bar.NO_OFFICER
    number = glass.ask(db, officer, filed.reference, "w", NOW)
    others = (committees["coop"][0], committees["federation"][0], land.member("coop", Role.PRESIDENT))
    for other in others:
        with pytest.raises(Unknown):
            glass.decide(db, other, number, True, NOW)
    mine = glass.ask(db, watcher, filed.reference, "w", NOW)
    for who, asked in ((watcher, mine), (officer, number)):
        with pytest.raises(NotAllowed) as refused:
            glass.decide(db, who, asked, True, NOW)
        assert bar(refused) is Bar.SAME_PERSON
    same_phone = land.member("coop", Role.SURVEILLANCE, phone=officer.phone)
    with pytest.raises(NotAllowed) as refused:
        glass.decide(db, same_phone, number, True, NOW)
    assert bar(refused) is Bar.SAME_PHONE
    with pytest.raises(NotAllowed) as refused:
        glass.decide(db, watcher, number, True, NOW + DAY + timedelta(minutes=1))
    assert bar(refused) is Bar.NOT_WAITING
    glass.decide(db, committees["union"][0], number, False, NOW)  # the committee of the body above may as well
    with pytest.raises(Unknown):
        glass.look(db, officer, number, NOW)
    with pytest.raises(NotAllowed):
        glass.decide(db, watcher, number, True, NOW)


def test_who_is_barred_finds_all_they_asked_whether_there_is_such_a_case_or_not(land: Land, watcher: Hand) -> None:
    db = land.db
    officer = land.member("coop", Role.PRESIDENT)
    hidden = land.file(land.member("coop"), concerned=Concerned.OFFICER)
    for who in (watcher, officer):
        asked = [glass.ask(db, who, reference, "w", NOW) for reference in (hidden.reference, "100009")]
        assert sorted(each.glass_id for each in glass.newest(db, who) if each.mine) == sorted(asked)
        one, other = (glass.one(db, who, each) for each in asked)
        assert (one.granted, one.mine, one.why) == (other.granted, other.mine, other.why)


def test_who_is_barred_reads_nothing_with_two_keys_and_hears_what_a_wrong_number_says(
    land: Land, committees: Committees, officer: Hand, watcher: Hand
) -> None:
    db = land.db
    accused = land.file(land.member("coop"), barred_id=officer.member_id)
    wife = land.member("coop", Role.TREASURER)
    near.link(db, officer.member_id, wife.member_id)
    for hand in (officer, wife):
        for reference in (accused.reference, "100009"):
            number = glass.ask(db, hand, reference, "w", NOW)
            glass.decide(db, watcher, number, True, NOW)
            with pytest.raises(Unknown):
                glass.look(db, hand, number, NOW)
    assert {each.opened_at for each in glass.newest(db, watcher)} == {None}


def test_who_watches_and_is_barred_hears_the_same_of_any_number_and_opens_nothing(
    land: Land, committees: Committees, officer: Hand, watcher: Hand
) -> None:
    """Also of what another one granted, which was opened."""
    db, other = land.db, land.member("coop", Role.SURVEILLANCE)
    filed = land.file(land.member("coop"))
    bars.put(db, land.case(filed).id, [watcher.member_id], Why.RECUSED)
    numbers = [glass.ask(db, officer, reference, "w", NOW) for reference in (filed.reference, "100009")]
    waiting = {each.glass_id: each.people for each in glass_keys.waiting(db, NOW)}
    assert waiting[numbers[0]] == waiting[numbers[1]]
    assert watcher.member_id in waiting[numbers[0]]
    for number in numbers:
        glass.decide(db, watcher, number, True, NOW)
        with pytest.raises(Unknown):
            glass.look(db, officer, number, NOW)
    again = [glass.ask(db, officer, reference, "w", NOW) for reference in (filed.reference, "100009")]
    for number in again:
        glass.decide(db, other, number, True, NOW)
    assert glass.look(db, officer, again[0], NOW).held.id == land.case(filed).id
    assert glass.one(db, other, again[0]).opened_at == NOW
    for pair in (numbers, again):
        first, second = (glass.one(db, watcher, each) for each in pair)
        assert replace(first, glass_id=0) == replace(second, glass_id=0)


def test_what_came_in_private_is_behind_no_glass(land: Land, officer: Hand, watcher: Hand) -> None:
    db = land.db
    land.member("coop", Role.GENDER_PRESIDENT)
    filed = land.file(
        land.member("coop"), category=Category.PRIVATE, concerned=Concerned.UNSAID, name=Name.NOBODY, at_home=True
    )
    number = glass.ask(db, officer, filed.reference, "w", NOW)
    glass.decide(db, watcher, number, True, NOW)
    with pytest.raises(Unknown):
        glass.look(db, officer, number, NOW)


def test_a_case_that_went_up_is_not_read_from_below(
    land: Land, committees: Committees, officer: Hand, watcher: Hand
) -> None:
    db = land.db
    filed = land.file(land.member("coop"))
    number = glass.ask(db, officer, filed.reference, "w", NOW)
    glass.decide(db, watcher, number, True, NOW)
    glass.look(db, officer, number, NOW)
    work.escalate(db, committees["coop"][0], land.case(filed).id, None, NOW)
    with pytest.raises(Unknown):
        glass.look(db, officer, number, NOW)


def test_numbers_and_reasons_are_sealed(land: Land, officer: Hand) -> None:
    filed = land.file(land.member("coop"))
    glass.ask(land.db, officer, filed.reference, "la pompe", NOW)
    row = land.db.execute(select(*CaseGlass.__table__.c)).one()
    assert [each for each in row if filed.reference in str(each) or "pompe" in str(each)] == []
