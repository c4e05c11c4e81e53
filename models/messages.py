"""Messages: every SMS that leaves waits here first.

A message is a fact with its data ("meeting", number 4); its words are found when it is sent. Its state only moves
forwards. The intent to send is committed before the network is touched, the outcome after it: a send whose answer was
lost is `in_doubt` and is never repeated blindly. What matters most goes first (`Urgency`).
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base, choice
from models.writing import insert_once


class MessageState(StrEnum):
    """Where a message is. The order of `RANK` is the only way it moves."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    IN_DOUBT = "in_doubt"
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


class Urgency(IntEnum):
    """The order in which messages leave. What comes first is a lower number."""

    ALERT = 0
    REPLY = 1
    RECEIPT = 2
    NOTICE = 3
    CAMPAIGN = 4


def _only(where: str) -> dict[str, Any]:
    """For an index of a part of the messages: what leaves that part costs the index nothing any more."""
    return {"sqlite_where": text(where), "postgresql_where": text(where)}


class Message(Base):
    """An SMS to be sent, or sent. With a `zone` it waits while it is night there; after `not_after` it is too late.

    `tried_at` is when a sender last took it; `doubted_at` when nobody knew any more what became of it.
    """

    __tablename__ = "messages"
    # Each index that a message is in is written at every step of it: so those of a step hold that one state only.
    __table_args__ = (
        Index("ix_messages_queue", "urgency", "not_before", "id", **_only("state = 'queued'")),
        Index("ix_messages_not_after", "not_after", **_only("state = 'queued' AND not_after IS NOT NULL")),
        Index("ix_messages_doubt", "phone", **_only("state = 'in_doubt'")),
        Index("ix_messages_phone", "phone", "id"),
        Index("ix_messages_broadcast", "broadcast_id", "state"),
        # A delivery report names its message by the phone when the gateway's id was lost: so one at a time.
        Index("uq_messages_sending", "phone", unique=True, **_only("state = 'sending'")),
        Index("uq_messages_broadcast_phone", "broadcast_id", "phone", unique=True),
        UniqueConstraint("gateway", "gateway_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    language: Mapped[str]
    kind: Mapped[str]
    facts_sealed: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    urgency: Mapped[int]
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"))
    zone: Mapped[str | None]
    state: Mapped[MessageState] = mapped_column(choice(MessageState))
    queued_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    not_after: Mapped[datetime | None]
    doubted_at: Mapped[datetime | None]
    gateway: Mapped[str | None]
    gateway_id: Mapped[str | None]
    outcome: Mapped[str | None]
    cost: Mapped[str | None]


def stands(*states: MessageState, of: type[Message] = Message) -> ColumnElement[bool]:
    """Where a message is one of these, said in the statement itself: a prepared one uses the indexes made for it."""
    return or_(*(of.state == bindparam(None, each, of.state.type, literal_execute=True) for each in states))


# It reached its phone, or may have.
GOT = Message.state.not_in((MessageState.QUEUED, MessageState.CANCELLED, MessageState.FAILED, MessageState.EXPIRED))


def sealed(facts: Mapping[str, Any]) -> str:
    """The facts of a message as they are kept."""
    return vault.seal(json.dumps(facts, separators=(",", ":")))


def queue(
    db: Connection,
    phone: str,
    language: str,
    kind: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    urgency: Urgency = Urgency.REPLY,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> int | None:
    """Put a message in the outbox, to leave now, not before a time or not after one; None when this key is there."""
    row = letter(phone, language, kind, facts, key, now, urgency, not_before, not_after)
    return insert_once(db, Message, row)


def letter(
    phone: str,
    language: str,
    kind: str,
    facts: dict[str, Any],
    key: str,
    now: datetime,
    urgency: Urgency = Urgency.REPLY,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> dict[str, Any]:
    """A message as it stands in the outbox: a row of `Message`."""
    return {
        "key": vault.digest("message", key),
        "phone": phone,
        "language": language,
        "kind": kind,
        "facts_sealed": sealed(facts),
        "urgency": urgency,
        "state": MessageState.QUEUED,
        "queued_at": now,
        "not_before": not_before or now,
        "not_after": not_after,
    }


def take_back(db: Connection, now: datetime, *which: ColumnElement[bool]) -> int:
    """Some messages are not to leave any more; how many had not left yet.

    One that is at the gateway at this moment, or of which nobody knows, is not tried again afterwards.
    """
    waits = stands(MessageState.QUEUED)
    values = {
        "state": case((waits, MessageState.CANCELLED), else_=Message.state),
        "not_after": case((waits, Message.not_after), else_=now),
    }
    back = update(Message).where(*which, waits | stands(*UNSETTLED)).values(**values).returning(Message.state)
    return sum(state is MessageState.CANCELLED for state in db.execute(back).scalars())


REPLIES_A_DAY = 30


def reply(db: Connection, phone: str, language: str, kind: str, facts: dict[str, Any], key: str, now: datetime) -> None:
    """Queue an answer to a person. A phone that asks without end is not answered without end: airtime costs."""
    if queued_since(db, phone, now - timedelta(days=1)) < REPLIES_A_DAY:
        queue(db, phone, language, kind, facts, key, now)


def reference(message_id: int, phone: str) -> str:
    """Our own name for a message, for a gateway that gives it back: nobody else can make one for that number."""
    return f"{message_id}.{vault.digest('reference', f'{message_id} {phone}')[:16]}"


def queued_since(db: Connection, phone: str, since: datetime, kind: str | None = None) -> int:
    """How many messages (of a kind) were queued for a phone since then."""
    found = select(func.count()).where(Message.phone == phone, Message.queued_at >= since)
    if kind is not None:
        found = found.where(Message.kind == kind)
    return db.execute(found).scalar_one()
