"""The lines of a shared lot: what each step of its rule did, as it was approved. Members are shown these.

A member reads what went to others than members, and what went to themselves; of what went to other members, only the
sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sharing.beneficiaries import is_group


class LotLine(Base):
    """One line: what step `number` of the rule gave, to whom, and what was then left of the pot."""

    __tablename__ = "lot_lines"
    __table_args__ = (UniqueConstraint("entry_id", "position"), Index("ix_lot_lines_mine", "entry_id", "member_id"))

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
    """A line as it is kept."""

    line_id: int
    number: int
    step: str
    label: str
    to: str
    member_id: int | None
    amount: int
    rest: int


_LINES = (
    select(
        LotLine.id,
        LotLine.number,
        LotLine.step,
        LotLine.label,
        LotLine.to,
        LotLine.member_id,
        LotLine.amount,
        LotLine.rest,
    )
    .where(LotLine.entry_id == bindparam("entry"))
    .order_by(LotLine.position)
)
_SEEN = _LINES.where(or_(LotLine.member_id.is_(None), LotLine.member_id == bindparam("member")))
_POOLED = (
    select(LotLine.number, func.sum(LotLine.amount))
    .where(LotLine.entry_id == bindparam("entry"), LotLine.step == "pool")
    .group_by(LotLine.number)
)
_ONE = _SEEN.where(LotLine.id == bindparam("line"))


def seen_by(db: Connection, entry_id: int, member_id: int) -> list[StoredLine]:
    """The lines of a shared lot that a member may read: those to nobody of the members, and their own."""
    return [StoredLine(*row) for row in db.execute(_SEEN, {"entry": entry_id, "member": member_id})]


def every(db: Connection, entry_id: int) -> Sequence[StoredLine]:
    """All lines of a shared lot: for officers and for the proof."""
    return [StoredLine(*row) for row in db.execute(_LINES, {"entry": entry_id})]


def pooled(db: Connection, entry_id: int) -> dict[int, int]:
    """What each pool of a shared lot gave to all its team together, by the number of its step."""
    return {number: int(amount) for number, amount in db.execute(_POOLED, {"entry": entry_id})}


def is_seen(db: Connection, entry_id: int, member_id: int, line_id: int) -> bool:
    """Whether a line is of this lot and one that the member may read."""
    given = {"entry": entry_id, "member": member_id, "line": line_id}
    return db.execute(_ONE, given).one_or_none() is not None


def given_away(amounts: Iterable[tuple[str, str, int]]) -> int:
    """What lines (step, to, amount) gave away together: the pot of their lot.

    What a split left to later steps, what a team was given before it was pooled, and recoveries give nothing away.
    """
    return sum(amount for step, to, amount in amounts if step != "recover" and to != "rest" and not is_group(to))
