"""Two officers who turn two keys, for tests that need something done by both."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from models import deeds, proposals, vault
from models.members import Member, Role
from models.proposals import Deed, Hand, Wish


def officers(db: Connection, cooperative_id: int) -> tuple[Hand, Hand]:
    """Two new officers of a cooperative, each with their own phone and session."""
    hands = []
    for number, role in enumerate((Role.TREASURER, Role.PRESIDENT), 9001):
        person = {"cooperative_id": cooperative_id, "number": str(number), "name": role, "language": "fr", "role": role}
        added = insert(Member).values(**person, amounts_by_sms=False).returning(Member.id)
        member_id = db.execute(added).scalar_one()
        hands.append(Hand(member_id, cooperative_id, role, f"+2237777{number}", f"session {number}"))
    return hands[0], hands[1]


def undoing(entry_id: int) -> Mapping[str, Any]:
    """The facts of a proposal to undo an entry."""
    return {"entry_id": entry_id, "reason_sealed": vault.seal("Erreur de saisie")}


def undo(db: Connection, hands: tuple[Hand, Hand], entry_id: int, now: datetime) -> int:
    """Undo an entry with two keys; the number of the proposal."""
    wish = Wish(Deed.REVERSE, undoing(entry_id))
    proposal_id = proposals.propose(db, hands[0], wish, f"undo:{entry_id}:{now}", now)
    deeds.approve(db, hands[1], proposal_id, now)
    return proposal_id
