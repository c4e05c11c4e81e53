"""Who stands so near to somebody that what one may not see the other may not see: a shared phone, a linked person.

A shared handset reads everything, and the same person in two registers is found by the number they have in both.
"""

from collections.abc import Iterable

from sqlalchemy import CTE, Connection, Select, delete, literal, or_, select
from sqlalchemy.orm import aliased

from models.grievances.settings import LinkedPerson
from models.members import SEATED, Member, Phone
from models.writing import batches, insert_once

_MINE, _THEIRS = aliased(Phone), aliased(Phone)


def near(db: Connection, members: Iterable[int]) -> frozenset[int]:
    """These members, all who share a phone with them, the persons linked with any of those, and their phones again."""
    found: set[int] = set()
    for some in batches(sorted(set(members))):
        found |= set(db.execute(_circle(select(Member.id.label("id")).where(Member.id.in_(some)))).scalars())
    return frozenset(found)


def near_one(member_id: int) -> Select[*tuple[int]]:
    """The same for one member, to be part of a question."""
    return _circle(select(literal(member_id, Member.id.type).label("id")))


def _circle(start: Select[*tuple[int]]) -> Select[*tuple[int]]:
    same = _on_shared_phones(start)
    linked = select(LinkedPerson.member_id).join(same, same.c.id == LinkedPerson.other_id)
    linking = select(LinkedPerson.other_id).join(same, same.c.id == LinkedPerson.member_id)
    return select(_on_shared_phones(select(same.c.id), linked, linking).c.id)


def _on_shared_phones(start: Select[*tuple[int]], *more: Select[*tuple[int]]) -> CTE:
    """With everybody who can be reached through phones that are shared."""
    base = start.union(*more).subquery()
    found = select(base.c.id).cte(recursive=True)
    sharing = select(_THEIRS.member_id).join(_MINE, _MINE.number == _THEIRS.number)
    return found.union(sharing.join(found, found.c.id == _MINE.member_id))


def seated_elsewhere(db: Connection, body_id: int, members: Iterable[int]) -> bool:
    """Whether one of these members holds an office, or sits at a desk, in another body."""
    there = select(Member.id).where(Member.cooperative_id != body_id, Member.role.in_(SEATED), Member.left_on.is_(None))
    return any(
        db.execute(there.where(Member.id.in_(some)).limit(1)).first() is not None for some in batches(sorted(members))
    )


def link(db: Connection, member_id: int, other_id: int) -> None:
    """Two members belong together: what bars one from a case bars the other. Said again it is the same."""
    first, second = sorted((member_id, other_id))
    if first != second:
        insert_once(db, LinkedPerson, {"member_id": first, "other_id": second})


def linked(db: Connection, member_id: int) -> list[int]:
    """The members who were linked with one."""
    either = or_(LinkedPerson.member_id == member_id, LinkedPerson.other_id == member_id)
    pairs = db.execute(select(LinkedPerson.member_id, LinkedPerson.other_id).where(either))
    return sorted({each for pair in pairs for each in pair} - {member_id})


def unlink(db: Connection, member_id: int, other_id: int) -> bool:
    """Two members belong together no more; False when they did not."""
    first, second = sorted((member_id, other_id))
    gone = delete(LinkedPerson).where(LinkedPerson.member_id == first, LinkedPerson.other_id == second)
    return bool(db.execute(gone).rowcount)
