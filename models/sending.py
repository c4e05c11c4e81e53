"""Sending: messages are claimed under a lease; what became of each is recorded, and a lost answer is a doubt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Update, select, tuple_, update
from sqlalchemy.orm import aliased

from models import messages, vault
from models.messages import UNSETTLED, Message, MessageState, Report


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message a sender has claimed."""

    message_id: int
    phone: str
    language: str
    kind: str
    attempts: int
    facts_sealed: str

    @property
    def facts(self) -> dict[str, Any]:
        """What it says. Raises InvalidToken when its key is gone."""
        opened: dict[str, Any] = json.loads(vault.unseal(self.facts_sealed))
        return opened


def claim(db: Connection, limit: int, lease: timedelta, now: datetime) -> list[Outgoing]:
    """Take up to `limit` queued messages for sending. To be committed before the network is touched.

    Two senders never get the same one: the rows are locked while they are read, and those of others are skipped. They
    are read apart (CTE), since PostgreSQL may run a subquery again for each row, and claim far beyond the limit.
    """
    due = (
        select(Message.id)
        .where(Message.state == MessageState.QUEUED, Message.not_before <= now)
        .order_by(Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(Message)
        .where(Message.id.in_(select(due.c.id)), Message.state == MessageState.QUEUED)
        .values(state=MessageState.SENDING, lease_until=now + lease, attempts=Message.attempts + 1)
        .returning(Message.id, Message.phone, Message.language, Message.kind, Message.attempts, Message.facts_sealed)
    )
    return [Outgoing(*row) for row in sorted(db.execute(taken).all())]


def prolong(db: Connection, claimed: Sequence[Outgoing], lease: timedelta, now: datetime) -> list[Outgoing]:
    """Hold on to messages claimed and not sent yet; those that are still held, since the others may not be sent."""
    if not claimed:
        return []
    mine = _held(claimed).where(Message.state == MessageState.SENDING)
    held = set(db.execute(mine.values(lease_until=now + lease).returning(Message.id)).scalars())
    return [each for each in claimed if each.message_id in held]


def _held(claimed: Sequence[Outgoing]) -> Update:
    """A change of messages as long as this attempt is the last one."""
    attempts = [(each.message_id, each.attempts) for each in claimed]
    return update(Message).where(tuple_(Message.id, Message.attempts).in_(attempts))


def doubt(db: Connection, now: datetime) -> int:
    """Messages whose sender died while sending: nobody knows, so they are in doubt. How many there were."""
    lost = select(Message.id).where(Message.state == MessageState.SENDING, Message.lease_until < now)
    # One that is locked is being recorded right now.
    left = lost.with_for_update(skip_locked=True).cte("lost")
    doubted = update(Message).where(Message.id.in_(select(left.c.id)), Message.state == MessageState.SENDING)
    return db.execute(doubted.values(state=MessageState.IN_DOUBT, lease_until=None)).rowcount


def accepted(db: Connection, sent: Outgoing, gateway: str, gateway_id: str, cost: str | None) -> None:
    """The gateway took the message. A report that overtook this answer is applied now.

    An id that another message has already names none: then it is in doubt.
    """
    other = aliased(Message)
    taken = select(other.id).where(other.gateway == gateway, other.gateway_id == gateway_id).exists()
    recorded = db.execute(
        update(Message)
        .where(Message.id == sent.message_id, Message.state.in_(UNSETTLED), ~taken)
        .values(
            state=MessageState.ACCEPTED,
            gateway=gateway,
            gateway_id=gateway_id,
            cost=cost,
            lease_until=None,
            outcome=None,
        )
    )
    if not recorded.rowcount:
        unsure(db, sent, "its id is taken")
    early = select(Report.state)
    early = early.where(Report.gateway == gateway, Report.gateway_id == gateway_id, Report.state.is_not(None))
    early = early.where(Report.phone_digest == vault.digest("phone", sent.phone))
    for state in db.execute(early).scalars().all():
        assert state is not None  # noqa: S101 - the query says so
        messages.advance(db, gateway, gateway_id, sent.phone, state)


def refused(db: Connection, sent: Outgoing, reason: str, again_at: datetime | None) -> None:
    """The gateway did not take the message: it failed, or is queued again for later."""
    state = MessageState.FAILED if again_at is None else MessageState.QUEUED
    values: dict[str, Any] = {"state": state, "outcome": reason, "lease_until": None}
    if again_at is not None:
        values["not_before"] = again_at
    db.execute(_held([sent]).where(Message.state.in_(UNSETTLED)).values(**values))


def unsure(db: Connection, sent: Outgoing, reason: str) -> None:
    """The answer of the gateway was lost: only a report or a person can tell now."""
    values = {"state": MessageState.IN_DOUBT, "outcome": reason, "lease_until": None}
    db.execute(_held([sent]).where(Message.state.in_(UNSETTLED)).values(**values))


def being_sent(db: Connection) -> bool:
    """Whether a message is being sent just now, or was by a sender that died and is not in doubt yet."""
    held = select(Message.id).where(Message.state == MessageState.SENDING).limit(1)
    return db.execute(held).one_or_none() is not None
