"""Broadcasts as they are kept: each one row, known by its reference."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audiences import Audience
from models.base import Base
from models.messages import Urgency

# Typed on the phone, or given to a command.
OWN_WORDS = ("typed", "words")


class Broadcast(Base):
    """One text to many. Its words are sealed: they may name people.

    `parts` and `cost` are what it came to as it was planned, `weights` how that was found (JSON, `models.spending`).
    """

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
    weights: Mapped[str | None]


def corrected(db: Connection, broadcast_id: int) -> tuple[int, ...]:
    """A broadcast, what it corrects, and what that corrects in its turn; newest first."""
    found = select(Broadcast.id, Broadcast.corrects_id)
    line = found.where(Broadcast.id == broadcast_id).cte(recursive=True)
    line = line.union(found.where(Broadcast.id == line.c.corrects_id))
    return tuple(db.execute(select(line.c.id).order_by(line.c.id.desc())).scalars())


def corrections(db: Connection, broadcast_id: int) -> list[int]:
    """What corrects a broadcast in somebody's own words, and what corrects that in its turn."""
    found = select(Broadcast.id).where(Broadcast.kind.in_(OWN_WORDS))
    line = found.where(Broadcast.corrects_id == broadcast_id).cte(recursive=True)
    line = line.union(found.where(Broadcast.corrects_id == line.c.id))
    return list(db.execute(select(line.c.id)).scalars())


class UnknownBroadcast(LookupError):
    """There is no broadcast of this reference."""


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
