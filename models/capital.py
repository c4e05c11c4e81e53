"""Capital: the shares that members subscribed, and what of them is paid up (AUSCOOP articles 45, 207, 270, 384).

A subscription is written down by two keys, with the paper that the member signed. Its instalments are fixed then: the
largest remainder shares it out over the weights of the plan, so that they add up to the last unit.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, ForeignKey, bindparam, func, insert, select, true
from sqlalchemy.orm import Mapped, mapped_column

from models import dues, periods, plans, proposals, stamps
from models.base import Base
from models.dues import Line, Standing
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.members import Member
from models.plan_terms import PlanKind
from models.plans import Plan, Written
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.quick import Quick
from models.sharing import largest_remainder
from models.stamps import Kind, Rows

SHARES_AT_MOST = 100_000


class Subscription(Base):
    """Shares that a member subscribed. `reference` names the signed paper (AUSCOOP article 10)."""

    __tablename__ = "subscriptions"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    shares: Mapped[int]
    subscribed_on: Mapped[date]
    reference: Mapped[str]
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True)


class Instalment(Base):
    """A part of a subscription that has to be paid up from a date, numbered from 1."""

    __tablename__ = "instalments"

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(index=True)
    amount: Mapped[int]


_OF_PLAN = (Plan, Plan.id == Subscription.plan_id)
_OF_PART = (Subscription, Subscription.id == Instalment.subscription_id)
SUBSCRIBED = Kind(
    "subscription",
    Rows(Subscription, Subscription.id, Plan.cooperative_id, (_OF_PLAN,)),
    Rows(Instalment, Subscription.id, Plan.cooperative_id, (_OF_PART, _OF_PLAN)),
)


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What a member subscribes: how many shares of which plan, from when, and the paper that says so."""

    plan_id: int
    member_id: int
    shares: int
    subscribed_on: date
    reference: str


def propose(db: Connection, hand: Hand, wish: Subscribing, today: date, now: datetime) -> int:
    """An officer proposes to write down a subscription; the number of the proposal. Raises Overtaken, NotAllowed.

    It is of one member, who turns neither key.
    """
    _check(db, hand.cooperative_id, wish, today)
    facts = {
        "plan_id": wish.plan_id,
        "member_id": wish.member_id,
        "shares": wish.shares,
        "subscribed_on": wish.subscribed_on.isoformat(),
        "reference": wish.reference,
    }
    return proposals.propose(db, hand, Wish(Deed.SUBSCRIBE, facts, wish.member_id), now)


def subscribe(db: Connection, decided: Proposed, now: datetime) -> None:
    """Write a subscription down once it has two keys, with its instalments. Raises Overtaken."""
    facts = decided.facts
    on = date.fromisoformat(facts["subscribed_on"])
    wish = Subscribing(facts["plan_id"], facts["member_id"], facts["shares"], on, facts["reference"])
    plan = _check(db, decided.cooperative_id, wish, max(on, now.date()))
    row = {**facts, "subscribed_on": on, "proposal_id": decided.proposal_id}
    made = db.execute(insert(Subscription).returning(Subscription.id), row).scalar_one()
    parts = schedule(plan, wish.shares, on)
    rows = [{"number": number, "due_on": due_on, "amount": amount} for number, (due_on, amount) in parts.items()]
    db.execute(insert(Instalment), [{"subscription_id": made, **each} for each in rows])
    stamps.write(db, SUBSCRIBED, [made])


def schedule(plan: Written, shares: int, subscribed_on: date) -> dict[int, tuple[date, int]]:
    """When how much of subscribed shares has to be paid up, by the number of the instalment."""
    weights = dict(enumerate(plan.instalments))
    first_on = max(plan.first_on, subscribed_on)
    parts = largest_remainder(shares * plan.amount, weights, order=lambda number: number)
    return {
        number + 1: (periods.begins(first_on, plan.period, number) if plan.period else first_on, amount)
        for number, amount in parts.items()
        if amount
    }


