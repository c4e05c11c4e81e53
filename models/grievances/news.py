"""The SMS that cases send: that there is something to do, or some news. Never which case, about what, or from whom.

The sensitive lane sends none. Those who are barred from a case get none, nor does a phone that one of them shares.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models import hours, members, messages, quiet, vault
from models.grievances import bars, merging
from models.grievances.held import Caller, Held, caller, peek
from models.grievances.kinds import Follow, Lane
from models.hours import Night
from models.members import Member, Phone
from models.messages import Message, MessageState, Urgency
from models.writing import batches

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


def to_do(db: Connection, held: Held, people: Iterable[int], now: datetime, mark: str = "case:desk") -> None:
    """Tell those who handle a case that there is something to do: once for a mark, the day it is told and the day due.

    Whoever complains thirty times sends the desk one SMS.
    """
    if held.lane is Lane.SENSITIVE or held.due_at is None:
        return
    for member_id, phone, language, home in _first_phones(db, people):
        night = quiet.of(db, home)
        due = held.due_at.astimezone(night.zone).date()
        key = f"{mark}:{member_id}:{night.over(now).date()}:{due}"
        _, over = hours.day_of(held.due_at, night.zone)  # what comes later says a day that is past
        until = over if over > night.over(now) else None  # what is late already is told all the same
        _send(db, phone, language, "case_to_do", {"day": due.isoformat()}, key, night, now, until)


def to_owner(db: Connection, held: Held, now: datetime) -> None:
    """Tell whoever complained, and each whose case is handled with it, of news, if they chose an SMS and still have
    the number: once a day at most.
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
    if number(db, who) is None or {row.id for row in speakers} & bars.excluded(db, held):
        return
    mine = next((row for row in speakers if row.id == who.member_id), None)
    language, night = (mine.language, quiet.of(db, mine.cooperative_id)) if mine else ("fr", Night(ZoneInfo("UTC")))
    _send(db, who.phone, language, "case_news", {}, _owner_key(held.id, now.date()), night, now)


def number(db: Connection, who: Caller) -> str | None:
    """The number that somebody complained from; None when it is not that member's any more: another one has it."""
    if who.member_id is None or who.phone is None:
        return who.phone
    return who.phone if who.phone in members.phones(db, who.member_id) else None


def to_party(db: Connection, held: Held, people: Iterable[int], now: datetime) -> None:
    """Tell the other side, which was invited, that there is news; once a day at most."""
    if held.lane is Lane.SENSITIVE:
        return
    for member_id, phone, language, home in _first_phones(db, people):
        key = _party_key(held.id, member_id, now.date())
        _send(db, phone, language, "case_news", {}, key, quiet.of(db, home), now)


_WAITING = select(Message.key, Message.phone).where(
    Message.kind == "case_news", messages.stands(MessageState.QUEUED, *messages.UNSETTLED)
)
_SPEAKERS = select(Phone.member_id).where(Phone.number.in_(bindparam("phones", expanding=True))).distinct()


def cancel(db: Connection, held: Held, now: datetime) -> None:
    """No SMS that waits for who complained or the other side leaves any more: a case, with those that are handled with
    it, turned out to be private. What a desk is sent is of no case: it is one SMS for all that is due on a day.

    A message does not say which case it is of, so each one that waits is compared with those the cases can have sent.
    """
    waiting = db.execute(_WAITING).all()
    if not waiting:
        return
    phones = sorted({row.phone for row in waiting})
    speakers = {each for some in batches(phones) for each in db.execute(_SPEAKERS, {"phones": some}).scalars()}
    there = [peek(db, each) for each in merging.family(db, held.id)]
    mine = {vault.digest("message", key) for each in there for key in _keys(each, speakers, now)}
    for some in batches(sorted(mine & {row.key for row in waiting})):
        messages.take_back(db, now, Message.key.in_(some))


def hush(db: Connection, held: Held, now: datetime) -> None:
    """No SMS that waits for who complained leaves any more, of this case; of those joined to it others are told."""
    for some in batches([vault.digest("message", _owner_key(held.id, day)) for day in _days(held, now)]):
        messages.take_back(db, now, Message.key.in_(some))


def _keys(held: Held, people: Collection[int], now: datetime) -> Iterator[str]:
    """The keys of all that a case may have sent up to now."""
    for day in _days(held, now):
        yield _owner_key(held.id, day)
        yield from (_party_key(held.id, each, day) for each in people)


def _days(held: Held, now: datetime) -> Iterator[date]:
    """Each day of a case up to now, and the next one, since the end of a day somewhere is the next one here."""
    last = now.date() + timedelta(days=1)
    for days in range((last - held.filed_at.date()).days + 1):
        yield last - timedelta(days=days)


def _owner_key(case_id: int, day: date) -> str:
    return f"case:{case_id}:news:{day}"


def _party_key(case_id: int, member_id: int, day: date) -> str:
    return f"case:{case_id}:party:{member_id}:{day}"


def _first_phones(db: Connection, people: Iterable[int]) -> list[tuple[int, str, str, int]]:
    reached: dict[int, tuple[int, str, str, int]] = {}
    for row in db.execute(_REACHED, {"members": sorted(set(people))}):
        reached.setdefault(row.id, (row.id, row.number, row.language, row.cooperative_id))
    return list(reached.values())


def _send(
    db: Connection,
    phone: str,
    language: str,
    kind: str,
    facts: dict[str, Any],
    key: str,
    night: Night,
    now: datetime,
    until: datetime | None = None,
) -> None:
    messages.queue(db, phone, language, kind, facts, key, now, Urgency.RECEIPT, night.over(now), until)
