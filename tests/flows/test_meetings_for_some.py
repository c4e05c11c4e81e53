"""A meeting for some: only those are asked to it, answer to it and are counted; and none is asked once it began."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from models import convening, forecast, served
from models.attendance import Attendance
from models.audiences import Audience
from models.convening import Call
from models.meetings import MeetingKind
from models.members import OFFICERS, Role
from tests.conftest import NOW, Clock
from tests.office import PRESIDENT, SECRETARY, asked, become, hand, opened
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
MEMBER, AWA = "+22370000007", "+22370000012"
SOON = datetime(2026, 11, 25, 9, tzinfo=NOW.tzinfo)
ROLES = (*OFFICERS, Role.COMMITTEE)


@pytest.fixture
def meeting_id(app: Flask) -> int:
    """The officers meet before anybody else does."""
    with transaction(service.of(app).engine) as db:
        by = hand(db, "1")
        wanted = Call(MeetingKind.WORK_DAY, SOON, "Bureau", (), Audience(by.cooperative_id, roles=ROLES))
        return convening.call(db, by, wanted, NOW)


def answers(app: Flask) -> object:
    return asked(app, lambda db: db.execute(select(func.count()).select_from(Attendance)).scalar_one())


def test_by_sms_a_member_hears_of_their_own_next_meeting(
    app: Flask, meeting_id: int, phone: Callable[[str], Phone]
) -> None:
    member, officer = phone(MEMBER), phone(SECRETARY)
    member.write("REUNION")
    (said,) = member.received()
    assert said.startswith("Coop Kogbera: Formation le 28/11/2026 à 8h30")
    member.write("OUI")
    assert member.received() == ["Merci. Noté: vous venez le 28/11/2026."]
    officer.received()
    officer.write("REUNION")
    assert officer.received()[0].startswith("Coop Kogbera: Journée de travail le 25/11/2026 à 9h, Bureau.")
    officer.write("OUI")
    assert officer.received() == ["Merci. Noté: vous venez le 25/11/2026."]
    with transaction(service.of(app).engine) as db:
        assert forecast.turnout(db, hand(db, "1").cooperative_id, meeting_id, 0).coming == 1


def test_on_the_phone_others_see_it_nowhere_and_who_leads_does(app: Flask, meeting_id: int) -> None:
    become(app, "1", Role.MEMBER)
    assert "25/11" not in opened(app, PRESIDENT).go("3")
    become(app, "1", Role.PRESIDENT)
    assert "1 Journée de travail 25/11 9h" in opened(app, PRESIDENT).go("3")
    leader = opened(app, PRESIDENT)
    assert "1 Journée de travail 25/11 9h" in leader.press("11", "2")


def test_the_list_of_a_member_is_as_long_as_before(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        by = hand(db, "1")
        for hour in range(8, 15):
            who = Audience(by.cooperative_id, roles=ROLES)
            wanted = Call(MeetingKind.COMMITTEE, SOON.replace(hour=hour), "Bureau", (), who)
            convening.call(db, by, wanted, NOW)
    page = opened(app, MEMBER).go("3")
    assert "25/11" not in page
    assert "1 Formation 28/11 8h30\n2 AG ordinaire 12/12 9h" in page


def test_who_is_asked_no_more_cannot_answer_a_page_that_stands_open(app: Flask, meeting_id: int) -> None:
    officer = opened(app, SECRETARY)
    officer.go("3", "1")
    become(app, "3", Role.MEMBER)
    assert officer.press("2").startswith("CON Cette réunion n'est plus prévue.")
    assert answers(app) == 0


def test_the_yes_of_who_is_invited_no_more_is_not_counted(
    app: Flask, meeting_id: int, phone: Callable[[str], Phone]
) -> None:
    phone(SECRETARY).received()
    phone(SECRETARY).write("OUI")
    become(app, "3", Role.MEMBER)

    def turnout(db: Connection) -> tuple[int, int]:
        found = forecast.turnout(db, hand(db, "1").cooperative_id, meeting_id, 0)
        return found.coming, found.members

    assert answers(app) == 1
    members = asked(app, lambda db: len(served.proof(db, hand(db, "1").cooperative_id, meeting_id)))
    assert asked(app, turnout) == (0, members)


def test_the_proof_and_the_counts_are_of_those_it_is_for(app: Flask, meeting_id: int) -> None:
    with transaction(service.of(app).engine) as db:
        home = hand(db, "1").cooperative_id
        proof = {each.number for each in served.proof(db, home, meeting_id)}
        reach = served.reach(db, home, meeting_id)
    assert {"1", "3"} <= proof
    assert {"7", "12"} & proof == set()
    assert (reach.no_phone, reach.phones) == (0, len(proof) + 1)  # one of them has two
    page = opened(app, PRESIDENT).press("11", "2", "1", "1")
    assert "Sans téléphone" not in page


def test_a_meeting_that_began_is_not_asked_about(
    app: Flask, meeting_id: int, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    officer = phone(SECRETARY)
    assert officer.received()[0].endswith("Vous venez? OUI ou NON")
    clock.now = SOON.replace(hour=11, minute=35)
    begun = "Coop Kogbera: Journée de travail a commencé à 9h, Bureau. Plus besoin de répondre."
    for words in ("REUNION", "OUI"):
        officer.write(words)
        assert officer.received() == [begun]
    assert answers(app) == 0
    clock.now = SOON.replace(hour=12, minute=1)
    officer.write("OUI")
    assert "quoi répondez-vous" in officer.received()[0]
    officer.write("REUNION")
    assert officer.received()[0].startswith("Coop Kogbera: Formation le 28/11/2026")
    officer.write("OUI")
    assert officer.received() == ["Merci. Noté: vous venez le 28/11/2026."]
