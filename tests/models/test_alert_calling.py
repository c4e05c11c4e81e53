"""The assembly of a COOP-CA, called by a body above it through an alert: who may, when, and who cannot undo it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from models import alerts, convening, meetings
from models.alerts import AlertStep, Did, Ground, Halt, Halted, State, Step
from models.convening import Call, NotCalled, Snag
from models.hands import Hand
from models.meetings import Meeting, MeetingKind, MeetingMove
from models.messages import Message
from tests.alerts import home, officers_above
from tests.conftest import NOW, SECRET
from tests.office import asked, hand, opened
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
FEDERATION, SECRETARY = "+22370000050", "+22370000032"
IN_TIME = NOW + timedelta(days=20)
AGENDA = ("Rapport spécial: Les comptes manquent", "Décision de l'assemblée")
WAYS = {
    State.RAISED: (),
    State.ASKED: (Did.WRITE,),
    State.ANSWERED: (Did.WRITE, Did.ANSWER),
    State.ACCEPTED: (Did.WRITE, Did.ANSWER, Did.ACCEPT),
    State.NOT_SATISFIED: (Did.WRITE, Did.ANSWER, Did.REFUSE),
    State.REPORTED: (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.REPORT),
    State.CONVENED: (Did.WRITE, Did.ANSWER, Did.REFUSE, Did.CONVENE),
}
MAY = {State.NOT_SATISFIED, State.REPORTED}


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        officers_above(made)
        yield made


def brought(
    db: Connection, state: State, on: str = "SANO", by: tuple[str, str] = ("1", "FEDE"), now: datetime = NOW
) -> int:
    """An alert of a body on a cooperative, in a state."""
    alert_id = alerts.trigger(db, hand(db, *by), home(db, on), Ground.ACCOUNTS, "Pas de comptes", now)
    for did in WAYS[state]:
        who = hand(db, "1", on) if did is Did.ANSWER else hand(db, *by)
        alerts.take(db, who, alert_id, Step(did, "mots"), now)
    return alert_id


def wanted(starts_at: datetime = IN_TIME, place: str = "Maison des femmes") -> Call:
    return Call(MeetingKind.ORDINARY, starts_at, place, AGENDA)


def called(db: Connection, who: Hand, alert_id: int, call: Call | None = None) -> Halt | Snag | int:
    """What becomes of it; the number of the meeting where it is called."""
    trial = db.begin_nested()
    try:
        meeting_id = alerts.call(db, who, alert_id, call or wanted(), "Rien ne vient", NOW)
    except Halted as error:
        trial.rollback()
        return error.halt
    except NotCalled as error:
        trial.rollback()
        return error.snag
    trial.commit()
    return meeting_id


def test_a_body_above_calls_it_and_every_member_is_told(db: Connection) -> None:
    alert_id = brought(db, State.NOT_SATISFIED)
    meeting_id = called(db, hand(db, "1", "FEDE"), alert_id)
    assert type(meeting_id) is int
    found = meetings.announced(db, home(db, "SANO"), meeting_id)
    assert found is not None
    assert (found.starts_at, found.place, found.agenda) == (IN_TIME, "Maison des femmes", AGENDA)
    seen = alerts.one(db, hand(db, "4", "SANO"), alert_id)
    assert seen is not None
    assert seen.state is State.CONVENED
    step = db.execute(select(AlertStep.meeting_id, AlertStep.did).order_by(AlertStep.id.desc()).limit(1)).one()
    assert (step.meeting_id, step.did) == (meeting_id, Did.CONVENE)
    notices = db.execute(select(Message.phone).where(Message.kind == "meeting_called")).scalars().all()
    assert {"+22370000031", "+22370000043"} <= set(notices)
    assert "+22370000001" not in notices


@pytest.mark.parametrize("state", WAYS)
def test_only_where_the_explanation_did_not_satisfy(db: Connection, state: State) -> None:
    alert_id = brought(db, state)
    seen = alerts.one(db, hand(db, "1", "FEDE"), alert_id)
    assert seen is not None
    assert alerts.may_call(db, hand(db, "1", "FEDE"), seen, NOW) is (state in MAY)
    found = called(db, hand(db, "1", "FEDE"), alert_id)
    assert (found is not Halt.NOT_YOURS) is (state in MAY)


def test_where_a_month_passed_without_an_answer_too(db: Connection) -> None:
    alert_id = brought(db, State.ASKED, now=NOW - timedelta(days=40))
    assert type(called(db, hand(db, "1", "FEDE"), alert_id)) is int


def test_of_a_scoops_it_is_for_its_own_people(db: Connection) -> None:
    alert_id = brought(db, State.NOT_SATISFIED, on="KOGB")
    assert called(db, hand(db, "1", "FEDE"), alert_id) is Halt.NOT_YOURS


@pytest.mark.parametrize(
    ("number", "body", "why"),
    [
        ("3", "FEDE", None),  # its surveillance
        ("2", "FEDE", Halt.NOT_YOURS),  # its treasurer calls no assembly
        ("4", "FEDE", Halt.UNKNOWN),  # a plain member
        ("11", "FEDE", Halt.UNKNOWN),  # its committee
        ("1", "UNIO", Halt.NOT_YOURS),  # another body above, which did not raise it
        ("1", "SANO", Halt.NOT_YOURS),  # the one who must explain
        ("4", "SANO", Halt.NOT_YOURS),  # surveillance calls its own assembly elsewhere
        ("1", "KOGB", Halt.UNKNOWN),
    ],
)
def test_only_who_calls_assemblies_in_the_body_that_raised_it(
    db: Connection, number: str, body: str, why: Halt | None
) -> None:
    alert_id = brought(db, State.NOT_SATISFIED)
    found = called(db, hand(db, number, body), alert_id)
    assert found is why or (why is None and type(found) is int)


def test_the_law_holds_for_it_and_nothing_is_half_done(db: Connection) -> None:
    alert_id = brought(db, State.NOT_SATISFIED)
    before = db.execute(select(Meeting.id)).all()
    who = hand(db, "1", "FEDE")
    assert called(db, who, alert_id, wanted(NOW + timedelta(days=14))) is Snag.TOO_LATE
    assert called(db, who, alert_id, wanted(place="")) is Snag.UNSAID
    assert db.execute(select(Meeting.id)).all() == before
    seen = alerts.one(db, who, alert_id)
    assert seen is not None
    assert seen.state is State.NOT_SATISFIED


def test_those_it_was_called_in_spite_of_can_neither_move_it_nor_call_it_off(db: Connection) -> None:
    meeting_id = called(db, hand(db, "1", "FEDE"), brought(db, State.NOT_SATISFIED))
    assert type(meeting_id) is int
    for number in ("1", "2", "4"):
        with pytest.raises(NotCalled) as error:
            convening.cancel(db, hand(db, number, "SANO"), meeting_id, NOW)
        assert error.value.snag is Snag.FROM_ABOVE
        with pytest.raises(NotCalled) as error:
            convening.move(db, hand(db, number, "SANO"), meeting_id, IN_TIME + timedelta(days=9), None, NOW)
        assert error.value.snag is Snag.FROM_ABOVE
    assert db.execute(select(MeetingMove.meeting_id)).all() == []


def test_on_the_phone_the_federation_calls_it_and_its_secretary_cannot_annul_it(app: Flask) -> None:
    asked(app, lambda db: brought(db, State.NOT_SATISFIED))
    above = opened(app, FEDERATION)
    above.press("15", "2", "1")
    assert above.press("3").startswith("CON Quelle assemblée?\n1 La convoquer à leur place\n2 Une AG qui")
    assert above.press("1").startswith("CON AG de Sanoudjé\nDate et heure, 10 chiffres")
    assert above.press("2411260900").startswith("CON Trop tard pour une assemblée: l'avis part 15 jours avant")
    above.press("1", "2012260900")
    assert above.press("1").startswith("CON Écrivez l'endroit.")
    assert "Pourquoi l'AG est-elle urgente?" in above.press("Maison des femmes")
    page = above.press("Les comptes manquent toujours")
    assert page.startswith(
        "CON Sanoudjé: AG le 20/12/2026 à 9h\nMaison des femmes. Rapport spécial: Les comptes manquent"
    )
    while "1 Envoyer l'avis" not in page:
        page = above.press("9")
    page = above.press("1")
    assert page.startswith("CON C'est noté.")
    assert above.repeat() == page
    notice = [each for each in Phone(app, "+22370000043", SECRET).received() if "20/12/2026" in each]
    assert len(notice) == 1
    assert "AG ordinaire" in notice[0]
    secretary = opened(app, SECRETARY)
    secretary.press("11", "2")
    page = secretary.press("2")
    assert page.startswith("CON AG ordinaire 20/12 9h\n")
    secretary.press("3")
    assert "Un niveau au-dessus a convoqué cette assemblée" in secretary.press("1")


def test_on_the_phone_it_is_not_offered_for_a_scoops(app: Flask) -> None:
    asked(app, lambda db: brought(db, State.NOT_SATISFIED, on="KOGB"))
    above = opened(app, FEDERATION)
    above.press("15", "2", "1")
    assert "à leur place" not in above.press("3")
