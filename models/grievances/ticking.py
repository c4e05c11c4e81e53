"""What time does to cases: reminders, and the way up of what nobody attends to. Nothing is ever closed by it.

What is due by now is done once; run twice it does nothing more, run late it does the same later. A case climbs one
level at a time: whoever gets it has their whole time. Each case is a transaction of its own: while the clock goes
through many, nobody who complains waits for all of them, and one that cannot be read stops no other.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from models.grievances import clocks, moving, news, promises, routing, steps
from models.grievances.held import Held, hold, peek
from models.grievances.kinds import Clock, Did, Refused, State, Stop, Unknown
from models.grievances.steps import SYSTEM
from models.grievances.tables import Grievance

AT_ONCE = 200


def due(db: Connection, now: datetime) -> list[int]:
    """The cases with which something is to be done, the longest first; at most some hundreds, the rest later."""
    found: dict[int, None] = {}
    for column in (Grievance.climbs_at, Grievance.tell_at):
        asked = select(Grievance.id).where(column <= now).order_by(column, Grievance.id).limit(AT_ONCE)
        found |= dict.fromkeys(db.execute(asked).scalars())
    return list(found)


def attend(db: Connection, case_id: int, now: datetime) -> bool:
    """Do with a case what is due by now; whether anything was. Another one may have done it, or erased the case."""
    try:
        climbed = _climb(db, hold(db, case_id), now)
    except Unknown:
        return False
    return _tell(db, peek(db, case_id), now) or climbed


def _climb(db: Connection, held: Held, now: datetime) -> bool:
    """A missed clock sends a case up; one that nobody could handle is looked at again."""
    if held.climbs_at is None or held.climbs_at > now:
        return False
    if held.level_id is None:
        return _settle(db, held, now)
    try:
        moving.rise(db, held, Did.ESCALATED, SYSTEM, now)
    except Refused as refused:
        if refused.stop is not Stop.NOBODY_ABOVE:
            raise
        _again(db, held, now)
        return False
    return True


def _settle(db: Connection, held: Held, now: datetime) -> bool:
    if moving.settle(db, held, now).level_id is not None:
        return True
    _again(db, held, now)
    return False


def _again(db: Connection, held: Held, now: datetime) -> None:
    """At the top there is nobody above: it stays, late, and is looked at again a few days later."""
    known = clocks.calendar(db, held.level_id)
    wait = known.hours[Clock.ESCALATE] if held.level_id is not None else 1
    steps.write(db, held, replace(held, climbs_at=now + timedelta(hours=wait)))


def _tell(db: Connection, held: Held, now: datetime) -> bool:
    """Those who handle a case are told when it comes to them, a day before it is due, and on that day.

    Whoever complained is asked on that day whether it is settled, where nothing else is left to do.
    """
    if held.tell_at is None or held.tell_at > now:
        return False
    if held.due_at is None or held.level_id is None:
        steps.write(db, held, replace(held, tell_at=None))
        return False
    times = sorted({held.state_since, held.due_at - clocks.BEFORE, held.due_at})
    which = max(at for at in times if at <= now) if times[0] <= now else None
    later = [at for at in times if at > now]
    steps.write(db, held, replace(held, tell_at=min(later) if later else None))
    if which is None or (held.handler_id is not None and which == held.state_since):
        return False
    news.to_do(db, held, routing.attending(db, held), now)
    if which == held.due_at and held.state is State.RESOLVED and not promises.open_ones(db, held.id):
        news.to_owner(db, held, now)  # nothing is left but their word: is it settled?
    return True
