"""What is done to somebody after they complained is told above the cooperative, without their name, and not there."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models import dues, ledger
from models.grievances import Category, Concerned, Name, threats, touched, work
from models.grievances.touched import Touch, What
from models.hands import Hand
from models.lots import Lot
from models.members import Member, Role
from models.work import LotWork
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land

KINDS = ["sqlite", "postgresql"]
ON = date(2026, 11, 25)
LATER = NOW + 3 * DAY


def charge(land: Land, label: str, *members: Hand, when: timedelta = 3 * DAY) -> None:
    home = land.bodies["coop"]
    entries = [dues.charge(home, each.member_id, f"{label} {each.member_id}", (ON, label, 500)) for each in members]
    ledger.post(land.db, entries, "test", NOW + when)


def whats(land: Land, hand: Hand) -> list[What]:
    return [each.what for each in touched.told(land.db, hand, LATER)]


def test_what_they_were_charged_is_told_above_without_their_name_and_not_at_home(
    land: Land, committees: Committees
) -> None:
    owner, other, watching = land.member("coop"), land.member("coop"), land.member("coop", Role.SURVEILLANCE)
    charge(land, "avant", owner, when=-DAY)
    land.file(owner)
    charge(land, "pompe", owner)
    charge(land, "tous", owner, other)
    charge(land, "autre", other)
    assert touched.told(land.db, committees["union"][0], LATER) == [
        Touch(Category.LAND, "coop", What.DUE, ON),
        Touch(Category.LAND, "coop", What.DUE_ALONE, ON),
    ]
    for each in (committees["coop"][0], watching, committees["federation"][0], land.member("union"), owner):
        assert whats(land, each) == []


def test_work_that_others_wrote_down_for_them_is_told(land: Land, committees: Committees) -> None:
    owner = land.member("coop")
    land.file(owner)
    lots = land.db.execute(select(Lot.id).order_by(Lot.id).limit(2)).scalars().all()
    row = {"member_id": owner.member_id, "team": "A", "weight": 1, "revision": 1, "spoken": False, "recorded_at": LATER}
    for lot_id, by in zip(lots, (owner, committees["coop"][0]), strict=True):
        land.db.execute(insert(LotWork).values(**row, lot_id=lot_id, recorded_by=by.member_id))
    assert whats(land, committees["union"][0]) == [What.WORK]


def test_that_they_left_is_told(land: Land, committees: Committees) -> None:
    owner = land.member("coop")
    land.file(owner)
    land.db.execute(update(Member).where(Member.id == owner.member_id).values(left_on=ON))
    assert whats(land, committees["union"][1]) == [What.LEFT]


def test_after_ninety_days_it_is_another_matter(land: Land, committees: Committees) -> None:
    owner = land.member("coop")
    land.file(owner)
    charge(land, "un", owner, when=90 * DAY)
    charge(land, "deux", owner, when=91 * DAY)
    told = touched.told(land.db, committees["union"][0], NOW + 92 * DAY)
    assert [each.on for each in told] == [(NOW + 90 * DAY).date()]
    assert touched.told(land.db, committees["union"][0], NOW + 181 * DAY) == []


@pytest.mark.parametrize("said", [{"name": Name.NOBODY}, {"category": Category.PRIVATE, "at_home": True}])
def test_of_who_gave_no_name_nothing_is_known(land: Land, committees: Committees, said: dict[str, Any]) -> None:
    owner = land.member("coop")
    land.file(owner, **said)
    charge(land, "pompe", owner)
    assert [whats(land, each) for each in (*committees["union"], *committees["federation"])] == [[]] * 6


def test_a_body_where_somebody_is_in_cause_hears_nothing(land: Land, committees: Committees) -> None:
    """It is told at the next one above; and once the case went up, where it lies."""
    owner, chief = land.member("coop"), land.member("union", Role.PRESIDENT)
    land.file(owner, concerned=Concerned.OFFICER, barred_id=chief.member_id)
    charge(land, "pompe", owner)
    assert whats(land, committees["union"][0]) == []
    assert whats(land, committees["federation"][0]) == [What.DUE_ALONE]
    second = land.file(owner, key="2", category=Category.MONEY)
    assert whats(land, committees["union"][0]) == [What.DUE_ALONE]
    work.escalate(land.db, committees["coop"][0], land.case(second).id, None, NOW)
    work.escalate(land.db, committees["union"][1], land.case(second).id, None, NOW)
    assert whats(land, committees["union"][0]) == []
    assert threats.told(land.db, committees["union"][0]) == []
