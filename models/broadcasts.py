"""Broadcasts: one text to many, each phone once, at a decent hour; what became of it is counted from its messages.

Planning writes one message for each distinct phone, in chunks, before anything is sent. The tally is a query.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.audiences import Audience, phones_of
from models.base import Base
from models.checkdigit import check_digit
from models.cooperatives import Cooperative
from models.inbox import OptOut
from models.messages import GOT, Message, MessageState, Urgency, sealed
from models.writing import insert_once

AT_ONCE = 1000


class Broadcast(Base):
    """One text to many. Its words are sealed: they may name people."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str]
    facts_sealed: Mapped[str]
    urgency: Mapped[int]
    audience: Mapped[str]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"))
    not_before: Mapped[datetime]
    planned_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast to be: whose, to whom, what (a kind of notice and its facts), how urgent, and from when on."""

    cooperative_id: int
    audience: Audience
    kind: str
    facts: Mapping[str, Any]
    urgency: Urgency
    not_before: datetime
    author_id: int | None = None
    corrects_id: int | None = None


class UnknownBroadcast(LookupError):
    """There is no broadcast of this reference."""


def _new_reference() -> str:
    drawn = f"{secrets.randbelow(900_000) + 100_000}"
    return drawn + check_digit(drawn)


def plan(db: Connection, draft: Draft, key: str, now: datetime) -> str:
    """Write down a broadcast and one message for each distinct phone of its audience; its reference.

    The same key twice is one broadcast: the first one's reference comes back, and nothing is added. Who wants no
    notices gets none but safety alerts. Notices and campaigns wait for the morning of the cooperative.
    """
    digest = vault.digest("broadcast", key)
    known = db.execute(select(Broadcast.reference).where(Broadcast.key == digest)).scalar_one_or_none()
    if known is not None:
        return known
    reference = _new_reference()
    facts = sealed(draft.facts)
    row = {
        "reference": reference,
        "key": digest,
        "cooperative_id": draft.cooperative_id,
        "author_id": draft.author_id,
        "kind": draft.kind,
        "facts_sealed": facts,
        "urgency": draft.urgency,
        "audience": json.dumps(draft.audience.as_facts()),
        "corrects_id": draft.corrects_id,
        "not_before": draft.not_before,
        "planned_at": now,
    }
    broadcast_id = insert_once(db, Broadcast, row)
    if broadcast_id is None:  # the same key at the same moment, or a number that was drawn before
        return plan(db, draft, key, now)
    zone = db.execute(select(Cooperative.time_zone).where(Cooperative.id == draft.cooperative_id)).scalar_one()
    common = {
        "kind": draft.kind,
        "facts_sealed": facts,
        "urgency": draft.urgency,
        "zone": zone if draft.urgency >= Urgency.NOTICE else None,
        "broadcast_id": broadcast_id,
        "state": MessageState.QUEUED,
        "queued_at": now,
        "not_before": draft.not_before,
    }
    people = reached(db, draft)
    for start in range(0, len(people), AT_ONCE):
        chunk = people[start : start + AT_ONCE]
        db.execute(insert(Message), [common | _addressed(broadcast_id, *each) for each in chunk])
    return reference


def _addressed(broadcast_id: int, phone: str, language: str) -> dict[str, Any]:
    return {"key": vault.digest("message", f"broadcast:{broadcast_id}:{phone}"), "phone": phone, "language": language}


def reached(db: Connection, draft: Draft) -> list[tuple[str, str]]:
    """Whom a draft would reach: each distinct phone, and the language it is spoken to in."""
    people = db.execute(_got(draft.corrects_id) if draft.corrects_id else phones_of(db, draft.audience)).all()
    languages: dict[str, str] = {}
    for phone, language in people:
        languages.setdefault(phone, language)
    if draft.urgency is Urgency.ALERT:
        return list(languages.items())
    silent = set(db.execute(select(OptOut.phone_digest)).scalars())
    return [each for each in languages.items() if not silent or vault.digest("phone", each[0]) not in silent]


def _got(broadcast_id: int) -> Select[str, str]:
    """Whoever got a broadcast, or may have got it: a correction reaches exactly these."""
    got = select(Message.phone, Message.language).where(Message.broadcast_id == broadcast_id, GOT)
    return got.order_by(Message.phone)


@dataclass(frozen=True, slots=True)
class Planned:
    """A broadcast as it was planned."""

    broadcast_id: int
    reference: str
    cooperative_id: int
    kind: str
    audience: Audience
    urgency: Urgency
    not_before: datetime
    cancelled_at: datetime | None


def find(db: Connection, reference: str) -> Planned:
    """The broadcast of a reference. Raises UnknownBroadcast."""
    columns = (
        Broadcast.id,
        Broadcast.reference,
        Broadcast.cooperative_id,
        Broadcast.kind,
        Broadcast.audience,
        Broadcast.urgency,
        Broadcast.not_before,
        Broadcast.cancelled_at,
    )
    row = db.execute(select(*columns).where(Broadcast.reference == reference)).one_or_none()
    if row is None:
        raise UnknownBroadcast(reference)
    audience = Audience.from_facts(json.loads(row.audience))
    return Planned(*row[:4], audience, Urgency(row.urgency), row.not_before, row.cancelled_at)


def tally(db: Connection, broadcast_id: int) -> dict[MessageState, int]:
    """How many of its messages are in each state; every state is there, and together they are all of them."""
    counted = select(Message.state, func.count()).where(Message.broadcast_id == broadcast_id).group_by(Message.state)
    found: dict[MessageState, int] = dict(db.execute(counted).tuples().all())
    return dict.fromkeys(MessageState, 0) | found


def cancel(db: Connection, broadcast_id: int, now: datetime) -> int:
    """Take back what has not left yet; how many messages that were."""
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(cancelled_at=now))
    waiting = update(Message).where(Message.broadcast_id == broadcast_id, Message.state == MessageState.QUEUED)
    return db.execute(waiting.values(state=MessageState.CANCELLED)).rowcount
