"""What was promised in an outcome: what, by whom, by which day; a case is closed when all are kept."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from models import vault
from models.grievances import clocks, steps
from models.grievances.held import Held
from models.grievances.kinds import State
from models.grievances.numbers import new_id
from models.grievances.tables import CasePromise

END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody promised, in words, and by which day; with its number once it is kept in a case."""

    what: str
    owner: str
    by_day: date
    promise_id: int | None = None
    kept_at: datetime | None = None


def add(db: Connection, case_id: int, made: Promise) -> None:
    """Keep a promise with a case."""
    row = {
        "id": new_id(),
        "grievance_id": case_id,
        "what_sealed": vault.seal(made.what),
        "owner_sealed": vault.seal(made.owner),
        "by_day": made.by_day,
    }
    db.execute(insert(CasePromise), row)


def replace(db: Connection, case_id: int, made: Sequence[Promise]) -> None:
    """The promises of a new outcome take the place of those of the last one; what was kept stays."""
    db.execute(delete(CasePromise).where(CasePromise.grievance_id == case_id, CasePromise.kept_at.is_(None)))
    for each in made:
        add(db, case_id, each)


_OF = (
    select(CasePromise.what_sealed, CasePromise.owner_sealed, CasePromise.by_day, CasePromise.id, CasePromise.kept_at)
    .where(CasePromise.grievance_id == bindparam("case"))
    .order_by(CasePromise.by_day, CasePromise.id)
)


def of(db: Connection, case_id: int) -> list[Promise]:
    """The promises of a case, by day."""
    rows = db.execute(_OF, {"case": case_id}).all()
    return [Promise(vault.unseal(row[0]), vault.unseal(row[1]), *row[2:]) for row in rows]


def keep(db: Connection, case_id: int, promise_id: int, now: datetime) -> bool:
    """A promise was kept; False when it was before, or is none of this case."""
    mine = update(CasePromise).where(CasePromise.id == promise_id, CasePromise.grievance_id == case_id)
    return bool(db.execute(mine.where(CasePromise.kept_at.is_(None)).values(kept_at=now)).rowcount)


def open_ones(db: Connection, case_id: int) -> list[Promise]:
    """The promises that are not kept yet."""
    return [each for each in of(db, case_id) if each.kept_at is None]


def timed(db: Connection, held: Held, now: datetime) -> Held:
    """A case that is resolved is due when its next promise is, and with none left when its complainant is to say that
    it is settled; whoever handles it is told the day before.
    """
    if held.state is not State.RESOLVED:
        return held
    left = open_ones(db, held.id)
    due = datetime.combine(left[0].by_day, END_OF_DAY, UTC) if left else clocks.settled_by(held.answer_by, now)
    new = dataclasses.replace(held, due_at=due, tell_at=due - clocks.BEFORE)
    steps.write(db, held, new)
    return new
