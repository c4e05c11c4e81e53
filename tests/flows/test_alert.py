"""Alerts on the phone: whose line it is in the office, what a press does once, and the SMS, which say nothing of it."""

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, update

from models import alerts, meetings, vault
from models.alerts import Alert, AlertStep, Did, Ground, State, Step
from models.members import Member, Role
from models.messages import Message
from tests.alerts import UNION_PHONE, brought, home, officers_above, raised
from tests.conftest import NOW, SECRET, Clock
from tests.office import BOARD, PRESIDENT, SECRETARY, TREASURER, asked, become, hand, opened
from tests.phone import Phone
from ussd_app import jobs, service

KINDS = ["sqlite", "postgresql"]
MEMBER, FEDERATION, OTHER_BOARD = "+22370000007", "+22370000050", "+22370000006"
OTHER_ABOVE = "+22370000051"
LINE = "15 Alertes sur la coop"


def office(phone: Phone) -> str:
    """All sheets of the office."""
    pages = [phone.press("0"), phone.press("6")]
    while "9 Suite" in pages[-1]:
        pages.append(phone.press("9"))
    return "\n".join(pages)


@pytest.mark.parametrize(
    ("number", "there"),
    [
        (PRESIDENT, True),
        (BOARD, True),
        (SECRETARY, False),
        (TREASURER, False),
        ("+22370000008", False),
        (FEDERATION, True),
        ("+22370000051", True),
    ],
)
def test_whose_line_it_is(app: Flask, number: str, there: bool) -> None:
    phone = opened(app, number)
    assert (LINE in office(phone)) is there
    page = phone.press("15")
    assert page.startswith("CON Alerte sur la coop: ce n'est pas une plainte") is there


def test_only_who_may_is_offered_to_raise(app: Flask) -> None:
    offered = {number: "1 Donner" in opened(app, number).press("15") for number in (BOARD, PRESIDENT, FEDERATION)}
    assert offered == {BOARD: True, PRESIDENT: False, FEDERATION: True}


