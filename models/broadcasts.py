"""Broadcasts: one text to many, each phone once, at a decent hour; what became of it is counted from its messages.

Planning writes one message for each distinct phone, in chunks, before anything is sent. The tally is a query.
"""

import json
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, Select, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import addressing, cooperatives, hours, inbox, limits, prices, vault
from models.audiences import Audience, late_ones, phones_of
from models.base import Base
from models.checkdigit import check_digit
from models.drafts import Draft
from models.failpoints import reach
from models.limits import Limits, MonthSpent, Spent
from models.messages import GOT, Message, MessageState, Urgency, sealed
from models.writing import insert_once, streaming

__all__ = ["Broadcast", "Draft", "MonthSpent", "Planned", "UnknownBroadcast"]
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
    parts: Mapped[int | None]
    cost: Mapped[int | None]


class UnknownBroadcast(LookupError):
    """There is no broadcast of this reference."""


def _new_reference() -> str:
    drawn = f"{secrets.randbelow(900_000) + 100_000}"
    return drawn + check_digit(drawn)


def plan(db: Connection, draft: Draft, key: str, now: datetime, told: Progress = _nobody) -> str:
    """Write down a broadcast and one message for each distinct phone of its audience; its reference.

    The same key twice is one broadcast: the first one's reference comes back, and nothing is added. Who wants no
    notices gets none but safety alerts, and what every member has a right to. Notices and campaigns wait for the
    morning of the cooperative, and for the next one where a phone has had enough that day. `told` hears after each
    chunk how many messages there are. Raises MonthSpent when the cooperative's limit for the month would be passed.
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
    spent = _write(db, draft, broadcast_id, {"facts_sealed": facts, "queued_at": now}, told)
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(parts=spent.parts, cost=spent.cost))
    reach("planned")
    return reference


def _write(db: Connection, draft: Draft, broadcast_id: int, more: Mapping[str, Any], told: Progress) -> Spent:
    """Write the messages of a broadcast, in chunks; how many SMS parts they are, and what these cost."""
    zone = cooperatives.zone(db, draft.cooperative_id)
    may_wait = draft.urgency >= Urgency.NOTICE
    allowed = limits.of(db, draft.cooperative_id, held=True) if may_wait and not draft.owed else Limits()
    before = _spent(db, draft, more["queued_at"], zone) if allowed.a_month else Spent(0, 0)
    common = {
        **more,
        "kind": draft.kind,
        "urgency": draft.urgency,
        "zone": zone.key if may_wait else None,
        "broadcast_id": broadcast_id,
        "not_before": draft.not_before,
        "not_after": draft.not_after,
    }
    planned, spent = 0, Spent(0, 0)
    cost: float | None = 0.0
    with closing(reached(db, draft)) as chunks:
        for chunk in chunks:
            enough = _enough(db, draft, [phone for phone, _language in chunk], allowed.day, zone)
            addressing.write(db, common, [each for each in chunk if each[0] not in enough])
            tomorrow = {"not_before": hours.next_morning(draft.not_before, zone)}
            addressing.write(db, common | tomorrow, [each for each in chunk if each[0] in enough])
            planned += len(chunk)
            parts = spent.parts + sum(_parts(draft, language) for _phone, language in chunk)
            cost = prices.added(cost, prices.cost(chunk, partial(_parts, draft), draft.prices))
            spent = Spent(parts, prices.whole(cost))
            limits.weigh(allowed, before, spent)
            reach("plan-chunk")
            told(planned)
    return spent


def _spent(db: Connection, draft: Draft, now: datetime, zone: ZoneInfo) -> Spent:
    """What the cooperative planned this month, but for safety alerts."""
    counted = select(func.sum(Broadcast.parts), func.sum(Broadcast.cost))
    month = Broadcast.planned_at >= hours.month_of(now, zone)
    planned = counted.where(Broadcast.cooperative_id == draft.cooperative_id, month)
    parts, cost = db.execute(planned.where(Broadcast.urgency >= Urgency.NOTICE)).one()
    return Spent(int(parts or 0), int(cost or 0))


def _enough(db: Connection, draft: Draft, phones: Sequence[str], cap: int | None, zone: ZoneInfo) -> set[str]:
    """The phones that have had enough that day; none where the message would come too late on the next one."""
    if cap is None or (draft.not_after is not None and draft.not_after <= hours.next_morning(draft.not_before, zone)):
        return set()
    return limits.full(db, phones, cap, hours.day_of(draft.not_before, zone))


def reached(db: Connection, draft: Draft) -> Generator[list[tuple[str, str]], None, None]:
    """Whom a draft would reach, in chunks: each distinct phone, and the language it is spoken to in."""
    everybody = draft.urgency is Urgency.ALERT or draft.owed or not inbox.anybody_silent(db)
    people = _got(draft.corrects_id) if draft.corrects_id else phones_of(db, draft.audience)
    late = None if draft.corrects_id else late_ones(db, draft.audience, draft.not_before)
    before = ""
    with db.execute(people, execution_options=streaming(db, AT_ONCE)) as rows:
        for part in rows.partitions(AT_ONCE):
            chunk: dict[str, str] = {}
            for phone, language, *whose in part:  # by number: a phone that several have comes several times on end
                if phone != before and (late is None or tuple(whose) in late):
                    chunk[phone], before = language, phone
            silent = set() if everybody else inbox.silent(db, list(chunk))
            if wanting := [each for each in chunk.items() if each[0] not in silent]:
                yield wanting


def size(db: Connection, draft: Draft) -> tuple[int, int]:
    """How many phones a draft would reach, and how many SMS parts that is."""
    spoken = [language for chunk in reached(db, draft) for _phone, language in chunk]
    return len(spoken), sum(_parts(draft, language) for language in spoken)


def _parts(draft: Draft, language: str) -> int:
    """How many SMS it is in a language; who is spoken to in one without words reads French."""
    return draft.parts.get(language, draft.parts.get("fr", 1))


def _got(broadcast_id: int) -> Select[str, str]:
    """Whoever got a broadcast, or may have got it: a correction reaches exactly these."""
    got = select(Message.phone, Message.language).where(Message.broadcast_id == broadcast_id, GOT)
    return got.order_by(Message.phone)


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
