"""What nobody would hear of in time: no meeting is called or moved to an hour before the first SMS may leave."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import announcing, quiet
from models.announcing import What
from models.meetings import Meeting
from models.messages import Message
from tests.conftest import NOW, Clock
from tests.office import PRESIDENT, SECRETARY, asked, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
BAKARY = "+22370000004"
NIGHT = NOW.replace(hour=22, minute=4)
UNTOLD = "CON La nuit, aucun SMS ne part: personne ne serait prévenu avant cette heure."
SENTENCE = (1, "no SMS leaves in the night, so nobody would be told before that hour; give a later one\n")


def call(app: Flask, when: str) -> tuple[int, str]:
    return run(app, "meetings", "call", "KOGB", "work_day", when, "--place", "Cour", "--by", "1")


def counts(app: Flask) -> object:
    """How many meetings and messages there are."""
    tables = [select(func.count()).select_from(table).scalar_subquery() for table in (Meeting, Message)]
    return asked(app, lambda db: tuple(db.execute(select(*tables)).one()))


def test_the_leader_is_told_before_anything_goes_and_gives_another_hour(app: Flask, clock: Clock) -> None:
    before = counts(app)
    clock.now = NIGHT
    leader = opened(app, SECRETARY)
    assert leader.press("11", "1", "4", "2311260600") == f"{UNTOLD}\n1 Une autre date\n0 Retour"
    assert counts(app) == before
    leader.press("1", "2311260900", "Cour", "1", "1")
    assert leader.press("1").startswith(
        "CON C'est convoqué. L'avis part maintenant; la nuit, il attend 7h. Rappels: 2 heures avant.\n"
    )


def test_a_page_that_stood_open_until_the_night_calls_nobody(app: Flask, clock: Clock) -> None:
    clock.now = NOW.replace(hour=19, minute=58)
    leader = opened(app, SECRETARY)
    leader.press("11", "1", "4", "2311260600", "Cour", "1", "1")
    before = counts(app)
    clock.pass_by(minutes=3)
    assert leader.press("1").startswith(UNTOLD)
    assert counts(app) == before


@pytest.mark.parametrize(("hour", "fits"), [("06:00", False), ("07:00", False), ("07:01", True)])
def test_the_command_says_so_too(app: Flask, clock: Clock, hour: str, fits: bool) -> None:
    clock.now = NIGHT
    before = counts(app)
    said = call(app, f"2026-11-23T{hour}")
    assert (said == SENTENCE, counts(app) == before) == (not fits, not fits)


def test_the_night_is_that_of_the_cooperative(app: Flask, clock: Clock) -> None:
    with transaction(service.of(app).engine) as db:
        quiet.put(db, hand(db, "1").cooperative_id, time(20), time(9))
    clock.now = NIGHT
    assert call(app, "2026-11-23T08:30") == SENTENCE


def test_a_meeting_is_not_moved_to_an_hour_of_which_nobody_hears(app: Flask, clock: Clock) -> None:
    number = call(app, "2026-11-25T09:00")[1].strip()
    clock.now = NIGHT
    before = counts(app)
    assert run(app, "meetings", "move", "KOGB", number, "2026-11-23T06:00", "--by", "3") == SENTENCE
    leader = opened(app, PRESIDENT)
    leader.press("11", "2", "1", "2")
    assert leader.press("2311260600") == f"{UNTOLD}\n1 Une autre date\n2 Réunions prévues\n0 Retour"
    assert counts(app) == before
    assert "sera le 23/11/2026 à 9h" in leader.press("1", "2311260900")


def test_no_reminder_is_promised_nor_written_that_cannot_come(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    leader = opened(app, SECRETARY)
    leader.press("11", "1", "4", "0212260600", "Cour", "1", "1")
    assert "il attend 7h. Rappels: 7 jours, 1 jour avant.\n" in leader.press("1")
    bakary = phone(BAKARY)
    bakary.received()
    came = []
    start = datetime(2026, 12, 2, 6, tzinfo=NOW.tzinfo)
    while clock.now < start:
        clock.pass_by(hours=1)
        with transaction(service.of(app).engine) as db:
            announcing.remind(db, clock.now)
        came += [start - clock.now for said in bakary.received() if "Rappel" in said]
    assert came == [timedelta(days=7, hours=-1), timedelta(days=1, hours=-1)]
    with transaction(service.of(app).engine) as db:
        meeting_id = db.execute(select(Meeting.id).where(Meeting.starts_at == start)).scalar_one()
        told = [each.what for each in announcing.notices(db, meeting_id)]
    assert told == [What.CALLED, What.WEEK, What.DAY]


def test_a_call_for_the_same_hour_promises_no_reminder(app: Flask) -> None:
    leader = opened(app, SECRETARY)
    leader.press("11", "1", "4", "2211261130", "Cour", "1", "1")
    page = leader.press("1")
    assert page.startswith("CON C'est convoqué.")
    assert "Rappels" not in page


def test_who_calls_off_in_the_night_tells_people_themselves(app: Flask, clock: Clock) -> None:
    call(app, "2026-11-23T06:00")
    clock.now = NIGHT
    leader = opened(app, PRESIDENT)
    by_voice = "La nuit, aucun SMS ne part: prévenez de vive voix."
    assert by_voice in leader.press("11", "2", "1", "3")
    assert leader.press("1").startswith(f"CON C'est annulé.\n{by_voice}\n")
