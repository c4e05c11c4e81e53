"""Stamps: whatever is altered in the database itself beside the entries is named by the proof.

The books are made once for each kind of database; each alteration is made in a transaction that is taken back.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select, text, update

from models import chain, closings, corrections, deeds, dues, ledger, plans, proof, proposals, questions, stamps
from models.closings import Count
from models.entries import Entry
from models.plan_terms import Basis, PlanKind, Terms
from models.questions import About, Asking
from models.stamps import ALTERED as BROKEN
from tests.conftest import NOW, _address
from tests.keys import hand
from tests.models.test_statements import trial
from tests.office import question
from ussd_app.db import engine as make_engine
from ussd_app.db import transaction

TREASURER, PRESIDENT, BAKARY = "+22370000005", "+22370000001", 4
DAY = date(2026, 11, 22)
ENTRY = "(SELECT MIN(entry_id) FROM lot_lines)"
LOT = "(SELECT MIN(lot_id) FROM lot_lines)"
GONE, NEW, CHANGED = "it is gone", "it was not written by the program", "it is not what was stamped"


def fill(db: Connection) -> None:
    """What the demo lacks: a count of the cash, a waiver, a plan that was ended, a no, a question and a refusal."""
    treasurer, president = hand(db, TREASURER), hand(db, PRESIDENT)
    home = treasurer.cooperative_id
    for month in (9, 10):
        closings.close(db, treasurer, Count(date(2026, month, 1), 40_000 + month), NOW)
    ledger.post(db, [dues.charge(home, BAKARY, "due:mine", (DAY, "Cotisation", 50_000))], "test", NOW)
    due = db.execute(select(Entry.id).where(Entry.key == "due:mine")).scalar_one()
    deeds.approve(db, president, corrections.propose_waiver(db, treasurer, due, 100, "Malade", NOW), NOW)
    fee = Terms(PlanKind.ENTRY_FEE, "Carte", 500, DAY, Basis.BYLAW, "article 9")
    deeds.approve(db, president, plans.propose(db, treasurer, fee, DAY, NOW), NOW)
    carte = plans.of(db, home)[-1].plan_id
    ends = DAY + timedelta(days=30)
    deeds.approve(db, president, plans.propose_end(db, treasurer, carte, ends, DAY, NOW), NOW)
    no = plans.propose_end(db, treasurer, carte, DAY, DAY, NOW)
    proposals.decide(db, president, no, False, NOW)
    for subject, yes in (("payment:100001", False), ("payment:100002", None)):
        questions.ask(db, Asking(BAKARY, About.PAYMENT, subject, {"amount": 500}, treasurer.member_id), NOW)
        if yes is not None:
            questions.answer(db, BAKARY, question(db, subject).question_id, yes, NOW)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """The demo and what it lacks."""
    name = f"stamps_{uuid4().hex[:12]}"
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / name)
        made = make_engine(f"sqlite:///{folder / name}")
    else:
        server: Engine = request.getfixturevalue("postgresql")
        template = request.getfixturevalue("postgresql_template")
        with server.connect() as db:
            db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        made = make_engine(_address(server, name))
    with transaction(made) as db:
        fill(db)
        assert list(proof.faults(db)) == []
    yield made
    made.dispose()


@contextmanager
def unguarded(made: Engine) -> Iterator[Connection]:
    """As somebody with the database's own shell: no trigger, no foreign key. What they do is taken back."""
    with trial(made) as db:
        if made.dialect.name == "sqlite":
            db.exec_driver_sql("PRAGMA defer_foreign_keys = on")
            for (trigger,) in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                db.exec_driver_sql(f"DROP TRIGGER {trigger}")
        else:
            db.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield db


def alter(db: Connection, statement: str) -> None:
    """Make an alteration that alters something. What stands as json(...) is written as the column of facts wants it."""
    wanted = "CAST(" if db.dialect.name == "postgresql" else "("
    closing = " AS JSON)" if db.dialect.name == "postgresql" else ")"
    statement = statement.replace("json(", wanted).replace(";)", closing)
    assert db.execute(text(statement)).rowcount > 0


