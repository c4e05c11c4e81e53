"""Opening a case by number and code, from any phone. Guessing is stopped: per case and phone, per phone, for all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, select, update

from models import vault
from models.grievances import floods, tally
from models.grievances.numbers import code_digest, reference_digest
from models.grievances.tables import Grievance, Guess
from models.writing import insert_once

TRIES = 3
TRIES_OF_ALL = 9
GUESSES = 6
# Of all phones together in an hour: beyond it, one wrong code is all a phone has. Right codes open as ever.
GUESSES_OF_ALL = 300
GUESSES_THEN = 1
LOCKED_FOR = timedelta(hours=1)
ALL = "*"


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes for this number on this phone; other numbers and other phones stay open."""

    opens_at: datetime


_CASE = select(Grievance.id, Grievance.code_digest).where(Grievance.reference_digest == bindparam("number"))


def open_case(db: Connection, reference: str, code: str, phone: str, now: datetime) -> int | Locked | None:
    """Open a case by number and code: its id, or None when they do not go together, or how long it is locked.

    Three wrong codes lock this number on this phone for an hour, six shut out the phone; nine from all phones leave
    each phone one wrong code for this number. So nobody tries all codes, and who saw a number keeps no one else out.
    Each try is counted before it is looked at, in the same way for a number that does not exist: nothing tells which
    ones do. Once opened, its number and code are not shown again, of two codes only the one that was used stays good,
    and the day is kept: what its owner looks at is not dropped, and time to appeal runs from there.
    """
    caller, pair = vault.digest("guess", phone), vault.digest("guess", f"{phone} {reference}")
    if _shut_out(db, caller, now):
        return Locked(now + LOCKED_FOR)
    tally.turn(db)  # whoever opens a case may go on and change it
    everybody = vault.digest("guess", f"{ALL} {reference}")
    most = TRIES if _tried(db, everybody, now) < TRIES_OF_ALL else GUESSES_THEN
    tries, since = _count(db, pair, now)
    if tries > most:
        return Locked(since + LOCKED_FOR)
    row = db.execute(_CASE, {"number": reference_digest(reference)}).one_or_none()
    right = code_digest(reference, code)
    codes = (row.code_digest or "").split() if row else []
    if row is None or not any(vault.same(each, right) for each in codes):
        guessed = _guessed(db, caller, now)
        _count(db, everybody, now)
        return _lock(db, pair, now) if tries >= most else guessed
    db.execute(delete(Guess).where(Guess.phone_digest == pair))
    day = now.date()
    seen = {"looked_on": day, "heard_on": func.coalesce(Grievance.heard_on, day), "reveal_digest": None}
    db.execute(update(Grievance).where(Grievance.id == row.id).values(code_digest=right, **seen))
    floods.seen(db, row.id)
    return int(row.id)


def _lock(db: Connection, pair: str, now: datetime) -> Locked:
    """The hour begins with the last code that was tried."""
    db.execute(update(Guess).where(Guess.phone_digest == pair).values(since=now))
    return Locked(now + LOCKED_FOR)


_TRIED = select(Guess.tries).where(Guess.phone_digest == bindparam("who"), Guess.since > bindparam("since"))


def _tried(db: Connection, who: str, now: datetime) -> int:
    return db.execute(_TRIED, {"who": who, "since": now - LOCKED_FOR}).scalar_one_or_none() or 0


def _shut_out(db: Connection, caller: str, now: datetime) -> bool:
    return _tried(db, caller, now) >= (GUESSES if _tried(db, ALL, now) < GUESSES_OF_ALL else GUESSES_THEN)


def _guessed(db: Connection, caller: str, now: datetime) -> Locked | None:
    """Count a wrong code of a phone; whether it is shut out now."""
    _count(db, ALL, now)
    _count(db, caller, now)
    return Locked(now + LOCKED_FOR) if _shut_out(db, caller, now) else None


def _count(db: Connection, who: str, now: datetime) -> tuple[int, datetime]:
    """Count one more of an hour, in one UPDATE; how many, and since when."""
    old = update(Guess).where(Guess.phone_digest == who, Guess.since <= now - LOCKED_FOR)
    db.execute(old.values(since=now, tries=0))
    insert_once(db, Guess, {"phone_digest": who, "since": now, "tries": 0})
    more = update(Guess).where(Guess.phone_digest == who).values(tries=Guess.tries + 1)
    row = db.execute(more.returning(Guess.tries, Guess.since)).one()
    return row.tries, row.since
