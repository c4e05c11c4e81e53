"""What is done once it has two keys: for each deed the one function that does it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from models import agreements, ledger, proposals, publishing, vault
from models.proposals import Deed, Hand, Proposed

Do = Callable[[Connection, Proposed, datetime], None]


def approve(db: Connection, hand: Hand, proposal_id: int, now: datetime) -> Proposed:
    """Turn the second key and do what was proposed, in one transaction. Raises NotAllowed, and what the deed raises."""
    decided = proposals.decide(db, hand, proposal_id, True, now)
    DEEDS[decided.deed](db, decided, now)
    return decided


def _reverse(db: Connection, decided: Proposed, now: datetime) -> None:
    facts = decided.facts
    ledger.reverse(db, facts["entry_id"], vault.unseal(facts["reason_sealed"]), decided.author, now)


DEEDS: Mapping[Deed, Do] = {
    Deed.REVERSE: _reverse,
    Deed.PUBLISH_LOT: publishing.publish,
    Deed.CHANGE_RULE: agreements.adopt,
}
