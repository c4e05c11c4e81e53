"""The proof of the books: whatever is changed behind the program's back, by whomever, is found and named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from models import chain, dues, ledger, proof, sealing, vault
from models.chain import Chain, Link, Receipt
from models.entries import Account, Entry, EntryKind, Posting
from models.members import Member, Role
from models.proposals import Proposal
from tests import keys
from tests.conftest import NOW
from ussd_app import proving, service
from ussd_app.config import Config
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
DAY = date(2026, 11, 1)
HOME, MEMBER, OTHER = 2, 4, 7  # KOGB, Bakary, Oumar: the rows of the demo in its order


@pytest.fixture
def books(app: Flask) -> Engine:
    """The demo's books, and five entries more: a due, two payments, the undoing of one, a last due."""
    made = service.of(app).engine
    with transaction(made) as db:
        ledger.post(db, [_due("a"), _paid("a"), _paid("b")], "test", NOW)
        keys.undo(db, keys.officers(db, HOME), _id(db, "payment:b"), NOW)
        ledger.post(db, [_due("z")], "test", NOW)
    return made


def test_nothing_is_found_in_books_that_nobody_touched(app: Flask, request: pytest.FixtureRequest) -> None:
    assert proving.prove(service.of(app).engine).faults == ()
    request.getfixturevalue("books")
    assert _check(app) == (0, "the ledger is right\n")


def _due(key: str) -> ledger.NewEntry:
    return dues.charge(HOME, MEMBER, f"due:{key}", (DAY, "Cotisation", 1000))


def _paid(key: str, amount: int = 300) -> ledger.NewEntry:
    return dues.payment(HOME, MEMBER, f"payment:{key}", (DAY, f"R{key}", amount), Account.CASH)


def _check(app: Flask) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["ledger", "check"])
    return done.exit_code, done.output


def _id(db: Connection, key: str) -> int:
    return int(db.execute(select(Entry.id).where(Entry.key == key)).scalar_one())


def _unguarded(db: Connection) -> None:
    """As an attacker would: first of all the triggers go, and the foreign keys."""
    for table in ("entries", "postings"):
        if db.dialect.name == "sqlite":
            db.execute(text(f"DROP TRIGGER {table}_no_update"))
            db.execute(text(f"DROP TRIGGER {table}_no_delete"))
        else:
            db.execute(text(f"DROP TRIGGER {table}_only_added_to ON {table}"))
    if db.dialect.name == "postgresql":
        db.execute(text("SET LOCAL session_replication_role = replica"))


Attack = Callable[[Connection], object]


def _entry(key: str, **changed: object) -> Attack:
    return lambda db: db.execute(update(Entry).where(Entry.key == key).values(**changed))


def _amount(db: Connection) -> None:
    db.execute(update(Posting).where(Posting.entry_id == _id(db, "payment:a")).values(amount=Posting.amount * 2))


def _one_side(db: Connection) -> None:
    sides = Posting.entry_id == _id(db, "payment:a"), Posting.amount > 0
    db.execute(update(Posting).where(*sides).values(amount=Posting.amount * 2))


def _erase(db: Connection, key: str) -> None:
    entry_id = _id(db, key)
    for table in (Posting, Link, Receipt):
        db.execute(delete(table).where(table.entry_id == entry_id))
    db.execute(delete(Entry).where(Entry.id == entry_id))


def _entry_alone(db: Connection) -> None:
    entry_id = _id(db, "payment:a")
    db.execute(delete(Posting).where(Posting.entry_id == entry_id))
    db.execute(delete(Entry).where(Entry.id == entry_id))


def _member(db: Connection) -> None:
    entry_id = _id(db, "payment:a")
    db.execute(update(Entry).where(Entry.id == entry_id).values(member_id=OTHER))
    mine = Posting.entry_id == entry_id, Posting.member_id == MEMBER
    db.execute(update(Posting).where(*mine).values(member_id=OTHER))


def _receipt(db: Connection) -> None:
    db.execute(update(Receipt).where(Receipt.entry_id == _id(db, "payment:b")).values(number=9_999))


def _no_receipt(db: Connection) -> None:
    db.execute(delete(Receipt).where(Receipt.entry_id == _id(db, "payment:a")))


def _cut(db: Connection) -> None:
    """The last entry goes, and the chain says that it never was."""
    last = db.execute(select(Link.position).where(Link.entry_id == _id(db, "due:z"))).scalar_one()
    _erase(db, "due:z")
    before = chain.at(db, HOME, last - 1)
    assert before is not None
    db.execute(update(Chain).where(Chain.cooperative_id == HOME).values(entries=last - 1, head=before.seal))


