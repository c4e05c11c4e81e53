"""Alerts as they are read: by surveillance, by who must explain, and by every body above the cooperative.

Surveillance tells the bodies above of what it finds (AUSCOOP 262 and 340): they see what is raised below them. Who
must explain sees an alert from the moment an explanation is asked, and never the words it was raised with, which may
name a witness.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, false, or_, select
from sqlalchemy.orm import aliased

from models import vault
from models.alerts.sides import BELOW, EXPLAINS, MOVES, Side, side
from models.alerts.tables import FINAL, Alert, AlertStep, Did, Ground, State
from models.cooperatives import Cooperative
from models.hands import Hand
from models.meetings import Meeting
from models.members import OFFICERS, Member, Role


@dataclass(frozen=True, slots=True)
class Seen:
    """An alert as somebody reads it."""

    alert_id: int
    cooperative_id: int
    cooperative: str
    body_id: int
    body: str
    ground: Ground
    state: State
    answer_by: date | None
    time_zone: str
    raised_at: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the cooperative it is about."""
        return ZoneInfo(self.time_zone)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in FINAL

    def stands(self, now: datetime) -> State:
        """Where it stands: when the month has passed, also before that was written down."""
        asked = self.state is State.ASKED and self.answer_by is not None
        if asked and self.answer_by is not None and now.astimezone(self.zone).date() > self.answer_by:
            return State.NOT_ANSWERED
        return self.state

    def late(self, now: datetime) -> bool:
        """Whether an explanation is missing after its day."""
        return self.stands(now) is State.NOT_ANSWERED

    def moves(self, hand: Hand, now: datetime) -> list[Did]:
        """What somebody can do to it now."""
        theirs, stands = side(hand, self.cooperative_id, self.body_id), self.stands(now)
        if theirs is Side.NOBODY:
            return []
        return [did for did, move in MOVES.items() if move.side is theirs and stands in move.before]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step of an alert as it is read; the words are None where the reader may not have them, or nobody typed any."""

    words: str | None
    did: Did
    state: State
    number: str | None
    role: Role | None
    body: str | None
    at: datetime
    due_on: date | None
    meeting_at: datetime | None


_BODY = aliased(Cooperative)
_SEEN: Select[*tuple[Any, ...]] = (
    select(
        Alert.id,
        Alert.cooperative_id,
        Cooperative.name,
        Alert.body_id,
        _BODY.name,
        Alert.ground,
        Alert.state,
        Alert.answer_by,
        Cooperative.time_zone,
        AlertStep.at,
    )
    .join(Cooperative, Cooperative.id == Alert.cooperative_id)
    .join(_BODY, _BODY.id == Alert.body_id)
    .join(AlertStep, and_(AlertStep.alert_id == Alert.id, AlertStep.position == 1))
    .order_by(Alert.id.desc())
)


def _visible(hand: Hand) -> ColumnElement[bool]:
    """Which alerts somebody may see."""
    own = Alert.cooperative_id == hand.cooperative_id
    ways: list[ColumnElement[bool]] = [false()]
    if hand.role in OFFICERS:
        ways.append(Alert.cooperative_id.in_(BELOW))
    if hand.role is Role.SURVEILLANCE:
        ways.append(own)
    if hand.role is EXPLAINS:
        ways.append(and_(own, Alert.state != State.RAISED))
    return or_(*ways)


def listed(db: Connection, hand: Hand, now: datetime) -> list[Seen]:
    """The alerts that somebody may see: those that are late first, then those that are open, each newest first."""
    rows = db.execute(_SEEN.where(_visible(hand)), {"body": hand.cooperative_id})
    found = [Seen(*row) for row in rows]
    return sorted(found, key=lambda each: (not each.late(now), each.over))


def one(db: Connection, hand: Hand, alert_id: int) -> Seen | None:
    """An alert that somebody may see; None for any other, as for one that is not there."""
    row = db.execute(_SEEN.where(_visible(hand), Alert.id == alert_id), {"body": hand.cooperative_id}).one_or_none()
    return None if row is None else Seen(*row)


def waiting(seen: Sequence[Seen], hand: Hand, now: datetime) -> int:
    """On how many of these alerts the next step is somebody's own."""
    return sum(bool(each.moves(hand, now)) for each in seen)


_BY = aliased(Member)
_STEPS: Select[*tuple[Any, ...]] = (
    select(
        AlertStep.did,
        AlertStep.state,
        _BY.number,
        AlertStep.role,
        Cooperative.name,
        AlertStep.at,
        AlertStep.due_on,
        Meeting.starts_at,
        AlertStep.reason_sealed,
    )
    .outerjoin(_BY, _BY.id == AlertStep.by_id)
    .outerjoin(Cooperative, Cooperative.id == AlertStep.body_id)
    .outerjoin(Meeting, Meeting.id == AlertStep.meeting_id)
    .order_by(AlertStep.position)
)


def history(db: Connection, hand: Hand, alert_id: int) -> list[Taken]:
    """All steps of an alert, first to last; nothing of one that somebody may not see."""
    seen = one(db, hand, alert_id)
    if seen is None:
        return []
    explains = side(hand, seen.cooperative_id, seen.body_id) is Side.MANAGEMENT
    steps = []
    for *plain, sealed in db.execute(_STEPS.where(AlertStep.alert_id == alert_id)):
        kept = sealed is None or (explains and plain[0] is Did.RAISE)
        steps.append(Taken(None if kept else vault.unseal(sealed), *plain))
    return steps
