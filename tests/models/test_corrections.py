"""Waivers and reversals: two keys, never more than is open, nothing left hanging."""

from datetime import date

import pytest
from sqlalchemy import Connection, Engine, select

from models import corrections, deeds, dues, ledger, proof, proposals
from models.allocation import Due
from models.entries import Account, Entry, EntryKind, Posting
from models.hands import Bar, Hand, NotAllowed
from models.members import Role
from models.proposals import Overtaken
from tests.conftest import NOW
from tests.models.test_ledger import books
from tests.models.test_raising import member, officers
from ussd_app.db import transaction

__all__ = ["books"]

DAY = date(2026, 11, 1)


def charged(db: Connection, amount: int = 1000, key: str = "due:1", member_id: int = 1) -> int:
    ledger.post(db, [dues.charge(1, member_id, key, (DAY, "Cotisation", amount))], "test", NOW)
    return entry(db, key)


def paid(db: Connection, amount: int) -> int:
    ledger.post(db, [dues.payment(1, 1, f"payment:{amount}", (DAY, "R", amount), Account.CASH)], "test", NOW)
    return entry(db, f"payment:{amount}")


def entry(db: Connection, key: str) -> int:
    return int(db.execute(select(Entry.id).where(Entry.key == key)).scalar_one())


def due(db: Connection, due_id: int) -> Due:
    found = dues.allocation(db, 1).due(due_id)
    assert found
    return found


def waived(db: Connection, due_id: int, amount: int, reason: str = "Maladie") -> None:
    first, second = officers(db)
    deeds.approve(db, second, corrections.propose_waiver(db, first, due_id, amount, reason, NOW), NOW)


def reversed_(db: Connection, entry_id: int) -> None:
    first, second = officers(db)
    deeds.approve(db, second, corrections.propose_reversal(db, first, entry_id, "Erreur", NOW), NOW)


def test_a_waiver_makes_its_due_smaller_and_is_no_payment(books: Engine) -> None:
    with transaction(books) as db:
        older, newer = charged(db), charged(db, key="due:2")
        waived(db, newer, 400)
        paid(db, 1200)
        assert (due(db, older).open, due(db, newer).open, due(db, newer).waived) == (0, 400, 400)
        found = dues.standing(db, 1, DAY)
        assert (found.owed, found.paid) == (400, 1200)
        who = db.execute(select(Entry.author, Entry.label).where(Entry.kind == EntryKind.WAIVER)).one()
        assert who.author.startswith("proposal:")
        assert who.label == "Maladie"
        assert list(proof.faults(db)) == []


@pytest.mark.parametrize("amount", [0, -1, 701, 10**15])
def test_no_more_is_waived_than_is_open(books: Engine, amount: int) -> None:
    with transaction(books) as db:
        due_id = charged(db)
        paid(db, 300)
        with pytest.raises(Overtaken, match="from 1 to 700"):
            waived(db, due_id, amount)


def test_what_was_paid_between_the_two_keys_is_not_waived(books: Engine) -> None:
    with transaction(books) as db:
        due_id, (first, second) = charged(db), officers(db)
        proposal = corrections.propose_waiver(db, first, due_id, 800, "Maladie", NOW)
        paid(db, 300)
        with pytest.raises(Overtaken):
            deeds.approve(db, second, proposal, NOW)


def test_the_same_wish_on_a_day_is_one_proposal_and_done_once(books: Engine) -> None:
    with transaction(books) as db:
        due_id, (first, second) = charged(db), officers(db)
        made = {corrections.propose_waiver(db, first, due_id, 100, "Maladie", NOW) for _ in range(3)}
        assert len(made) == 1
        deeds.approve(db, second, made.pop(), NOW)
        assert due(db, due_id).waived == 100


