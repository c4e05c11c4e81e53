"""Propose again what was refused, or what nobody decided on in time; never twice what still waits."""

from datetime import datetime
from itertools import count

from sqlalchemy import Connection

from models import proposals
from models.proposals import LASTS, Hand, State, Wish


def propose(db: Connection, hand: Hand, wish: Wish, key: str, now: datetime) -> int:
    """The proposal under a key that waits for its second officer, whoever asked first. Raises NotAllowed.

    Each key takes one more number for each time it was refused, had expired, or was undone after it was approved.
    """
    for attempt in count(1):
        number = proposals.propose(db, hand, wish, f"{key}:{attempt}", now)
        found = proposals.proposal(db, number)
        if found is not None and found.state is State.WAITING and found.proposed_at > now - LASTS:
            return number
    raise AssertionError("counting has no end")
