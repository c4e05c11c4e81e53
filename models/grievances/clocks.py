"""The deadlines of a case: how long each step may take, who may tighten that, which days do not count.

An apex sets a deadline for all below it; each body below may only make it shorter. Without a word from anybody the
defaults hold. What protects the complainant (the days to answer, to appeal, to reopen) is nobody's to shorten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models import cooperatives
from models.grievances import tree
from models.grievances.kinds import Clock, Lane, Refused, State, Stop
from models.grievances.settings import CaseClock, RestDay
from models.writing import insert_once, insert_or_update

DEFAULTS: Mapping[Clock, int] = {
    Clock.ACKNOWLEDGE: 48,
    Clock.ACKNOWLEDGE_URGENT: 12,
    Clock.ACKNOWLEDGE_SENSITIVE: 24,
    Clock.ASSESS: 5 * 24,
    Clock.ASSIGN: 7 * 24,
    Clock.SESSION: 15 * 24,
    Clock.RESOLVE: 30 * 24,
    Clock.RESOLVE_EXTERNAL: 60 * 24,
    Clock.DECIDE_APPEAL: 30 * 24,
    Clock.ESCALATE: 3 * 24,
}
ANSWER_WITHIN = timedelta(days=10)
APPEAL_WITHIN = timedelta(days=15)
REOPEN_WITHIN = timedelta(days=365)
BEFORE = timedelta(days=1)  # a deadline is told so long before, and on its day
CHECKS = (timedelta(days=14), timedelta(days=30), timedelta(days=60))
AT_MOST = 4  # times the default: even an apex cannot put a case off for ever
REST_WEEKDAYS, REST_DATES, REST_WITHIN = 2, 5, timedelta(days=30)

ARRIVED = frozenset({State.RECEIVED, State.ESCALATED, State.REOPENED})
_ARRIVAL = {Lane.URGENT: Clock.ACKNOWLEDGE_URGENT, Lane.SENSITIVE: Clock.ACKNOWLEDGE_SENSITIVE}
_NEXT = {
    State.ACKNOWLEDGED: Clock.ASSESS,
    State.ASSESSED: Clock.ASSIGN,
    State.ASSIGNED: Clock.SESSION,
    State.INQUIRY: Clock.SESSION,
    State.APPEALED: Clock.DECIDE_APPEAL,
}
# These also end when the complainant was to have an answer.
_ANSWERED = frozenset({State.ASSIGNED, State.INQUIRY, State.IN_MEDIATION})
CLIMBING = ARRIVED | _ANSWERED | {State.ACKNOWLEDGED, State.ASSESSED, State.APPEALED, State.REFERRED}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The deadlines of a body, and the days on which it does not work, there where it is."""

    hours: Mapping[Clock, int]
    weekdays: frozenset[int]
    days: frozenset[date]
    zone: ZoneInfo

    def after(self, start: datetime, hours: float, resting: bool = True) -> datetime:
        """The moment so many hours after another; with `resting`, days of rest do not count, up to twice the hours."""
        left, at = timedelta(hours=hours), start
        if not resting or not (self.weekdays or self.days):
            return at + left
        latest = start + 2 * left
        while at < latest:
            there = at.astimezone(self.zone)
            midnight = datetime.combine(there.date() + timedelta(days=1), time(0), self.zone)
            if self._rests(there.date()):
                at = midnight.astimezone(start.tzinfo)
            elif at + left <= midnight:
                return min(at + left, latest)
            else:
                left -= midnight - at
                at = midnight.astimezone(start.tzinfo)
        return latest

    def _rests(self, day: date) -> bool:
        return day.weekday() in self.weekdays or day in self.days


UTC_CALENDAR = Calendar(DEFAULTS, frozenset(), frozenset(), ZoneInfo("UTC"))
_SET = select(CaseClock.cooperative_id, CaseClock.clock, CaseClock.hours).where(
    CaseClock.cooperative_id.in_(bindparam("bodies", expanding=True))
)
_RESTS = select(RestDay.weekday, RestDay.day).where(RestDay.cooperative_id == bindparam("body"))


def calendar(db: Connection, body_id: int | None) -> Calendar:
    """The deadlines and days of rest of a body; the defaults for a case that nobody handles."""
    if body_id is None:
        return UTC_CALENDAR
    rests = db.execute(_RESTS, {"body": body_id}).all()
    zone = cooperatives.zone(db, body_id)
    weekdays = frozenset(row.weekday for row in rests if row.weekday is not None)
    return Calendar(hours(db, body_id), weekdays, frozenset(row.day for row in rests if row.day is not None), zone)


