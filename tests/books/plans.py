"""Dues plans and capital: written down and ended by two keys; members who subscribe, and who leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection

from models import capital, leaving, plans
from models.capital import Subscribing
from models.entries import EntryKind
from models.hands import NotAllowed
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


@dataclass(eq=False)
class Plan:
    """A plan in force."""

    plan_id: int
    terms: Terms
    until: date


class Plans(Ground):
    """What a cooperative decided that its members owe, and when."""

    def prepare(self) -> None:
        """Nothing is decided yet."""
        super().prepare()
        self.plans: list[Plan] = []
        self.subscribed: list[tuple[Plan, str, int, date]] = []

    @rule(kind=kinds, first=days_ahead, amount=st.sampled_from([500, 1_001, FACE]), more=st.data(), by=anybody)
    def propose_a_plan(self, kind: PlanKind, first: int, amount: int, more: st.DataObject, by: str) -> None:
        """A joining fee, periodic dues, a call, or capital in instalments."""
        terms, hand = self._terms(kind, self.today + first * DAY, amount, more), self.hand(by)

        def act(db: Connection) -> int:
            return plans.propose(db, hand, terms, self.today, self.now)

        if hand.role not in OFFICERS:
            self.refused(act, NotAllowed)
        elif hand.cooperative_id == self.home:
            self.proposed(act, hand, lambda: (), then=lambda: self._in_force(terms))

    def _terms(self, kind: PlanKind, first_on: date, amount: int, more: st.DataObject) -> Terms:
        extra: dict[str, object] = {}
        if kind is PlanKind.PERIODIC:
            extra = {
                "period": more.draw(st.sampled_from([Period.MONTH, Period.QUARTER])),
                "pro_rata": more.draw(st.booleans()),
            }
        if kind is PlanKind.CAPITAL:
            amount, extra = (
                FACE,
                {"period": Period.MONTH, "instalments": more.draw(st.sampled_from([(1, 1), (2, 1, 4)]))},
            )
        elif more.draw(st.booleans()):
            penalty = st.sampled_from([{"penalty_amount": 300}, {"penalty_ppm": 100_000}])
            extra |= {"penalty_after": 5, **more.draw(penalty)}
        if kind is not PlanKind.CAPITAL and more.draw(st.booleans()):
            extra |= {"concerns": Concerns.MEMBERS, "members": ("2", "4", "5")}
        return Terms(kind, kind.value, amount, first_on, Basis.BYLAW, "art. 12", **extra)  # type: ignore[arg-type]

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

    @rule(member=people, shares=st.integers(1, 3), days=days_ago, by=anybody)
    def propose_to_subscribe(self, member: str, shares: int, days: int, by: str) -> None:
        """A member signed for shares of the capital."""
        found = [plan for plan in self.plans if plan.terms.kind is PlanKind.CAPITAL]
        if not found:
            return
        plan, on, hand = found[-1], self.before(days), self.hand(by)
        wish = Subscribing(plan.plan_id, self.who(member), shares, on, "bulletin 7")

        def act(db: Connection) -> int:
            return capital.propose(db, hand, wish, self.today, self.now)

        def would() -> Sequence[Booked] | None:
            return () if on <= plan.until and self.left.get(member, NEVER) >= on else None

        if hand.role not in OFFICERS or hand.cooperative_id != self.home or would() is None:
            self.refused(act, NotAllowed, Overtaken)
        else:
            self.proposed(act, hand, would, then=lambda: self.subscribed.append((plan, member, shares, on)))

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
