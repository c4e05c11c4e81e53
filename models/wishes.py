"""What a command of the office proposes: the same command again, while the first waits, is the same proposal."""

import json
from datetime import datetime

from sqlalchemy import Connection, func, select

from models import proposals
from models.proposals import Hand, Proposal, Wish

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