def test_nobody_waives_alone_for_themselves_or_elsewhere(books: Engine) -> None:
    with transaction(books) as db:
        first, second = officers(db)
        own = charged(db, key="due:own", member_id=second.member_id)
        proposal = corrections.propose_waiver(db, first, own, 100, "Maladie", NOW)
        for hand, bar in ((second, Bar.OWN_BENEFIT), (first, Bar.SAME_PERSON)):
            with pytest.raises(NotAllowed) as refused:
                deeds.approve(db, hand, proposal, NOW)
            assert refused.value.bar is bar
        plain = Hand(member(db, "77"), 1, Role.MEMBER)
        with pytest.raises(NotAllowed):
            corrections.propose_waiver(db, plain, own, 100, "Maladie", NOW)
        elsewhere = Hand(first.member_id, 2, first.role)
        with pytest.raises(Overtaken):
            corrections.propose_waiver(db, elsewhere, own, 100, "Maladie", NOW)
        with pytest.raises(Overtaken):
            corrections.propose_reversal(db, elsewhere, own, "Erreur", NOW)


def test_who_is_let_off_by_a_reversal_does_not_approve_it_but_a_payment_is_nobodys_gain(books: Engine) -> None:
    with transaction(books) as db:
        first, _second = officers(db)
        made = [corrections.propose_reversal(db, first, each, "Erreur", NOW) for each in (charged(db), paid(db, 300))]
        found = [proposals.proposal(db, each) for each in made]
        assert [each and each.benefits_id for each in found] == [1, None]


def test_a_reversal_undoes_once_and_is_not_undone(books: Engine) -> None:
    with transaction(books) as db:
        payment = paid(db, 300)
        reversed_(db, payment)
        for again in (payment, entry(db, f"reversal:{payment}")):
            with pytest.raises(Overtaken):
                reversed_(db, again)
        assert dues.standing(db, 1, DAY).paid == 0
        assert list(proof.faults(db)) == []


def test_two_proposals_to_undo_one_entry_undo_it_once(books: Engine) -> None:
    with transaction(books) as db:
        payment, (first, second) = paid(db, 300), officers(db)
        made = [corrections.propose_reversal(db, first, payment, reason, NOW) for reason in ("Erreur", "Doublon")]
        deeds.approve(db, second, made[0], NOW)
        with pytest.raises(Overtaken, match="reversed before"):
            deeds.approve(db, second, made[1], NOW)


def test_a_due_is_undone_after_its_waiver_and_its_penalty(books: Engine) -> None:
    with transaction(books) as db:
        due_id = charged(db)
        ledger.post(db, [dues.penalty(1, 1, due_id, (DAY, "Cotisation", 50))], "plan:1", NOW)
        waived(db, due_id, 400)
        with pytest.raises(Overtaken, match="waiver or a penalty"):
            reversed_(db, due_id)
        waiver = db.execute(select(Entry.id).where(Entry.kind == EntryKind.WAIVER)).scalar_one()
        for each in (entry(db, f"penalty:{due_id}"), waiver, due_id):
            reversed_(db, each)
        assert db.execute(select(Posting.amount).where(Posting.entry_id == due_id)).scalars().all() == [1000, -1000]
        assert dues.standing(db, 1, DAY).owed == 0
        with pytest.raises(Overtaken, match="reversed"):
            waived(db, due_id, 1)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 201])
def test_a_reason_is_needed(books: Engine, reason: str) -> None:
    with transaction(books) as db:
        due_id, (first, _second) = charged(db), officers(db)
        with pytest.raises(Overtaken, match="reason"):
            corrections.propose_waiver(db, first, due_id, 1, reason, NOW)
        with pytest.raises(Overtaken, match="reason"):
            corrections.propose_reversal(db, first, due_id, reason, NOW)


def test_a_payment_or_capital_is_not_waived(books: Engine) -> None:
    with transaction(books) as db:
        called = dues.instalment(1, 1, "capital:1", (DAY, "Part", 500))
        ledger.post(db, [called], "test", NOW)
        for entry_id in (paid(db, 300), entry(db, "capital:1"), 999):
            with pytest.raises(Overtaken):
                waived(db, entry_id, 1)
