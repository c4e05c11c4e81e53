"""A case as its owner follows it: opened with number and code, added to, taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import grievances, vault
from models.base import Base
from models.grievances import Grievance, Note, State
from models.writing import insert_once

TRIES = 3
GUESSES = 6
LOCKED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes for this case; the others stay open."""

    opens_at: datetime


class Guess(Base):
    """Wrong codes from one phone, whatever the case: who tries many numbers is stopped as well."""

    __tablename__ = "case_guesses"

    phone_digest: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    tries: Mapped[int]


_SHUT_OUT = (
    select(Guess.phone_digest)
    .where(Guess.phone_digest == bindparam("phone"), Guess.tries >= GUESSES, Guess.since > bindparam("hour_ago"))
    .exists()
)
_TRY = (
    update(Grievance)
    .where(Grievance.reference == bindparam("number"), ~_SHUT_OUT)
    .where(or_(Grievance.opens_at.is_(None), Grievance.opens_at <= bindparam("now")))
    .values(
        tries=case((Grievance.tries >= TRIES - 1, 0), else_=Grievance.tries + 1),
        opens_at=case((Grievance.tries >= TRIES - 1, bindparam("later")), else_=None),
    )
    .returning(Grievance.id, Grievance.code_digest, Grievance.opens_at)
)


def open_case(db: Connection, reference: str, code: str, phone: str, now: datetime) -> int | Locked | None:
    """Open a case by number and code: its id, or None when they do not go together, or how long it is locked.

    Each try is counted in one UPDATE; three wrong ones lock this number for an hour, six shut out the phone. A number
    that does not exist is answered like a wrong code.
    """
    caller = vault.digest("guess", phone)
    given = {"number": reference, "now": now, "later": now + LOCKED_FOR, "phone": caller, "hour_ago": now - LOCKED_FOR}
    row = db.execute(_TRY, given).one_or_none()
    if row is None:
        opens_at = db.execute(select(Grievance.opens_at).where(Grievance.reference == reference)).scalar_one_or_none()
        return Locked(opens_at) if opens_at and opens_at > now else _guessed(db, caller, now)
    if row.code_digest is None or not vault.same(row.code_digest, grievances.code_digest(reference, code)):
        return Locked(row.opens_at) if row.opens_at else _guessed(db, caller, now)
    db.execute(update(Grievance).where(Grievance.id == row.id).values(tries=0, opens_at=None))
    return int(row.id)


def _guessed(db: Connection, caller: str, now: datetime) -> Locked | None:
    """Count a wrong code of a phone; whether it is shut out now."""
    old = update(Guess).where(Guess.phone_digest == caller, Guess.since <= now - LOCKED_FOR)
    db.execute(old.values(since=now, tries=0))
    insert_once(db, Guess, {"phone_digest": caller, "since": now, "tries": 0})
    counted = update(Guess).where(Guess.phone_digest == caller).values(tries=Guess.tries + 1)
    tries = db.execute(counted.returning(Guess.tries)).scalar_one()
    return Locked(now + LOCKED_FOR) if tries >= GUESSES else None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its owner sees it."""

    case_id: int
    reference: str
    state: State
    filed_at: datetime
    answer_by: datetime
    notes: int


_CASE = (
    select(
        Grievance.id,
        Grievance.reference,
        Grievance.state,
        Grievance.filed_at,
        Grievance.answer_by,
        select(func.count()).where(Note.grievance_id == Grievance.id).correlate(Grievance).scalar_subquery(),
    )
    .where(Grievance.id == bindparam("case"))
)  # fmt: skip


def opened(db: Connection, case_id: int) -> Case:
    """A case that was opened with its code. Raises NoResultFound when it is gone."""
    return Case(*db.execute(_CASE, {"case": case_id}).one())


def add_note(db: Connection, case_id: int, words: str, key: str, now: datetime) -> None:
    """Add words to a case; the same press never adds twice."""
    values = {
        "grievance_id": case_id,
        "key": vault.digest("note", key),
        "words_sealed": vault.seal(words),
        "written_at": now,
    }
    insert_once(db, Note, values)


def withdraw(db: Connection, case_id: int) -> None:
    """The owner takes the case back. It stays on file as withdrawn."""
    db.execute(update(Grievance).where(Grievance.id == case_id).values(state=State.WITHDRAWN))
