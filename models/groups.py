"""Where members work and with whom: the site and the team that notices can go to, as who keeps the register says them.

They stand beside the register and in none of its files, whose columns are fixed: a register read in again leaves them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from models.hands import Bar, Hand, NotAllowed
from models.members import Member
from models.new_numbers import REGISTRARS

AT_MOST = 40


class Group(StrEnum):
    """What members are grouped by."""

    SITE = "site"
    TEAM = "team"


_COLUMNS = {Group.SITE: Member.site, Group.TEAM: Member.team}


@dataclass(frozen=True, slots=True)
class Placed:
    """A member, where they work and with whom."""

    number: str
    name: str
    site: str | None
    team: str | None


_PLACED = (
    select(Member.number, Member.name, Member.site, Member.team)
    .where(Member.left_on.is_(None))
    .order_by(func.length(Member.number), Member.number)
)


def everybody(db: Connection, cooperative_id: int) -> list[Placed]:
    """The members of a cooperative, by number."""
    return [Placed(*row) for row in db.execute(_PLACED.where(Member.cooperative_id == cooperative_id))]


def of(db: Connection, cooperative_id: int, number: str) -> Placed | None:
    """The member who has a number, or None."""
    mine = _PLACED.where(Member.cooperative_id == cooperative_id, Member.number == number)
    row = db.execute(mine).one_or_none()
    return None if row is None else Placed(*row)


def names(db: Connection, cooperative_id: int, group: Group) -> list[str]:
    """The sites, or the teams, that have a member."""
    column = _COLUMNS[group]
    there = (Member.cooperative_id == cooperative_id, Member.left_on.is_(None), column.is_not(None))
    return [name for name in db.execute(select(column).where(*there).distinct().order_by(column)).scalars() if name]


def put(db: Connection, hand: Hand, numbers: Sequence[str], group: Group, name: str) -> int:
    """Say at which site members work, or in which team; "" is none. How many there were of these numbers.

    A name that differs in capitals alone is the one that is there already. Raises NotAllowed.
    """
    if hand.role not in REGISTRARS:
        raise NotAllowed(Bar.NO_OFFICER)
    said = " ".join(name.split())[:AT_MOST]
    known = {each.casefold(): each for each in names(db, hand.cooperative_id, group)}
    there = Member.cooperative_id == hand.cooperative_id, Member.number.in_(numbers), Member.left_on.is_(None)
    kept = known.get(said.casefold(), said) or None
    return db.execute(update(Member).where(*there).values({_COLUMNS[group]: kept})).rowcount
