"""A meeting whose notice goes to more phones than one key may write to: one proposes it, another has it called.

Until then nobody is told, and nothing is written down but the proposal. One that comes again by a rule is weighed as a
notice that comes again is (`models.proposed_broadcasts`): as often as it comes in a month, and anew each time.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from models import (
    announcing,
    assemblies,
    broadcasts,
    cadence,
    convening,
    cooperatives,
    hands,
    proposals,
    regular,
    telling,
    vault,
)
from models.assemblies import Body
from models.audiences import Audience
from models.cadence import BadRule
from models.convening import Call, NotCalled, Snag
from models.drafts import Draft, Weigh, unweighed
from models.hands import Hand
from models.meetings import Announced, MeetingKind
from models.members import OFFICERS, Role
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.telling import Fact


@dataclass(frozen=True, slots=True)
class Called:
    """What became of a call: the meeting, or the number of a regular one; the proposal that waits; or why neither."""

    meeting_id: int | None
    proposal: int | None = None
    snag: Snag | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """That a meeting comes again: by which rule and key, or that it is one time of a regular one; how often a month."""

    rule: str | None = None
    key: str | None = None
    number: int | None = None
    times: int = 1


ONCE = Again()


def call(db: Connection, hand: Hand, wanted: Call, now: datetime, weigh: Weigh = unweighed) -> Called:
    """Call a meeting, or propose it where one key is not enough. Said again it is the same. Raises NotCalled."""
    body = convening.ready(db, hand, wanted, now)
    there = convening.called(db, hand, wanted)
    if there is not None:
        return Called(there)
    draft = weigh(notice(body, wanted, now, hand))
    size = broadcasts.beyond_one_key(db, draft)
    if size is None:
        return Called(convening.call(db, hand, wanted, now, weigh))
    return Called(None, _propose(db, hand, wanted, draft, size, now))


def repeat(
    db: Connection, hand: Hand, wanted: Call, rule: str, key: str, now: datetime, weigh: Weigh = unweighed
) -> Called:
    """Have a meeting held by a rule, or propose it where one key is not enough; what is near is called at once.

    The same key is the same. Raises NotCalled when the first one could not be called so, and BadRule.
    """
    body, starts, one = regular.ready(db, hand, wanted, rule, now)
    there = regular.known(db, hand, key)
    if there is not None:
        return Called(there)
    draft, times = weigh(notice(body, one, now, hand)), cadence.times(rule, starts)
    size = broadcasts.beyond_one_key(db, draft, times)
    if size is not None:
        return Called(None, _propose(db, hand, wanted, draft, size, now, Again(rule, key, None, times)))
    return Called(_repeated(db, regular.repeat(db, hand, wanted, rule, key, now), now, weigh))


def _repeated(db: Connection, number: int, now: datetime, weigh: Weigh) -> int:
    while call_next(db, number, now, weigh) is not None:
        continue
    return number


def call_next(db: Connection, number: int, now: datetime, weigh: Weigh = unweighed) -> Called | None:
    """Call the next meeting of a rule when it is near, and find the one after it; None when none is near.

    One that has passed, that the law stops by now, or whose hour is another meeting's, is left out, and who decided on
    the rule is told. One that has grown beyond what was agreed is proposed in their name, if they are an officer still.
    Raises NotCalled when the month has no SMS left: then nothing is changed, and it can be tried again.
    """
    turn = regular.take(db, number, now)
    if turn is None:
        return None
    try:
        with db.begin_nested():
            return _call_turn(db, turn, now, weigh)
    except NotCalled as error:
        if error.snag is Snag.SPENT:
            raise
        _tell_author(db, turn, error, now)
        return Called(None, None, error.snag)


def _tell_author(db: Connection, turn: regular.Turn, error: NotCalled, now: datetime) -> None:
    """Who trusts the rule must hear that nobody was called this time; not where they moved it themselves."""
    if error.snag is Snag.TAKEN:
        return
    there = cooperatives.zone(db, turn.hand.cooperative_id)
    says = {
        "kind": turn.wanted.kind,
        "starts_at": turn.wanted.starts_at.astimezone(there).isoformat(),
        "place": turn.wanted.place,
        "snag": error.snag,
        "about": error.about,
    }
    key = f"left out:{turn.number}:{turn.wanted.starts_at.isoformat()}"
    telling.tell(db, turn.hand.member_id, Fact("meeting_left_out", says), key, now)


def _call_turn(db: Connection, turn: regular.Turn, now: datetime, weigh: Weigh) -> Called:
    body = convening.ready(db, turn.hand, turn.wanted, now)
    draft = weigh(notice(body, turn.wanted, now, turn.hand))
    size = broadcasts.beyond_one_key(db, draft, turn.times, turn.agreed)
    if size is None or convening.called(db, turn.hand, turn.wanted) is not None:
        return Called(convening.call(db, turn.hand, turn.wanted, now, weigh))
    hand = hands.acting(db, turn.hand.member_id)
    if hand is None or hand.role not in OFFICERS:
        raise NotCalled(Snag.NO_CALLER)
    return Called(
        None, _propose(db, turn.hand, turn.wanted, draft, size, now, Again(number=turn.number, times=turn.times))
    )


def notice(body: Body, wanted: Call, now: datetime, hand: Hand) -> Draft:
    """The notice of a meeting to be."""
    meeting = Announced(0, wanted.starts_at, wanted.place, wanted.kind, wanted.agenda, second_of=wanted.second_of)
    return announcing.notice(body, meeting, wanted.audience or Audience(body.cooperative_id), now, hand.member_id)


def _propose(
    db: Connection,
    hand: Hand,
    wanted: Call,
    draft: Draft,
    size: tuple[int, int],
    now: datetime,
    again: Again = ONCE,
) -> int:
    people, parts = size
    facts, whole = facts_of(hand, wanted, draft, again)
    wish = Wish(Deed.CALL_MEETING, {"people": people, "parts": parts, **facts}, told=whole)
    return proposals.propose(db, hand, wish, now)


def facts_of(hand: Hand, wanted: Call, draft: Draft, again: Again = ONCE) -> tuple[dict[str, Any], str]:
    """A meeting as it is kept in a proposal, place and agenda sealed; and the same to be known again by."""
    said = {
        "kind": wanted.kind,
        "starts_at": wanted.starts_at.isoformat(),
        "place": wanted.place,
        "agenda": list(wanted.agenda),
        "audience": wanted.audience and wanted.audience.as_facts(),
        "second_of": wanted.second_of,
        "rule": again.rule,
        "regular": again.number,
    }
    weights = {"parts": dict(draft.parts), "prices": dict(draft.prices), "key": again.key, "role": hand.role}
    facts = {"kind": wanted.kind, "starts_at": said["starts_at"], "times": again.times}
    facts |= {"rule": again.rule, "regular": again.number}
    return {**facts, "call_sealed": vault.seal(json.dumps({**said, **weights}))}, json.dumps(said, sort_keys=True)


def wanted_of(proposed: Proposed) -> Call:
    """The meeting that was proposed."""
    said = _opened(proposed)
    return Call(
        MeetingKind(said["kind"]),
        datetime.fromisoformat(said["starts_at"]),
        said["place"],
        tuple(said["agenda"]),
        said["audience"] and Audience.from_facts(said["audience"]),
        said["second_of"],
    )


def notice_of(db: Connection, proposed: Proposed, now: datetime) -> Draft:
    """The notice that would go out, for who decides."""
    body = assemblies.body(db, proposed.cooperative_id)
    return notice(body, wanted_of(proposed), now, _hand(proposed))


def _opened(proposed: Proposed) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(vault.unseal(proposed.facts["call_sealed"]))
    return said


def _hand(proposed: Proposed) -> Hand:
    """Who proposed it, with the office they had then."""
    return Hand(proposed.proposed_by, proposed.cooperative_id, Role(_opened(proposed)["role"]))


def call_proposed(db: Connection, decided: Proposed, now: datetime) -> None:
    """Call the meeting that was proposed, once it has two keys. Raises Overtaken when it cannot be called any more."""
    said, hand, wanted = _opened(decided), _hand(decided), wanted_of(decided)
    many = decided.facts["people"] * decided.facts["times"]

    def weigh(draft: Draft) -> Draft:
        return replace(draft, parts=said["parts"], prices=said["prices"])

    try:
        if said["rule"] is not None:
            number = regular.repeat(db, hand, wanted, said["rule"], said["key"], now, many)
            _repeated(db, number, now, weigh)
            return
        if said["regular"] is not None:
            regular.agree(db, said["regular"], many)
        convening.call(db, hand, wanted, now, weigh)
    except (NotCalled, BadRule) as reason:
        raise Overtaken(str(reason)) from reason
