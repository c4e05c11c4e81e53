"""Several at the same moment: one meeting, one notice, one reminder, one who stands in, one move."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, Connection, func, select

from models import announcing, attendance, convening
from models.announcing import MeetingNotice, What
from models.attendance import NoProxy, Proxy
from models.convening import Call, NotCalled
from models.meetings import Meeting, MeetingKind, MeetingMove
from models.messages import Message
from tests.conftest import NOW
from tests.office import asked, hand
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
AT_ONCE = 4
START = NOW + timedelta(days=20)
WANTED = Call(MeetingKind.ORDINARY, START, "École", ("Comptes",))


def at_once(app: Flask, deed: Callable[[Connection, int], object]) -> list[str]:
    """What became of each of several who do something at the same moment."""
    barrier, outcomes = Barrier(AT_ONCE), list[str]()

    def one(number: int) -> None:
        barrier.wait(30)
        try:
            with transaction(service.of(app).engine) as db:
                deed(db, number)
        except (NotCalled, NoProxy) as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")

    threads = [Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def called(app: Flask) -> int:
    found = asked(app, lambda db: convening.call(db, hand(db, "1"), WANTED, NOW))
    assert isinstance(found, int)
    return found


def counted(app: Flask, table: type, *where: ColumnElement[bool]) -> object:
    return asked(app, lambda db: db.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


@pytest.fixture
def before(app: Flask) -> object:
    return counted(app, Meeting)


def test_officers_who_call_the_same_meeting_call_it_once(app: Flask, before: int) -> None:
    said = at_once(app, lambda db, number: convening.call(db, hand(db, "1" if number % 2 else "3"), WANTED, NOW))
    assert said == ["done"] * AT_ONCE
    assert (counted(app, Meeting), counted(app, MeetingNotice)) == (before + 1, 1)
    sent = select(Message.phone).where(Message.kind == "meeting_called")
    twice = sent.group_by(Message.phone).having(func.count() > 1)
    assert asked(app, lambda db: db.execute(twice).all()) == []


def test_schedulers_that_look_at_once_remind_once(app: Flask) -> None:
    called(app)
    at_once(app, lambda db, _number: announcing.remind(db, START - timedelta(days=1)))
    assert counted(app, MeetingNotice, MeetingNotice.what == What.DAY) == 1


def test_officers_who_move_a_meeting_at_once_move_it_once(app: Flask) -> None:
    meeting_id = called(app)
    said = at_once(
        app,
        lambda db, number: convening.move(db, hand(db, "1"), meeting_id, START + timedelta(days=number + 1), None, NOW),
    )
    moves = counted(app, MeetingMove)
    assert moves == said.count("done") >= 1
    newest = select(Message.phone).where(Message.kind.in_(("meeting_called", "meeting_moved")))
    waiting = newest.where(Message.state == "queued").group_by(Message.phone).having(func.count() > 1)
    assert asked(app, lambda db: db.execute(waiting).all()) == []


def test_members_who_choose_the_same_one_at_once_find_room_once(app: Flask) -> None:
    meeting_id = called(app)

    def choose(db: Connection, number: int) -> None:
        giver = hand(db, str(12 + number))
        attendance.stand_in(db, giver.cooperative_id, meeting_id, giver.member_id, "4", NOW)

    assert at_once(app, choose) == ["NoProxy"] * (AT_ONCE - 1) + ["done"]
    assert counted(app, Proxy) == 1
