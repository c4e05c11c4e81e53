"""Recurring broadcasts: the same text again by a rule of iCalendar (RFC 5545), on the cooperative's own clock.

An occurrence is planned once, under a key of its own, whoever looks and however often. One that is more than a day
late is left out: a reminder of last week helps nobody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import cadence, cooperatives, vault
from models.audiences import Audience
from models.base import Base
from models.cadence import BadRule
from models.drafts import Draft
from models.messages import Urgency, sealed
from models.writing import insert_once

__all__ = ["BadRule", "Recurrence", "Recurring"]
LATE = timedelta(days=1)


class Recurrence(Base):
    """A broadcast that comes again. `starts` is a time of the cooperative's clock, without a zone; `rule` an RRULE.

    `agreed` is to how many phones a month two officers agreed; None where one key was enough.
    """

    __tablename__ = "recurrences"
    __table_args__ = (Index("ix_recurrences_next", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str]
    facts_sealed: Mapped[str]
    urgency: Mapped[int]
    audience: Mapped[str]
    parts: Mapped[str]
    rule: Mapped[str]
    starts: Mapped[str]
    next_at: Mapped[datetime | None]
    agreed: Mapped[int | None]


def recur(db: Connection, draft: Draft, rule: str, key: str, now: datetime, agreed: int | None = None) -> int:
    """Have a draft sent by a rule, from its `not_before` on; its number. The same key is the same. Raises BadRule."""
    zone = cooperatives.zone(db, draft.cooperative_id)
    starts, next_at = cadence.first(rule, draft.not_before, now, zone)
    values = {
        "key": vault.digest("recurrence", key),
        "cooperative_id": draft.cooperative_id,
        "author_id": draft.author_id,
        "kind": draft.kind,
        "facts_sealed": sealed(draft.facts),
        "urgency": draft.urgency,
        "audience": json.dumps(draft.audience.as_facts()),
        "parts": json.dumps(dict(draft.parts)),
        "rule": rule,
        "starts": starts,
        "next_at": next_at,
        "agreed": agreed,
    }
    made = insert_once(db, Recurrence, values) or known(db, key)
    assert made is not None  # noqa: S101 - it is there now
    return made


def known(db: Connection, key: str) -> int | None:
    """The number of what comes again under a key, if there is such a thing."""
    found = select(Recurrence.id).where(Recurrence.key == vault.digest("recurrence", key))
    return db.execute(found).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Recurring:
    """What comes again: its number, by which rule, and when next; None when it is over."""

    number: int
    cooperative_id: int
    rule: str
    next_at: datetime | None


def all_of(db: Connection, cooperative_id: int) -> list[Recurring]:
    """What comes again in a cooperative, oldest first."""
    columns = (Recurrence.id, Recurrence.cooperative_id, Recurrence.rule, Recurrence.next_at)
    found = select(*columns).where(Recurrence.cooperative_id == cooperative_id).order_by(Recurrence.id)
    return [Recurring(*row) for row in db.execute(found)]


def stop(db: Connection, number: int) -> bool:
    """It does not come again. False when it is over, or there is none."""
    coming = update(Recurrence).where(Recurrence.id == number, Recurrence.next_at.is_not(None))
    return db.execute(coming.values(next_at=None)).rowcount > 0


def due(db: Connection, now: datetime) -> list[int]:
    """The numbers of what should come by now."""
    return list(db.execute(select(Recurrence.id).where(Recurrence.next_at <= now).order_by(Recurrence.id)).scalars())


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time of what comes again: what is sent then, and under which key; how often a month, and what was agreed."""

    number: int
    draft: Draft
    key: str
    times: int
    agreed: int


def take(db: Connection, number: int, now: datetime) -> Occurrence | None:
    """What is due of a recurrence, which is then due at its next time; None when nothing is to be planned.

    Of several that were missed it is the last, and none when that is more than a day late.
    """
    held = (
        select(Recurrence).where(Recurrence.id == number, Recurrence.next_at <= now).with_for_update(skip_locked=True)
    )
    row = db.execute(held).one_or_none()
    if row is None:
        return None
    zone, reached = cooperatives.zone(db, row.cooperative_id), row.next_at
    following = cadence.following(row.rule, row.starts, reached, zone)
    while following is not None and following <= now:
        reached, following = following, cadence.following(row.rule, row.starts, following, zone)
    db.execute(update(Recurrence).where(Recurrence.id == number).values(next_at=following))
    if reached + LATE <= now:
        return None
    draft = replace(_draft(row._mapping), not_before=reached, not_after=reached + LATE)  # noqa: SLF001 - its public name
    key = f"recurrence:{number}:{cadence.on_clock(reached, zone).isoformat()}"
    return Occurrence(number, draft, key, cadence.times(row.rule, row.starts), row.agreed or 0)


def agree(db: Connection, number: int, people: int) -> None:
    """Two officers agreed that it goes to so many phones a month."""
    db.execute(update(Recurrence).where(Recurrence.id == number).values(agreed=people))


def _draft(row: Mapping[Any, Any]) -> Draft:
    facts = json.loads(vault.unseal(row["facts_sealed"]))
    audience = Audience.from_facts(json.loads(row["audience"]))
    urgency, starts = Urgency(row["urgency"]), row["next_at"]
    draft = Draft(row["cooperative_id"], audience, row["kind"], facts, urgency, starts, row["author_id"])
    return replace(draft, parts=json.loads(row["parts"]))
