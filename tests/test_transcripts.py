"""Golden conversations: each file is played, and every word of it is compared. `--rewrite` writes them anew."""

import re
import shlex
from pathlib import Path

import pytest
from flask import Flask

from models import announcing
from tests.conftest import SECRET, STORIES, Clock
from tests.desk import Desk
from tests.phone import Phone
from ussd_app import jobs, service
from ussd_app.db import transaction

KINDS = STORIES

FILES = sorted((Path(__file__).parent / "transcripts").rglob("*.txt"))
DRAWN = {
    "dossier": re.compile(r"(?<=Dossier )\d{6}|(?<=Case )\d{6}"),
    "code": re.compile(r"(?<=\nCode )\d{4}"),
    "mark": re.compile(r"(?<=mpreinte )[0-9A-F]{4} [0-9A-F]{4}|(?<=ingerprint )[0-9A-F]{4} [0-9A-F]{4}"),
}
# The numbers of other cases in a list.
OTHERS = re.compile(r"(?<=\n\d )\d{6}(?= )")


class Stage:
    """Plays a file: `phone` names who speaks, `>` dials or presses, `sms>` writes, `wait` lets hours pass and the
    scheduler look each hour, `days` lets days pass and the clocks of cases act, `$` is the office's command line,
    `desk` the committee over the newest case; the rest is what came back.
    """

    def __init__(self, app: Flask, clock: Clock, phone: type[Phone] = Phone) -> None:
        self.app, self.clock, self.made = app, clock, phone
        self.phones: dict[str, Phone] = {}
        self.phone: Phone | None = None
        self.drawn: dict[str, str] = {}

    def play(self, script: str) -> str:
        """The file as it is said now."""
        said = []
        for line in script.splitlines():
            if line.startswith(("#", "phone ")):
                said += [line, *self._turn_to(line)]
            elif line.startswith("wait "):
                said += [line, *self._waits(int(line.split()[1]))]
            elif line.startswith("days "):
                said += [line, *self._days(int(line.split()[1]))]
            elif line.startswith("desk "):
                said += [line, *self._at_the_desk(line)]
            elif line.startswith("$ "):
                said += [line, *self._commands(line)]
            elif line.startswith(("> ", "sms> ", "drop")):
                said += [line, *self._does(line)]
        return "\n".join(said) + "\n"

    def _turn_to(self, line: str) -> list[str]:
        if line.startswith("phone "):
            number = line.split()[1]
            self.phone = self.phones.setdefault(number, self.made(self.app, number, SECRET))
        return []

    def _at_the_desk(self, line: str) -> list[str]:
        """What the committee does, and the SMS that reach the phone by that."""
        assert self.phone is not None, "a transcript begins with a phone"
        self.clock.pass_by(seconds=5)
        Desk(self.app, self.clock).does(line.removeprefix("desk "), self.drawn["dossier"])
        return [self._masked(f"= SMS\n{words}") for words in self.phone.received()]

    def _waits(self, hours: int) -> list[str]:
        assert self.phone is not None, "a transcript begins with a phone"
        letters = []
        for hour in range(hours):
            self.clock.pass_by(hours=1)
            jobs.convene(service.of(self.app))
            with transaction(service.of(self.app).engine) as db:
                written = announcing.remind(db, self.clock())
            if written or hour == hours - 1:
                letters += [f"= SMS\n{words}" for words in self.phone.received()]
        return [self._masked(each) for each in letters]

    def _days(self, days: int) -> list[str]:
        """The clock is moved day by day, and the cases' own clocks act; the SMS that reach the phone by that."""
        assert self.phone is not None, "a transcript begins with a phone"
        for _day in range(days):
            self.clock.pass_by(days=1)
            jobs.attend(service.of(self.app))
        return [self._masked(f"= SMS\n{words}") for words in self.phone.received()]

    def _commands(self, line: str) -> list[str]:
        self.clock.pass_by(seconds=5)
        done = self.app.test_cli_runner().invoke(args=shlex.split(line.removeprefix("$ ")))
        return [f"= {each}" for each in done.output.splitlines()]

    def _does(self, line: str) -> list[str]:
        assert self.phone is not None, "a transcript begins with a phone"
        self.clock.pass_by(seconds=5)
        kind, _space, typed = line.partition(" ")
        for name, value in self.drawn.items():
            typed = typed.replace(f"{{{name}}}", value)
        page = ""
        if kind == "sms>":
            self.phone.write(typed)
        elif typed.startswith("*384*77"):
            page = self.phone.dial(typed.removeprefix("*384*77").strip("*#"))
        elif kind == ">":
            page = self.phone.press(typed)
        letters = [f"= SMS\n{words}" for words in self.phone.received()]
        return [*([self._masked(page)] if page else []), *map(self._masked, letters)]

    def _masked(self, page: str) -> str:
        for name, pattern in DRAWN.items():
            found = pattern.search(page)
            if found:
                self.drawn[name] = found[0]
                page = page.replace(found[0], f"{{{name}}}")
            elif name in self.drawn:
                page = page.replace(self.drawn[name], f"{{{name}}}")
        return OTHERS.sub("{autre}", page)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_said_is_what_was_agreed(
    file: Path, app: Flask, clock: Clock, request: pytest.FixtureRequest, kind: str
) -> None:
    script = file.read_text()
    said = Stage(app, clock).play(script)
    if request.config.getoption("--rewrite"):
        file.write_text(said)
    assert said == script


def test_there_are_transcripts() -> None:
    assert FILES
