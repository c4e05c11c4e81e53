"""A missed call asks for a call back: it costs the caller nothing, and is asked once however often it is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import calls
from models.calls import A_DAY, CallBack
from models.members import Member
from models.messages import Message
from tests.conftest import NOW, SECRET, Clock
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import reading, transaction

BAKARY, AWA, ISSOUF, STRANGER = "+22370000004", "+22370000012", "+22370000015", "+22370000099"
PATH = f"/gateways/africastalking/{SECRET}/voice"
CALL = {"isActive": "1", "sessionId": "ATVId_1", "direction": "Inbound", "destinationNumber": "+22320000000"}


def ring(app: Flask, number: str, **more: str) -> TestResponse:
    """Call the service number."""
    return app.test_client().post(PATH, data={**CALL, "callerNumber": number, **more})


def owed(app: Flask) -> list[tuple[str, str, str, int | None]]:
    """The calls the office owes."""
    with reading(service.of(app).engine) as db:
        columns = (CallBack.phone, CallBack.language, CallBack.topic, CallBack.member_id)
        rows = db.execute(select(*columns).where(CallBack.state == calls.CallState.OPEN).order_by(CallBack.id))
        return [(phone, language, topic, member) for phone, language, topic, member in rows]


def test_a_call_is_rejected_and_noted_in_the_language_of_who_calls(app: Flask) -> None:
    answer = ring(app, ISSOUF)
    assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
    assert answer.text == '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'
    ring(app, STRANGER, sessionId="ATVId_2")
    ring(app, AWA, sessionId="ATVId_3")  # two have this phone
    issouf, stranger, awa = owed(app)
    assert issouf[:3] == (ISSOUF, "en", "missed_call")
    assert issouf[3] is not None
    assert (stranger, awa) == ((STRANGER, "fr", "missed_call", None), (AWA, "fr", "missed_call", None))
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Message.id)).all() == []


def test_a_call_that_is_told_again_asks_once_even_after_the_office_called(app: Flask) -> None:
    for active in ("1", "1", "0"):
        ring(app, ISSOUF, isActive=active)
    with transaction(service.of(app).engine) as db:
        (call,) = calls.calls(db)
        assert calls.called(db, call.call_id)
    ring(app, ISSOUF, isActive="0", durationInSeconds="0", amount="0.0")
    assert owed(app) == []
    ring(app, ISSOUF, sessionId="ATVId_9")
    assert len(owed(app)) == 1


def test_many_calls_of_a_phone_are_one_request(app: Flask) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: ring(app, ISSOUF, sessionId=f"ATVId_{number % 4}"), range(16)))
    assert {each.status_code for each in answers} == {200}
    assert len(owed(app)) == 1


@pytest.mark.parametrize(
    "changed", [{"callerNumber": "anonymous"}, {"callerNumber": "22370000015"}, {"sessionId": ""}, {"isActive": None}]
)
def test_a_call_that_cannot_be_read_leaves_nothing(app: Flask, changed: dict[str, str | None]) -> None:
    form = {name: value for name, value in {**CALL, "callerNumber": ISSOUF, **changed}.items() if value is not None}
    assert app.test_client().post(PATH, data=form).status_code == 400
    assert app.test_client().post(PATH, json=form).status_code == 415
    assert app.test_client().get(PATH).status_code == 405
    assert owed(app) == []


def test_a_member_with_two_phones_is_called_once_and_two_on_one_phone_each(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        issouf, first, second = (
            db.execute(select(Member.id).where(Member.number == number).limit(1)).scalar_one()
            for number in ("15", "11", "12")
        )
        for phone in (ISSOUF, STRANGER):
            calls.ask_for_call(db, phone, issouf, "en", "dues.home", NOW)
        for member_id in (first, second, first):
            calls.ask_for_call(db, AWA, member_id, "fr", "meeting.home", NOW)
    assert [(phone, topic) for phone, _language, topic, _member in owed(app)] == [
        (ISSOUF, "dues.home"),
        (AWA, "meeting.home"),
        (AWA, "meeting.home"),
    ]


def answered(app: Flask) -> None:
    """The office makes every call it owes."""
    with transaction(service.of(app).engine) as db:
        for call in calls.calls(db):
            calls.called(db, call.call_id)


ENOUGH = "Vous avez demandé 3 appels en un jour. Demandez encore demain, ou passez au bureau, s'il vous plait."


def test_who_rings_without_end_is_called_a_few_times_a_day_and_again_on_the_next(app: Flask, clock: Clock) -> None:
    for number in range(A_DAY + 5):
        ring(app, ISSOUF, sessionId=f"ATVId_{number}")
        ring(app, STRANGER, sessionId=f"ATVId_s{number}")
        assert len(owed(app)) == (2 if number < A_DAY else 0)
        answered(app)
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Message.id)).all() == []  # who rings wants no SMS
    clock.pass_by(days=1)
    ring(app, ISSOUF, sessionId="ATVId_next")
    assert len(owed(app)) == 1


def test_who_asked_often_enough_is_told_so_on_the_phone_and_by_sms(
    app: Flask, phone: Callable[[str], Phone], clock: Clock
) -> None:
    with transaction(service.of(app).engine) as db:
        (bakary,) = db.execute(select(Member.id).where(Member.number == "4").limit(1)).scalars()
    mine = phone(BAKARY)
    for number in range(A_DAY):
        assert mine.go("8").startswith("END Noté. On vous rappelle.")
        if number == 0:  # as long as a call is owed it is the same one
            mine.write("RAPPEL")
            assert mine.received() == ["Noté. On vous rappelle. Cela ne vous coute rien."]
        assert [call[3] for call in owed(app)] == [bakary]
        answered(app)
    assert mine.go("8") == f"END {ENOUGH}"
    mine.write("RAPPEL")
    assert mine.received() == [ENOUGH]
    assert owed(app) == []
    assert phone(ISSOUF).go("8").startswith("END ")
    assert len(owed(app)) == 1  # it bars nobody else
    clock.pass_by(days=1)
    assert mine.go("8").startswith("END Noté.")


def test_danger_is_called_however_often_somebody_asked(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        for _time in range(2 * A_DAY):
            asked = calls.ask_for_call(db, STRANGER, None, "fr", calls.DANGER, NOW)
            assert asked is calls.Asked.NOTED
            for call in calls.calls(db):
                calls.called(db, call.call_id)
        assert calls.ask_for_call(db, STRANGER, None, "fr", "sms", NOW) is calls.Asked.NOTED


def test_a_flood_of_cases_promises_no_call_of_the_office_and_who_had_enough_is_told_so_when_they_ask(
    app: Flask, phone: Callable[[str], Phone]
) -> None:
    mine = phone(BAKARY)
    for _time in range(A_DAY):
        mine.go("8")
        answered(app)
    for number in range(6):
        page = mine.go("4", "1", "1", "1", "2")
        mine.write(f"PLAINTE le puits {number}")
    page += mine.press("9")
    assert "Plusieurs" in page
    assert "On vous rappelle" not in page
    assert not any("rappelle" in each for each in mine.received())
    assert owed(app) == []
    assert mine.press("8", "1") == f"END {ENOUGH}"
    assert owed(app) == []


def test_an_8_by_sms_asks_for_a_call_as_on_the_screens(app: Flask, phone: Callable[[str], Phone]) -> None:
    bakary = phone(BAKARY)
    bakary.write(" 8 ")
    ((number, language, topic, _member),) = owed(app)
    assert (number, language, topic) == (BAKARY, "fr", "sms")
    assert "rappelle" in bakary.received()[-1]
    bakary.write("88")
    assert len(owed(app)) == 1
