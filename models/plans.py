"""Dues plans: what a cooperative decided that its members owe, and when. A plan is written by two keys.

A later version replaces an earlier one from a day on; what was charged stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Connection, ForeignKey, Select, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import concerned, members, periods, plan_terms, proposals, stamps
from models.base import Base, choice
from models.cooperatives import Cooperative, Kind
from models.hands import Hand
from models.periods import Period
from models.plan_terms import BadTerms, Basis, Concerns, PlanKind, Terms
from models.proposals import Deed, Proposal, Proposed, Wish


class Plan(Base):
    """A plan as it is in force. `raised_upto`: the periods that began by then were charged to all whom they concern."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    kind: Mapped[PlanKind] = mapped_column(choice(PlanKind))
    label: Mapped[str]
    amount: Mapped[int]
    first_on: Mapped[date]
    until: Mapped[date | None]
    period: Mapped[Period | None] = mapped_column(choice(Period))
    pro_rata: Mapped[bool]
    instalments: Mapped[list[int]] = mapped_column(JSON)
    concerns: Mapped[Concerns] = mapped_column(choice(Concerns))
    concerned: Mapped[str | None]
    penalty_amount: Mapped[int | None]
    penalty_ppm: Mapped[int | None]
    penalty_after: Mapped[int | None]
    basis: Mapped[Basis] = mapped_column(choice(Basis))
    reference: Mapped[str]
    decided_on: Mapped[date | None]
    version: Mapped[int]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"), unique=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True)
    raised_upto: Mapped[date | None]
    made_at: Mapped[datetime]


class PlanMember(Base):
    """A member whom a plan names."""

    __tablename__ = "plan_members"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)


# `until` is proved by the proposals that set it. `raised_upto` is only a mark of progress: set back, it charges nothing
# twice, because each charge has its own key.
DECIDED = stamps.Kind(
    "plan",
    stamps.Rows(Plan, Plan.id, Plan.cooperative_id, without=("until", "raised_upto")),
    stamps.Rows(PlanMember, Plan.id, Plan.cooperative_id, ((Plan, Plan.id == PlanMember.plan_id),)),
)


@dataclass(frozen=True, slots=True)
class Written:
    """A plan, and from when on a later version takes its place."""

    plan_id: int
    cooperative_id: int
    kind: PlanKind
    label: str
    amount: int
    first_on: date
    until: date | None
    period: Period | None
    pro_rata: bool
    instalments: list[int]
    concerns: Concerns
    concerned: str | None
    penalty_amount: int | None
    penalty_ppm: int | None
    penalty_after: int | None
    basis: Basis
    reference: str
    decided_on: date | None
    version: int
    raised_upto: date | None
    replaced_on: date | None

    @property
    def ends_on(self) -> date:
        """The last day on which something of it may begin. A call that was replaced is not made."""
        if self.kind is PlanKind.SPECIAL and self.replaced_on is not None:
            return self.first_on - timedelta(days=1)
        ends = [date(2100, 12, 31)]
        if self.until is not None:
            ends.append(self.until)
        if self.replaced_on is not None:
            ends.append(self.replaced_on - timedelta(days=1))
        return min(ends)

    @property
    def author(self) -> str:
        """Who answers for what it charges, as the ledger keeps it."""
        return f"plan:{self.plan_id}"


_later = aliased(Plan)
_PLANS: Select[*tuple[Any, ...]] = (
    select(
        *(Plan.id, Plan.cooperative_id, Plan.kind, Plan.label, Plan.amount, Plan.first_on, Plan.until, Plan.period),
        *(Plan.pro_rata, Plan.instalments, Plan.concerns, Plan.concerned),
        *(Plan.penalty_amount, Plan.penalty_ppm, Plan.penalty_after),
        *(Plan.basis, Plan.reference, Plan.decided_on, Plan.version, Plan.raised_upto),
        _later.first_on.label("replaced_on"),
    )
    .outerjoin(_later, _later.replaces_id == Plan.id)
    .order_by(Plan.id)
)
_ONE = _PLANS.where(Plan.id == bindparam("plan"))
_ALL = _PLANS.where(Plan.cooperative_id == bindparam("cooperative"))


def one(db: Connection, plan_id: int) -> Written | None:
    """One plan, or None."""
    row = db.execute(_ONE, {"plan": plan_id}).one_or_none()
    return None if row is None else Written(*row)


def of(db: Connection, cooperative_id: int) -> list[Written]:
    """All plans of a cooperative, in the order in which they were written."""
    return [Written(*row) for row in db.execute(_ALL, {"cooperative": cooperative_id})]


def propose(db: Connection, hand: Hand, terms: Terms, today: date, now: datetime) -> int:
    """An officer proposes a plan; the number of the proposal. Raises BadTerms, and NotAllowed."""
    numbered = _check(db, hand.cooperative_id, terms, today)
    alone = concerned.only_one(db, hand.cooperative_id, (terms.concerns, terms.concerned), list(numbered.values()))
    before = one(db, terms.replaces) if terms.replaces else None
    freed = _alone(db, before) if before else None
    return proposals.propose(db, hand, Wish(Deed.CHANGE_PLAN, {"plan": terms.facts()}, freed or alone), now)


def _alone(db: Connection, plan: Written) -> int | None:
    """The one member whom a plan is for, if it is for one: to end or replace it serves them alone."""
    named = db.execute(select(PlanMember.member_id).where(PlanMember.plan_id == plan.plan_id)).scalars().all()
    return concerned.only_one(db, plan.cooperative_id, (plan.concerns, plan.concerned), named)


