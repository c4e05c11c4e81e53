"""For whoever is barred from a case it does not exist: all they could ask is, byte for byte, as if it were not there.

Random trees, people, phones, links and accusations; whatever then happens, to that case and to others.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine

from models import alerts
from models.alerts import Ground
from models.cooperatives import Kind
from models.grievances import (
    Category,
    Concerned,
    Follow,
    Lane,
    Name,
    bars,
    deciding,
    following,
    near,
    published,
    readings,
    sight,
    tree,
    work,
)
from models.grievances.held import peek
from models.grievances.periods import Period
from models.hands import Hand
from models.members import OFFICERS, Role
from models.small_numbers import LEAST
from tests.models.grievances.land import NOW, Land, tick
from tests.models.grievances.twins import Twins, asked, attempt, drawn, sms
from ussd_app import schema
from ussd_app.db import engine as make_engine

KINDS = ["sqlite"]
NEW_YEAR = datetime(2027, 1, 2, tzinfo=UTC)
ROLES = (
    *(Role.COMMITTEE, Role.COMMITTEE, Role.COMMITTEE, Role.SURVEILLANCE, Role.SURVEILLANCE, Role.GENDER_PRESIDENT),
    *(Role.PRESIDENT, Role.TREASURER, Role.MEMBER, Role.MEMBER),
)
WORK = ("see", "assess", "assign", "propose", "write", "up", "recuse", "accuse")
ENGINES: list[Engine] = []


def begun(made: Engine) -> Connection:
    db = made.connect()
    db.exec_driver_sql("BEGIN IMMEDIATE")
    return db


class Unseen(RuleBasedStateMachine):
    """What may happen to a case and around it."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [begun(each) for each in ENGINES]
        self.twins = Twins(Land(self.open[0]), Land(self.open[1]))
        self.people: list[Hand] = []
        self.cases: list[tuple[int, int]] = []  # in both lands: its id, and who filed it
        self.now, self.count = NOW, 0

    def teardown(self) -> None:
        for db in self.open:
            db.rollback()
            db.close()

    def label(self) -> str:
        self.count += 1
        self.now += timedelta(minutes=7)
        return f"action {self.count}"

    @initialize(data=st.data())
    def found(self, data: st.DataObject) -> None:
        """A tree with or without a federation, a second union, a partner; some phones shared, some people linked."""
        names = ["top", "middle", "coop"] if data.draw(st.booleans()) else ["top", "coop"]
        kinds = {"top": Kind.FEDERATION, "middle": Kind.UNION, "coop": Kind.SCOOPS, "partner": Kind.ASSOCIATION}
        for land in self.twins.both:
            for place, name in enumerate(names):
                land.body(name, kinds[name], *names[place - 1 : place] if place else ())
            land.body("partner", kinds["partner"])
            tree.choose_partner(land.db, land.bodies["top"], land.bodies["partner"])
        shared = st.sampled_from(["+22365000001", "+22365000002", None])
        for name in (*names, "partner"):
            for role in (*ROLES[:3], *data.draw(st.lists(st.sampled_from(ROLES), max_size=3))):
                self.settle(name, role, data.draw(shared))
        for _ in range(data.draw(st.integers(0, 2))):
            self.link(data)

    def settle(self, name: str, role: Role, phone: str | None) -> None:
        one, other = (land.member(name, role, phone) for land in self.twins.both)
        assert one == other
        self.people.append(one)

    @rule(data=st.data())
    def link(self, data: st.DataObject) -> None:
        one, other = (data.draw(st.sampled_from(self.people)).member_id for _ in range(2))
        self.twins.do("link", lambda land: near.link(land.db, one, other))

    @rule(
        data=st.data(),
        hidden=st.booleans(),
        category=st.sampled_from([Category.LAND, Category.ACCIDENT, Category.PRIVATE, Category.MONEY]),
        concerned=st.sampled_from([Concerned.OFFICER, Concerned.TEAM]),
        name=st.sampled_from(Name),
    )
    def file(self, data: st.DataObject, hidden: bool, category: Category, concerned: Concerned, name: Name) -> None:
        """Somebody files a case. The first one that may be hidden is in one of the two databases alone."""
        hidden = hidden and self.twins.hidden is None
        who = data.draw(st.sampled_from(self.people))
        accused = data.draw(st.sampled_from([None, *(each.member_id for each in self.people)]))
        label = self.label()
        said = {"category": category, "concerned": concerned, "name": name, "follow": Follow.SMS}

        def filed(land: Land) -> tuple[int, str]:
            made = land.file(who, label, self.now, barred_id=accused, at_home=True, **said)
            return land.case(made).id, made.reference

        given = self.twins.do(label, filed, hidden)
        if not all(isinstance(each, tuple) for each in given):
            assert not hidden or self.twins.hidden is None
            return
        assert isinstance(given[0], tuple)
        case_id, reference = int(given[0][0]), str(given[0][1])
        if hidden:
            self.twins.hidden, self.twins.hidden_reference = case_id, reference
            self.twins.out = set(self.twins.excluded())
        else:
            assert len({str(each) for each in given}) == 1
            self.cases.append((case_id, who.member_id))

    def which(self, data: st.DataObject) -> tuple[int, bool] | None:
        """A case to do something with, and whether it is the hidden one."""
        there = [(case_id, False) for case_id, _who in self.cases]
        there += [(self.twins.hidden, True)] * 2 if self.twins.hidden else []
        return data.draw(st.sampled_from(there)) if there else None

    @precondition(lambda self: self.people)
    @rule(
        data=st.data(), step=st.sampled_from(["see", "assess", "assign", "propose", "write", "up", "recuse", "accuse"])
    )
    def work(self, data: st.DataObject, step: str) -> None:
        """Somebody of the desk where a case lies does something with it."""
        chosen = self.which(data)
        if chosen is None:
            return
        case_id, hidden = chosen
        db = self.twins.with_it.db
        desk = [each for each in self.people if case_id in {line.case_id for line in sight.mine(db, each)}]
        hand = data.draw(st.sampled_from(desk or self.people))
        other = data.draw(st.sampled_from(self.people)).member_id
        label, now = self.label(), self.now
        acts = {
            "see": lambda land: work.acknowledge(land.db, hand, case_id, now),
            "assess": lambda land: work.assess(land.db, hand, case_id, Lane.ORDINARY, Category.LAND, now),
            "assign": lambda land: work.assign(land.db, hand, case_id, hand.member_id, now),
            "propose": lambda land: deciding.propose(land.db, hand, case_id, "On partage", [], now),
            "write": lambda land: work.write(land.db, hand, case_id, "Quand?", label, now),
            "up": lambda land: work.escalate(land.db, hand, case_id, None, now),
            "recuse": lambda land: work.recuse(land.db, hand, case_id, now),
            "accuse": lambda land: work.accuse(land.db, hand, case_id, other, now),
        }
        self.twins.do(f"{label} read", lambda land: readings.note(land.db, hand, case_id, "case", now), hidden)
        self.twins.do(label, acts[step], hidden)

    @rule(data=st.data(), step=st.sampled_from(["add", "accept", "threat", "up", "withdraw", "appeal"]))
    def follow(self, data: st.DataObject, step: str) -> None:
        """Who filed a case does something with it."""
        chosen = self.which(data)
        if chosen is None:
            return
        case_id, hidden = chosen
        label, now = self.label(), self.now
        acts = {
            "add": lambda land: following.add(land.db, case_id, "Encore", label, now),
            "accept": lambda land: following.accept(land.db, case_id, now),
            "threat": lambda land: following.threatened(land.db, case_id, now),
            "up": lambda land: following.send_up(land.db, case_id, None, now),
            "withdraw": lambda land: following.withdraw(land.db, case_id, now),
            "appeal": lambda land: following.appeal(land.db, case_id, None, now),
        }
        self.twins.do(label, acts[step], hidden)

    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        """Two cases that say the same are handled together; who is in cause is so in both, or they are not joined."""
        one, other = self.which(data), self.which(data)
        if one is None or other is None or one[0] == other[0]:
            return
        hidden, db = one[1] or other[1], self.twins.with_it.db
        desk = [each for each in self.people if {one[0], other[0]} <= {line.case_id for line in sight.mine(db, each)}]
        if not desk:
            return
        hand, now = data.draw(st.sampled_from(desk)), self.now
        given = self.twins.do(self.label(), lambda land: work.merge(land.db, hand, one[0], other[0], now), hidden)
        if hidden and given == [None]:
            named = bars.in_cause(db, peek(db, one[0]))
            assert named == bars.in_cause(db, peek(db, other[0]))
            self.twins.named = named if self.twins.named is None else self.twins.named & named

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def meet(self, data: st.DataObject) -> None:
        """Who handles a case invites the other side and sets a session; an invited one is told, and nobody else."""
        chosen = self.which(data)
        if chosen is None:
            return
        case_id, hidden = chosen
        handler = peek(self.twins.with_it.db, case_id).handler_id
        hand = next((each for each in self.people if each.member_id == handler), None)
        if hand is None:
            return
        other, now, label = data.draw(st.sampled_from(self.people)).member_id, self.now, self.label()
        starts_at = now + timedelta(days=3)
        given = self.twins.do(label, lambda land: deciding.invite(land.db, hand, case_id, other, now), hidden)
        if hidden and given == [None]:
            self.twins.invited.add(other)
        self.twins.do(
            f"{label} when", lambda land: deciding.set_session(land.db, hand, case_id, starts_at, "École", now), hidden
        )

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def alert(self, data: st.DataObject) -> None:
        """An alert is about a body, whatever cases there are."""
        hand, body, now = data.draw(st.sampled_from(self.people)), self.twins.with_it.bodies["coop"], self.now
        ground = data.draw(st.sampled_from(Ground))
        self.twins.do(self.label(), lambda land: alerts.trigger(land.db, hand, body, ground, "Les comptes", now))

    @precondition(lambda self: len(self.cases) + 1 < LEAST)
    @rule()
    def publish(self) -> None:
        """Every body publishes the year, once it is over: of fewer than five cases nothing is shown."""
        self.now = max(self.now, NEW_YEAR)
        for name in self.twins.with_it.bodies:
            officer = self.twins.with_it.bodies[name]
            hand = next(
                (each for each in self.people if each.cooperative_id == officer and each.role in OFFICERS), None
            )
            if hand is not None:
                act = lambda land, by=hand: published.publish(land.db, by, Period(2026), (), self.now)  # noqa: E731
                assert len({repr(each) for each in self.twins.do(self.label(), act)}) == 1

    @rule(days=st.sampled_from([0, 1, 2, 5]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.twins.do(self.label(), lambda land: tick(land.db, self.now) and None)

    @invariant()
    def who_is_barred_learns_nothing(self) -> None:
        out = self.twins.excluded()
        self.twins.out &= out
        for hand in self.people:
            if hand.member_id not in out:
                continue
            one, other = (
                asked(land, hand, self.twins.hidden, self.twins.hidden_reference, self.now) for land in self.twins.both
            )
            assert one == other
            if hand.member_id in self.twins.out:
                assert sms(self.twins.with_it, hand) == sms(self.twins.without, hand)


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[list[Engine]]:
    """Two databases with the schema and nothing in them."""
    ENGINES[:] = [make_engine(f"sqlite:///{tmp_path / name}.sqlite3") for name in ("with", "without")]
    for made in ENGINES:
        schema.upgrade(made)
    yield ENGINES
    for made in ENGINES:
        made.dispose()


@pytest.mark.parametrize(("examples", "steps"), [(12, 14), pytest.param(120, 30, marks=pytest.mark.long)])
def test_no_excluded_person_ever_sees_counts_or_infers_a_case(engines: list[Engine], examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),  # to make an example small takes minutes
        print_blob=False,
    )
    with drawn():
        run_state_machine_as_test(Unseen, settings=chosen)


def test_the_comparison_can_fail(engines: list[Engine]) -> None:
    """Who handles the case sees the difference, in what they can ask and in their SMS."""
    with drawn():
        open_ones = [begun(each) for each in engines]
        twins = Twins(Land(open_ones[0]), Land(open_ones[1]))
        for land in twins.both:
            land.body("coop", Kind.SCOOPS)
        people = [[land.member("coop", Role.COMMITTEE) for _ in range(3)] for land in twins.both]
        (given,) = twins.do("hidden", lambda land: land.case(land.file()).id, hidden=True)
        assert isinstance(given, int)
        twins.do("tick", lambda land: tick(land.db, NOW))
        hand = people[0][0]
        assert hand == people[1][0]
        assert attempt(twins.with_it.db, lambda: sight.count(twins.with_it.db, hand)) == 1
        assert asked(twins.with_it, hand, given, "1", NOW) != asked(twins.without, hand, given, "1", NOW)
        assert sms(twins.with_it, hand) != sms(twins.without, hand)
        for db in open_ones:
            db.rollback()
            db.close()
