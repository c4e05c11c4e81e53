"""Telling members by SMS what happened in their name: a fact, to one of their phones, in their language.

An amount goes along only when the member asked for amounts by SMS, and never to a phone that is somebody else's too.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select
from sqlalchemy.orm import aliased

from models import messages, quiet
from models.cooperatives import Cooperative
from models.members import Member, Phone
from models.messages import Message, Urgency
from models.quiet import QuietHours
from models.writing import batches, insert_all_once


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told: its kind, what it says, and the amounts that only those get who asked for them."""

    kind: str
    says: Mapping[str, Any]
    amounts: Mapping[str, Any] = field(default_factory=dict)


_other = aliased(Phone)
_SHARED = exists().where(_other.number == Phone.number, _other.member_id != Phone.member_id)
_WANTS = (Member.amounts_by_sms & ~_SHARED).label("wants")
_REACHED = (
    select(Phone.number, Member.language, Member.number, _WANTS, Cooperative.name, Cooperative.currency)
    .join(Member, Member.id == Phone.member_id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .where(Phone.member_id == bindparam("member"))
    .order_by(Phone.confirmed_at.is_(None), Phone.number)
)
_ALL_REACHED = (
    select(Phone.member_id, Phone.number.label("phone"), Member.language, Member.number, Cooperative.name)
    .add_columns(Cooperative.time_zone, QuietHours.evening, QuietHours.morning)
    .join(Member, Member.id == Phone.member_id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .outerjoin(QuietHours, QuietHours.cooperative_id == Cooperative.id)
    .where(Phone.member_id.in_(bindparam("members", expanding=True)))
    .order_by(Phone.confirmed_at.is_(None), Phone.number)
)
_ONE_PHONE = _REACHED.limit(1)


def tell(db: Connection, member_id: int, fact: Fact, key: str, now: datetime) -> None:
    """Tell a member on one phone, if they have any. The same key tells once.

    Who stopped notices is told all the same: a receipt of their own money is none.
    """
    found = db.execute(_ONE_PHONE, {"member": member_id}).one_or_none()
    if found is None:
        return
    phone, language, number, wants, cooperative, currency = found
    facts = {"member": number, "cooperative": cooperative, **fact.says}
    if wants:
        facts |= {"currency": currency, **fact.amounts}
    messages.queue(db, phone, language, fact.kind, facts, key, now, Urgency.RECEIPT)


def tell_all(db: Connection, members: Collection[int], fact: Fact, key: str, now: datetime) -> None:
    """Tell many members the same, as `tell` does, in as many statements as for one."""
    for reached in _reached(db, members):
        insert_all_once(db, Message, [_receipt(row, fact, f"{key}:{row.member_id}", now) for row in reached])


def tell_by_day(db: Connection, members: Collection[int], fact: Fact, key: str, now: datetime) -> None:
    """Tell many members the same, as `tell_all` does, but nobody while it is night where their body is."""
    for reached in _reached(db, members):
        letters = [_receipt(row, fact, f"{key}:{row.member_id}", now) | _by_day(row, now) for row in reached]
        insert_all_once(db, Message, letters)


def _by_day(row: Row[*tuple[Any, ...]], now: datetime) -> dict[str, Any]:
    morning = quiet.night(row.time_zone, row.evening, row.morning).over(now)
    return {"zone": row.time_zone, "not_before": morning}


def _reached(db: Connection, members: Collection[int]) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """Each of some members who has a phone, on one of them; in parts that are not too long for a statement."""
    for some in batches(sorted(members)):
        reached: dict[int, Row[*tuple[Any, ...]]] = {}
        for row in db.execute(_ALL_REACHED, {"members": some}):
            reached.setdefault(row.member_id, row)
        yield list(reached.values())


def _receipt(row: Row[*tuple[Any, ...]], fact: Fact, key: str, now: datetime) -> dict[str, Any]:
    facts = {"member": row.number, "cooperative": row.name, **fact.says}
    return messages.letter(row.phone, row.language, fact.kind, facts, key, now, Urgency.RECEIPT)


def warn(db: Connection, member_id: int, fact: Fact, key: str, now: datetime) -> None:
    """Tell a member on each of their phones: what protects them must not wait on the wrong one."""
    for phone, language, number, _wants, cooperative, _currency in db.execute(_REACHED, {"member": member_id}):
        facts = {"member": number, "cooperative": cooperative, **fact.says}
        messages.queue(db, phone, language, fact.kind, facts, f"{key}:{phone}", now, Urgency.RECEIPT)
