"""What reached a phone, or may have: for the demo's phone page, and to know what an SMS answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models import vault
from models.messages import GOT, Message, MessageState


@dataclass(frozen=True, slots=True)
class Received:
    """A message that reached a phone, as the demo's phone page shows it."""

    message_id: int
    queued_at: datetime
    language: str
    kind: str
    facts: dict[str, Any]


def received(db: Connection, phone: str, limit: int = 50) -> list[Received]:
    """The newest messages that reached a phone, newest first."""
    arrived = (
        select(Message.id, Message.queued_at, Message.language, Message.kind, Message.facts_sealed)
        .where(Message.phone == phone, Message.state.in_((MessageState.ACCEPTED, MessageState.DELIVERED)))
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [Received(*row[:4], facts=json.loads(vault.unseal(row[4]))) for row in db.execute(arrived)]


def last_of_kind(db: Connection, phone: str, kinds: Sequence[str], since: datetime) -> dict[str, Any] | None:
    """The facts of the newest message of some kinds that reached a phone, or may have, to know what it answers."""
    newest = (
        select(Message.facts_sealed)
        .where(Message.phone == phone, Message.kind.in_(kinds), Message.tried_at >= since, GOT)
        .order_by(Message.tried_at.desc(), Message.id.desc())
        .limit(1)
    )
    sealed = db.execute(newest).scalar_one_or_none()
    return None if sealed is None else json.loads(vault.unseal(sealed))


def last_was_notice(db: Connection, phone: str, since: datetime) -> bool:
    """Whether the newest message that went to a phone since then was one to many."""
    newest = select(Message.broadcast_id).where(Message.phone == phone, Message.tried_at >= since)
    found = db.execute(newest.order_by(Message.tried_at.desc(), Message.id.desc()).limit(1)).one_or_none()
    return found is not None and found.broadcast_id is not None
