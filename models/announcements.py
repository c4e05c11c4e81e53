"""What leaders send to many: notices and warnings, each kept as a broadcast, and what became of the last ones."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from models import announcing, broadcasts, planned, proposed_broadcasts, served
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.drafts import Draft, Weigh, unweighed
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS, Role, Sex
from models.messages import Message, Urgency, take_back
from models.served import Way

# Who sends notices; the president of the women sends to the women.
ANNOUNCERS = (Role.PRESIDENT, Role.SECRETARY, Role.GENDER_PRESIDENT)
WARNING = "warning"
LEADERS = (*OFFICERS, Role.GENDER_PRESIDENT)


def announce(
    db: Connection,
    hand: Hand,
    audience: Audience,
    kind: str,
    facts: Mapping[str, Any],
    key: str,
    now: datetime,
    weigh: Weigh = unweighed,
    until: datetime | None = None,
) -> int | None:
    """Send a notice, which is over at `until`. To more people than one key may write to it is proposed: the number of
    the proposal, else None.

    The same key sends once. Raises NotAllowed and MonthSpent.
    """
    women_only = hand.role is Role.GENDER_PRESIDENT and audience.sex is not Sex.FEMALE
    if hand.role not in ANNOUNCERS or women_only or audience.cooperative_id != hand.cooperative_id:
        raise NotAllowed(Bar.NO_OFFICER)
    draft = Draft(hand.cooperative_id, audience, kind, facts, Urgency.NOTICE, now, hand.member_id, not_after=until)
    return _send(db, hand, weigh(draft), f"announced:{key}", now)


def _send(db: Connection, hand: Hand, draft: Draft, key: str, now: datetime) -> int | None:
    size = broadcasts.beyond_one_key(db, draft)
    if size is not None:
        return proposed_broadcasts.propose(db, hand, draft, size, key, now)
    broadcasts.plan(db, draft, key, now)
    return None


def warn(
    db: Connection,
    hand: Hand,
    facts: Mapping[str, Any],
    key: str,
    now: datetime,
    weigh: Weigh = unweighed,
    over: bool = False,
) -> str:
    """Warn everybody of a danger at once, at any hour, also who wants no notices; its reference. Raises NotAllowed.

    `over`: the danger is past. A warning that has not left then, or of which nobody knows, does not leave afterwards.
    """
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    if over:
        warned = (Broadcast.cooperative_id == hand.cooperative_id, Broadcast.kind == WARNING)
        take_back(db, now, Message.broadcast_id.in_(select(Broadcast.id).where(*warned)))
    audience = Audience(hand.cooperative_id)
    draft = Draft(hand.cooperative_id, audience, WARNING, facts, Urgency.ALERT, now, hand.member_id)
    return broadcasts.plan(db, weigh(draft), f"danger:{key}", now)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that was sent to many."""

    broadcast_id: int
    kind: str
    planned_at: datetime
    author_id: int | None


_COLUMNS = (Broadcast.id, Broadcast.kind, Broadcast.planned_at, Broadcast.author_id)
_TO_MANY = Broadcast.kind.not_in(set(announcing.KINDS.values()))  # what is told of meetings stands with them
_LAST = (
    select(*_COLUMNS)
    .where(Broadcast.cooperative_id == bindparam("cooperative"), _TO_MANY)
    .order_by(Broadcast.id.desc())
    .limit(bindparam("n"))
)
_ONE = select(*_COLUMNS).where(
    Broadcast.cooperative_id == bindparam("cooperative"), Broadcast.id == bindparam("broadcast"), _TO_MANY
)
_COUNTED = (
    select(Message.state, func.count())
    .where(Message.broadcast_id == bindparam("broadcast"))
    .group_by(Message.state)
)  # fmt: skip
_FIRST = select(Broadcast.urgency, Broadcast.audience).where(Broadcast.id == bindparam("broadcast"))


def last(db: Connection, cooperative_id: int, limit: int) -> list[Announcement]:
    """The last notices and warnings of a cooperative, newest first."""
    return [Announcement(*row) for row in db.execute(_LAST, {"cooperative": cooperative_id, "n": limit})]


def one(db: Connection, cooperative_id: int, broadcast_id: int) -> Announcement | None:
    """A notice or warning of a cooperative, or None."""
    row = db.execute(_ONE, {"cooperative": cooperative_id, "broadcast": broadcast_id}).one_or_none()
    return None if row is None else Announcement(*row)


def arrived(db: Connection, broadcast_id: int) -> dict[Way, int]:
    """How many phones it reached, by what is known of each."""
    return served.counted((row[0], row[1]) for row in db.execute(_COUNTED, {"broadcast": broadcast_id}))


def may_change(hand: Hand, found: Announcement) -> bool:
    """Whether somebody may take it back or correct it: who sent it, as long as they send notices, and who leads."""
    return hand.role in ANNOUNCERS and (hand.role is not Role.GENDER_PRESIDENT or found.author_id == hand.member_id)


def _changed(db: Connection, hand: Hand, broadcast_id: int) -> None:
    found = one(db, hand.cooperative_id, broadcast_id)
    if found is None or not may_change(hand, found):
        raise NotAllowed(Bar.NO_OFFICER)


def stop(db: Connection, hand: Hand, broadcast_id: int, now: datetime) -> int:
    """Take back what has not left; how many messages that were. Raises NotAllowed."""
    _changed(db, hand, broadcast_id)
    return broadcasts.cancel(db, broadcast_id, now)


def correction(db: Connection, hand: Hand, broadcast_id: int, facts: Mapping[str, Any], now: datetime) -> Draft:
    """What is right, for exactly those who got a message or may have got it. Raises NotAllowed."""
    _changed(db, hand, broadcast_id)
    first = db.execute(_FIRST, {"broadcast": broadcast_id}).one()
    audience = Audience.from_facts(json.loads(first.audience))
    urgency = Urgency(first.urgency)
    corrects = planned.corrected(db, broadcast_id)
    return Draft(hand.cooperative_id, audience, "typed", facts, urgency, now, hand.member_id, corrects)


def correct(db: Connection, hand: Hand, draft: Draft, key: str, now: datetime) -> int | None:
    """Take back what has not left of a message, and send its correction; to many with two keys, as any notice.

    What was wrong stops at once: it does not go on leaving while its correction waits for the second key.

    The same key corrects once. The number of the proposal, else None. Raises NotAllowed and MonthSpent.
    """
    wrong, once = draft.corrects[0], f"corrected:{key}"
    _changed(db, hand, wrong)
    if broadcasts.known(db, once) is None:
        broadcasts.withdraw(db, wrong, now)
    return _send(db, hand, draft, once, now)
