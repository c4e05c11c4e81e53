"""The number and the code of a case that may never have been seen are shown, once.

Those of a case that came by SMS are shown when the same phone dials within seven days. Where a case was filed on a
screen whose last page got lost, they are shown to the same member on the same phone, behind the secret code they had
then, until number and code were used: then they were seen. Of a case without a name that is some minutes, since nothing
that leads to the phone is kept longer; and of one that somebody took for another.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from models import members, vault
from models.grievances import bars, floods, numbers, tally
from models.grievances.filing import Filed, body_name
from models.grievances.held import caller, peek
from models.grievances.kinds import Came, Lane
from models.grievances.tables import Grievance

_WAITING = (
    select(Grievance.id)
    .where(Grievance.reveal_digest.in_(bindparam("digests", expanding=True)))
    .where(Grievance.reveal_until > bindparam("now"), Grievance.lane != Lane.SENSITIVE)
    .order_by(Grievance.filed_at, Grievance.id)
)


def waiting(db: Connection, phone: str, now: datetime, speakers: Iterable[int] = ()) -> int | None:
    """The case filed by SMS from this phone whose number was not shown yet; None in the sensitive lane.

    `speakers` are the members who have the phone: where one of them is barred from the case, it is not shown there.
    """
    return _first(db, _by(db, now, numbers.reveal_digest(phone)), speakers)


def unseen(db: Connection, phone: str, member_id: int, now: datetime, speakers: Iterable[int] = ()) -> int | None:
    """The case that a member filed on this phone, or told of at a desk, and whose number and code nobody has used."""
    named = _by(db, now, numbers.reveal_digest(phone, member_id), numbers.reveal_digest(ANY_PHONE, member_id))
    return _first(db, [*named, *floods.just_filed(db, phone, member_id, now)], speakers)


ANY_PHONE = "*"  # whichever the member has by now: told of at a desk, the one they filed it on may be gone


def _by(db: Connection, now: datetime, *digests: str) -> list[int]:
    return list(db.execute(_WAITING, {"digests": digests, "now": now}).scalars())


def _first(db: Connection, cases: Iterable[int], speakers: Iterable[int]) -> int | None:
    people = frozenset(speakers)
    for case_id in cases:
        if not people or not people & bars.excluded(db, peek(db, case_id)):
            return case_id
    return None


def reveal(db: Connection, case_id: int) -> Filed | None:
    """Give a case that nobody has seen yet a code, once; None when that was done before.

    A code that was shown before stays good beside it, until one of the two is used; one that was lost is dead.
    """
    tally.turn(db)
    mine = (Grievance.id == case_id, Grievance.lane != Lane.SENSITIVE)
    waits = db.execute(select(Grievance.id).where(*mine, Grievance.reveal_digest.is_not(None))).one_or_none()
    if not floods.seen(db, case_id) and waits is None:
        return None
    found = select(
        *(Grievance.reference_sealed, Grievance.code_digest, Grievance.reveal_digest),
        *(Grievance.answer_by, Grievance.level_id, Grievance.caller_sealed, Grievance.came_by),
    )
    row = db.execute(found.where(*mine)).one_or_none()
    if row is None:
        return None
    reference, code = vault.unseal(row.reference_sealed), numbers.new_code()
    kept = [] if _lost(db, case_id, row.reveal_digest) else (row.code_digest or "").split()
    digests = " ".join([*kept, numbers.code_digest(reference, code)])
    fresh = {"code_digest": digests, "reveal_digest": None}
    db.execute(update(Grievance).where(Grievance.id == case_id).values(fresh))
    helped = row.came_by is Came.RELAY
    return Filed(reference, code, row.answer_by, body_name(db, row.level_id), row.caller_sealed is not None, helped)


def _lost(db: Connection, case_id: int, shown_by: str | None) -> bool:
    """Whether the code was told of as lost: somebody else may have found it, and would end the new one by using it."""
    who = caller(peek(db, case_id)).member_id
    return who is not None and shown_by == numbers.reveal_digest(ANY_PHONE, who)


def hide(db: Connection, member_id: int) -> None:
    """The secret code of a member was ended: what they filed before is not shown to whoever chooses the next one."""
    tally.turn(db)
    phones = members.phones(db, member_id)
    digests = [numbers.reveal_digest(phone, who) for phone in phones for who in (member_id, None)]
    digests.append(numbers.reveal_digest(ANY_PHONE, member_id))
    db.execute(update(Grievance).where(Grievance.reveal_digest.in_(digests)).values(reveal_digest=None))
    floods.hide(db, phones, member_id)
