"""Delivery reports: what gateways say of messages, kept once each; they only move a message forwards.

A report names its message by the gateway's id, by a reference of ours, or, when the answer to a send was lost, by the
phone alone: no phone has two messages at a time whose fate is open.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Index, UniqueConstraint, bindparam, exists, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base, choice
from models.messages import RANK, UNSETTLED, Message, MessageState, reference
from models.quick import Quick
from models.writing import insert_once


class Report(Base):
    """What a gateway reported of a message, as it said it; also of messages we do not know (yet)."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("gateway", "gateway_id", "status", "phone_digest"),
        Index("ix_reports_phone", "phone_digest", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gateway: Mapped[str]
    gateway_id: Mapped[str]
    status: Mapped[str]
    state: Mapped[MessageState | None] = mapped_column(choice(MessageState))
    reason: Mapped[str | None]
    phone_digest: Mapped[str]
    received_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery report: the gateway's words, and the state they mean when they are known.

    Without a phone, `gateway_id` is the reference we gave the message.
    """

    gateway: str
    gateway_id: str
    phone: str | None
    status: str
    state: MessageState | None
    reason: str | None


def report(db: Connection, told: Told, now: datetime) -> None:
    """Keep what a gateway reported, once; a message we sent by that id to that phone moves forwards, never back.

    A message whose id is known is moved at once. Otherwise a send to that phone that is being recorded at this moment
    is waited for, or neither would see the other. An id that nobody knows then is that of the one message to that phone
    that is in doubt.
    """
    ours = _referred(db, told.gateway_id) if told.phone is None else None
    phone = ours[1] if ours else told.phone or ""
    # Before its message is touched: two that bring the same would each hold what the other wants.
    new = _keep(db, told, phone, now)
    if told.state is None:
        return
    if ours:
        _arrived(db, ours[0], told, told.state)
    elif not _moved(db, told.gateway, told.gateway_id, phone, told.state):
        _OPEN.all(db, {"phone": phone})
        if not advance(db, told.gateway, told.gateway_id, phone, told.state) and new:
            _adopt(db, told.gateway, told.gateway_id, phone, told.state)


_OPEN = Quick(
    select(Message.id)
    .where(Message.phone == bindparam("phone"), Message.state.in_(UNSETTLED))
    .order_by(Message.id)
    .with_for_update()
)


def _keep(db: Connection, told: Told, phone: str, now: datetime) -> bool:
    """Keep what was told. False when it was told before."""
    values = {
        "gateway": told.gateway,
        "gateway_id": told.gateway_id,
        "status": told.status,
        "state": told.state,
        "reason": told.reason,
        "phone_digest": vault.digest("phone", phone),
        "received_at": now,
    }
    return insert_once(db, Report, values) is not None


def _lower(state: MessageState) -> list[MessageState]:
    return [each for each, rank in RANK.items() if rank < RANK[state]]


_NAMED = Message.gateway == bindparam("gateway"), Message.gateway_id == bindparam("gateway_id")
_IS_KNOWN = Quick(select(Message.id).where(*_NAMED))


_MOVE = {
    state: Quick(
        update(Message)
        .where(*_NAMED)
        .where(Message.phone == bindparam("phone"), Message.state.in_(_lower(state)))
        .values(state=state)
        .returning(Message.id)
    )
    for state in MessageState
    if _lower(state)
}


def _moved(db: Connection, gateway: str, gateway_id: str, phone: str, state: MessageState) -> bool:
    """Move the message of that id and phone forwards. False when there is none, or it is as far."""
    values = {"gateway": gateway, "gateway_id": gateway_id, "phone": phone}
    return _MOVE[state].first(db, values) is not None


def advance(db: Connection, gateway: str, gateway_id: str, phone: str, state: MessageState) -> bool:
    """Move a message we sent by that id to that phone forwards; one that is further stays where it is.

    False when no message has that id.
    """
    if _moved(db, gateway, gateway_id, phone, state):
        return True
    return _IS_KNOWN.first(db, {"gateway": gateway, "gateway_id": gateway_id}) is not None


def _adopt(db: Connection, gateway: str, gateway_id: str, phone: str, state: MessageState) -> None:
    """The one message to a phone that is in doubt is the one an unknown id is about; of two, nobody can say which."""
    to_phone = select(Message.id, Message.state).where(Message.phone == phone)
    found = db.execute(to_phone.where(Message.state.in_(UNSETTLED)).limit(2)).all()
    if len(found) == 1 and found[0].state is MessageState.IN_DOUBT:
        values = {"state": state, "gateway": gateway, "gateway_id": gateway_id, "outcome": None}
        db.execute(update(Message).where(Message.id == found[0].id).values(**values))


def overtook(db: Connection, phone: str, since: datetime) -> None:
    """A message to a phone is in doubt since now: a report that came while it was being sent settles it at once."""
    named = exists().where(Message.gateway == Report.gateway, Message.gateway_id == Report.gateway_id)
    early = select(Report.gateway, Report.gateway_id, Report.state).where(
        Report.phone_digest == vault.digest("phone", phone),
        Report.received_at >= since,
        Report.state.is_not(None),
        ~named,
    )
    for row in db.execute(early.order_by(Report.id)).all():
        if not advance(db, row.gateway, row.gateway_id, phone, row.state):
            _adopt(db, row.gateway, row.gateway_id, phone, row.state)


def _referred(db: Connection, given: str) -> tuple[int, str] | None:
    """The message that a reference of ours names, and its phone, or None."""
    message_id = given.partition(".")[0]
    if not (message_id.isascii() and message_id.isdigit() and len(message_id) < 19):
        return None
    phone = db.execute(select(Message.phone).where(Message.id == int(message_id))).scalar_one_or_none()
    if phone is None or not vault.same(reference(int(message_id), phone), given):
        return None
    return int(message_id), phone


def _arrived(db: Connection, message_id: int, told: Told, state: MessageState) -> None:
    """Move the message forwards that a reference names, also when its sender died before it could note anything."""
    db.execute(
        update(Message)
        .where(Message.id == message_id, Message.attempts > 0, Message.state.in_(_lower(state)))
        .values(state=state, gateway=told.gateway, gateway_id=told.gateway_id, lease_until=None, outcome=None)
    )
