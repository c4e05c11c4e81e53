"""Quiet hours: set by a cooperative within bounds, kept by planning and by the sender; danger and replies know none."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from models import broadcasts, convening, limits, quiet
from models.audiences import Audience
from models.broadcasts import Draft
from models.convening import Call, NotCalled
from models.cooperatives import Cooperative
from models.limits import Limits
from models.meetings import MeetingKind
from models.messages import Message, MessageState, Urgency
from models.quiet import BadHours
from tests.conftest import Clock
from tests.gateway import Server
from tests.office import SECRETARY, hand, opened
from tests.outbox import Outbox
from tests.ussd_app.test_commands import run
from ussd_app.db import reading, transaction
from ussd_app.registers import homes

KINDS = ["sqlite", "postgresql"]
HERE = "+22370000004"
UNION = "UNIO"
ACCEPTED, QUEUED = MessageState.ACCEPTED, MessageState.QUEUED


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return datetime(2026, 11, 22, hour, minute, tzinfo=UTC) + timedelta(days=days)


def home(db: Connection, code: str = "KOGB") -> int:
    found = homes.one(db, code)
    assert found is not None
    return found.id


def sleep(outbox: Outbox, evening: time, morning: time) -> None:
    """KOGB has hours of its own."""
    with transaction(outbox.engine) as db:
        quiet.put(db, home(db), evening, morning)


def plan(outbox: Outbox, code: str = "KOGB", urgency: Urgency = Urgency.NOTICE) -> str:
    """Write to one member of a cooperative."""
    number = {"KOGB": "4", "SANO": "4"}[code]
    with transaction(outbox.engine) as db:
        given = Audience(home(db, code), numbers=(number,))
        draft = Draft(given.cooperative_id, given, "words", {"text": code}, urgency, outbox.clock())
        return broadcasts.plan(db, draft, f"{code}{urgency}{outbox.clock()}", outbox.clock())


def state(outbox: Outbox, reference: str) -> MessageState:
    with reading(outbox.engine) as db:
        counted = broadcasts.tally(db, broadcasts.find(db, reference).broadcast_id)
    (found,) = [each for each, count in counted.items() if count]
    return found


def left(outbox: Outbox, *references: str) -> list[bool]:
    """Which of these are sent by now."""
    outbox.running.sender().drain()
    return [state(outbox, each) is ACCEPTED for each in references]


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (time(7), time(7)),
        (time(22, 1), time(6)),
        (time(22), time(5, 59)),
        (time(17, 59), time(7)),
        (time(20), time(9, 1)),
        (time(0), time(0)),
        (time(7), time(20)),
    ],
)
def test_hours_that_leave_no_night_or_no_day_are_refused(outbox: Outbox, evening: time, morning: time) -> None:
    with pytest.raises(BadHours, match="between 18:00 and 22:00 and end between 06:00 and 09:00"):
        sleep(outbox, evening, morning)
    with reading(outbox.engine) as db:
        night = quiet.of(db, home(db))
    assert (night.evening, night.morning) == (time(20), time(7))


@pytest.mark.parametrize(("evening", "morning"), [(time(18), time(9)), (time(22), time(6)), (time(18), time(6))])
def test_the_dead_of_the_night_is_silent_and_the_day_is_open_whatever_is_set(
    outbox: Outbox, evening: time, morning: time
) -> None:
    sleep(outbox, evening, morning)
    with reading(outbox.engine) as db:
        night = quiet.of(db, home(db))
    assert all(night.covers(at(hour % 24)) for hour in range(22, 30))
    assert not any(night.covers(at(hour)) for hour in range(9, 18))


def test_the_sender_keeps_the_hours_of_each_cooperative(outbox: Outbox, server: Server) -> None:
    sleep(outbox, time(18, 30), time(8, 30))
    outbox.clock.now = at(18)
    first = plan(outbox), plan(outbox, "SANO")
    outbox.clock.now = at(18, 30)
    assert left(outbox, *first) == [False, True]  # planned by day, and the night came first
    assert left(outbox, plan(outbox, urgency=Urgency.ALERT)) == [True]
    reply = outbox.put()
    outbox.running.sender().drain()
    assert outbox.row(reply).state is ACCEPTED
    outbox.clock.now = at(7, 30, days=1)
    assert left(outbox, *first) == [False, True]
    outbox.clock.now = at(8, 30, days=1)
    assert left(outbox, *first) == [True, True]


def test_a_night_that_was_made_shorter_is_shorter_for_the_sender(outbox: Outbox, server: Server) -> None:
    sleep(outbox, time(22), time(6))
    outbox.clock.now = at(19, 59)
    first = plan(outbox), plan(outbox, "SANO")
    outbox.clock.now = at(20, 30)
    assert left(outbox, *first) == [True, False]
    assert left(outbox, plan(outbox)) == [True]
    outbox.clock.now = at(22)
    late = plan(outbox)
    assert left(outbox, late) == [False]
    outbox.clock.now = at(6, days=1)
    assert left(outbox, late, first[1]) == [True, False]


def test_hours_that_are_set_after_planning_hold_for_what_is_planned(outbox: Outbox, server: Server) -> None:
    outbox.clock.now = at(18)
    reference = plan(outbox)
    sleep(outbox, time(18), time(9))
    assert left(outbox, reference) == [False]
    outbox.clock.now = at(8, 59, days=1)
    assert left(outbox, reference) == [False]
    sleep(outbox, time(18), time(8))
    assert left(outbox, reference) == [True]


def test_what_is_planned_in_the_night_is_planned_for_its_own_morning(outbox: Outbox) -> None:
    sleep(outbox, time(19), time(6, 30))
    outbox.clock.now = at(19, 15)
    plan(outbox)
    plan(outbox, urgency=Urgency.ALERT)
    with reading(outbox.engine) as db:
        found = select(Message.not_before).where(Message.phone == HERE).order_by(Message.urgency)
        assert list(db.execute(found).scalars()) == [at(19, 15), at(6, 30, days=1)]


def test_a_notice_of_the_night_counts_for_the_day_on_which_it_is_read(outbox: Outbox) -> None:
    with transaction(outbox.engine) as db:
        limits.put(db, home(db), Limits(day=1))
    outbox.clock.now = at(12)
    plan(outbox)
    outbox.clock.now = at(21)
    plan(outbox)  # of tomorrow
    for minute in range(3):
        outbox.clock.now = at(22, minute)
        plan(outbox)
    with reading(outbox.engine) as db:
        found = select(Message.not_before).where(Message.phone == HERE).order_by(Message.id)
        assert list(db.execute(found).scalars()) == [at(12), *(at(7, days=days) for days in (1, 2, 3, 4))]


def test_a_notice_from_above_waits_for_the_morning_of_each_country(outbox: Outbox, server: Server) -> None:
    outbox.clock.now = at(19, 30)
    with transaction(outbox.engine) as db:
        db.execute(update(Cooperative).where(Cooperative.code == "SANO").values(time_zone="Africa/Bangui"))
        everybody = Audience(home(db, UNION), below=True)
        draft = Draft(everybody.cooperative_id, everybody, "words", {"text": "x"}, Urgency.NOTICE, outbox.clock())
        broadcasts.plan(db, draft, "all", outbox.clock())
        quiet.put(db, home(db, UNION), time(22), time(6))  # by its own clock, where that is the clock of who is told
    outbox.running.sender().drain()
    with reading(outbox.engine) as db:
        zones = select(Message.zone, Message.state, Message.not_before).where(Message.broadcast_id.is_not(None))
        assert set(db.execute(zones.distinct()).all()) == {
            ("Africa/Bamako", ACCEPTED, at(19, 30)),
            ("Africa/Bangui", QUEUED, at(6, days=1)),
        }
    outbox.clock.now = at(6, days=1)
    outbox.running.sender().drain()
    assert QUEUED not in outbox.states()


def test_the_days_of_a_legal_notice_are_counted_by_the_hours_of_the_cooperative(outbox: Outbox) -> None:
    wanted = Call(MeetingKind.ORDINARY, at(9, days=15), "Cour", ("Comptes",))
    evening = at(20, 30)
    with transaction(outbox.engine) as db, pytest.raises(NotCalled, match="too_late"):
        convening.call(db, hand(db, "1"), wanted, evening)
    sleep(outbox, time(21), time(6))
    with transaction(outbox.engine) as db:
        assert convening.call(db, hand(db, "1"), wanted, evening)


def test_the_command_shows_and_sets_them_and_the_phone_says_them(app: Flask, clock: Clock) -> None:
    assert run(app, "broadcast", "quiet", "KOGB") == (0, "20:00 to 07:00, Africa/Bamako\n")
    assert run(app, "broadcast", "quiet", "KOGB", "21:00", "06:30") == (0, "21:00 to 06:30, Africa/Bamako\n")
    assert run(app, "broadcast", "quiet", "KOGB") == (0, "21:00 to 06:30, Africa/Bamako\n")
    assert run(app, "broadcast", "quiet", "SANO") == (0, "20:00 to 07:00, Africa/Bamako\n")
    code, said = run(app, "broadcast", "quiet", "KOGB", "23:00", "07:00")
    assert (code, said) == (1, "quiet hours begin between 18:00 and 22:00 and end between 06:00 and 09:00\n")
    assert run(app, "broadcast", "quiet", "KOGB", "21:00")[0] == 2
    assert run(app, "broadcast", "quiet", "KOGB", "21:00", "morning")[0] == 2
    leader = opened(app, SECRETARY)
    leader.press("11", "3", "1", "6", "Le bureau est fermé", "9")
    assert "attendent 6h30." in leader.press("1")
    call = ("11", "1", "4", "2012260900", "Cour", "1", "1")
    assert "il attend 6h30." in opened(app, SECRETARY).press(*call, "1")
