"""The ledger: what it refuses, what it repeats without effect, and what its check finds."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, func, insert, select, text

from models import cooperatives, dues, ledger, proof, writing
from models.cooperatives import Cooperative
from models.entries import Account, EntryKind, Posting
from models.ledger import Conflict, NewEntry, Side, Unbalanced
from models.members import Member, Role
from models.money import Currency
from tests.conftest import NOW
from ussd_app import service
from ussd_app.db import transaction

DAY = date(2026, 11, 1)


def due(amount: int = 1000, key: str = "due:1", member: int = 1) -> NewEntry:
    return dues.charge(1, member, key, (DAY, "Cotisation", amount))


@pytest.fixture
def books(empty_engine: Engine) -> Engine:
    """A cooperative with two members and no money."""
    with transaction(empty_engine) as db:
        row = {"code": "K", "name": "K", "kind": cooperatives.Kind.SCOOPS, "district": "", "country": "ML"}
        row |= {"currency": Currency.XOF, "language": "fr", "time_zone": "Africa/Bamako"}
        writing.insert_once(db, Cooperative, row)
        for number in "12":
            person = {"cooperative_id": 1, "number": number, "name": number, "language": "fr", "role": Role.MEMBER}
            writing.insert_once(db, Member, {**person, "amounts_by_sms": False})
    return empty_engine


def total(db: Connection, member: int = 1) -> int:
    found = select(func.coalesce(func.sum(Posting.amount), 0))
    return int(db.execute(found.where(Posting.member_id == member, Posting.account == Account.DUES)).scalar_one())


@pytest.mark.parametrize(
    "sides",
    [
        (),
        (Side(Account.CASH, 5),),
        (Side(Account.CASH, 5), Side(Account.BANK, -4)),
        (Side(Account.CASH, 0), Side(Account.BANK, 0)),
        (Side(Account.DUES, 5), Side(Account.CASH, -5)),
        (Side(Account.CASH, 5, member_id=1), Side(Account.BANK, -5)),
    ],
)
def test_an_entry_that_is_not_right_is_refused(books: Engine, sides: tuple[Side, ...]) -> None:
    entry = NewEntry(1, "k", EntryKind.PAYMENT, DAY, "", sides)
    with transaction(books) as db, pytest.raises(Unbalanced):
        ledger.post(db, [entry], "test", NOW)


def test_the_same_entry_again_changes_nothing(books: Engine) -> None:
    with transaction(books) as db:
        assert [ledger.post(db, [due()], "test", NOW) for _ in range(3)] == [1, 0, 0]
        assert total(db) == 1000


def test_the_same_key_with_other_money_is_a_conflict(books: Engine) -> None:
    with transaction(books) as db:
        ledger.post(db, [due()], "test", NOW)
        with pytest.raises(Conflict):
            ledger.post(db, [due(2000)], "test", NOW)


def test_a_reversal_undoes_an_entry_once(books: Engine) -> None:
    with transaction(books) as db:
        ledger.post(db, [due()], "test", NOW)
        assert [ledger.reverse(db, 1, "erreur", "test", NOW) for _ in range(2)] == [1, 0]
        assert total(db) == 0
        with pytest.raises(LookupError):
            ledger.reverse(db, 99, "erreur", "test", NOW)


# What somebody could do behind the program's back, and the row that the check must name.
ALTERED = [
    ("UPDATE postings SET amount = amount + 1 WHERE id = 1", "entry due:1"),
    ("UPDATE postings SET amount = -amount WHERE entry_id = 1", "entry due:1: posting 1"),
    ("UPDATE postings SET account = 'nonsense' WHERE id = 1", "posting 1: there is no account"),
    ("UPDATE postings SET account = 'cash' WHERE id = 2", "entry due:1: posting 2"),
    ("UPDATE postings SET member_id = 2 WHERE id = 1", "posting 1 of entry due:1"),
    ("UPDATE postings SET member_id = NULL WHERE id = 1", "posting 1"),
    ("INSERT INTO postings (entry_id, account, amount) VALUES (1, 'cash', 0)", "posting 5: it has no amount"),
    ("DELETE FROM postings WHERE id = 1", "entry due:1"),
    ("DELETE FROM postings", "entry due:1"),
    ("UPDATE entries SET member_id = 2 WHERE id = 1", "posting 1 of entry due:1"),
    ("UPDATE entries SET kind = 'payment' WHERE id = 1", "entry due:1"),
    ("UPDATE entries SET kind = 'weird' WHERE id = 1", "entry due:1: there is no kind"),
    ("UPDATE entries SET key = 'zzz' WHERE id = 1", "entry zzz"),
    ("UPDATE members SET cooperative_id = 2 WHERE id = 1", "posting 1"),
]


@pytest.mark.parametrize(("change", "named"), ALTERED)
def test_the_check_names_the_first_bad_row(books: Engine, change: str, named: str) -> None:
    with transaction(books) as db:
        paid = dues.payment(1, 2, "payment:1", (DAY, "R", 300), Account.CASH)
        ledger.post(db, [due(), paid], "test", NOW)
        assert list(proof.faults(db)) == []
        row = db.execute(select(Cooperative)).one()
        db.execute(insert(Cooperative).values({**row._mapping, "id": 2, "code": "Z"}))
    with transaction(books) as db:
        for table in ("entries", "postings"):
            db.execute(text(f"DROP TRIGGER {table}_no_update"))
            db.execute(text(f"DROP TRIGGER {table}_no_delete"))
        db.execute(text(change))
        assert str(next(proof.faults(db))).startswith(named)


def test_the_demo_books_are_right_on_each_database(app: Flask) -> None:
    with transaction(service.of(app).engine) as db:
        assert list(proof.faults(db)) == []
