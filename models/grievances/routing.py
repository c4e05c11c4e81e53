"""Which body handles a case, and who there: the lowest one with two people left for whom the case may exist.

A body whose own officer is in cause is passed over; so is one of which somebody is and it was not said who, and one
with fewer than two people left to handle it. At the top the partner that was chosen in advance takes it; failing that,
nobody, and the complainant is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from models.cooperatives import HIGH_KINDS, Cooperative
from models.grievances import bars, tree, written
from models.grievances.held import Held, caller
from models.grievances.kinds import Lane
from models.grievances.near import near
from models.members import Member, Role

LEAST = 2
LEAST_SENSITIVE = 1


@dataclass(frozen=True, slots=True)
class Seat:
    """A body, and the role there that handles a case."""

    level_id: int
    desk: Role


_ROLE = (
    select(Member.id)
    .where(Member.cooperative_id == bindparam("body"), Member.role == bindparam("desk"), Member.left_on.is_(None))
    .order_by(Member.id)
)
_KINDS = select(Cooperative.id, Cooperative.kind).where(Cooperative.id.in_(bindparam("bodies", expanding=True)))


def _people(db: Connection, at: Seat) -> Sequence[int]:
    return db.execute(_ROLE, {"body": at.level_id, "desk": at.desk}).scalars().all()


def pool(db: Connection, held: Held, seat: Seat, besides: int | None = None) -> list[int]:
    """Who can handle a case at a seat: not who is barred from it or filed it.

    Nor who has a part of the disputed lot, as long as somebody there has none. `besides` is who files it now, where
    that is not kept.
    """
    there, parts = _left(db, seat, _out(db, held, besides)), written.with_a_part(db, held)
    return [each for each in there if each not in parts] or there


def attending(db: Connection, held: Held) -> list[int]:
    """Whom a case waits for: who handles it, else all at its desk who may."""
    if held.level_id is None or held.desk is None:
        return []
    there = pool(db, held, Seat(held.level_id, held.desk))
    return [each for each in there if held.handler_id in (None, each)]


def _out(db: Connection, held: Held, besides: int | None = None) -> set[int | None]:
    return {*bars.excluded(db, held), caller(held).member_id, besides}


def _left(db: Connection, seat: Seat, out: set[int | None]) -> list[int]:
    there = _people(db, seat)
    return [each for each in there if each not in out]


def seat(
    db: Connection, held: Held, above: int | None = None, besides: int | None = None, away: bool = False
) -> Seat | None:
    """The seat a case belongs to; `above` a body, or from the bottom. None when nobody may handle it.

    Where all have a part of the disputed lot, as in a small cooperative with nobody above, those who have one handle
    it: that is better than nobody. `away`: at no desk where `besides`, who files it now, or somebody near them sits.
    """
    own = near(db, [besides]) if away and besides is not None else frozenset()
    out, parts = _out(db, held, besides), written.with_a_part(db, held)
    found = _seat(db, held, above, out | parts, own)
    return found if found is not None or not parts else _seat(db, held, above, out, own)


def _seat(db: Connection, held: Held, above: int | None, out: set[int | None], own: frozenset[int]) -> Seat | None:
    """The lowest seat with enough people besides those who are `out`, at which none of one's `own` sits."""
    cause = bars.in_cause(db, held)
    for body in _levels(db, held, above):
        for desk in _desks(held, body, _implicated(db, body, cause)):
            if _enough(db, held, Seat(body, desk), out) and own.isdisjoint(_people(db, Seat(body, desk))):
                return Seat(body, desk)
    return None


def first_seat(db: Connection, held: Held, besides: int | None, unnamed: bool) -> Seat | None:
    """The seat of a case that is filed now by `besides`. None when nobody may handle it.

    Later nothing tells whose a case without a name is: it keeps away from the desk of who filed or typed it. About
    somebody above it goes above them, and to those below them only where nobody is.
    """
    above = tree.complained_of(db, held.home_id, held.concerned)[-1:]
    for after in (*above, None):
        away = seat(db, held, after, besides, away=True) if unnamed else None
        found = away or seat(db, held, after, besides)
        if found is not None:
            return found
    return None


def fits(db: Connection, held: Held, at: Seat) -> bool:
    """Whether a case may stay where it is: nobody there is in cause, and enough people are left."""
    implicated = _implicated(db, at.level_id, bars.in_cause(db, held))
    if at.desk not in _desks(held, at.level_id, implicated):
        return False
    out, parts = _out(db, held), written.with_a_part(db, held)
    if _enough(db, held, at, out | parts):
        return True
    return bool(parts) and _seat(db, held, at.level_id, out | parts, frozenset()) is None and _enough(db, held, at, out)


def any_left(db: Connection, held: Held) -> bool:
    """Whether somebody may still see a case where it lies, be they too few, and nobody there is in cause."""
    if held.level_id is None or held.desk is None:
        return False
    implicated = _implicated(db, held.level_id, bars.in_cause(db, held))
    there = held.desk in _desks(held, held.level_id, implicated)
    return there and bool(pool(db, held, Seat(held.level_id, held.desk)))


def seated(db: Connection, held: Held) -> bool:
    """Whether somebody may handle a case, at the desk where it lies or above."""
    stays = held.level_id is not None and held.desk is not None and fits(db, held, Seat(held.level_id, held.desk))
    return stays or seat(db, held, above=held.level_id) is not None


def _implicated(db: Connection, body: int, cause: frozenset[int]) -> set[Role]:
    return {role for each, role in bars.officers(db, body).items() if each in cause}


def _enough(db: Connection, held: Held, at: Seat, out: set[int | None]) -> bool:
    least = LEAST_SENSITIVE if held.lane is Lane.SENSITIVE else LEAST
    return len(_left(db, at, out)) >= least


def _levels(db: Connection, held: Held, above: int | None) -> list[int]:
    bodies = tree.ladder(db, held.home_id)
    if above is not None:
        # Where the tree was changed meanwhile, it never goes back to where it came from.
        bodies = bodies[bodies.index(above) + 1 if above in bodies else 1 :]
    in_cause = tree.complained_of(db, held.home_id, held.concerned)
    bodies = [each for each in bodies if each not in in_cause]
    if held.lane is not Lane.SENSITIVE:
        return bodies
    kinds = {row.id: row.kind for row in db.execute(_KINDS, {"bodies": bodies})}
    partners = tree.partners(db)
    return [
        each
        for each in bodies
        if (held.at_home if each == held.home_id else kinds[each] in HIGH_KINDS or each in partners)
    ]


def _desks(held: Held, body: int, implicated: set[Role]) -> list[Role]:
    """The roles that may handle a case at a body, by turns.

    What the treasurer wrote is looked into by the surveillance of the cooperative.
    """
    if held.lane is Lane.SENSITIVE:
        return [] if implicated else [Role.GENDER_PRESIDENT]
    desks = []
    if held.on_money and body == held.home_id and implicated <= {Role.TREASURER}:
        desks.append(Role.SURVEILLANCE)
    return desks if implicated else [*desks, Role.COMMITTEE]
