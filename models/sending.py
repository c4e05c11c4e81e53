"""Sending: messages are claimed under a lease; what became of each is recorded, and a lost answer is a doubt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Update, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from models import messages, vault
from models.cooperatives import TIME_ZONES
from models.messages import UNSETTLED, Message, MessageState, Report, Urgency


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


def claim(db: Connection, limit: int, lease: timedelta, window: timedelta, now: datetime) -> list[Outgoing]:
    """Take up to `limit` queued messages for sending, of what matters most. To be committed before the network.

    A doubt younger than `window` keeps the other messages of its phone back: a report may still name it by the phone.
    One class after the other, so that each is a range of the index however much is planned for later.
    Raises IntegrityError when another sender took a message to one of the phones at this very moment.
    """
    for urgency in Urgency:
        taken = db.execute(_claimed(urgency, limit, lease, now - window, now)).all()
        if taken:
            return [Outgoing(*row) for row in sorted(taken)]
    return []


def _claimed(
    urgency: Urgency, limit: int, lease: timedelta, since: datetime, now: datetime
) -> ReturningUpdate[*tuple[Any, ...]]:
    """Two senders never get the same message: the rows are locked while they are read, and those of others skipped.

    They are read apart (CTE), since PostgreSQL may run a subquery again for each row, and claim far beyond the limit. A
    phone that has a message whose fate is open waits, and gets one at a time. Where it is night, notices wait.
    """
    due = (
        select(Message.id, Message.phone)
        .where(Message.state == MessageState.QUEUED, Message.urgency == urgency, Message.not_before <= now)
        .where(~_open_on_phone(since), Message.zone.is_(None) | Message.zone.not_in(asleep(now)))
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    first = select(func.min(due.c.id)).group_by(due.c.phone)
    taken = update(Message).where(Message.id.in_(first), Message.state == MessageState.QUEUED)
    return taken.values(state=MessageState.SENDING, lease_until=now + lease, attempts=Message.attempts + 1).returning(
        Message.id, Message.phone, Message.language, Message.kind, Message.attempts, Message.facts_sealed
    )


def _open_on_phone(since: datetime) -> ColumnElement[bool]:
    """Whether another message to the same phone is on its way, or was lost sight of since then."""
    other = aliased(Message)
    lately = and_(other.state == MessageState.IN_DOUBT, other.doubted_at > since)
    return exists().where(other.phone == Message.phone, or_(other.state == MessageState.SENDING, lately))


EVENING, MORNING = 20, 7


def is_night(zone: str, now: datetime) -> bool:
    """Whether people sleep there: from 20:00 to 07:00 of their clock."""
    return not MORNING <= now.astimezone(ZoneInfo(zone)).hour < EVENING


def asleep(now: datetime) -> list[str]:
    """The time zones of the service where it is night."""
    return [zone for zone in sorted(set(TIME_ZONES.values())) if is_night(zone, now)]


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
    return db.execute(doubted.values(state=MessageState.IN_DOUBT, lease_until=None, doubted_at=now)).rowcount


def accepted(db: Connection, sent: Outgoing, gateway: str, gateway_id: str, cost: str | None, now: datetime) -> None:
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
        unsure(db, sent, "its id is taken", now)
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


def unsure(db: Connection, sent: Outgoing, reason: str, now: datetime) -> None:
    """The answer of the gateway was lost: only a report, the rule of its class or a person can tell now."""
    values = {"state": MessageState.IN_DOUBT, "outcome": reason, "lease_until": None, "doubted_at": now}
    db.execute(_held([sent]).where(Message.state.in_(UNSETTLED)).values(**values))


def being_sent(db: Connection) -> bool:
    """Whether a message is being sent just now, or was by a sender that died and is not in doubt yet."""
    held = select(Message.id).where(Message.state == MessageState.SENDING).limit(1)
    return db.execute(held).one_or_none() is not None


def settle(db: Connection, window: timedelta, now: datetime) -> int:
    """Apply the rule of its class to each doubt that no report settled within `window`; how many were settled.

    A safety alert is sent again, and says so. A reply nobody waits for any more expires. Receipts, notices and
    campaigns are never sent again by a machine: they stay in doubt until a report or a person settles them.
    """
    late = (Message.state == MessageState.IN_DOUBT, Message.doubted_at <= now - window)
    again = update(Message).where(*late, Message.urgency == Urgency.ALERT, Message.attempts <= ALERT_TRIES)
    values: dict[str, Any] = {"state": MessageState.QUEUED, "not_before": now, "doubted_at": None}
    settled = db.execute(again.values(**values)).rowcount
    stale = update(Message).where(*late, Message.urgency == Urgency.REPLY)
    return settled + db.execute(stale.values(state=MessageState.EXPIRED)).rowcount


ALERT_TRIES = 5


class Verdict(StrEnum):
    """What a person says became of a message in doubt."""

    ARRIVED = "arrived"
    SEND_AGAIN = "again"
    GIVEN_UP = "given-up"


_VERDICTS = {
    Verdict.ARRIVED: MessageState.ACCEPTED,
    Verdict.SEND_AGAIN: MessageState.QUEUED,
    Verdict.GIVEN_UP: MessageState.EXPIRED,
}


def judge(db: Connection, message_id: int, verdict: Verdict, now: datetime) -> bool:
    """A person settles a doubt. False when the message is not in doubt."""
    doubtful = update(Message).where(Message.id == message_id, Message.state == MessageState.IN_DOUBT)
    values: dict[str, Any] = {"state": _VERDICTS[verdict], "outcome": f"settled by a person: {verdict}"}
    if verdict is Verdict.SEND_AGAIN:
        values |= {"not_before": now, "doubted_at": None}
    return db.execute(doubtful.values(**values)).rowcount > 0


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A message in doubt, as the office sees it: no words, and the end of the number."""

    message_id: int
    kind: str
    phone: str
    doubted_at: datetime | None
    outcome: str | None


def doubtful(db: Connection) -> list[Doubtful]:
    """The messages in doubt, oldest first."""
    columns = (Message.id, Message.kind, Message.phone, Message.doubted_at, Message.outcome)
    rows = db.execute(select(*columns).where(Message.state == MessageState.IN_DOUBT).order_by(Message.id))
    return [Doubtful(*row) for row in rows]
