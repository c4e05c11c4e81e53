"""A case that came by SMS: its number and code are shown once, when the same phone dials within seven days."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from models import vault
from models.grievances import bars, numbers
from models.grievances.filing import Filed, body_name, reveal_digest
from models.grievances.held import peek
from models.grievances.kinds import Lane
from models.grievances.tables import Grievance

REVEAL_WITHIN = timedelta(days=7)

_WAITING = (
    select(Grievance.id)
    .where(Grievance.reveal_digest == bindparam("phone"), Grievance.filed_at > bindparam("since"))
    .where(Grievance.lane != Lane.SENSITIVE)
    .order_by(Grievance.filed_at, Grievance.id)
)


def waiting(db: Connection, phone: str, now: datetime, speakers: Iterable[int] = ()) -> int | None:
    """The case filed by SMS from this phone whose number was not shown yet; None in the sensitive lane.

    `speakers` are the members who have the phone: where one of them is barred from the case, it is not shown there.
    """
    given = {"phone": reveal_digest(phone), "since": now - REVEAL_WITHIN}
    people = frozenset(speakers)
    for case_id in db.execute(_WAITING, given).scalars().all():
        if not people or not people & bars.excluded(db, peek(db, case_id)):
            return case_id
    return None


def reveal(db: Connection, case_id: int) -> Filed | None:
    """Give a case filed by SMS its code, once; None when that was done before."""
    row = db.execute(
        update(Grievance)
        .where(Grievance.id == case_id, Grievance.reveal_digest.is_not(None), Grievance.lane != Lane.SENSITIVE)
        .values(reveal_digest=None)
        .returning(Grievance.reference_sealed, Grievance.answer_by, Grievance.level_id)
    ).one_or_none()
    if row is None:
        return None
    reference, code = vault.unseal(row.reference_sealed), numbers.new_code()
    digest = numbers.code_digest(reference, code)
    db.execute(update(Grievance).where(Grievance.id == case_id).values(code_digest=digest))
    return Filed(reference, code, row.answer_by, body_name(db, row.level_id))