def _swap(column: str) -> Attack:
    """Two entries take each other's places: with their seals, or without."""

    def swap(db: Connection) -> None:
        ids = [_id(db, key) for key in ("payment:a", "payment:b")]
        rows = [db.execute(select(Link.position, Link.seal).where(Link.entry_id == each)).one() for each in ids]
        db.execute(update(Link).where(Link.entry_id == ids[0]).values(position=0))
        for entry_id, other, mine in ((ids[1], rows[0], rows[1]), (ids[0], rows[1], rows[0])):
            seal = other.seal if column == "seal" else mine.seal
            db.execute(update(Link).where(Link.entry_id == entry_id).values(position=other.position, seal=seal))

    return swap


def _forge(db: Connection) -> None:
    """One more payment, sealed with great care, but with another key."""
    real = vault.keys()
    vault.use(Config.read({"APP_MODE": "test", "INDEX_KEY": "what the attacker thinks it is"}).keys)
    ledger.post(db, [_paid("forged")], "test", NOW)
    vault.use(real)


def _unsealed(db: Connection) -> None:
    added = select(Entry.cooperative_id, text("'payment:slipped in'"), Entry.kind, Entry.happened_on, Entry.label)
    names = ["cooperative_id", "key", "kind", "happened_on", "label", "member_id", "author", "recorded_at"]
    same = added.add_columns(Entry.member_id, Entry.author, Entry.recorded_at).where(Entry.key == "payment:a")
    db.execute(insert(Entry).from_select(names, same))
    entry_id = _id(db, "payment:slipped in")
    sides = select(text(str(entry_id)), Posting.account, Posting.member_id, Posting.amount)
    copied = sides.where(Posting.entry_id == _id(db, "payment:a"))
    db.execute(insert(Posting).from_select(["entry_id", "account", "member_id", "amount"], copied))


# The last proposal is the one of the undoing; the demo has others.
LAST = Proposal.id == select(func.max(Proposal.id)).scalar_subquery()
UNDOING = update(Proposal).where(LAST)


def _proposal(**changed: object) -> Attack:
    return lambda db: db.execute(UNDOING.values(**changed))


def _decider(db: Connection) -> None:
    somebody = select(Member.id).where(Member.cooperative_id == HOME, Member.role == Role.SECRETARY)
    db.execute(UNDOING.values(decided_by=somebody.scalar_subquery()))


def _same_hand(db: Connection) -> None:
    db.execute(UNDOING.values(decided_by=Proposal.proposed_by))


def _alone(db: Connection) -> None:
    """The program itself, asked by somebody at its console."""
    ledger.reverse(db, _id(db, "due:a"), "erreur", "treasurer", NOW)


def _back(db: Connection) -> None:
    """What was undone is brought back by undoing that."""
    undoing = db.execute(select(Entry.id).where(Entry.kind == EntryKind.REVERSAL)).scalar_one()
    sides = (ledger.Side(Account.CASH, 300), ledger.Side(Account.DUES, -300, MEMBER))
    kind, key = EntryKind.REVERSAL, f"reversal:{undoing}"
    entry = ledger.NewEntry(HOME, key, kind, DAY, "", sides, member_id=MEMBER, reverses_id=undoing)
    ledger.post(db, [entry], "treasurer", NOW)


def _anew(db: Connection) -> None:
    """An amount is changed, and then all is sealed anew, with the very key."""
    _amount(db)
    for table in (Link, Receipt, Chain):
        db.execute(delete(table))
    sealing.seal_all(db)
    chain.moved(db)


def _anew_and_on(db: Connection) -> None:
    """So that only the last end is right, which the program itself keeps with the next entry."""
    _anew(db)
    ledger.post(db, [_due("after")], "test", NOW)


