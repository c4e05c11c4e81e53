"""Threats: whoever complained is asked at each look, and what they say goes one level above those who handle it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from models.cooperatives import Cooperative
from models.grievances import moving, routing, sight, steps, tally
from models.grievances.held import Held, hold
from models.grievances.kinds import Category, Did, Refused, State, Stop, Unknown
from models.grievances.numbers import new_id
from models.grievances.scopes import Sees
from models.grievances.tables import CaseStep, CaseThreat, Grievance
from models.hands import Hand


def note(db: Connection, held: Held, now: datetime, gave_up: bool = False) -> bool:
    """Tell the level above of the case of who is threatened, which lies where the one it was joined to lies.

    False where nobody is above, or nobody may know: it waits for who comes there later.
    """
    above = routing.seat(db, held, above=held.level_id) if held.level_id is not None else None
    level, desk = (above.level_id, above.desk) if above else (None, None)
    row = {"id": new_id(), "grievance_id": held.id, "level_id": level, "desk": desk, "at": now, "gave_up": gave_up}
    db.execute(insert(CaseThreat), row)
    return above is not None


_UNTOLD = (
    select(CaseThreat.id)
    .join(Grievance, Grievance.id == CaseThreat.grievance_id)
    .where(CaseThreat.level_id.is_(None), Grievance.level_id.is_not(None))
    .order_by(CaseThreat.at, CaseThreat.id)
)


def untold(db: Connection) -> list[int]:
    """The threats that nobody could be told of, over cases that somebody handles by now; the oldest first."""
    return list(db.execute(_UNTOLD).scalars())


def tell_above(db: Connection, threat_id: int) -> bool:
    """Tell such a threat to who is above by now, or handles the case in their place; whether anybody was told.

    Run again it does no more, nor where the case was erased meanwhile.
    """
    tally.turn(db)
    mine = (CaseThreat.id == threat_id, CaseThreat.level_id.is_(None))
    row = db.execute(select(CaseThreat.grievance_id, CaseThreat.at).where(*mine)).one_or_none()
    above = None if row is None else _above_by_now(db, hold(db, row.grievance_id), row.at)
    if above is None:
        return False
    return bool(db.execute(update(CaseThreat).where(*mine).values(level_id=above.level_id, desk=above.desk)).rowcount)


# The steps by which it is known where a case lay when a threat was told.
_SAID = (Did.FILED, Did.THREATENED, Did.WITHDRAWN)


def tell_anew(db: Connection, cases: Collection[int]) -> None:
    """Whoever was told of threats over cases that turned out private is not told of them any more: the next tick tells
    who is above in that lane, if anybody is.
    """
    told = update(CaseThreat).where(CaseThreat.grievance_id.in_(cases))
    db.execute(told.values(level_id=None, desk=None, seen_at=None))


def _above_by_now(db: Connection, held: Held, at: datetime) -> routing.Seat | None:
    """Where a threat of a moment can be told: not to those who handled the case then."""
    then = select(CaseStep.level_id).where(CaseStep.grievance_id == held.id, CaseStep.did.in_(_SAID), CaseStep.at <= at)
    place = db.execute(then.order_by(CaseStep.position.desc()).limit(1)).scalar_one_or_none()
    if held.level_id is not None and held.desk is not None and place not in (None, held.level_id):
        return routing.Seat(held.level_id, held.desk)
    return routing.seat(db, held, above=held.level_id)


def any_on(db: Connection, case_id: int) -> bool:
    """Whether the complainant was threatened, by the history of their own case."""
    mine = (CaseStep.grievance_id == case_id, CaseStep.did == Did.THREATENED)
    return db.execute(select(CaseStep.position).where(*mine).limit(1)).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Threat:
    """A threat over a case below, without its number. `gave_up`: the complainant withdrew after it."""

    threat_id: int
    category: Category
    state: State
    body: str | None
    at: datetime
    gave_up: bool
    seen_at: datetime | None


def told(db: Connection, hand: Hand) -> list[Threat]:
    """The threats that were told to one's desk, the newest first."""
    found = (
        select(
            CaseThreat.id,
            Grievance.category,
            Grievance.state,
            Cooperative.name,
            CaseThreat.at,
            CaseThreat.gave_up,
            CaseThreat.seen_at,
        )
        .join(Grievance, Grievance.id == CaseThreat.grievance_id)
        .outerjoin(Cooperative, Cooperative.id == Grievance.level_id)
        .where(CaseThreat.level_id == hand.cooperative_id, CaseThreat.desk == hand.role)
        .where(Grievance.id.in_(sight.visible_to(db, hand, Sees.THREAT)))
        .order_by(CaseThreat.at.desc(), CaseThreat.id)
    )
    return [Threat(*row) for row in db.execute(found)]


_ONE = select(CaseThreat.grievance_id).where(
    CaseThreat.id == bindparam("threat"), CaseThreat.level_id == bindparam("body"), CaseThreat.desk == bindparam("role")
)


def _case(db: Connection, hand: Hand, threat_id: int) -> int:
    given = {"threat": threat_id, "body": hand.cooperative_id, "role": hand.role}
    asked = sight.visible_to(db, hand, Sees.THREAT).where(Grievance.id == _ONE.scalar_subquery())
    found = db.execute(asked, given).scalar_one_or_none()
    if found is None:
        raise Unknown
    return found


def see(db: Connection, hand: Hand, threat_id: int, now: datetime) -> None:
    """Somebody of the level above has read it. Raises Unknown."""
    _case(db, hand, threat_id)
    mine = update(CaseThreat).where(CaseThreat.id == threat_id, CaseThreat.seen_at.is_(None))
    db.execute(mine.values(seen_at=now))


def call_up(db: Connection, hand: Hand, threat_id: int, now: datetime) -> None:
    """The level above takes the case of who is threatened from those below; one that was joined goes up alone.

    What is agreed, turned down or closed comes up as well, since the word of who is threatened came with their code.
    Raises Unknown, and Refused where it would not come to the desk that asks: it lies there or above by now; for what
    was withdrawn, and for what was closed after that word: its owner alone opens it again.
    """
    held = hold(db, _case(db, hand, threat_id))
    see(db, hand, threat_id, now)
    told_at = db.execute(select(CaseThreat.at).where(CaseThreat.id == threat_id)).scalar_one()
    if held.state is State.CLOSED and told_at < held.state_since:
        raise Refused(Stop.TOO_LATE)
    with db.begin_nested():
        if held.merged_into_id is not None:
            held = moving.part(db, held, steps.by(hand), now)
        risen = moving.rise(db, held, Did.CALLED_UP, steps.by(hand), now)
        if (risen.level_id, risen.desk) != (hand.cooperative_id, hand.role):
            raise Refused(Stop.STATE)
