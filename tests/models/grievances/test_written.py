"""Who wrote or agreed to the figure that is complained of, and who has a part of that lot, do not handle the case."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models.entries import Entry, EntryKind
from models.grievances import Category, Filed, Refused, Stop, Unknown, bars, routing, work, written
from models.hands import Hand
from models.lines import LotLine
from models.lots import Lot
from models.members import Member, Phone
from models.plans import Plan
from models.proposals import Proposal
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import COMMITTEE, NOW, SURVEILLANCE, Land
from tests.models.grievances.test_routing import those_who_see

KINDS = ["sqlite", "postgresql"]
KEYS = count()


def entry(land: Land, author: str, lot_id: int | None = None) -> int:
    """An entry of the cooperative's books, by somebody."""
    row: dict[str, Any] = {"cooperative_id": land.bodies["coop"], "key": f"written {next(KEYS)}", "author": author}
    row |= {"kind": EntryKind.PAYOUT, "happened_on": NOW.date(), "label": "Lot", "lot_id": lot_id, "recorded_at": NOW}
    return land.db.execute(insert(Entry).values(row).returning(Entry.id)).scalar_one()


def lot(land: Land, *having: Hand) -> tuple[int, list[int]]:
    """A published lot of which some people have a part: its entry, and the line of each."""
    lot_id = land.db.execute(select(Lot.id).order_by(Lot.id).limit(1)).scalar_one()
    entry_id = entry(land, "proposal:1:0+x", lot_id)
    said: dict[str, Any] = {"entry_id": entry_id, "lot_id": lot_id, "number": 1, "step": "pool", "label": "Jours"}
    said |= {"to": "x", "amount": 1, "rest": 0}
    made = [
        land.db.execute(
            insert(LotLine).values(said | {"position": place, "member_id": each.member_id}).returning(LotLine.id)
        ).scalar_one()
        for place, each in enumerate(having)
    ]
    return entry_id, made


def surveillance(land: Land) -> list[Hand]:
    """The surveillance of the cooperative, three people."""
    land.people("coop", SURVEILLANCE)
    there = (Member.cooperative_id == land.bodies["coop"], Member.role == SURVEILLANCE)
    found = select(Member.id, Phone.number).join(Phone, Phone.member_id == Member.id).where(*there)
    return [Hand(row.id, land.bodies["coop"], SURVEILLANCE, row.number) for row in land.db.execute(found)]


def contested(land: Land, by: Hand, **about: Any) -> Filed:
    return land.file(by, category=Category.MONEY, key=f"{about}", **about)


def ids(hands: list[Hand]) -> list[int]:
    return [each.member_id for each in hands]


@pytest.mark.parametrize("author", ["member:{0}", "proposal:4:{1}+{0}", "proposal:4:{0}+{1}"])
def test_whose_key_is_on_an_entry_does_not_see_what_is_said_of_it(land: Land, author: str) -> None:
    watching, treasurer = surveillance(land), land.member("coop")
    entry_id = entry(land, author.format(watching[0].member_id, treasurer.member_id))
    filed = contested(land, land.member("coop"), entry_id=entry_id)
    held = land.case(filed)
    assert (land.level(filed), held.desk) == ("coop", SURVEILLANCE)  # nobody is accused by that: it does not go up
    assert those_who_see(land, watching, held.id) == ids(watching[1:])
    with pytest.raises(Unknown):
        work.acknowledge(land.db, watching[0], held.id, NOW)
    assert bars.in_cause(land.db, held) == frozenset()


def test_who_decided_a_plan_answers_for_what_it_charges(land: Land) -> None:
    plan = select(Plan.id, Proposal.proposed_by, Proposal.decided_by).join(Proposal, Proposal.id == Plan.proposal_id)
    plan_id, first, second = land.db.execute(plan.limit(1)).one()
    assert written.keys(land.db, entry(land, f"plan:{plan_id}"), None) == {first, second}
    assert written.keys(land.db, None, None) == written.keys(land.db, entry(land, "import"), None) == set()


def test_who_contests_what_they_wrote_is_its_owner_all_the_same(land: Land) -> None:
    mine, colleague = land.member("coop"), land.member("coop")
    entry_id = entry(land, f"proposal:4:{mine.member_id}+{colleague.member_id}")
    held = land.case(contested(land, mine, entry_id=entry_id))
    assert set(bars.of(land.db, held.id)) == {colleague.member_id}


def test_who_has_a_part_of_a_lot_does_not_handle_what_is_said_of_any_line_of_it(land: Land) -> None:
    watching, owner = surveillance(land), land.member("coop")
    entry_id, lines = lot(land, owner, watching[0])
    for about in ({"entry_id": entry_id}, {"line_id": lines[0]}):
        filed = contested(land, owner, **about)
        held = land.case(filed)
        assert held.desk is SURVEILLANCE
        assert those_who_see(land, watching, held.id) == ids(watching[1:])
        assert routing.attending(land.db, held) == ids(watching[1:])
        with pytest.raises(Unknown):
            work.acknowledge(land.db, watching[0], held.id, NOW)
    other = land.case(contested(land, owner, entry_id=entry(land, "import")))
    assert those_who_see(land, watching, other.id) == ids(watching)


def test_where_everybody_has_a_part_they_handle_it_all_the_same(land: Land) -> None:
    watching, owner = surveillance(land), land.member("coop")
    land.db.execute(update(Member).where(Member.role == COMMITTEE).values(left_on=NOW.date()))  # and nobody above
    entry_id, _lines = lot(land, owner, *watching)
    filed = contested(land, owner, entry_id=entry_id)
    held = land.case(filed)
    assert (land.level(filed), held.desk) == ("coop", SURVEILLANCE)
    assert those_who_see(land, watching, held.id) == routing.attending(land.db, held) == ids(watching)
    work.acknowledge(land.db, watching[0], held.id, NOW)
    newcomer = land.member("coop", SURVEILLANCE)  # from now on there is somebody who has none
    assert those_who_see(land, [*watching, newcomer], held.id) == [newcomer.member_id]


def test_somebody_above_who_has_a_part_below_does_not_handle_it_either(land: Land, committees: Committees) -> None:
    """In the register of the union they are another member, with the same phone."""
    twin = land.member("coop", phone=committees["union"][0].phone)
    entry_id, _lines = lot(land, twin, *surveillance(land), *committees["coop"])
    filed = contested(land, land.member("coop"), entry_id=entry_id)
    assert land.level(filed) == "union"
    assert those_who_see(land, committees["union"], land.case(filed).id) == ids(committees["union"][1:])


def test_by_joining_it_nobody_handles_the_lot_they_have_a_part_of(land: Land, committees: Committees) -> None:
    one, two, three = committees["coop"]
    entry_id, _lines = lot(land, three, *surveillance(land))
    money = contested(land, land.member("coop"), entry_id=entry_id)
    other = land.file(key="other")
    assert land.case(money).desk is COMMITTEE
    with pytest.raises(Refused) as refused:
        work.merge(land.db, one, land.case(money).id, land.case(other).id, NOW)
    assert refused.value.stop is Stop.OTHER_CAUSE
    work.merge(land.db, two, land.case(other).id, land.case(money).id, NOW)
    assert land.did(other)[-1] == "merged"
