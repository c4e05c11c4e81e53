"""Outcomes: what became of each message that was given to a gateway is recorded, and a lost answer is a doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, select, update
from sqlalchemy.orm import aliased

from models import reports, vault
from models.bundle import bundle
from models.messages import UNSETTLED, Message, MessageState, stands
from models.quick import Quick
from models.reports import Report
from models.sending import Outgoing, last_tries


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a gateway took, under its own id."""

    sent: Outgoing
    gateway: str
    gateway_id: str
    cost: str | None


_taken = bundle("taken")
_of = _taken.c.key.cast(BigInteger), _taken.c.value[0].as_string(), _taken.c.value[1].as_string()
_other = aliased(Message)
_ID_TAKEN = select(_other.id).where(_other.gateway == _of[1], _other.gateway_id == _of[2]).correlate(_taken).exists()
_ACCEPT = Quick(
    update(Message)
    .where(Message.id == _of[0], ~_ID_TAKEN, stands(*UNSETTLED))
    .values(
        state=MessageState.ACCEPTED,
        gateway=_of[1],
        gateway_id=_of[2],
        cost=_taken.c.value[2].as_string(),
        lease_until=None,
        outcome=None,
    )
    .returning(Message.id)
)
_EARLY = Quick(
    select(_of[0], Report.phone_digest, Report.state)
    .join(_taken, and_(Report.gateway == _of[1], Report.gateway_id == _of[2]))
    .where(Report.state.is_not(None))
)


def accepted(db: Connection, taken: Sequence[Taken], now: datetime) -> None:
    """A gateway took these messages. A report that overtook this answer is applied now.

    An id that another message has already names none: then it is in doubt.
    """
    if not taken:
        return
    named = {(each.gateway, each.gateway_id): each for each in reversed(taken)}
    rows = {"taken": {str(each.sent.message_id): [*name, each.cost] for name, each in named.items()}}
    recorded = {message_id for (message_id,) in _ACCEPT.all(db, rows)}
    _unnamed(db, [each.sent for each in taken if each.sent.message_id not in recorded], now)
    sent = {each.sent.message_id: each for each in named.values()}
    for message_id, phone, state in _EARLY.all(db, rows):
        each = sent[message_id]
        if phone == vault.digest("phone", each.sent.phone):
            reports.advance(db, each.gateway, each.gateway_id, each.sent.phone, state)


def _unnamed(db: Connection, sent: Sequence[Outgoing], now: datetime) -> None:
    """Messages that could not get their id are in doubt, but for those whose fate is known otherwise by now."""
    if sent:
        unsettled = select(Message.id).where(Message.id.in_([each.message_id for each in sent]), stands(*UNSETTLED))
        still = set(db.execute(unsettled).scalars())
        for each in sent:
            if each.message_id in still:
                unsure(db, each, "its id is taken", now)


def refused(db: Connection, sent: Outgoing, reason: str, again_at: datetime | None) -> None:
    """The gateway did not take the message: it failed, or is queued again for later."""
    state = MessageState.FAILED if again_at is None else MessageState.QUEUED
    values: dict[str, Any] = {"state": state, "outcome": reason, "lease_until": None}
    if again_at is not None:
        values["not_before"] = again_at
    db.execute(last_tries([sent]).where(Message.state.in_(UNSETTLED)).values(**values))


def put_back(db: Connection, sent: Outgoing, reason: str, until: datetime) -> None:
    """Nothing was sent, and that says nothing of the message: it waits, and this was no attempt."""
    values = {"state": MessageState.QUEUED, "outcome": reason, "lease_until": None, "not_before": until}
    held = last_tries([sent]).where(Message.state.in_(UNSETTLED))
    db.execute(held.values(**values, attempts=Message.attempts - 1))


def unsure(db: Connection, sent: Outgoing, reason: str, now: datetime) -> None:
    """The answer of the gateway was lost: only a report, the rule of its class or a person can tell now.

    A report that came before is applied at once.
    """
    values = {"state": MessageState.IN_DOUBT, "outcome": reason, "lease_until": None, "doubted_at": now}
    db.execute(last_tries([sent]).where(Message.state.in_(UNSETTLED)).values(**values))
    reports.overtook(db, sent.phone, sent.tried_at)
