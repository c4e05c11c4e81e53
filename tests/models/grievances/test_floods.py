"""Many cases from one caller, and many guesses: what is limited, what never is, and who learns of it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models import grievances
from models.grievances import (
    AlreadyFiled,
    Category,
    Complaint,
    Concerned,
    Flooded,
    Follow,
    Lane,
    Locked,
    Name,
    floods,
    numbers,
    open_case,
    opening,
    sight,
    waiting,
    work,
)
from models.grievances.tables import CaseFlood, Guess
from models.members import Role
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, tick

KINDS = ["sqlite", "postgresql"]


def test_the_sixth_case_of_a_day_is_taken_by_a_call_back_and_the_next_day_it_is_filed_again(land: Land) -> None:
    one, other = land.member("coop"), land.member("coop")
    for number in range(5):
        land.file(one, key=f"{number}")
    with pytest.raises(Flooded):
        land.file(one, key="6")
    land.file(other, key="7")
    land.file(one, key="8", now=NOW + DAY)


def test_the_press_that_filed_is_not_refused_when_it_is_repeated(land: Land) -> None:
    one = land.member("coop")
    for number in range(5):
        land.file(one, key=f"{number}")
    with pytest.raises(AlreadyFiled):
        land.file(one, key="4")


def test_who_shares_a_phone_does_not_learn_how_often_another_one_complained(land: Land) -> None:
    one = land.member("coop")
    other = land.member("coop", phone=one.phone)
    for number in range(5):
        land.file(one, key=f"{number}")
    for number in range(5):
        land.file(other, key=f"other {number}")


def test_the_sensitive_lane_is_never_limited_and_leaves_no_trace_of_the_caller(land: Land) -> None:
    one = land.member("coop")
    for number in range(12):
        land.file(one, key=f"{number}", category=Category.PRIVATE)
    marks = select(func.count()).select_from(CaseFlood).where(CaseFlood.on_day == NOW.date())
    before = land.db.execute(marks).scalar_one()
    land.file(one, key="12", category=Category.PRIVATE)
    assert land.db.execute(marks).scalar_one() == before


def test_many_of_one_caller_stand_together_in_the_list(land: Land, committees: Committees) -> None:
    flood, one = land.member("coop"), committees["coop"][0]
    for number in range(5):
        land.file(flood, key=f"{number}", now=NOW + timedelta(minutes=number), name=Name.NOBODY)
    real = land.file(land.member("coop"), key="real", now=NOW + timedelta(minutes=2))
    lines = sight.mine(land.db, one)
    assert sorted(line.more for line in lines) == [0, 0, 0, 0, 0, 4]
    assert [line.reference for line in lines].index(real.reference) in (0, 5)
    assert sight.count(land.db, one) == 6


@pytest.mark.parametrize(("named", "behind"), [(Name.COMMITTEE, 7), (Name.HANDLER, 0)])
def test_a_case_without_a_name_is_tied_to_no_other_of_the_same_caller(
    land: Land, committees: Committees, named: Name, behind: int
) -> None:
    one, three = land.member("coop"), timedelta(minutes=3)
    secret = land.file(one, key="secret", name=Name.NOBODY)
    for number in range(8):
        land.file(one, key=f"{number}", now=NOW + number * three, name=named, beyond=number > 3)
    lines = {line.reference: line for line in sight.mine(land.db, committees["coop"][0])}
    assert lines[secret.reference].more == 0
    assert sorted(line.more for line in lines.values()) == [0] * 8 + [behind]
    marks = select(CaseFlood.caller_digest).where(CaseFlood.grievance_id != land.case(secret).id)
    mark = select(CaseFlood.caller_digest).where(CaseFlood.grievance_id == land.case(secret).id)
    assert land.db.execute(mark).scalar_one() not in set(land.db.execute(marks).scalars())


def test_fewer_cases_than_a_flood_and_those_of_several_days_stand_alone(land: Land, committees: Committees) -> None:
    one = land.member("coop")
    for number in range(8):
        land.file(one, key=f"{number}", now=NOW + number // 4 * DAY)
    assert [line.more for line in sight.mine(land.db, committees["coop"][0])] == [0] * 8


def test_a_case_that_turns_out_sensitive_is_beside_no_other_of_its_caller(land: Land, committees: Committees) -> None:
    """Nor is one that was joined to it: it says the same, and is in that lane from then on."""
    db, one = land.db, committees["coop"][0]
    land.people("federation", *[Role.GENDER_PRESIDENT] * 2)
    caller = land.member("coop")
    kept, turned, joined = (land.file(caller, key=key, follow=Follow.SMS) for key in "abc")
    case_id, joined_id = land.case(turned).id, land.case(joined).id
    assert len(sight.mine(db, one)) == 3
    work.merge(db, one, joined_id, case_id, NOW)
    work.acknowledge(db, one, case_id, NOW)
    work.assess(db, one, case_id, Lane.SENSITIVE, Category.PRIVATE, NOW)
    ids = [land.case(kept).id, case_id, joined_id]
    assert db.execute(select(CaseFlood.grievance_id).where(CaseFlood.grievance_id.in_(ids))).scalars().all() == ids[:1]
    assert floods.together(db, ids) == {}
    for each in (turned, joined):
        held = land.case(each)
        assert (held.lane, held.caller_sealed, held.follow) == (Lane.SENSITIVE, None, Follow.PULL)
    assert [each.more for each in sight.mine(db, one)] == [0]


def test_who_called_is_forgotten_after_thirty_days(land: Land) -> None:
    filed = land.file()
    mark = select(CaseFlood.caller_digest).where(CaseFlood.grievance_id == land.case(filed).id)
    tick(land.db, NOW + 30 * DAY)
    assert land.db.execute(mark).one_or_none() is not None
    tick(land.db, NOW + 31 * DAY)
    assert land.db.execute(mark).one_or_none() is None


def test_when_everybody_guesses_a_phone_has_one_wrong_code_and_right_codes_still_open(land: Land) -> None:
    filed = land.file()
    land.db.execute(Guess.__table__.insert().values(phone_digest=opening.ALL, since=NOW, tries=299))  # type: ignore[attr-defined]
    wrong = numbers.new_reference()
    assert isinstance(open_case(land.db, wrong, "0000", "+22361111111", NOW), Locked)
    assert isinstance(open_case(land.db, filed.reference, filed.code, "+22361111111", NOW), Locked)
    assert isinstance(open_case(land.db, filed.reference, filed.code, "+22361111112", NOW), int)
    assert isinstance(open_case(land.db, filed.reference, filed.code, "+22361111111", NOW + timedelta(hours=2)), int)


def test_a_phone_that_hammers_does_not_use_up_the_guesses_of_all(land: Land) -> None:
    for _ in range(40):
        open_case(land.db, numbers.new_reference(), "0000", "+22361111111", NOW)
    tries = land.db.execute(select(Guess.tries).where(Guess.phone_digest == opening.ALL)).scalar_one()
    assert tries == opening.GUESSES


def test_a_case_from_a_phone_that_the_accused_shares_is_not_shown_there(land: Land, committees: Committees) -> None:
    accused = land.member("coop")
    said = Complaint(
        Category.OTHER, Concerned.UNSAID, Name.HANDLER, "Au secours", land.bodies["coop"], None, str(accused.phone)
    )
    grievances.file_by_sms(land.db, said, "sms", NOW)
    case_id = waiting(land.db, str(accused.phone), NOW, [accused.member_id])
    assert case_id is not None
    work.accuse(land.db, committees["coop"][0], case_id, accused.member_id, NOW)
    assert waiting(land.db, str(accused.phone), NOW, [accused.member_id]) is None
    assert waiting(land.db, str(accused.phone), NOW, []) == case_id


def test_a_case_without_a_name_never_stands_behind_one_that_has_it(land: Land, committees: Committees) -> None:
    """The list would say who gave no name; and who handles a case, whose another one is."""
    owner, one = land.member("coop"), committees["coop"][0]
    for number, name in enumerate((Name.COMMITTEE, Name.NOBODY, Name.HANDLER, Name.HANDLER)):
        land.file(owner, key=f"{number}", name=name)
    assert [line.more for line in sight.mine(land.db, one)] == [0] * 4
    for number in range(4):
        land.file(owner, key=f"again {number}", name=Name.NOBODY, beyond=True)
    assert sorted(line.more for line in sight.mine(land.db, one)) == [0] * 7 + [4]
