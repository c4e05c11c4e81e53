"""Two officers at the same moment, each in a process of their own on a real PostgreSQL: one of them does it."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from models import coming, confirming, declarations, deeds, new_numbers, paying, proof, receiving, vault
from models.chain import Receipt
from models.declarations import NotWaiting, Said
from models.entries import Account, EntryKind
from models.hands import NotAllowed
from models.members import Role
from models.paying import Paying, Spent
from models.proposals import Proposal
from models.receiving import Payment, Sum
from tests.conftest import NOW, SETTINGS
from tests.office import TODAY, become, entries, hand
from ussd_app import db as database
from ussd_app import service
from ussd_app.config import Config

KINDS = ["postgresql"]
PROCESSES = 4
Deed = Callable[[Connection, int], None]


def confirm(db: Connection, number: int) -> None:
    """Treasurers 1 and 5 confirm the only declaration."""
    by = hand(db, "5" if number % 2 else "1")
    confirming.confirm(db, by, 1, TODAY, NOW)


def decide(db: Connection, number: int) -> None:
    """The president and the supervisory board decide on the last proposal."""
    proposal_id = db.execute(select(func.max(Proposal.id))).scalar_one()
    deeds.approve(db, hand(db, "1" if number % 2 else "2"), proposal_id, NOW)


def pay(db: Connection, number: int) -> None:
    """Each pays all that is left, by another reference."""
    lot_id = coming.lot(db, hand(db, "5").cooperative_id, "213")
    assert lot_id is not None
    paying.pay(db, hand(db, "5"), Paying(lot_id, Account.CASH, TODAY, f"R{number}"), "4", None, TODAY, NOW)


def note(db: Connection, number: int) -> None:
    """Each notes the same payment."""
    payer = receiving.numbered(db, hand(db, "5").cooperative_id, "4")
    assert payer is not None
    payment = Payment(payer, Sum(700, Account.CASH, TODAY), Account.DUES, "the same")
    if not receiving.record(db, hand(db, "5"), payment, TODAY, NOW).new:
        raise NotWaiting


def run(url: str, deed: Deed, number: int, start: Barrier, told: "Queue[str]") -> None:
    """One process: connected, it waits for the others and does its deed."""
    vault.use(Config.read(SETTINGS).keys)
    engine = database.engine(url)
    with engine.connect() as warm:
        warm.exec_driver_sql("SELECT 1")
        warm.rollback()
    start.wait(60)
    try:
        with database.transaction(engine) as db:
            deed(db, number)
    except (NotWaiting, NotAllowed, Spent) as error:
        told.put(type(error).__name__)
    else:
        told.put("done")
    engine.dispose()


def race(url: str, deed: Deed) -> list[str]:
    """What became of each process, sorted."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])  # read once, not by each process
    start, told = context.Barrier(PROCESSES), context.Queue()
    processes = [context.Process(target=run, args=(url, deed, number, start, told)) for number in range(PROCESSES)]
    for process in processes:
        process.start()
    outcomes = sorted(told.get(timeout=90) for _ in processes)
    for process in processes:
        process.join(30)
    return outcomes


def declare(db: Connection) -> None:
    said = Said(hand(db, "5").member_id, Sum(3000, Account.CASH, TODAY), Account.DUES)
    declarations.declare(db, hand(db, "4"), said, "k", TODAY, NOW)


def propose(db: Connection) -> None:
    issouf = hand(db, "15").member_id
    new_numbers.propose(db, hand(db, "3", phone="+22379999999", session="proposing"), issouf, "+22376000015", None, NOW)


@pytest.mark.parametrize(
    ("prepare", "deed", "loser", "kind_of_entry"),
    [
        (declare, confirm, "NotWaiting", EntryKind.PAYMENT),
        (lambda db: None, note, "NotWaiting", EntryKind.PAYMENT),
        (lambda db: None, pay, "Spent", EntryKind.PAYOUT),
        (propose, decide, "NotAllowed", None),
    ],
    ids=["confirm", "note", "pay", "decide"],
)
def test_of_several_at_once_one_does_it(
    app: Flask,
    database_url: str,
    prepare: Callable[[Connection], None],
    deed: Deed,
    loser: str,
    kind_of_entry: EntryKind | None,
) -> None:
    become(app, "1", Role.TREASURER)
    engine = service.of(app).engine
    with database.transaction(engine) as db:
        prepare(db)
    assert race(database_url, deed) == sorted(["done", *[loser] * (PROCESSES - 1)])
    with database.transaction(engine) as db:
        if kind_of_entry is not None:
            assert entries(db, kind_of_entry) == 1
        numbers = db.execute(select(func.count(), func.max(Receipt.number)).group_by(Receipt.cooperative_id)).all()
        assert all(count == last for count, last in numbers)
        assert list(proof.faults(db)) == []
