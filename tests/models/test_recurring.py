"""What comes again by a rule, planned once an occurrence whoever looks; and the limits a cooperative sets itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from models import broadcasts, limits, proposed_broadcasts, recurring
from models.audiences import Audience
from models.broadcasts import Broadcast, Draft, MonthSpent
from models.cooperatives import Cooperative
from models.limits import Limits
from models.messages import Message, MessageState, Urgency
from models.proposed_broadcasts import Came
from models.recurring import BadRule
from tests.conftest import NOW, Clock
from ussd_app import jobs, service
from ussd_app.db import reading, transaction
from ussd_app.registers import homes
from ussd_app.service import Service

KINDS = ["sqlite", "postgresql"]


def home(db: Connection) -> int:
    found = homes.one(db, "KOGB")
    assert found is not None
    return found.id


def draft(db: Connection, starts: datetime = NOW, urgency: Urgency = Urgency.NOTICE, **more: Any) -> Draft:
    given = Audience(home(db), numbers=("4", "5"))
    return Draft(given.cooperative_id, given, "words", {"text": "Cotisation"}, urgency, starts, **more)


def come(app: Flask, rule: str, starts: datetime = NOW, key: str = "one", **more: Any) -> int:
    with transaction(service.of(app).engine) as db:
        return recurring.recur(db, draft(db, starts, **more), rule, key, NOW)


@pytest.fixture
def running(app: Flask, clock: Clock) -> Service:
    return service.of(app)


def times(running: Service) -> list[datetime]:
    """When each broadcast was to leave."""
    with reading(running.engine) as db:
        return list(db.execute(select(Broadcast.not_before).order_by(Broadcast.id)).scalars())


def live(running: Service, clock: Clock, until: datetime, steps: timedelta) -> None:
    """Let the time pass with a scheduler at work."""
    while clock.now < until:
        clock.now += steps
        jobs.materialise(running)


def test_each_occurrence_is_planned_once_however_often_anybody_looks(
    app: Flask, running: Service, clock: Clock
) -> None:
    assert come(app, "FREQ=DAILY;COUNT=3") == come(app, "FREQ=DAILY;COUNT=3")
    jobs.materialise(running)
    live(running, clock, NOW + timedelta(days=5), timedelta(hours=1))
    assert times(running) == [NOW + timedelta(days=day) for day in range(3)]
    with reading(running.engine) as db:
        assert [each.next_at for each in recurring.all_of(db, home(db))] == [None]


RULES: Sequence[tuple[str, list[str]]] = [
    ("FREQ=WEEKLY;BYDAY=MO,TH", ["2026-11-23", "2026-11-26", "2026-11-30"]),
    ("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-11-30", "2026-12-31"]),
    ("FREQ=MONTHLY;BYDAY=2SA", ["2026-12-12", "2027-01-09"]),
    ("FREQ=DAILY;INTERVAL=10;UNTIL=20261215T000000", ["2026-11-22", "2026-12-02", "2026-12-12"]),
]


@pytest.mark.parametrize(("rule", "days"), RULES)
def test_a_rule_gives_its_days(app: Flask, running: Service, clock: Clock, rule: str, days: list[str]) -> None:
    come(app, rule)
    jobs.materialise(running)
    live(running, clock, datetime.fromisoformat(f"{days[-1]}T12:00:00+00:00"), timedelta(hours=6))
    assert [f"{each:%Y-%m-%d %H:%M}" for each in times(running)] == [f"{day} 10:00" for day in days]


BAD = ["", "every monday", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY\nFREQ=DAILY", "FREQ=WEEKLY;BYDAY=XX"]
BAD += ["FREQ=DAILY;UNTIL=20200101T000000", "FREQ=DAILY;COUNT=0x", "INTERVAL=2"]
BAD += ["FREQ=MONTHLY;BYDAY=1SU;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=x"]


@pytest.mark.parametrize("rule", BAD)
def test_a_rule_that_is_none_is_refused(app: Flask, rule: str) -> None:
    with pytest.raises(BadRule):
        come(app, rule)


def test_a_scheduler_that_was_down_sends_the_last_one_and_only_while_it_helps(
    app: Flask, running: Service, clock: Clock
) -> None:
    come(app, "FREQ=DAILY")
    clock.now = NOW + timedelta(days=3, hours=2)
    jobs.materialise(running)
    assert times(running) == [NOW + timedelta(days=3)]
    come(app, "FREQ=WEEKLY", key="weekly")
    clock.now = NOW + timedelta(days=3, hours=3)
    jobs.materialise(running)
    assert times(running) == [NOW + timedelta(days=3)]  # the one of three days ago helps nobody
    clock.now = NOW + timedelta(days=7)
    jobs.materialise(running)
    assert times(running)[1:] == [NOW + timedelta(days=7)] * 2


@pytest.mark.parametrize(("late", "sent"), [(timedelta(hours=23, minutes=59), 1), (timedelta(days=1, minutes=1), 0)])
def test_what_comes_more_than_a_day_late_is_left_out(
    app: Flask, running: Service, clock: Clock, late: timedelta, sent: int
) -> None:
    come(app, "FREQ=WEEKLY")
    clock.now = NOW + late
    jobs.materialise(running)
    assert len(times(running)) == sent


def test_a_clock_that_is_set_back_or_jumps_sends_nothing_twice(app: Flask, running: Service, clock: Clock) -> None:
    come(app, "FREQ=DAILY;COUNT=2")
    for hours in (0, 1, -1, -48, 0, 25, 24, -3, 25, 30):
        clock.now = NOW + timedelta(hours=hours)
        jobs.run_once(running)
    assert times(running) == [NOW, NOW + timedelta(days=1)]


def test_two_schedulers_at_once_plan_one(app: Flask, running: Service) -> None:
    for number in range(5):
        come(app, "FREQ=DAILY", key=str(number))
    together = Barrier(4)

    def tick() -> None:
        together.wait()
        jobs.materialise(running)

    threads = [Thread(target=tick) for _thread in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert times(running) == [NOW] * 5


# Summer time begins and ends; the clock of Casablanca goes back for Ramadan.
ZONES = [
    ("Africa/Cairo", 2026, 0),
    ("Africa/Casablanca", 2026, 2),
    ("Europe/Helsinki", 2027, 3),
    ("Africa/Bamako", 2027, 9),
]


@pytest.mark.parametrize(("zone", "year", "hour"), ZONES)
def test_a_daily_message_comes_once_on_each_local_day_of_a_year(
    app: Flask, running: Service, clock: Clock, zone: str, year: int, hour: int
) -> None:
    from zoneinfo import ZoneInfo

    with transaction(running.engine) as db:
        db.execute(update(Cooperative).where(Cooperative.code == "KOGB").values(time_zone=zone))
    first = datetime(year, 1, 1, hour, 30, tzinfo=ZoneInfo(zone))
    clock.now = first.astimezone(UTC) - timedelta(hours=1)
    with transaction(running.engine) as db:
        recurring.recur(db, draft(db, first), "FREQ=DAILY", "year", clock.now)
        number = recurring.all_of(db, home(db))[0].number
    planned: list[Came | None] = []
    with transaction(running.engine) as db:
        while clock.now < first + timedelta(days=366):
            clock.now += timedelta(hours=7)
            planned.append(proposed_broadcasts.plan_next(db, number, clock.now))
    days = [each.astimezone(ZoneInfo(zone)).date() for each in times(running)]
    assert len(days) == len(set(days))
    assert days == [first.date() + timedelta(days=day) for day in range(len(days))]
    assert len(days) >= 365


def test_what_is_stopped_does_not_come(app: Flask, running: Service, clock: Clock) -> None:
    number = come(app, "FREQ=DAILY")
    with transaction(running.engine) as db:
        assert recurring.stop(db, number)
        assert not recurring.stop(db, number)
        assert not recurring.stop(db, 99)
    live(running, clock, NOW + timedelta(days=3), timedelta(days=1))
    assert times(running) == []


# Limits.


def test_the_limit_of_a_month_holds_also_for_two_at_once_and_not_for_alerts(app: Flask, running: Service) -> None:
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(month=5))
        broadcasts.plan(db, draft(db), "one", NOW)
        broadcasts.plan(db, draft(db, urgency=Urgency.ALERT), "alert", NOW)
    together, refused = Barrier(3), []

    def work(key: str) -> None:
        together.wait()
        try:
            with transaction(running.engine) as db:
                broadcasts.plan(db, draft(db), key, NOW)
        except MonthSpent as spent:
            refused.append(str(spent))

    threads = [Thread(target=work, args=(f"key {number}",)) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(refused) == 2
    assert "1 of 5 are left this month" in refused[0]
    assert len(times(running)) == 3
    with transaction(running.engine) as db:
        broadcasts.plan(db, draft(db), "next month", NOW + timedelta(days=10))
        with pytest.raises(MonthSpent):
            broadcasts.plan(db, draft(db, parts={"fr": 3}), "long words", NOW + timedelta(days=10))


@pytest.mark.parametrize(("money", "refused"), [(10, False), (9, True)])
def test_the_limit_in_money_may_be_reached_and_not_passed(
    app: Flask, running: Service, money: int, refused: bool
) -> None:
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(money=money))
        priced = draft(db, prices={"*": 5.0})
        if refused:
            with pytest.raises(MonthSpent):
                broadcasts.plan(db, priced, "one", NOW)
        else:
            broadcasts.plan(db, priced, "one", NOW)


def test_a_recurring_one_waits_for_the_next_month(app: Flask, running: Service, clock: Clock) -> None:
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(month=1))
    come(app, "FREQ=DAILY")
    jobs.run_once(running)
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(month=2))
    jobs.run_once(running)
    assert times(running) == [NOW]


def test_who_has_had_enough_that_day_gets_it_the_next_morning(app: Flask, running: Service) -> None:
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(day=2))
        for number in range(2):
            broadcasts.plan(db, draft(db), f"early {number}", NOW)
        late = broadcasts.plan(db, draft(db), "late", NOW)
        alert = broadcasts.plan(db, draft(db, urgency=Urgency.ALERT), "alert", NOW)
        needed = broadcasts.plan(db, draft(db, not_after=NOW + timedelta(hours=8)), "of today", NOW)
        found = select(Broadcast.reference, Message.not_before).join(Message, Message.broadcast_id == Broadcast.id)
        when = dict(db.execute(found).all())
    assert when[late] == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert when[alert] == when[needed] == NOW


def test_what_puts_a_notice_right_does_not_wait_for_another_day(app: Flask, running: Service) -> None:
    with transaction(running.engine) as db:
        limits.put(db, home(db), Limits(day=1))
        wrong = broadcasts.find(db, broadcasts.plan(db, draft(db), "wrong", NOW)).broadcast_id
        db.execute(update(Message).values(state=MessageState.ACCEPTED))
        broadcasts.plan(db, draft(db, corrects=(wrong,)), "right", NOW)
        assert set(db.execute(select(Message.not_before)).scalars()) == {NOW}
