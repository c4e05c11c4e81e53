"""Who stands so near to somebody that what one may not see the other may not see: a shared phone, a linked person.

A shared handset reads everything, and the same person in two registers is found by the number they have in both.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, or_, select
from sqlalchemy.orm import aliased

from models.grievances.settings import LinkedPerson
from models.members import Phone
from models.writing import batches, insert_once

_MINE, _THEIRS = aliased(Phone), aliased(Phone)


def near(db: Connection, members: Iterable[int]) -> frozenset[int]:
    """These members, all who share a phone with them, the persons linked with any of those, and their phones again."""
    same = _same_phones(db, set(members))
    return frozenset(_same_phones(db, same | _linked(db, same)))


def _same_phones(db: Connection, members: set[int]) -> set[int]:
    """With everybody who can be reached through phones that are shared."""
    found, fresh = set(members), set(members)
    while fresh:
        met: set[int] = set()
        for some in batches(sorted(fresh)):
            sharing = select(_THEIRS.member_id).join(_MINE, _MINE.number == _THEIRS.number)
            met |= set(db.execute(sharing.where(_MINE.member_id.in_(some)).distinct()).scalars())
        fresh = met - found
        found |= fresh
    return found


def _linked(db: Connection, members: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(sorted(members)):
        either = or_(LinkedPerson.member_id.in_(some), LinkedPerson.other_id.in_(some))
        for one, other in db.execute(select(LinkedPerson.member_id, LinkedPerson.other_id).where(either)):
            found |= {one, other}
    return found


def link(db: Connection, member_id: int, other_id: int) -> None:
    """Two members belong together: what bars one from a case bars the other. Said again it is the same."""
    first, second = sorted((member_id, other_id))
    if first != second:
        insert_once(db, LinkedPerson, {"member_id": first, "other_id": second})


def linked(db: Connection, member_id: int) -> list[int]:
    """The members who were linked with one."""
    return sorted(_linked(db, [member_id]) - {member_id})


def unlink(db: Connection, member_id: int, other_id: int) -> bool:
    """Two members belong together no more; False when they did not."""
    first, second = sorted((member_id, other_id))
    gone = delete(LinkedPerson).where(LinkedPerson.member_id == first, LinkedPerson.other_id == second)
    return bool(db.execute(gone).rowcount)