ATTACKS: dict[str, tuple[Attack, str]] = {
    "an amount": (_amount, "entry payment:a: it is not what was sealed at position"),
    "one side": (_one_side, "entry payment:a: 2 postings add up to 300"),
    "a deleted entry": (lambda db: _erase(db, "payment:a"), "entry payment:b: its receipt is"),
    "a deleted due": (lambda db: _erase(db, "due:a"), "entry payment:a: it is at position"),
    "the author": (_entry("payment:a", author="mariam"), "entry payment:a: it is not what was sealed"),
    "the member": (_member, "entry payment:a: it is not what was sealed"),
    "the date": (_entry("payment:a", happened_on=date(2025, 1, 1)), "entry payment:a: it is not what was sealed"),
    "the label": (_entry("due:a", label="Pompe"), "entry due:a: it is not what was sealed"),
    "the time": (_entry("due:a", recorded_at=NOW.replace(hour=3)), "entry due:a: it is not what was sealed"),
    "the cooperative": (_entry("due:a", cooperative_id=3), "entry due:a"),
    "the kind": (_entry("payment:b", kind=EntryKind.WAIVER), "entry payment:b"),
    "a receipt": (_receipt, "entry payment:b: its receipt is 9999, not"),
    "no receipt": (_no_receipt, "entry payment:a: its receipt"),
    "a cut tail": (_cut, "the books of KOGB had"),
    "two places": (_swap("place"), "entry payment:b: its receipt is"),
    "two places and seals": (_swap("seal"), "entry payment:b: its receipt is"),
    "a forged entry": (_forge, "entry payment:forged: it is not what was sealed"),
    "an unsealed entry": (_unsealed, "entry payment:slipped in: its receipt"),
    "the end": (
        lambda db: db.execute(update(Chain).where(Chain.cooperative_id == HOME).values(entries=Chain.entries - 1)),
        "chain of KOGB: it says",
    ),
    "no chain": (
        lambda db: db.execute(delete(Chain).where(Chain.cooperative_id == HOME)),
        "chain of KOGB: it says 0 entries",
    ),
    "the decider": (_decider, "entry reversal:"),
    "one hand": (_same_hand, ": it was approved by the officer who proposed it"),
    "own benefit": (lambda db: db.execute(UNDOING.values(benefits_id=Proposal.decided_by)), "proposal "),
    "a late key": (_proposal(proposed_at=NOW.replace(day=20)), ": it was not approved within 24 hours"),
    "a key after the deed": (_proposal(decided_at=NOW.replace(hour=23)), "entry reversal:"),
    "a refused deed": (_proposal(state="refused"), "entry reversal:"),
    "another deed": (_proposal(facts={"entry_id": 1}), "entry reversal:"),
    "nobody's key": (_proposal(decided_by=None), ": it was approved by nobody"),
    "no proposal": (lambda db: db.execute(delete(Proposal).where(LAST)), "entry reversal:"),
    "no second key": (_alone, "a reversal needs two keys, and its author is treasurer"),
    "an undone undoing": (_back, "it undoes what undoes another entry"),
    "all sealed anew": (_anew, "the books of KOGB were written anew up to entry"),
    "sealed anew and gone on": (_anew_and_on, "the books of KOGB were written anew up to entry"),
}


@pytest.mark.parametrize(("change", "said"), ATTACKS.values(), ids=ATTACKS)
def test_what_was_done_behind_the_programs_back_is_named(app: Flask, books: Engine, change: Attack, said: str) -> None:
    with transaction(books) as db:
        _unguarded(db)
        change(db)
    code, answer = _check(app)
    assert code == 1
    assert said in answer
    assert len(answer.splitlines()) == 1


def test_an_entry_that_went_and_left_its_seal_and_receipt_is_named(app: Flask, books: Engine) -> None:
    if books.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(books.url.database), isolation_level=None)) as raw:
            for statement in ("DROP TRIGGER entries_no_delete", "DROP TRIGGER postings_no_delete"):
                raw.execute(statement)
            entry = "(SELECT id FROM entries WHERE key = 'payment:a')"
            raw.execute(f"DELETE FROM postings WHERE entry_id = {entry}")
            raw.execute("DELETE FROM entries WHERE key = 'payment:a'")
    else:
        with transaction(books) as db:
            _unguarded(db)
            _entry_alone(db)
    code, answer = _check(app)
    assert (code, "it is gone; it was sealed at position" in answer) == (1, True)


def test_one_changed_entry_is_one_fault(books: Engine) -> None:
    with transaction(books) as db:
        _unguarded(db)
        _amount(db)
    with transaction(books) as db:
        (fault,) = proof.faults(db)
    assert "payment:a" in str(fault)


def test_a_word_that_is_no_date_is_a_fault(app: Flask, books: Engine) -> None:
    if books.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses it")
    with transaction(books) as db:
        _unguarded(db)
        db.execute(text("UPDATE entries SET happened_on = 'hier' WHERE key = 'payment:b'"))
    code, answer = _check(app)
    assert (code, "cannot be read" in answer) == (1, True)


def test_a_proposal_that_cannot_be_read_is_a_fault(app: Flask, books: Engine) -> None:
    with transaction(books) as db:
        facts = "'what?'" if db.dialect.name == "sqlite" else "'[]'"
        db.execute(text(f"UPDATE proposals SET facts = {facts}"))
    code, answer = _check(app)
    assert (code, len(answer.splitlines())) == (1, 1)


def test_what_is_sealed_may_be_erased_where_the_law_says_so(app: Flask, books: Engine) -> None:
    with transaction(books) as db:
        _unguarded(db)
        db.execute(update(Entry).where(Entry.kind == EntryKind.REVERSAL).values(label=""))
        db.execute(update(Member).where(Member.id == MEMBER).values(name="-"))
    assert _check(app)[0] == 0


def test_another_key_than_that_of_the_books_shows(app: Flask, books: Engine, settings: dict[str, str]) -> None:
    real = vault.keys()
    vault.use(Config.read({**settings, "INDEX_KEY": "another key altogether"}).keys)
    code, said = _check(app)
    vault.use(real)
    assert (code, "it is not what was sealed at position 1" in said) == (1, True)


def test_the_proof_says_how_far_it_is(books: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("models.proving.chains.STEP", 10)
    told: list[int] = []
    assert proving.prove(books, told.append).faults == ()
    with transaction(books) as db:
        entries = db.execute(select(func.count()).select_from(Entry)).scalar_one()
    assert told == list(range(10, entries + 1, 10))