ALTERED = {
    # The lines of a lot, its account, and what was recovered.
    "a step": (f"UPDATE lot_lines SET step = 'cost' WHERE step = 'pct' AND entry_id = {ENTRY}", CHANGED),
    "who a line is for": ("UPDATE lot_lines SET \"to\" = 'fund:president' WHERE position = 4", CHANGED),
    "a label": ("UPDATE lot_lines SET label = 'Taxe' WHERE position = 5", CHANGED),
    "shifted": (
        "UPDATE lot_lines SET amount = amount + CASE position WHEN 4 THEN -9 ELSE 9 END, "
        "rest = rest + CASE position WHEN 4 THEN 9 ELSE 0 END WHERE position IN (4, 5)",
        CHANGED,
    ),
    "two amounts swapped": (
        "UPDATE lot_lines SET amount = CASE position WHEN 4 THEN 260000 ELSE 130000 END, "
        "rest = CASE position WHEN 4 THEN 2340000 ELSE rest END WHERE position IN (4, 5)",
        CHANGED,
    ),
    "a recovery": ("UPDATE recoveries SET owed = owed + 1", CHANGED),
    "no recovery": ("DELETE FROM recoveries", CHANGED),
    "a claimant": ("UPDATE advances SET claimant = 'le président'", CHANGED),
    "no advance": ("DELETE FROM advances", GONE),
    "a price": ("UPDATE prices SET value = value + 1", CHANGED),
    "a buyer": ("UPDATE prices SET buyer = 'Ami'", CHANGED),
    "a source": ("UPDATE prices SET source = 'LBMA'", CHANGED),
    "a weight": (f"UPDATE lots SET weight_mg = weight_mg - 100 WHERE id = {LOT}", CHANGED),
    "a day of sale": (f"UPDATE lots SET sold_on = '2026-11-17' WHERE id = {LOT}", CHANGED),
    "a lot of a file": ("UPDATE lots SET weight_mg = 1 WHERE number = '212'", CHANGED),
    "a cost": ("UPDATE lot_costs SET evidence = '999' WHERE id = 1", CHANGED),
    "a cost more": (
        "INSERT INTO lot_costs (id, lot_id, label, kind, evidence, amount, recorded_by, recorded_at) "
        "SELECT 999, lot_id, 'Thé', kind, '1', 7, recorded_by, recorded_at FROM lot_costs WHERE id = 1",
        CHANGED,
    ),
    "work": ("UPDATE lot_work SET weight = weight + 1 WHERE member_id = 4", CHANGED),
    "no work": ("DELETE FROM lot_work WHERE member_id = 4", CHANGED),
    "the rule of a lot": (f"UPDATE deliveries SET rule_id = 1 WHERE lot_id = {LOT}", CHANGED),
    # Rules, plans, subscriptions.
    "the steps of a rule": ("UPDATE rules SET steps = json('[]';) WHERE id = 1", CHANGED),
    "the version of a rule": ("UPDATE rules SET version = 7 WHERE id = 1", CHANGED),
    "a rule that nobody approved": ("UPDATE rules SET proposal_id = NULL WHERE id = 1", GONE),
    "a rule more": (
        "INSERT INTO rules (id, cooperative_id, name, version, unit, steps, basis, basis_ref, signed_on, valid_from, "
        "proposal_id) SELECT 999, cooperative_id, 'x', 1, unit, steps, basis, basis_ref, signed_on, valid_from, "
        "proposal_id FROM rules WHERE id = 1",
        NEW,
    ),
    "a party more": ("INSERT INTO rule_parties (rule_id, member_id) VALUES (1, 4)", CHANGED),
    "the amount of a plan": ("UPDATE plans SET amount = amount * 2 WHERE id = 1", CHANGED),
    "a penalty": ("UPDATE plans SET penalty_amount = 0 WHERE id = 1", CHANGED),
    "the end of a plan": ("UPDATE plans SET until = '2030-01-01' WHERE id = 1", "it ends on 2030-01-01"),
    "no end of a plan": ("UPDATE plans SET until = NULL WHERE label = 'Carte'", "it ends on None"),
    "a member of a plan": ("INSERT INTO plan_members (plan_id, member_id) VALUES (1, 4)", CHANGED),
    "no plan": ("DELETE FROM plans WHERE label = 'Carte'", GONE),
    "shares": ("UPDATE subscriptions SET shares = shares + 1 WHERE id = 1", CHANGED),
    "whose shares": ("UPDATE subscriptions SET member_id = 5 WHERE id = 1", CHANGED),
    "an instalment": ("UPDATE instalments SET amount = amount + 1 WHERE subscription_id = 1 AND number = 5", CHANGED),
    "no instalment": ("DELETE FROM instalments WHERE subscription_id = 1 AND number = 5", CHANGED),
    # Proposals.
    "a rule refused": ("UPDATE proposals SET state = 'refused' WHERE deed = 'change_rule'", CHANGED),
    "a plan refused": ("UPDATE proposals SET state = 'refused' WHERE deed = 'change_plan'", CHANGED),
    "no proposal of a rule": ("DELETE FROM proposals WHERE deed = 'change_rule'", GONE),
    "no proposal of a plan": ("DELETE FROM proposals WHERE deed = 'change_plan'", GONE),
    "undecided": ("UPDATE proposals SET state = 'waiting' WHERE deed = 'subscribe'", GONE),
    "no state": ("UPDATE proposals SET state = 'maybe' WHERE deed = 'subscribe'", CHANGED),
    "what was waived": (
        "UPDATE proposals SET facts = json(REPLACE(CAST(facts AS TEXT), '\"amount\": 100', '\"amount\": 10');) "
        "WHERE deed = 'waive'",
        CHANGED,
    ),
    "no facts": ("UPDATE proposals SET facts = json('7';) WHERE deed = 'change_plan'", CHANGED),
    # Closings, questions, the surplus and the audit fund.
    "a count": ("UPDATE closings SET counted = counted + 1 WHERE counted = 40009", CHANGED),
    "no closing": ("DELETE FROM closings WHERE counted = 40010", GONE),
    "a no": ("UPDATE questions SET yes = (1 = 1) WHERE yes = (1 = 0)", CHANGED),
    "no answer": ("UPDATE questions SET yes = NULL, answered_at = NULL WHERE yes = (1 = 0)", GONE),
    "an answer": ("UPDATE questions SET yes = (1 = 1), answered_at = ask_from WHERE yes IS NULL", NEW),
    "no questions": ("DELETE FROM questions", GONE),
    "what was asked": ("UPDATE questions SET facts = json('{}';) WHERE yes IS NULL", CHANGED),
    "a weight of the surplus": ("UPDATE surplus_lines SET weight = weight + 1 WHERE position = 5", CHANGED),
    "a label of the surplus": ("UPDATE surplus_lines SET label = 'x' WHERE position = 3", CHANGED),
    "the resolution": ("UPDATE surpluses SET resolution = 'R 9'", CHANGED),
    "shares of an affiliate": ("UPDATE fund_parts SET shares = shares + 1 WHERE affiliate_id = 1", CHANGED),
    "who paid the fund": ("UPDATE fund_payments SET affiliate_id = 1 WHERE affiliate_id = 3", CHANGED),
    # Stamps and their count.
    "no stamp": ("DELETE FROM stamps WHERE kind = 'plan'", NEW),
    "a stamp of nothing": (
        "INSERT INTO stamps (kind, about_id, cooperative_id, stamp) VALUES ('x', 1, 2, '')",
        "there is no such kind",
    ),
    "fewer stamps": ("UPDATE stamp_counts SET made = made - 1", "the count of its stamps was altered"),
    "no count": ("DELETE FROM stamp_counts", "the count of its stamps was altered"),
}


