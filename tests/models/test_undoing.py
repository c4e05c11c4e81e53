"""Lots, advances and payouts are undone like all else: two keys, once, and what rests on them first."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from models import (
    advances,
    coming,
    corrections,
    dues,
    inbox,
    lots,
    paying,
    proof,
    proposals,
    questions,
    receiving,
    vault,
)
from models.advances import NewAdvance
from models.entries import Account, Entry, EntryKind
from models.hands import Bar, NotAllowed
from models.messages import Message
from models.paying import Paying
from models.proposals import Overtaken
from models.receiving import Payment, Sum
from models.sharing import By, Owing, Part, Pool, Recover, Split
from tests.pit import DAY, Pit

KINDS = ["sqlite", "postgresql"]
STEPS = (
    Split("Coop", (Part("org:coop", 1), Part("rest", 1))),
    Pool("Equipe", By.DAYS, "rest"),
    Recover("Avance", Owing.EQUIPMENT, 500_000, 0),
)


def undo(pit: Pit, entry_id: int, by: str = "1") -> None:
    pit.approve(corrections.propose_reversal(pit.db, pit.hand(), entry_id, "Erreur", pit.now), by)


def newest(pit: Pit, kind: EntryKind) -> int:
    found = select(Entry.id).where(Entry.kind == kind).order_by(Entry.id.desc()).limit(1)
    return pit.db.execute(found).scalar_one()


def shared(pit: Pit) -> int:
    """A lot that keeps something back for what 4 had before."""
    pit.rule("undone", STEPS)
    lot_id = pit.deliver("L1", "undone")
    pit.sell(lot_id)
    pit.work(lot_id, {"4": 3, "7": 2})
    new = NewAdvance(pit.member("4"), 10_000, DAY, claimant="ami", signed="papier")
    advances.give(pit.db, pit.hand("5"), new, pit.now)
    pit.publish(lot_id)
    return lot_id


def test_an_advance_is_undone_after_the_lot_that_kept_something_back_for_it(pit: Pit) -> None:
    lot_id = shared(pit)
    advance, lot = newest(pit, EntryKind.ADVANCE), newest(pit, EntryKind.LOT)
    with pytest.raises(Overtaken, match=f"entry {lot} rests on entry {advance}: reverse that first"):
        undo(pit, advance)
    undo(pit, lot)
    assert not lots.is_shared(pit.db, lot_id)
    undo(pit, advance)
    for each in (lot, advance):
        with pytest.raises(Overtaken, match="reversed before"):
            undo(pit, each)
    assert advances.due(pit.db, lot_id, [pit.member("4")]) == []
    assert len(pit.publish(lot_id)) == 4  # shared again, and nothing is kept back
    assert list(proof.faults(pit.db)) == []


def test_what_was_proposed_before_something_came_to_rest_on_it_is_refused(pit: Pit) -> None:
    pit.rule("undone", STEPS)
    lot_id = pit.deliver("L1", "undone")
    pit.sell(lot_id)
    pit.work(lot_id, {"4": 3})
    new = NewAdvance(pit.member("4"), 10_000, DAY, claimant="ami", signed="papier")
    advance = advances.give(pit.db, pit.hand("5"), new, pit.now)
    proposal = corrections.propose_reversal(pit.db, pit.hand(), advance, "Erreur", pit.now)
    pit.publish(lot_id)
    with pytest.raises(Overtaken, match="rests on"):
        pit.approve(proposal)


def test_an_advance_that_was_undone_is_not_asked_about_any_more(pit: Pit) -> None:
    new = NewAdvance(pit.member("7"), 10_000, DAY, claimant="ami")
    advance = advances.give(pit.db, pit.hand("5"), new, pit.now)
    undo(pit, advance)
    assert questions.next_for(pit.db, pit.member("7"), pit.now) is None
    assert advances.one(pit.db, pit.member("7"), advance) is None


def test_a_payout_that_was_undone_is_coming_again_and_its_member_turns_no_key(pit: Pit) -> None:
    lot_id = shared(pit)
    home = pit.hand().cooperative_id
    left = coming.to_member(pit.db, home, lot_id, "1") or coming.to_member(pit.db, home, lot_id, "4")
    assert left is not None
    how = Paying(lot_id, Account.CASH, DAY, "carnet 1")
    paying.pay(pit.db, pit.hand("5"), how, "4", None, pit.now.date(), pit.now)
    assert coming.to_member(pit.db, home, lot_id, "4") is None
    payout = newest(pit, EntryKind.PAYOUT)
    found = proposals.proposal(pit.db, corrections.propose_reversal(pit.db, pit.hand(), payout, "Pas donné", pit.now))
    assert found is not None
    assert found.benefits_id == pit.member("4")
    officer = pit.hand("4", pit.hand("1").role, phone="+22370000004")
    with pytest.raises(NotAllowed) as refused:
        proposals.decide(pit.db, officer, found.proposal_id, True, pit.now)
    assert refused.value.bar is Bar.OWN_BENEFIT
    pit.approve(found.proposal_id)
    assert coming.to_member(pit.db, home, lot_id, "4") == left
    assert list(proof.faults(pit.db)) == []


def letters(pit: Pit, kind: str) -> list[dict[str, Any]]:
    """What was queued of a kind."""
    sealed = pit.db.execute(select(Message.facts_sealed).where(Message.kind == kind)).scalars()
    return [json.loads(vault.unseal(each)) for each in sealed if each is not None]


def test_a_lot_of_which_anything_was_paid_is_not_undone(pit: Pit) -> None:
    lot_id = shared(pit)
    lot = newest(pit, EntryKind.LOT)
    waiting = corrections.propose_reversal(pit.db, pit.hand(), lot, "Prix", pit.now)
    paying.pay(pit.db, pit.hand("5"), Paying(lot_id, Account.CASH, DAY, "carnet 1"), "7", 1, pit.now.date(), pit.now)
    with pytest.raises(Overtaken, match="1 members were paid from this lot"):
        corrections.propose_reversal(pit.db, pit.hand(), lot, "Autre", pit.now)
    with pytest.raises(Overtaken, match="paid from this lot"):
        pit.approve(waiting)
    assert lots.is_shared(pit.db, lot_id)
    assert letters(pit, "share_undone") == []
    undo(pit, newest(pit, EntryKind.PAYOUT))
    undo(pit, lot)
    assert not lots.is_shared(pit.db, lot_id)


def test_members_even_silent_ones_are_told_that_a_lot_was_undone_and_shared_again_without_amounts(pit: Pit) -> None:
    lot_id = shared(pit)
    assert letters(pit, "share_again") == []
    inbox.opt_out(pit.db, "+22370000007", pit.now)
    undo(pit, newest(pit, EntryKind.LOT))
    told = letters(pit, "share_undone")
    told_each = [(each["member"], each["lot"], "amount" in each) for each in told]
    assert told_each == [("4", "L1", False), ("7", "L1", False)]
    pit.publish(lot_id)
    assert [each["member"] for each in letters(pit, "share_again")] == ["4", "7"]


def test_whose_receipt_was_annulled_is_told(pit: Pit) -> None:
    payer = receiving.person(pit.db, pit.hand("5").cooperative_id, pit.member("4"))
    payment = Payment(payer, Sum(500, Account.CASH, DAY), Account.DUES, "R 9")
    noted = receiving.record(pit.db, pit.hand("5"), payment, pit.now.date(), pit.now)
    undo(pit, noted.entry_id)
    (told,) = letters(pit, "receipt_undone")
    assert (told["member"], told["receipt"]) == ("4", dues.printed(payer.cooperative_id, noted.receipt))