def propose_end(db: Connection, hand: Hand, plan_id: int, until: date, today: date, now: datetime) -> int:
    """An officer proposes that a plan ends: nothing of it begins after `until`. Raises BadTerms, and NotAllowed."""
    plan = _check_end(db, hand.cooperative_id, plan_id, until, today)
    facts = {"ends": plan_id, "until": until.isoformat(), "label": plan.label}
    return proposals.propose(db, hand, Wish(Deed.CHANGE_PLAN, facts, _alone(db, plan)), now)


def change(db: Connection, decided: Proposed, now: datetime) -> None:
    """Write a plan, or end one, once it has two keys. Raises BadTerms when it cannot be any more."""
    zone = select(Cooperative.time_zone).where(Cooperative.id == decided.cooperative_id)
    today = now.astimezone(ZoneInfo(db.execute(zone.with_for_update()).scalar_one())).date()
    if "ends" in decided.facts:
        plan_id, until = decided.facts["ends"], date.fromisoformat(decided.facts["until"])
        _check_end(db, decided.cooperative_id, plan_id, until, today)
        db.execute(update(Plan).where(Plan.id == plan_id).values(until=until))
        return
    terms = plan_terms.read(decided.facts["plan"])
    numbered = _check(db, decided.cooperative_id, terms, today)
    plan_id = db.execute(insert(Plan).returning(Plan.id), _row(db, terms, decided, now)).scalar_one()
    if numbered:
        db.execute(insert(PlanMember), [{"plan_id": plan_id, "member_id": each} for each in numbered.values()])
    stamps.write(db, DECIDED, [plan_id])


def _row(db: Connection, terms: Terms, decided: Proposed, now: datetime) -> dict[str, Any]:
    row = asdict(terms) | {"instalments": list(terms.instalments), "made_at": now, "proposal_id": decided.proposal_id}
    before = one(db, terms.replaces) if terms.replaces else None
    row |= {"cooperative_id": decided.cooperative_id, "replaces_id": terms.replaces}
    row["version"] = before.version + 1 if before else 1
    return {name: value for name, value in row.items() if name not in ("members", "replaces")}


def _check(db: Connection, cooperative_id: int, terms: Terms, today: date) -> Mapping[str, int]:
    """Look at terms beside what the cooperative has already; the members that they name."""
    numbered = {each: members.by_number(db, cooperative_id, each) for each in terms.members}
    lost = [number for number, member_id in numbered.items() if member_id is None]
    if lost:
        raise BadTerms(f"no member {lost[0]} in this cooperative")
    written = select(Proposal.facts).join(Plan, Plan.proposal_id == Proposal.id)
    if {"plan": terms.facts()} in db.execute(written.where(Plan.cooperative_id == cooperative_id)).scalars().all():
        raise BadTerms("this very plan is written already; give another one another label")
    fault = next(_faults(db, cooperative_id, terms, today, of(db, cooperative_id)), None)
    if fault is not None:
        raise BadTerms(fault)
    return cast(Mapping[str, int], numbered)


def _faults(db: Connection, cooperative_id: int, terms: Terms, today: date, known: list[Written]) -> Iterator[str]:
    if terms.decided_on is not None and terms.decided_on > today:
        yield "decided_on must not be after today: what is not decided yet cannot be charged"
    if terms.kind is PlanKind.CAPITAL:
        yield from _faults_of_capital(db, cooperative_id, terms, known)
    if terms.replaces is None:
        return
    before = next((each for each in known if each.plan_id == terms.replaces), None)
    if before is None or before.kind is not terms.kind:
        yield "replaces must be a plan of the same kind in this cooperative"
    elif before.replaced_on is not None:
        yield "replaces must be a plan that no other version has replaced"
    elif min(terms.first_on, before.first_on if terms.kind is PlanKind.SPECIAL else terms.first_on) <= today:
        yield "a later version begins after today, and a call of the past is not replaced: reverse its dues"
    elif before.period is not None and terms.kind is PlanKind.PERIODIC and not _fits(before, terms.first_on):
        yield "a later version begins on the first day of a period of the earlier one, or after its end"


def _fits(before: Written, first_on: date) -> bool:
    assert before.period is not None  # noqa: S101 - a periodic plan has one
    days = (day for _number, day in periods.beginnings(before.first_on, before.period, first_on))
    return first_on > before.ends_on or first_on in days


def _faults_of_capital(db: Connection, cooperative_id: int, terms: Terms, known: list[Written]) -> Iterator[str]:
    faces = {each.amount for each in known if each.kind is PlanKind.CAPITAL}
    if faces - {terms.amount}:
        yield f"all shares of a cooperative have the same face value (AUSCOOP article 45): here it is {min(faces)}"
    kind = db.execute(select(Cooperative.kind).where(Cooperative.id == cooperative_id)).scalar_one()
    if kind is Kind.COOP_CA and (terms.instalments[0] * 4 < sum(terms.instalments) or plan_terms.months(terms) > 36):
        yield "in a COOP-CA a quarter is paid up at once and the rest within three years (AUSCOOP articles 270, 384)"


def _check_end(db: Connection, cooperative_id: int, plan_id: int, until: date, today: date) -> Written:
    plan = one(db, plan_id)
    if plan is None or plan.cooperative_id != cooperative_id:
        raise BadTerms(f"no plan {plan_id} in this cooperative")
    if not max(today, plan.first_on) <= until < plan.ends_on or plan.kind is PlanKind.SPECIAL:
        raise BadTerms("a plan ends today or later, after it began and before it ends already; a call has no end")
    return plan
