"""Quick statements: what they give and raise is what SQLAlchemy gives and raises, on every kind of database."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Engine, Integer, MetaData, Table, bindparam, create_engine, func, insert, null, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.callers import Caller
from models.codes import SecretCode
from models.entries import Account, Entry, EntryKind, Posting
from models.members import Member, Role
from models.quick import Quick
from models.writing import insert_or_update
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def engine(app: Flask) -> Engine:
    return service.of(app).engine


ALIKE: dict[str, tuple[Any, dict[str, Any]]] = {
    "words and choices": (
        select(Member.number, Member.name, Member.role, Member.sex, Member.joined_on, Member.amounts_by_sms)
        .where(Member.role == bindparam("role"))
        .order_by(Member.id),
        {"role": Role.MEMBER},
    ),
    "nothing": (select(null(), Member.sex).where(Member.id == bindparam("member")), {"member": -1}),
    "times and dates": (
        select(Entry.recorded_at, Entry.happened_on, Entry.kind, Entry.lot_id)
        .where(Entry.recorded_at <= bindparam("now"), Entry.happened_on <= bindparam("today"))
        .order_by(Entry.id)
        .limit(bindparam("limit")),
        {"now": NOW + timedelta(days=9), "today": date(2027, 1, 1), "limit": 5},
    ),
    "a list that is fixed, and a sum": (
        select(Posting.account, func.sum(Posting.amount))
        .where(Posting.account.in_((Account.DUES, Account.CASH)), Entry.kind != EntryKind.REVERSAL)
        .join(Entry, Entry.id == Posting.entry_id)
        .group_by(Posting.account)
        .order_by(Posting.account),
        {},
    ),
    "a value used twice": (
        select(Member.id).where((Member.id == bindparam("this")) | (Member.id - 1 == bindparam("this"))),
        {"this": 1},
    ),
    "percents": (select(Member.name).where(Member.name.like("%a%"), Member.id < bindparam("most")), {"most": 9}),
}


@pytest.mark.parametrize(("statement", "given"), ALIKE.values(), ids=ALIKE)
def test_a_quick_statement_gives_what_sqlalchemy_gives(engine: Engine, statement: Any, given: dict[str, Any]) -> None:
    quick = Quick(statement)
    with reading(engine) as db:
        wanted = [tuple(row) for row in db.execute(statement, given)]
        for _time in range(7):  # the driver of PostgreSQL prepares what it has seen five times
            found = quick.all(db, given)
        assert found == wanted
        assert [[type(value) for value in row] for row in found] == [[type(value) for value in row] for row in wanted]
        assert quick.first(db, given) == (wanted[0] if wanted else None)
        assert quick.scalar(db, given) == (wanted[0][0] if wanted else None)


def test_what_was_not_given_is_not_made_up(engine: Engine) -> None:
    with reading(engine) as db, pytest.raises((KeyError, DBAPIError)):
        Quick(select(Member.id).where(Member.name == bindparam("name"))).all(db, {})


def test_it_runs_in_the_transaction(engine: Engine) -> None:
    def caught() -> None:
        with transaction(engine) as db:
            Quick(insert(Caller), ("phone_digest", "language", "chosen_at")).run(
                db, {"phone_digest": "x", "language": "fr", "chosen_at": NOW}
            )
            assert db.execute(select(Caller.chosen_at).where(Caller.phone_digest == "x")).scalar_one() == NOW
            raise LookupError

    with pytest.raises(LookupError):
        caught()
    with reading(engine) as db:
        assert db.execute(select(Caller)).all() == []


def test_what_is_refused_is_told_without_the_values(engine: Engine) -> None:
    quick = Quick(insert(Caller), ("phone_digest", "language", "chosen_at"))
    with transaction(engine) as db:
        quick.run(db, {"phone_digest": "zibeline", "language": "fr", "chosen_at": NOW})
        with pytest.raises(IntegrityError) as refused:
            quick.run(db, {"phone_digest": "zibeline", "language": "fr", "chosen_at": NOW})
        assert refused.value.params is None
        assert "zibeline" not in str(refused.value).partition("DETAIL")[0]
        db.rollback()


def test_an_insert_fills_what_has_a_fixed_value_and_no_other(engine: Engine) -> None:
    with transaction(engine) as db:
        free = select(Member.id).where(~Member.id.in_(select(SecretCode.member_id))).limit(1)
        member = db.execute(free).scalar_one()
        insert_or_update(db, SecretCode, {"member_id": member}, {"candidate": "hash"})
        kept = db.execute(select(SecretCode).where(SecretCode.member_id == member)).one()
        assert (kept.candidate, kept.wanted, kept.tries, kept.opens_at) == ("hash", True, 0, None)


def test_a_connection_that_was_lost_is_given_up(engine: Engine) -> None:
    quick = Quick(select(Caller.language))

    def lost() -> None:
        with reading(engine) as db:
            driver: Any = db.connection.driver_connection
            driver.close()
            quick.all(db, {})

    with pytest.raises(DBAPIError) as error:
        lost()
    assert error.value.connection_invalidated
    with reading(engine) as db:
        assert quick.all(db, {}) == []


def test_a_function_that_fills_a_column_is_refused() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer, default=lambda: 1))
    made = create_engine("sqlite://")
    with made.connect() as db, pytest.raises(NotImplementedError):
        Quick(insert(table), ("a",)).run(db, {"a": 1})


def test_what_was_prepared_outlives_a_rollback(engine: Engine) -> None:
    quick = Quick(select(Member.name).where(Member.id == bindparam("member")))
    for _time in range(3):
        with reading(engine) as db:
            for _again in range(7):
                db.execute(select(Member.id).limit(1))
                assert quick.first(db, {"member": 1})
