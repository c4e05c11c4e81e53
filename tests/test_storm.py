"""Senders that are killed while they send, as real processes on a real PostgreSQL, behind a gateway that counts.

Nobody gets a message twice; nobody is forgotten without being listed as in doubt.
"""

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from models.broadcasts import Broadcast
from models.failpoints import POINTS
from models.messages import Message, MessageState
from tests import test_cut_off
from tests.conftest import SECRET
from tests.gateway import Heard, Reply, Server, takes_all, unused_port
from tests.storm import CODE, Storm, held, kill
from ussd_app.db import reading
from ussd_app.failpoints import KILLED

KINDS = ["postgresql"]
SENDING = ("claimed", "claim-committed", "call", "called", "recorded", "record-committed")
PLANNING = ("plan-begun", "plan-chunk", "planned", "plan-committed")
REPORTING = ("report-kept", "report-committed")
COMPLAINING = test_cut_off.POINTS
SEED = 20261122


def unhurried(heard: Heard) -> Reply:
    """Take everything, after a while, so that a kill hits before, within and after a call."""
    time.sleep(0.002)
    reply = takes_all(heard)
    time.sleep(0.002)
    return reply


def slow(heard: Heard) -> Reply:
    """Take everything, so slowly that few recipients outlive many kills."""
    time.sleep(0.15)
    return takes_all(heard)


@pytest.fixture
def storm(settings: dict[str, str], tmp_path: Path) -> Iterator[Storm]:
    with Server(unhurried) as server:
        made = Storm(settings, server, tmp_path)
        yield made
        made.engine.dispose()


def planned(storm: Storm, count: int) -> tuple[list[str], str]:
    """Many members, and a broadcast to them planned by the command; their phones, and its reference."""
    people = storm.people(count)
    code, reference = storm.said("broadcast", "send", "--cooperative", CODE, "--text", "Réunion à 9h.")
    assert code == 0
    return people, reference


def killed_at_random(storm: Storm, people: list[str], kills: int, drawn: random.Random) -> int:
    """Two senders at a time, one of them killed at a random moment, a new one begun; how many were killed in time."""
    senders = [storm.command("sender") for _sender in range(2)]
    in_time = 0
    for turn in range(kills):
        before, until = len(storm.server.heard), time.monotonic() + 20
        while len(storm.server.heard) == before and len(storm.given()) < len(people) and time.monotonic() < until:
            time.sleep(0.001)
        in_time += len(storm.given()) < len(people)
        time.sleep(drawn.uniform(0, 0.08))
        kill(senders[turn % 2])
        senders[turn % 2] = storm.command("sender")
    for each in senders:
        kill(each)
    return in_time


def after_all(storm: Storm, people: list[str], reference: str) -> str:
    """Let a last sender finish, and check that all adds up; the figures."""
    assert storm.said("sender", "--drain")[0] == 0
    doubtful, given, figures = held(storm, people)
    told = json.loads(storm.said("broadcast", "show", reference, "--json")[1])
    assert told["recipients"] == sum(told["tally"].values()) == len(people)
    assert told["tally"]["in_doubt"] == doubtful == len(storm.said("messages", "doubtful")[1].splitlines())
    assert told["tally"]["queued"] == told["tally"]["sending"] == 0
    handed = storm.given()
    in_doubt = [phone for phone, state in storm.states().items() if state is MessageState.IN_DOUBT]
    storm.deliver([phone for phone in in_doubt if phone in handed])
    left = sum(state is MessageState.IN_DOUBT for state in storm.states().values())
    assert left == doubtful - given
    return f"{figures}; {left} in doubt once the reports came"


@pytest.mark.parametrize(
    ("count", "kills"), [(500, 10), pytest.param(10_000, 100, marks=pytest.mark.long)], ids=["small", "large"]
)
def test_senders_that_are_killed_at_random(
    storm: Storm, capsys: pytest.CaptureFixture[str], count: int, kills: int
) -> None:
    people, reference = planned(storm, count)
    if count == 500:
        storm.server.behave = slow
    in_time = killed_at_random(storm, people, kills, random.Random(SEED))
    figures = after_all(storm, people, reference)
    with capsys.disabled():
        print(f"\nkill -9 of a sender, {in_time} times while it had work (seed {SEED}): {figures}")
    assert in_time >= kills * 0.8


