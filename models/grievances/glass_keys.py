"""Whose second key is wanted to break the glass: who watches over the body, and would see on a phone that it was asked.

It is the same whether there is such a case, whatever lane it is in, and whoever is barred from it: nobody must be able
to tell one from the other. What who is barred grants opens nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models import members
from models.grievances import glass, tree
from models.grievances.glass import LASTS, CaseGlass
from models.grievances.kinds import Unknown
from models.grievances.scopes import WATCHERS
from models.hands import Hand
from models.members import Member


@dataclass(frozen=True, slots=True)
class Asking:
    """An opening that waits: who may turn the second key, the phones of who turned the first one, and until when."""

    glass_id: int
    people: tuple[int, ...]
    phones: frozenset[str]
    until: datetime


_OPEN = (
    select(CaseGlass.id, CaseGlass.body_id, CaseGlass.asked_by, CaseGlass.asked_at)
    .where(CaseGlass.granted.is_(None), CaseGlass.asked_at > bindparam("since"))
    .order_by(CaseGlass.asked_at, CaseGlass.id)
)
_PEOPLE = (
    select(Member.id, Member.cooperative_id, Member.role)
    .where(Member.cooperative_id.in_(bindparam("bodies", expanding=True)))
    .where(Member.role.in_(WATCHERS), Member.left_on.is_(None), Member.id != bindparam("besides"))
    .order_by(Member.id)
)


def waiting(db: Connection, now: datetime) -> Iterator[Asking]:
    """The openings that wait for a second key, each with those who may turn it."""
    for row in db.execute(_OPEN, {"since": now - LASTS}).all():
        given = {"bodies": [row.body_id, *tree.over(db, row.body_id)], "besides": row.asked_by}
        hands = [Hand(*each) for each in db.execute(_PEOPLE, given).all()]
        people = tuple(hand.member_id for hand in hands if _sees(db, hand, row.id))
        yield Asking(row.id, people, frozenset(members.phones(db, row.asked_by)), row.asked_at + LASTS)


def _sees(db: Connection, hand: Hand, glass_id: int) -> bool:
    try:
        glass.one(db, hand, glass_id)
    except Unknown:
        return False
    return True