def hours(db: Connection, body_id: int) -> dict[Clock, int]:
    """How many hours each step may take at a body: the shortest that it or any above it set, or the default."""
    return {**DEFAULTS, **_tightest(db, [body_id, *tree.above(db, body_id)])}


def _tightest(db: Connection, bodies: list[int]) -> dict[Clock, int]:
    found: dict[Clock, int] = {}
    for row in db.execute(_SET, {"bodies": bodies}):
        found[row.clock] = min(row.hours, found.get(row.clock, row.hours))
    return found


def set_hours(db: Connection, body_id: int, clock: Clock, wanted: int) -> None:
    """A body sets a deadline, in hours, for itself and all below it. Raises Refused for one longer than above.

    A body with none above may go beyond the default, up to four times.
    """
    above = tree.above(db, body_id)
    most = {**DEFAULTS, **_tightest(db, above)}[clock] if above else DEFAULTS[clock] * AT_MOST
    if not 1 <= wanted <= most:
        raise Refused(Stop.LOOSER)
    insert_or_update(db, CaseClock, {"cooperative_id": body_id, "clock": clock}, {"hours": wanted})


def rest_on(db: Connection, body_id: int, weekday: int | None = None, day: date | None = None) -> None:
    """A body does not work on a day of the week (0 is Monday), or on a date. Raises Refused for too many.

    Of dates there are at most five in any thirty days; what is said again is the same.
    """
    known = calendar(db, body_id)
    full = weekday is not None and len(known.weekdays | {weekday}) > REST_WEEKDAYS
    if full or (day is not None and _crowded(known.days | {day}, day)):
        raise Refused(Stop.TOO_MANY)
    insert_once(db, RestDay, {"cooperative_id": body_id, "weekday": weekday, "day": day})


def _crowded(days: frozenset[date], around: date) -> bool:
    near = sorted(each for each in days if abs(each - around) < REST_WITHIN)
    return any(last - first < REST_WITHIN for first, last in zip(near, near[REST_DATES:], strict=False))


@dataclass(frozen=True, slots=True)
class Times:
    """When a step of a case is due, and when the case goes up by itself; None where nothing presses."""

    due_at: datetime | None
    climbs_at: datetime | None


def times(known: Calendar, state: State, lane: Lane, since: datetime, answer_by: datetime, now: datetime) -> Times:
    """The times of a case that is in a state since a moment. Nobody's silence closes it, and the parties' lets it wait:
    an outcome that was proposed, or whether it is settled, is due for an answer and does not climb.
    """
    due = _due(known, state, lane, since, answer_by, now)
    if due is None or state not in CLIMBING:
        return Times(due, None)
    return Times(due, known.after(due, known.hours[Clock.ESCALATE]))


def _due(
    known: Calendar, state: State, lane: Lane, since: datetime, answer_by: datetime, now: datetime
) -> datetime | None:
    if state in ARRIVED:
        clock = _ARRIVAL.get(lane, Clock.ACKNOWLEDGE)
        return known.after(since, known.hours[clock], resting=clock is Clock.ACKNOWLEDGE)
    if state is State.PROPOSED:
        return since + ANSWER_WITHIN
    if state is State.REFERRED:
        return next((since + check for check in CHECKS if since + check > now), since + CHECKS[-1])
    if state is State.IN_MEDIATION:
        return answer_by
    if state is State.RESOLVED:
        return settled_by(answer_by, since)
    if state not in _NEXT:
        return None
    due = known.after(since, known.hours[_NEXT[state]])
    return min(due, answer_by) if state in _ANSWERED else due


def settled_by(answer_by: datetime, since: datetime) -> datetime:
    """By when the complainant is asked once more whether it is settled, nothing being left to do since a moment: when
    they were to have an answer, or ten days later where that is past.
    """
    return answer_by if answer_by > since else since + ANSWER_WITHIN


def reopens_until(main_since: datetime, own_since: datetime) -> datetime:
    """Until when a case that is over can be opened again: twelve months. `main_since`: since when the one that it was
    joined to stands where it stands, or the case itself; what is decided of that one is decided of both.
    """
    return max(main_since, own_since) + REOPEN_WITHIN


def answer_by(known: Calendar, lane: Lane, since: datetime) -> datetime:
    """By when the complainant has an answer from the body that handles the case."""
    clock = Clock.RESOLVE_EXTERNAL if lane is Lane.EXTERNAL else Clock.RESOLVE
    return known.after(since, known.hours[clock])
