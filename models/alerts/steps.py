"""The steps of an alert: raised by surveillance or a body above, explained within a month, or brought to the assembly.

Nothing here is done by the program itself, except to write down that a month passed without an answer.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.orm import aliased

from models import meetings, quiet, stamps, vault
from models.alerts import letters, sight
from models.alerts.sides import ASKING, JUDGING, MOVES, Side, side, targets
from models.alerts.sight import Seen
from models.alerts.tables import FINAL, RAISED, TAKEN, Alert, AlertStep, Did, Ground, State
from models.hands import Hand
from models.hours import Night
from models.meetings import Announced, MeetingKind, MeetingState
from models.members import Phone
from models.periods import Period, begins
from models.writing import insert_once

ASSEMBLIES = (MeetingKind.ORDINARY, MeetingKind.EXTRAORDINARY)
TO_COME = (Did.REPORT, Did.CONVENE)


class Halt(StrEnum):
    """Why a step is not taken."""

    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    NOT_NOW = "not_now"
    OPEN = "open"
    MEETING = "meeting"
    SAME_PERSON = "same_person"
    NO_WORDS = "no_words"


class Halted(ValueError):
    """A step cannot be taken; the reason is one of `Halt`."""

    def __init__(self, halt: Halt) -> None:
        super().__init__(halt.value)
        self.halt = halt


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does to an alert, why, and which assembly of the cooperative is meant, where one is noted here."""

    did: Did
    words: str
    meeting_id: int | None = None


def explain_by(asked_on: date) -> date:
    """The last day to explain: one month (AUSCOOP 119); from the 31st on, the last day of a shorter month."""
    return begins(asked_on, Period.MONTH, 1)


def trigger(db: Connection, hand: Hand, cooperative_id: int, ground: Ground, words: str, now: datetime) -> int:
    """Raise an alert on a cooperative, in the name of the body of who raises it; its number. Raises Halted.

    By the surveillance of the cooperative itself, or an officer of a body above it (AUSCOOP 119, 144, 262, 340). The
    same alert is not raised again while it is open.
    """
    if cooperative_id not in {each for each, _name in targets(db, hand)}:
        raise Halted(Halt.NOT_YOURS)
    said = _worded(words)
    same = f"{cooperative_id}:{hand.cooperative_id}:{ground}:{said if ground is Ground.OTHER else ''}"
    row = {"cooperative_id": cooperative_id, "body_id": hand.cooperative_id, "ground": ground}
    alert_id = insert_once(db, Alert, row | {"state": State.RAISED, "open_key": vault.digest("alert", same)})
    if alert_id is None:
        raise Halted(Halt.OPEN)
    stamps.write(db, RAISED, [alert_id])
    _write(db, alert_id, Step(Did.RAISE, said), State.RAISED, hand, now)
    letters.tell_above(db, alert_id, cooperative_id, hand.member_id, now)
    return alert_id


def take(db: Connection, hand: Hand, alert_id: int, step: Step, now: datetime) -> Seen:
    """Take a step on an alert; the alert as it stands then. Of two at once, the second finds it changed.

    Raises Halted.
    """
    db.execute(select(Alert.id).where(Alert.id == alert_id).with_for_update())
    seen = sight.one(db, hand, alert_id)
    if seen is None:
        raise Halted(Halt.UNKNOWN)
    said = _worded(step.words)
    _allow(db, hand, seen, step, now)
    if seen.late(now) and seen.state is State.ASKED:
        _lapse(db, alert_id, now)
    state = MOVES[step.did].after
    due_on = explain_by(now.astimezone(seen.zone).date()) if step.did in ASKING else None
    _write(db, alert_id, Step(step.did, said, step.meeting_id), state, hand, now, due_on)
    _move(db, alert_id, state, due_on)
    _tell(db, seen, state, due_on, now)
    found = sight.one(db, hand, alert_id)
    assert found is not None  # noqa: S101 - it was just seen, and nobody loses sight of it by a step
    return found


def _worded(words: str) -> str:
    said = words.strip()
    if not said:
        raise Halted(Halt.NO_WORDS)
    return said


def _allow(db: Connection, hand: Hand, seen: Seen, step: Step, now: datetime) -> None:
    move, theirs = MOVES.get(step.did), side(hand, seen.cooperative_id, seen.body_id)
    if move is None or theirs is Side.NOBODY or theirs is not move.side:
        raise Halted(Halt.NOT_YOURS)
    if step.did not in seen.moves(hand, now):
        raise Halted(Halt.NOT_NOW)
    if step.did in JUDGING and _explained(db, seen.alert_id, hand.member_id):
        raise Halted(Halt.SAME_PERSON)
    if step.meeting_id is not None:
        meeting = meetings.announced(db, seen.cooperative_id, step.meeting_id)
        if meeting is None or not _fits(meeting, seen, step.did, now):
            raise Halted(Halt.MEETING)


