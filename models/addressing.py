"""Addressing: one message to each of many phones, written in one statement."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal, select

from models import vault
from models.bundle import bundle
from models.messages import Message, MessageState

_COMMON = ("kind", "facts_sealed", "urgency", "zone", "broadcast_id", "queued_at", "not_before", "not_after")
_people = bundle("people")
_WRITE = insert(Message).from_select(
    ["phone", "key", "language", "state", *_COMMON],
    select(
        _people.c.key,
        _people.c.value[0].as_string(),
        _people.c.value[1].as_string(),
        literal(MessageState.QUEUED, Message.state.type),
        *(bindparam(name, type_=getattr(Message, name).type) for name in _COMMON),
    ),
)


def write(db: Connection, common: Mapping[str, Any], people: Sequence[tuple[str, str]]) -> None:
    """Write down a message of a broadcast to each of some phones, in its language; all else they have in common.

    Language by language: who is claimed together is told the same, and so is one call.
    """
    if people:
        broadcast, by_language = f"broadcast:{common['broadcast_id']}:", sorted(people, key=itemgetter(1))
        keyed = {phone: [vault.digest("message", broadcast + phone), language] for phone, language in by_language}
        db.execute(_WRITE, {**common, "people": keyed})
