"""Several officers approve at the same moment, each in a process of their own, on PostgreSQL: it is done once."""

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import audit_fund, proof, surplus
from models.audit_fund.tables import FundCall
from tests.conftest import NOW
from tests.keys import approve_at_once, hand
from tests.models import test_audit_fund_books as fund_books
from tests.models import test_surplus_books as surplus_books
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["postgresql"]


@pytest.fixture
def engine(app: Flask) -> Engine:
    return service.of(app).engine


def test_two_approvals_at_once_share_a_year_once(engine: Engine, database_url: str) -> None:
    with transaction(engine) as db:
        one, other = (
            surplus_books.proposed(db, surplus_books.resolved()),
            surplus_books.proposed(db, surplus_books.resolved(surplus=3_700_002)),
        )
    outcomes = approve_at_once(
        database_url,
        [
            (one, surplus_books.PRESIDENT),
            (one, surplus_books.SECRETARY),
            (other, surplus_books.PRESIDENT),
            (other, surplus_books.SECRETARY),
        ],
    )
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "NotAllowed", "SharedAlready"}
    with transaction(engine) as db:
        cooperative_id = hand(db, surplus_books.TREASURER).cooperative_id
        assert len(surplus.told.years(db, cooperative_id, 1, 9)) == 1
        assert list(proof.faults(db)) == []


def test_two_approvals_at_once_call_a_year_once_and_spend_no_more_than_there_is(
    engine: Engine, database_url: str
) -> None:
    with transaction(engine) as db:
        calls = [
            fund_books.proposed(db, fund_books.called()),
            fund_books.proposed(db, fund_books.called(amount=200_000)),
        ]
        audits = [
            audit_fund.books.propose_spending(db, hand(db, fund_books.TREASURER), fund_books.money(each), NOW)
            for each in (300_000, 300_001)
        ]
    assert approve_at_once(database_url, [(each, fund_books.PRESIDENT) for each in calls]) == ["CalledAlready", "done"]
    assert approve_at_once(database_url, [(each, fund_books.PRESIDENT) for each in audits]) == ["Unshareable", "done"]
    with transaction(engine) as db:
        assert db.execute(select(func.count(FundCall.entry_id)).where(FundCall.year == 2027)).scalar_one() == 1
        assert audit_fund.told.balance(db, fund_books.fund(db)) in (99_999, 100_000)
        assert list(proof.faults(db)) == []
