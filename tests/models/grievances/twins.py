"""Two databases that differ in one case alone, and all that somebody could ask of them about cases."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from models import alerts, vault
from models.grievances import (
    Refused,
    Unknown,
    bars,
    glass,
    numbers,
    parties,
    published,
    reading,
    readings,
    sight,
    threats,
    touched,
    unseen,
    waiting,
    work,
)
from models.grievances.held import peek
from models.grievances.near import near
from models.hands import Hand
from models.messages import Message
from tests.models.grievances.land import Land


class Draw:
    """A source of numbers that gives both databases the same ones: even for what is in both, odd for the one case."""

    def __init__(self) -> None:
        self.random, self.odd = random.Random(0), 0

    def begin(self, label: str, hidden: bool) -> None:
        self.random, self.odd = random.Random(label), int(hidden)

    def randbelow(self, top: int) -> int:
        return self.random.randrange(top // 2) * 2 + self.odd


DRAW = Draw()


@contextmanager
def drawn() -> Iterator[None]:
    """While this lasts, numbers of cases come from `DRAW`."""
    kept = vars(numbers)["secrets"]
    vars(numbers)["secrets"] = DRAW
    try:
        yield
    finally:
        vars(numbers)["secrets"] = kept


@dataclass
class Twins:
    """A land with a case, and the same land without it."""

    with_it: Land
    without: Land
    hidden: int | None = None
    hidden_reference: str = "000000"
    out: set[int] = field(default_factory=set)  # excluded ever since it was filed
    named: frozenset[int] | None = None  # once it was joined to another case: who is in cause in both
    invited: set[int] = field(default_factory=set)  # the other side, who was told so

    @property
    def both(self) -> tuple[Land, Land]:
        return self.with_it, self.without

    def do(self, label: str, action: Callable[[Land], object], hidden: bool = False) -> list[object]:
        """Do something in both lands, or, with the hidden case, in the one that has it."""
        found: list[object] = []
        for land in (self.with_it,) if hidden else self.both:
            DRAW.begin(label, hidden)
            found.append(attempt(land.db, lambda here=land: action(here)))  # type: ignore[misc]
        return found

    def excluded(self) -> frozenset[int]:
        """For whom the hidden case does not exist."""
        if self.hidden is None:
            return frozenset()
        db = self.with_it.db
        out = bars.excluded(db, peek(db, self.hidden)) - near(db, self.invited)
        return out if self.named is None else out & self.named


def attempt(db: Connection, action: Callable[[], object]) -> object:
    """What it gives, or why it was refused; refused, nothing of it is kept, as in a press."""
    point = db.begin_nested()
    try:
        given = action()
    except (Refused, Unknown, LookupError, ValueError) as error:
        point.rollback()
        return f"{type(error).__name__} {error}"
    point.commit()
    return given


def asked(land: Land, hand: Hand, hidden: int | None, reference: str, now: datetime, figures: bool = True) -> str:
    """All that somebody could ask about cases, in one text; with what was published of them, or without."""
    db = land.db
    lines = sight.mine(db, hand)
    found: list[object] = [
        lines,
        sight.mine(db, hand, over=True),
        sight.count(db, hand),
        sight.late(db, hand, now),
        threats.told(db, hand),
        readings.newest(db, hand),
        parties.invitations(db, hand.member_id),
        waiting(db, str(hand.phone), now, [hand.member_id]),
        unseen(db, str(hand.phone), hand.member_id, now, [hand.member_id]),
        attempt(db, lambda: sight.find(db, hand, reference)),
        [reading.whole(db, hand, line.case_id) for line in lines],
        [work.colleagues(db, hand, line.case_id) for line in lines],
        glass.newest(db, hand),
        touched.told(db, hand, now),
        alerts.listed(db, hand, now),
        [alerts.hints(db, body, now) for body in land.bodies.values()],
        [published.newest(db, body) for body in land.bodies.values() if figures],
    ]
    case = hidden or 1
    found += [
        attempt(db, lambda: work.acknowledge(db, hand, case, now)),
        attempt(db, lambda: work.recuse(db, hand, case, now)),
        attempt(db, lambda: work.assign(db, hand, case, hand.member_id, now)),
        attempt(db, lambda: readings.note(db, hand, case, "case", now)),
    ]
    return repr(found)


def sms(land: Land, hand: Hand) -> str:
    """The SMS that were queued for somebody's phone, byte for byte."""
    columns = (Message.kind, Message.language, Message.facts_sealed, Message.queued_at, Message.not_before)
    rows = land.db.execute(select(*columns).where(Message.phone == hand.phone).order_by(Message.id))
    said: list[Any] = [(row[0], row[1], json.loads(vault.unseal(row[2])), row[3], row[4]) for row in rows]
    return repr(said)
