"""Changing a member's phone number, with two keys: whoever takes over a number takes over what it opens."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select

from models import callers, codes, members, proposals, telling, vault, waiting
from models.grievances.near import near, seated_elsewhere
from models.hands import Hand
from models.members import Member, Phone, Role
from models.proposals import Deed, Proposed, Wish
from models.telling import Fact
from models.writing import insert_or_update

# The register is theirs to keep.
REGISTRARS = (Role.SECRETARY, Role.PRESIDENT)


class NotChanged(ValueError):
    """A number cannot be changed (any more)."""


class NoRegistrar(NotChanged):
    """Only who keeps the register proposes this."""


class Taken(NotChanged):
    """The member has the new number already."""


class Gone(NotChanged):
    """The member, or the number to be taken away, is not in the register (any more)."""


class Elsewhere(NotChanged):
    """It would tie somebody to who holds an office or sits at a desk in another body, whose phone did not ask for it.

    Who shares a phone with somebody is kept out of the same complaints: whoever is complained of would choose so who
    may handle it.
    """


_PERSON = select(Member.id).where(
    Member.id == bindparam("member"), Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None)
)


def _check(db: Connection, cooperative_id: int, member_id: int, new: str, old: str | None) -> None:
    theirs = members.phones(db, member_id)
    if db.execute(_PERSON, {"member": member_id, "cooperative": cooperative_id}).one_or_none() is None:
        raise Gone
    if old is not None and old not in theirs:
        raise Gone
    if new in theirs:
        raise Taken
    if ties_elsewhere(db, cooperative_id, member_id, new):
        raise Elsewhere


_HAVING = select(Phone.member_id).where(Phone.number == bindparam("phone"))


def ties_elsewhere(db: Connection, cooperative_id: int, member_id: int, new: str) -> bool:
    """Whether a number ties a member to who holds an office or sits at a desk elsewhere, who did not ask for it.

    Such a person may have the number, and then it must have dialled and asked to be linked to the member; or they share
    a phone with the member, and the number is somebody's: then no phone can ask it for them.
    """
    having = set(db.execute(_HAVING, {"phone": new}).scalars())
    mine = near(db, [member_id])
    if having <= mine:
        return False
    theirs = near(db, having)
    asked = callers.asked(db, cooperative_id, member_id, new)
    return seated_elsewhere(db, cooperative_id, mine - theirs if asked else mine | theirs)


def propose(db: Connection, hand: Hand, member_id: int, new: str, old: str | None, now: datetime) -> int:
    """Propose that a member be reached on a new number (E.164), instead of an old one or besides those they have.

    Gives the number of the proposal. Raises NotAllowed and NotChanged.
    """
    if hand.role not in REGISTRARS:
        raise NoRegistrar
    _check(db, hand.cooperative_id, member_id, new, old)
    facts = {
        "member_id": member_id,
        "new_sealed": vault.seal(new),
        "old_sealed": None if old is None else vault.seal(old),
    }
    return proposals.propose(db, hand, Wish(Deed.CHANGE_PHONE, facts, member_id, f"{member_id}:{new}:{old}"), now)


def numbers(proposed: Proposed) -> tuple[str, str | None]:
    """The new number of a proposal, and the old one it takes the place of."""
    old = proposed.facts["old_sealed"]
    return vault.unseal(proposed.facts["new_sealed"]), None if old is None else vault.unseal(old)


def change(db: Connection, decided: Proposed, now: datetime) -> None:
    """Do it: the numbers the member had are told first, so that who has them notices. Raises NotChanged.

    A secret code that was turned off guards again: it was off for the phone they had. Notices that wait go to the new
    number, not to one that may be in a stranger's hand.
    """
    member_id, (new, old) = decided.facts["member_id"], numbers(decided)
    _check(db, decided.cooperative_id, member_id, new, old)
    fact = Fact("number_changed", {"removed": old is not None})
    telling.warn(db, member_id, fact, f"number:{decided.proposal_id}", now)
    codes.ask_again(db, member_id)
    insert_or_update(db, Phone, {"member_id": member_id, "number": new}, {"confirmed_at": now})
    if old is not None:
        db.execute(delete(Phone).where(Phone.member_id == member_id, Phone.number == old))
        waiting.readdress(db, old, new, now)


@dataclass(frozen=True, slots=True)
class Person:
    """A member whom a new number is about, or who has it already."""

    member_id: int
    number: str
    name: str


_HAS = Member.id.in_(select(Phone.member_id).where(Phone.number == bindparam("phone")))
_CONCERNED = (
    select(Member.id, Member.number, Member.name)
    .where(Member.cooperative_id == bindparam("cooperative"))
    .where(or_(Member.id == bindparam("member"), _HAS))
    .order_by(Member.id)
    .limit(5)
)


def concerned(db: Connection, proposed: Proposed) -> tuple[Person | None, list[Person]]:
    """Whose number is to be changed, and the members who have the new number already: an officer's own, perhaps."""
    member_id, (new, _old) = proposed.facts["member_id"], numbers(proposed)
    given = {"cooperative": proposed.cooperative_id, "member": member_id, "phone": new}
    people = [Person(*row) for row in db.execute(_CONCERNED, given)]
    whose = next((each for each in people if each.member_id == member_id), None)
    return whose, [each for each in people if each.member_id != member_id]
