"""The bodies a case can climb to: from where it arose to the top of the tree, then the partner chosen in advance."""

from collections import defaultdict

from sqlalchemy import Connection, bindparam, select

from models.cooperatives import ABOVE, Affiliation, Cooperative, Kind
from models.grievances.kinds import Concerned, Refused, Stop
from models.grievances.settings import CasePartner
from models.writing import insert_or_update

_EDGES = select(Affiliation.cooperative_id, Affiliation.parent_id).order_by(Affiliation.parent_id)
_EDGES_ABOVE = _EDGES.where(Affiliation.cooperative_id.in_(ABOVE))
_PARTNERS = select(CasePartner.body_id, CasePartner.partner_id)


def ladder(db: Connection, home_id: int | None) -> list[int]:
    """The bodies that may handle a case of a cooperative, lowest first: each after all that are below it.

    Of several at one height the one with the smaller id comes first. Without a cooperative: the tops of all trees.
    """
    climbed = _tops(db) if home_id is None else [home_id, *above(db, home_id)]
    chosen = {row.body_id: row.partner_id for row in db.execute(_PARTNERS)}
    outside = [chosen[body] for body in reversed(climbed) if body in chosen]
    return climbed + [each for each in dict.fromkeys(outside) if each not in climbed]


def above(db: Connection, body_id: int) -> list[int]:
    """The bodies above one in the tree, lowest first."""
    parents: dict[int, list[int]] = defaultdict(list)
    for child, parent in db.execute(_EDGES_ABOVE, {"body": body_id}):
        parents[child].append(parent)
    return _in_order(body_id, parents)


_UNIONS = select(Cooperative.id).where(
    Cooperative.id.in_(bindparam("bodies", expanding=True)), Cooperative.kind == Kind.UNION
)


def complained_of(db: Connection, home_id: int | None, concerned: Concerned) -> list[int]:
    """The bodies above a cooperative of which somebody is in cause, lowest first: its unions, or all that is higher.

    None of them handles the case: it was not said which of their people it is about.
    """
    if home_id is None or concerned not in (Concerned.UNION, Concerned.HIGHER):
        return []
    bodies = above(db, home_id)
    unions = set(db.execute(_UNIONS, {"bodies": bodies}).scalars())
    return [each for each in bodies if (each in unions) is (concerned is Concerned.UNION)]


def _tops(db: Connection) -> list[int]:
    edges = db.execute(_EDGES).all()
    return sorted({each.parent_id for each in edges} - {each.cooperative_id for each in edges} - partners(db))


def _in_order(home_id: int, parents: dict[int, list[int]]) -> list[int]:
    """All bodies above one, each after those below it. A circle, which nobody should have made, ends it as well."""
    reached, queue = {home_id}, [home_id]
    for each in queue:
        new = [parent for parent in parents[each] if parent not in reached]
        reached.update(new)
        queue.extend(new)
    ordered: list[int] = []
    left = reached - {home_id}
    while left:
        free = [each for each in left if not any(each in parents[other] for other in left)]
        ordered.append(min(free or left))
        left.discard(ordered[-1])
    return ordered


def partners(db: Connection) -> frozenset[int]:
    """The bodies that are somebody's partner."""
    return frozenset(db.execute(select(CasePartner.partner_id)).scalars())


_SERVED = select(CasePartner.body_id).where(CasePartner.partner_id == bindparam("body"))
_BELOW = select(Affiliation.cooperative_id).where(Affiliation.parent_id == bindparam("body")).union(_SERVED)


def below(db: Connection, body_id: int) -> list[int]:
    """The bodies that are directly below one, and those it is the partner of."""
    return sorted(db.execute(_BELOW, {"body": body_id}).scalars())


_SERVING = select(CasePartner.partner_id).where(CasePartner.body_id == bindparam("body"))
_OVER = select(Affiliation.parent_id).where(Affiliation.cooperative_id == bindparam("body")).union(_SERVING)


def over(db: Connection, body_id: int) -> list[int]:
    """The bodies of which one is directly below: its parents, and its partner."""
    return sorted(db.execute(_OVER, {"body": body_id}).scalars())


def choose_partner(db: Connection, body_id: int, partner_id: int) -> None:
    """The outside body that handles what nobody in the tree may. Raises Refused for the body itself, or one above."""
    if partner_id in ladder(db, body_id):
        raise Refused(Stop.NO_SUCH_MEMBER)
    if db.execute(select(Cooperative.id).where(Cooperative.id == partner_id)).one_or_none() is None:
        raise Refused(Stop.NO_SUCH_MEMBER)
    insert_or_update(db, CasePartner, {"body_id": body_id}, {"partner_id": partner_id})
