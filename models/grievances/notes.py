"""Words added to a case, in both directions, sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, update

from models import vault
from models.grievances import merging
from models.grievances.numbers import new_id
from models.grievances.tables import CaseNote
from models.writing import insert_once


@dataclass(frozen=True, slots=True)
class Note:
    """What was written, by the committee or (not `to_owner`) by the complainant; when it was read."""

    to_owner: bool
    words: str
    written_at: datetime
    read_at: datetime | None


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


def read(db: Connection, case_id: int, to_owner: bool, now: datetime) -> None:
    """Whom it is for has read it."""
    mine = (CaseNote.grievance_id == case_id, CaseNote.to_owner == to_owner, CaseNote.read_at.is_(None))
    db.execute(update(CaseNote).where(*mine).values(read_at=now))
