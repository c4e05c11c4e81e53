"""A case goes to another seat: up the tree, or out of the hands of who may not have it any more."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models.grievances import bars, clocks, merging, news, routing, steps
from models.grievances.held import Held, hold, peek
from models.grievances.kinds import Did, Refused, Stop, Why
from models.grievances.routing import Seat
from models.grievances.steps import SYSTEM, By
from models.grievances.tables import CaseStep, Grievance


def rise(db: Connection, held: Held, did: Did, who: By, now: datetime, why: str | None = None) -> Held:
    """A case goes to the next seat above, with its history; those who handled it below do not see it any more.

    Raises Refused when there is nobody above, or not in this state; then nothing was written.
    """
    steps.after(held.state, did)
    # Who is barred decides which seat there is, but whoever handled a case that stays must go on seeing it.
    with db.begin_nested():
        merging.bar_all(db, held.id, _hands(db, held), Why.HANDLED_BELOW)
        seat = routing.seat(db, held, above=held.level_id)
        if seat is None:
            raise Refused(Stop.NOBODY_ABOVE)
    return put(db, held, seat, did, who, now, why)


def _hands(db: Connection, held: Held) -> set[int]:
    """Who did something with a case where it lies."""
    acted = select(CaseStep.by_id).where(CaseStep.grievance_id == held.id, CaseStep.body_id == held.level_id)
    return {each for each in (*db.execute(acted.distinct()).scalars(), held.handler_id) if each is not None}


def put(
    db: Connection, held: Held, seat: Seat | None, did: Did, who: By, now: datetime, why: str | None = None
) -> Held:
    """A case goes to a seat, nobody's in particular, and its clocks begin anew there."""
    level, desk = (seat.level_id, seat.desk) if seat else (None, None)
    by = max(held.answer_by, clocks.answer_by(clocks.calendar(db, level), held.lane, now))
    changes: dict[str, Any] = {"level_id": level, "desk": desk, "answer_by": by}
    changes |= {"handler_id": None, "confirmed": False}
    moved = steps.take(db, held, did, who, now, why, **changes)
    _follow(db, moved)
    news.to_owner(db, moved, now)
    return moved


def _follow(db: Connection, held: Held) -> None:
    """The cases that were merged into one go where it goes."""
    children = update(Grievance).where(Grievance.merged_into_id == held.id)
    db.execute(children.values(level_id=held.level_id, desk=held.desk, handler_id=held.handler_id))


def reseat(db: Connection, held: Held, now: datetime) -> Held:
    """After somebody was barred: a case whose seat has too few people left, or one in cause, goes up by itself.

    Where nobody is above, it stays with whoever is left, the one who handles it as before: one honest person is better
    than none. With nobody left it waits without a seat, and those who were barred do not see it all the same.
    """
    if held.level_id is None or held.desk is None or held.state not in steps.LIVE:
        return held
    seat = Seat(held.level_id, held.desk)
    if held.handler_id is not None and held.handler_id in bars.excluded(db, held):
        held = free(db, held, now)
    if routing.fits(db, held, seat):
        return held
    above = routing.seat(db, held, above=seat.level_id)
    if above is None and routing.any_left(db, held):
        return held
    return put(db, held, above, Did.ESCALATED, SYSTEM, now)


def strands(db: Connection, held: Held, member_id: int) -> bool:
    """Whether nobody would see a case any more once a member stepped aside from it; nothing is written."""
    with db.begin_nested() as trial:
        merging.bar_all(db, held.id, [member_id], Why.RECUSED)
        goes = held.state in steps.LIVE and routing.seat(db, held, above=held.level_id) is not None
        left = goes or routing.any_left(db, held)
        trial.rollback()
    return not left


def free(db: Connection, held: Held, now: datetime) -> Held:
    """Nobody in particular handles a case any more."""
    if held.state in steps.HANDLED:
        return steps.take(db, held, Did.FREED, SYSTEM, now, handler_id=None)
    freed = replace(held, handler_id=None)
    steps.write(db, held, freed)
    return freed


def leave(db: Connection, held: Held, now: datetime) -> None:
    """A case stays with somebody who should not handle it: it is late from now on, and goes up as soon as it can."""
    freed = free(db, held, now)
    if freed.state in clocks.CLIMBING:
        late = replace(freed, due_at=min(now, freed.due_at or now), climbs_at=now, tell_at=None)
        steps.write(db, freed, late)


def settle(db: Connection, held: Held, now: datetime) -> Held:
    """A case that nobody could handle goes to whoever can by now; as it was when still nobody can."""
    if held.level_id is not None or held.state not in steps.LIVE:
        return held
    seat = routing.seat(db, held)
    if seat is None:
        return held
    to = Did.SEATED if held.state in steps.MOVES[Did.SEATED].within else Did.ESCALATED
    return put(db, held, seat, to, SYSTEM, now)


def restart(db: Connection, held: Held, did: Did, who: By, now: datetime, why: str | None = None) -> Held:
    """A case begins again where it lies, in nobody's hands, or one level up when it may not lie there any more."""
    known = clocks.calendar(db, held.level_id)
    by = clocks.answer_by(known, held.lane, now)
    changes: dict[str, Any] = {"handler_id": None, "confirmed": False, "answer_by": by, "merged_into_id": None}
    return reseat(db, steps.take(db, held, did, who, now, why, **changes), now)


def part(db: Connection, held: Held, who: By, now: datetime) -> Held:
    """A case that was joined is alone again, where it lies; who handled it with the other one has handled it."""
    main = peek(db, held.merged_into_id) if held.merged_into_id is not None else held
    apart = steps.take(db, held, Did.REOPENED, who, now, merged_into_id=None)
    bars.put(db, held.id, _hands(db, main), Why.HANDLED_BELOW)
    return apart


def hand_on(db: Connection, held: Held, now: datetime) -> None:
    """A case was withdrawn: the first of those that were merged into it takes its place, and none of them is lost."""
    mine = Grievance.merged_into_id == held.id
    others = db.execute(select(Grievance.id).where(mine).order_by(Grievance.filed_at, Grievance.id)).scalars().all()
    if not others:
        return
    left = update(Grievance).where(mine, Grievance.id != others[0])
    # Before it goes on: where it must leave its seat, they go with it.
    db.execute(left.values(merged_into_id=others[0]))
    restart(db, hold(db, others[0]), Did.REOPENED, SYSTEM, now)