@pytest.mark.parametrize(("statement", "said"), ALTERED.values(), ids=ALTERED)
def test_what_was_altered_is_named(books: Engine, statement: str, said: str) -> None:
    with unguarded(books) as db:
        alter(db, statement)
        assert said in str(next(proof.faults(db)))


@pytest.mark.parametrize(
    ("table", "where", "kinds"),
    [
        ("closings", "counted = 40010", ("closing",)),
        ("questions", "subject = 'payment:100001'", ("question", "answer to question")),
        ("plans", "label = 'Carte'", ("plan",)),
        ("proposals", "state = 'refused'", ("proposal", "decision on proposal")),
    ],
)
def test_what_is_gone_with_its_stamps_is_missing_in_the_count(
    books: Engine, table: str, where: str, kinds: tuple[str, ...]
) -> None:
    with unguarded(books) as db:
        number = db.execute(text(f"SELECT id FROM {table} WHERE {where}")).scalar_one()
        for kind in kinds:
            alter(db, f"DELETE FROM stamps WHERE kind = '{kind}' AND about_id = {number}")
        alter(db, f"DELETE FROM {table} WHERE id = {number}")
        assert "things were stamped" in str(next(proof.faults(db)))


def test_a_count_that_was_altered_is_not_made_good_by_the_next_stamp(books: Engine) -> None:
    with unguarded(books) as db:
        home = hand(db, TREASURER).cooperative_id
        alter(db, f"UPDATE stamp_counts SET made = made - 1 WHERE cooperative_id = {home}")
        questions.ask(db, Asking(BAKARY, About.PAYMENT, "payment:100003", {}, None), NOW)
        seals = select(stamps.StampCount.seal).where(stamps.StampCount.cooperative_id == home)
        assert db.execute(seals).scalar_one() == BROKEN
        assert "the count of its stamps was altered" in str(next(proof.faults(db)))


