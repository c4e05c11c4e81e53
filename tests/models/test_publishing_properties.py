"""Random rules, teams and pots through the database: no franc lost or invented, no order that changes anything."""

import random
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import advances, lines, lots, work
from models.advances import NewAdvance
from models.entries import Account, Posting
from models.refused import Fault, Refused
from models.sales import Pricing, Quote
from models.sharing import Owing, Pool, Unit, Worker, faults_of
from models.work import NewWork
from tests.models.test_sharing import Shared
from tests.models.test_sharing import lots as shared_lots
from tests.pit import DAY, Pit

KINDS = ["sqlite", "postgresql"]
MANY = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MEMBERS = {str(number) for number in range(2, 23)} - {"3"}
Lines = list[tuple[str, str, int, int]]


def kept(pit: Pit, lot: Shared, chance: random.Random) -> Lines | str:
    """Write a lot down in some order and publish it; its lines, or why it cannot be. Nothing of it stays."""
    inside = pit.db.begin_nested()
    try:
        return _published(pit, lot, chance)
    except Refused as error:
        if error.fault not in (Fault.UNSHAREABLE, Fault.NO_TEAM):
            raise
        return str(error)
    finally:
        inside.rollback()


def _published(pit: Pit, lot: Shared, chance: random.Random) -> Lines:
    pit.rule("hasard", lot.rule.steps)
    lot_id = pit.deliver("hasard", "hasard", 1_000, 24_000)
    pit.sell(lot_id, Quote(lot.pot, Pricing.PER_GRAM, None, "hasard", DAY))
    for per, counted in lot.counts.items():
        lots.count(pit.db, pit.hand(), lot_id, per, counted)
    for worker in chance.sample(lot.team, len(lot.team)):
        new = NewWork(pit.member(worker.member), worker.weight, worker.group, pit.member("22"))
        vouched = new if worker.member == "19" else replace(new, witness_id=None)
        work.record(pit.db, pit.hand(), lot_id, vouched, pit.now)
        pit.answer(worker.member, True)
    for each in chance.sample(lot.advances, len(lot.advances)):
        if each.amount and each.kind is Owing.EQUIPMENT:
            had = NewAdvance(pit.member(each.member), each.amount, DAY, claimant="ami", signed=f"{each.amount}")
            advances.give(pit.db, pit.hand("5"), had, pit.now)
    found = pit.publish(lot_id)
    assert lines.given_away((each.step, each.to, each.amount) for each in found) == lot.pot
    _balanced(pit, found[0].entry_id, lot.pot)
    return [(each.step, each.to, each.amount, each.rest) for each in found]


def _balanced(pit: Pit, entry_id: int, pot: int) -> None:
    sums = select(Posting.account, func.sum(Posting.amount)).where(Posting.entry_id == entry_id)
    books = {account: int(amount) for account, amount in pit.db.execute(sums.group_by(Posting.account))}
    assert (sum(books.values()), books[Account.SALES]) == (0, pot)


def fits(lot: Shared) -> Shared:
    """The lot as KOGB could have it: its own members, groups that the rule knows, money that a ledger holds."""
    pools = [step for step in lot.rule.steps if isinstance(step, Pool)]
    groups = {"" if pool.of == "rest" else pool.of.removeprefix("group:") for pool in pools}
    team = [Worker(each.member, each.weight, each.group) for each in lot.team if each.group in groups]
    # The president approves and the secretary proposes: neither works in these lots.
    team = [each for each in team if each.member in MEMBERS]
    present = {each.member for each in team if each.weight}
    owed = [each for each in lot.advances if each.member in present]
    return lot._replace(rule=replace(lot.rule, unit=Unit.MONEY), pot=lot.pot % 10**12, team=team, advances=owed)


@MANY
@given(lot=shared_lots().map(fits), chance=st.randoms(use_true_random=False))
def test_no_lot_loses_or_invents_a_franc_and_no_order_changes_it(pit: Pit, lot: Shared, chance: random.Random) -> None:
    assume(lot.pot and lot.team and not faults_of(lot.rule))
    assume(not any("member:99" in repr(step) for step in lot.rule.steps))
    assert kept(pit, lot, chance) == kept(pit, lot, chance)
