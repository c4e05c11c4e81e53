"""Opening a case by number and code, from any phone. Guessing is stopped: per case, per phone, and for all together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from models import vault
from models.grievances.numbers import code_digest, reference_digest
from models.grievances.tables import Grievance, Guess
from models.writing import insert_once

TRIES = 3
GUESSES = 6
# Of all phones together in an hour: beyond it, one wrong code is all a phone has. Right codes open as ever.
GUESSES_OF_ALL = 300
GUESSES_THEN = 1
LOCKED_FOR = timedelta(hours=1)
ALL = "*"


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes for this case; the others stay open."""

    opens_at: datetime


_OPEN = or_(Grievance.opens_at.is_(None), Grievance.opens_at <= bindparam("now"))
_TRY = (
    update(Grievance)
    .where(Grievance.reference_digest == bindparam("number"), _OPEN)
    .values(
        tries=case((Grievance.tries >= TRIES - 1, 0), else_=Grievance.tries + 1),
        opens_at=case((Grievance.tries >= TRIES - 1, bindparam("later")), else_=None),
    )
    .returning(Grievance.id, Grievance.reference_sealed, Grievance.code_digest, Grievance.opens_at)
)
_LOCKED = select(Grievance.opens_at).where(Grievance.reference_digest == bindparam("number"))


def open_case(db: Connection, reference: str, code: str, phone: str, now: datetime) -> int | Locked | None:
    """Open a case by number and code: its id, or None when they do not go together, or how long it is locked.

    Each try is counted in one UPDATE; three wrong ones lock this number for an hour, six shut out the phone. A number
    that does not exist is answered like a wrong code. Once opened, its number and code are not shown again, and
    the day is kept: what its owner looks at is not dropped, and time to appeal runs from there.
    """
    caller, number = vault.digest("guess", phone), reference_digest(reference)
    if _shut_out(db, caller, now):
        return Locked(now + LOCKED_FOR)
    row = db.execute(_TRY, {"number": number, "now": now, "later": now + LOCKED_FOR}).one_or_none()
    if row is None:
        opens_at = db.execute(_LOCKED, {"number": number}).scalar_one_or_none()
        return Locked(opens_at) if opens_at and opens_at > now else _guessed(db, caller, now)
    if row.code_digest is None or not vault.same(row.code_digest, code_digest(reference, code)):
        guessed = _guessed(db, caller, now)
        return Locked(row.opens_at) if row.opens_at else guessed
    day = now.date()
    seen = {"looked_on": day, "heard_on": func.coalesce(Grievance.heard_on, day), "reveal_digest": None}
    db.execute(update(Grievance).where(Grievance.id == row.id).values(tries=0, opens_at=None, **seen))
    return int(row.id)


_TRIED = select(Guess.tries).where(Guess.phone_digest == bindparam("who"), Guess.since > bindparam("since"))


def _shut_out(db: Connection, caller: str, now: datetime) -> bool:
    tries = {
        who: db.execute(_TRIED, {"who": who, "since": now - LOCKED_FOR}).scalar_one_or_none() or 0
        for who in (caller, ALL)
    }
    return tries[caller] >= (GUESSES if tries[ALL] < GUESSES_OF_ALL else GUESSES_THEN)


def _guessed(db: Connection, caller: str, now: datetime) -> Locked | None:
    """Count a wrong code of a phone; whether it is shut out now."""
    _count(db, ALL, now)
    _count(db, caller, now)
    return Locked(now + LOCKED_FOR) if _shut_out(db, caller, now) else None


def _count(db: Connection, who: str, now: datetime) -> None:
    old = update(Guess).where(Guess.phone_digest == who, Guess.since <= now - LOCKED_FOR)
    db.execute(old.values(since=now, tries=0))
    insert_once(db, Guess, {"phone_digest": who, "since": now, "tries": 0})
    db.execute(update(Guess).where(Guess.phone_digest == who).values(tries=Guess.tries + 1))
