"""Rows altered in the database itself are named by `flask ledger check`, run as a command in a process of its own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from models.cooperatives import Cooperative
from models.entries import Entry, EntryKind
from ussd_app import service
from ussd_app.config import ROOT
from ussd_app.db import reading

KINDS = ["sqlite", "postgresql"]
PAYMENT = "(SELECT id FROM entries WHERE key = '{key}')"
ALTERED = {
    "an amount": (["UPDATE postings SET amount = amount * 2 WHERE entry_id = " + PAYMENT], "it is not what was sealed"),
    "one side": (
        ["UPDATE postings SET amount = amount + 1 WHERE amount > 0 AND entry_id = " + PAYMENT],
        "2 postings add up to 1, not to 0",
    ),
    "a deleted entry": (
        [
            "DELETE FROM links WHERE entry_id = " + PAYMENT,
            "DELETE FROM receipts WHERE entry_id = " + PAYMENT,
            "DELETE FROM postings WHERE entry_id = " + PAYMENT,
            "DELETE FROM entries WHERE key = '{key}'",
        ],
        "its receipt is",
    ),
    "a swapped author": (["UPDATE entries SET author = 'member:2' WHERE key = '{key}'"], "it is not what was sealed"),
}


def check(settings: dict[str, str]) -> tuple[int, str, str]:
    """The command in a process of its own: how it ended, and what it said on both outputs."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "ledger", "check"]
    environment = {**settings, "PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def alter(made: Engine, statements: list[str]) -> None:
    """As somebody with the database's own shell would."""
    if made.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(made.url.database), isolation_level=None)) as raw:
            for trigger in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                raw.execute(f"DROP TRIGGER {trigger[0]}")
            for statement in statements:
                raw.execute(statement)
        return
    address = made.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as raw_:
        raw_.execute("SET session_replication_role = replica")  # no trigger and no foreign key
        for statement in statements:
            raw_.execute(statement)


def keys(made: Engine) -> tuple[str, str]:
    """A payment in the middle of a cooperative's books, and the one after it."""
    mine = select(Entry.key).join(Cooperative, Cooperative.id == Entry.cooperative_id).where(Cooperative.code == "KOGB")
    paid = mine.where(Entry.kind == EntryKind.PAYMENT).order_by(Entry.id)
    with reading(made) as db:
        found = db.execute(paid).scalars().all()
    return found[len(found) // 2], found[len(found) // 2 + 1]


@pytest.mark.parametrize("altered", ALTERED)
def test_the_command_names_the_row_and_ends_with_1(app: Flask, settings: dict[str, str], altered: str) -> None:
    made = service.of(app).engine
    assert check(settings)[:2] == (0, "the ledger is right\n")
    key, after = keys(made)
    statements, said = ALTERED[altered]
    alter(made, [each.format(key=key) for each in statements])
    code, out, err = check(settings)
    named = after if altered == "a deleted entry" else key  # what is gone shows where the next one stands
    assert (code, out) == (1, "")
    assert err.startswith(f"entry {named}: ")
    assert said in err
    assert len(err.splitlines()) == 1


def test_an_entry_that_left_its_seal_behind_is_named(app: Flask, settings: dict[str, str]) -> None:
    made = service.of(app).engine
    key, _after = keys(made)
    with reading(made) as db:
        entry_id = db.execute(text("SELECT id FROM entries WHERE key = :key"), {"key": key}).scalar_one()
    gone = ["DELETE FROM postings WHERE entry_id = " + PAYMENT, "DELETE FROM entries WHERE key = '{key}'"]
    alter(made, [each.format(key=key) for each in gone])
    code, _out, err = check(settings)
    assert code == 1
    assert f"entry {entry_id}: it is gone; it was sealed at position" in err


def test_a_line_of_a_shared_lot_is_named(app: Flask, settings: dict[str, str]) -> None:
    alter(service.of(app).engine, ["UPDATE lot_lines SET label = 'Taxe' WHERE position = 5"])
    code, out, err = check(settings)
    assert (code, out) == (1, "")
    assert err.startswith("lines of entry ")
    assert err.endswith(": it is not what was stamped\n")
