"""Many cases of one caller on one day: never refused for good, and shown as one in the queue.

What is kept is a keyed digest of who called, apart from the case and for thirty days; of a sensitive case nothing. The
day and who may know the name go into it: rows of two days, or of a case with a name and one without, have nothing in
common that tells of one caller. Of who takes complaints for others only how many they took that day is kept, and of no
case that it was one of theirs, but for some minutes, so that a number which got lost on its way can be shown once
more: those come from different people, and stand each for itself.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.grievances.kinds import Came, Name
from models.grievances.tables import CaseFlood, Grievance, Guess
from models.writing import batches, insert_once

A_DAY = 5
KEPT = timedelta(days=30)
ONCE_MORE, ROUND = timedelta(minutes=10), timedelta(minutes=5)


class CaseRelay(Base):
    """How many complaints somebody took for others on a day, by a keyed digest; of which ones, nothing is kept."""

    __tablename__ = "case_relays"

    relay_digest: Mapped[str] = mapped_column(primary_key=True)
    on_day: Mapped[date] = mapped_column(primary_key=True)
    taken: Mapped[int]


class Flooded(ValueError):
    """So many cases came from this caller today that the next one is filed beyond them, and a call is offered."""


def _digest(phone: str, member_id: int | None, name: Name, day: date) -> str:
    """By who speaks as well: who shares a phone must not learn how often another one complained."""
    return vault.digest("case caller", f"{phone} {member_id or ''} {name} {day}")


def check(db: Connection, phone: str, member_id: int | None, day: date) -> None:
    """Raises Flooded when a caller filed five cases that day."""
    mine = CaseFlood.caller_digest.in_([_digest(phone, member_id, name, day) for name in Name])
    filed = select(func.count()).select_from(CaseFlood).where(mine, CaseFlood.on_day == day)
    if db.execute(filed).scalar_one() >= A_DAY:
        raise Flooded


def take(db: Connection, phone: str, member_id: int | None, day: date) -> int:
    """Count a case that somebody takes for another: the how manieth of that day it is; beyond `A_DAY` they are many."""
    relay = vault.digest("case relay", f"{phone} {member_id or ''}")
    insert_once(db, CaseRelay, {"relay_digest": relay, "on_day": day, "taken": 0})
    mine = (CaseRelay.relay_digest == relay, CaseRelay.on_day == day)
    counted = update(CaseRelay).where(*mine).values(taken=CaseRelay.taken + 1).returning(CaseRelay.taken)
    return db.execute(counted).scalar_one()


def note(
    db: Connection, case_id: int, phone: str, member_id: int | None, name: Name, now: datetime, just: bool = False
) -> None:
    """Keep for thirty days that a case came from a caller. `just`: for some minutes also that it was just now, so that
    its number can be shown once more; they end at a round time, since of when it was filed only the day is kept.
    """
    until = _soon(now) if just else None
    row = {"caller_digest": _digest(phone, member_id, name, now.date()), "on_day": now.date(), "shown_until": until}
    insert_once(db, CaseFlood, row | {"grievance_id": case_id})


def note_taken(db: Connection, case_id: int, phone: str, member_id: int | None, now: datetime) -> None:
    """Keep for some minutes that a case was taken by somebody for another; then nothing says so any more."""
    row = {"caller_digest": _taken(phone, member_id, now.date()), "on_day": now.date(), "shown_until": _soon(now)}
    insert_once(db, CaseFlood, row | {"grievance_id": case_id})


def _soon(now: datetime) -> datetime:
    later = now + ONCE_MORE
    return later + (datetime.min.replace(tzinfo=later.tzinfo) - later) % ROUND


def _taken(phone: str, member_id: int | None, day: date) -> str:
    return vault.digest("case just taken", f"{phone} {member_id or ''} {day}")


def just_filed(db: Connection, phone: str, member_id: int, now: datetime) -> list[int]:
    """The cases without a name that this caller filed, or took for another, within the last minutes, and nobody has
    opened.
    """
    days = {now.date(), (now - ONCE_MORE - ROUND).date()}  # around midnight, those of the day before
    here = CaseFlood.caller_digest.in_(_without_name([phone], member_id, sorted(days)))
    asked = select(CaseFlood.grievance_id).where(here, CaseFlood.shown_until > now)
    return list(db.execute(asked.order_by(CaseFlood.shown_until, CaseFlood.grievance_id)).scalars())


def _without_name(phones: Iterable[str], member_id: int, days: Collection[date]) -> list[str]:
    those = [(phone, day) for phone in phones for day in days]
    return [
        *(_digest(phone, member_id, Name.NOBODY, day) for phone, day in those),
        *(_taken(phone, member_id, day) for phone, day in those),
    ]


_RELAYED = CaseFlood.grievance_id.in_(select(Grievance.id).where(Grievance.came_by == Came.RELAY))


def seen(db: Connection, case_id: int) -> bool:
    """A case that was just filed is not shown once more; whether it could have been."""
    taken = delete(CaseFlood).where(CaseFlood.grievance_id == case_id, _RELAYED)
    if db.execute(taken).rowcount:
        return True
    mine = update(CaseFlood).where(CaseFlood.grievance_id == case_id, CaseFlood.shown_until.is_not(None))
    return bool(db.execute(mine.values(shown_until=None)).rowcount)


def hide(db: Connection, phones: Collection[str], member_id: int) -> None:
    """Nothing that a member just filed on one of their phones is shown there once more."""
    days = db.execute(select(CaseFlood.on_day).where(CaseFlood.shown_until.is_not(None)).distinct()).scalars().all()
    digests = _without_name(phones, member_id, days)
    db.execute(delete(CaseFlood).where(CaseFlood.caller_digest.in_(digests), _RELAYED))
    db.execute(update(CaseFlood).where(CaseFlood.caller_digest.in_(digests)).values(shown_until=None))


def together(db: Connection, cases: Collection[int]) -> dict[int, str]:
    """Which of some cases are a flood: by case, a mark that those of one caller, day and kind of name share.

    Fewer than five are nobody's flood: what somebody complained of besides is not told. Beside one with a name, one
    without it would have it too: they never share a mark. Nor does one whose name only its handler may know: who
    handles another one of that caller would know whose it is.
    """
    found: dict[int, str] = {}
    for some in batches(sorted(cases)):
        marks = select(CaseFlood.grievance_id, CaseFlood.caller_digest, Grievance.name).join(
            Grievance, Grievance.id == CaseFlood.grievance_id
        )
        alike = marks.where(CaseFlood.grievance_id.in_(some), Grievance.name != Name.HANDLER, ~_RELAYED)
        found |= {row.grievance_id: f"{row.caller_digest} {row.name}" for row in db.execute(alike)}
    many = Counter(found.values())
    return {case_id: mark for case_id, mark in found.items() if many[mark] >= A_DAY}


def cut(db: Connection, case_id: int) -> None:
    """Nothing ties a case to the phone it came from any more: it is not shown there, nor with others of it."""
    db.execute(update(Grievance).where(Grievance.id == case_id).values(reveal_digest=None))
    db.execute(delete(CaseFlood).where(CaseFlood.grievance_id == case_id))


def forget(db: Connection, now: datetime) -> None:
    """Drop what is older than thirty days; guesses, and what was taken for others, of yesterday; and what said for some
    minutes that a case was just filed.
    """
    db.execute(delete(CaseFlood).where(CaseFlood.shown_until <= now, _RELAYED))
    db.execute(update(CaseFlood).where(CaseFlood.shown_until <= now).values(shown_until=None))
    db.execute(delete(CaseFlood).where(CaseFlood.on_day < (now - KEPT).date()))
    db.execute(delete(CaseRelay).where(CaseRelay.on_day < (now - timedelta(days=1)).date()))
    db.execute(delete(Guess).where(Guess.since < now - timedelta(days=1)))
