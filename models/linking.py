"""Two members belong together, of one household or business, or do so no more: with two keys (AUSCOOP 259 and 336).

What bars one of them from a complaint bars the other. So neither turns a key, the proposal keeps who did, and when, and
the surveillance of both cooperatives is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from models import members, proposals, telling
from models.cooperatives import Cooperative
from models.grievances import near
from models.hands import Hand
from models.members import Member, Role
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.telling import Fact


def propose(db: Connection, hand: Hand, member_id: int, other_id: int, undo: bool, now: datetime) -> int:
    """An officer proposes that a member of theirs and another one, there or elsewhere, are linked, or are no more.

    Gives the number of the proposal. Raises Overtaken and NotAllowed.
    """
    _check(db, member_id, other_id, undo)
    pair = sorted((member_id, other_id))
    facts = {"member_id": member_id, "other_id": other_id, "undo": undo, "interested": pair}
    return proposals.propose(db, hand, Wish(Deed.LINK_MEMBERS, facts, told=f"{pair}:{undo}"), now)


def link(db: Connection, decided: Proposed, now: datetime) -> None:
    """Do it, and tell the surveillance of both cooperatives. Raises Overtaken when it is so by now."""
    facts = decided.facts
    pair = facts["member_id"], facts["other_id"]
    _check(db, *pair, facts["undo"])
    if facts["undo"]:
        near.unlink(db, *pair)
    else:
        near.link(db, *pair)
    _tell(db, decided, now)


def _check(db: Connection, member_id: int, other_id: int, undo: bool) -> None:
    if member_id == other_id:
        raise Overtaken("that is one member; give two")
    linked = other_id in near.linked(db, member_id)
    if undo and not linked:
        raise Overtaken("these two are not linked")
    if linked and not undo:
        raise Overtaken("these two are linked already")


@dataclass(frozen=True, slots=True)
class Person:
    """One of the two: number, name, and the cooperative they belong to."""

    number: str
    name: str
    cooperative: str
    cooperative_id: int


def pair(db: Connection, proposed: Proposed) -> list[Person]:
    """The two whom a proposal is about, as it names them."""
    ids = proposed.facts["member_id"], proposed.facts["other_id"]
    found = (
        select(Member.id, Member.number, Member.name, Cooperative.name, Cooperative.id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Member.id.in_(ids))
    )
    people = {row[0]: Person(*row[1:]) for row in db.execute(found)}
    return [people[each] for each in ids]


def _tell(db: Connection, decided: Proposed, now: datetime) -> None:
    one, other = pair(db, decided)
    watching = select(Member.id).where(
        Member.cooperative_id.in_((one.cooperative_id, other.cooperative_id)),
        Member.role == Role.SURVEILLANCE,
        Member.left_on.is_(None),
    )
    turned = [each for each in (decided.proposed_by, decided.decided_by) if each is not None]
    said = {
        "one": [one.number, one.cooperative],
        "other": [other.number, other.cooperative],
        "by": [members.number_of(db, each) for each in turned],
        "at": one.cooperative,
        "undone": decided.facts["undo"],
    }
    fact = Fact("members_linked", said)
    telling.tell_all(db, db.execute(watching).scalars().all(), fact, f"linked:{decided.proposal_id}", now)
