"""Meetings that come again: each is called once, in time for the law, whoever looks, and moved or ended like any."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from models import announcing, assemblies, convening, limits, proposed_meetings, regular
from models.announcing import What
from models.audiences import Audience
from models.cadence import BadRule
from models.convening import Call, NotCalled, Snag
from models.cooperatives import Cooperative
from models.limits import Limits
from models.meetings import Meeting, MeetingKind
from models.members import Sex
from models.messages import Message
from tests.conftest import NOW, Clock
from tests.office import PRESIDENT, hand
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import jobs, service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
FIRST = datetime(2026, 12, 6, 9, 0, tzinfo=UTC)  # the first Sunday of December
SUNDAYS = "FREQ=MONTHLY;BYDAY=1SU"


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def wanted(kind: MeetingKind = MeetingKind.COMMITTEE, at: datetime = FIRST, audience: Audience | None = None) -> Call:
    return Call(kind, at, "Bureau", ("Caisse",), audience)


def repeat(app: Flask, rule: str = SUNDAYS, call: Call | None = None, key: str = "one") -> int:
    with transaction(service.of(app).engine) as db:
        made = proposed_meetings.repeat(db, hand(db, "1"), call or wanted(), rule, key, NOW).meeting_id
    assert made is not None
    return made


def held(app: Flask, kind: MeetingKind = MeetingKind.COMMITTEE) -> list[str]:
    """When meetings of a kind are, that members were called to."""
    with reading(service.of(app).engine) as db:
        found = select(Meeting.starts_at).where(Meeting.kind == kind, Meeting.called_at.is_not(None))
        return [f"{at:%Y-%m-%d %H:%M}" for at in db.execute(found.order_by(Meeting.starts_at)).scalars()]


def live(app: Flask, clock: Clock, until: datetime, step: timedelta) -> None:
    while clock.now < until:
        clock.now += step
        jobs.convene(service.of(app))


def test_every_first_sunday_is_called_once_a_week_before(app: Flask, clock: Clock) -> None:
    assert repeat(app) == repeat(app)
    assert held(app) == []
    called: dict[str, datetime] = {}
    while clock.now < NOW + timedelta(days=120):
        clock.pass_by(hours=11)
        for _look in range(2):
            jobs.convene(service.of(app))
        called |= {day: clock.now for day in held(app) if day not in called}
    assert list(called) == ["2026-12-06 09:00", "2027-01-03 09:00", "2027-02-07 09:00", "2027-03-07 09:00"]
    for day, at in called.items():
        before = datetime.fromisoformat(f"{day}+00:00") - at
        assert timedelta(days=7) < before <= timedelta(days=8)


def test_its_members_are_told_and_reminded_like_of_any_meeting(app: Flask, clock: Clock) -> None:
    women = Audience(_home(app), sex=Sex.FEMALE)
    repeat(app, call=wanted(audience=women))
    while clock.now < FIRST:
        clock.pass_by(hours=1)
        jobs.run_once(service.of(app))
    with reading(service.of(app).engine) as db:
        (meeting,) = db.execute(select(Meeting.id).where(Meeting.starts_at == FIRST)).scalars()
        assert [each.what for each in announcing.notices(db, meeting)] == [
            What.CALLED,
            What.WEEK,
            What.DAY,
            What.HOURS,
        ]
        told = db.execute(select(Message.phone).where(Message.kind == "meeting_called")).scalars().all()
    assert sorted(phone[-2:] for phone in told) == ["02", "05", "08", "10", "12", "13", "16", "18", "20"]


def _home(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        return hand(db, "1").cooperative_id


def test_what_is_near_is_called_at_once_and_weekly_ones_one_after_the_other(app: Flask, clock: Clock) -> None:
    soon = NOW + timedelta(days=2)
    repeat(app, "FREQ=WEEKLY", wanted(at=soon))
    assert held(app) == ["2026-11-24 10:00"]
    clock.now = soon - timedelta(minutes=1)
    jobs.convene(service.of(app))
    assert held(app) == ["2026-11-24 10:00"]
    clock.now = soon
    jobs.convene(service.of(app))
    assert held(app) == ["2026-11-24 10:00", "2026-12-01 10:00"]


def test_an_assembly_by_a_rule_keeps_the_notice_of_the_law(app: Flask, clock: Clock) -> None:
    with pytest.raises(NotCalled) as error:
        repeat(app, "FREQ=YEARLY", wanted(MeetingKind.ORDINARY, NOW + timedelta(days=14)))
    assert error.value.snag is Snag.TOO_LATE
    repeat(app, "FREQ=YEARLY", wanted(MeetingKind.ORDINARY, NOW + timedelta(days=60)))
    live(app, clock, NOW + timedelta(days=37), timedelta(days=1))
    assert held(app, MeetingKind.ORDINARY) == []
    live(app, clock, NOW + timedelta(days=39), timedelta(days=1))
    assert held(app, MeetingKind.ORDINARY) == ["2027-01-21 10:00"]


def test_a_scheduler_that_slept_leaves_out_what_is_over_or_unlawful(app: Flask, clock: Clock) -> None:
    repeat(app)
    repeat(app, "FREQ=YEARLY", wanted(MeetingKind.ORDINARY, NOW + timedelta(days=60)), "assembly")
    clock.now = NOW + timedelta(days=50)
    for _look in range(5):
        jobs.convene(service.of(app))
    assert held(app) == []  # two are over, and the next one is not near
    assert held(app, MeetingKind.ORDINARY) == []  # ten days are too few
    left_out = [said for said in Phone(app, PRESIDENT, "").received() if "personne n'a été convoqué" in said]
    assert len(left_out) == 3
    assert "AG ordinaire du 21/01/2027 à 10h, Bureau: personne n'a été convoqué. Trop tard" in "\n".join(left_out)
    live(app, clock, NOW + timedelta(days=80), timedelta(days=1))
    assert held(app) == ["2027-02-07 09:00"]


def test_a_meeting_that_was_moved_or_called_off_does_not_come_back(app: Flask, clock: Clock) -> None:
    repeat(app)
    live(app, clock, FIRST - timedelta(days=7), timedelta(days=1))
    with transaction(service.of(app).engine) as db:
        (meeting,) = db.execute(select(Meeting.id).where(Meeting.starts_at == FIRST)).scalars()
        convening.move(db, hand(db, "1"), meeting, FIRST + timedelta(days=1), None, clock.now)
    for _look in range(3):
        jobs.convene(service.of(app))
    assert held(app) == ["2026-12-07 09:00"]


def test_two_schedulers_at_once_call_one(app: Flask, clock: Clock) -> None:
    repeat(app)
    clock.now = FIRST - timedelta(days=7)
    together = Barrier(4)

    def tick() -> None:
        together.wait()
        jobs.convene(service.of(app))

    threads = [Thread(target=tick) for _thread in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert held(app) == ["2026-12-06 09:00"]
    with reading(service.of(app).engine) as db:
        sent = db.execute(select(Message.phone).where(Message.kind == "meeting_called")).scalars().all()
    assert len(sent) == len(set(sent)) > 10


def test_a_month_without_sms_has_it_wait_and_not_be_lost(app: Flask, clock: Clock) -> None:
    repeat(app)
    with transaction(service.of(app).engine) as db:
        limits.put(db, hand(db, "1").cooperative_id, Limits(month=1))
    clock.now = FIRST - timedelta(days=7)
    jobs.convene(service.of(app))
    assert held(app) == []
    clock.now = FIRST - timedelta(days=5)
    with transaction(service.of(app).engine) as db:
        limits.put(db, hand(db, "1").cooperative_id, Limits(month=1000))
    jobs.convene(service.of(app))
    assert held(app) == ["2026-12-06 09:00"]


def test_the_hour_is_that_of_the_clock_on_the_wall_also_when_it_changes(app: Flask, clock: Clock) -> None:
    zone = ZoneInfo("Europe/Helsinki")
    with transaction(service.of(app).engine) as db:
        db.execute(update(Cooperative).where(Cooperative.code == "KOGB").values(time_zone=zone.key))
    repeat(app, "FREQ=WEEKLY", wanted(at=datetime(2027, 3, 14, 9, 0, tzinfo=zone)))
    live(app, clock, datetime(2027, 4, 5, tzinfo=UTC), timedelta(hours=12))
    assert held(app) == [
        "2027-03-14 07:00",
        "2027-03-21 07:00",
        "2027-03-28 06:00",
        "2027-04-04 06:00",
        "2027-04-11 06:00",
    ]


@pytest.mark.parametrize("rule", ["", "every sunday", "FREQ=HOURLY", "FREQ=MONTHLY;UNTIL=20200101T000000"])
def test_a_rule_that_is_none_repeats_nothing(app: Flask, rule: str) -> None:
    with pytest.raises(BadRule):
        repeat(app, rule)


def test_only_who_calls_meetings_repeats_and_ends_them(db: Connection) -> None:
    number = proposed_meetings.repeat(db, hand(db, "3"), wanted(), SUNDAYS, "one", NOW).meeting_id
    assert number is not None
    with pytest.raises(NotCalled):
        proposed_meetings.repeat(db, hand(db, "5"), wanted(), SUNDAYS, "two", NOW)
    with pytest.raises(NotCalled):
        regular.stop(db, hand(db, "4"), number)
    assert not regular.stop(db, hand(db, "1", "SANO", "+22370000031"), number)
    assert regular.stop(db, hand(db, "1"), number)
    assert not regular.stop(db, hand(db, "1"), number)
    assert regular.all_of(db, hand(db, "1").cooperative_id) == []
    assert regular.due(db, NOW + timedelta(days=999)) == []


def test_the_commands_repeat_list_and_end(app: Flask) -> None:
    words = ("meetings", "call", "KOGB", "committee", "2026-12-06T09:00", "--place", "Bureau", "--by", "1")
    code, said = run(app, *words, "--every", SUNDAYS)
    number = said.removeprefix("regular ").strip()
    assert (code, number.isdigit()) == (0, True)
    assert run(app, *words, "--every", SUNDAYS)[1] == said
    assert run(app, "meetings", "regular", "KOGB")[1] == f"{number}\tcommittee\t{SUNDAYS}\t2026-12-06 09:00\tBureau\n"
    assert run(app, *words, "--every", "sundays")[0] == 1
    assert run(app, "meetings", "stop", "KOGB", number, "--by", "1") == (0, "stopped\n")
    assert run(app, "meetings", "stop", "KOGB", number, "--by", "1")[0] == 1
    assert run(app, "meetings", "regular", "KOGB")[1] == ""


def test_bylaws_that_ask_for_more_days_are_kept_by_the_rule(app: Flask, clock: Clock) -> None:
    with transaction(service.of(app).engine) as db:
        assemblies.set_bylaws(db, hand(db, "1").cooperative_id, {"notice_days": 30})
    repeat(app, "FREQ=YEARLY", wanted(MeetingKind.ORDINARY, NOW + timedelta(days=60)))
    live(app, clock, NOW + timedelta(days=24), timedelta(days=1))
    assert held(app, MeetingKind.ORDINARY) == ["2027-01-21 10:00"]
