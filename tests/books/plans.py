"""Dues plans and capital: written down and ended by two keys; members who subscribe, and who leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection

from models import capital, leaving, plans
from models.capital import Subscribing
from models.entries import EntryKind
from models.hands import Hand, NotAllowed
from models.members import OFFICERS
from models.periods import Period
from models.plan_terms import Basis, Concerns, PlanKind, Terms
from models.proposals import Overtaken
from tests.books.ground import Ground, anybody, days_ago, people
from tests.books.model import Booked
from ussd_app.db import reading

NEVER, DAY = date(2100, 12, 31), timedelta(days=1)
FACE = 5_000
kinds = st.sampled_from([PlanKind.PERIODIC, PlanKind.PERIODIC, *PlanKind])
days_ahead = st.integers(-70, 40)
BY_PART: Mapping[str, Any] = {"penalty_after": 5, "penalty_ppm": 100_000}
BY_AMOUNT: Mapping[str, Any] = {"penalty_after": 0, "penalty_amount": 300}
SOME: Mapping[str, Any] = {"concerns": Concerns.MEMBERS, "members": ("2", "4", "5")}
ONCE: Sequence[Mapping[str, Any]] = ({}, SOME, BY_PART)
EXTRAS: Mapping[PlanKind, Sequence[Mapping[str, Any]]] = {
    PlanKind.ENTRY_FEE: ONCE,
    PlanKind.SPECIAL: ONCE,
    PlanKind.PERIODIC: (
        {"period": Period.MONTH, **BY_PART},
        {"period": Period.QUARTER, "pro_rata": True, **SOME},
        {"period": Period.MONTH, "pro_rata": True, **BY_AMOUNT},
    ),
    PlanKind.CAPITAL: tuple({"period": Period.MONTH, "instalments": each} for each in ((2, 1, 4), (1, 1), (1, 1, 1))),
}


@dataclass(eq=False)
class Plan:
    """A plan in force."""

    plan_id: int
    terms: Terms
    until: date


class Plans(Ground):
    """What a cooperative decided that its members owe, and when."""

    def prepare(self) -> None:
        """Monthly dues with a penalty, and shares that a member subscribed."""
        super().prepare()
        self.plans: list[Plan] = []
        self.subscribed: list[tuple[Plan, str, int, date]] = []
        self.signed: set[tuple[int, int, str]] = set()
        self._propose(
            self._terms(PlanKind.PERIODIC, self.before(30), 1_001, EXTRAS[PlanKind.PERIODIC][0]), self.hands["7"]
        )
        self.settle()
        self._propose(
            self._terms(PlanKind.CAPITAL, self.before(30), FACE, EXTRAS[PlanKind.CAPITAL][0]), self.hands["7"]
        )
        self.settle()
        self.propose_to_subscribe(member="2", shares=2, days=20, by="7", paper="p. 7")
        self.settle()

    @rule(kind=kinds, first=days_ahead, amount=st.sampled_from([500, 1_001, FACE]), extra=st.integers(0, 2), by=anybody)
    def propose_a_plan(self, kind: PlanKind, first: int, amount: int, extra: int, by: str) -> None:
        """A joining fee, periodic dues, a call, or capital in instalments: the very same one once."""
        self._propose(self._terms(kind, self.today + first * DAY, amount, EXTRAS[kind][extra]), self.hand(by))

    def _terms(self, kind: PlanKind, first_on: date, amount: int, extra: Mapping[str, Any]) -> Terms:
        paid = FACE if kind is PlanKind.CAPITAL else amount
        return Terms(kind, kind.value, paid, first_on, Basis.BYLAW, "art. 12", **extra)

    def _propose(self, terms: Terms, hand: Hand) -> None:
        def act(db: Connection) -> int:
            return plans.propose(db, hand, terms, self.today, self.now)

        def would() -> Sequence[Booked] | None:
            return None if any(terms == each.terms for each in self.plans) else ()

        if hand.role not in OFFICERS or (hand.cooperative_id == self.home and would() is None):
            self.refused(act, NotAllowed, Overtaken)
        elif hand.cooperative_id == self.home:
            self.proposed(act, hand, would, then=lambda: self._in_force(terms))

    def _in_force(self, terms: Terms) -> None:
        with reading(self.made) as db:
            self.plans.append(Plan(plans.of(db, self.home)[-1].plan_id, terms, NEVER))

    @precondition(lambda self: self.plans)
    @rule(which=st.integers(0, 5), days=st.integers(-5, 60), by=anybody)
    def propose_an_end(self, which: int, days: int, by: str) -> None:
        """Nothing of a plan begins after its last day."""
        plan, until, hand = self.plans[which % len(self.plans)], self.today + days * DAY, self.hand(by)

        def act(db: Connection) -> int:
            return plans.propose_end(db, hand, plan.plan_id, until, self.today, self.now)

        def would() -> Sequence[Booked] | None:
            fits = max(self.today, plan.terms.first_on) <= until < plan.until
            return () if fits and plan.terms.kind is not PlanKind.SPECIAL else None

        def then() -> None:
            plan.until = until

        if hand.role not in OFFICERS or hand.cooperative_id != self.home or would() is None:
            self.refused(act, NotAllowed, Overtaken)
        else:
            self.proposed(act, hand, would, then=then)

    @rule(member=people, shares=st.integers(1, 3), days=days_ago, by=anybody, paper=st.sampled_from(["p. 7", "p. 8"]))
    def propose_to_subscribe(self, member: str, shares: int, days: int, by: str, paper: str) -> None:
        """A member signed for shares of the capital, once on each paper."""
        found = [plan for plan in self.plans if plan.terms.kind is PlanKind.CAPITAL]
        if not found:
            return
        plan, on, hand = found[-1], self.before(days), self.hand(by)
        signed = (plan.plan_id, self.who(member), paper)
        wish = Subscribing(plan.plan_id, self.who(member), shares, on, paper)

        def act(db: Connection) -> int:
            return capital.propose(db, hand, wish, self.today, self.now)

        def would() -> Sequence[Booked] | None:
            fits = on <= plan.until and self.left.get(member, NEVER) >= on and signed not in self.signed
            return () if fits else None

        def then() -> None:
            self.signed.add(signed)
            self.subscribed.append((plan, member, shares, on))

        if hand.role not in OFFICERS or hand.cooperative_id != self.home or would() is None:
            self.refused(act, NotAllowed, Overtaken)
        else:
            self.proposed(act, hand, would, self.who(member), then)

    @rule(member=people, days=st.integers(-30, 30))
    def leave(self, member: str, days: int) -> None:
        """A member leaves; what was charged for later days is listed, and stays until it is reversed."""
        day = self.today + days * DAY
        joined = self.joined[member]
        if joined is not None and day < joined:
            self.refused(lambda db: leaving.leave(db, self.who(member), day), Overtaken)
        elif day <= self.left.get(member, NEVER):
            later = self.done(lambda db: leaving.leave(db, self.who(member), day), again=True)
            charged = self.model.standing(EntryKind.DUE, EntryKind.PENALTY, EntryKind.CAPITAL)
            assert later == [each for each, due in charged if due.member_id == self.who(member) and due.on > day]
            self.left[member] = day
