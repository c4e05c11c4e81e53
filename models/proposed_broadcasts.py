"""A broadcast to more people than one key may write to: an officer proposes it, and a second one has it sent.

What comes again by a rule is weighed twice. When it is made it counts as many times as it comes in a month: a limit for
one officer is none if a rule writes every day to as many as the limit allows. And each time it comes it is weighed
again: two officers agreed to a number of phones, and the audience is not a number, it grows. What has grown by more
than one officer may decide alone waits for a second key that day; it is not sent, and nothing else is stopped.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models import broadcasts, cadence, cooperatives, hands, proposals, recurring, vault
from models.audiences import Audience
from models.broadcasts import Draft
from models.cadence import BadRule
from models.drafts import Weigh, unweighed
from models.hands import Hand
from models.members import OFFICERS
from models.messages import Urgency
from models.proposals import Deed, Overtaken, Proposed, Wish


def facts_of(
    draft: Draft,
    size: tuple[int, int],
    key: str,
    rule: str | None = None,
    times: int = 1,
    recurrence: int | None = None,
) -> dict[str, Any]:
    """A broadcast as it is kept in a proposal, its words sealed.

    `size` is how many phones and SMS parts it has, `key` what it is planned under: the same key is sent once, however
    often it was proposed. With a `rule` of iCalendar it comes again, so many `times` a month; it may be one time of a
    `recurrence` that has grown.
    """
    whole = {**_said(draft), "not_before": draft.not_before.isoformat(), "key": key}
    people, parts = size
    facts = {"people": people, "parts": parts, "rule": rule, "times": times, "recurrence": recurrence}
    return {**facts, "draft_sealed": vault.seal(json.dumps(whole))}


def _said(draft: Draft) -> dict[str, Any]:
    """What a draft is, but for its hour."""
    return {
        "audience": draft.audience.as_facts(),
        "kind": draft.kind,
        "facts": dict(draft.facts),
        "urgency": draft.urgency,
        "not_after": draft.not_after and draft.not_after.isoformat(),
        "parts": dict(draft.parts),
        "prices": dict(draft.prices),
        "corrects": draft.corrects,
    }


def propose(
    db: Connection, hand: Hand, draft: Draft, size: tuple[int, int], key: str, now: datetime, rule: str | None = None
) -> int:
    """An officer proposes a broadcast; the number of the proposal. Its words are kept sealed.

    Said again while it waits it is the same proposal: what is sent at once has no hour of its own. Raises NotAllowed,
    and BadRule where it comes again by no rule.
    """
    facts = facts_of(draft, size, key, rule, 1 if rule is None else times_of(db, draft, rule, now))
    hour = None if draft.not_before <= now else draft.not_before.isoformat()
    same = json.dumps({**_said(draft), "hour": hour, "rule": rule}, sort_keys=True)
    return proposals.propose(db, hand, Wish(Deed.SEND_BROADCAST, facts, told=same), now)


def times_of(db: Connection, draft: Draft, rule: str, now: datetime) -> int:
    """How often a draft would come in a month by a rule. Raises BadRule."""
    starts, _first = cadence.first(rule, draft.not_before, now, cooperatives.zone(db, draft.cooperative_id))
    return cadence.times(rule, starts)


def draft_of(proposed: Proposed) -> Draft:
    """The broadcast that was proposed."""
    whole = _opened(proposed)
    return Draft(
        proposed.cooperative_id,
        Audience.from_facts(whole["audience"]),
        whole["kind"],
        whole["facts"],
        Urgency(whole["urgency"]),
        datetime.fromisoformat(whole["not_before"]),
        proposed.proposed_by,
        tuple(whole["corrects"]),
        not_after=whole["not_after"] and datetime.fromisoformat(whole["not_after"]),
        parts=whole["parts"],
        prices=whole.get("prices", {}),
    )


def _opened(proposed: Proposed) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(vault.unseal(proposed.facts["draft_sealed"]))
    return whole


def send(db: Connection, decided: Proposed, now: datetime) -> None:
    """Plan what was proposed, once it has two keys.

    Raises Overtaken when it would come too late, or cost too much.
    """
    draft = draft_of(decided)
    if draft.not_after is not None and draft.not_after <= now:
        raise Overtaken("it would come too late")
    facts, key, rule = decided.facts, _opened(decided)["key"], decided.facts.get("rule")
    many = facts["people"] * facts.get("times", 1)
    if facts.get("recurrence") is not None:
        recurring.agree(db, facts["recurrence"], many)
    try:
        if rule is not None:
            recurring.recur(db, draft, rule, key, now, many)
        else:
            broadcasts.plan(db, replace(draft, not_before=max(draft.not_before, now)), key, now)
    except (broadcasts.MonthSpent, BadRule) as reason:
        raise Overtaken(str(reason)) from reason


@dataclass(frozen=True, slots=True)
class Came:
    """What became of one time of what comes again: its reference, or its proposal; neither where nobody can propose."""

    reference: str | None
    proposal: int | None = None


def plan_next(db: Connection, number: int, now: datetime, weigh: Weigh = unweighed) -> Came | None:
    """Plan what is due of a recurrence and find its next time; None when nothing was to be planned.

    One that has grown beyond what was agreed is proposed in the name of who made it, if they are an officer still.
    Raises MonthSpent: then nothing is changed, and it can be tried again.
    """
    found = recurring.take(db, number, now)
    if found is None:
        return None
    draft = weigh(found.draft)
    size = broadcasts.beyond_one_key(db, draft, found.times, found.agreed)
    if size is None:
        return Came(broadcasts.plan(db, draft, found.key, now))
    hand = hands.acting(db, draft.author_id) if draft.author_id else None
    if hand is None or hand.role not in OFFICERS:
        return Came(None)
    facts = facts_of(draft, size, found.key, None, found.times, number)
    return Came(None, proposals.propose(db, hand, Wish(Deed.SEND_BROADCAST, facts, told=found.key), now))
