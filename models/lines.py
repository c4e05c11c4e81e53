"""The lines of a shared lot: what each step of its rule did, as it was approved. Members are shown these.

A member reads what went to others than members, and what went to themselves; of what went to other members, only the
sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, bindparam, exists, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base
from models.entries import Entry
from models.sharing.beneficiaries import Kind, is_group

ADJUST = "adjust"  # the step of a line that was added to a published lot


class LotLine(Base):
    """One line: what step `number` of the rule gave, to whom, and what was then left of the pot."""

    __tablename__ = "lot_lines"
    __table_args__ = (UniqueConstraint("entry_id", "position"), Index("ix_lot_lines_mine", "member_id", "entry_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    position: Mapped[int]
    number: Mapped[int]
    step: Mapped[str]
    label: Mapped[str]
    to: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    amount: Mapped[int]
    rest: Mapped[int]


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line as it is kept. `together` is what its step gave to all whom it served."""

    line_id: int
    entry_id: int
    number: int
    step: str
    label: str
    to: str
    member_id: int | None
    amount: int
    rest: int
    together: int


_undoing = aliased(Entry)
_ALL = (
    select(
        LotLine.id,
        LotLine.entry_id,
        LotLine.number,
        LotLine.step,
        LotLine.label,
        LotLine.to,
        LotLine.member_id,
        LotLine.amount,
        LotLine.rest,
        func.sum(LotLine.amount).over(partition_by=(LotLine.entry_id, LotLine.number)).label("together"),
        LotLine.position,
    )
    .where(LotLine.lot_id == bindparam("lot"))
    .where(~exists().where(_undoing.reverses_id == LotLine.entry_id))
    .subquery()
)
_LINES = select(*(column for column in _ALL.c if column.name != "position")).order_by(_ALL.c.position)
_SEEN = _LINES.where(or_(_ALL.c.member_id.is_(None), _ALL.c.member_id == bindparam("member")))


def _line(row: Sequence[Any]) -> StoredLine:
    """A row as a line. PostgreSQL gives sums as decimals."""
    line_id, entry_id, number, step, label, to, member_id, amount, rest, together = row
    return StoredLine(line_id, entry_id, number, step, label, to, member_id, amount, rest, int(together))


def seen_by(db: Connection, lot_id: int, member_id: int) -> list[StoredLine]:
    """The lines of a shared lot that a member may read: those to nobody of the members, and their own.

    In the order of the rule. Empty for a lot that was read in from a file, and for one that is not shared.
    """
    return [_line(row) for row in db.execute(_SEEN, {"lot": lot_id, "member": member_id})]


def every(db: Connection, lot_id: int) -> list[StoredLine]:
    """All lines of a shared lot: for officers."""
    return [_line(row) for row in db.execute(_LINES, {"lot": lot_id})]


def given_away(amounts: Iterable[tuple[str, str, int]]) -> int:
    """What lines (step, to, amount) gave away together: the pot of their lot.

    What a split left to later steps, what a team was given before it was pooled, and recoveries give nothing away.
    """
    return sum(amount for step, to, amount in amounts if step != "recover" and to != "rest" and not is_group(to))


TAXES = frozenset({"impôt", "impôts", "tax", "taxe", "taxes"})
SOCIAL = frozenset({"cnss", "inps", "ipres", "mutuelle", "santé", "social", "sociale"})


def public(seen: Iterable[StoredLine]) -> tuple[int, int]:
    """What a lot gave to taxes and to social funds: to a collectivity, or to funds that are named so."""
    taxes = social = 0
    for line in seen:
        kind, _, called = line.to.partition(":")
        words = set(called.casefold().split())
        if kind == Kind.COLLECTIVITE or (kind == Kind.FUND and words & TAXES):
            taxes += line.amount
        elif kind == Kind.FUND and words & SOCIAL:
            social += line.amount
    return taxes, social
