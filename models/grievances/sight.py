"""Who sees a case. `visible_to` is the one query; whatever a committee reads or does starts from it.

For somebody who is barred from a case it does not exist: in no list, count, search, log or error. What is not visible
raises the same `Unknown` as what is not there.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from models import vault
from models.cooperatives import Cooperative
from models.grievances import floods, notes, written
from models.grievances.held import HANDLER, Held, hold, peek
from models.grievances.hidden import hidden_from
from models.grievances.kinds import Category, Follow, Lane, SafeTime, State, Unknown
from models.grievances.near import near_one
from models.grievances.numbers import reference_digest
from models.grievances.scopes import SCOPES, Sees
from models.grievances.steps import OVER
from models.grievances.tables import Grievance
from models.hands import Hand


def visible_to(db: Connection, hand: Hand, sees: Sees = Sees.WHOLE) -> Select[*tuple[int]]:
    """The ids of the cases of which somebody may see something. The only way to a case for anybody but who filed it."""
    exists = ~hidden_from(hand.member_id)
    if sees is Sees.WHOLE:
        exists = and_(exists, ~written.has_a_part(near_one(hand.member_id)))
    return select(Grievance.id).where(SCOPES[sees](db, hand), exists)


def seen(db: Connection, hand: Hand, case_id: int) -> Held:
    """A case that somebody may see, to look at. Raises Unknown."""
    return peek(db, case_id, visible_to(db, hand))


def held(db: Connection, hand: Hand, case_id: int) -> Held:
    """A case that somebody may see, held to do something with it. Raises Unknown."""
    # Held first: it may go elsewhere while it is waited for.
    found = hold(db, case_id)
    if db.execute(visible_to(db, hand).where(Grievance.id == case_id)).one_or_none() is None:
        raise Unknown
    return found


def find(db: Connection, hand: Hand, reference: str) -> int:
    """The case that has a number, among those somebody may see. Raises Unknown."""
    asked = visible_to(db, hand).where(Grievance.reference_digest == reference_digest(reference))
    found = db.execute(asked).scalar_one_or_none()
    if found is None:
        raise Unknown
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a committee's list. `more` cases came from the same caller and follow it; they are in the list too.

    `unread`: a complainant, or one whose case was joined to it, added words that nobody read at the desk.
    `mine`: the one who looks handles it, and was not merely given it.
    `safe_time` is when who came in private can be spoken to without danger; None where nothing was said.
    `reference` is None where its row cannot be read.
    """

    case_id: int
    reference: str | None
    category: Category
    lane: Lane
    state: State
    filed_at: datetime
    due_at: datetime | None
    follow: Follow
    safe_time: SafeTime | None
    mine: bool
    unread: bool
    more: int = 0

    def late(self, now: datetime) -> bool:
        """Whether its deadline has passed."""
        return self.due_at is not None and self.due_at < now


_LINE = (
    Grievance.id,
    Grievance.reference_sealed,
    Grievance.category,
    Grievance.lane,
    Grievance.state,
    Grievance.filed_at,
    Grievance.due_at,
    Grievance.follow,
    Grievance.safe_time,
    HANDLER.label("handler_id"),
    notes.UNREAD.label("unread"),
)


def mine(db: Connection, hand: Hand, over: bool = False) -> list[Line]:
    """The cases at one's desk, the most pressing first; many of one caller stand together. `over`: those that are."""
    whose = Grievance.state.in_(OVER) if over else Grievance.state.not_in(OVER)
    asked = select(*_LINE).where(Grievance.id.in_(visible_to(db, hand)), whose)
    rows = db.execute(asked.order_by(Grievance.due_at.is_(None), Grievance.due_at, Grievance.filed_at, Grievance.id))
    return _together(db, [_line(row, hand) for row in rows.all()])


def _line(row: Any, hand: Hand) -> Line:
    taken = row.handler_id == hand.member_id and row.state is not State.ASSESSED
    try:
        reference = vault.unseal(row.reference_sealed)
    except vault.InvalidToken:
        reference = None
    said = (row.category, row.lane, row.state, row.filed_at, row.due_at, row.follow, row.safe_time)
    return Line(row.id, reference, *said, mine=taken, unread=row.unread)


def _together(db: Connection, lines: list[Line]) -> list[Line]:
    """Cases of one caller behind the first of them, which says how many they are."""
    marks = floods.together(db, [line.case_id for line in lines])
    groups: dict[str | int, list[Line]] = {}
    for line in lines:
        groups.setdefault(marks.get(line.case_id, line.case_id), []).append(line)
    return [
        each if place else replace(each, more=len(group) - 1)
        for group in groups.values()
        for place, each in enumerate(group)
    ]


def count(db: Connection, hand: Hand) -> int:
    """How many open cases are at one's desk."""
    there = visible_to(db, hand).where(Grievance.state.not_in(OVER)).subquery()
    return db.execute(select(func.count()).select_from(there)).scalar_one()


@dataclass(frozen=True, slots=True)
class LateLine:
    """A case that is late, without its number: what it is about, at which body, and since when."""

    category: Category
    body: str
    due_at: datetime


def late(db: Connection, hand: Hand, now: datetime) -> list[LateLine]:
    """What is late: for surveillance at home, and for the level above. The longest first."""
    asked = (
        select(Grievance.category, Cooperative.name, Grievance.due_at)
        .join(Cooperative, Cooperative.id == Grievance.level_id)
        .where(Grievance.id.in_(visible_to(db, hand, Sees.LATE)), Grievance.due_at < now)
        .where(Grievance.state.not_in((*OVER, State.PROPOSED)))
        .order_by(Grievance.due_at, Grievance.category)
    )
    return [LateLine(row.category, row.name, row.due_at) for row in db.execute(asked)]
