"""An older copy of a case, put back with the counts that belong to it, is found; so is an older copy of everything."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, insert, select, text

from models.base import Base
from models.grievances import following, linked, proof, work
from models.grievances.linked import CaseLink
from models.grievances.tables import CaseStep, CaseTally, Grievance
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, keep
from ussd_app import heads, jobs, proving, service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
OF_A_CASE: tuple[type[Base], ...] = (Grievance, CaseStep, CaseTally)
AT = ("2026-11-22T10:00:00+00:00", "2026-11-22T11:00:00+00:00", "2026-11-22T12:00:00+00:00")
Copy = dict[type[Base], list[dict[str, Any]]]


def copied(db: Connection, tables: tuple[type[Base], ...]) -> Copy:
    return {table: [dict(row) for row in db.execute(select(table.__table__)).mappings()] for table in tables}


def put_back(db: Connection, copy: Copy) -> None:
    """What somebody does who has the database, and an older copy of it: no row of theirs is without its seal."""
    for table in reversed(copy):
        new = [row for row in db.execute(select(table.__table__)).mappings() if dict(row) not in copy[table]]
        keys = [column.name for column in table.__table__.primary_key]
        for row in new:
            db.execute(delete(table).where(*(table.__table__.c[name] == row[name] for name in keys)))
    for table, rows in copy.items():
        there = [dict(row) for row in db.execute(select(table.__table__)).mappings()]
        missing = [row for row in rows if row not in there]
        if missing:
            db.execute(insert(table), missing)


pytestmark = pytest.mark.alters


@pytest.fixture
def db(db: Connection) -> Connection:
    """Rows are taken away and put back in whatever order."""
    if db.dialect.name == "sqlite":
        db.execute(text("PRAGMA defer_foreign_keys=ON"))
    else:
        db.execute(text("SET LOCAL session_replication_role = replica"))
    return db


def said(db: Connection) -> list[str]:
    return [each.words for each in proof.faults(db)]


@pytest.mark.alters
def test_an_older_copy_of_a_case_with_its_counts_is_found(db: Connection, land: Land, committees: Committees) -> None:
    case_id = land.case(land.file()).id
    before = copied(db, OF_A_CASE)
    work.acknowledge(db, committees["coop"][0], case_id, NOW)
    put_back(db, before)
    assert said(db) == [f"a case history, row {case_id}: step 2 is not what the chain says"]


@pytest.mark.alters
def test_a_case_that_was_taken_away_with_its_counts_is_found(db: Connection, land: Land) -> None:
    before = copied(db, OF_A_CASE)
    case_id = land.case(land.file(words="", phone="")).id
    put_back(db, before)
    assert said(db) == [f"a case history, row {case_id}: step 1 is not what the chain says"]


@pytest.mark.alters
@pytest.mark.parametrize("change", ["step = 'x'", "position = 9", "case_id = 5", "seal = 'x'"])
def test_a_link_that_was_altered_is_found(db: Connection, land: Land, change: str) -> None:
    number = linked.end(db).number
    land.file()
    db.execute(text(f"UPDATE case_links SET {change} WHERE number = {number + 1}"))
    assert said(db) == [f"the chain of the cases is broken at link {number + 1}"]


@pytest.mark.alters
def test_a_case_that_was_kept_long_enough_is_not_missed_and_not_put_back(db: Connection, land: Land) -> None:
    filed = land.file(words="", phone="")
    case_id = land.case(filed).id
    following.withdraw(db, case_id, NOW)
    before = copied(db, OF_A_CASE)
    assert keep(db, NOW + 3 * 365 * DAY) == 1
    assert said(db) == []
    put_back(db, before)
    assert said(db) == [f"a case history, row {case_id}: step 1 is not what the chain says"]


@pytest.mark.alters
def test_an_older_copy_of_everything_is_found_by_what_was_kept_outside(db: Connection, land: Land) -> None:
    """Also when the service has gone on from it, further than it had been."""
    marks = [(AT[0], linked.end(db).mark(AT[0]))]
    case_id = land.case(land.file()).id
    marks.append((AT[1], linked.end(db).mark(AT[1])))
    before = copied(db, (*OF_A_CASE, CaseLink))
    following.withdraw(db, case_id, NOW)
    marks.append((AT[2], linked.end(db).mark(AT[2])))
    assert list(linked.rolled_back(db, marks)) == []
    put_back(db, before)
    assert said(db) == []
    for _ in range(2):
        (fault,) = linked.rolled_back(db, marks)
        assert fault.words == f"the cases are not those that were kept at {AT[2]}: an older copy was put back"
        assert (fault.cooperative_id, fault.of_case) == (None, True)
        following.threatened(db, case_id, NOW)


def test_what_is_kept_outside_each_hour_tells_nobody_whether_anything_happened(app: Flask) -> None:
    """A line each time, of one length, never the same; and a line that was changed, or made up, is a fault."""
    made = service.of(app).engine
    proving.prove(made)
    path = heads.file(made)
    assert path is not None
    books = path.read_text().splitlines()
    for _ in range(2):
        jobs.keep(service.of(app))
    with transaction(made) as db:
        Land(db).file(home_id=None)
    jobs.keep(service.of(app))
    lines = path.read_text().splitlines()[len(books) :]
    assert len(lines) == 3
    assert len({len(each) for each in lines}) == 1
    assert proving.prove(made).faults == ()
    path.write_text("\n".join([*books, lines[0].replace('"cases":"', '"cases":"0')]) + "\n")
    (fault,) = proving.prove(made).faults
    assert "an older copy was put back" in fault.words
