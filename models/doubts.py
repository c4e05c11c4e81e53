"""Doubts: messages nobody knows of whether they were sent. A report, the rule of their class or a person settles them.

A machine never sends one again, but for safety alerts, which say so. `doubted_at` stays on what is sent again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from models import reports
from models.messages import Message, MessageState, Urgency, stands
from models.quick import Quick

ALERT_TRIES = 5
# How far apart the clocks of two machines may be.
SKEW = timedelta(minutes=2)


def doubt(db: Connection, now: datetime) -> int:
    """Messages whose sender died while sending: nobody knows, so they are in doubt. How many there were.

    A report that came meanwhile settles one at once.
    """
    found = _DOUBTED.all(db, {"now": now, "skewed": now + SKEW})
    for phone, tried_at in sorted(found):
        reports.overtook(db, phone, tried_at or now)
    return len(found)


_now, _skewed = (bindparam(name, type_=Message.doubted_at.type) for name in ("now", "skewed"))
_lost = (
    select(Message.id)
    # A lease ends by the clock; where that was set back, what was taken later than now is of before.
    .where(stands(MessageState.SENDING), (Message.lease_until < _now) | (Message.tried_at > _skewed))
    # One that is locked is being recorded right now.
    .with_for_update(skip_locked=True)
    .cte("lost")
)
_DOUBTED = Quick(
    update(Message)
    .where(Message.id.in_(select(_lost.c.id)), stands(MessageState.SENDING))
    .values(state=MessageState.IN_DOUBT, lease_until=None, doubted_at=_now)
    .returning(Message.phone, Message.tried_at)
)


def settle(db: Connection, window: timedelta, now: datetime) -> int:
    """Apply the rule of its class to each doubt that no report settled within `window`; how many were settled.

    A safety alert is sent again, and says so. A reply nobody waits for any more expires. Receipts, notices and
    campaigns are never sent again by a machine: they stay in doubt until a report or a person settles them.
    """
    late = (stands(MessageState.IN_DOUBT), Message.doubted_at <= now - window)
    again = update(Message).where(*late, Message.urgency == Urgency.ALERT, Message.attempts <= ALERT_TRIES)
    values: dict[str, Any] = {"state": MessageState.QUEUED, "not_before": now}
    settled = db.execute(again.values(**values)).rowcount
    stale = update(Message).where(*late, Message.urgency == Urgency.REPLY)
    return settled + db.execute(stale.values(state=MessageState.EXPIRED)).rowcount


def expire(db: Connection, now: datetime) -> int:
    """What would come too late is not sent any more: no reminder after the event. How many messages that were."""
    late = update(Message).where(stands(MessageState.QUEUED), Message.not_after <= now)
    return db.execute(late.values(state=MessageState.EXPIRED, outcome="too late")).rowcount


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


def judge(db: Connection, message_id: int, verdict: Verdict, by: str, now: datetime) -> bool:
    """A person settles a doubt, and stands by it. False when the message is not in doubt."""
    doubtful = update(Message).where(Message.id == message_id, Message.state == MessageState.IN_DOUBT)
    values: dict[str, Any] = {"state": _VERDICTS[verdict], "outcome": f"settled by {by}: {verdict}"}
    if verdict is Verdict.SEND_AGAIN:
        values |= {"not_before": now}
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
    rows = db.execute(select(*columns).where(stands(MessageState.IN_DOUBT)).order_by(Message.id))
    return [Doubtful(*row) for row in rows]