def count(app: Flask, table: type) -> object:
    return asked(app, lambda db: db.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_same_press_again_raises_and_asks_once(app: Flask) -> None:
    phone = opened(app, BOARD)
    phone.press("15", "1", "1", "1", "Pas de comptes depuis juin")
    page = phone.press("1")
    assert page.startswith("CON L'alerte est donnée.")
    assert phone.repeat() == page
    page = phone.press("1", "Où sont les comptes?")
    assert "Réponse avant le 22/12/2026." in page
    assert phone.repeat() == page
    assert (count(app, Alert), count(app, AlertStep)) == (1, 2)


def test_an_alert_that_is_open_is_not_raised_again(app: Flask) -> None:
    for expected in ("CON L'alerte est donnée.", "CON Cette alerte est déjà donnée"):
        phone = opened(app, BOARD)
        assert phone.press("15", "1", "1", "1", "Pas de comptes", "1").startswith(expected)
    assert count(app, Alert) == 1


def test_a_role_taken_away_meanwhile_raises_nothing(app: Flask) -> None:
    phone = opened(app, BOARD)
    phone.press("15", "1", "1", "1", "Pas de comptes")
    become(app, "2", Role.MEMBER)
    assert "alerte est donnée" not in phone.press("1")
    assert count(app, Alert) == 0


def test_who_must_explain_sees_nothing_before_being_asked(app: Flask) -> None:
    alert_id = asked(app, raised)
    assert isinstance(alert_id, int)
    assert "2 Alertes en cours (0)" in opened(app, PRESIDENT).press("15")
    asked(app, lambda db: alerts.take(db, hand(db, "2"), alert_id, Step(Did.WRITE, "Où est l'or?"), NOW))
    phone = opened(app, PRESIDENT)
    assert "2 Alertes en cours (1)" in phone.press("15")
    page = phone.press("2", "1", "1")
    assert "Où est l'or?" in page
    assert "La caisse est vide" not in page
    assert phone.press("1", "Chez moi").startswith("CON Votre explication est envoyée.")
    assert asked(app, lambda db: db.execute(select(Alert.state)).scalar_one()) is State.ANSWERED


def test_the_alert_answered_by_another_press_meanwhile_is_not_answered_twice(app: Flask) -> None:
    asked(app, lambda db: brought(db, State.ASKED))
    first, second = opened(app, PRESIDENT), opened(app, PRESIDENT)
    first.press("15", "2", "1", "2")
    second.press("15", "2", "1", "2", "Voici")
    assert "L'alerte a changé: relisez-la." in first.press("Encore")
    assert "le bureau a répondu" in first.press("1")
    assert count(app, AlertStep) == 3


def sms(app: Flask, number: str) -> list[str]:
    return [each for each in Phone(app, number, SECRET).received() if "explication" in each]


def test_an_sms_says_that_something_waits_and_nothing_else(app: Flask, clock: Clock) -> None:
    asked(app, lambda db: brought(db, State.ANSWERED))
    given = "Une réponse à votre demande d'explication est arrivée. Faites *384*77#, Bureau."
    wanted = "Une demande d'explication attend le bureau avant le 22/12/2026. Faites *384*77#, Bureau."
    assert {number: sms(app, number) for number in (PRESIDENT, BOARD, OTHER_BOARD, FEDERATION, TREASURER)} == {
        PRESIDENT: [wanted],
        BOARD: [given],
        OTHER_BOARD: [],
        FEDERATION: [],
        TREASURER: [],
    }


RAISED = "Coop: une alerte est donnée plus bas. Faites *384*77#, Bureau, Alertes. Ne pas répondre ici."


def told_above(app: Flask) -> dict[str, list[str]]:
    """The SMS of who hears that an alert was raised."""
    query = select(Message.phone).where(Message.kind == "alert_raised")
    phones = asked(app, lambda db: list(db.execute(query).scalars()))
    assert isinstance(phones, list)
    return {number: Phone(app, number, SECRET).received() for number in sorted(phones)}


def test_the_officers_of_every_body_above_are_told_that_there_is_one_and_nothing_of_it(app: Flask) -> None:
    asked(app, officers_above)
    asked(app, raised)
    assert told_above(app) == {number: [RAISED] for number in (FEDERATION, OTHER_ABOVE, UNION_PHONE)}
    facts = asked(app, lambda db: db.execute(select(Message.facts_sealed).where(Message.kind == "alert_raised")).all())
    assert isinstance(facts, list)
    assert not [each for each in facts if "KOGB" in vault.unseal(each.facts_sealed)]


def test_who_raised_it_above_is_not_told_and_no_member_of_a_sister_is(app: Flask) -> None:
    asked(app, lambda db: raised(db, "1", "FEDE", "KOGB", Ground.ORGAN))
    assert set(told_above(app)) == {OTHER_ABOVE}


def test_what_is_raised_by_night_is_told_in_the_morning(app: Flask, clock: Clock) -> None:
    clock.now = NOW.replace(hour=22)
    asked(app, lambda db: alerts.trigger(db, hand(db, "2"), home(db, "KOGB"), Ground.MONEY, "mots", clock.now))
    assert told_above(app) == {FEDERATION: [], OTHER_ABOVE: []}
    clock.pass_by(hours=9)
    assert told_above(app) == {FEDERATION: [RAISED], OTHER_ABOVE: [RAISED]}


MISSING = "Votre demande d'explication est sans réponse après un mois. Faites *384*77#, Bureau."


def test_when_the_month_is_over_who_raised_it_is_told_once_by_day(app: Flask, clock: Clock) -> None:
    asked(app, lambda db: brought(db, State.ASKED))
    phone, told = Phone(app, BOARD, SECRET), {}
    clock.now = NOW.replace(hour=1)
    for _hours in range(0, 34 * 24, 3):
        clock.pass_by(hours=3)
        jobs.lapse(service.of(app))
        jobs.lapse(service.of(app))
        if found := phone.received():
            told[clock.now.isoformat()] = found
    assert told == {"2026-12-23T07:00:00+00:00": [MISSING]}


def test_when_who_raised_it_has_no_part_in_it_any_more_the_others_are_told(app: Flask, clock: Clock) -> None:
    asked(app, lambda db: brought(db, State.ASKED))
    become(app, "2", Role.MEMBER)
    clock.pass_by(days=31)
    jobs.lapse(service.of(app))
    assert [sms(app, number) for number in (BOARD, OTHER_BOARD, FEDERATION)] == [[], [MISSING], []]


def _not_satisfied(db: Connection) -> None:
    brought(db, State.NOT_SATISFIED)
    other = alerts.trigger(db, hand(db, "1", "FEDE"), home(db, "KOGB"), Ground.ORGAN, "mots", NOW)
    for who, did in ((("1", "FEDE"), Did.WRITE), (("1", "KOGB"), Did.ANSWER), (("1", "FEDE"), Did.REFUSE)):
        alerts.take(db, hand(db, *who), other, Step(did, "mots"), NOW)


def test_surveillance_calls_the_urgent_assembly_and_a_body_above_names_one(app: Flask) -> None:
    asked(app, _not_satisfied)
    phone = opened(app, BOARD)
    phone.press("15", "2", "2")
    page = phone.press("3")
    assert page.startswith("CON Quelle assemblée?\n1 AG ordinaire 12/12 9h\n2 La convoquer maintenant\n3 Une AG qui")
    assert phone.press("2").startswith("CON Convoquer\n1 AG ordinaire\n2 AG extraordinaire")
    above = opened(app, FEDERATION)
    above.press("15", "2", "1")
    assert above.press("3").startswith("CON Quelle assemblée?\n1 AG ordinaire 12/12 9h\n2 Une AG qui")
    assert above.press("1", "Bureau vide").startswith("CON C'est noté. Notez ici ensuite")
    linked = select(AlertStep.meeting_id).where(AlertStep.did == Did.CONVENE)
    assert asked(app, lambda db: db.execute(linked).scalar_one()) == asked(app, _ordinary)


def _ordinary(db: Connection) -> int:
    return next(
        each.meeting_id for each in meetings.upcoming(db, home(db, "KOGB"), NOW, 9) if each.kind.value == "ordinary"
    )


def test_one_who_left_the_office_above_sees_no_affiliate(app: Flask) -> None:
    asked(app, raised)
    phone = opened(app, FEDERATION)
    assert "2 Alertes en cours (1)" in phone.press("15")
    mine = update(Member).where(Member.name == "Nouhoum Kassambara").values(left_on=NOW.date())
    asked(app, lambda db: db.execute(mine))
    assert "danger" not in phone.press("2")
    assert "Kogbera" not in phone.press("1")
