"""The leader's screens: who may be there, what a press does once, and what stays hidden."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import handovers, looks
from models.announcing import MeetingNotice
from models.broadcasts import Broadcast
from models.meetings import Meeting, MeetingState
from models.members import Member, Role
from tests.conftest import Clock
from tests.office import CODE, PRESIDENT, SECRETARY, TREASURER, asked, become, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import jobs, service

KINDS = ["sqlite", "postgresql"]
GENDER, MEMBER, AWA, ISSOUF = "+22370000008", "+22370000007", "+22370000012", "+22370000015"
CALL = ("11", "1", "1", "2012260900", "Cour", "1")


def count(app: Flask, table: type) -> object:
    return asked(app, lambda db: db.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_same_press_again_calls_once(app: Flask) -> None:
    phone = opened(app, SECRETARY)
    before = count(app, Meeting)
    phone.press(*CALL)
    page = phone.press("1")
    assert page.startswith("CON C'est convoqué.")
    assert phone.repeat() == page
    assert count(app, Meeting) == int(str(before)) + 1
    assert count(app, MeetingNotice) == 1
    other = opened(app, PRESIDENT)
    other.press(*CALL)
    assert other.press("1").startswith("CON C'est convoqué.")  # the very same meeting, said by another
    assert count(app, MeetingNotice) == 1


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.TREASURER, ["4 Danger", "5 Messages"], ["Convoquer", "annonce"]),
        (Role.SURVEILLANCE, ["1 Convoquer", "4 Danger"], ["annonce"]),
        (Role.GENDER_PRESIDENT, ["3 Envoyer une annonce"], ["Convoquer", "Danger"]),
        (Role.SECRETARY, ["1 Convoquer", "2 Réunions", "3 Envoyer", "4 Danger"], []),
    ],
)
def test_each_role_sees_its_own(app: Flask, role: Role, shown: list[str], hidden: list[str]) -> None:
    become(app, "7", role)
    page = opened(app, MEMBER).press("11")
    assert [each for each in shown if each not in page] == []
    assert [each for each in hidden if each in page] == []


def test_a_role_taken_away_meanwhile_calls_nothing(app: Flask) -> None:
    phone = opened(app, SECRETARY)
    phone.press(*CALL)
    become(app, "3", Role.MEMBER)
    before = count(app, Meeting)
    assert "convoqué" not in phone.press("1")
    assert count(app, Meeting) == before


def test_the_president_of_the_women_writes_to_the_women_alone(app: Flask, phone: Callable[[str], Phone]) -> None:
    president = opened(app, GENDER)
    assert president.press("11", "3") == "CON Écrire à qui?\n1 Les femmes\n0 Retour"
    president.press("1", "1", "9")
    assert president.press("1").startswith("CON C'est envoyé.")
    assert phone(AWA).received()[-1].startswith("Coop Kogbera: travail en commun le ")
    assert phone(MEMBER).received() == []


def test_a_danger_goes_at_night_and_to_who_wants_no_notices(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    awa = phone(AWA)
    awa.write("STOP")
    awa.received()
    clock.pass_by(hours=13)
    warner = opened(app, TREASURER)
    warner.press("11", "4", "2")
    assert warner.press("1").startswith("CON L'alerte part.")
    assert awa.received() == [
        "DANGER Coop Kogbera, 23h: éboulement, n'approchez pas. Attendez le message de fin. Prévenez les autres."
    ]


def test_a_notice_of_the_night_waits_for_the_morning(app: Flask, clock: Clock, phone: Callable[[str], Phone]) -> None:
    clock.pass_by(hours=13)
    opened(app, SECRETARY).press("11", "3", "1", "1", "1")
    assert phone(MEMBER).received() == []
    clock.pass_by(hours=8, minutes=1)
    assert len(phone(MEMBER).received()) == 1


@pytest.mark.parametrize("typed", ["x", " ", "a" * 400])
def test_a_message_that_is_none_or_too_long_is_asked_again(app: Flask, typed: str) -> None:
    phone = opened(app, SECRETARY)
    phone.press("11", "3", "1", "6")
    assert "deux SMS au plus" in phone.press(typed)
    assert count(app, Broadcast) == 0


@pytest.mark.parametrize("typed", ["3112260999", "12", "abc", "0101200900", "3002270900", "１２１２２６０９００"])
def test_a_date_that_cannot_be_read_is_asked_again(app: Flask, typed: str) -> None:
    phone = opened(app, SECRETARY)
    phone.press("11", "1", "4")
    page = phone.press(typed)
    assert "Tapez 10 chiffres" in page or "Cette date est passée" in page


def test_late_dues_show_no_name_and_each_look_is_kept(app: Flask) -> None:
    page = opened(app, SECRETARY).press("13", "1")
    assert page.startswith("CON En retard, par membre\n19 B.S.: depuis le ")
    assert " F" not in page
    assert "Boubacar" not in page
    home = hand_of(app, "3")
    found = asked(app, lambda db: [each[0] for each in looks.newest(db, home, 10)])
    assert found == ["3"]
    assert " F depuis le " in opened(app, TREASURER).press("13", "1")


def hand_of(app: Flask, number: str) -> int:
    found = asked(app, lambda db: hand(db, number).cooperative_id)
    assert isinstance(found, int)
    return found


def test_a_team_leader_sees_only_who_worked_for_them(app: Flask, phone: Callable[[str], Phone]) -> None:
    leader = phone("+22370000004")
    leader.go("6")
    leader.press(CODE, CODE)
    page = leader.press("7", "1") + leader.press("9")
    assert "12 A.T.: depuis le " in page
    assert " F" not in page
    assert "L.N." not in page  # late too, but in no team of theirs


def joining(app: Flask, phone: Callable[[str], Phone], number: str) -> Phone:
    """Somebody who is unknown asks to be linked to a member."""
    stranger = phone("+22376543210")
    stranger.go("1", "1", "1", number, "1")
    return stranger


def test_a_request_is_confirmed_once_and_only_at_home(app: Flask, phone: Callable[[str], Phone]) -> None:
    joining(app, phone, "16")
    other = opened(app, "+22370000032")
    assert "Aucune demande" in other.press("12")
    mine, twin = opened(app, SECRETARY), opened(app, PRESIDENT)
    mine.press("12", "1")
    twin.press("12", "1")
    assert mine.press("1").startswith("CON C'est noté.")
    assert "Cette demande n'attend plus" in twin.press("2")


@pytest.mark.parametrize(("number", "why"), [("5", "à deux clés"), ("3", "pour vous-m"), ("999", "à personne")])
def test_a_phone_that_would_open_an_office_is_not_linked_by_one(
    app: Flask, phone: Callable[[str], Phone], number: str, why: str
) -> None:
    joining(app, phone, number)
    assert why in opened(app, SECRETARY).press("12", "1", "1")


def role(app: Flask, number: str) -> object:
    return asked(
        app, lambda db: db.execute(select(Member.role).where(Member.id == hand(db, number).member_id)).scalar_one()
    )


def test_a_role_is_handed_over_on_its_day_with_two_keys(app: Flask, clock: Clock) -> None:
    opened(app, SECRETARY).press("14", "7", "2411", "1")
    assert role(app, "3") == Role.SECRETARY
    assert opened(app, PRESIDENT).press("4", "1", "1").startswith("CON C'est accepté: ce sera fait le 24/11/2026.")
    said = Phone(app, SECRETARY, "").received()[-1]
    assert said == 'Votre proposition "Passer une charge" est acceptée: ce sera fait le 24/11/2026.'
    for _run in range(3):
        jobs.hand_over(service.of(app))
    assert (role(app, "3"), role(app, "7")) == (Role.SECRETARY, Role.MEMBER)
    clock.pass_by(days=2)
    for _run in range(3):
        jobs.hand_over(service.of(app))
    assert (role(app, "3"), role(app, "7")) == (Role.MEMBER, Role.SECRETARY)
    for number, whose, name in ((MEMBER, "7", "secrétariat"), (SECRETARY, "3", "membre sans fonction")):
        told = [each for each in Phone(app, number, "").received() if "fonction du" in each]
        assert told == [
            f"Coop Kogbera: la fonction du membre {whose} est maintenant: {name}. "
            "Si ce n'est pas juste, allez vite au bureau."
        ]


def test_a_role_that_is_handed_over_today_is_done_at_once(app: Flask) -> None:
    opened(app, SECRETARY).press("14", "7", "2211", "1")
    assert opened(app, PRESIDENT).press("4", "1", "1").startswith("CON C'est accepté et fait.")
    assert Phone(app, SECRETARY, "").received()[-1].endswith("est acceptée, c'est fait.")
    assert (role(app, "3"), role(app, "7")) == (Role.MEMBER, Role.SECRETARY)


def test_a_handover_is_void_when_the_role_went_elsewhere(app: Flask, clock: Clock) -> None:
    opened(app, SECRETARY).press("14", "7", "2411", "1")
    opened(app, PRESIDENT).press("4", "1", "1")
    become(app, "3", Role.TREASURER)
    clock.pass_by(days=2)
    jobs.hand_over(service.of(app))
    assert (role(app, "3"), role(app, "7")) == (Role.TREASURER, Role.MEMBER)
    states = asked(app, lambda db: db.execute(select(handovers.Handover.state)).scalars().all())
    assert states == [handovers.HandoverState.VOID]


def test_a_cancelled_meeting_is_on_no_list(app: Flask, phone: Callable[[str], Phone]) -> None:
    opened(app, SECRETARY).press("11", "2", "1", "3", "1")
    assert "Formation" not in phone(MEMBER).go("3")
    states = asked(app, lambda db: db.execute(select(Meeting.state)).scalars().all())
    assert isinstance(states, list)
    assert states.count(MeetingState.CANCELLED) == 1


def test_the_eighth_meeting_and_the_eighth_message_are_reached(app: Flask, phone: Callable[[str], Phone]) -> None:
    for day in range(23, 29):
        run(app, "meetings", "call", "KOGB", "meeting", f"2026-12-{day}T09:00", "--place", "Cour", "--by", "1")
    leader = opened(app, SECRETARY)
    leader.press("11", "2", "9")
    assert leader.press("10").startswith("CON Réunion 28/12 9h\nViennent 0")
    member = phone(MEMBER)
    member.go("3", "9")
    assert member.press("12").startswith("CON Réunion\n28/12/2026 9h\nCour")
    for number in range(8):
        leader.go("6", CODE)
        leader.press("11", "3", "1", "6", f"Annonce {number}", "1")
    leader.press("00", "6", "11", "5", "9")
    assert leader.press("10").startswith("CON A 20 téléphones")


def test_the_model_of_an_agenda_is_said_in_each_readers_language(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    leader = opened(app, SECRETARY)
    leader.press("11", "1", "1", "2012260900", "Cour", "1", "1")
    french, english = phone(MEMBER), phone(ISSOUF)
    assert "Ordre du jour: Comptes de l'année, Réserves et ristournes, Élections." in french.received()[-1]
    assert "Agenda: Accounts of the year, Reserves and refunds, Elections." in english.received()[-1]
    assert "1. Accounts of the year\n2. Reserves and refunds\n3. Elections" in english.go("3", "3", "1")
    clock.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    assert "Élections: -" in opened(app, SECRETARY).press("11", "2", "1", "5")
