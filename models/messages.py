"""Messages: every SMS that leaves waits here first, every SMS and report that arrives is kept once.

A message is a fact with its data ("meeting", number 4); its words are found when it is sent. Its state only moves
forwards. The intent to send is committed before the network is touched, the outcome after it: a send whose answer was
lost is `in_doubt` and is never repeated blindly.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base, choice
from models.writing import insert_once


class MessageState(StrEnum):
    """Where a message is. The order of `RANK` is the only way it moves."""

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    FAILED = "failed"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


RANK = {
    MessageState.QUEUED: 0,
    MessageState.SENDING: 1,
    MessageState.IN_DOUBT: 2,
    MessageState.ACCEPTED: 3,
    MessageState.EXPIRED: 4,
    MessageState.FAILED: 5,
    MessageState.DELIVERED: 5,
    MessageState.CANCELLED: 5,
}


# A sender may know what became of these, even after its lease ran out.
UNSETTLED = (MessageState.SENDING, MessageState.IN_DOUBT)


class Message(Base):
    """An SMS to be sent, or sent."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_queue", "state", "not_before", "id"),
        Index("ix_messages_phone", "phone", "id"),
        UniqueConstraint("gateway", "gateway_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    language: Mapped[str]
    kind: Mapped[str]
    facts_sealed: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    state: Mapped[MessageState] = mapped_column(choice(MessageState))
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    gateway: Mapped[str | None]
    gateway_id: Mapped[str | None]
    outcome: Mapped[str | None]
    cost: Mapped[str | None]


class Report(Base):
    """What a gateway reported of a message, as it said it; also of messages we do not know (yet)."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("gateway", "gateway_id", "status", "phone_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    gateway_id: Mapped[str]
    status: Mapped[str]
    state: Mapped[MessageState | None] = mapped_column(choice(MessageState))
    reason: Mapped[str | None]
    phone_digest: Mapped[str]
    received_at: Mapped[datetime]


def queue(
    db: Connection,
    phone: str,
    language: str,
    kind: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    not_before: datetime | None = None,
) -> int | None:
    """Put a message in the outbox, to leave now or not before a time; None when this key is there already."""
    return insert_once(db, Message, letter(phone, language, kind, facts, key, now, not_before))


def letter(
    phone: str,
    language: str,
    kind: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    not_before: datetime | None = None,
) -> dict[str, Any]:
    """A message as it stands in the outbox: a row of `Message`."""
    return {
        "key": vault.digest("message", key),
        "phone": phone,
        "language": language,
        "kind": kind,
        "facts_sealed": vault.seal(json.dumps(facts, separators=(",", ":"))),
        "state": MessageState.QUEUED,
        "queued_at": now,
        "not_before": not_before or now,
    }


REPLIES_A_DAY = 30


def reply(db: Connection, phone: str, language: str, kind: str, facts: dict[str, Any], key: str, now: datetime) -> None:
    """Queue an answer to a person. A phone that asks without end is not answered without end: airtime costs."""
    if queued_since(db, phone, now - timedelta(days=1)) < REPLIES_A_DAY:
        queue(db, phone, language, kind, facts, key, now)


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


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery report: the gateway's words, and the state they mean when they are known."""

    gateway: str
    gateway_id: str
    phone: str
    status: str
    state: MessageState | None
    reason: str | None


def report(db: Connection, told: Told, now: datetime) -> None:
    """Keep what a gateway reported, once; a message we sent by that id to that phone moves forwards, never back.

    A send to that phone that is being recorded at this moment is waited for, or neither would see the other.
    """
    sending = select(Message.id).where(Message.phone == told.phone, Message.state.in_(UNSETTLED))
    db.execute(sending.order_by(Message.id).with_for_update())
    insert_once(
        db,
        Report,
        {
            "gateway": told.gateway,
            "gateway_id": told.gateway_id,
            "status": told.status,
            "state": told.state,
            "reason": told.reason,
            "phone_digest": vault.digest("phone", told.phone),
            "received_at": now,
        },
    )
    if told.state is not None:
        advance(db, told.gateway, told.gateway_id, told.phone, told.state)


def advance(db: Connection, gateway: str, gateway_id: str, phone: str, state: MessageState) -> None:
    """Move a message we sent by that id to that phone forwards; one that is further stays where it is."""
    lower = [each for each, rank in RANK.items() if rank < RANK[state]]
    db.execute(
        update(Message)
        .where(Message.gateway == gateway, Message.gateway_id == gateway_id, Message.phone == phone)
        .where(Message.state.in_(lower))
        .values(state=state)
    )


def last_of_kind(db: Connection, phone: str, kind: str, since: datetime) -> dict[str, Any] | None:
    """The facts of the newest message of a kind that went to a phone, to know what an answer is about."""
    newest = (
        select(Message.facts_sealed)
        .where(Message.phone == phone, Message.kind == kind, Message.queued_at >= since)
        .order_by(Message.id.desc())
        .limit(1)
    )
    sealed = db.execute(newest).scalar_one_or_none()
    return None if sealed is None else json.loads(vault.unseal(sealed))


def queued_since(db: Connection, phone: str, since: datetime, kind: str | None = None) -> int:
    """How many messages (of a kind) were queued for a phone since then."""
    found = select(func.count()).where(Message.phone == phone, Message.queued_at >= since)
    if kind is not None:
        found = found.where(Message.kind == kind)
    return db.execute(found).scalar_one()
