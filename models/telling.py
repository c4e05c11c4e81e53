"""Telling members by SMS what happened in their name: a fact, to one of their phones, in their language.

An amount goes along only when the member asked for amounts by SMS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from models import inbox, messages
from models.cooperatives import Cooperative
from models.members import Member, Phone


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told: its kind, what it says, and the amounts that only those get who asked for them."""

    kind: str
    says: Mapping[str, Any]
    amounts: Mapping[str, Any] = field(default_factory=dict)


_REACHED = (
    select(Phone.number, Member.language, Member.number, Member.amounts_by_sms, Cooperative.name, Cooperative.currency)
    .join(Member, Member.id == Phone.member_id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .where(Phone.member_id == bindparam("member"))
    .order_by(Phone.confirmed_at.is_(None), Phone.number)
)
_ONE_PHONE = _REACHED.limit(1)


def tell(db: Connection, member_id: int, fact: Fact, key: str, now: datetime) -> None:
    """Tell a member on one phone, unless they have none or stopped all notices there. The same key tells once."""
    found = db.execute(_ONE_PHONE, {"member": member_id}).one_or_none()
    if found is None or inbox.opted_out(db, found[0]):
        return
    phone, language, number, wants, cooperative, currency = found
    facts = {"member": number, "cooperative": cooperative, **fact.says}
    if wants:
        facts |= {"currency": currency, **fact.amounts}
    messages.queue(db, phone, language, fact.kind, facts, key, now)


def warn(db: Connection, member_id: int, fact: Fact, key: str, now: datetime) -> None:
    """Tell a member on each of their phones, whatever they stopped: what protects them is no notice."""
    for phone, language, number, _wants, cooperative, _currency in db.execute(_REACHED, {"member": member_id}):
        facts = {"member": number, "cooperative": cooperative, **fact.says}
        messages.queue(db, phone, language, fact.kind, facts, f"{key}:{phone}", now)
