"""Charges of plans, raised on their dates: each exactly once, however often and wherever it is looked for.

Who is not charged yet is found by the key of the entry that would charge them. A batch is one transaction; the chain of
the cooperative is held meanwhile, so that of two processes the second finds what the first has written.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, cast, exists, literal, or_, select, update

from models import chain, dues, ledger, penalties, periods, plans
from models.capital import Instalment, Subscription
from models.cooperatives import Cooperative
from models.entries import Entry
from models.ledger import NewEntry
from models.members import Member
from models.periods import DAY, Period
from models.plan_terms import Concerns, PlanKind
from models.plans import Plan, PlanMember, Written

AT_ONCE = 500
Person = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Call:
    """One period of a plan, or its one call: its number, its days, and who must have joined by when to owe it."""

    number: int
    begins: date
    ends: date
    joined_by: date
    joined_from: date | None = None
    among: Sequence[int] | None = None


def cooperatives(db: Connection) -> list[tuple[int, str]]:
    """The cooperatives that have plans: id and time zone."""
    having = select(Plan.cooperative_id)
    found = select(Cooperative.id, Cooperative.time_zone).where(Cooperative.id.in_(having)).order_by(Cooperative.id)
    return [(row.id, row.time_zone) for row in db.execute(found)]


def raise_due(db: Connection, cooperative_id: int, today: date, now: datetime) -> int:
    """Raise a batch of what plans ask for by today where the cooperative is; how many entries. 0 when nothing is left.

    Nobody owes for a time before they joined, nor for a period that begins after they left. What began in the middle of
    a period is owed from the next one on, or in part when the plan says so. What is late then gets its penalty.
    """
    chain.hold(db, {cooperative_id})
    for plan in plans.of(db, cooperative_id):
        raised = _RAISING[plan.kind](db, plan, today, now)
        if raised:
            return raised
    return penalties.raise_late(db, cooperative_id, today, now, AT_ONCE)


def again(db: Connection, cooperative_id: int) -> None:
    """Look at every period of every plan again, as after dates of joining were mended."""
    db.execute(update(Plan).where(Plan.cooperative_id == cooperative_id).values(raised_upto=None))


def _periodic(db: Connection, plan: Written, today: date, now: datetime) -> int:
    calls = [_call(plan, *each, today) for each in _beginnings(plan, min(today, plan.ends_on))]
    raised = _latecomers(db, plan, [each for each in calls if _is_raised(plan, each)], now)
    if raised:
        return raised
    for call in calls:
        if _is_raised(plan, call):
            continue
        missing = _missing(db, plan, call)
        if len(missing) < AT_ONCE:
            db.execute(update(Plan).where(Plan.id == plan.plan_id).values(raised_upto=call.begins))
        raised = _charge(db, plan, call, missing, now)
        if raised:
            return raised
    return 0


def _is_raised(plan: Written, call: _Call) -> bool:
    return plan.raised_upto is not None and call.begins <= plan.raised_upto


def _beginnings(plan: Written, upto: date) -> Iterable[tuple[int, date]]:
    assert plan.period is not None  # noqa: S101 - a periodic plan has one
    return periods.beginnings(plan.first_on, plan.period, upto)


def _call(plan: Written, number: int, begins: date, today: date) -> _Call:
    assert plan.period is not None  # noqa: S101 - a periodic plan has one
    ends = periods.begins(plan.first_on, plan.period, number + 1) - DAY
    return _Call(number, begins, ends, min(ends, today) if plan.pro_rata else begins)


def _latecomers(db: Connection, plan: Written, calls: list[_Call], now: datetime) -> int:
    """Who was written into the register after a period was raised, and had joined before: from their joining on.

    Who takes up an office owes what the office owes from the period in which they are found.
    """
    late = _missing(db, plan, calls[-1]) if calls else []
    ids = [each.id for each in late]
    for call in calls[-1:] if plan.concerns is Concerns.ROLE else calls:
        own = _Call(call.number, call.begins, call.ends, call.joined_by, among=ids)
        raised = _charge(db, plan, own, _missing(db, plan, own), now) if ids else 0
        if raised:
            return raised
    return 0


def _special(db: Connection, plan: Written, today: date, now: datetime) -> int:
    if plan.first_on > min(today, plan.ends_on):
        return 0
    call = _Call(0, plan.first_on, plan.first_on, plan.first_on)
    return _charge(db, plan, call, _missing(db, plan, call), now)


def _entry_fee(db: Connection, plan: Written, today: date, now: datetime) -> int:
    call = _Call(0, date.min, date.max, min(today, plan.ends_on), joined_from=plan.first_on)
    return _charge(db, plan, call, _missing(db, plan, call), now)


def _capital(db: Connection, plan: Written, today: date, now: datetime) -> int:
    """The instalments of subscribed shares that have to be paid up by today."""
    number = cast(Instalment.number, String)
    key = literal("capital:subscription:") + cast(Subscription.id, String) + ":" + number
    called = (
        select(Subscription.member_id, Instalment.number, Instalment.due_on, Instalment.amount, key.label("key"))
        .join(Instalment, Instalment.subscription_id == Subscription.id)
        .join(Member, Member.id == Subscription.member_id)
        .where(Subscription.plan_id == plan.plan_id, Instalment.due_on <= today)
        .where(or_(Member.left_on.is_(None), Member.left_on >= Instalment.due_on))
        .where(~exists().where(Entry.key == key))
        .order_by(Instalment.due_on, Subscription.id)
        .limit(AT_ONCE)
    )
    entries = [
        dues.instalment(
            plan.cooperative_id,
            each.member_id,
            each.key,
            (each.due_on, f"{plan.label} {each.number}/{len(plan.instalments)}", each.amount),
        )
        for each in db.execute(called)
    ]
    return ledger.post(db, entries, plan.author, now) if entries else 0


_RAISING: Mapping[PlanKind, Callable[[Connection, Written, date, datetime], int]] = {
    PlanKind.ENTRY_FEE: _entry_fee,
    PlanKind.PERIODIC: _periodic,
    PlanKind.SPECIAL: _special,
    PlanKind.CAPITAL: _capital,
}


def _concerned(plan: Written) -> ColumnElement[bool]:
    named = exists().where(PlanMember.plan_id == plan.plan_id, PlanMember.member_id == Member.id)
    conditions: dict[Concerns, ColumnElement[bool]] = {
        Concerns.ALL: Member.cooperative_id == plan.cooperative_id,
        Concerns.ROLE: Member.role == plan.concerned,
        Concerns.SEX: Member.sex == plan.concerned,
        Concerns.MEMBERS: named,
    }
    return conditions[plan.concerns]


def _key(plan: Written, call: _Call) -> str:
    """The key of a charge, but for its member. No due of a file has one like it: those have a date in third place."""
    return f"due:plan:{plan.plan_id}:{call.number}:"


def _missing(db: Connection, plan: Written, call: _Call) -> Sequence[Person]:
    """Who owes a call and is not charged yet: one anti-join, bounded."""
    charged = exists().where(Entry.key == literal(_key(plan, call)) + cast(Member.id, String))
    joined = Member.joined_on <= call.joined_by
    missing = (
        select(Member.id, Member.joined_on)
        .where(Member.cooperative_id == plan.cooperative_id, _concerned(plan), ~charged)
        .where(joined if call.joined_from else or_(Member.joined_on.is_(None), joined))
        .where(or_(Member.left_on.is_(None), Member.left_on >= call.begins))
        .order_by(Member.id)
        .limit(AT_ONCE)
    )
    if call.joined_from is not None:
        missing = missing.where(Member.joined_on >= call.joined_from)
    if call.among is not None:
        missing = missing.where(Member.id.in_(call.among))
    return db.execute(missing).all()


def _charge(db: Connection, plan: Written, call: _Call, people: Sequence[Person], now: datetime) -> int:
    made = [_entry(plan, call, person) for person in people]
    entries = [each for each in made if each.sides[0].amount > 0]
    if not entries:
        return 0
    posted = ledger.post(db, entries, plan.author, now)
    penalties.watch(db, plan, entries, now)
    return posted


def _entry(plan: Written, call: _Call, person: Person) -> NewEntry:
    """What a member is charged, from the day on which the period begins or they joined."""
    due_on, amount = call.begins, plan.amount
    if person.joined_on is not None and person.joined_on > call.begins:
        due_on = person.joined_on
        if plan.pro_rata:
            amount = periods.pro_rata(plan.amount, call.begins, call.ends, person.joined_on)
    due = (due_on, _label(plan, call), amount)
    return dues.charge(plan.cooperative_id, person.id, f"{_key(plan, call)}{person.id}", due)


def _label(plan: Written, call: _Call) -> str:
    if plan.period is None:
        return plan.label
    return f"{plan.label} {call.begins:%Y}" if plan.period is Period.YEAR else f"{plan.label} {call.begins:%m/%Y}"
