"""What a command of the office proposes: the same command again, while the first waits, is the same proposal."""

import json
from datetime import datetime

from sqlalchemy import Connection, func, select

from models import proposals
from models.proposals import Hand, Proposal, Wish
from models.sharing.values import Unshareable, name

WORDS_AT_MOST = 40  # of a resolution, so that it fits on a phone
AT_MOST = 1000  # proposals that wait in one cooperative


def propose(db: Connection, hand: Hand, wish: Wish, now: datetime) -> int:
    """Propose, unless this very wish waits already; the number of the proposal. One that was refused or came to its
    end can be proposed again. Raises NotAllowed.
    """
    facts = dict(wish.facts)
    for each in proposals.waiting(db, hand.cooperative_id, now, AT_MOST):
        if (each.deed, each.facts) == (wish.deed, facts):
            return each.proposal_id
    before = select(func.count()).where(Proposal.cooperative_id == hand.cooperative_id, Proposal.deed == wish.deed)
    # Two who propose the same at the same moment count the same, and so propose once.
    count = db.execute(before).scalar_one()
    key = f"{wish.deed}:{hand.cooperative_id}:{count}:{json.dumps(facts, sort_keys=True)}"
    return proposals.propose(db, hand, wish, key, now)


def resolution(words: str) -> str:
    """How a resolution of an assembly is called, in a few words on one line. Raises Unshareable."""
    if len(name("resolution", words)) > WORDS_AT_MOST:
        raise Unshareable(f"resolution must be at most {WORDS_AT_MOST} letters, such as 'AG 12/03/2026, n° 4'")
    return words
