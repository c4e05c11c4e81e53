"""A gateway that sends the last input only: each press once, a repeat told the same, a lost session not guessed at."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import delete, func, select

from models.grievances.tables import Grievance
from models.sessions import Conversation, SessionEnd
from tests.conftest import SECRET, Clock
from tests.phone import JsonPhone, LastPhone, Phone
from ussd_app import service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.gateways import Ended, Press, Request
from ussd_app.gateways.hubtel import read_press
from ussd_app.settings import BadSetting

NUMBER = "+22370000005"
PATH = f"/gateways/hubtel/{SECRET}/ussd"
PRESS: Mapping[str, Any] = {
    "Type": "Response",
    "Mobile": NUMBER[1:],
    "SessionId": "s1",
    "ServiceCode": "384*77",
    "Message": "1",
    "Operator": "mtn",
    "Sequence": 2,
    "ClientState": "",
    "Platform": "USSD",
}
ENDED = "END Cette session est finie. Refaites le numéro."


def read(**changed: object) -> object:
    """What a press is read as."""
    body = json.dumps({**PRESS, **changed}).encode()
    return read_press(Request("POST", "application/json", "", body, lambda _name: ""))


@pytest.mark.parametrize(
    ("dialled", "code", "text"),
    [
        ("*384*77#", "384*77", ""),
        ("*384*77#", "*384*77#", ""),
        ("*384*77*1*2#", "384*77", "1*2"),
        ("384*77*1", "384*77", "1"),
        ("*384*775#", "384*77", ""),
        ("*999*1#", "384*77", ""),
        ("", "384*77", ""),
    ],
)
def test_what_is_dialled_behind_the_code_is_the_first_text(dialled: str, code: str, text: str) -> None:
    first = read(Type="initiation", Message=dialled, ServiceCode=code, Sequence=1)
    assert first == Press("hubtel", "s1", NUMBER, text, "1", begins=True)


@pytest.mark.parametrize("typed", ["1", "", " x ", "*1*", "l'argent * de", "1" * 200])
def test_an_input_is_kept_to_the_letter(typed: str) -> None:
    assert read(Message=typed, Type="RESPONSE", Sequence="2") == Press("hubtel", "s1", NUMBER, typed, "2")


@pytest.mark.parametrize("end", ["Release", "Timeout"])
def test_the_end_of_a_session_is_kept_and_answered(end: str, app: Flask) -> None:
    assert read(Type=end) == Ended("hubtel", "s1", end, None, None, None, "mtn")
    for _again in range(2):
        answer = app.test_client().post(PATH, json={**PRESS, "Type": end})
        assert (answer.status_code, answer.get_json()["Type"]) == (200, "Release")
    with reading(service.of(app).engine) as db:
        assert db.execute(select(SessionEnd.session, SessionEnd.status)).all() == [("s1", end)]


BAD: Mapping[str, Mapping[str, object]] = {
    **{f"no {name}": {name: None} for name in ("Type", "Mobile", "SessionId", "Message", "Sequence")},
    "another type": {"Type": "AddToCart"},
    "no number": {"Mobile": "COOP"},
    "a local number": {"Mobile": "070000012"},
    "a sequence that is none": {"Sequence": "two"},
    "half a sequence": {"Sequence": 1.5},
    "a sequence below": {"Sequence": -1},
    "true": {"Sequence": True},
    "a list": {"Message": ["1"]},
    "NUL": {"Message": "\0"},
    "an endless session": {"SessionId": "x" * 201},
}


def test_what_it_never_sends_is_refused_and_leaves_nothing(app: Flask, subtests: pytest.Subtests) -> None:
    client = app.test_client()
    for name, changed in BAD.items():
        with subtests.test(name):
            assert client.post(PATH, json={**PRESS, **changed}).status_code == 400
    assert client.post(PATH, data=dict(PRESS)).status_code == 415
    assert client.post(PATH, json={**PRESS, "Message": "x" * 9000}).status_code == 413
    assert client.get(PATH).status_code == 405
    assert client.post(PATH.replace(SECRET, "wrong"), json=dict(PRESS)).status_code == 404
    with reading(service.of(app).engine) as db:
        assert db.execute(select(func.count()).select_from(Conversation)).scalar_one() == 0


@pytest.fixture(params=[JsonPhone, LastPhone])
def mariam(request: pytest.FixtureRequest, app: Flask) -> Phone:
    """A phone behind each kind of gateway that sends the last input only."""
    made: Phone = request.param(app, NUMBER, SECRET)
    return made


def _cases(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        return db.execute(select(func.count()).select_from(Grievance)).scalar_one()


def test_a_press_brought_twice_is_told_the_same_and_done_once(mariam: Phone, app: Flask) -> None:
    before = _cases(app)
    mariam.dial()
    for typed in ("4", "1", "1", "3"):
        page = mariam.press(typed)
        assert mariam.repeat() == page
    last = mariam.press("2")
    assert last.startswith("END ")
    assert [mariam.repeat() for _time in range(3)] == [last] * 3
    assert _cases(app) == before + 1


def test_the_same_answer_given_twice_is_two_presses(mariam: Phone) -> None:
    mariam.dial()
    first = mariam.press("3")
    second = mariam.press("1")
    third = mariam.press("1")
    assert len({first, second, third}) == 3


def test_nothing_is_said_after_the_end(mariam: Phone) -> None:
    assert mariam.go("8").startswith("END ")
    assert mariam.press("1") == ENDED


def test_a_session_of_another_phone_is_not_gone_on_with(mariam: Phone, app: Flask) -> None:
    mariam.go("3")
    thief = type(mariam)(app, "+22370000014", SECRET)
    thief.session, thief.count = mariam.session, mariam.count  # type: ignore[attr-defined]
    assert thief.press("1") == ENDED
    assert not mariam.press("1").startswith("END")


def test_a_session_that_nobody_remembers_is_not_guessed_at(
    mariam: Phone, app: Flask, settings: Mapping[str, str]
) -> None:
    mariam.go("3")
    with transaction(service.of(app).engine) as db:
        db.execute(delete(Conversation))
    if "REDIS_URL" in settings:
        with Redis.from_url(settings["REDIS_URL"]) as redis:
            redis.flushdb()
    assert mariam.press("1") == ENDED


def test_after_too_long_the_session_is_over(mariam: Phone, clock: Clock) -> None:
    mariam.go("3")
    clock.pass_by(minutes=16)
    assert mariam.press("1") == ENDED
    assert mariam.dial().startswith("CON ")


@pytest.mark.parametrize(
    "rules",
    [
        "Moov?text=a",
        "hubtel?text=a",
        "moov?text=a; moov?text=b",
        "moov?pin=a",
        "moov?text=a&text=b",
        "moov?method=PUT",
        "moov?sends=last",
        "moov?sends=some",
    ],
)
def test_a_family_that_cannot_be_read_stops_the_start(rules: str) -> None:
    with pytest.raises(BadSetting, match="USSD_GATEWAYS"):
        Config.read({"APP_MODE": "test", "USSD_GATEWAYS": rules})


@pytest.mark.parametrize("changed", [{"MSISDN": "COOP"}, {"SESSION": ""}, {"INPUT": None}])
def test_a_press_of_a_family_is_read_as_strictly(app: Flask, changed: dict[str, str | None]) -> None:
    form = {"SESSION": "s", "MSISDN": NUMBER, "INPUT": "", **changed}
    query = {name: value for name, value in form.items() if value is not None}
    path = f"/gateways/whole/{SECRET}/ussd"
    assert app.test_client().get(path, query_string=query).status_code == 400
    assert app.test_client().get(f"{path}?SESSION=s&SESSION=s&MSISDN=%2B22370000005&INPUT=").status_code == 400
    assert app.test_client().post(path, data=form).status_code == 405
