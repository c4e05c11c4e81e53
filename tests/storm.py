"""A broadcast of many with a gateway that counts, senders as real processes, and what must hold however they end."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from sqlalchemy import insert, select

from models import vault
from models.cooperatives import Cooperative, Kind
from models.members import Member, Phone, Role
from models.messages import Message, MessageState
from models.money import Currency
from models.reports import Told, report
from tests.conftest import NOW
from tests.gateway import KEY, USERNAME, Server
from ussd_app import service
from ussd_app.config import ROOT, Config
from ussd_app.db import reading, transaction

CODE, LANGUAGES, FIRST = "MANY", ("fr", "en", "bm"), 1_000_000
LEASE = 1


def number(member: int) -> str:
    """The phone of the n-th of the many."""
    return f"+22376{member:06d}"


class Storm:
    """A cooperative of many, and processes that send to them."""

    def __init__(self, settings: Mapping[str, str], server: Server, folder: Path) -> None:
        clock = folder / "clock"
        clock.write_text(str((NOW - datetime.now(UTC)).total_seconds()))  # by day, whenever this runs
        self.environment = {
            **settings,
            "GATEWAY": "africastalking",
            "AFRICASTALKING_USERNAME": USERNAME,
            "AFRICASTALKING_API_KEY": KEY,
            "AFRICASTALKING_URL": server.url,
            "APP_CLOCK_FILE": str(clock),
            "LEASE_SECONDS": str(LEASE),
            "TICK_SECONDS": "1",
            "PATH": os.environ["PATH"],
        }
        self.server = server
        self.running = service.assemble(Config.read(self.environment))
        self.engine = self.running.engine

    def people(self, count: int) -> list[str]:
        """Put a cooperative of many members into the register; their phones."""
        home = {
            "code": CODE,
            "name": "Coopérative des Nombreux",
            "kind": Kind.SCOOPS,
            "district": "Kéniéba",
            "country": "ML",
            "currency": Currency.XOF,
            "language": "fr",
            "time_zone": "Africa/Bamako",
        }
        with transaction(self.engine) as db:
            cooperative_id = db.execute(insert(Cooperative).returning(Cooperative.id), home).scalar_one()
            common = {"cooperative_id": cooperative_id, "role": Role.MEMBER, "amounts_by_sms": False}
            ids = range(FIRST, FIRST + count)
            named = ({"id": each, "number": str(each), "name": f"Personne {each}"} for each in ids)
            languages = cycle(LANGUAGES)
            db.execute(insert(Member), [common | each | {"language": next(languages)} for each in named])
            db.execute(insert(Phone), [{"member_id": FIRST + each, "number": number(each)} for each in range(count)])
        return [number(each) for each in range(count)]

    def command(self, *words: str, failpoint: str | None = None) -> subprocess.Popen[str]:
        """Begin a command in a process of its own."""
        environment = self.environment | ({"FAILPOINT": failpoint} if failpoint else {})
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def said(self, *words: str, failpoint: str | None = None) -> tuple[int, str]:
        """Run a command to its end: how it ended, and what it said on standard output."""
        with self.command(*words, failpoint=failpoint) as process:
            said, _errors = process.communicate(timeout=120)
            return process.returncode, said.strip()

    def states(self) -> dict[str, MessageState]:
        """Where the message to each phone of the many stands."""
        with reading(self.engine) as db:
            found = select(Message.phone, Message.state).where(Message.phone.startswith(number(0)[:6]))
            return dict(db.execute(found).all())

    def given(self) -> Counter[str]:
        """How often the gateway was given each of the many."""
        return Counter(phone for phone, _words in self.server.sent if phone.startswith(number(0)[:6]))

    def deliver(self, phones: Sequence[str]) -> None:
        """The gateway reports of some phones what it was given, under ids that we never heard."""
        for phone in phones:
            told = Told(
                "africastalking", f"late-{vault.digest('id', phone)}", phone, "Success", MessageState.DELIVERED, None
            )
            with transaction(self.engine) as db:
                report(db, told, NOW + timedelta(hours=1))


def kill(process: subprocess.Popen[str]) -> None:
    """End a process without any goodbye."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def held(storm: Storm, people: Sequence[str]) -> tuple[int, int, str]:
    """Check what must hold after everything; how many are in doubt, how many of these were given, and a sentence."""
    given, states = storm.given(), storm.states()
    twice = [phone for phone, times in given.items() if times > 1]
    assert twice == []
    assert states.keys() == set(people)
    doubtful = {phone for phone, state in states.items() if state is MessageState.IN_DOUBT}
    forgotten = [phone for phone in people if phone not in given and phone not in doubtful]
    assert forgotten == []
    assert {state for phone, state in states.items() if phone not in doubtful} <= {MessageState.ACCEPTED}
    both = len(doubtful & given.keys())
    figures = f"{len(people)} recipients, 0 twice, 0 forgotten, {len(doubtful)} in doubt ({both} of them really given)"
    return len(doubtful), both, figures
