"""What a watcher is told of the service: counts and ages, and nothing of anybody. Each is a sum over the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from models.callers import CallBack, CallState
from models.gateways import Standing
from models.inbox import Inbound, OptOut
from models.messages import Message, MessageState
from models.sessions import SessionEnd


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
    yield from _grouped(db, "sessions_ended", SessionEnd.gateway, SessionEnd.status)
    yield from _grouped(db, "sms_received", Inbound.intent)
    yield Figure("opt_outs", _count(db, OptOut.phone_digest))
    yield Figure("calls_owed", _count(db, CallBack.id, CallBack.state == CallState.OPEN))
    yield Figure("letters_unread", _count(db, Inbound.id, Inbound.intent.is_(None), Inbound.read_at.is_(None)))


def _count(db: Connection, what: Any, *where: Any) -> int:
    counted: int = db.execute(select(func.count(what)).where(*where)).scalar_one()
    return counted


def _queue(db: Connection, now: datetime) -> list[Figure]:
    """How many messages are due, and for how many seconds the oldest has been, by what they say."""
    due = (
        select(Message.kind, func.count(), func.min(Message.not_before))
        .where(Message.state == MessageState.QUEUED, Message.not_before <= now)
        .group_by(Message.kind)
        .order_by(Message.kind)
    )
    rows = db.execute(due).all()
    waiting = [Figure("messages_due", count, (("kind", kind),)) for kind, count, _since in rows]
    ages = [Figure("oldest_due_seconds", (now - at).total_seconds(), (("kind", kind),)) for kind, _count, at in rows]
    return waiting + ages


def _grouped(db: Connection, name: str, *columns: Any) -> Iterator[Figure]:
    """How many rows there are of each kind."""
    labels = [column.key for column in columns]
    rows = db.execute(select(*columns, func.count()).group_by(*columns).order_by(*columns))
    for *values, count in rows:
        told = tuple((label, "" if each is None else str(each)) for label, each in zip(labels, values, strict=True))
        yield Figure(name, count, told)


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
