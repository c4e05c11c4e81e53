"""Two real schedulers at once on PostgreSQL: ended, begun again, with the clock moved, they change only when."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from models import announcing, convening, proposed_meetings, recurring
from models.announcing import What
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.convening import Call
from models.drafts import Draft
from models.handovers import Handover, HandoverState
from models.meetings import Meeting, MeetingKind
from models.members import Role
from models.messages import Message, Urgency
from models.proposals import Deed, Proposal, State
from models.writing import insert_once
from tests.conftest import NOW
from tests.office import hand
from tests.storm import kill
from ussd_app import jobs, service
from ussd_app.clock import Steps
from ussd_app.config import ROOT, Config
from ussd_app.db import reading, transaction
from ussd_app.service import Service

KINDS = ["postgresql"]
WEEK = timedelta(days=7)


class Pair:
    """Two schedulers over one database, with a clock that is moved under them."""

    def __init__(self, settings: dict[str, str], folder: Path) -> None:
        self.clock = folder / "clock"
        self.environment = {**settings, "APP_CLOCK_FILE": str(self.clock), "PATH": os.environ["PATH"]}
        self.moved(NOW)
        self.running: Service = service.assemble(Config.read(self.environment))
        self.processes: list[subprocess.Popen[str]] = []

    def moved(self, now: datetime) -> None:
        """It is this moment now."""
        self.clock.write_text(str((now - datetime.now(UTC)).total_seconds()))

    def begin(self, now: datetime) -> None:
        """Move the clock, and begin both at the same moment."""
        self.moved(now)
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "scheduler"]
        self.processes = [
            subprocess.Popen(
                command, cwd=ROOT, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            for _scheduler in range(2)
        ]

    def end(self) -> None:
        """End both without any goodbye."""
        for process in self.processes:
            kill(process)
        self.processes = []

    def told(self) -> Counter[str]:
        """How many broadcasts of each kind there are."""
        with reading(self.running.engine) as db:
            return Counter(db.execute(select(Broadcast.kind)).scalars())

    def both_looked(self) -> None:
        """Wait until both have looked: they do at once when they begin, and then have nothing to do for a while."""
        patience = time.monotonic() + 90
        for process in self.processes:
            before = 0.0
            while (spent := worked(process.pid)) < 1 or spent > before + 0.03:
                assert process.poll() is None
                assert time.monotonic() < patience
                before = spent
                time.sleep(1.5)


def worked(pid: int) -> float:
    """The seconds of CPU that a process has had."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def pair(settings: dict[str, str], tmp_path: Path) -> Iterator[Pair]:
    made = Pair(settings, tmp_path)
    yield made
    made.end()
    made.running.engine.dispose()


def fill(pair: Pair) -> None:
    """A weekly notice, a meeting every week, an assembly with reminders, a handover on a day."""
    with transaction(pair.running.engine) as db:
        president, secretary = hand(db, "1"), hand(db, "3")
        home = president.cooperative_id
        notice = Draft(home, Audience(home, numbers=("4", "5")), "words", {"text": "x"}, Urgency.NOTICE, NOW + WEEK / 7)
        recurring.recur(db, notice, "FREQ=WEEKLY", "weekly", NOW)
        training = Call(MeetingKind.TRAINING, NOW + timedelta(days=10), "Hangar", (), Audience(home, numbers=("4",)))
        proposed_meetings.repeat(db, president, training, "FREQ=WEEKLY", "weekly", NOW)
        assembly = Call(MeetingKind.ORDINARY, NOW + timedelta(days=20), "École", ("Comptes",))
        convening.call(db, president, assembly, NOW)
        row = {"cooperative_id": home, "key": "handover", "deed": Deed.HAND_OVER, "facts": {}}
        row |= {"proposed_by": secretary.member_id, "proposed_at": NOW, "state": State.APPROVED}
        proposal = insert_once(db, Proposal, row)
        given = {"proposal_id": proposal, "cooperative_id": home, "role": Role.SECRETARY, "on_day": date(2026, 11, 25)}
        given |= {"from_id": secretary.member_id, "to_id": hand(db, "7").member_id}
        insert_once(db, Handover, given | {"state": HandoverState.WAITING})


# Forwards, all at once, backwards, and over the very moments: what is told is the same as with one that never slept.
MOMENTS = (NOW + timedelta(days=1), NOW + timedelta(days=4), NOW + timedelta(days=2), NOW + timedelta(days=13, hours=1))


def test_two_schedulers_that_end_and_begin_with_a_moved_clock_tell_everything_once(pair: Pair) -> None:
    fill(pair)
    for now in MOMENTS:
        pair.begin(now)
        pair.both_looked()
        pair.end()
    assert pair.told()["words"] == 1  # the one of the ninth day is four days late at the end: it helps nobody
    with reading(pair.running.engine) as db:
        trainings = db.execute(select(Meeting.starts_at).where(Meeting.called_by.is_not(None))).scalars().all()
        assert Counter(at - NOW for at in trainings) == Counter(
            [timedelta(days=10), timedelta(days=17), timedelta(days=20)]
        )
        (assembly,) = db.execute(select(Meeting.id).where(Meeting.starts_at == NOW + timedelta(days=20))).scalars()
        assert [each.what for each in announcing.notices(db, assembly)] == [What.CALLED, What.WEEK]
        to_many = select(Message.broadcast_id, Message.phone).where(Message.broadcast_id.is_not(None))
        twice = Counter(db.execute(to_many).all())
        assert set(twice.values()) == {1}
        assert db.execute(select(Handover.state)).scalars().all() == [HandoverState.DONE]
        phones = db.execute(select(Message.phone).where(Message.kind == "role_changed")).scalars().all()
        assert len(phones) == len(set(phones)) == 3  # each phone of the two is told once


# The clock that is set back.


def test_a_clock_that_is_set_back_is_seen_and_one_that_goes_on_is_not() -> None:
    wall, steady = [1000.0], [10.0]
    steps = Steps(lambda: wall[0], lambda: steady[0])
    for forwards, passed, seen in ((5, 5, False), (3600, 5, False), (-3600, 5, True), (5, 5, False), (4, 5, False)):
        wall[0] += forwards
        steady[0] += passed
        assert steps.back() is seen


def test_every_job_looks_at_once_when_the_clock_was_set_back() -> None:
    looked: list[int] = []
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(lambda: looked.append(1), "interval", hours=1)
    scheduler.start()
    try:
        assert looked == []
        jobs.hurry(scheduler)
        patience = time.monotonic() + 10
        while not looked and time.monotonic() < patience:
            time.sleep(0.02)
        assert looked == [1]
    finally:
        scheduler.shutdown()
