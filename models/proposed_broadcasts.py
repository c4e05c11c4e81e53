"""A broadcast to more people than one key may write to: an officer proposes it, and a second one has it sent."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models import broadcasts, cadence, cooperatives, proposals, recurring, vault
from models.audiences import Audience
from models.broadcasts import Draft
from models.cadence import BadRule
from models.hands import Hand
from models.messages import Urgency
from models.proposals import Deed, Overtaken, Proposed, Wish


def facts_of(draft: Draft, size: tuple[int, int], rule: str | None = None) -> tuple[dict[str, Any], str]:
    """A broadcast as it is kept in a proposal, its words sealed; and the same to be known again by.

    `size` is how many phones and SMS parts it has; with a `rule` of iCalendar it comes again.
    """
    whole = json.dumps(
        {
            "audience": draft.audience.as_facts(),
            "kind": draft.kind,
            "facts": dict(draft.facts),
            "urgency": draft.urgency,
            "not_before": draft.not_before.isoformat(),
            "not_after": draft.not_after and draft.not_after.isoformat(),
            "parts": dict(draft.parts),
            "prices": dict(draft.prices),
            "corrects_id": draft.corrects_id,
        },
        sort_keys=True,
    )
    people, parts = size
    return {"people": people, "parts": parts, "rule": rule, "draft_sealed": vault.seal(whole)}, f"{whole}{rule or ''}"


def propose(
    db: Connection, hand: Hand, draft: Draft, size: tuple[int, int], now: datetime, rule: str | None = None
) -> int:
    """An officer proposes a broadcast; the number of the proposal. Its words are kept sealed.

    Raises NotAllowed, and BadRule where it comes again by no rule.
    """
    if rule is not None:
        cadence.first(rule, draft.not_before, now, cooperatives.zone(db, draft.cooperative_id))
    facts, whole = facts_of(draft, size, rule)
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
        whole.get("corrects_id"),
        not_after=whole["not_after"] and datetime.fromisoformat(whole["not_after"]),
        parts=whole["parts"],
        prices=whole.get("prices", {}),
    )


def send(db: Connection, decided: Proposed, now: datetime) -> None:
    """Plan what was proposed, once it has two keys; what it corrects is taken back where it has not left.

    Raises Overtaken when it would come too late, or cost too much.
    """
    draft = draft_of(decided)
    if draft.not_after is not None and draft.not_after <= now:
        raise Overtaken("it would come too late")
    key, rule = f"proposal:{decided.proposal_id}", decided.facts.get("rule")
    if draft.corrects_id is not None:
        broadcasts.cancel(db, draft.corrects_id, now)
    try:
        if rule is not None:
            recurring.recur(db, draft, rule, key, now)
        else:
            broadcasts.plan(db, replace(draft, not_before=max(draft.not_before, now)), key, now)
    except (broadcasts.MonthSpent, BadRule) as reason:
        raise Overtaken(str(reason)) from reason
