"""How long cases are kept: two years after their end, a year after the last contact in private, thirty days a phone."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import OperationalError

from models import vault
from models.base import Base
from models.entries import Entry
from models.grievances import (
    Category,
    Concerned,
    Did,
    Filed,
    Follow,
    Lane,
    Name,
    State,
    deciding,
    filing,
    following,
    glass,
    keeping,
    open_case,
    promises,
    proof,
    reading,
    work,
)
from models.grievances.glass import CaseGlass
from models.grievances.keeping import CaseCount
from models.grievances.promises import Promise
from models.grievances.tables import CaseFlood, CaseStep, Grievance
from models.lines import LotLine
from models.members import Role
from models.messages import Message, MessageState
from tests.conftest import Clock
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, keep, peopled, proposed
from ussd_app import db as databases
from ussd_app import jobs, service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
YEAR = 365 * DAY
PRIVATE: dict[str, Any] = {
    "category": Category.PRIVATE,
    "concerned": Concerned.UNSAID,
    "name": Name.NOBODY,
    "at_home": True,
    "phone": "",
}


def there(db: Connection, filed: Filed) -> bool:
    return isinstance(open_case(db, filed.reference, filed.code, "+22369999990", NOW), int)


def owned(db: Connection, filed: Filed) -> int:
    found = open_case(db, filed.reference, filed.code, "+22369999990", NOW)
    assert isinstance(found, int)
    return found


def rows_of(db: Connection, case_id: int) -> dict[str, int]:
    """How many rows in the whole database point at a case."""
    found = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "grievances.id" for key in column.foreign_keys):
                many = db.execute(select(func.count()).select_from(table).where(column == case_id)).scalar_one()
                found[table.name] = many
    return found


def counts(db: Connection) -> list[tuple[Any, ...]]:
    asked = select(CaseCount.year, CaseCount.quarter, CaseCount.category, CaseCount.state, CaseCount.cases)
    return sorted(tuple(row) for row in db.execute(asked))


def settled(land: Land, committees: Committees, key: str) -> Filed:
    """A case with a row in every table there is, and closed."""
    db, one = land.db, committees["coop"][0]
    filed = land.file(land.member("coop"), key=key)
    case_id = assigned(land, one, filed)
    deciding.set_session(db, one, case_id, NOW + DAY, "mairie", NOW)
    deciding.invite(db, one, case_id, land.member("coop").member_id, NOW)
    work.write(db, one, case_id, "Bonjour", f"w{key}", NOW)
    following.threatened(db, owned(db, filed), NOW)
    promise = Promise("payer", "le chef", NOW.date())
    deciding.propose(db, one, case_id, "On paie", [promise], NOW)
    deciding.note_paper(db, one, case_id, NOW)
    following.accept(db, owned(db, filed), NOW)
    (made,) = promises.of(db, case_id)
    deciding.keep(db, one, case_id, made.promise_id or 0, NOW)
    following.settled(db, case_id, yes=True, now=NOW)
    assert land.case(filed).state is State.CLOSED
    return filed


def test_an_ordinary_case_becomes_a_count_two_years_after_its_end_and_is_not_missed(
    land: Land, committees: Committees
) -> None:
    db = land.db
    filed, other = settled(land, committees, "a"), settled(land, committees, "b")
    case_id = land.case(filed).id
    officer = land.member("coop", Role.SECRETARY)
    glass.ask(db, officer, filed.reference, "w", NOW)
    assert min(rows_of(db, case_id)[name] for name in ("case_steps", "case_notes", "case_promises")) > 0
    assert keep(db, NOW + 2 * YEAR - DAY) == 0
    assert keep(db, NOW + 2 * YEAR) == 2
    assert keep(db, NOW + 2 * YEAR) == 0
    assert set(rows_of(db, case_id).values()) == {0}
    assert (there(db, filed), there(db, other)) == (False, False)
    assert db.execute(select(func.count()).select_from(CaseGlass)).scalar_one() == 0
    assert counts(db) == [(2026, 4, Category.LAND, State.CLOSED, 2)]
    assert list(proof.faults(db)) == []


def test_a_case_that_cannot_go_keeps_no_other(app: Flask, clock: Clock) -> None:
    """Each goes in a transaction of its own; here another table still points at one of them."""
    engine = service.of(app).engine
    with transaction(engine) as db:
        land, committees = peopled(db)
        one, two = (land.case(settled(land, committees, key)).id for key in "ab")
        db.execute(text("CREATE TABLE held_back (case_id BIGINT REFERENCES grievances (id))"))
        db.execute(text("INSERT INTO held_back VALUES (:case)"), {"case": one})
    clock.pass_by(days=2 * 365 + 1)
    jobs.keep(service.of(app))
    with databases.reading(engine) as db:
        assert [rows_of(db, case_id)["case_steps"] > 0 for case_id in (one, two)] == [True, False]
        assert list(proof.faults(db)) == []


def test_of_what_somebody_speaks_meanwhile_nothing_goes(land: Land) -> None:
    db, president = land.db, land.member("coop", Role.GENDER_PRESIDENT)
    filed, later = land.file(None, **PRIVATE), NOW + YEAR + 3 * DAY
    assert keeping.due(db, later) == [land.case(filed).id]
    work.write(db, president, land.case(filed).id, "Nous sommes là", "w", later)
    assert (keeping.drop(db, land.case(filed).id, later), there(db, filed)) == (0, True)


def test_what_is_open_stays_however_old(land: Land, committees: Committees) -> None:
    db = land.db
    filed = [land.file(land.member("coop"), key=f"k{n}") for n in range(3)]
    proposed(land, committees["coop"][0], filed[1])
    keep(db, NOW + 9 * YEAR)
    assert [there(db, each) for each in filed] == [True] * 3


def test_a_case_stays_while_one_that_it_was_joined_with_is_open(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed, main = land.file(land.member("coop"), key="a"), land.file(land.member("coop"), key="b")
    work.merge(db, one, land.case(filed).id, land.case(main).id, NOW)
    keep(db, NOW + 3 * YEAR)
    assert (there(db, filed), there(db, main)) == (True, True)
    following.withdraw(db, owned(db, filed), NOW)
    assert keep(db, NOW + 3 * YEAR) == 1
    assert (there(db, filed), there(db, main)) == (False, True)
    assert list(proof.faults(db)) == []


def test_in_private_a_year_without_contact_ends_it_open_or_not(land: Land) -> None:
    db = land.db
    president = land.member("coop", Role.GENDER_PRESIDENT)
    filed, kept = land.file(None, key="a", **PRIVATE), land.file(None, key="b", **PRIVATE)
    work.write(db, president, land.case(kept).id, "Nous sommes là", "w", NOW + 9 * DAY)
    assert keep(db, NOW + YEAR + 3 * DAY) == 1
    assert (there(db, filed), there(db, kept)) == (False, True)
    body = db.execute(select(CaseCount.body_id, CaseCount.lane)).one()
    assert tuple(body) == (land.bodies["coop"], Lane.SENSITIVE)
    assert keep(db, NOW + YEAR + 10 * DAY) == 1


def test_in_private_what_its_owner_still_looks_at_is_kept_though_the_desk_is_silent(land: Land) -> None:
    db = land.db
    president = land.member("coop", Role.GENDER_PRESIDENT)
    filed = land.file(None, **PRIVATE)
    work.acknowledge(db, president, land.case(filed).id, NOW + DAY)
    for month in range(1, 13):
        now = NOW + month * 30 * DAY
        assert isinstance(open_case(db, filed.reference, filed.code, "+22369999990", now), int)
    assert keep(db, NOW + 367 * DAY) == 0
    assert keep(db, NOW + 360 * DAY + YEAR - DAY) == 0
    assert keep(db, NOW + 360 * DAY + YEAR + DAY) == 1


def test_what_is_known_of_a_phone_goes_after_seven_days_and_thirty(land: Land) -> None:
    db = land.db
    filing.file_by_sms(db, _by_sms(land), "sms", NOW)
    known = (
        select(func.count())
        .select_from(Grievance)
        .where(Grievance.reveal_digest.is_not(None), Grievance.home_id == land.bodies["coop"])
    )
    floods = select(func.count()).select_from(CaseFlood)
    assert (db.execute(known).scalar_one(), db.execute(floods).scalar_one() > 0) == (1, True)
    keep(db, NOW + 6 * DAY)
    assert db.execute(known).scalar_one() == 1
    keep(db, NOW + 7 * DAY)
    assert (db.execute(known).scalar_one(), db.execute(floods).scalar_one() > 0) == (0, True)
    keep(db, NOW + 32 * DAY)
    assert (db.execute(known).scalar_one(), db.execute(floods).scalar_one()) == (0, 0)


def _by_sms(land: Land) -> filing.Complaint:
    kind = (Category.LAND, Concerned.TEAM, Name.COMMITTEE)
    return filing.Complaint(*kind, "mots", land.bodies["coop"], None, "+22361111111")


def test_who_asks_for_it_is_cut_from_an_open_case_and_the_case_goes_on(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed = land.file(land.member("coop"), follow=Follow.SMS)
    case_id = assigned(land, one, filed)
    assert keeping.forget(db, owned(db, filed), NOW) is False
    held = land.case(filed)
    assert (held.caller_sealed, held.name, held.follow, held.state) == (None, Name.NOBODY, Follow.PULL, State.ASSIGNED)
    assert db.execute(select(CaseFlood).where(CaseFlood.grievance_id == case_id)).one_or_none() is None
    work.write(db, one, case_id, "Et alors?", "w", NOW)
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize("ended", [True, False])
def test_no_sms_that_waits_goes_to_who_is_cut_from_a_case(land: Land, committees: Committees, ended: bool) -> None:
    """And those whose cases are handled with it are told of theirs."""
    db, one, people = land.db, committees["coop"][0], [land.member("coop") for _ in range(3)]
    filed = [land.file(each, key=f"{place}", follow=Follow.SMS) for place, each in enumerate(people)]
    work.merge(db, one, land.case(filed[1]).id, land.case(filed[0]).id, NOW)
    for each in (filed[0], filed[2]):
        work.write(db, one, land.case(each).id, "Venez", f"press {each.reference}", NOW)
    cut = 2 if ended else 0
    if ended:
        following.withdraw(db, land.case(filed[cut]).id, NOW)
    assert keeping.forget(db, land.case(filed[cut]).id, NOW + DAY) is ended
    waiting = select(Message.phone).where(Message.kind == "case_news", Message.state == MessageState.QUEUED)
    assert set(db.execute(waiting).scalars()) == {each.phone for each in people} - {people[cut].phone}


@pytest.mark.alters
@pytest.mark.parametrize("private", [True, False])
def test_no_entry_of_the_books_is_left_of_who_is_cut_from_a_case(
    land: Land, committees: Committees, private: bool
) -> None:
    db, watching = land.db, land.people("coop", Role.SURVEILLANCE, Role.SURVEILLANCE)
    entry = select(Entry.id).where(Entry.member_id.is_not(None)).limit(1)
    line = select(LotLine.id).where(LotLine.member_id.is_not(None)).limit(1)
    about: dict[str, Any] = {"entry_id": db.execute(entry).scalar_one(), "line_id": db.execute(line).scalar_one()}
    filed = land.file(land.member("coop"), category=Category.MONEY, **about)
    case_id, one = land.case(filed).id, watching[0]
    assert (land.level(filed), land.case(filed).desk) == ("coop", Role.SURVEILLANCE)
    if private:
        land.member("federation", Role.GENDER_PRESIDENT)
        work.acknowledge(db, one, case_id, NOW)
        work.assess(db, one, case_id, Lane.SENSITIVE, Category.PRIVATE, NOW)
    else:
        keeping.forget(db, case_id, NOW)
        work.accuse(db, one, case_id, land.member("coop").member_id, NOW)
        assert (land.level(filed), land.case(filed).desk) == ("coop", Role.SURVEILLANCE)
        assert reading.whole(db, one, case_id).history[0].why is None
    assert (land.case(filed).entry_id, land.case(filed).line_id) == (None, None)
    assert list(proof.faults(db)) == []
    for words in (None, vault.seal("Rien")):
        db.execute(update(Grievance).where(Grievance.id == case_id).values(words_sealed=words))
        assert [str(each) for each in proof.faults(db)] == [
            f"a case history, row {case_id}: step 1 is not what was sealed"
        ]


@pytest.mark.parametrize("private", [True, False])
def test_who_asks_for_it_leaves_nothing_of_a_case_that_ended_or_came_in_private(land: Land, private: bool) -> None:
    db = land.db
    land.member("coop", Role.GENDER_PRESIDENT)
    filed = land.file(None, **PRIVATE) if private else land.file(land.member("coop"))
    case_id = owned(db, filed)
    if not private:
        following.withdraw(db, case_id, NOW)
    assert keeping.forget(db, case_id, NOW) is True
    assert not there(db, filed)
    assert db.execute(select(CaseStep).where(CaseStep.grievance_id == case_id)).all() == []
    assert sum(each[-1] for each in counts(db)) == 1
    assert list(proof.faults(db)) == []


@pytest.mark.parametrize("name", ["case_steps", "case_bars"])
def test_no_order_of_writing_tells_when_a_case_without_a_name_came(land: Land, name: str) -> None:
    if land.db.dialect.name != "sqlite":
        pytest.skip("only SQLite numbers rows as they are written")
    numbers = [land.file(land.member("coop"), key=f"{each}", concerned=Concerned.OFFICER) for each in range(6)]
    with pytest.raises(OperationalError, match="no such column"):
        land.db.execute(text(f"SELECT rowid FROM {name}"))
    there = [row[0] for row in land.db.execute(text(f"SELECT grievance_id FROM {name}"))]
    assert there == sorted(there)
    assert {land.case(each).id for each in numbers} <= set(there)


def test_the_count_is_kept_without_the_moment(land: Land, committees: Committees) -> None:
    settled(land, committees, "a")
    keep(land.db, NOW + 2 * YEAR + timedelta(hours=1))
    row = land.db.execute(select(*CaseCount.__table__.c)).one()._asdict()
    assert set(row) == {"id", "body_id", "year", "quarter", "category", "lane", "name", "state", "cases"}


def turned_down(land: Land, committees: Committees, key: str) -> Filed:
    filed, one = land.file(key=key), committees["coop"][0]
    case_id = land.case(filed).id
    work.acknowledge(land.db, one, case_id, NOW)
    work.assess(land.db, one, case_id, Lane.ORDINARY, Category.OTHER, NOW)
    work.turn_down(land.db, one, case_id, "C'est au tribunal", NOW)
    return filed


def test_what_was_decided_waits_for_its_owner_to_read_it_and_to_appeal(land: Land, committees: Committees) -> None:
    db = land.db
    never, late, early = (turned_down(land, committees, key) for key in "abc")
    for each, days in ((early, 5), (late, 725)):
        assert isinstance(open_case(db, each.reference, each.code, "+22369999990", NOW + days * DAY), int)
    assert keep(db, NOW + 2 * YEAR) == 1  # the one that was read long ago
    assert there(db, early) is False
    for days in range(730, 741):
        assert keep(db, NOW + days * DAY) == 0
        for each in (never, late):
            assert Did.APPEALED in following.look(db, land.case(each).id, NOW + days * DAY).can
    assert keep(db, NOW + 741 * DAY) == 1
    assert there(db, late) is False
    assert [keep(db, NOW + 3 * YEAR - DAY), keep(db, NOW + 3 * YEAR)] == [0, 1]
    assert there(db, never) is False


def test_what_its_owner_ended_is_kept_two_years_and_no_day_more(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    taken_back, agreed = land.file(key="a"), land.file(key="b")
    following.withdraw(db, land.case(taken_back).id, NOW)
    case_id = proposed(land, one, agreed)
    following.accept(db, case_id, NOW)
    following.settled(db, case_id, True, NOW)
    assert [keep(db, NOW + 2 * YEAR - DAY), keep(db, NOW + 2 * YEAR)] == [0, 2]
