"""A full run of cases leaves no word, name, number or code of one in clear: not in the database file, nor in a log."""

import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from models import renewing, vault
from models.grievances import Filed, Follow, Name, following
from models.members import Member
from models.members import Phone as Number
from tests.bureau import BOARD, CALLER, NOUHOUM, at_case, body, done, file, owned
from tests.conftest import SECRET, Clock
from tests.office import opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import create_app, jobs, service
from ussd_app.config import Config

KINDS = ["sqlite"]
# Each word is typed once, somewhere else; none of them is a word of the program.
TYPED = (
    *("zebrawoko", "zebrasms", "zebraajout", "zebraquestion", "zebralieu", "zebraissue", "zebrapromesse"),
    *("Zebranom", "zebramontee", "zebraraison", "zebradesk", "zebraservice", "zebradehors", "zebrafin"),
)


@pytest.fixture
def app(settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch, log: Path) -> Iterator[Flask]:
    """The application, made after the logs were opened: SQLAlchemy asks only then whether to write every statement."""
    assert log
    monkeypatch.setattr("ussd_app.service.clock", lambda _file: clock)
    made = create_app(Config.read(settings))
    yield made
    service.of(made).engine.dispose()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything that anything logs, down to each statement, its values and its rows."""
    path, root = tmp_path / "everything.log", logging.getLogger()
    keeper, level = logging.FileHandler(path), root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    statements = logging.getLogger("sqlalchemy.engine")
    before = statements.level
    statements.setLevel(logging.DEBUG)
    yield path
    statements.setLevel(before)
    root.setLevel(level)
    root.removeHandler(keeper)
    keeper.close()


@pytest.fixture
def own_log(tmp_path: Path, log: Path) -> Iterator[Path]:
    """What the program itself logs: no statement, and no row, that the database is asked for by it."""
    assert log
    path, root = tmp_path / "own.log", logging.getLogger()
    keeper = logging.FileHandler(path)
    keeper.addFilter(lambda record: not record.name.startswith("sqlalchemy"))
    root.addHandler(keeper)
    yield path
    root.removeHandler(keeper)
    keeper.close()


def who_complained(db: Connection) -> list[str]:
    """The names and the numbers of those who complain in these stories."""
    people = select(Member.name, Number.number).join(Number, Number.member_id == Member.id)
    theirs = people.where(Member.cooperative_id == body(db, "KOGB"), Member.number.in_(("7", "11", "12", "15")))
    return [each for name, number in db.execute(theirs) for each in (name, number, number.removeprefix("+"))]


def by_screens(app: Flask) -> None:
    """A member complains on the phone, and by SMS."""
    caller = Phone(app, CALLER, SECRET)
    caller.go("4", "2", "1", "1", "Mon zebrawoko est pris")
    caller.write("PLAINTE zebrasms au puits")


def settled(app: Flask, clock: Clock) -> list[Filed]:
    """Cases from their filing to their end, through every screen that takes words."""
    one = file(app, name=Name.COMMITTEE, follow=Follow.SMS)
    member = at_case(app, NOUHOUM, one)
    member.press("1", "1", "7", "La zebraquestion", "1", "1", "2", "10", "1", "1", "3", "1")
    done(app, lambda db: following.add(db, owned(db, one), "Un zebraajout", "k", clock()))
    member.press("4", "2611261500", "cour zebralieu", "1", "1", "14", "16", "1", "1")
    member.press(
        "5", "La zebraissue", "1", "1", "15", "20", "la zebrapromesse", "Zebranom Kone", "0112", "21", "20", "1"
    )
    done(app, lambda db: following.accept(db, owned(db, one), clock()))
    two, three, four = (file(app, by=number) for number in ("11", "12", "15"))
    at_case(app, NOUHOUM, two).press("6", "zebramontee", "1")
    at_case(app, NOUHOUM, three).press("2", "10", "1", "1", "16", "zebradehors", "1")
    member = at_case(app, NOUHOUM, four)
    member.press("2", "10", "1", "1", "17", "service zebraservice", "1", "1", "21", "zebrafin", "1")
    return [one, two, three, four]


def by_command(app: Flask, filed: Filed) -> list[str]:
    """The desk takes a case in, reads one, and two keys open one."""
    said = run(app, "grievances", "take", "KOGB", "--category", "land", text="zebradesk a crié")[1]
    run(app, "grievances", "list", "KOGB", "--by", "9")
    run(app, "grievances", "show", "KOGB", filed.reference, "--by", "9", "--names")
    run(app, "grievances", "export", "KOGB", "--by", "9", "--names")
    number = run(app, "grievances", "break-glass", "KOGB", filed.reference, "--why", "zebraraison", "--by", "3")[1]
    board = opened(app, BOARD)
    page = board.press("18", "1")
    while "Accepter" not in page:
        page = board.press("9")
    board.press("1")
    run(app, "grievances", "behind-glass", "KOGB", number.strip(), "--by", "3")
    return re.findall(r"^(?:case|code)\t(\d+)$", said, re.MULTILINE)


def everywhere(folder: Path) -> dict[str, bytes]:
    """What lies on the disk: the database with its log and index, the heads of the chains, and all that was logged."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def found(canaries: list[str], there: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which canary stands where; a number only when it stands alone, not within a digest."""
    alone = {each: re.compile(rb"(?<![0-9A-Za-z+/])" + each.encode() + rb"(?![0-9A-Za-z+/=])") for each in canaries}
    return [
        (each, name)
        for each in canaries
        for name, content in there.items()
        if (alone[each].search(content) if each.isdigit() else each.lower().encode() in content.lower())
    ]


