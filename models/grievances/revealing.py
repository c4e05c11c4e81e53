"""The number and the code of a case that may never have been seen are shown, once, within seven days.

One that came by SMS, when the same phone dials. One that was filed on a screen whose last page got lost on its way,
to the same member on the same phone, who had a secret code then: until its number and code were used, for then they
were seen.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from models import members, vault
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
    return _first(db, reveal_digest(phone), frozenset(speakers), now)


def unseen(db: Connection, phone: str, member_id: int, now: datetime, speakers: Iterable[int] = ()) -> int | None:
    """The case that a member filed on this phone with their name, and whose number and code nobody has used yet."""
    return _first(db, reveal_digest(phone, member_id), frozenset(speakers), now)


def _first(db: Connection, digest: str, people: frozenset[int], now: datetime) -> int | None:
    given = {"phone": digest, "since": now - REVEAL_WITHIN}
    for case_id in db.execute(_WAITING, given).scalars().all():
        if not people or not people & bars.excluded(db, peek(db, case_id)):
            return case_id
    return None


def reveal(db: Connection, case_id: int) -> Filed | None:
    """Give a case that nobody has seen yet a code, once; None when that was done before.

    A code that was shown before stays good beside it, until one of the two is used.
    """
    row = db.execute(
        update(Grievance)
        .where(Grievance.id == case_id, Grievance.reveal_digest.is_not(None), Grievance.lane != Lane.SENSITIVE)
        .values(reveal_digest=None)
        .returning(Grievance.reference_sealed, Grievance.code_digest, Grievance.answer_by, Grievance.level_id)
    ).one_or_none()
    if row is None:
        return None
    reference, code = vault.unseal(row.reference_sealed), numbers.new_code()
    digests = [*(row.code_digest or "").split(), numbers.code_digest(reference, code)]
    db.execute(update(Grievance).where(Grievance.id == case_id).values(code_digest=" ".join(digests)))
    return Filed(reference, code, row.answer_by, body_name(db, row.level_id))


def hide(db: Connection, member_id: int) -> None:
    """The secret code of a member was ended: what they filed before is not shown to whoever chooses the next one."""
    phones = members.phones(db, member_id)
    digests = [reveal_digest(phone, who) for phone in phones for who in (member_id, None)]
    db.execute(update(Grievance).where(Grievance.reveal_digest.in_(digests)).values(reveal_digest=None))
