"""The surplus as a member is told of it: each step, and their own part with what it is measured by."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from models.entries import STANDS, Entry
from models.surplus.decision import Measure
from models.surplus.sharing import INTEREST, RISTOURNES
from models.surplus.tables import Surplus, SurplusLine

POOL = "pool"  # the step of a line that is a member's own


@dataclass(frozen=True, slots=True)
class Shared:
    """The surplus of a year of a member's cooperative, and what the member had of it."""

    entry_id: int
    year: int
    resolution: str
    held_on: date
    amount: int
    brought: int
    capital: int
    general_before: int
    training_before: int
    measure: Measure | None
    rate_ppm: int | None
    ristourne: int
    interest: int


def _mine(label: str) -> Any:
    mine = select(func.coalesce(func.sum(SurplusLine.amount), 0)).where(
        SurplusLine.entry_id == Surplus.entry_id,
        SurplusLine.member_id == bindparam("member"),
        SurplusLine.label == label,
    )
    return mine.scalar_subquery()


def _label(group: str) -> str:
    return group.rpartition(":")[2]


_COLUMNS: tuple[Any, ...] = (
    Surplus.entry_id,
    Surplus.year,
    Surplus.resolution,
    Surplus.held_on,
    Surplus.amount,
    Surplus.brought,
    Surplus.capital,
    Surplus.general_before,
    Surplus.training_before,
    Surplus.measure,
    Surplus.rate_ppm,
    _mine(_label(RISTOURNES)),
    _mine(_label(INTEREST)),
)
_SHARED = (
    select(*_COLUMNS)
    .join(Entry, Entry.id == Surplus.entry_id)
    .where(Surplus.cooperative_id == bindparam("cooperative"), STANDS)
    .order_by(Surplus.year.desc())
)
_ONE = _SHARED.where(Surplus.entry_id == bindparam("entry"))
_LAST = _SHARED.limit(bindparam("limit"))


def _shared(row: Row[*tuple[Any, ...]]) -> Shared:
    """A row as a surplus. PostgreSQL gives sums as decimals."""
    return Shared(*row[:11], *map(int, row[11:]))


def years(db: Connection, cooperative_id: int, member_id: int, limit: int) -> list[Shared]:
    """The surpluses that a cooperative shared, newest year first."""
    given = {"cooperative": cooperative_id, "member": member_id, "limit": limit}
    return [_shared(row) for row in db.execute(_LAST, given)]


def year(db: Connection, cooperative_id: int, member_id: int, entry_id: int) -> Shared | None:
    """The surplus of an entry, or None when it is not of this cooperative or was undone."""
    given = {"cooperative": cooperative_id, "member": member_id, "entry": entry_id}
    row = db.execute(_ONE, given).one_or_none()
    return None if row is None else _shared(row)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was stored; `weight` is what it was measured by, 0 where nothing was."""

    step: str
    label: str
    to: str
    amount: int
    rest: int
    weight: int
    article: int


_LINES = (
    select(
        SurplusLine.step,
        SurplusLine.label,
        SurplusLine.to,
        SurplusLine.amount,
        SurplusLine.rest,
        SurplusLine.weight,
        SurplusLine.article,
    )
    .where(SurplusLine.entry_id == bindparam("entry"))
    .order_by(SurplusLine.position)
)
_STEPS = _LINES.where(SurplusLine.member_id.is_(None))
_OWN = _LINES.where(
    SurplusLine.label == bindparam("label"),
    SurplusLine.member_id.is_(None) | (SurplusLine.member_id == bindparam("member")),
    (SurplusLine.to == bindparam("group")) | (SurplusLine.step == POOL),
)


def steps(db: Connection, shared: Shared) -> list[Line]:
    """The steps of a sharing, in their order, without what each gave to single members."""
    return [Line(*row) for row in db.execute(_STEPS, {"entry": shared.entry_id})]


def own(db: Connection, shared: Shared, member_id: int, group: str) -> tuple[Line, Line] | None:
    """The pot of ristournes or of interest, and what the member had of it; None when they had no part."""
    given = {"entry": shared.entry_id, "member": member_id, "group": group, "label": _label(group)}
    found = [Line(*row) for row in db.execute(_OWN, given)]
    return (found[0], found[1]) if len(found) == 2 else None
