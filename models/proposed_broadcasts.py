"""A broadcast to more people than one key may write to: an officer proposes it, and a second one has it sent."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models import broadcasts, proposals, vault
from models.audiences import Audience
from models.broadcasts import Draft
from models.hands import Hand
from models.messages import Urgency
from models.proposals import Deed, Overtaken, Proposed, Wish


def facts_of(draft: Draft, people: int, parts: int) -> tuple[dict[str, Any], str]:
    """A broadcast as it is kept in a proposal, its words sealed; and the same to be known again by."""
    whole = json.dumps(
        {
            "audience": draft.audience.as_facts(),
            "kind": draft.kind,
            "facts": dict(draft.facts),
            "urgency": draft.urgency,
            "not_before": draft.not_before.isoformat(),
            "not_after": draft.not_after and draft.not_after.isoformat(),
            "parts": dict(draft.parts),
        },
        sort_keys=True,
    )
    return {"people": people, "parts": parts, "draft_sealed": vault.seal(whole)}, whole


def propose(db: Connection, hand: Hand, draft: Draft, people: int, parts: int, now: datetime) -> int:
    """An officer proposes a broadcast; the number of the proposal. Raises NotAllowed. Its words are kept sealed."""
    facts, whole = facts_of(draft, people, parts)
    return proposals.propose(db, hand, Wish(Deed.SEND_BROADCAST, facts, told=whole), now)


def draft_of(proposed: Proposed) -> Draft:
    """The broadcast that was proposed."""
    whole = json.loads(vault.unseal(proposed.facts["draft_sealed"]))
    return Draft(
        proposed.cooperative_id,
        Audience.from_facts(whole["audience"]),
        whole["kind"],
        whole["facts"],
        Urgency(whole["urgency"]),
        datetime.fromisoformat(whole["not_before"]),
        proposed.proposed_by,
        not_after=whole["not_after"] and datetime.fromisoformat(whole["not_after"]),
        parts=whole["parts"],
    )


def send(db: Connection, decided: Proposed, now: datetime) -> None:
    """Plan what was proposed, once it has two keys. Raises Overtaken when it would come too late, or cost too much."""
    draft = draft_of(decided)
    if draft.not_after is not None and draft.not_after <= now:
        raise Overtaken("it would come too late")
    try:
        broadcasts.plan(
            db, replace(draft, not_before=max(draft.not_before, now)), f"proposal:{decided.proposal_id}", now
        )
    except broadcasts.MonthSpent as spent:
        raise Overtaken(str(spent)) from spent
