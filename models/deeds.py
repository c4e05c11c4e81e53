"""What is done once it has two keys: for each deed the one function that does it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from models import (
    adjusting,
    agreements,
    capital,
    corrections,
    handovers,
    linking,
    new_numbers,
    plans,
    proposals,
    proposed_broadcasts,
    proposed_meetings,
    publishing,
    roles,
    stamps,
)
from models.audit_fund import books as audit_fund
from models.hands import Hand
from models.proposals import Deed, Proposed
from models.surplus import books as surplus

Do = Callable[[Connection, Proposed, datetime], None]


def approve(db: Connection, hand: Hand, proposal_id: int, now: datetime) -> Proposed:
    """Turn the second key and do what was proposed, in one transaction. Raises NotAllowed, and what the deed raises."""
    decided = proposals.decide(db, hand, proposal_id, True, now)
    DEEDS[decided.deed](db, decided, now)
    stamps.write(db, proposals.DECIDED, [proposal_id])  # last: who stamps holds the count, which others take last too
    return decided


DEEDS: Mapping[Deed, Do] = {
    Deed.CHANGE_PLAN: plans.change,
    Deed.SUBSCRIBE: capital.subscribe,
    Deed.WAIVE: corrections.waive,
    Deed.REVERSE: corrections.reverse,
    Deed.CHANGE_PHONE: new_numbers.change,
    Deed.CHANGE_ROLE: roles.change,
    Deed.PUBLISH_LOT: publishing.publish,
    Deed.ADJUST_LOT: adjusting.adjust,
    Deed.CHANGE_RULE: agreements.adopt,
    Deed.SHARE_SURPLUS: surplus.share_surplus,
    Deed.CALL_AUDIT_FUND: audit_fund.call_audit_fund,
    Deed.SPEND_AUDIT_FUND: audit_fund.spend_audit_fund,
    Deed.SEND_BROADCAST: proposed_broadcasts.send,
    Deed.HAND_OVER: handovers.hand_over,
    Deed.CALL_MEETING: proposed_meetings.call_proposed,
    Deed.LINK_MEMBERS: linking.link,
}
