"""What leaders send to many: notices and warnings, each kept as a broadcast, and what became of the last ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from models import announcing, broadcasts, limits, proposed_broadcasts, served
from models.audiences import Audience
from models.broadcasts import Broadcast
from models.drafts import Draft, Weigh, unweighed
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS, Role, Sex
from models.messages import Message, Urgency
from models.served import Way

# Who sends notices; the president of the women sends to the women.
ANNOUNCERS = (Role.PRESIDENT, Role.SECRETARY, Role.GENDER_PRESIDENT)
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
) -> int | None:
    """Send a notice. To more people than one key may write to it is proposed: the number of the proposal, else None.

    The same key sends once. Raises NotAllowed and MonthSpent.
    """
    women_only = hand.role is Role.GENDER_PRESIDENT and audience.sex is not Sex.FEMALE
    if hand.role not in ANNOUNCERS or women_only or audience.cooperative_id != hand.cooperative_id:
        raise NotAllowed(Bar.NO_OFFICER)
    draft = weigh(Draft(hand.cooperative_id, audience, kind, facts, Urgency.NOTICE, now, hand.member_id))
    people, parts = broadcasts.size(db, draft)
    if limits.second_key(db, hand.cooperative_id, people):
        return proposed_broadcasts.propose(db, hand, draft, (people, parts), now)
    broadcasts.plan(db, draft, f"announced:{key}", now)
    return None


def warn(
    db: Connection, hand: Hand, facts: Mapping[str, Any], key: str, now: datetime, weigh: Weigh = unweighed
) -> str:
    """Warn everybody of a danger at once, at any hour, also who wants no notices; its reference. Raises NotAllowed."""
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    audience = Audience(hand.cooperative_id)
    draft = Draft(hand.cooperative_id, audience, "warning", facts, Urgency.ALERT, now, hand.member_id)
    return broadcasts.plan(db, weigh(draft), f"danger:{key}", now)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that was sent to many."""

    broadcast_id: int
    kind: str
    planned_at: datetime


_TO_MANY = Broadcast.kind.not_in(set(announcing.KINDS.values()))  # what is told of meetings stands with them
_LAST = (
    select(Broadcast.id, Broadcast.kind, Broadcast.planned_at)
    .where(Broadcast.cooperative_id == bindparam("cooperative"), _TO_MANY)
    .order_by(Broadcast.id.desc())
    .limit(bindparam("n"))
)
_ONE = select(Broadcast.id, Broadcast.kind, Broadcast.planned_at).where(
    Broadcast.cooperative_id == bindparam("cooperative"), Broadcast.id == bindparam("broadcast"), _TO_MANY
)
_COUNTED = (
    select(Message.state, func.count())
    .where(Message.broadcast_id == bindparam("broadcast"))
    .group_by(Message.state)
)  # fmt: skip


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