def test_a_sender_that_ends_at_each_point(storm: Storm, capsys: pytest.CaptureFixture[str]) -> None:
    people, reference = planned(storm, 400)
    for point in SENDING:
        for turn in (1, 2):
            assert storm.said("sender", "--drain", failpoint=f"{point}:{turn}")[0] == KILLED, point
    figures = after_all(storm, people, reference)
    with capsys.disabled():
        print(f"\na sender ended at each of {len(SENDING)} points, twice: {figures}")


def _written(storm: Storm) -> tuple[int, int]:
    with reading(storm.engine) as db:
        count = [db.execute(select(func.count()).select_from(each)).scalar_one() for each in (Broadcast, Message)]
    return count[0], count[1]


def test_planning_that_ends_at_each_point_leaves_all_or_nothing(storm: Storm) -> None:
    people = storm.people(6_000)
    before = _written(storm)
    for point in PLANNING:
        words = ("broadcast", "send", "--cooperative", CODE, "--text", "Réunion.", "--key", point)
        assert storm.said(*words, failpoint=f"{point}:1") == (KILLED, "")
        if point != "plan-committed":
            assert _written(storm) == before, point
        for _time in range(2):
            code, reference = storm.said(*words)
            assert (code, len(reference)) == (0, 7)
        broadcasts, messages = _written(storm)
        assert (broadcasts, messages) == (before[0] + 1, before[1] + len(people)), point
        before = broadcasts, messages


def post(port: int, form: dict[str, str]) -> int:
    """Post a delivery report; 0 when nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/gateways/africastalking/{SECRET}/delivery", urlencode(form), headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def _serving(storm: Storm, port: int, failpoint: str | None) -> "subprocess.Popen[str]":
    process = storm.command("run", "--port", str(port), failpoint=failpoint)

    def answers() -> bool:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    until(answers)
    return process


def test_a_report_whose_taker_ends_is_brought_again_and_counts_once(storm: Storm) -> None:
    people, _reference = planned(storm, 2)
    assert storm.said("sender", "--drain")[0] == 0
    with reading(storm.engine) as db:
        ids = [db.execute(select(Message.gateway_id).where(Message.phone == phone)).scalar_one() for phone in people]
    for point, phone, gateway_id in zip(REPORTING, people, ids, strict=True):
        form = {"id": str(gateway_id), "status": "Success", "phoneNumber": phone, "networkCode": "61002"}
        port = unused_port()
        process = _serving(storm, port, f"{point}:1")
        assert post(port, form) == 0
        process.communicate(timeout=20)
        assert process.returncode == KILLED
        kept = MessageState.DELIVERED if point == "report-committed" else MessageState.ACCEPTED
        assert storm.states()[phone] is kept, point
        process = _serving(storm, port, None)
        assert post(port, form) == 200
        kill(process)
        assert storm.states()[phone] is MessageState.DELIVERED


def test_a_sender_that_is_asked_to_end_leaves_no_doubt(storm: Storm) -> None:
    people, _reference = planned(storm, 60)  # in three languages, so that a batch is several calls
    storm.server.behave = slow
    process = storm.command("sender")
    until(lambda: len(storm.server.heard) > 0)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    states = set(storm.states().values())
    assert states <= {MessageState.ACCEPTED, MessageState.QUEUED}
    storm.server.behave = unhurried
    assert storm.said("sender", "--drain")[0] == 0
    assert set(storm.states().values()) == {MessageState.ACCEPTED}
    assert storm.given() == dict.fromkeys(people, 1)


def test_every_point_is_tried_and_listed() -> None:
    assert {*SENDING, *PLANNING, *REPORTING, *COMPLAINING} == POINTS.keys()
    page = (Path(__file__).parent.parent / "docs" / "failpoints.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{name}` | {meaning} |" for name, meaning in POINTS.items()]
