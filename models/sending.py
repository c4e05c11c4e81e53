"""Sending: messages are claimed under a lease; what became of each is recorded, and a lost answer is a doubt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from models import reports, vault
from models.cooperatives import TIME_ZONES
from models.messages import UNSETTLED, Message, MessageState, Urgency
from models.reports import Report


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message a sender has claimed."""

    message_id: int
    phone: str
    language: str
    kind: str
    attempts: int
    facts_sealed: str
    urgency: int
    tried_at: datetime
    doubted_at: datetime | None

    @property
    def may_wait(self) -> bool:
        """Whether it can be kept for a better moment: nobody is waiting for a notice or a campaign."""
        return self.urgency >= Urgency.NOTICE

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
        .where(~_open_on_phone(urgency, since), Message.zone.is_(None) | Message.zone.not_in(asleep(now)))
        .where(Message.not_after.is_(None) | (Message.not_after > now))
        .order_by(Message.not_before, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    first = select(func.min(due.c.id)).group_by(due.c.phone)
    taken = update(Message).where(Message.id.in_(first), Message.state == MessageState.QUEUED)
    values = {"state": MessageState.SENDING, "lease_until": now + lease, "tried_at": now}
    return taken.values(**values, attempts=Message.attempts + 1).returning(
        Message.id,
        Message.phone,
        Message.language,
        Message.kind,
        Message.attempts,
        Message.facts_sealed,
        Message.urgency,
        Message.tried_at,
        Message.doubted_at,
    )


def _open_on_phone(urgency: Urgency, since: datetime) -> ColumnElement[bool]:
    """Whether another message to the same phone is on its way, or was lost sight of since then.

    A safety alert waits for no doubt: a report that cannot be told apart is the lesser harm.
    """
    other = aliased(Message)
    on_its_way = other.state == MessageState.SENDING
    lately = and_(other.state == MessageState.IN_DOUBT, other.doubted_at > since)
    is_open = on_its_way if urgency is Urgency.ALERT else or_(on_its_way, lately)
    return exists().where(other.phone == Message.phone, is_open)


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


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a gateway took, under its own id."""

    sent: Outgoing
    gateway: str
    gateway_id: str
    cost: str | None


_other = aliased(Message)
_ID_TAKEN = exists().where(_other.gateway == bindparam("by"), _other.gateway_id == bindparam("named"))
_ACCEPT = (
    update(Message)
    .where(Message.id == bindparam("message"), ~_ID_TAKEN)
    .where(or_(Message.state == MessageState.SENDING, Message.state == MessageState.IN_DOUBT))
    .values(
        state=MessageState.ACCEPTED,
        gateway=bindparam("by"),
        gateway_id=bindparam("named"),
        cost=bindparam("price"),
        lease_until=None,
        outcome=None,
    )
)


def accepted(db: Connection, taken: Sequence[Taken], now: datetime) -> None:
    """A gateway took these messages. A report that overtook this answer is applied now.

    An id that another message has already names none: then it is in doubt.
    """
    if not taken:
        return
    rows = [
        {"message": each.sent.message_id, "by": each.gateway, "named": each.gateway_id, "price": each.cost}
        for each in taken
    ]
    db.execute(_ACCEPT, rows)
    ids = [each.sent.message_id for each in taken]
    open_ones = select(Message.id).where(Message.id.in_(ids), Message.state.in_(UNSETTLED))
    unrecorded = set(db.execute(open_ones).scalars())
    for each in taken:
        if each.sent.message_id in unrecorded:
            unsure(db, each.sent, "its id is taken", now)
    named = [each.gateway_id for each in taken]
    by = {each.gateway for each in taken}  # the index of reports begins with it
    early = select(Report.gateway, Report.gateway_id, Report.phone_digest, Report.state)
    told = (Report.gateway.in_(by), Report.gateway_id.in_(named), Report.state.is_not(None))
    for report in db.execute(early.where(*told)).all():
        for each in taken:
            about = (each.gateway, each.gateway_id, vault.digest("phone", each.sent.phone))
            if about == report[:3]:
                reports.advance(db, each.gateway, each.gateway_id, each.sent.phone, report.state)


def refused(db: Connection, sent: Outgoing, reason: str, again_at: datetime | None) -> None:
    """The gateway did not take the message: it failed, or is queued again for later."""
    state = MessageState.FAILED if again_at is None else MessageState.QUEUED
    values: dict[str, Any] = {"state": state, "outcome": reason, "lease_until": None}
    if again_at is not None:
        values["not_before"] = again_at
    db.execute(_held([sent]).where(Message.state.in_(UNSETTLED)).values(**values))


def put_back(db: Connection, sent: Outgoing, reason: str, until: datetime) -> None:
    """Nothing was sent, and that says nothing of the message: it waits, and this was no attempt."""
    values = {"state": MessageState.QUEUED, "outcome": reason, "lease_until": None, "not_before": until}
    held = _held([sent]).where(Message.state.in_(UNSETTLED))
    db.execute(held.values(**values, attempts=Message.attempts - 1))


def unsure(db: Connection, sent: Outgoing, reason: str, now: datetime) -> None:
    """The answer of the gateway was lost: only a report, the rule of its class or a person can tell now.

    A report that came before is applied at once.
    """
    values = {"state": MessageState.IN_DOUBT, "outcome": reason, "lease_until": None, "doubted_at": now}
    db.execute(_held([sent]).where(Message.state.in_(UNSETTLED)).values(**values))
    reports.overtook(db, sent.phone, sent.tried_at)


def being_sent(db: Connection) -> bool:
    """Whether a message is being sent just now, or was by a sender that died and is not in doubt yet."""
    held = select(Message.id).where(Message.state == MessageState.SENDING).limit(1)
    return db.execute(held).one_or_none() is not None