def _check(db: Connection, cooperative_id: int, wish: Subscribing, today: date) -> Written:
    plan = plans.one(db, wish.plan_id)
    if plan is None or plan.cooperative_id != cooperative_id or plan.kind is not PlanKind.CAPITAL:
        raise Overtaken(f"no plan {wish.plan_id} of capital in this cooperative")
    whose = select(Member.left_on).where(Member.id == wish.member_id, Member.cooperative_id == cooperative_id)
    member = db.execute(whose).one_or_none()
    if member is None or (member.left_on is not None and member.left_on < wish.subscribed_on):
        raise Overtaken("who subscribes must be a member on that day")
    same = select(Subscription.id).where(
        Subscription.plan_id == wish.plan_id,
        Subscription.member_id == wish.member_id,
        Subscription.reference == wish.reference,
    )
    if db.execute(same.limit(1)).one_or_none():
        raise Overtaken(
            f"the paper {wish.reference} of this member is written down already; each paper has its own name"
        )
    if not 1 <= wish.shares <= SHARES_AT_MOST:
        raise Overtaken(f"the number of shares must be from 1 to {SHARES_AT_MOST}")
    if wish.subscribed_on > today or wish.subscribed_on > plan.ends_on:
        raise Overtaken("shares are subscribed today or before, and while their plan is in force")
    return plan


@dataclass(frozen=True, slots=True)
class PaidUp:
    """What a member subscribed, and paid of it. `face`: what one share comes to."""

    shares: int
    face: int
    paid: int

    @property
    def paid_up(self) -> int:
        """How many whole shares are paid up."""
        return min(self.shares, self.paid // self.face) if self.face else 0

    @property
    def subscribed(self) -> int:
        """What all the shares come to."""
        return self.shares * self.face


@dataclass(frozen=True, slots=True)
class Capital(PaidUp):
    """A member's capital. `due`: what is called and still open; `next_on`: when `coming` has to be paid up."""

    due: int
    since: date | None
    coming: int
    next_on: date | None


_SHARES = (
    select(func.sum(Subscription.shares), func.max(Plan.amount))
    .join(Plan, Plan.id == Subscription.plan_id)
    .where(Subscription.member_id == bindparam("member"))
)
_NEXT = (
    select(Instalment.due_on, func.sum(Instalment.amount))
    .join(Subscription, Subscription.id == Instalment.subscription_id)
    .where(Subscription.member_id == bindparam("member"), Instalment.due_on > bindparam("today"))
    .group_by(Instalment.due_on)
    .order_by(Instalment.due_on)
    .limit(1)
)


def shares(db: Connection, member_id: int, today: date) -> Capital | None:
    """A member's capital, in at most three queries; None when they subscribed nothing and paid nothing for it."""
    number, face = db.execute(_SHARES, {"member": member_id}).one()
    stands: Standing = dues.standing(db, member_id, today, Account.CAPITAL)
    if not number and not stands.paid:
        return None
    coming = db.execute(_NEXT, {"member": member_id, "today": today}).one_or_none()
    next_on, amount = (coming[0], int(coming[1])) if coming else (None, 0)
    return Capital(int(number or 0), int(face or 0), stands.paid, stands.owed, stands.since, amount, next_on)


_PAID = (
    select(func.coalesce(-func.sum(Posting.amount), 0))
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Posting.member_id == bindparam("member"), Posting.account == Account.CAPITAL)
    .where(Entry.kind == EntryKind.PAYMENT, STANDS)
    .scalar_subquery()
)
_MINE, _NEWEST = _SHARES.add_columns(_PAID).subquery(), dues.NEWEST.subquery()
_WITH_NEWEST = Quick(
    select(_MINE, _NEWEST)
    .select_from(_MINE.outerjoin(_NEWEST, true()))
    .order_by(_NEWEST.c.happened_on.desc(), _NEWEST.c.id.desc())
)


def with_newest(db: Connection, member_id: int, limit: int) -> tuple[PaidUp | None, list[Line]]:
    """What a member subscribed and paid, or None, and the newest entries on their dues, newest first: one query."""
    given = {"member": member_id, "limit": limit, "account": Account.DUES, "other": Account.DUES}
    rows = _WITH_NEWEST.all(db, given)
    shares, face, paid, entry_id = rows[0][:4]
    lines = [] if entry_id is None else [Line(*row[3:]) for row in rows]
    mine = PaidUp(int(shares or 0), int(face or 0), int(paid))
    return mine if mine.shares or mine.paid else None, lines
