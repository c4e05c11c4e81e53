"""What a meeting decided, item by item of its agenda: noted afterwards, read by every member. Nobody votes by phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import attendance, door
from models.base import Base, choice
from models.door import Closed, Shut
from models.hands import Hand
from models.meetings import Announced, Meeting, MeetingState
from models.writing import insert_or_update

NO_VOTE = "info"


class Outcome(StrEnum):
    """What became of an item."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    POSTPONED = "postponed"


class Decision(Base):
    """An item of the agenda, by its number from 1, and how it was decided; votes where they were counted."""

    __tablename__ = "decisions"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


def informs(item: str) -> bool:
    """Whether an item only informs, and carries no vote (AUSCOOP 348): it begins with the word Info."""
    return item.casefold().startswith(NO_VOTE)


@dataclass(frozen=True, slots=True)
class Decided:
    """How an item was decided."""

    item: int
    outcome: Outcome
    votes_for: int | None = None
    votes_against: int | None = None


def decide(db: Connection, hand: Hand, meeting_id: int, decided: Decided, now: datetime) -> None:
    """Note how an item was decided; noted again, the last word counts. The meeting is held then. Raises Closed.

    Only what was on the agenda is decided (AUSCOOP 348), and only when enough were there.
    """
    meeting = door.opened(db, hand, meeting_id, now, timedelta(0))
    _check(db, hand, meeting, decided)
    hold(db, hand, meeting_id, now)
    votes = {"votes_for": decided.votes_for, "votes_against": decided.votes_against}
    noted = {"outcome": decided.outcome, **votes, "recorded_by": hand.member_id, "recorded_at": now}
    insert_or_update(db, Decision, {"meeting_id": meeting_id, "item": decided.item}, noted)


def _check(db: Connection, hand: Hand, meeting: Announced, decided: Decided) -> None:
    if not 1 <= decided.item <= len(meeting.agenda):
        raise Closed(Shut.NO_ITEM)
    if informs(meeting.agenda[decided.item - 1]):
        raise Closed(Shut.NO_VOTE)
    needed = attendance.needed(db, hand.cooperative_id, meeting)
    votes = door.present(db, meeting.meeting_id).votes
    if needed is not None and votes < needed:
        raise Closed(Shut.NO_QUORUM)
    said = [each for each in (decided.votes_for, decided.votes_against) if each is not None]
    if any(each < 0 for each in said) or (needed is not None and sum(said) > votes):
        raise Closed(Shut.VOTES)


_HELD = (
    update(Meeting)
    .where(Meeting.id == bindparam("meeting"), Meeting.state != MeetingState.CANCELLED)
    .values(state=MeetingState.HELD)
)


def hold(db: Connection, hand: Hand, meeting_id: int, now: datetime) -> None:
    """The meeting took place. Raises Closed."""
    door.opened(db, hand, meeting_id, now, timedelta(0))
    db.execute(_HELD, {"meeting": meeting_id})


_DECIDED = (
    select(Decision.item, Decision.outcome, Decision.votes_for, Decision.votes_against)
    .where(Decision.meeting_id == bindparam("meeting"))
    .order_by(Decision.item)
)


def decisions(db: Connection, meeting_id: int) -> list[Decided]:
    """What a meeting decided, in the order of its agenda."""
    return [Decided(*row) for row in db.execute(_DECIDED, {"meeting": meeting_id})]
