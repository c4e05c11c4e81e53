"""Sending: messages are claimed under a lease, what matters most first, and each phone has one at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from models import quiet, vault
from models.cooperatives import Cooperative
from models.messages import Message, MessageState, Urgency, stands
from models.planned import Broadcast
from models.quick import Quick
from models.quiet import NOWHERE, Asleep


@dataclass(frozen=True, slots=True, eq=False)
class Outgoing:
    """A message a sender has claimed; claimed again, it is another one."""

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


_OUTGOING = [each.name for each in fields(Outgoing)]
_OUTGOING[0] = "id"
_MOMENT = Message.doubted_at.type


def claim(db: Connection, limit: int, lease: timedelta, window: timedelta, now: datetime) -> list[Outgoing]:
    """Take up to `limit` queued messages for sending, of what matters most. To be committed before the network.

    A doubt younger than `window` keeps the other messages of its phone back: a report may still name it by the phone.
    One class after the other of those that have any, so that each is a range of the index however much is planned for
    later.
    Raises IntegrityError when another sender took a message to one of the phones at this very moment.
    """
    given = {"now": now, "since": now - window, "until": now + lease}
    for urgency in sorted(Urgency(found) for (found,) in _WAITING.all(db, {"now": now})):
        asleep = quiet.asleep(db, now) if urgency >= Urgency.NOTICE else NOWHERE
        taken = _claimed(urgency, limit, asleep).all(db, given)
        if taken:
            return [Outgoing(*row) for row in sorted(taken)]
    return []


def _waits(urgency: Urgency) -> ColumnElement[bool]:
    # In brackets: PostgreSQL plans a claim once then, and not at each time again for the time that it is.
    now = select(bindparam("now", type_=Message.not_before.type)).scalar_subquery()
    urgent = Message.urgency == literal_column(str(int(urgency)))
    return and_(stands(MessageState.QUEUED), urgent, Message.not_before <= now)


def _first(urgency: Urgency) -> Select[Any]:
    """A row when a class has any; in the order of the index, or PostgreSQL may well read all that was ever sent."""
    found = select(Message.urgency).where(_waits(urgency))
    return found.order_by(Message.not_before, Message.id).limit(literal_column("1"))


_WAITING = Quick(union_all(*(select(_first(each).subquery()) for each in Urgency)))


@cache
def _claimed(urgency: Urgency, limit: int, asleep: Asleep) -> Quick:
    """Two senders never get the same message: the rows are locked while they are read, and those of others skipped.

    They are read apart (CTE), since PostgreSQL may run a subquery again for each row, and claim far beyond the limit. A
    phone that has a message whose fate is open waits, and gets one at a time. Where it is night, notices wait.
    """
    now = bindparam("now", type_=Message.not_before.type)
    due = (
        select(Message.id, Message.phone)
        .where(_waits(urgency), Message.not_after.is_(None) | (Message.not_after > now))
        .where(~_open_on_phone(urgency), Message.zone.is_(None) | ~_at_night(asleep))
        .order_by(Message.not_before, Message.id)
        .limit(literal_column(str(limit)))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    first = select(func.min(due.c.id)).group_by(due.c.phone)
    taken = update(Message).where(Message.id.in_(first), stands(MessageState.QUEUED))
    until = bindparam("until", type_=Message.lease_until.type)
    values = {"state": MessageState.SENDING, "lease_until": until, "tried_at": now, "attempts": Message.attempts + 1}
    return Quick(taken.values(**values).returning(*(getattr(Message, name) for name in _OUTGOING)))


def _at_night(asleep: Asleep) -> ColumnElement[bool]:
    """Whether it is night for who is written to: by the hours of the cooperative whose notice it is, where its clock is
    theirs, else by the usual ones. Whose it is matters only where hours differ."""
    there = Message.zone.in_(asleep.zones)
    if not asleep.awake and not asleep.homes:
        return there
    whose = (
        select(Broadcast.cooperative_id)
        .join(Cooperative, Cooperative.id == Broadcast.cooperative_id)
        .where(Broadcast.id == Message.broadcast_id, Cooperative.time_zone == Message.zone)
        .scalar_subquery()
    )
    home = func.coalesce(whose, 0)  # what is of no broadcast is of nobody with hours of their own
    return (there & home.not_in(asleep.awake)) | home.in_(asleep.homes)


def _open_on_phone(urgency: Urgency) -> ColumnElement[bool]:
    """Whether another message to the same phone is on its way, or was lost sight of since then.

    A safety alert waits for no doubt: a report that cannot be told apart is the lesser harm.
    """
    other = aliased(Message)
    # Looked up phone by phone (OFFSET keeps it so): to read all that is being sent is to read all that ever was.
    on_its_way = select(other.id).where(other.phone == Message.phone, stands(MessageState.SENDING, of=other))
    busy = exists(on_its_way.offset(literal_column("0")).correlate(Message))
    if urgency is Urgency.ALERT:
        return busy
    since = bindparam("since", type_=_MOMENT)
    lately = stands(MessageState.IN_DOUBT, of=other), other.doubted_at > since
    return busy | exists().where(other.phone == Message.phone, *lately)


def prolong(db: Connection, claimed: Sequence[Outgoing], lease: timedelta, now: datetime) -> list[Outgoing]:
    """Hold on to messages claimed and not sent yet; those that are still held, since the others may not be sent."""
    if not claimed:
        return []
    mine = last_tries(claimed).where(Message.state == MessageState.SENDING)
    held = set(db.execute(mine.values(lease_until=now + lease).returning(Message.id)).scalars())
    return [each for each in claimed if each.message_id in held]


def last_tries(claimed: Sequence[Outgoing]) -> Update:
    """A change of messages as long as this attempt is the last one."""
    attempts = [(each.message_id, each.attempts) for each in claimed]
    return update(Message).where(tuple_(Message.id, Message.attempts).in_(attempts))


def being_sent(db: Connection) -> bool:
    """Whether a message is being sent just now, or was by a sender that died and is not in doubt yet."""
    held = select(Message.id).where(stands(MessageState.SENDING)).limit(1)
    return db.execute(held).one_or_none() is not None
