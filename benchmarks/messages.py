"""Messages: how fast many are planned, sent and reported of, and what memory planning takes.

Each part runs in processes of its own, over one PostgreSQL, so the figures are those of a service and not of a loop.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

import psutil
from sqlalchemy import insert, select, update

from benchmarks import books, servers
from benchmarks.client import Client
from benchmarks.parts import POSTGRESQL, SECRET, Parts, Settings
from models.cooperatives import Cooperative, Kind
from models.members import Member, Phone, Role
from models.messages import Message, MessageState
from models.money import Currency
from ussd_app import schema, service
from ussd_app.config import Config
from ussd_app.db import transaction

FEW, MANY = 10_000, 100_000
SENT, REPORTED, TURNS = 15_000, 1_200, 5
LANGUAGES = ("fr", "en", "bm")
DOOR = f"/gateways/africastalking/{SECRET}/delivery"
SENDERS = (1, 2, 4)
# A process gets ready, says so, and begins at the word; then it prints what it took.
READY = """
import json, re, sys, time
from pathlib import Path
from flows import estimates
from ussd_app import service
from ussd_app.config import Config
running = service.assemble(Config.read())
with running.engine.connect() as db:
    pass
print("ready", flush=True)
sys.stdin.readline()
began, used = time.perf_counter(), time.process_time()
"""
PLAN = """
from models import broadcasts
from models.audiences import Audience
from models.broadcasts import Draft
from models.messages import Urgency
from ussd_app.db import transaction
facts = {"place": "Puits de Sanoudougou", "day": "2026-11-24"}
home = int(sys.argv[1])
draft = Draft(home, Audience(home), "site_closed", facts, Urgency.NOTICE, running.clock())
with transaction(running.engine) as db:
    broadcasts.plan(db, estimates.weighed(draft, "*384*77#", {}), sys.argv[2], running.clock())
