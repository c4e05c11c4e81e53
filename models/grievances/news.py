"""The SMS that cases send: that there is something to do, or some news. Never which case, about what, or from whom.

The sensitive lane sends none. Those who are barred from a case get none, nor does a phone that one of them shares.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from models import members, messages, vault
from models.cooperatives import Cooperative
from models.grievances import bars
from models.grievances.held import Caller, Held, caller
from models.grievances.kinds import Follow, Lane
from models.hours import awake
from models.members import Member, Phone
from models.messages import Message, MessageState, Urgency
from models.writing import batches

_REACHED = (
    select(Member.id, Phone.number, Member.language, Cooperative.time_zone)
    .join(Phone, Phone.member_id == Member.id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .where(Member.id.in_(bindparam("members", expanding=True)))
    .order_by(Member.id, Phone.confirmed_at.is_(None), Phone.number)
)
_ON_PHONE = (
    select(Member.id, Member.language, Cooperative.time_zone)
    .join(Phone, Phone.member_id == Member.id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .where(Phone.number == bindparam("phone"))
    .order_by(Member.id)
)


def to_do(db: Connection, held: Held, people: Iterable[int], mark: str, now: datetime) -> None:
    """Tell those who handle a case that there is something to do, by day, once for each mark."""
    if held.lane is Lane.SENSITIVE or held.due_at is None:
        return
    for member_id, phone, language, zone in _first_phones(db, people):
        due = held.due_at.astimezone(ZoneInfo(zone)).date()
        _send(db, phone, language, "case_to_do", {"day": due.isoformat()}, f"{mark}:{member_id}", zone, now)


def to_owner(db: Connection, held: Held, now: datetime) -> None:
    """Tell the complainant of news, if they chose an SMS and still have the number: once a day at most."""
    who = caller(held)
    if held.lane is Lane.SENSITIVE or held.follow is not Follow.SMS or who.phone is None:
        return
    speakers = db.execute(_ON_PHONE, {"phone": who.phone}).all()
    if number(db, who) is None or {row.id for row in speakers} & bars.excluded(db, held):
        return
    mine = next((row for row in speakers if row.id == who.member_id), None)
    language, zone = (mine.language, mine.time_zone) if mine else ("fr", "UTC")
    _send(db, who.phone, language, "case_news", {}, _to_owner(held.id, now.date()), zone, now)


def number(db: Connection, who: Caller) -> str | None:
    """The number that somebody complained from; None when it is not that member's any more: another one has it."""
    if who.member_id is None or who.phone is None:
        return who.phone
    return who.phone if who.phone in members.phones(db, who.member_id) else None


def to_party(db: Connection, held: Held, people: Iterable[int], now: datetime) -> None:
    """Tell the other side, which was invited, that there is news; once a day at most."""
    if held.lane is Lane.SENSITIVE:
        return
    for member_id, phone, language, zone in _first_phones(db, people):
        _send(db, phone, language, "case_news", {}, _to_party(held.id, member_id, now.date()), zone, now)


_WAITING = select(Message.key, Message.phone).where(
    Message.kind.in_(("case_news", "case_to_do")), messages.stands(MessageState.QUEUED)
)
_SPEAKERS = select(Phone.member_id).where(Phone.number.in_(bindparam("phones", expanding=True))).distinct()
ENTRUSTED = "entrusted"


def cancel(db: Connection, held: Held, now: datetime) -> None:
    """No SMS that waits for a case leaves any more: it turned out to be private.

    A message does not say which case it is of, so each one that waits is compared with those the case can have sent.
    """
    waiting = db.execute(_WAITING).all()
    phones = sorted({row.phone for row in waiting})
    speakers = {each for some in batches(phones) for each in db.execute(_SPEAKERS, {"phones": some}).scalars()}
    mine = {vault.digest("message", key) for key in _keys(held, speakers, now)} if waiting else set()
    for some in batches(sorted(mine & {row.key for row in waiting})):
        there = update(Message).where(Message.key.in_(some), messages.stands(MessageState.QUEUED))
        db.execute(there.values(state=MessageState.CANCELLED))


def _keys(held: Held, people: Collection[int], now: datetime) -> Iterator[str]:
    """The keys of all that a case may have sent up to now."""
    for number in range((now.date() - held.filed_at.date()).days + 1):
        day = now.date() - timedelta(days=number)
        yield _to_owner(held.id, day)
        yield from (_to_party(held.id, each, day) for each in people)
    for step in range(held.steps + 1):
        for mark in ("0", "1", "2", ENTRUSTED):
            yield from (f"{to_do_mark(held.id, step, mark)}:{each}" for each in people)


def to_do_mark(case_id: int, step: int, mark: str) -> str:
    """What an SMS to those who handle a case is told by: after which step, and for which moment of it."""
    return f"case:{case_id}:{step}:{mark}"


def _to_owner(case_id: int, day: date) -> str:
    return f"case:{case_id}:news:{day}"


def _to_party(case_id: int, member_id: int, day: date) -> str:
    return f"case:{case_id}:party:{member_id}:{day}"


def _first_phones(db: Connection, people: Iterable[int]) -> list[tuple[int, str, str, str]]:
    reached: dict[int, tuple[int, str, str, str]] = {}
    for row in db.execute(_REACHED, {"members": sorted(set(people))}):
        reached.setdefault(row.id, (row.id, row.number, row.language, row.time_zone))
    return list(reached.values())


def _send(
    db: Connection, phone: str, language: str, kind: str, facts: dict[str, Any], key: str, zone: str, now: datetime
) -> None:
    by_day = awake(now, ZoneInfo(zone))
    messages.queue(db, phone, language, kind, facts, key, now, Urgency.RECEIPT, not_before=by_day)
