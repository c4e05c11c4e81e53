"""Words added to a case, in both directions, sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from models import vault
from models.grievances import merging
from models.grievances.numbers import new_id
from models.grievances.tables import CaseNote, Grievance
from models.writing import insert_once


@dataclass(frozen=True, slots=True)
class Note:
    """What was written, by the committee or (not `to_owner`) by the complainant; when it was read.

    `other`: by another complainant, whose case was joined to this one.
    """

    to_owner: bool
    words: str
    written_at: datetime
    read_at: datetime | None
    other: bool = False


_LAST = select(func.max(CaseNote.written_at)).where(CaseNote.grievance_id == bindparam("case"))


def write(db: Connection, case_id: int, words: str, key: str, now: datetime, to_owner: bool) -> bool:
    """Add words to a case; False when the same press did before."""
    last = db.execute(_LAST, {"case": case_id}).scalar_one()
    if last is not None and last >= now:  # where only the day is kept, the order is kept all the same
        now = last + timedelta(microseconds=1)
    row = {
        "id": new_id(),
        "grievance_id": case_id,
        "key": vault.digest("note", key),
        "to_owner": to_owner,
        "words_sealed": vault.seal(words),
        "written_at": now,
        "read_at": None,
    }
    return insert_once(db, CaseNote, row) is not None


def letter(db: Connection, case_id: int, words: str, key: str, now: datetime) -> bool:
    """Write to whoever complained, and to each whose case is handled with it; False when the same press did before.

    Each has a letter of their own: what was written to one before the cases were joined is not for the others.
    """
    written = write(db, case_id, words, key, now, to_owner=True)
    for each in merging.family(db, case_id):
        if each != case_id:
            write(db, each, words, f"{key}:{each}", now, to_owner=True)
    return written


_OF = (
    select(CaseNote.to_owner, CaseNote.words_sealed, CaseNote.written_at, CaseNote.read_at)
    .where(CaseNote.grievance_id == bindparam("case"))
    .order_by(CaseNote.written_at, CaseNote.id)
)


def of(db: Connection, case_id: int) -> list[Note]:
    """All that was written on a case, first to last."""
    return [Note(row[0], vault.unseal(row[1]), row[2], row[3]) for row in db.execute(_OF, {"case": case_id})]


_JOINED = select(Grievance.id).where(Grievance.merged_into_id == bindparam("case"))
_HEARD = (
    select(CaseNote.to_owner, CaseNote.words_sealed, CaseNote.written_at, CaseNote.read_at, CaseNote.grievance_id)
    .where(or_(CaseNote.grievance_id == bindparam("case"), CaseNote.grievance_id.in_(_JOINED) & ~CaseNote.to_owner))
    .order_by(CaseNote.written_at, CaseNote.id)
)


def heard(db: Connection, case_id: int) -> list[Note]:
    """What a desk reads with a case: all that was written on it, and what those wrote whose cases were joined to it."""
    rows = db.execute(_HEARD, {"case": case_id})
    return [Note(row[0], vault.unseal(row[1]), row[2], row[3], other=row[4] != case_id) for row in rows]


def read_by_owner(db: Connection, case_id: int, now: datetime) -> None:
    """The complainant has read what was written to them."""
    mine = (CaseNote.grievance_id == case_id, CaseNote.to_owner, CaseNote.read_at.is_(None))
    db.execute(update(CaseNote).where(*mine).values(read_at=now))


def read_by_desk(db: Connection, case_id: int, now: datetime) -> None:
    """The desk has read what was written on a case, and on those that were joined to it."""
    there = or_(CaseNote.grievance_id == case_id, CaseNote.grievance_id.in_(_JOINED))
    unread = update(CaseNote).where(there, ~CaseNote.to_owner, CaseNote.read_at.is_(None))
    db.execute(unread.values(read_at=now), {"case": case_id})


_SAME = aliased(Grievance)
UNREAD = (
    select(CaseNote.id)
    .join(_SAME, _SAME.id == CaseNote.grievance_id)
    .where(or_(_SAME.id == Grievance.id, _SAME.merged_into_id == Grievance.id))
    .where(~CaseNote.to_owner, CaseNote.read_at.is_(None))
    .correlate(Grievance)
    .exists()
)
