"""Figures tell nobody who is barred from a case that it is there: in random lands that differ in that case alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.cooperatives import Kind
from models.grievances import Category, Concerned, Name, near, published
from models.grievances.periods import Period
from models.grievances.published import Published
from models.hands import Hand
from models.members import Role
from models.small_numbers import LEAST
from tests.models.grievances.land import NOW, Land
from tests.models.grievances.test_unseen import begun
from tests.models.grievances.twins import Twins, asked, drawn, sms
from ussd_app import schema
from ussd_app.db import engine as make_engine

NEW_YEAR = datetime(2027, 1, 2, tzinfo=UTC)
BODIES = ("coop", "union", "federation")
FILES = HealthCheck.function_scoped_fixture


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[list[Engine]]:
    """Two databases with the schema and nothing in them."""
    made = [make_engine(f"sqlite:///{tmp_path / name}.sqlite3") for name in ("with", "without")]
    for each in made:
        schema.upgrade(each)
    yield made
    for each in made:
        each.dispose()


def peopled(twins: Twins) -> list[Hand]:
    """The same tree and people in both lands: an officer and a committee at each body, some members."""
    people = []
    for land in twins.both:
        land.body("federation", Kind.FEDERATION)
        land.body("union", Kind.UNION, "federation")
        land.body("coop", Kind.SCOOPS, "union")
        people = [hand for body in BODIES for hand in land.people(body, Role.PRESIDENT, *[Role.COMMITTEE] * 3)]
        people += land.people("coop", *[Role.SURVEILLANCE] * 2, *[Role.MEMBER] * 4)
    return people


def publish(land: Land, officers: dict[str, Hand]) -> list[Published]:
    """Each body publishes the year, and what is above a cooperative its last quarter."""
    found = [published.publish(land.db, hand, Period(2026), (), NEW_YEAR) for hand in officers.values()]
    high = [officers[body] for body in ("union", "federation")]
    return found + [published.publish(land.db, hand, Period(2026, 4), (), NEW_YEAR) for hand in high]


@settings(deadline=None, max_examples=25, suppress_health_check=[FILES])
@given(
    others=st.lists(st.sampled_from([Category.LAND, Category.ACCIDENT, Category.PRIVATE]), max_size=9),
    hidden=st.sampled_from([Category.LAND, Category.MONEY, Category.PRIVATE]),
    concerned=st.sampled_from([Concerned.OFFICER, Concerned.TEAM]),
    name=st.sampled_from(Name),
    data=st.data(),
)
def test_no_excluded_persons_view_changes(
    engines: list[Engine],
    others: list[Category],
    hidden: Category,
    concerned: Concerned,
    name: Name,
    data: st.DataObject,
) -> None:
    open_ones = [begun(each) for each in engines]
    try:
        with drawn():
            twins = Twins(Land(open_ones[0]), Land(open_ones[1]))
            people = peopled(twins)
            accused = data.draw(st.sampled_from(people)).member_id
            linked = data.draw(st.sampled_from(people)).member_id
            twins.do("link", lambda land: near.link(land.db, accused, linked))
            for place, category in enumerate(others):
                who = land_member(people, place)
                twins.do(f"case {place}", lambda land, w=who, c=category, p=place: land.file(w, f"{p}", category=c))  # type: ignore[misc]
            said: dict[str, Any] = {"category": hidden, "concerned": concerned, "name": name, "barred_id": accused}
            found = twins.do("hidden", lambda land: land.file(people[-1], "hidden", **said), hidden=True)
            twins.hidden = twins.with_it.case(found[0]).id  # type: ignore[arg-type]
            compared(twins, people)
            officers = dict(zip(BODIES, (each for each in people if each.role is Role.PRESIDENT), strict=True))
            figures = [publish(land, officers) for land in twins.both]
            # A figure that many share counts one more; nothing else differs.
            compared(twins, people, figures=len(others) + 1 < LEAST)
            if len(others) + 1 < LEAST:
                assert figures[0] == figures[1]
                assert not any(each.shown for each in figures[0])
    finally:
        for db in open_ones:
            db.rollback()
            db.close()


def land_member(people: list[Hand], place: int) -> Hand:
    return people[-1 - place % 4]


def compared(twins: Twins, people: list[Hand], figures: bool = True) -> None:
    """All that anybody could ask who is barred, and all they were sent, is the same in both."""
    out = twins.excluded()
    assert out
    for hand in (each for each in people if each.member_id in out):
        one, other = (asked(land, hand, twins.hidden, "572946", NOW, figures) for land in twins.both)
        assert one == other
        assert sms(twins.with_it, hand) == sms(twins.without, hand)