def test_no_word_name_or_number_of_a_case_lies_in_clear(
    app: Flask, clock: Clock, tmp_path: Path, log: Path, settings: dict[str, str]
) -> None:
    by_screens(app)
    filed = settled(app, clock)
    numbers = [each.reference for each in filed] + by_command(app, filed[0])
    for _hour in range(3):
        clock.pass_by(days=1)
        jobs.run_once(service.of(app))
        service.of(app).sender().drain()
    there = everywhere(tmp_path)
    assert "test.sqlite3-wal" in there
    assert len(there["test.sqlite3"]) > 100_000
    assert b"UPDATE grievances" in there[log.name]  # an insert goes to the driver itself
    assert found([*TYPED, *numbers], there) == []
    assert len(numbers) == 6


def test_no_log_of_the_program_tells_who_complained_nor_a_number_or_code(
    app: Flask, clock: Clock, own_log: Path
) -> None:
    page = Phone(app, CALLER, SECRET).go("4", "2", "1", "1", "2")
    shown = [page.split("Dossier ")[1][:6], page.split("Code ")[1][:4]]
    by_screens(app)
    filed = settled(app, clock)
    shown += [each for case in filed for each in (case.reference, case.code)] + by_command(app, filed[0])
    clock.pass_by(days=1)
    jobs.run_once(service.of(app))
    service.of(app).sender().drain()
    logging.getLogger("models.grievances.filing").info("the program logs here")
    people = done(app, who_complained)
    said = {own_log.name: own_log.read_bytes()}
    assert len(people) >= 12
    assert len(shown) == 12
    assert found(["the program logs here"], said)
    assert found([*people, *shown], said) == []
    assert [each for each in people if each.encode() in said[own_log.name]] == []


def test_every_word_was_typed_and_lies_there_sealed(app: Flask, clock: Clock) -> None:
    by_screens(app)
    by_command(app, settled(app, clock)[0])

    def read(db: Connection) -> str:
        sealed = (select(column).where(column.is_not(None)) for _table, column in renewing.columns())
        return "\n".join(vault.unseal(each) for asked in sealed for each in db.execute(asked).scalars())

    words = done(app, read)
    assert [each for each in TYPED if each not in words] == []


def test_the_search_can_find_something(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "clear.sqlite3")) as db:
        db.execute("CREATE TABLE t (words TEXT)")
        db.execute("INSERT INTO t VALUES ('Mon Zebrawoko, dossier 482915')")
        db.commit()
    there = everywhere(tmp_path)
    assert found(["zebrawoko", "482915", "48291"], there) == [
        ("zebrawoko", "clear.sqlite3"),
        ("482915", "clear.sqlite3"),
    ]
