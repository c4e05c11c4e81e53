"""Who is barred from a case: the accused, officers where a leader is in cause, who stepped aside, who handled it below.

What is stored is who was named. Their linked persons and those who share a phone with them are found at each look, and
so are the officers of today: a link that is noted later bars as well.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, select

from models import vault
from models.grievances import tally
from models.grievances.held import Held
from models.grievances.kinds import Why
from models.grievances.near import near
from models.grievances.tables import CaseBar
from models.members import OFFICERS, SEATED, Member, Role
from models.writing import insert_once

_BARS = select(CaseBar.member_id, CaseBar.why).where(CaseBar.grievance_id == bindparam("case"))
_OFFICERS = select(Member.id, Member.role).where(
    Member.cooperative_id == bindparam("body"), Member.role.in_(OFFICERS), Member.left_on.is_(None)
)


_SEATED = select(Member.id).where(
    Member.cooperative_id.in_(bindparam("bodies", expanding=True)), Member.role.in_(SEATED), Member.left_on.is_(None)
)


def sealed(case_id: int, member_id: int, why: str) -> str:
    """The digest of a bar: one that was slipped in has none."""
    return vault.digest("case bar", f"{case_id} {member_id} {why}")


def put(db: Connection, case_id: int, members: Iterable[int], why: Why) -> None:
    """Bar members from a case. Barred again it is the same."""
    made = 0
    for each in sorted(set(members)):
        row = {"grievance_id": case_id, "member_id": each, "why": why, "seal": sealed(case_id, each, why)}
        made += insert_once(db, CaseBar, row) is not None
    tally.add(db, "bars", made)


def of(db: Connection, case_id: int) -> dict[int, set[Why]]:
    """Who was named, and why."""
    found: dict[int, set[Why]] = {}
    for member_id, why in db.execute(_BARS, {"case": case_id}):
        found.setdefault(member_id, set()).add(why)
    return found


def officers(db: Connection, body_id: int | None) -> dict[int, Role]:
    """The officers of a body now, and their roles."""
    return {row.id: row.role for row in db.execute(_OFFICERS, {"body": body_id})}


def seated_at(db: Connection, bodies: Sequence[int]) -> list[int]:
    """Who holds an office, or sits at a desk, in some bodies now."""
    return list(db.execute(_SEATED, {"bodies": bodies}).scalars())


def excluded(db: Connection, held: Held) -> frozenset[int]:
    """Everybody for whom a case does not exist."""
    named = set(of(db, held.id))
    if held.all_officers:
        named |= set(officers(db, held.home_id))
    return near(db, named)


def in_cause(db: Connection, held: Held) -> frozenset[int]:
    """The accused, or all officers where it was not said which leader is in cause, and those near them."""
    named = {each for each, whys in of(db, held.id).items() if whys & {Why.ACCUSED, Why.OFFICER}}
    if held.all_officers:
        named |= set(officers(db, held.home_id))
    return near(db, named)
