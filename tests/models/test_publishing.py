"""Lots from delivery to publication: to the last franc, by two keys, and what blocks them."""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import advances, lines, lot_drafts, lots, proof, proposals, publishing, rules, work
from models.advances import NewAdvance
from models.entries import Account, Entry, EntryKind, Posting
from models.hands import Bar, NotAllowed
from models.lots import NewLot
from models.members import Role
from models.refused import Fault, Refused
from models.sales import Pricing, Quote
from models.sharing import By, Fixed, Owing, Part, Per, Pool, Recover, Split
from models.work import NewWork
from tests import keys
from tests.conftest import NOW
from tests.pit import DAY, PER_CARAT, Pit
from ussd_app import service
from ussd_app.db import transaction
from ussd_app.demo.lots import COSTS, DAYS

KINDS = ["sqlite", "postgresql"]
DELIVERY = Recover("Avance", Owing.DELIVERY_ADVANCE, 300_000, 0)
EVERYBODY = Pool("Équipe", By.DAYS, "rest")


def amounts(pit: Pit, lot_id: int) -> list[tuple[str, str, int, int]]:
    return [(each.step, each.to, each.amount, each.rest) for each in lines.every(pit.db, lot_id)]


def demo_lot(pit: Pit, number: str = "214") -> int:
    found = lots.numbered(pit.db, pit.hand().cooperative_id, number)
    assert found is not None
    return found


def team_of(pit: Pit, lot_id: int) -> None:
    pit.sell(lot_id)
    pit.work(lot_id, {"7": 12, "12": 11})


def test_the_worked_example_to_the_franc(pit: Pit) -> None:
    lot_id = demo_lot(pit)
    found = amounts(pit, lot_id)
    assert [each[2:] for each in found if each[0] not in ("cost", "pool", "recover")] == [
        (130_000, 2_470_000),
        (260_000, 2_210_000),
        (736_667, 1_473_333),
        (1_473_333, 1_473_333),
    ]
    assert [each[2] for each in found if each[0] == "pool"] == [
        *(196445, 196444, 180074, 163704, 196444, 98222, 147333, 163704, 130963)
    ]
    assert found[-1] == ("recover", "member:12", 54_022, 0)
    assert lines.given_away((step, to, amount) for step, to, amount, _rest in found) == 2_941_200
    (owed,) = advances.mine(pit.db, pit.member("12"), 5)
    assert (owed.amount, owed.left) == (60_000, 5_978)
    assert list(proof.faults(pit.db)) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_things_are_written_down_changes_nothing(pit: Pit, seed: int) -> None:
    right = amounts(pit, demo_lot(pit))
    had = NewAdvance(pit.member("12"), 54_022, DAY, claimant="financier du puits", signed="papier 1")
    advances.give(pit.db, pit.hand("5"), had, pit.now)  # what is left of the first is 5 978: together 60 000 again
    lot_id = pit.deliver("300")
    doing: list[Callable[[], object]] = [partial(pit.sell, lot_id)]
    doing += [partial(pit.cost, lot_id, each.label, each.amount) for each in COSTS]
    doing += [partial(pit.work, lot_id, {number: days}) for number, days in DAYS.items()]
    random.Random(seed).shuffle(doing)
    for each in doing:
        each()
    pit.publish(lot_id)
    assert amounts(pit, lot_id) == right


@pytest.mark.parametrize(
    ("quote", "carats", "gross"),
    [
        (PER_CARAT, 21_500, 2_941_200),
        (Quote(88_000, Pricing.PER_GRAM, 22_000, "s", DAY), 21_500, 2_941_200),
        (Quote(86_000, Pricing.PER_GRAM, None, "s", DAY), 21_500, 2_941_200),
        (Quote(30_000, Pricing.PER_GRAM, 22_008, "s", DAY), 21_504, 1_002_503),  # 1 002 503.8: rounded down once
        (Quote(1, Pricing.PER_GRAM, 24_000, "s", DAY), 12_000, 17),
    ],
)
def test_the_gross_in_each_convention(pit: Pit, quote: Quote, carats: int, gross: int) -> None:
    lot_id = pit.deliver("300", carats=carats)
    assert pit.sell(lot_id, quote) == gross


def refused(fault: Fault) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, match=f"^{fault.value}")


