"""A server that is killed while somebody complains: there is no case, or a whole one whose number can be had."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models import codes, members
from models.grievances import proof
from models.grievances.tables import Grievance
from tests.conftest import NOW, SECRET
from tests.gateway import unused_port
from ussd_app import service
from ussd_app.config import ROOT, Config
from ussd_app.db import reading, transaction
from ussd_app.failpoints import KILLED

# In Redis the phone of a server that was killed is free after fifteen seconds: that wait is for `make test-long`.
KINDS = ["sqlite", "postgresql", pytest.param("postgresql+redis", marks=pytest.mark.long)]
POINTS = ("case-filed", "press-committed")
SALIMATA = "+22370000016"
WORDS = "La pompe est cassée"
NAMED, UNNAMED = "2", "3"
SHOWN = re.compile(r"Dossier (\d{6})\nCode (\d{4})")


class Line:
    """A phone at a gateway, and the server behind it as a process of its own, which may end at a point."""

    def __init__(self, settings: Mapping[str, str], folder: Path) -> None:
        clock = folder / "clock"
        clock.write_text(str((NOW - datetime.now(UTC)).total_seconds()))
        self.environment = {**settings, "APP_CLOCK_FILE": str(clock), "PATH": os.environ["PATH"]}
        self.running = service.assemble(Config.read(self.environment))
        self.port, self.session, self.text = 0, "", ""

    @contextmanager
    def served(self, failpoint: str | None = None) -> Iterator["subprocess.Popen[bytes]"]:
        """The server, until the block ends or it does."""
        self.port = unused_port()
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", str(self.port)]
        environment = self.environment | ({"FAILPOINT": failpoint} if failpoint else {})
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 30
        while self._asked("GET", "/healthz") is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(20)

    def _asked(self, how: str, path: str, form: Mapping[str, str] | None = None) -> str | None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request(how, path, urlencode(form or {}), kind)
            return connection.getresponse().read().decode()
        except (OSError, HTTPException):
            return None
        finally:
            connection.close()

    def send(self) -> str | None:
        """The transcript as it stands; None when nobody answered."""
        form = {"sessionId": self.session, "phoneNumber": SALIMATA, "networkCode": "99999"}
        path = f"/gateways/africastalking/{SECRET}/ussd"
        return self._asked("POST", path, {**form, "serviceCode": "*384*77#", "text": self.text})

    def dial(self, *typed: str) -> str | None:
        """A new session, and what is pressed in it, up to where nobody answers."""
        self.session, self.text = f"ATUid_{uuid4().hex}", ""
        page = self.send()
        for each in typed:
            self.text = f"{self.text}*{each}" if self.text else each
            page = self.send()
            if page is None:
                return None
        return page

    def cases(self) -> int:
        """How many there are; every history among them is whole."""
        with reading(self.running.engine) as db:
            assert list(proof.faults(db)) == []
            return db.execute(select(func.count()).select_from(Grievance)).scalar_one()

    def has_code(self) -> None:
        """Who dials has chosen their secret code before."""
        hashed = codes.hashed("2741")
        with transaction(self.running.engine) as db:
            (who,) = members.on_phone(db, SALIMATA)
            codes.propose(db, who.member_id, hashed)
            assert codes.settle(db, who.member_id, hashed, changing=False)

    def opens(self, page: str | None) -> bool:
        """Whether the number and code on a page open a case."""
        found = SHOWN.search(page or "")
        assert found, page
        return f"Dossier {found[1]}" in (self.dial("4", "7", found[1], found[2]) or "")


@pytest.fixture
def line(settings: dict[str, str], tmp_path: Path) -> Iterator[Line]:
    made = Line(settings, tmp_path)
    yield made
    made.running.engine.dispose()


def cut_off(line: Line, point: str, name: str) -> int:
    """File a case on a server that ends at a point; how many cases that left."""
    before = line.cases()
    with line.served(f"{point}:1") as process:
        assert line.dial("4", "1", "1", name, WORDS) is None
        assert process.wait(20) == KILLED
    return line.cases() - before


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", [NAMED, UNNAMED])
def test_the_same_press_again_gets_number_and_code_and_there_is_one_case(line: Line, point: str, name: str) -> None:
    before = line.cases()
    assert cut_off(line, point, name) == (1 if point == "press-committed" else 0)
    with line.served():
        page = again(line)
        assert line.cases() == before + 1
        assert again(line) == page
        assert line.opens(page)
    assert line.cases() == before + 1


def again(line: Line) -> str | None:
    """The gateway brings the same press again, until the phone of a server that was killed is free."""
    until = time.monotonic() + 40
    while (page := line.send() or "").startswith("END Le service ne"):
        assert time.monotonic() < until
        time.sleep(0.5)
    return page


def free(line: Line) -> None:
    """Wait until the phone of a server that was killed is free."""
    until = time.monotonic() + 40
    while (line.dial() or "").startswith("END Le service ne"):
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.parametrize("name", [NAMED, UNNAMED])
def test_at_the_next_dial_a_case_that_was_kept_shows_its_number_behind_the_code(line: Line, name: str) -> None:
    before = line.cases()
    line.has_code()
    assert cut_off(line, "press-committed", name) == 1
    with line.served():
        free(line)
        assert line.opens(line.dial("4", "7", "1", "2741"))
        assert "Aucun dossier" in (line.dial("4", "7", "1", "2741") or "")
    assert line.cases() == before + 1


def test_at_the_next_dial_a_case_that_was_not_kept_is_gone_on_with(line: Line) -> None:
    before = line.cases()
    line.has_code()
    assert cut_off(line, "case-filed", NAMED) == 0
    with line.served():
        free(line)
        assert "Dites en peu de mots" in (line.dial("7", "2741") or "")
        assert line.opens(line.dial("7", "2741", WORDS))
    assert line.cases() == before + 1


def test_a_kill_before_the_words_leaves_no_case(line: Line) -> None:
    before = line.cases()
    with line.served() as process:
        assert "Dites en peu de mots" in (line.dial("4", "1", "1", NAMED) or "")
        process.kill()
        process.wait(20)
    assert line.cases() == before
