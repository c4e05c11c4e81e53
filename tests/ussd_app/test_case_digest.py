"""The digest of cases goes by the scheduler: a week before the ordinary assembly, once, and only what was published."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models import convening, limits, meetings
from models.broadcasts import Broadcast
from models.convening import Call
from models.grievances import Category
from models.limits import Limits
from models.meetings import Meeting, MeetingKind
from models.messages import Message
from tests.conftest import SECRET, Clock
from tests.office import asked, hand
from tests.phone import Phone
from tests.ussd_app.test_case_figures import file, home, publish
from ussd_app import jobs, service

KINDS = ["sqlite", "postgresql"]
BAKARY, ISSOUF, SANO = "+22370000004", "+22370000015", "+22370000043"
CALLED = datetime(2026, 12, 20, 10, tzinfo=UTC)
AT = datetime(2027, 1, 30, 9, tzinfo=UTC)
SAID = "Coop Kogbera, plaintes 2025. Recues: 16. Réglées: "


@pytest.fixture
def published(app: Flask) -> None:
    """Sixteen cases of 2025, published."""
    for count, category, label in ((9, Category.LAND, "l"), (7, Category.ACCIDENT, "a")):
        file(app, count, category, label)
    assert publish(app)[0] == 0


def assembly(app: Flask, clock: Clock, kind: MeetingKind = MeetingKind.ORDINARY, at: datetime = AT) -> int:
    """An assembly, called in time; and it is a week and an hour before it then."""
    clock.now = CALLED
    wanted = Call(kind, at, "École de Kogbera", ("Comptes",))
    meeting_id = asked(app, lambda db: convening.call(db, hand(db, "1"), wanted, clock.now))
    clock.now = at - timedelta(days=7, hours=1)
    assert isinstance(meeting_id, int)
    return meeting_id


def digests(app: Flask) -> int:
    query = select(func.count()).select_from(Broadcast).where(Broadcast.kind == "case_figures")
    found = asked(app, lambda db: db.execute(query).scalar_one())
    assert isinstance(found, int)
    return found


def tick(app: Flask) -> None:
    jobs.inform(service.of(app))


def received(app: Flask, number: str) -> list[str]:
    """What a phone has of the figures."""
    return [each for each in Phone(app, number, SECRET).received() if "2025" in each]


@pytest.mark.usefixtures("published")
def test_every_member_reads_it_a_week_before_and_once(app: Flask, clock: Clock) -> None:
    assembly(app, clock)
    tick(app)
    assert digests(app) == 0
    clock.pass_by(hours=1)
    for _again in range(3):
        tick(app)
    assert digests(app) == 1
    (said,) = received(app, BAKARY)
    assert said.startswith(SAID)
    assert said.endswith("Détail à l'assemblée.")
    (english,) = received(app, ISSOUF)
    assert "complaints 2025" in english
    assert received(app, SANO) == []
    clock.pass_by(days=3)
    tick(app)
    assert digests(app) == 1


@pytest.mark.usefixtures("published")
def test_it_is_one_of_the_jobs_of_the_scheduler_and_waits_for_the_morning(app: Flask, clock: Clock) -> None:
    assembly(app, clock, at=AT.replace(hour=22))
    clock.pass_by(hours=1)
    jobs.run_once(service.of(app))
    assert digests(app) == 1
    assert received(app, BAKARY) == []
    clock.pass_by(hours=9)
    assert len(received(app, BAKARY)) == 1


@pytest.mark.usefixtures("published")
def test_of_a_year_it_goes_before_the_first_assembly_alone(app: Flask, clock: Clock) -> None:
    assembly(app, clock)
    clock.pass_by(hours=2)
    tick(app)
    assembly(app, clock, at=AT + timedelta(days=60))
    clock.pass_by(hours=2)
    tick(app)
    assert digests(app) == 1


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("sort", [MeetingKind.MEETING, MeetingKind.EXTRAORDINARY])
def test_no_other_meeting_brings_it(app: Flask, clock: Clock, sort: MeetingKind) -> None:
    assembly(app, clock, sort)
    clock.pass_by(hours=2)
    tick(app)
    assert digests(app) == 0


@pytest.mark.usefixtures("published")
def test_an_assembly_called_off_or_over_or_that_nobody_was_called_to_brings_none(app: Flask, clock: Clock) -> None:
    meeting_id = assembly(app, clock)
    clock.pass_by(hours=2)
    unnoticed = update(Meeting).where(Meeting.id == meeting_id)
    asked(app, lambda db: db.execute(unnoticed.values(noticed_at=None)))
    tick(app)
    asked(app, lambda db: db.execute(unnoticed.values(noticed_at=CALLED)))
    asked(app, lambda db: convening.cancel(db, hand(db, "1"), meeting_id, clock.now))
    tick(app)
    clock.now = AT + timedelta(hours=1)
    tick(app)
    assert digests(app) == 0


def test_where_nothing_was_published_nothing_is_told(app: Flask, clock: Clock) -> None:
    file(app, 9, Category.LAND, "l")
    assembly(app, clock)
    clock.pass_by(hours=2)
    tick(app)
    assert digests(app) == 0


@pytest.mark.usefixtures("published")
def test_where_the_month_has_no_sms_left_it_waits_and_stops_nothing(app: Flask, clock: Clock) -> None:
    meeting_id = assembly(app, clock)
    clock.pass_by(hours=2)
    asked(app, lambda db: limits.put(db, home(db), Limits(month=1)))
    jobs.run_once(service.of(app))
    assert digests(app) == 0
    asked(app, lambda db: limits.put(db, home(db), Limits()))
    tick(app)
    assert digests(app) == 1
    assert asked(app, lambda db: meetings.announced(db, home(db), meeting_id)) is not None


def test_what_was_filed_since_changes_nothing_in_it(app: Flask, clock: Clock, published: None) -> None:
    """Nobody learns from it that somebody complained: it is what was published, whatever came after."""
    file(app, 6, Category.LAND, "z")
    assembly(app, clock)
    clock.pass_by(hours=2)
    tick(app)
    (said,) = received(app, BAKARY)
    assert "16" in said
    query = select(func.count()).select_from(Message).where(Message.kind == "case_figures")
    assert asked(app, lambda db: db.execute(query).scalar_one()) == 20
