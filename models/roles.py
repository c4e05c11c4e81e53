"""Changing what a member does for the cooperative, with two keys: whoever holds an office can turn one."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from models import proposals, telling
from models.hands import Hand
from models.members import OFFICERS, Member, Role
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.telling import Fact


def propose(db: Connection, hand: Hand, member_id: int, role: Role, now: datetime) -> int:
    """An officer proposes another role for a member; the number of the proposal. Raises Overtaken, NotAllowed.

    Who is given an office turns neither key; who gives one up may.
    """
    before = _check(db, hand.cooperative_id, member_id, role)
    facts = {"member_id": member_id, "role": role, "before": before}
    benefits = member_id if role in OFFICERS else None
    return proposals.propose(db, hand, Wish(Deed.CHANGE_ROLE, facts, benefits), now)


def change(db: Connection, decided: Proposed, now: datetime) -> None:
    """Give a member the role that two keys gave them, and tell them. Raises Overtaken when it was changed meanwhile."""
    member_id, role = decided.facts["member_id"], Role(decided.facts["role"])
    if _check(db, decided.cooperative_id, member_id, role) != decided.facts["before"]:
        raise Overtaken("the role of the member was changed meanwhile")
    give(db, member_id, role, f"role:{decided.proposal_id}", now)


def give(db: Connection, member_id: int, role: Role, key: str, now: datetime) -> None:
    """Give a member a role, and tell them on each of their phones. The same key tells once."""
    db.execute(update(Member).where(Member.id == member_id).values(role=role))
    telling.warn(db, member_id, Fact("role_changed", {"role": role}), key, now)


def _check(db: Connection, cooperative_id: int, member_id: int, role: Role) -> Role:
    """The role that a member has, who can be given another one."""
    there = Member.cooperative_id == cooperative_id, Member.left_on.is_(None)
    before = db.execute(
        select(Member.role).where(Member.id == member_id, *there).with_for_update()
    ).scalar_one_or_none()
    if before is None:
        raise Overtaken("the member is not in this cooperative, or has left it")
    if before is role:
        raise Overtaken(f"the member is {role.value} already")
    return before