_MINE, _THEIRS = aliased(Phone), aliased(Phone)
_SHARED = (
    select(AlertStep.id)
    .join(_THEIRS, _THEIRS.member_id == AlertStep.by_id)
    .join(_MINE, _MINE.number == _THEIRS.number)
    .where(AlertStep.alert_id == bindparam("alert"), AlertStep.did == Did.ANSWER)
    .where(_MINE.member_id == bindparam("member"))
    .limit(1)
)


def _explained(db: Connection, alert_id: int, member_id: int) -> bool:
    """Whether who would judge the answer has a phone of who gave it: one person may stand in two registers."""
    return db.execute(_SHARED, {"alert": alert_id, "member": member_id}).first() is not None


def _fits(meeting: Announced, seen: Seen, did: Did, now: datetime) -> bool:
    """Whether an assembly can be the one a step means: one to come, or one that has met since and decided."""
    if meeting.kind not in ASSEMBLIES or meeting.state is MeetingState.CANCELLED:
        return False
    if did in TO_COME:
        return meeting.standing and meeting.starts_at > now
    return did is Did.CLOSE and seen.raised_at <= meeting.starts_at <= now


def assemblies(db: Connection, seen: Seen, did: Did, now: datetime, limit: int = 5) -> list[Announced]:
    """The assemblies of the cooperative that a step can mean."""
    found = meetings.upcoming if did in TO_COME else meetings.past
    both = found(db, seen.cooperative_id, now, 4 * limit)
    if did is Did.CLOSE:  # one that is being held is still among those to come
        both = [*meetings.upcoming(db, seen.cooperative_id, now, limit), *both]
    return [each for each in both if _fits(each, seen, did, now)][:limit]


_PLACES = select(func.coalesce(func.max(AlertStep.position), 0)).where(AlertStep.alert_id == bindparam("alert"))


def _write(
    db: Connection,
    alert_id: int,
    step: Step,
    state: State,
    hand: Hand | None,
    now: datetime,
    due_on: date | None = None,
) -> None:
    """Write a step down, and stamp it."""
    position = db.execute(_PLACES, {"alert": alert_id}).scalar_one() + 1
    row: dict[str, Any] = {"alert_id": alert_id, "position": position, "did": step.did, "state": state, "at": now}
    if hand is not None:
        row |= {"by_id": hand.member_id, "role": hand.role, "body_id": hand.cooperative_id}
        row |= {"reason_sealed": vault.seal(step.words), "reason_digest": digest(alert_id, position, step.words)}
    made = insert_once(db, AlertStep, row | {"due_on": due_on, "meeting_id": step.meeting_id})
    assert made is not None  # noqa: S101 - the alert is held, so nobody else takes this place
    stamps.write(db, TAKEN, [made])


def digest(alert_id: int, position: int, words: str) -> str:
    """What the words of a step are known by: those of another step have another one."""
    return vault.digest("alert words", f"{alert_id}:{position}:{words}")


def _move(db: Connection, alert_id: int, state: State, due_on: date | None = None) -> None:
    values: dict[str, Any] = {"state": state}
    values |= {"answer_by": due_on} if due_on else {}
    values |= {"open_key": None} if state in FINAL else {}
    db.execute(update(Alert).where(Alert.id == alert_id).values(**values))


def _tell(db: Connection, seen: Seen, state: State, due_on: date | None, now: datetime) -> None:
    if due_on is not None:
        letters.tell_management(db, seen.alert_id, seen.cooperative_id, due_on, now)
    if state is State.ANSWERED:
        letters.tell_raiser(db, seen.alert_id, "explanation_given", now)


def _lapse(db: Connection, alert_id: int, now: datetime) -> None:
    """A month passed without an answer: that is no acceptance."""
    _write(db, alert_id, Step(Did.LAPSE, ""), State.NOT_ANSWERED, None, now)
    _move(db, alert_id, State.NOT_ANSWERED)


def lapse(db: Connection, now: datetime) -> int:
    """Write down where a month has passed without an answer, and tell who raised the alert; how many.

    Run any number of times, each is done once; by day only, since an SMS goes with it. Whoever reads the alert before
    sees it as late all the same.
    """
    asked = (
        select(Alert.id, Alert.answer_by, Alert.cooperative_id)
        .where(Alert.state == State.ASKED, Alert.answer_by <= now.date())  # a day ahead is the most a zone can be
        # In the order in which the counts of stamps are held.
        .order_by(Alert.cooperative_id, Alert.id)
        .with_for_update(of=Alert)
    )
    over = [
        alert_id
        for alert_id, answer_by, home in db.execute(asked).all()
        if answer_by and _lapsed(answer_by, quiet.of(db, home), now)
    ]
    for alert_id in over:
        _lapse(db, alert_id, now)
        letters.tell_raiser(db, alert_id, "explanation_missing", now)
    return len(over)


def _lapsed(answer_by: date, night: Night, now: datetime) -> bool:
    """Whether the month is over, and it is a time to say so."""
    return now.astimezone(night.zone).date() > answer_by and not night.covers(now)
