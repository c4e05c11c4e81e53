"""Penalties: once for each late due, and only where its plan says so.

A due is late when the days its plan allows have gone by since it fell due, or since it was written down when that was
later: nobody is late with what they could not know of. The penalty is on what was unpaid of it on the last of these
days, after payments settled the oldest dues first.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, ForeignKey, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models import cooperatives, dues, ledger
from models.allocation import CHARGES, Money, allocate
from models.base import Base
from models.entries import Entry, EntryKind
from models.ledger import NewEntry
from models.periods import DAY
from models.plan_terms import WHOLE
from models.plans import Plan, Written


class Deadline(Base):
    """A due that becomes late after a day; it is looked at once, and then the deadline is gone."""

    __tablename__ = "deadlines"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    free_until: Mapped[date] = mapped_column(index=True)


def watch(db: Connection, plan: Written, charged: Sequence[NewEntry], now: datetime) -> None:
    """Note until when dues that were just charged may be paid without a penalty."""
    if plan.penalty_after is None:
        return
    written_on = cooperatives.today(db, plan.cooperative_id, now)
    allowed = timedelta(days=plan.penalty_after)
    found = db.execute(select(Entry.id, Entry.happened_on).where(Entry.key.in_([each.key for each in charged])))
    rows = [
        {"entry_id": entry_id, "plan_id": plan.plan_id, "free_until": max(due_on, written_on) + allowed}
        for entry_id, due_on in found
    ]
    db.execute(insert(Deadline), rows)


def raise_late(db: Connection, cooperative_id: int, today: date, now: datetime, limit: int) -> int:
    """Charge the penalties of dues that are late by today, and forget their deadlines; how many were looked at."""
    late = (
        select(
            Deadline.entry_id,
            Deadline.free_until,
            Deadline.plan_id,
            Entry.member_id,
            Entry.label,
            Plan.penalty_amount,
            Plan.penalty_ppm,
        )
        .join(Entry, Entry.id == Deadline.entry_id)
        .join(Plan, Plan.id == Deadline.plan_id)
        .where(Plan.cooperative_id == cooperative_id, Deadline.free_until < today)
        .order_by(Deadline.free_until, Deadline.entry_id)
        .limit(limit)
    )
    found = db.execute(late).all()
    for each in found:
        unpaid = _unpaid(dues.entries(db, each.member_id), each.entry_id, each.free_until)
        amount = _amount(unpaid, each.penalty_amount, each.penalty_ppm)
        if amount:
            due = (each.free_until + DAY, each.label, amount)
            entry = dues.penalty(cooperative_id, each.member_id, each.entry_id, due)
            ledger.post(db, [entry], f"plan:{each.plan_id}", now)
    if found:
        db.execute(delete(Deadline).where(Deadline.entry_id.in_([each.entry_id for each in found])))
    return len(found)


def _unpaid(entries: Sequence[Money], due_id: int, on: date) -> int:
    """What was unpaid of a due on a day: later payments do not count, and what was waived of it since does."""
    known = [each for each in entries if each.kind in (*CHARGES, EntryKind.WAIVER) or each.happened_on <= on]
    due = allocate(known).due(due_id)
    return due.open if due is not None else 0


def _amount(unpaid: int, amount: int | None, ppm: int | None) -> int:
    """Nothing on nothing; parts per million are rounded down, in the member's favour."""
    if unpaid <= 0:
        return 0
    return amount if amount is not None else unpaid * (ppm or 0) // WHOLE