"""
SEND = """
running.sender().drain()
"""
SAY = """
# Of this program alone: what getrusage tells begins with that of the process that started it.
memory = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps([time.perf_counter() - began, time.process_time() - used, memory]))
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A broadcast that was planned: its messages, the seconds and CPU that took, and the megabytes at most."""

    messages: int
    seconds: float
    cpu: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Shipped:
    """What some senders sent together a second, and the CPU seconds of each part a message."""

    a_second: float
    senders: float
    gateway: float
    database: float

    @property
    def cpu(self) -> float:
        """The CPU seconds of all parts a message."""
        return self.senders + self.gateway + self.database


@dataclass(frozen=True, slots=True)
class Reported:
    """Delivery reports a second, requests a second of the bare view, and what the one is of the other, in turns."""

    a_second: float
    bare: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Messages:
    """What was measured; `sent` by how many senders there were."""

    planned: Sequence[Planned]
    sent: dict[int, Shipped]
    reports: Reported


def measured(started: Parts, gateway: Client) -> Messages:
    """Plan, send and report."""
    settings = dict(started.settings(POSTGRESQL))
    schema.upgrade(service.assemble(Config.read(settings)).engine)
    planned = [_plan(settings, count, number) for number, count in enumerate((FEW, MANY))]
    with _stub() as (url, stub):
        settings |= {"GATEWAY": "africastalking", "AFRICASTALKING_URL": url, "AFRICASTALKING_USERNAME": "bench"}
        settings |= {"AFRICASTALKING_API_KEY": "bench", "LEASE_SECONDS": "60"}
        sent = {senders: _send(settings, senders, stub) for senders in SENDERS}
    return Messages(planned, sent, _reports(settings, gateway))


def _together(settings: Settings, code: str, words: Sequence[Sequence[str]]) -> list[tuple[float, float, float]]:
    """Run some code in a process for each of these words, all at once: of each the seconds, the CPU and the memory."""
    command = [sys.executable, "-c", READY + code + SAY]
    environment = {**os.environ, **settings}
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([*command, *each], cwd=servers.ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)
        for each in words
    ]
    for each in started:
        assert each.stdout
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    return [tuple(json.loads(each.communicate(timeout=300)[0])) for each in started]


def _plan(settings: Settings, count: int, number: int) -> Planned:
    home, before = _people(settings, count, number), _database_cpu(settings)
    ((seconds, cpu, megabytes),) = _together(settings, PLAN, [(str(home), f"bench {number}")])
    return Planned(count, seconds, cpu + _database_cpu(settings) - before, megabytes)


def _database_cpu(settings: Settings) -> float:
    """The CPU seconds of the whole database until now, of what has ended there too."""
    running = service.assemble(Config.read(settings))
    with running.engine.connect() as db:
        server = psutil.Process(db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()).parent()
    running.engine.dispose()
    assert server is not None
    used = 0.0
    for each in (server, *server.children()):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            used += times.user + times.system + times.children_user + times.children_system
    return used


def _people(settings: Settings, count: int, number: int) -> int:
    """A cooperative of many, in three languages."""
    running = service.assemble(Config.read(settings))
    row = {"code": f"M{number}", "name": "Les Nombreux", "kind": Kind.SCOOPS, "district": "Kangaba", "country": "ML"}
    more = {"currency": Currency.XOF, "language": "fr", "time_zone": "Africa/Bamako"}
    with transaction(running.engine) as db:
        home = int(db.execute(insert(Cooperative).returning(Cooperative.id), row | more).scalar_one())
        common = {"cooperative_id": home, "role": Role.MEMBER, "amounts_by_sms": False}
        rows = [
            common | {"number": str(each), "name": f"Membre {each}", "language": LANGUAGES[each % len(LANGUAGES)]}
            for each in range(count)
        ]
        ids = db.execute(insert(Member).returning(Member.id, sort_by_parameter_order=True), rows).scalars()
        numbered = [{"member_id": each, "number": f"+2237{number}{place:06d}"} for place, each in enumerate(ids)]
        db.execute(insert(Phone), numbered)
    books.settle(running.engine)
    running.engine.dispose()
    return home


@contextmanager
def _stub() -> Iterator[tuple[str, psutil.Process]]:
    """A gateway that answers at once, in a process of its own; its address, and the process."""
    command = [sys.executable, "-m", "benchmarks.stub"]
    with subprocess.Popen(command, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), psutil.Process(process.pid)
        finally:
            process.terminate()


def _change(settings: Settings, state: MessageState, count: int) -> list[tuple[str, str]]:
    """Have this many messages wait and no other; the ids and phones of as many as were accepted."""
    running = service.assemble(Config.read(settings))
    with transaction(running.engine) as db:
        found = select(Message.gateway_id, Message.phone).where(Message.state == state).limit(count)
        told = [(str(gateway_id), phone) for gateway_id, phone in db.execute(found)]
        waiting = update(Message).where(Message.state == MessageState.QUEUED)
        db.execute(waiting.values(state=MessageState.CANCELLED))
        next_ones = select(Message.id).where(Message.state == MessageState.CANCELLED).order_by(Message.id).limit(count)
        again = update(Message).where(Message.id.in_(next_ones))
        at_once = {"zone": None, "not_before": Message.queued_at}  # it may be night
        db.execute(again.values(state=MessageState.QUEUED, **at_once))
    books.settle(running.engine)
    running.engine.dispose()
    return told


def _send(settings: Settings, senders: int, stub: psutil.Process) -> Shipped:
    """What some senders send together."""
    _change(settings, MessageState.ACCEPTED, SENT)
    before, database = _cpu(stub), _database_cpu(settings)
    told = _together(settings, SEND, [()] * senders)
    cpu = (sum(each[1] for each in told), _cpu(stub) - before, _database_cpu(settings) - database)
    return Shipped(SENT / max(each[0] for each in told), *(each / SENT for each in cpu))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _reports(settings: Settings, gateway: Client) -> Reported:
    """Delivery reports and a bare view, under the same server, as many at once as it has threads, in turns."""
    told = _change(settings, MessageState.ACCEPTED, TURNS * REPORTED)
    common = {"status": "Success", "networkCode": "61002", "sessionId": "s", "serviceCode": "*384*77#", "text": ""}
    bodies = [urlencode({**common, "id": each, "phoneNumber": phone}) for each, phone in told]
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    with (
        servers.serving(servers.MANY_THREADS, "wsgi:app", settings) as ours,
        servers.serving(servers.MANY_THREADS, "benchmarks.bare:app", {}) as bare,
    ):
        for turn in range(TURNS):
            for name, server in (("ours", ours), ("bare", bare)):
                some = bodies[turn * REPORTED : (turn + 1) * REPORTED]
                played = gateway.play(server.port, DOOR, some, "", hands=servers.MANY_AT_ONCE)
                assert not played.wrong, played.wrong
                rates[name].append(len(some) / played.seconds)
    ratios = [own / other for own, other in zip(rates["ours"], rates["bare"], strict=True)]
    return Reported(median(rates["ours"]), median(rates["bare"]), median(ratios))
