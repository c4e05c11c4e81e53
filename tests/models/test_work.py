"""Work and advances: who may write them down, who confirms them, what the law refuses."""

import pytest
from sqlalchemy import select

from models import advances, lots, publishing, questions, sales, work
from models.advances import AdvanceKind, NewAdvance
from models.entries import Account, Posting
from models.members import Role
from models.refused import Fault, Refused
from models.sales import Evidence, Spent
from models.sharing import By, Owing, Part, Pool, Recover, Split, Step
from models.work import NewWork, Word
from tests.office import question
from tests.pit import DAY, Pit

KINDS = ["sqlite", "postgresql"]


def refused(fault: Fault) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, match=f"^{fault.value}")


def word(pit: Pit, lot_id: int, number: str) -> Word:
    done = work.of_member(pit.db, lot_id, pit.member(number))
    assert done is not None
    return done.word


def test_a_correction_is_asked_again(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    pit.work(lot_id, {"7": 12})
    assert word(pit, lot_id, "7") is Word.YES
    pit.work(lot_id, {"7": 12}, yes=False)
    assert word(pit, lot_id, "7") is Word.YES
    pit.work(lot_id, {"7": 11}, yes=False)
    assert word(pit, lot_id, "7") is Word.SILENT
    asked = questions.next_for(pit.db, pit.member("7"), pit.now)
    assert asked is not None
    assert (asked.facts["weight"], asked.facts["lot"], asked.asked_by) == (11, "300", pit.member("3"))
    pit.answer("7", False)
    assert word(pit, lot_id, "7") is Word.NO
    pit.work(lot_id, {"7": 12})
    assert word(pit, lot_id, "7") is Word.YES


def test_what_was_put_right_is_not_asked_any_more(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    pit.work(lot_id, {"7": 12}, yes=False)
    first = question(pit.db, f"work:{lot_id}:{pit.member('7')}:1")
    pit.work(lot_id, {"7": 2}, yes=False)
    assert not questions.answer(pit.db, pit.member("7"), first.question_id, True, pit.now)
    assert word(pit, lot_id, "7") is Word.SILENT
    asked = questions.next_for(pit.db, pit.member("7"), pit.now)
    assert asked is not None
    assert asked.facts["weight"] == 2


@pytest.mark.parametrize(
    ("by", "number", "witness", "fault"),
    [
        ("7", "12", None, Fault.NO_OFFICER),
        ("4", "12", "7", Fault.HAS_PHONE),
        ("4", "19", "4", Fault.NO_WITNESS),
        ("4", "19", "19", Fault.NO_WITNESS),
        ("4", "4", "4", Fault.NO_WITNESS),
    ],
)
def test_who_writes_down_and_who_vouches(pit: Pit, by: str, number: str, witness: str | None, fault: Fault) -> None:
    lot_id = pit.deliver("300")
    new = NewWork(pit.member(number), 5, witness_id=witness and pit.member(witness))  # type: ignore[arg-type]
    with refused(fault):
        work.record(pit.db, pit.hand(by), lot_id, new, pit.now)


def test_somebody_without_a_phone_is_vouched_for(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    work.record(pit.db, pit.hand("4"), lot_id, NewWork(pit.member("19"), 5), pit.now)
    assert word(pit, lot_id, "19") is Word.SILENT
    work.record(pit.db, pit.hand("4"), lot_id, NewWork(pit.member("19"), 5, witness_id=pit.member("9")), pit.now)
    assert word(pit, lot_id, "19") is Word.WITNESS


@pytest.mark.parametrize("weight", [-1, 10**13])
def test_no_work_is_below_nothing_or_beyond_reason(pit: Pit, weight: int) -> None:
    lot_id = pit.deliver("300")
    with refused(Fault.BAD_VALUE):
        pit.work(lot_id, {"7": weight})


def test_members_of_another_cooperative_do_not_work_here(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    with refused(Fault.NO_MEMBER):
        work.record(pit.db, pit.hand("4"), lot_id, NewWork(Pit(pit.db, "SANO", pit.now).member("13"), 5), pit.now)


def test_each_group_of_the_rule_has_its_work(pit: Pit) -> None:
    steps: list[Step] = [
        Split("moitiés", (Part("group:laveuses", 1), Part("rest", 1))),
        Pool("Laveuses", By.BOWLS, "group:laveuses"),
        Pool("Équipe", By.DAYS, "rest"),
    ]
    pit.rule("groupes", steps)
    lot_id = pit.deliver("300", "groupes")
    with refused(Fault.NO_GROUP):
        pit.work(lot_id, {"7": 1}, "cuisine")
    pit.work(lot_id, {"7": 30}, "laveuses")
    asked = question(pit.db, f"work:{lot_id}:{pit.member('7')}:1")
    assert asked.facts["by"] == "bowls"


def test_nothing_of_a_shared_lot_is_changed(pit: Pit) -> None:
    lot_id = lots.numbered(pit.db, pit.hand().cooperative_id, "214")
    assert lot_id is not None
    for change in (lambda: pit.work(lot_id, {"7": 1}), lambda: pit.cost(lot_id, "x", 1), lambda: pit.sell(lot_id)):
        with refused(Fault.SHARED):
            change()


def test_a_cost_needs_evidence_and_is_struck_out_by_nothing(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    for evidence in ("", "  "):
        with refused(Fault.NO_EVIDENCE):
            sales.cost(pit.db, pit.hand(), lot_id, Spent("eau", Evidence.WITNESS, evidence, 5), pit.now)
    for amount in (5, 5, 7):
        pit.cost(lot_id, "eau", amount)
    assert [each.amount for each in sales.costs(pit.db, lot_id)] == [7]
    pit.cost(lot_id, "eau", 0)
    assert sales.costs(pit.db, lot_id) == []


@pytest.mark.parametrize(
    ("home", "to", "fault"),
    [("KOGB", "7", Fault.LOAN), ("KOGB", "5", Fault.LOAN), ("SANO", "3", Fault.LOAN), ("SANO", "13", None)],
)
def test_with_no_lot_it_is_a_loan_and_the_form_decides(pit: Pit, home: str, to: str, fault: Fault | None) -> None:
    there = Pit(pit.db, home, pit.now)
    new = NewAdvance(there.member(to), 5_000, DAY, signed="papier")
    hand = there.hand("1", Role.PRESIDENT)
    if fault is None:
        advances.give(pit.db, hand, new, pit.now)
        assert advances.mine(pit.db, there.member(to), 1)[0].kind is AdvanceKind.LOAN
        return
    with refused(fault):
        advances.give(pit.db, hand, new, pit.now)


def test_advances_stand_against_a_lot_whose_rule_takes_them_back(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    with refused(Fault.NO_RECOVERY):
        advances.give(pit.db, pit.hand("5"), NewAdvance(pit.member("7"), 5_000, DAY, lot_id), pit.now)
    pit.rule("avances", [Pool("É", By.DAYS, "rest"), Recover("Avance", Owing.DELIVERY_ADVANCE, 300_000, 0)])
    lot_id = pit.deliver("301", "avances")
    new = NewAdvance(pit.member("7"), 5_000, DAY, lot_id, channel=Account.WAVE)
    first = advances.give(pit.db, pit.hand("5"), new, pit.now)
    assert advances.give(pit.db, pit.hand("5"), new, pit.now) == first
    posted = select(Posting.account, Posting.amount).where(Posting.entry_id == first).order_by(Posting.amount)
    assert [tuple(row) for row in pit.db.execute(posted)] == [(Account.WAVE, -5_000), (Account.ADVANCES, 5_000)]
    assert [each.confirmed for each in advances.mine(pit.db, pit.member("7"), 1)] == [False]
    pit.answer("7", True)
    assert [each.confirmed for each in advances.mine(pit.db, pit.member("7"), 1)] == [True]


def test_what_an_outsider_gave_is_a_claim_of_theirs(pit: Pit) -> None:
    new = NewAdvance(pit.member("7"), 5_000, DAY, claimant="financier", signed="papier")
    entry = advances.give(pit.db, pit.hand("5"), new, pit.now)
    posted = select(Posting.account).where(Posting.entry_id == entry, Posting.amount < 0)
    assert pit.db.execute(posted).scalar_one() is Account.THIRD_PARTIES


@pytest.mark.parametrize(
    ("number", "amount", "by", "fault"),
    [
        ("7", 0, "5", Fault.BAD_VALUE),
        ("7", -5, "5", Fault.BAD_VALUE),
        ("7", 10**16, "5", Fault.BAD_VALUE),
        ("7", 5, "4", Fault.NO_OFFICER),
        ("19", 5, "5", Fault.NO_EVIDENCE),
    ],
)
def test_what_is_no_advance(pit: Pit, number: str, amount: int, by: str, fault: Fault) -> None:
    with refused(fault):
        advances.give(pit.db, pit.hand(by), NewAdvance(pit.member(number), amount, DAY, claimant="ami"), pit.now)


def test_nobody_reads_the_advance_of_another(pit: Pit) -> None:
    (mine,) = advances.mine(pit.db, pit.member("12"), 5)
    assert advances.one(pit.db, pit.member("12"), mine.advance_id) == mine
    assert advances.one(pit.db, pit.member("11"), mine.advance_id) is None


def strike(pit: Pit, lot_id: int, number: str) -> bool:
    """Write down that a member did nothing; whether that can be shared by."""
    pit.work(lot_id, {number: 0}, yes=False)
    done = work.of_member(pit.db, lot_id, pit.member(number))
    assert done is not None
    return done.confirmed


@pytest.mark.parametrize("said", [True, False])
def test_whoever_answered_is_not_struck_out_without_their_yes(pit: Pit, said: bool) -> None:
    lot_id = pit.deliver("300")
    pit.sell(lot_id)
    pit.work(lot_id, {"7": 12})
    pit.work(lot_id, {"15": 3}, yes=False)
    pit.answer("15", said)
    assert not strike(pit, lot_id, "15")
    pit.work(lot_id, {"15": 1}, yes=False)  # a way round by another number
    assert not strike(pit, lot_id, "15")
    with pytest.raises(Refused, match=r"^unconfirmed_work 15$"):
        publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    pit.answer("15", True)
    assert publishing.propose(pit.db, pit.hand(), lot_id, pit.now)


def test_a_slip_nobody_answered_is_put_right_at_once(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    pit.work(lot_id, {"15": 3}, yes=False)
    assert strike(pit, lot_id, "15")
    pit.answer("15", False)
    assert word(pit, lot_id, "15") is Word.NO


def test_whom_a_witness_saw_is_struck_out_by_a_witness(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    pit.work(lot_id, {"19": 3})
    nothing = NewWork(pit.member("19"), 0)
    work.record(pit.db, pit.hand("4"), lot_id, nothing, pit.now)
    done = work.of_member(pit.db, lot_id, pit.member("19"))
    assert done is not None
    assert not done.confirmed
    assert strike(pit, lot_id, "19")


def test_who_wrote_down_their_own_work_takes_it_back_themselves_and_nobody_else_does(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    mine = NewWork(pit.member("4"), 12)
    work.record(pit.db, pit.hand("4"), lot_id, mine, pit.now)
    assert not strike(pit, lot_id, "4")
    work.record(pit.db, pit.hand("4"), lot_id, mine, pit.now)
    work.record(pit.db, pit.hand("4"), lot_id, NewWork(pit.member("4"), 0), pit.now)
    done = work.of_member(pit.db, lot_id, pit.member("4"))
    assert done is not None
    assert done.confirmed
