"""Broadcasts: one text to many, each phone once, at a decent hour; what became of it is counted from its messages.

Planning writes one message for each distinct phone, in chunks, before anything is sent. The tally is a query.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.audiences import Audience, phones_of
from models.base import Base
from models.checkdigit import check_digit
from models.cooperatives import Cooperative
from models.failpoints import reach
from models.inbox import OptOut
from models.messages import Message, MessageState, Urgency, sealed
from models.writing import batches, insert_once

AT_ONCE = 5000
Progress = Callable[[int], None]


def _nobody(_planned: int) -> None:
    """Nobody wants to hear how far it is."""


class Broadcast(Base):
    """One text to many. Its words are sealed: they may name people."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str]
    facts_sealed: Mapped[str]
    urgency: Mapped[int]
    audience: Mapped[str]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"))
    not_before: Mapped[datetime]
    planned_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A broadcast to be: whose, to whom, what (a kind of notice and its facts), how urgent, and from when on.

    After `not_after` it would come too late, and what has not left by then expires.
    """

    cooperative_id: int
    audience: Audience
    kind: str
    facts: Mapping[str, Any]
    urgency: Urgency
    not_before: datetime
    author_id: int | None = None
    corrects_id: int | None = None
    not_after: datetime | None = None


class UnknownBroadcast(LookupError):
    """There is no broadcast of this reference."""


def _new_reference() -> str:
    drawn = f"{secrets.randbelow(900_000) + 100_000}"
    return drawn + check_digit(drawn)


def plan(db: Connection, draft: Draft, key: str, now: datetime, told: Progress = _nobody) -> str:
    """Write down a broadcast and one message for each distinct phone of its audience; its reference.

    The same key twice is one broadcast: the first one's reference comes back, and nothing is added. Who wants no
    notices gets none but safety alerts. Notices and campaigns wait for the morning of the cooperative. `told` hears
    after each chunk how many messages there are.
    """
    digest = vault.digest("broadcast", key)
    known = db.execute(select(Broadcast.reference).where(Broadcast.key == digest)).scalar_one_or_none()
    if known is not None:
        return known
    reference, facts = _new_reference(), sealed(draft.facts)
    row = {
        "reference": reference,
        "key": digest,
        "cooperative_id": draft.cooperative_id,
        "author_id": draft.author_id,
        "kind": draft.kind,
        "facts_sealed": facts,
        "urgency": draft.urgency,
        "audience": json.dumps(draft.audience.as_facts()),
        "corrects_id": draft.corrects_id,
        "not_before": draft.not_before,
        "planned_at": now,
    }
    broadcast_id = insert_once(db, Broadcast, row)
    if broadcast_id is None:  # the same key at the same moment, or a number that was drawn before
        return plan(db, draft, key, now, told)
    reach("plan-begun")
    zone = db.execute(select(Cooperative.time_zone).where(Cooperative.id == draft.cooperative_id)).scalar_one()
    common = {
        "kind": draft.kind,
        "facts_sealed": facts,
        "urgency": draft.urgency,
        "zone": zone if draft.urgency >= Urgency.NOTICE else None,
        "broadcast_id": broadcast_id,
        "state": MessageState.QUEUED,
        "queued_at": now,
        "not_before": draft.not_before,
        "not_after": draft.not_after,
    }
    planned = 0
    for chunk in reached(db, draft):
        db.execute(insert(Message), [common | _addressed(broadcast_id, *each) for each in chunk])
        planned += len(chunk)
        reach("plan-chunk")
        told(planned)
    reach("planned")
    return reference


def _addressed(broadcast_id: int, phone: str, language: str) -> dict[str, Any]:
    return {"key": vault.digest("message", f"broadcast:{broadcast_id}:{phone}"), "phone": phone, "language": language}


def reached(db: Connection, draft: Draft) -> Iterator[list[tuple[str, str]]]:
    """Whom a draft would reach, in chunks: each distinct phone, and the language it is spoken to in."""
    everybody = draft.urgency is Urgency.ALERT or db.execute(select(OptOut.phone_digest).limit(1)).first() is None
    people = _got(draft.corrects_id) if draft.corrects_id else phones_of(db, draft.audience)
    before = ""
    for part in db.execute(people, execution_options={"yield_per": AT_ONCE}).partitions():
        chunk: dict[str, str] = {}
        for phone, language in part:  # by number: a phone that several have comes several times on end
            if phone != before:
                chunk[phone] = language
            before = phone
        wanting = chunk if everybody else _wanting(db, chunk)
        if wanting:
            yield list(wanting.items())


def _wanting(db: Connection, people: Mapping[str, str]) -> Mapping[str, str]:
    """Those of some phones that have not said that they want no notices."""
    digests = {vault.digest("phone", phone): phone for phone in people}
    silent: set[str] = set()
    for some in batches(list(digests)):
        silent |= set(db.execute(select(OptOut.phone_digest).where(OptOut.phone_digest.in_(some))).scalars())
    quiet = {digests[each] for each in silent}
    return {phone: language for phone, language in people.items() if phone not in quiet}


def _got(broadcast_id: int) -> Select[str, str]:
    """Whoever got a broadcast, or may have got it: a correction reaches exactly these."""
    not_sent = (MessageState.QUEUED, MessageState.CANCELLED, MessageState.FAILED)
    return (
        select(Message.phone, Message.language)
        .where(Message.broadcast_id == broadcast_id, Message.state.not_in(not_sent))
        .order_by(Message.phone)
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """A broadcast as it was planned."""

    broadcast_id: int
    reference: str
    cooperative_id: int
    kind: str
    audience: Audience
    urgency: Urgency
    not_before: datetime
    cancelled_at: datetime | None


def find(db: Connection, reference: str) -> Planned:
    """The broadcast of a reference. Raises UnknownBroadcast."""
    columns = (
        Broadcast.id,
        Broadcast.reference,
        Broadcast.cooperative_id,
        Broadcast.kind,
        Broadcast.audience,
        Broadcast.urgency,
        Broadcast.not_before,
        Broadcast.cancelled_at,
    )
    row = db.execute(select(*columns).where(Broadcast.reference == reference)).one_or_none()
    if row is None:
        raise UnknownBroadcast(reference)
    audience = Audience.from_facts(json.loads(row.audience))
    return Planned(*row[:4], audience, Urgency(row.urgency), row.not_before, row.cancelled_at)


def tally(db: Connection, broadcast_id: int) -> dict[MessageState, int]:
    """How many of its messages are in each state; every state is there, and together they are all of them."""
    counted = select(Message.state, func.count()).where(Message.broadcast_id == broadcast_id).group_by(Message.state)
    found: dict[MessageState, int] = dict(db.execute(counted).all())
    return dict.fromkeys(MessageState, 0) | found


def cancel(db: Connection, broadcast_id: int, now: datetime) -> int:
    """Take back what has not left yet; how many messages that were."""
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(cancelled_at=now))
    waiting = update(Message).where(Message.broadcast_id == broadcast_id, Message.state == MessageState.QUEUED)
    return db.execute(waiting.values(state=MessageState.CANCELLED)).rowcount
