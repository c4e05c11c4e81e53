"""Dues are raised by the job: once, though two do it at once; one cooperative that fails does not stop the others."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, update

from models import proof
from models import raising as charging
from models.entries import Entry, EntryKind
from models.plans import Plan
from tests.conftest import Clock
from tests.ussd_app.test_commands import run
from ussd_app import jobs, raising, service
from ussd_app.config import ROOT
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
LATER = datetime(2027, 3, 2, 9, tzinfo=UTC)


def raised(db: Connection) -> list[tuple[int, int]]:
    """How many dues each plan charged, and how many different keys they have."""
    found = select(func.count(), func.count(Entry.key.distinct())).where(Entry.author.like("plan:%"))
    found = found.where(Entry.kind == EntryKind.DUE).group_by(Entry.author).order_by(Entry.author)
    return [(row[0], row[1]) for row in db.execute(found)]


def test_the_job_raises_what_is_due_once(app: Flask, clock: Clock) -> None:
    running = service.of(app)
    clock.now = LATER
    for _ in range(3):
        jobs.raise_dues(running)
    with reading(running.engine) as db:
        assert raised(db) == [(22 * 3, 22 * 3), (18 * 3, 18 * 3)]
        assert list(proof.faults(db)) == []


def test_a_large_cooperative_is_raised_in_several_transactions(
    app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charging, "AT_ONCE", 5)
    clock.now = LATER
    assert raising.raise_all(service.of(app))[1] == []
    with reading(service.of(app).engine) as db:
        assert raised(db) == [(22 * 3, 22 * 3), (18 * 3, 18 * 3)]


def test_one_cooperative_that_fails_does_not_stop_the_others(app: Flask, clock: Clock) -> None:
    running = service.of(app)
    with transaction(running.engine) as db:
        first = charging.cooperatives(db)[0][0]
        db.execute(update(Plan).where(Plan.cooperative_id == first, Plan.kind == "periodic").values(period=None))
    clock.now = LATER
    assert raising.raise_all(running)[1] == [first]
    with reading(running.engine) as db:
        assert raised(db) == [(18 * 3, 18 * 3)]
    code, said = run(app, "dues", "raise")
    assert (code, "not raised in 1 cooperatives" in said) == (1, True)


def test_a_day_of_the_past_raises_no_more_than_that_day_asked(app: Flask, clock: Clock) -> None:
    clock.now = LATER
    assert run(app, "dues", "raise", "--on", "2027-01-31")[0] == 0
    with reading(service.of(app).engine) as db:
        assert raised(db) == [(22, 22), (18, 18)]
    assert run(app, "dues", "raise", "--on", "2030-01-01")[0] == 0
    with reading(service.of(app).engine) as db:
        assert raised(db) == [(66, 66), (54, 54)]
    assert run(app, "dues", "raise", "--again") == (0, "0 entries\n")


def test_what_a_plan_charged_is_not_charged_again_by_the_file_that_was_exported(
    app: Flask, clock: Clock, tmp_path: Path
) -> None:
    clock.now = LATER
    jobs.raise_dues(service.of(app))
    file = tmp_path / "dues.csv"
    assert run(app, "export", "dues", str(file))[0] == 0
    said = run(app, "import", "dues", str(file))[1]
    assert " 0 new, 0 changed" in said
    assert ",2027-03-01,Cotisation 03/2027,1000" in file.read_text(encoding="utf-8")


def test_two_processes_at_once_charge_once(app: Flask, settings: dict[str, str], tmp_path: Path) -> None:
    offset = tmp_path / "clock"
    offset.write_text(str(int((LATER - datetime.now(UTC)).total_seconds())))
    environment = {**settings, "APP_CLOCK_FILE": str(offset), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "dues", "raise"]
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in started]
    assert [each[2] for each in ended] == [0, 0, 0], ended
    with reading(service.of(app).engine) as db:
        assert raised(db) == [(22 * 3, 22 * 3), (18 * 3, 18 * 3)]
        assert list(proof.faults(db)) == []
    charged = sum(int(each[0].split()[0]) for each in ended)
    with reading(service.of(app).engine) as db:
        found = select(func.count()).where(Entry.author.like("plan:%"), Entry.happened_on >= date(2026, 12, 1))
        assert charged == db.execute(found).scalar_one()