def test_what_was_altered_before_it_was_decided_stays_named(books: Engine) -> None:
    """What the program does later makes nothing good: the proposal was stamped as it was proposed."""
    with unguarded(books) as db:
        fee = Terms(PlanKind.ENTRY_FEE, "Sac", 500, DAY, Basis.BYLAW, "article 9")
        number = plans.propose(db, hand(db, TREASURER), fee, DAY, NOW)
        changed = "json(REPLACE(CAST(facts AS TEXT), '\"amount\": 500', '\"amount\": 900');)"
        alter(db, f"UPDATE proposals SET facts = {changed} WHERE id = {number}")
        deeds.approve(db, hand(db, PRESIDENT), number, NOW)
        assert str(next(proof.faults(db))) == f"proposal {number}: {CHANGED}"


def test_a_mark_of_progress_may_be_set_back(books: Engine) -> None:
    with unguarded(books) as db:
        alter(db, "UPDATE plans SET raised_upto = '2026-01-01' WHERE id = 1")
        assert list(proof.faults(db)) == []


def test_the_reason_that_somebody_typed_may_be_erased(books: Engine) -> None:
    with unguarded(books) as db:
        waived = db.execute(select(proposals.Proposal).where(proposals.Proposal.deed == proposals.Deed.WAIVE)).one()
        facts = {**waived.facts, "reason_sealed": ""}
        db.execute(update(proposals.Proposal).where(proposals.Proposal.id == waived.id).values(facts=facts))
        assert list(proof.faults(db)) == []


def test_a_cooperative_is_counted_from_the_beginning_of_its_books_on(empty_engine: Engine) -> None:
    with transaction(empty_engine) as db:
        db.execute(
            text(
                "INSERT INTO cooperatives (code, name, kind, district, country, currency, language, time_zone) "
                "VALUES ('A', 'A', 'scoops', '', 'ML', 'XOF', 'fr', 'Africa/Bamako')"
            )
        )
        chain.hold(db, {1})
        assert db.execute(select(stamps.StampCount.made)).scalar_one() == 0
