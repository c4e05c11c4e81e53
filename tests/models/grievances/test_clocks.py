"""Deadlines: who sets them, who may only tighten them, which days do not count, and when each step of a case is due."""

from datetime import date, datetime, timedelta

import pytest

from models.grievances import Category, Lane, Name, Refused, State, Stop, clocks, deciding, work
from models.grievances.kinds import Clock
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned

KINDS = ["sqlite", "postgresql"]
HOURS = timedelta(hours=1)
FRIDAY, SUNDAY = 4, 6


@pytest.mark.parametrize(
    ("category", "due", "answered"),
    [
        (Category.LAND, 48 * HOURS, 30 * DAY),
        (Category.ACCIDENT, 12 * HOURS, 30 * DAY),
        (Category.BUYER, 48 * HOURS, 60 * DAY),
    ],
)
def test_each_lane_is_seen_in_its_time(
    land: Land, committees: Committees, category: Category, due: timedelta, answered: timedelta
) -> None:
    case = land.case(land.file(category=category))
    assert (case.due_at, case.climbs_at) == (NOW + due, NOW + due + 3 * DAY)
    assert case.answer_by == NOW + answered


def test_each_step_has_its_deadline(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed = land.file()
    case_id, later = land.case(filed).id, NOW + DAY

    def due() -> timedelta | None:
        found = land.case(filed).due_at
        return None if found is None else found - later

    work.acknowledge(db, one, case_id, later)
    assert due() == 5 * DAY
    work.assess(db, one, case_id, Lane.ORDINARY, Category.LAND, later)
    assert due() == 7 * DAY
    work.assign(db, one, case_id, one.member_id, later)
    assert due() == 15 * DAY
    deciding.inquire(db, one, case_id, later + 9 * DAY)
    assert due() == 15 * DAY
    deciding.set_session(db, one, case_id, later + 20 * DAY, "Mairie", later + 10 * DAY)
    assert due() == 29 * DAY
    deciding.propose(db, one, case_id, "La coop rend le puits", [], later + 21 * DAY)
    assert due() == 31 * DAY
    assert land.case(filed).climbs_at is None


def test_an_answer_owed_sooner_is_the_deadline(land: Land, committees: Committees) -> None:
    filed = land.file()
    one = committees["coop"][0]
    assigned(land, one, filed, NOW + 20 * DAY)
    assert land.case(filed).due_at == land.case(filed).answer_by == NOW + 30 * DAY


def test_what_was_referred_is_checked_after_14_30_and_60_days(land: Land, committees: Committees) -> None:
    one, filed = committees["coop"][0], land.file()
    case_id = assigned(land, one, filed)
    deciding.refer(land.db, one, case_id, "Inspection du travail", NOW)
    dues = [land.case(filed).due_at]
    for days in (14, 30, 45):
        deciding.check(land.db, one, case_id, None, NOW + days * DAY)
        dues.append(land.case(filed).due_at)
    assert dues == [NOW + days * DAY for days in (14, 30, 60, 60)]


def test_the_shortest_deadline_on_the_way_up_holds_and_nobody_loosens_it(land: Land) -> None:
    db, bodies = land.db, land.bodies
    clocks.set_hours(db, bodies["union"], Clock.ASSESS, 72)
    assert clocks.hours(db, bodies["coop"])[Clock.ASSESS] == 72
    clocks.set_hours(db, bodies["coop"], Clock.ASSESS, 24)
    assert clocks.hours(db, bodies["coop"])[Clock.ASSESS] == 24
    assert clocks.hours(db, bodies["union"])[Clock.ASSESS] == 72
    clocks.set_hours(db, bodies["federation"], Clock.ASSESS, 12)
    assert {clocks.hours(db, bodies[name])[Clock.ASSESS] for name in ("coop", "union", "federation")} == {12}
    for body, hours in (("coop", 13), ("union", 73), ("federation", 121), ("coop", 0)):
        with pytest.raises(Refused) as refused:
            clocks.set_hours(db, bodies[body], Clock.ASSESS, hours)
        assert refused.value.stop is Stop.LOOSER


def test_an_apex_may_give_more_time_up_to_four_times(land: Land) -> None:
    top = land.bodies["confederation"]
    clocks.set_hours(land.db, top, Clock.ACKNOWLEDGE, 192)
    assert clocks.hours(land.db, land.bodies["coop"])[Clock.ACKNOWLEDGE] == 192
    with pytest.raises(Refused):
        clocks.set_hours(land.db, top, Clock.ACKNOWLEDGE, 193)


def test_a_tightened_deadline_holds_for_the_next_step(land: Land, committees: Committees) -> None:
    clocks.set_hours(land.db, land.bodies["coop"], Clock.ACKNOWLEDGE, 24)
    clocks.set_hours(land.db, land.bodies["union"], Clock.ESCALATE, 24)
    case = land.case(land.file())
    assert (case.due_at, case.climbs_at) == (NOW + DAY, NOW + 2 * DAY)


def test_days_of_rest_do_not_count_but_in_the_hours_of_an_urgent_case(land: Land, committees: Committees) -> None:
    """The 22nd of November 2026 is a Sunday."""
    coop = land.bodies["coop"]
    clocks.rest_on(land.db, coop, weekday=SUNDAY)
    clocks.rest_on(land.db, coop, day=date(2026, 11, 24))
    case = land.case(land.file())
    assert case.due_at == datetime(2026, 11, 26, 0, 0, tzinfo=NOW.tzinfo)
    assert case.climbs_at == datetime(2026, 11, 29, 0, 0, tzinfo=NOW.tzinfo)
    urgent = land.case(land.file(key="2", category=Category.ACCIDENT))
    assert urgent.due_at == NOW + 12 * HOURS


def test_nobody_rests_all_week(land: Land) -> None:
    clocks.rest_on(land.db, land.bodies["coop"], weekday=FRIDAY)
    clocks.rest_on(land.db, land.bodies["coop"], weekday=SUNDAY)
    with pytest.raises(Refused) as refused:
        clocks.rest_on(land.db, land.bodies["coop"], weekday=0)
    assert refused.value.stop is Stop.TOO_MANY


def test_five_feasts_in_any_thirty_days(land: Land) -> None:
    coop, first = land.bodies["coop"], NOW.date()
    feasts = [first + days * DAY for days in (0, 7, 14, 21, 28)]
    for each in (*feasts, feasts[-1]):
        clocks.rest_on(land.db, coop, day=each)
    for days in (-1, 10, 29):
        with pytest.raises(Refused) as refused:
            clocks.rest_on(land.db, coop, day=first + days * DAY)
        assert refused.value.stop is Stop.TOO_MANY
    others = [first - 2 * DAY, first + 30 * DAY]
    for each in others:
        clocks.rest_on(land.db, coop, day=each)
    assert clocks.calendar(land.db, coop).days == {*feasts, *others}
    clocks.rest_on(land.db, coop, weekday=FRIDAY)
    for _ in range(2):
        clocks.rest_on(land.db, coop, weekday=SUNDAY)


def test_days_of_rest_never_more_than_double_a_deadline(land: Land, committees: Committees) -> None:
    """Five feasts in a row, and the days of the week besides; the 22nd of November 2026 is a Sunday."""
    coop = land.bodies["coop"]
    for days in range(5):
        clocks.rest_on(land.db, coop, day=NOW.date() + days * DAY)
    clocks.rest_on(land.db, coop, weekday=FRIDAY)
    case = land.case(land.file())
    assert case.due_at == NOW + 4 * DAY
    assert case.climbs_at == datetime(2026, 12, 1, 0, 0, tzinfo=NOW.tzinfo)


def test_without_a_name_the_clocks_tell_only_the_day(land: Land, committees: Committees) -> None:
    midnight = NOW.replace(hour=0)
    case = land.case(land.file(name=Name.NOBODY))
    assert (case.filed_at, case.state_since, case.answer_by) == (midnight, midnight + DAY, midnight + 30 * DAY)
    assert (case.due_at, case.state) == (midnight + 3 * DAY, State.RECEIVED)
