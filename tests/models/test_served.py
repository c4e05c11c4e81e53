"""Proof of notice after a change: what told of the old day, or that a meeting is on when it is off, proves nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, update

from models import convening, inbox, served
from models.convening import Call
from models.meetings import MeetingKind
from models.messages import Message, MessageState
from models.served import Way
from tests.conftest import NOW
from tests.office import PRESIDENT, hand, opened
from tests.ussd_app.test_commands import run
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
BAKARY, AWA = "+22370000004", "+22370000012"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def called(db: Connection, kind: MeetingKind = MeetingKind.ORDINARY) -> int:
    wanted = Call(kind, NOW + timedelta(days=20), "École de Kogbera", ("Comptes",))
    return convening.call(db, hand(db, "1"), wanted, NOW)


def moved(db: Connection, meeting_id: int) -> None:
    convening.move(db, hand(db, "1"), meeting_id, NOW + timedelta(days=27), None, LATER)


def became(db: Connection, state: MessageState, *phones: str) -> None:
    """What waits, to all or to these phones, ends so."""
    waiting = update(Message).where(Message.state == MessageState.QUEUED)
    db.execute((waiting.where(Message.phone.in_(phones)) if phones else waiting).values(state=state))


def ways(db: Connection, meeting_id: int) -> dict[str, Way]:
    proof = served.proof(db, hand(db, "1").cooperative_id, meeting_id)
    return {each.number: each.way for each in proof}


def reach(db: Connection, meeting_id: int) -> dict[Way, int]:
    found = served.reach(db, hand(db, "1").cooperative_id, meeting_id)
    return {way: count for way, count in found.ways.items() if count}


def test_who_only_got_the_old_day_was_not_told_of_the_new_one(db: Connection) -> None:
    meeting_id = called(db)
    became(db, MessageState.DELIVERED)
    assert (ways(db, meeting_id)["4"], reach(db, meeting_id)) == (Way.ARRIVED, {Way.ARRIVED: 20})
    moved(db, meeting_id)
    assert (ways(db, meeting_id)["4"], reach(db, meeting_id)) == (Way.WAITING, {Way.WAITING: 20})
    became(db, MessageState.DELIVERED, AWA)
    became(db, MessageState.FAILED)
    assert (ways(db, meeting_id)["4"], ways(db, meeting_id)["12"]) == (Way.LOST, Way.ARRIVED)
    assert reach(db, meeting_id) == {Way.ARRIVED: 1, Way.LOST: 19}


def test_who_is_called_after_the_move_is_told(db: Connection) -> None:
    meeting_id = called(db)
    became(db, MessageState.DELIVERED, BAKARY)
    became(db, MessageState.FAILED)
    moved(db, meeting_id)
    became(db, MessageState.DELIVERED)
    assert reach(db, meeting_id) == {Way.ARRIVED: 20}


def test_who_stopped_notices_since_knows_the_old_day_alone(db: Connection) -> None:
    meeting_id = called(db, MeetingKind.WORK_DAY)
    became(db, MessageState.DELIVERED)
    inbox.opt_out(db, BAKARY, NOW)
    moved(db, meeting_id)
    became(db, MessageState.DELIVERED)
    assert (ways(db, meeting_id)["4"], reach(db, meeting_id)) == (Way.STOPPED, {Way.ARRIVED: 19, Way.LOST: 1})


def test_that_a_meeting_is_off_is_proven_by_the_notice_of_that(db: Connection) -> None:
    meeting_id = called(db)
    became(db, MessageState.DELIVERED)
    convening.cancel(db, hand(db, "1"), meeting_id, LATER)
    became(db, MessageState.DELIVERED, AWA)
    became(db, MessageState.FAILED)
    assert (ways(db, meeting_id)["4"], ways(db, meeting_id)["12"]) == (Way.LOST, Way.ARRIVED)
    assert reach(db, meeting_id) == {Way.ARRIVED: 1, Way.LOST: 19}


def test_a_notice_that_was_read_before_the_move_is_to_be_read_again(db: Connection) -> None:
    meeting_id, mine = called(db), hand(db, "4")

    def seen() -> tuple[object, int]:
        proof = {each.number: each.read_at for each in served.proof(db, mine.cooperative_id, meeting_id)}
        return proof["4"], served.reach(db, mine.cooperative_id, meeting_id).read

    served.read(db, meeting_id, mine.member_id, NOW)
    assert seen() == (NOW, 1)
    moved(db, meeting_id)
    assert seen() == (None, 0)
    again = LATER + timedelta(minutes=1)
    served.read(db, meeting_id, mine.member_id, again)
    served.read(db, meeting_id, mine.member_id, again + timedelta(days=1))
    assert seen() == (again, 1)
    convening.cancel(db, hand(db, "1"), meeting_id, again + timedelta(days=2))
    assert seen() == (None, 0)


def test_the_paper_and_the_phone_say_so(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        meeting_id = called(db)
        became(db, MessageState.DELIVERED)
        moved(db, meeting_id)
        became(db, MessageState.FAILED)
    proof = run(app, "meetings", "proof", "KOGB", str(meeting_id))[1]
    assert "\tarrived\t" not in proof
    assert "4\tlost\t...0004\t-\t-\n" in proof
    leader = opened(app, PRESIDENT)
    page = leader.press("11", "2")
    page = leader.press(next(line[0] for line in page.splitlines() if "19/12" in line), "1")
    assert "Avis à 20 téléphones\nPas arrivés: 20\n" in page
    leader.press("1", "3")
    assert leader.press("1").startswith("CON C'est annulé.")
    assert "Avis à 20 téléphones\nAttendent de partir: 20\n" in leader.press("2")
    assert leader.press("1").startswith("CON Réunions prévues")
