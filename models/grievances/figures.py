"""What can be counted of cases: one row for each, without number, words or names.

Whoever publishes counts from it hides small ones together with what would give them back; sensitive cases are for
federations and above, once a year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from models.grievances.kinds import Came, Category, Did, Lane, Name, Side, State
from models.grievances.tables import CaseStep, CaseThreat, Grievance


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case as it is counted. `steps` are what was done, by which side and when; `due_at` the deadline it has now."""

    home_id: int | None
    level_id: int | None
    category: Category
    lane: Lane
    name: Name
    came_by: Came
    state: State
    filed_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    answer_by: datetime
    threats: int
    steps: tuple[tuple[Did, Side, datetime], ...]


_THREATS = select(func.count()).where(CaseThreat.grievance_id == Grievance.id).correlate(Grievance).scalar_subquery()
_FACTS = (
    select(
        *(Grievance.id, Grievance.home_id, Grievance.level_id, Grievance.category, Grievance.lane, Grievance.name),
        *(Grievance.came_by, Grievance.state, Grievance.filed_at, Grievance.closed_at, Grievance.due_at),
        *(Grievance.answer_by, _THREATS),
    )
    .where(Grievance.home_id.in_(bindparam("bodies", expanding=True)))
    .where(Grievance.filed_at >= bindparam("since"), Grievance.filed_at < bindparam("until"))
    .order_by(Grievance.filed_at, Grievance.id)
)
_STEPS = (
    select(CaseStep.did, CaseStep.side, CaseStep.at)
    .where(CaseStep.grievance_id == bindparam("case"))
    .order_by(CaseStep.position)
)


def facts(db: Connection, bodies: Sequence[int], since: datetime, until: datetime) -> list[CaseFact]:
    """The cases that arose in some bodies and were filed in a time, to be counted and published as the rules say."""
    given = {"bodies": list(bodies), "since": since, "until": until}
    found = []
    for row in db.execute(_FACTS, given).all():
        taken = db.execute(_STEPS, {"case": row.id}).all()
        values: list[Any] = list(row[1:])
        found.append(CaseFact(*values, steps=tuple((each.did, each.side, each.at) for each in taken)))
    return found
