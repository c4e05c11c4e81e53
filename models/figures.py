"""What a watcher is told of the service: counts and ages, and nothing of anybody. Each is a sum over the tables."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from models.calls import CallBack, CallState
from models.gateways import Standing
from models.inbox import Inbound, OptOut
from models.messages import Message, MessageState, Urgency, stands
from models.sessions import SessionEnd, SessionOutcome

_COST = re.compile(r"([A-Z]{3}) ([0-9]{1,9}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name and what tells it from others of that name."""

    name: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def figures(db: Connection, now: datetime) -> Iterator[Figure]:
    """Every figure, those of one name beside each other."""
    yield from _queue(db, now)
    yield from _grouped(db, "messages", Message.state)
    yield from _grouped(db, "messages_by_gateway", Message.gateway, Message.state)
    yield from _gateways(db)
    yield from _costs(db)
    yield from _grouped(db, "sessions_ended", SessionEnd.gateway, SessionEnd.status)
    yield from _outcomes(db)
    yield from _grouped(db, "sms_received", Inbound.intent, where=Inbound.phone != "")  # but what was kept apart
    yield Figure("opt_outs", _count(db, OptOut.phone_digest))
    yield Figure("calls_owed", _count(db, CallBack.id, CallBack.state == CallState.OPEN))
    yield Figure("letters_unread", _count(db, Inbound.id, Inbound.intent.is_(None), Inbound.read_at.is_(None)))


def _count(db: Connection, what: Any, *where: Any) -> int:
    counted: int = db.execute(select(func.count(what)).where(*where)).scalar_one()
    return counted


def _queue(db: Connection, now: datetime) -> list[Figure]:
    """How many messages are due, and for how many seconds the oldest has been, by class: a kind would tell of cases."""
    due = (
        select(Message.urgency, func.count(), func.min(Message.not_before))
        .where(stands(MessageState.QUEUED), Message.not_before <= now)
        .group_by(Message.urgency)
        .order_by(Message.urgency)
    )
    rows = [((("class", Urgency(row[0]).name.lower()),), *row[1:]) for row in db.execute(due)]
    waiting = [Figure("messages_due", count, labels) for labels, count, _since in rows]
    return waiting + [Figure("oldest_due_seconds", (now - at).total_seconds(), labels) for labels, _count, at in rows]


def _costs(db: Connection) -> Iterator[Figure]:
    """What gateways say that messages cost, by gateway and currency: they write it like "XOF 22.0000"."""
    costs: Counter[tuple[str, str]] = Counter()
    said = select(Message.gateway, Message.cost, func.count()).where(Message.cost.is_not(None))
    for gateway, cost, count in db.execute(said.group_by(Message.gateway, Message.cost)):
        found = _COST.fullmatch(cost or "")
        if found is not None:
            costs[gateway or "", found[1]] += round(float(found[2]) * 10_000) * count
    for (gateway, currency), total in sorted(costs.items()):
        yield Figure("messages_cost_total", total / 10_000, (("gateway", gateway), ("currency", currency)))


def _grouped(db: Connection, name: str, *columns: Any, where: ColumnElement[bool] | None = None) -> Iterator[Figure]:
    """How many rows there are of each kind; `where`: of some only."""
    labels = [column.key for column in columns]
    asked = select(*columns, func.count()).where(true() if where is None else where)
    rows = db.execute(asked.group_by(*columns).order_by(*columns))
    for *values, count in rows:
        told = tuple((label, "" if each is None else str(each)) for label, each in zip(labels, values, strict=True))
        yield Figure(name, count, told)


def _outcomes(db: Connection) -> Iterator[Figure]:
    """How many sessions ended so, by the screen at which they did: where people hang up."""
    rows = db.execute(select(SessionOutcome).order_by(SessionOutcome.screen, SessionOutcome.status))
    for row in rows:
        yield Figure("sessions_ended_at_total", row.sessions, (("screen", row.screen), ("status", row.status)))


def _gateways(db: Connection) -> Iterator[Figure]:
    """What became of what gateways were given, how long their calls took, and which are down."""
    rows = db.execute(select(Standing).order_by(Standing.name)).all()
    for name, column in (
        ("gateway_calls_total", "calls"),
        ("gateway_milliseconds_total", "milliseconds"),
        ("gateway_taken_total", "taken"),
        ("gateway_refused_total", "refused"),
        ("gateway_unsure_total", "unsure"),
    ):
        for row in rows:
            yield Figure(name, getattr(row, column), (("gateway", row.name),))
    for row in rows:
        yield Figure("gateway_without_credit", int(row.broke_since is not None), (("gateway", row.name),))
    for row in rows:
        yield Figure("gateway_down", int(row.down_since is not None), (("gateway", row.name),))
