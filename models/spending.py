"""What a cooperative spent on SMS in a month: what it planned, but for what never left.

A message that was taken back, refused by every gateway, or too late to be sent costs nothing. One that a gateway took
costs, whatever became of it then; so does one that was in doubt, since the network may have charged it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from models import prices
from models.drafts import Draft
from models.limits import NOT_SENT, Spent
from models.messages import Message, Urgency
from models.planned import Broadcast

_NEVER_LEFT = Message.state.in_(NOT_SENT) & Message.gateway_id.is_(None) & Message.doubted_at.is_(None)


def weights(draft: Draft, cost: float | None) -> str:
    """How a broadcast was weighed, as it is kept: parts by language, prices by the first digits, and the whole cost."""
    return json.dumps({"parts": dict(draft.parts), "prices": dict(draft.prices), "cost": cost})


def parts_in(parts: Mapping[str, int], language: str) -> int:
    """How many SMS a text is in a language; who is spoken to in one without words reads French."""
    return parts.get(language, parts.get("fr", 1))


def spent(db: Connection, cooperative_id: int, since: datetime) -> Spent:
    """What the cooperative planned since then and what may still cost, but for safety alerts."""
    planned = select(Broadcast.id, Broadcast.parts, Broadcast.cost, Broadcast.weights).where(
        Broadcast.cooperative_id == cooperative_id, Broadcast.planned_at >= since, Broadcast.urgency >= Urgency.NOTICE
    )
    rows = db.execute(planned).all()
    kept = {row.id: json.loads(row.weights) for row in rows if row.weights}
    saved = _saved(db, kept)
    each = [_left(row, kept.get(row.id), saved.get(row.id, {})) for row in rows]
    return Spent(sum(parts for parts, _cost in each), sum(cost for _parts, cost in each))


Saved = dict[tuple[str, str], int]


def _saved(db: Connection, kept: Mapping[int, Mapping[str, Any]]) -> dict[int, Saved]:
    """The messages of some broadcasts that never left: how many, by the first digits of the phone and the language."""
    digits = max((len(begins) for each in kept.values() for begins in each["prices"]), default=0)
    never = select(Message.broadcast_id, func.substr(Message.phone, 1, digits).label("begins"), Message.language)
    each = never.where(Message.broadcast_id.in_(list(kept)), _NEVER_LEFT).subquery()
    alike = each.c.broadcast_id, each.c.begins, each.c.language
    found: dict[int, Saved] = {}
    for broadcast_id, begins, language, count in db.execute(select(*alike, func.count()).group_by(*alike)):
        found.setdefault(broadcast_id, {})[begins, language] = count
    return found


def _left(row: Row[*tuple[Any, ...]], weighed: Mapping[str, Any] | None, saved: Saved) -> tuple[int, int]:
    """The parts and the cost of a broadcast without what never left; whole where it is not known how it was weighed."""
    if not saved or weighed is None:
        return row.parts or 0, row.cost or 0
    sizes = {language: parts_in(weighed["parts"], language) for _begins, language in saved}
    parts = sum(count * sizes[language] for (_begins, language), count in saved.items())
    free = prices.total(saved, sizes.__getitem__, weighed["prices"])
    cost = row.cost if free is None or weighed["cost"] is None else prices.whole(weighed["cost"] - free)
    return (row.parts or 0) - parts, cost or 0
