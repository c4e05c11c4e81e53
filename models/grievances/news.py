"""The SMS that cases send: that there is something to do, or some news. Never which case, about what, or from whom.

The sensitive lane sends none. Those who are barred from a case get none, nor does a phone that one of them shares.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models import messages, quiet
from models.grievances import bars, merging
from models.grievances.held import Held, caller, peek
from models.grievances.kinds import Follow, Lane
from models.hours import Night
from models.members import Member, Phone
from models.messages import Urgency

_REACHED = (
    select(Member.id, Phone.number, Member.language, Member.cooperative_id)
    .join(Phone, Phone.member_id == Member.id)
    .where(Member.id.in_(bindparam("members", expanding=True)))
    .order_by(Member.id, Phone.confirmed_at.is_(None), Phone.number)
)
_ON_PHONE = (
    select(Member.id, Member.language, Member.cooperative_id)
    .join(Phone, Phone.member_id == Member.id)
    .where(Phone.number == bindparam("phone"))
    .order_by(Member.id)
)


def to_do(db: Connection, held: Held, people: Iterable[int], mark: str, now: datetime) -> None:
    """Tell those who handle a case that there is something to do: once for a mark, the day it is told and the day due.

    Whoever complains thirty times sends the desk one SMS.
    """
    if held.lane is Lane.SENSITIVE or held.due_at is None:
        return
    for member_id, phone, language, home in _first_phones(db, people):
        night = quiet.of(db, home)
        due = held.due_at.astimezone(night.zone).date()
        key = f"{mark}:{member_id}:{night.over(now).date()}:{due}"
        _send(db, phone, language, "case_to_do", {"day": due.isoformat()}, key, night, now)


def to_owner(db: Connection, held: Held, now: datetime) -> None:
    """Tell whoever complained, and each whose case is handled with it, that there is news, if they chose an SMS: once
    a day at most.
    """
    if held.lane is Lane.SENSITIVE:
        return
    for each in merging.family(db, held.id):
        _to_owner(db, held if each == held.id else peek(db, each), now)


def _to_owner(db: Connection, held: Held, now: datetime) -> None:
    who = caller(held)
    if held.follow is not Follow.SMS or who.phone is None:
        return
    speakers = db.execute(_ON_PHONE, {"phone": who.phone}).all()
    if {row.id for row in speakers} & bars.excluded(db, held):
        return
    mine = next((row for row in speakers if row.id == who.member_id), None)
    language, night = (mine.language, quiet.of(db, mine.cooperative_id)) if mine else ("fr", Night(ZoneInfo("UTC")))
    _send(db, who.phone, language, "case_news", {}, f"case:{held.id}:news:{now.date()}", night, now)


def to_party(db: Connection, held: Held, people: Iterable[int], now: datetime) -> None:
    """Tell the other side, which was invited, that there is news; once a day at most."""
    if held.lane is Lane.SENSITIVE:
        return
    for member_id, phone, language, home in _first_phones(db, people):
        key = f"case:{held.id}:party:{member_id}:{now.date()}"
        _send(db, phone, language, "case_news", {}, key, quiet.of(db, home), now)


def _first_phones(db: Connection, people: Iterable[int]) -> list[tuple[int, str, str, int]]:
    reached: dict[int, tuple[int, str, str, int]] = {}
    for row in db.execute(_REACHED, {"members": sorted(set(people))}):
        reached.setdefault(row.id, (row.id, row.number, row.language, row.cooperative_id))
    return list(reached.values())


def _send(
    db: Connection, phone: str, language: str, kind: str, facts: dict[str, Any], key: str, night: Night, now: datetime
) -> None:
    messages.queue(db, phone, language, kind, facts, key, now, Urgency.RECEIPT, not_before=night.over(now))
