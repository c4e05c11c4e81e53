"""Notices that wait: to a new number, in another language, and not to who left."""

import pytest
from flask import Flask
from sqlalchemy import insert, select

from models import broadcasts, deeds, leaving, members, new_numbers, waiting
from models.audiences import Audience
from models.broadcasts import Draft
from models.members import Phone as Number
from models.messages import Message, MessageState, Urgency
from tests.conftest import NOW, SECRET
from tests.office import hand
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
OLD, NEW = "+22370000004", "+22379999904"
QUEUED, CANCELLED = MessageState.QUEUED, MessageState.CANCELLED


def plan(app: Flask, *numbers: str) -> None:
    """Write to some members of KOGB, in the night."""
    with transaction(service.of(app).engine) as db:
        to = Audience(hand(db, "1").cooperative_id, numbers=numbers)
        draft = Draft(to.cooperative_id, to, "words", {"text": "x"}, Urgency.NOTICE, NOW.replace(hour=22))
        broadcasts.plan(db, draft, "one", NOW)


def waits(app: Flask) -> list[tuple[str, str, MessageState]]:
    """The notices there are: to whom, in which language, and where they are."""
    found = select(Message.phone, Message.language, Message.state).where(Message.urgency >= Urgency.NOTICE)
    with reading(service.of(app).engine) as db:
        return [(row.phone, row.language, row.state) for row in db.execute(found.order_by(Message.phone))]


def change(app: Flask) -> None:
    """Two officers give a member another number."""
    with transaction(service.of(app).engine) as db:
        member_id = hand(db, "4").member_id
        proposal_id = new_numbers.propose(db, hand(db, "3"), member_id, NEW, OLD, NOW)
        deeds.approve(db, hand(db, "1", session="other"), proposal_id, NOW)


def have(app: Flask, number: str, member: str) -> None:
    """A number is another member's as well."""
    with transaction(service.of(app).engine) as db:
        db.execute(insert(Number).values(member_id=hand(db, member).member_id, number=number))


def test_what_waits_follows_a_member_to_another_number(app: Flask) -> None:
    plan(app, "4")
    change(app)
    assert waits(app) == [(NEW, "fr", QUEUED)]


def test_a_number_that_has_it_already_gets_it_once(app: Flask) -> None:
    have(app, NEW, "5")
    plan(app, "4", "5")
    change(app)
    states = {(phone, state) for phone, _language, state in waits(app)}
    assert states >= {(OLD, CANCELLED), (NEW, QUEUED)}
    assert [phone for phone, *_ in waits(app)].count(NEW) == 1


def test_what_waits_stays_on_a_number_that_somebody_still_has(app: Flask) -> None:
    have(app, OLD, "5")
    plan(app, "4")
    change(app)
    assert waits(app) == [(OLD, "fr", QUEUED)]


@pytest.mark.parametrize(("shared", "state"), [(False, CANCELLED), (True, QUEUED)])
def test_who_leaves_gets_no_notice_that_waited_unless_somebody_has_their_phone(
    app: Flask, shared: bool, state: MessageState
) -> None:
    if shared:
        have(app, OLD, "5")
    plan(app, "4")
    with transaction(service.of(app).engine) as db:
        leaving.note(db, hand(db, "3"), hand(db, "4").member_id, NOW.date(), NOW)
    assert waits(app) == [(OLD, "fr", state)]
    with reading(service.of(app).engine) as db:  # that they left is told all the same
        told = select(Message.state).where(Message.phone == OLD, Message.kind == "left")
        assert db.execute(told).scalar_one() is QUEUED


def test_what_waits_is_said_in_the_language_a_member_chose_since(app: Flask) -> None:
    plan(app, "7")
    phone = Phone(app, "+22370000007", SECRET)
    assert "English" in phone.go("5")
    phone.press("2")
    assert waits(app) == [("+22370000007", "en", QUEUED)]


def test_a_phone_of_several_is_spoken_to_in_the_language_of_the_first(app: Flask) -> None:
    with reading(service.of(app).engine) as db:
        first, second = sorted(hand(db, number).member_id for number in ("4", "5"))
    with transaction(service.of(app).engine) as db:
        db.execute(insert(Number).values(member_id=second, number=members.phones(db, first)[0]))
    plan(app, "4", "5")
    before = waits(app)
    with transaction(service.of(app).engine) as db:
        waiting.say_in(db, second, "en")
    shared = [language for phone, language, _state in waits(app) if phone == OLD]
    assert shared == [language for phone, language, _state in before if phone == OLD]
