"""What is kept of the books outside the database: a signed line for each commit that moved a chain."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from models import chain, dues, ledger
from models.chain import Head
from models.entries import Account
from tests.conftest import NOW
from ussd_app import heads, proving, schema, service
from ussd_app.config import ROOT
from ussd_app.db import engine as make_engine
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]
HOME, MEMBER = 2, 4
DAY = date(2026, 11, 1)


def _file(app: Flask) -> Path:
    found = heads.file(service.of(app).engine)
    assert found is not None
    return found


def _post(made: Engine, key: str) -> None:
    with transaction(made) as db:
        _add(db, key)


def _add(db: object, key: str) -> None:
    paid = dues.payment(HOME, MEMBER, f"payment:{key}", (DAY, key, 500), Account.CASH)
    ledger.post(db, [paid], "test", NOW)  # type: ignore[arg-type]


def _lines(app: Flask) -> list[dict[str, object]]:
    return [json.loads(line) for line in _file(app).read_text().splitlines()]


def _check(app: Flask) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["ledger", "check"])
    return done.exit_code, done.output


def test_each_commit_that_moved_a_chain_is_kept_and_no_other(app: Flask) -> None:
    made = service.of(app).engine
    for key in "ab":
        _post(made, key)
    _post(made, "a")  # known already
    with transaction(made) as db:
        chain.hold(db, {HOME})
    with reading(made) as db:
        end = chain.head(db, HOME)
    assert end is not None
    assert [(line["cooperative"], line["entries"]) for line in _lines(app)] == [
        (HOME, end.entries - 1),
        (HOME, end.entries),
    ]
    assert _lines(app)[-1]["head"] == end.seal


def _fails(made: Engine) -> None:
    with transaction(made) as db:
        _add(db, "a")
        raise KeyError


def test_what_was_not_committed_is_not_kept(app: Flask) -> None:
    made = service.of(app).engine
    with pytest.raises(KeyError):
        _fails(made)
    assert not _file(app).exists()
    with transaction(made) as db:
        savepoint = db.begin_nested()
        _add(db, "b")
        savepoint.rollback()
    with reading(made) as db:
        end = chain.head(db, HOME)
    assert end is not None
    assert {line["entries"] for line in _lines(app)} <= {end.entries}
    assert proving.prove(made).faults == ()


def test_books_of_which_nothing_was_kept_are_a_warning_and_kept_from_then_on(app: Flask) -> None:
    code, said = _check(app)
    assert code == 0
    assert "warning: nothing was kept outside the database of the books of KOGB" in said
    assert _check(app) == (0, "the ledger is right\n")
    assert {line["cooperative"] for line in _lines(app)} == {2, 3, 4}  # UNIO has no books


def test_a_line_that_somebody_else_wrote_is_a_fault(app: Flask) -> None:
    _check(app)
    for change in ({"entries": 5}, {"signature": "0" * 64}, {"head": None}, {"cooperative": "x"}):
        kept = _file(app).read_text()
        _file(app).write_text(json.dumps(_lines(app)[0] | change, separators=(",", ":")) + "\n")
        code, said = _check(app)
        assert (code, "line 1 of the heads kept outside the database was not written" in said) == (1, True), change
        _file(app).write_text(kept)
    with _file(app).open("a") as more:
        more.write("{}\n")
    assert _check(app)[0] == 1


def test_a_line_torn_by_a_crash_is_a_warning_and_the_next_line_stands_by_itself(app: Flask) -> None:
    _check(app)
    whole = _file(app).read_text()
    _file(app).write_text(whole + whole[:40])
    code, said = _check(app)
    assert (code, "is torn" in said) == (0, True)
    _post(service.of(app).engine, "after")
    code, said = _check(app)
    assert (code, "is torn" in said) == (0, True)
    assert len(_file(app).read_text().splitlines()) == 5


def test_a_disk_that_takes_nothing_does_not_undo_what_is_committed(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    _file(app).mkdir()
    _post(service.of(app).engine, "a")
    assert "could not be kept" in caplog.text
    with reading(service.of(app).engine) as db:
        assert ledger.posted(db, ["payment:a"])


def test_an_empty_database_sets_aside_what_was_kept_of_another(tmp_path: Path) -> None:
    kept = tmp_path / "books.heads"
    for number in (1, 2):
        kept.write_text(f"{number}\n")
        schema.upgrade(make_engine(f"sqlite:///{tmp_path / f'{number}.sqlite3'}", kept))
        assert (tmp_path / f"books.heads.{number}").read_text() == f"{number}\n"
        assert not kept.exists()
    kept.write_text("x")
    schema.upgrade(make_engine(f"sqlite:///{tmp_path / '2.sqlite3'}", kept))
    assert kept.read_text() == "x"


ADD = """
import sys
from pathlib import Path
from models import vault
from models.chain import Head
from ussd_app import db, heads
from ussd_app.config import Config
vault.use(Config.read({"APP_MODE": "test"}).keys)
made = db.engine(f"sqlite:///{sys.argv[1]}.sqlite3", Path(sys.argv[1]))
for number in range(500):
    heads.keep(made, {int(sys.argv[2]): Head(number + 1, "f" * 64)})
"""


def test_processes_that_add_at_the_same_time_tear_no_line(tmp_path: Path) -> None:
    kept = tmp_path / "heads"
    adding = [subprocess.Popen([sys.executable, "-c", ADD, str(kept), str(each)], cwd=ROOT) for each in (1, 2)]
    assert [each.wait(60) for each in adding] == [0, 0]
    found = [json.loads(line) for line in kept.read_text().splitlines()]
    for cooperative in (1, 2):
        assert [each["entries"] for each in found if each["cooperative"] == cooperative] == list(range(1, 501))


def test_only_what_stood_before_is_read(tmp_path: Path) -> None:
    made = make_engine(f"sqlite:///{tmp_path / 'books'}", tmp_path / "heads")
    heads.keep(made, {1: Head(1, "a")})
    upto = heads.size(tmp_path / "heads")
    heads.keep(made, {1: Head(2, "b")})
    assert len(list(heads.lines(tmp_path / "heads", upto))) == 1
