"""Whom a plan of dues is for, when that is one member only: who alone is served turns no key for it."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from models.members import Member
from models.plan_terms import Concerns


def only_one(
    db: Connection, cooperative_id: int, people: tuple[Concerns, str | None], named: Sequence[int]
) -> int | None:
    """The one member whom a plan is for, or None when it is for several.

    `people` are all, or those of a role or a sex, which is said; `named` are those of a list.
    """
    concerns, word = people
    if concerns is Concerns.MEMBERS:
        return named[0] if len(named) == 1 else None
    column = {Concerns.ROLE: Member.role, Concerns.SEX: Member.sex}.get(concerns)
    if column is None:
        return None
    there = Member.cooperative_id == cooperative_id, Member.left_on.is_(None), column == word
    found = db.execute(select(Member.id).where(*there).limit(2)).scalars().all()
    return found[0] if len(found) == 1 else None
