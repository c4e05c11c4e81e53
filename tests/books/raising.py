"""What plans ask for, raised as the days go by: each call exactly once, and the penalties of what is late then."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from models import raising
from models.entries import Account, Entry, EntryKind
from models.periods import Period
from models.plan_terms import PlanKind, Terms
from tests.books.model import Booked, booked, in_proportion
from tests.books.plans import DAY, FACE, NEVER, Plan, Plans
from ussd_app.db import reading, transaction

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3}
CHARGED = {
    EntryKind.DUE: (Account.DUES, Account.DUES_INCOME),
    EntryKind.PENALTY: (Account.DUES, Account.PENALTIES),
    EntryKind.CAPITAL: (Account.CAPITAL, Account.SHARE_CAPITAL),
}


@dataclass(frozen=True)
class Call:
    """What a plan asks of a member, once: which part of it, from when, and how much."""

    plan: Plan
    part: tuple[int, ...]
    member: str
    on: date
    amount: int


class Raising(Plans):
    """The job that looks for what is due."""

    def prepare(self) -> None:
        """Nothing was called yet."""
        super().prepare()
        self.called: set[tuple[Plan, tuple[int, ...], str]] = set()
        self.deadlines: dict[int, tuple[date, Terms]] = {}

    @precondition(lambda self: self.plans)
    @rule(days=st.sampled_from([0, 0, 1, 7, 31]))
    def raise_what_is_due(self, days: int) -> None:
        """Raise all there is, then look again and again: nothing more."""
        self.now += timedelta(days=days)
        calls = [each for each in self._calls() if each.amount and self._first(each) not in self.called]
        for _time in range(2):
            while self._raise():
                pass
        new = self.new()
        charges = {entry_id: entry for entry_id, entry in new.items() if entry.kind is not EntryKind.PENALTY}
        assert Counter(charges.values()) == Counter(map(self._charge, calls))
        for entry_id, entry in charges.items():
            self.model.add(entry_id, entry)
        self.called |= {self._first(each) for each in calls}
        self._watch(charges)
        self._penalties({entry.about: (entry_id, entry) for entry_id, entry in new.items() if entry_id not in charges})

    def _raise(self) -> int:
        with transaction(self.made) as db:
            return raising.raise_due(db, self.home, self.today, self.now)

    def _first(self, call: Call) -> tuple[Plan, tuple[int, ...], str]:
        return call.plan, call.part, call.member

    def _charge(self, call: Call) -> Booked:
        kind = EntryKind.CAPITAL if call.plan.terms.kind is PlanKind.CAPITAL else EntryKind.DUE
        return self._owing(kind, self.who(call.member), call.on, call.amount)

    def _owing(self, kind: EntryKind, member_id: int, on: date, amount: int, about: int | None = None) -> Booked:
        owed, income = CHARGED[kind]
        return booked(self.home, kind, on, (owed, member_id, amount), (income, None, -amount), about=about)

    def _calls(self) -> Iterator[Call]:
        for plan in self.plans:
            terms = plan.terms
            concerned = terms.members or [*self.hands]
            if terms.kind is PlanKind.PERIODIC:
                yield from self._periodic(plan, concerned)
            for member in concerned:
                joined, left = self.joined[member], self.left.get(member, NEVER)
                if (
                    terms.kind is PlanKind.ENTRY_FEE
                    and joined
                    and terms.first_on <= joined <= min(self.today, plan.until)
                ):
                    yield Call(plan, (), member, joined, terms.amount)
                if terms.kind is PlanKind.SPECIAL and (joined or date.min) <= terms.first_on <= min(self.today, left):
                    yield Call(plan, (), member, terms.first_on, terms.amount)
        yield from self._instalments()

    def _periodic(self, plan: Plan, concerned: list[str] | tuple[str, ...]) -> Iterator[Call]:
        terms, number = plan.terms, 0
        while (begins := _after(terms, terms.first_on, number)) <= min(self.today, plan.until):
            ends = _after(terms, terms.first_on, number + 1) - DAY
            for member in concerned:
                joined, left = self.joined[member] or date.min, self.left.get(member, NEVER)
                if left >= begins >= joined:
                    yield Call(plan, (number,), member, begins, terms.amount)
                elif left >= begins and terms.pro_rata and joined <= min(ends, self.today):
                    part = terms.amount * ((ends - joined).days + 1) // ((ends - begins).days + 1)
                    yield Call(plan, (number,), member, joined, part)
            number += 1

    def _instalments(self) -> Iterator[Call]:
        for place, (plan, member, shares, on) in enumerate(self.subscribed):
            first_on = max(plan.terms.first_on, on)
            for number, amount in enumerate(in_proportion(shares * FACE, plan.terms.instalments)):
                due_on = _after(plan.terms, first_on, number)
                if due_on <= min(self.today, self.left.get(member, NEVER)):
                    yield Call(plan, (place, number), member, due_on, amount)

    def _watch(self, charges: dict[int, Booked]) -> None:
        """From now on it is looked whether these are paid in time, where their plan says so."""
        plans = {f"plan:{plan.plan_id}": plan.terms for plan in self.plans}
        with reading(self.made) as db:
            rows = db.execute(select(Entry.id, Entry.author).where(Entry.id.in_(charges)))
            authors = {row.id: row.author for row in rows}
        for entry_id, due in charges.items():
            terms = plans[authors[entry_id]]
            if terms.penalty_after is not None:
                self.deadlines[entry_id] = (max(due.on, self.today) + terms.penalty_after * DAY, terms)

    def _penalties(self, found: dict[int | None, tuple[int, Booked]]) -> None:
        """One for each due that was late, on what was unpaid of it on its last day; the oldest first."""
        late = sorted((free, due_id) for due_id, (free, _) in self.deadlines.items() if free < self.today)
        for free_until, due_id in late:
            _, terms = self.deadlines.pop(due_id)
            member_id = self.model.entries[due_id].member_id
            assert member_id is not None
            dues = {each.entry_id: each.open for each in self.model.dues(member_id, Account.DUES, free_until)}
            unpaid = dues.get(due_id, 0)
            amount = terms.penalty_amount or unpaid * (terms.penalty_ppm or 0) // 1_000_000
            if unpaid and amount:
                entry_id, penalty = found.pop(due_id)
                assert penalty == self._owing(EntryKind.PENALTY, member_id, free_until + DAY, amount, due_id)
                self.model.add(entry_id, penalty)
        assert found == {}


def _after(terms: Terms, first_on: date, number: int) -> date:
    """The day so many periods later; the last of a month that is shorter."""
    assert terms.period is not None
    months = first_on.year * 12 + first_on.month - 1 + number * MONTHS[terms.period]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first_on.day, monthrange(year, month + 1)[1]))