def no_price(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    pit.work(lot_id, {"7": 1})
    return lot_id


def no_team(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    pit.sell(lot_id)
    pit.work(lot_id, {"7": 0})
    return lot_id


def unconfirmed(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    pit.work(lot_id, {"15": 3}, yes=False)
    return lot_id


def contradicted(pit: Pit) -> int:
    lot_id = unconfirmed(pit)
    pit.answer("15", False)
    return lot_id


def own_word(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    work.record(pit.db, pit.hand("4"), lot_id, NewWork(pit.member("4"), 12), pit.now)
    return lot_id


def open_advance(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    advances.give(pit.db, pit.hand("5"), NewAdvance(pit.member("7"), 5_000, DAY, claimant="ami"), pit.now)
    return lot_id


def too_dear(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    pit.cost(lot_id, "mercure", 3_000_000)
    return lot_id


def uncounted(pit: Pit) -> int:
    pit.rule("puits", [Fixed("Terre", "landowner:Ba", 5, Per.PIT), EVERYBODY])
    lot_id = pit.deliver("300", "puits")
    team_of(pit, lot_id)
    return lot_id


def bought(pit: Pit) -> int:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    pit.sell(lot_id, buyer_id=pit.member("3"))
    return lot_id


BLOCKED: Mapping[Callable[[Pit], int], Fault] = {
    no_price: Fault.NO_PRICE,
    no_team: Fault.NO_TEAM,
    unconfirmed: Fault.UNCONFIRMED_WORK,
    contradicted: Fault.UNCONFIRMED_WORK,
    own_word: Fault.UNCONFIRMED_WORK,
    open_advance: Fault.UNCONFIRMED_ADVANCE,
    too_dear: Fault.UNSHAREABLE,
    uncounted: Fault.UNSHAREABLE,
    bought: Fault.INTERESTED,
    demo_lot: Fault.SHARED,
}


@pytest.mark.parametrize("blocked", BLOCKED, ids=lambda each: each.__name__)
def test_what_blocks_a_lot(pit: Pit, blocked: Callable[[Pit], int]) -> None:
    lot_id = blocked(pit)
    with refused(BLOCKED[blocked]):
        publishing.propose(pit.db, pit.hand(), lot_id, pit.now)


CHANGES: Mapping[str, Callable[[Pit, int], object]] = {
    "price": lambda pit, lot_id: pit.sell(lot_id, Quote(4_001, Pricing.PER_CARAT, None, "comptoir", DAY)),
    "source": lambda pit, lot_id: pit.sell(lot_id, Quote(4_000, Pricing.PER_CARAT, None, "un ami", DAY)),
    "cost": lambda pit, lot_id: pit.cost(lot_id, "eau", 1),
    "work": lambda pit, lot_id: pit.work(lot_id, {"7": 13}),
    "a worker more": lambda pit, lot_id: pit.work(lot_id, {"15": 1}),
    "a count": lambda pit, lot_id: lots.count(pit.db, pit.hand("4"), lot_id, Per.PIT, 2),
    "an advance": lambda pit, lot_id: advances.give(
        pit.db, pit.hand("5"), NewAdvance(pit.member("7"), 5_000, DAY, claimant="ami", signed="p"), pit.now
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_approved_is_what_was_proposed(pit: Pit, change: str) -> None:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    proposal_id = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    CHANGES[change](pit, lot_id)
    with refused(Fault.CHANGED):
        pit.approve(proposal_id)


def test_the_same_lot_is_proposed_once_while_it_waits_and_again_when_it_was_not_decided(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    first = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    assert publishing.propose(pit.db, pit.hand("5"), lot_id, pit.now) == first
    pit.now += timedelta(hours=25)
    later = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    assert later != first
    with pytest.raises(NotAllowed, match=Bar.NOT_WAITING):
        pit.approve(first)
    pit.approve(later)
    assert lots.is_shared(pit.db, lot_id)


@pytest.mark.parametrize("number", ["7", "4"])
def test_only_officers_propose(pit: Pit, number: str) -> None:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    with pytest.raises(NotAllowed, match=Bar.NO_OFFICER):
        publishing.propose(pit.db, pit.hand(number), lot_id, pit.now)


def test_another_cooperative_sees_no_lot(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    other = Pit(pit.db, "SANO", pit.now).hand("1", Role.PRESIDENT)
    with refused(Fault.NO_LOT):
        publishing.propose(pit.db, other, lot_id, pit.now)
    with refused(Fault.NO_LOT):
        lots.count(pit.db, other, lot_id, Per.PIT, 1)


def test_of_two_approvals_at_once_one_shares_the_lot(app: Flask) -> None:
    engine = service.of(app).engine
    with transaction(engine) as db:
        pit = Pit(db, "KOGB", NOW)
        lot_id = pit.deliver("300")
        team_of(pit, lot_id)
        proposal_id = publishing.propose(db, pit.hand(), lot_id, pit.now)

    def approve(number: str) -> bool:
        try:
            with transaction(engine) as db:
                Pit(db, "KOGB", NOW).approve(proposal_id, number)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(approve, ["1", "2"])) == [False, True]
    with transaction(engine) as db:
        assert db.execute(select(func.count()).where(Entry.lot_id == lot_id)).scalar_one() == 1
        assert list(proof.faults(db)) == []


def test_a_lot_that_was_undone_is_open_again_and_both_entries_stay(pit: Pit) -> None:
    lot_id = demo_lot(pit)
    before = lines.every(pit.db, lot_id)
    keys.undone(pit.db, before[0].entry_id, pit.now)
    assert lines.every(pit.db, lot_id) == []
    assert advances.mine(pit.db, pit.member("12"), 1)[0].left == 60_000
    pit.cost(lot_id, "eau", 300)
    after = pit.publish(lot_id)
    assert after[0].entry_id != before[0].entry_id
    assert advances.mine(pit.db, pit.member("12"), 1)[0].left > 5_978
    balance = select(func.sum(Posting.amount)).where(Posting.account == Account.SALES)
    assert pit.db.execute(balance.join(Entry).where(Entry.lot_id == lot_id)).scalar_one() == 0  # its buyer paid it
    assert list(proof.faults(pit.db)) == []


def test_of_two_lots_that_recover_the_same_advance_the_second_is_shared_again(pit: Pit) -> None:
    had = NewAdvance(pit.member("7"), 1_000_000, DAY, claimant="ami", signed="p")
    advances.give(pit.db, pit.hand("5"), had, pit.now)
    both = [pit.deliver("300"), pit.deliver("301")]
    for lot_id in both:
        team_of(pit, lot_id)
    first, second = (publishing.propose(pit.db, pit.hand(), lot_id, pit.now) for lot_id in both)
    pit.approve(first)
    with refused(Fault.CHANGED):
        pit.approve(second)


def test_an_advance_on_gold_is_recovered_from_its_own_lot_first(pit: Pit) -> None:
    pit.rule("avances", [EVERYBODY, DELIVERY])
    first, second = pit.deliver("300", "avances"), pit.deliver("301", "avances")
    for lot_id in (first, second):
        team_of(pit, lot_id)
        had = NewAdvance(pit.member("7"), 900_000, DAY, lot_id, signed=f"papier {lot_id}")
        advances.give(pit.db, pit.hand("5"), had, pit.now)
    pit.publish(second)
    left = {each.lot_id: each.left for each in advances.mine(pit.db, pit.member("7"), 5)}
    assert left[first] == 900_000
    taken = 900_000 - left[second]
    assert taken == 2_941_200 * 12 // 23 * 3 // 10
    pit.publish(first)
    left = {each.lot_id: each.left for each in advances.mine(pit.db, pit.member("7"), 5)}
    assert left[first] == 900_000 - taken


def test_what_a_member_denies_is_not_recovered_and_stops_nobody_else(pit: Pit) -> None:
    lot_id = open_advance(pit)
    pit.answer("7", False)
    assert [each.to for each in pit.publish(lot_id) if each.step == "recover"] == ["member:12"]
    assert advances.mine(pit.db, pit.member("7"), 1)[0].left == 5_000


def test_an_officer_who_financed_turns_no_key(pit: Pit) -> None:
    new = NewLot("300", 34_200, 21_500, DAY, "or", pit.member("1"))
    lot_id = lots.deliver(pit.db, pit.hand(), new, pit.now)
    team_of(pit, lot_id)
    draft = lot_drafts.draft(pit.db, lots.hold(pit.db, lot_id, pit.hand().cooperative_id))
    assert draft.insiders == [pit.member("1")]
    proposal_id = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    with pytest.raises(NotAllowed, match=r"^interested"):
        pit.approve(proposal_id, "1")
    with pytest.raises(NotAllowed, match=r"^interested"):
        proposals.decide(pit.db, pit.hand("1", phone="+22370000001"), proposal_id, False, pit.now)
    assert not lots.is_shared(pit.db, lot_id)


def test_a_lot_keeps_the_version_it_was_delivered_under(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    pit.rule("or", [EVERYBODY])
    assert rules.in_force(pit.db, pit.hand().cooperative_id, DAY)[0].version == 4
    assert len([each for each in pit.publish(lot_id) if each.step == "pct"]) == 2
    assert len([each for each in amounts(pit, lot_id) if each[0] == "split"]) == 2


def test_entries_are_answered_for_by_the_two_who_turned_a_key(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    team_of(pit, lot_id)
    proposal_id = publishing.propose(pit.db, pit.hand(), lot_id, pit.now)
    pit.approve(proposal_id)
    author = pit.db.execute(
        select(Entry.author).where(Entry.lot_id == lot_id, Entry.kind == EntryKind.LOT)
    ).scalar_one()
    assert author == f"proposal:{proposal_id}:{pit.member('3')}+{pit.member('1')}"


def test_a_delivery_again_changes_nothing_and_another_one_is_refused(pit: Pit) -> None:
    lot_id = pit.deliver("300")
    assert pit.deliver("300") == lot_id
    for weight, carats in ((1, 21_500), (34_200, 22_000)):
        with refused(Fault.KNOWN):
            pit.deliver("300", "or", weight, carats)
    for weight, carats in ((0, 1), (-5, 1), (10**16, 1), (1, 24_001), (1, 0)):
        with refused(Fault.BAD_VALUE):
            pit.deliver("301", "or", weight, carats)
    with refused(Fault.NO_RULE):
        pit.deliver("301", "argent")
    with refused(Fault.KNOWN):
        pit.deliver("213")


def test_a_rule_of_sacks_shares_no_sale(pit: Pit) -> None:
    pit.rule("sacs", [Split("Sacs", (Part("landowner:Ba", 1), Part("financier:Ba", 9)))], "sacks")
    with refused(Fault.NOT_MONEY):
        pit.deliver("300", "sacs")
