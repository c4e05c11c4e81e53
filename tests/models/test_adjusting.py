"""A published lot is adjusted by one further entry: to the last franc, by two keys, once, and never shared again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select, update

from models import (
    adjusting,
    advances,
    approvals,
    coming,
    corrections,
    ledger,
    lines,
    lot_money,
    lots,
    paying,
    payouts,
    proof,
    publishing,
    vault,
)
from models.adjusting import Standing
from models.advances import NewAdvance
from models.entries import Account, Entry, EntryKind
from models.hands import Bar, NotAllowed
from models.ledger import NewEntry, Side
from models.lines import ADJUST, LotLine, StoredLine
from models.lots import Delivered
from models.messages import Message
from models.paying import Paying
from models.proposals import Overtaken
from models.refused import Fault, Refused
from models.sharing import By, Of, Owing, Part, Percent, Pool, Recover, Split
from models.sharing.beneficiaries import number_of
from models.surplus import measures
from tests.pit import DAY, Pit

KINDS = ["sqlite", "postgresql"]
STEPS = (
    Percent("Villages", "fund:villages", 50_000, Of.NET),
    Split("Coop", (Part("org:coop", 1), Part("rest", 1))),
    Pool("Equipe", By.DAYS, "rest"),
    Recover("Avance", Owing.EQUIPMENT, 500_000, 0),
)


def shared(pit: Pit, number: str = "L1", days: dict[str, int] | None = None) -> int:
    """A lot of 2 941 200 that cost something and kept something back for what 4 had before."""
    if number == "L1":
        pit.rule("adjusted", STEPS)
    lot_id = pit.deliver(number, "adjusted")
    pit.sell(lot_id)
    pit.cost(lot_id, "carburant", 341_200)
    pit.work(lot_id, days or {"4": 3, "7": 2, "12": 2})
    new = NewAdvance(pit.member("4"), 10_000, DAY, claimant="ami", signed=f"papier {number}")
    advances.give(pit.db, pit.hand("5"), new, pit.now)
    pit.publish(lot_id)
    return lot_id


def proposed(pit: Pit, lot_id: int, gross: int, reason: str = "Le titre était 22 k", by: str = "3") -> int:
    return adjusting.propose(pit.db, pit.hand(by), lot_id, gross, reason, pit.now)


def adjusted(pit: Pit, lot_id: int, gross: int) -> list[StoredLine]:
    """Adjust a lot; its new lines."""
    before = len(lines.every(pit.db, lot_id))
    pit.approve(proposed(pit, lot_id, gross))
    return lines.every(pit.db, lot_id)[before:]


def refused(fault: Fault) -> Any:
    return pytest.raises(Refused, match=f"^{fault.value}")


def net(pit: Pit, lot_id: int, number: str) -> int:
    share = payouts.share(pit.db, pit.member(number), lot_id)
    assert share is not None
    return share.net


def letters(pit: Pit) -> list[dict[str, Any]]:
    sealed = pit.db.execute(select(Message.facts_sealed).where(Message.kind == "share_adjusted")).scalars()
    return [json.loads(vault.unseal(each)) for each in sealed if each is not None]


@pytest.mark.parametrize("gross", [2_953_200, 2_941_201, 2_941_199, 2_000_000, 341_200, 5_000_000])
def test_the_difference_is_shared_as_the_lot_was_published(pit: Pit, gross: int) -> None:
    lot_id = shared(pit)
    published = {line.to: line.amount for line in lines.every(pit.db, lot_id) if line.step in ("pct", "pool", "split")}
    published.pop("rest")
    before = {number: payouts.share(pit.db, pit.member(number), lot_id) for number in ("4", "7", "12")}
    new = adjusted(pit, lot_id, gross)
    difference = gross - 2_941_200
    assert [line.to for line in new] == ["fund:villages", "org:coop", "member:4", "member:7", "member:12"]
    assert sum(line.amount for line in new) == difference == new[0].together
    assert {line.step for line in new} == {ADJUST}
    for line in new:
        assert abs(line.amount * 2_600_000 - difference * published[line.to]) < 2_600_000  # within one unit
    for number, had in before.items():
        has = payouts.share(pit.db, pit.member(number), lot_id)
        assert had is not None
        assert has is not None
        mine = sum(line.amount for line in new if line.to == f"member:{number}")
        assert (has.share - had.share, has.recovered, has.gross) == (mine, had.recovered, gross)
        assert has.entry_id == had.entry_id
    sold = lot_money.sold(pit.db, pit.hand().cooperative_id, lot_id)
    assert sold is not None
    assert sold.gross == gross
    assert list(proof.faults(pit.db)) == []


def test_equal_remainders_go_to_the_smallest_member_number(pit: Pit) -> None:
    pit.rule("adjusted", [Pool("Equipe", By.EQUAL, "rest")])
    lot_id = pit.deliver("L1", "adjusted")
    pit.sell(lot_id)
    pit.work(lot_id, {"12": 1, "4": 1, "7": 1})
    pit.publish(lot_id)
    assert {line.to: line.amount for line in adjusted(pit, lot_id, 2_941_201)} == {
        "member:4": 1,
        "member:7": 0,
        "member:12": 0,
    }
    assert {line.to: line.amount for line in adjusted(pit, lot_id, 2_941_199)} == {
        "member:4": -1,
        "member:7": -1,
        "member:12": 0,
    }
    assert list(proof.faults(pit.db)) == []


def test_a_slip_of_the_finger_is_adjusted_back_to_the_franc(pit: Pit) -> None:
    lot_id = shared(pit)
    before = [net(pit, lot_id, number) for number in ("4", "7", "12")]
    adjusted(pit, lot_id, 341_200)
    assert net(pit, lot_id, "7") == 0
    adjusted(pit, lot_id, 2_941_200)
    assert [net(pit, lot_id, number) for number in ("4", "7", "12")] == before
    assert list(proof.faults(pit.db)) == []


def test_who_was_paid_too_much_owes_it_and_nobody_else_has_less_for_it(pit: Pit) -> None:
    lot_id = shared(pit)
    home, today = pit.hand().cooperative_id, pit.now.date()
    paying.pay(pit.db, pit.hand("5"), Paying(lot_id, Account.CASH, DAY, "carnet 1"), "7", None, today, pit.now)
    paid, due = net(pit, lot_id, "7"), net(pit, lot_id, "12")
    taken = {number_of(line.to): -line.amount for line in adjusted(pit, lot_id, 2_900_000)}
    assert coming.paid_too_much(pit.db, pit.member("7"), lot_id) == taken["7"] == paid - net(pit, lot_id, "7") > 0
    assert coming.paid_too_much(pit.db, pit.member("12"), lot_id) == 0
    assert {each.number: each.amount for each in coming.to_members(pit.db, home, lot_id)} == {
        "4": net(pit, lot_id, "4"),
        "12": due - taken["12"],
    }
    (open_lot,) = [each for each in coming.open_lots(pit.db, home, 60) if each.lot_id == lot_id]
    assert open_lot.left == net(pit, lot_id, "4") + net(pit, lot_id, "12")
    paying.pay_all(pit.db, pit.hand("5"), Paying(lot_id, Account.CASH, DAY, "carnet 2"), today, pit.now)
    assert lot_id not in [each.lot_id for each in coming.open_lots(pit.db, home, 60)]
    adjusted(pit, lot_id, 2_941_200)
    assert coming.paid_too_much(pit.db, pit.member("7"), lot_id) == 0
    assert list(proof.faults(pit.db)) == []


def test_one_proposal_is_one_entry_and_what_changed_meanwhile_is_refused(pit: Pit) -> None:
    lot_id = shared(pit)
    first = proposed(pit, lot_id, 3_000_000)
    assert proposed(pit, lot_id, 3_000_000) == first
    second, other = proposed(pit, lot_id, 3_000_000, "Autre raison"), proposed(pit, lot_id, 3_100_000)
    pit.approve(first)
    with pytest.raises(NotAllowed) as twice:
        pit.approve(first)
    assert twice.value.bar is Bar.NOT_WAITING
    for late in (second, other):
        with refused(Fault.CHANGED):
            pit.approve(late)
    made = select(Entry.key, Entry.author).where(Entry.kind == EntryKind.ADJUSTMENT)
    assert [tuple(row) for row in pit.db.execute(made)] == [
        (f"adjustment:#{first}", f"proposal:{first}:{pit.member('3')}+{pit.member('1')}")
    ]


def test_who_has_a_stake_turns_no_key(pit: Pit) -> None:
    pit.rule("adjusted", STEPS)
    lot_id = pit.deliver("L1", "adjusted")
    pit.sell(lot_id, buyer_id=pit.member("1"))
    pit.work(lot_id, {"5": 3})
    pit.approve(publishing.propose(pit.db, pit.hand(), lot_id, pit.now), "2")
    with refused(Fault.INTERESTED):
        proposed(pit, lot_id, 2_900_000, by="1")
    with pytest.raises(NotAllowed) as own:
        proposed(pit, lot_id, 2_900_000, by="5")
    assert own.value.bar is Bar.OWN_BENEFIT
    waiting = proposed(pit, lot_id, 2_900_000)
    for number, bar in (("1", Bar.INTERESTED), ("5", Bar.OWN_BENEFIT), ("3", Bar.SAME_PERSON), ("4", Bar.NO_OFFICER)):
        with pytest.raises(NotAllowed) as kept:
            pit.approve(waiting, number)
        assert kept.value.bar is bar
    with pytest.raises(NotAllowed):
        proposed(pit, lot_id, 2_900_000, by="4")
    pit.approve(waiting, "2")


def test_what_cannot_be_adjusted_is_refused(pit: Pit) -> None:
    lot_id = shared(pit)
    for gross, fault in (
        (2_941_200, Fault.BAD_VALUE),
        (0, Fault.BAD_VALUE),
        (-5, Fault.BAD_VALUE),
        (10**15, Fault.BAD_VALUE),
        (341_199, Fault.TOO_LOW),
    ):
        with refused(fault):
            proposed(pit, lot_id, gross)
    for reason in ("", " ", "x" * 201):
        with refused(Fault.BAD_VALUE):
            proposed(pit, lot_id, 2_900_000, reason)
    unshared = pit.deliver("L2", "adjusted")
    with refused(Fault.NOT_SHARED):
        proposed(pit, unshared, 5)
    with refused(Fault.NO_LOT):
        proposed(pit, 10**9, 5)
    stranger = Pit(pit.db, "SANO", pit.now)
    with refused(Fault.NO_LOT):
        adjusting.propose(pit.db, stranger.hand("11", pit.hand("1").role), lot_id, 5, "Or", pit.now)
    assert approvals.waiting(pit.db, pit.hand("1"), pit.now) == []


def test_a_lot_that_was_adjusted_is_not_undone(pit: Pit) -> None:
    lot_id = shared(pit)
    newest = select(Entry.id).where(Entry.lot_id == lot_id).order_by(Entry.id.desc()).limit(1)
    lot = pit.db.execute(newest).scalar_one()
    waiting = corrections.propose_reversal(pit.db, pit.hand(), lot, "Prix", pit.now)
    adjusted(pit, lot_id, 3_000_000)
    adjustment = pit.db.execute(newest).scalar_one()
    with pytest.raises(Overtaken, match="was adjusted, so it stays"):
        pit.approve(waiting)
    for entry_id in (lot, adjustment):
        with pytest.raises(Overtaken, match="was adjusted, so it stays"):
            corrections.propose_reversal(pit.db, pit.hand(), entry_id, "Non", pit.now)
    assert lots.is_shared(pit.db, lot_id)


def test_those_whom_it_concerns_are_told_without_amounts(pit: Pit) -> None:
    lot_id = shared(pit)
    pit.approve(proposed(pit, lot_id, 3_000_000))
    told = letters(pit)
    assert {each["member"] for each in told} == {"4", "7", "12"}
    assert all(each["lot"] == "L1" and "amount" not in each for each in told)


def test_a_year_in_which_somebody_only_gave_back_counts_nothing_for_them(pit: Pit) -> None:
    lot_id = shared(pit)
    home = pit.hand().cooperative_id
    before = {each.member: each.weight for each in measures.lot_shares(pit.db, home, 2026)}
    taken = {number_of(line.to): line.amount for line in adjusted(pit, lot_id, 2_900_000)}
    after = {each.member: each.weight for each in measures.lot_shares(pit.db, home, 2026)}
    assert after["7"] - before["7"] == taken["7"] < 0
    pit.now += timedelta(days=60)
    adjusted(pit, lot_id, 2_800_000)
    assert measures.lot_shares(pit.db, home, 2027) == ()
    assert {each.member: each.weight for each in measures.lot_shares(pit.db, home, 2026)} == after


ALTERED = {
    "an amount": lambda db, line: db.execute(update(LotLine).where(line).values(amount=LotLine.amount + 1)),
    "from one to the other": lambda db, line: db.execute(update(LotLine).where(line).values(member_id=None)),
    "its day": lambda db, line: db.execute(update(LotLine).where(line).values(label="2026-01-01")),
    "a line that is gone": lambda db, line: db.execute(delete(LotLine).where(line)),
    "all lines": lambda db, _line: db.execute(delete(LotLine).where(LotLine.step == ADJUST)),
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_an_altered_line_is_found(pit: Pit, alter: Any) -> None:
    lot_id = shared(pit)
    adjusted(pit, lot_id, 3_000_000)
    assert list(proof.faults(pit.db)) == []
    alter(pit.db, (LotLine.step == ADJUST) & (LotLine.to == "member:7"))
    assert [str(each) for each in proof.faults(pit.db)] != []


def test_an_adjustment_that_nobody_approved_is_found(pit: Pit) -> None:
    lot_id = shared(pit)
    home = pit.hand().cooperative_id
    sides = (Side(Account.SALES, 100), Side(Account.SHARES, -100, pit.member("7")))
    entry = NewEntry(home, "adjustment:#1", EntryKind.ADJUSTMENT, DAY, "L1", sides, lot_id=lot_id)
    ledger.post(pit.db, [entry], f"member:{pit.member('3')}", pit.now)
    said = [str(each) for each in proof.faults(pit.db)]
    assert any("a adjustment needs two keys" in each for each in said)


LOT = Delivered(1, 1, "L1", 1, 1, DAY, 21_500, None, None, None, None, False)


@given(some.lists(some.integers(0, 40), min_size=1, max_size=6), some.lists(some.integers(-90, 90), max_size=5))
@settings(max_examples=300, deadline=None)
def test_whatever_is_adjusted_adds_up_and_nobody_falls_below_zero(had: list[int], differences: list[int]) -> None:
    def line(member: int, step: str, amount: int) -> StoredLine:
        return StoredLine(member, 1, 1, step, "", f"member:{member}", member, amount, 0, 0)

    there = [line(member, "pool", amount) for member, amount in enumerate(had)]
    for difference in differences:
        found = Standing(LOT, 1, there)
        try:
            parts = found.parts(found.gross + difference)
        except Refused:
            assert difference == 0 or not any(had) or found.gross + difference < 0
            continue
        assert sum(parts.values()) == difference
        there = there + [line(int(to.removeprefix("member:")), ADJUST, amount) for to, amount in parts.items()]
        assert all(amount >= 0 for amount in Standing(LOT, 1, there).given(adjusted=True).values())
