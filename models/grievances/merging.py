"""Cases that say the same are handled as one: whoever is barred from one of them is barred from all."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from models.grievances import bars, written
from models.grievances.held import Held
from models.grievances.kinds import Why
from models.grievances.tables import Grievance


def family(db: Connection, case_id: int) -> list[int]:
    """A case and all that are handled with it."""
    into = select(Grievance.merged_into_id).where(Grievance.id == case_id).scalar_subquery()
    same = or_(
        Grievance.id == case_id,
        Grievance.merged_into_id == case_id,
        Grievance.id == into,
        Grievance.merged_into_id == into,
    )
    return list(db.execute(select(Grievance.id).where(same).order_by(Grievance.id)).scalars())


def bar_all(db: Connection, case_id: int, members: Iterable[int], why: Why) -> None:
    """Bar members from a case and from all that are handled with it."""
    people = list(members)
    for each in family(db, case_id):
        bars.put(db, each, people, why)


def alike(db: Connection, held: Held, into: Held) -> bool:
    """Whether two cases are about the same people, and who may handle the second may handle the first as well."""
    parts = written.with_a_part(db, held) <= written.with_a_part(db, into)
    return parts and bars.in_cause(db, held) == bars.in_cause(db, into)


def join(db: Connection, held: Held, into: Held, now: datetime) -> None:
    """After a case was merged into another: what was merged into it before goes along, and the bars are one."""
    moved = update(Grievance).where(Grievance.merged_into_id == held.id)
    db.execute(moved.values(merged_into_id=into.id, state_since=now))
    for each in family(db, into.id):
        for member_id, whys in bars.of(db, each).items():
            for why in whys:
                bar_all(db, into.id, [member_id], why)
    if held.all_officers or into.all_officers:
        bar_officers(db, into)


def bar_officers(db: Connection, held: Held) -> None:
    """A leader is in cause, and it was not said which: no officer sees a case, nor what is handled with it."""
    bar_all(db, held.id, bars.officers(db, held.home_id), Why.OFFICER)
    ids = family(db, held.id)
    db.execute(update(Grievance).where(Grievance.id.in_(ids)).values(all_officers=True))
