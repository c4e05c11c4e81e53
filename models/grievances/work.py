"""What a committee does with a case that lies at its desk, until somebody handles it.

Each function takes who acts, goes through `sight` and raises Unknown for a case they may not see, Refused for what
cannot be done with it now.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from models.grievances import bars, clocks, floods, merging, moving, naming, news, notes, parties, routing, sight, steps
from models.grievances.held import Held, caller, hold
from models.grievances.kinds import (
    FOR_PRIVATE,
    Category,
    Did,
    Follow,
    Lane,
    Refused,
    State,
    Stop,
    Why,
    accused,
    mediated,
)
from models.grievances.routing import Seat
from models.grievances.tables import Grievance
from models.grievances.threats import tell_anew
from models.hands import Hand
from models.members import Member


def acting(db: Connection, hand: Hand, case_id: int) -> Held:
    """A case, held by somebody of its desk who may do something with it. Raises Unknown, Refused for their own."""
    held = sight.held(db, hand, case_id)
    who = caller(held)
    if who.member_id == hand.member_id or (who.phone is not None and who.phone == hand.phone):
        raise Refused(Stop.OWN)
    return held


def handling(db: Connection, hand: Hand, case_id: int) -> Held:
    """The same, by who handles it. Raises Refused for the others."""
    held = acting(db, hand, case_id)
    if held.handler_id != hand.member_id:
        raise Refused(Stop.NOT_HANDLER)
    return held


def acknowledge(db: Connection, hand: Hand, case_id: int, now: datetime) -> None:
    """Somebody has seen it. In the sensitive lane they alone see it from then on."""
    held = acting(db, hand, case_id)
    taken: dict[str, Any] = {"handler_id": hand.member_id} if held.lane is Lane.SENSITIVE else {}
    news.to_owner(db, steps.take(db, held, Did.ACKNOWLEDGED, steps.by(hand), now, **taken), now)


def assess(
    db: Connection, hand: Hand, case_id: int, lane: Lane, category: Category, now: datetime, why: str | None = None
) -> None:
    """It is looked at: which lane and subject it has. A case that turns out sensitive forgets who called.

    It leaves this desk when another one must handle it now. Where nothing is mediated, the other side is out of it.
    Raises Refused as `_may_be`.
    """
    held = acting(db, hand, case_id)
    led = category is Category.LEADERS and not _names_one(db, held)
    _may_be(db, held, lane, category, led)
    changes: dict[str, Any] = {"lane": lane, "category": category, "all_officers": led or held.all_officers}
    changes |= _forgotten() if lane is Lane.SENSITIVE else {}
    if lane is not held.lane:
        by = clocks.answer_by(clocks.calendar(db, held.level_id), lane, held.filed_at)
        changes["answer_by"] = max(by, held.answer_by)
    new = steps.take(db, held, Did.ASSESSED, steps.by(hand), now, why, **changes)
    if lane is Lane.SENSITIVE:
        new = _forget(db, new)
        news.cancel(db, new, now)
    if not mediated(new.lane, new.category):
        parties.end(db, new.id)
    if led:
        merging.bar_officers(db, new)
        new = moving.reseat(db, new, now)
    elif new.lane is not held.lane and not routing.fits(db, new, Seat(hand.cooperative_id, hand.role)):
        moving.put(db, new, routing.seat(db, new), Did.ESCALATED, steps.SYSTEM, now)
    news.to_owner(db, new, now)


def _names_one(db: Connection, held: Held) -> bool:
    """Whether it was said who is in cause."""
    return any(Why.ACCUSED in whys for whys in bars.of(db, held.id).values())


def _may_be(db: Connection, held: Held, lane: Lane, category: Category, led: bool) -> None:
    """Raises Refused where a case would leave the sensitive lane, since whoever came in private chose who sees it.

    It does so too where a case would be hidden from everybody: in the sensitive lane without a subject of that lane or
    a desk that takes it, or about the leaders (`led`) where nobody is above.
    """
    if led and not routing.seated(db, replace(held, all_officers=True)):
        raise Refused(Stop.NOBODY_ABOVE)
    if lane is not Lane.SENSITIVE:
        if held.lane is Lane.SENSITIVE:
            raise Refused(Stop.PRIVATE)
        return
    if category not in FOR_PRIVATE:
        raise Refused(Stop.NOT_PRIVATE)
    if held.lane is not lane and routing.seat(db, replace(held, lane=lane)) is None:
        raise Refused(Stop.NO_PRIVATE_DESK)


def _forgotten() -> dict[str, object]:
    return {"caller_sealed": None, "follow": Follow.PULL}


def _forget(db: Connection, held: Held) -> Held:
    """Who called is forgotten; of what was joined to it as well, since that says the same. The case as it is then."""
    others = update(Grievance).where(Grievance.merged_into_id == held.id)
    db.execute(others.values(lane=Lane.SENSITIVE, **_forgotten()))
    family = merging.family(db, held.id)
    tell_anew(db, family)
    for each in family:
        floods.cut(db, each)
        if each != held.id:
            steps.cut(db, hold(db, each))
    return steps.cut(db, held)


def turn_down(db: Connection, hand: Hand, case_id: int, why: str, now: datetime) -> None:
    """It is not for this committee: the reason is owed, and the complainant can appeal. Raises Refused for what a
    colleague handles, or was given and has not said yes to.
    """
    held = acting(db, hand, case_id)
    if held.handler_id not in (None, hand.member_id):
        raise Refused(Stop.NOT_HANDLER)
    notes.letter(db, held.id, why, f"scope:{held.id}:{held.steps}", now)
    news.to_owner(db, steps.take(db, held, Did.OUT_OF_SCOPE, steps.by(hand), now, why), now)


def assign(db: Connection, hand: Hand, case_id: int, member_id: int, now: datetime) -> None:
    """Give a case to a member of the desk. To oneself it is taken at once: so another one, once given it, says yes.

    Raises Refused for a case that a colleague handles: it is theirs to give.
    """
    held = acting(db, hand, case_id)
    if member_id == hand.member_id:
        _take(db, hand, held, now)
        return
    if held.level_id is None or held.desk is None:
        raise Refused(Stop.STATE)
    _not_a_colleagues(held, hand)
    if member_id not in routing.pool(db, held, Seat(held.level_id, held.desk)):
        raise Refused(Stop.NO_SUCH_MEMBER)
    new = steps.take(db, held, Did.ENTRUSTED, steps.by(hand), now, handler_id=member_id)
    news.to_do(db, new, [member_id], now, f"case:{new.id}:{new.steps}:entrusted")


def _take(db: Connection, hand: Hand, held: Held, now: datetime) -> None:
    _not_a_colleagues(held, hand)
    to = State.ASSIGNED if held.state is State.ASSESSED else held.state
    new = steps.take(db, held, Did.TAKEN, steps.by(hand), now, to=to, handler_id=hand.member_id)
    news.to_owner(db, new, now)


def _not_a_colleagues(held: Held, hand: Hand) -> None:
    """Raises Refused for what a colleague handles; what they were only given, and said no yes to, is nobody's yet."""
    if held.state is not State.ASSESSED and held.handler_id not in (None, hand.member_id):
        raise Refused(Stop.NOT_HANDLER)


def colleagues(db: Connection, hand: Hand, case_id: int) -> list[tuple[int, str]]:
    """Who else can handle a case at this desk: id and name."""
    held = sight.seen(db, hand, case_id)
    there = routing.pool(db, held, Seat(hand.cooperative_id, hand.role))
    others = select(Member.id, Member.name).where(Member.id.in_(there), Member.id != hand.member_id)
    return [(row.id, row.name) for row in db.execute(others.order_by(Member.name, Member.id))]


def recuse(db: Connection, hand: Hand, case_id: int, now: datetime) -> bool:
    """Somebody steps aside: the case does not exist for them any more, and goes up when too few are left.

    False for the last one who may see it, where nobody is above: they go on seeing it, so that it is not lost. It is
    kept that they wanted out, nobody handles it, and it is late at once for those who watch over what is late.
    """
    held = sight.held(db, hand, case_id)
    last = moving.strands(db, held, hand.member_id)
    # Of what is being handled, `reseat` frees the case by a step of its own.
    stays = held.state in steps.HANDLED or held.handler_id != hand.member_id
    left: dict[str, Any] = {} if stays else {"handler_id": None}
    new = steps.take(db, held, Did.RECUSED, steps.by(hand), now, **left)
    if last:
        moving.leave(db, new, now)
        return False
    merging.bar_all(db, held.id, [hand.member_id], Why.RECUSED)
    moving.reseat(db, new, now)
    return True


def accuse(db: Connection, hand: Hand, case_id: int, member_id: int, now: datetime) -> None:
    """It turns out whom a case is about: it does not exist for them any more, and goes up when it must.

    Nobody takes a case from a colleague by that: named alone by one of them, somebody of the desk keeps no case below,
    and who named them neither. It goes up, where it is read who named whom. Where nobody is above, and where the case
    would be left to nobody, it waits for a second person of the desk who names the same member.
    """
    held = acting(db, hand, case_id)
    named = db.execute(select(Member.name, Member.number).where(Member.id == member_id)).one_or_none()
    if named is None:
        raise Refused(Stop.NO_SUCH_MEMBER)
    why = accused(named.name, named.number) if naming.takes_two(db, held, hand, member_id) else None
    alone = why is not None and not naming.named_by_another(db, held, hand, why)
    new = steps.take(db, held, Did.ACCUSED, steps.by(hand), now, why)
    above = routing.seat(db, held, above=held.level_id)
    up = above is not None and held.state in steps.LIVE and not naming.unseats(db, held, member_id)
    if alone and not up:
        return
    merging.bar_all(db, held.id, [member_id], Why.ACCUSED)
    if alone:
        moving.rise(db, new, Did.ESCALATED, steps.by(hand), now)
    else:
        moving.reseat(db, new, now)


def write(db: Connection, hand: Hand, case_id: int, words: str, key: str, now: datetime) -> None:
    """Write to the complainant, or ask them something; the same press never writes twice."""
    held = acting(db, hand, case_id)
    if notes.letter(db, held.id, words, key, now):
        news.to_owner(db, steps.take(db, held, Did.WROTE, steps.by(hand), now), now)


def escalate(db: Connection, hand: Hand, case_id: int, why: str | None, now: datetime) -> None:
    """Send a case up: this committee does not see it any more. Raises Refused where nobody is above."""
    moving.rise(db, acting(db, hand, case_id), Did.ESCALATED, steps.by(hand), now, why)


def merge(db: Connection, hand: Hand, case_id: int, into_id: int, now: datetime) -> None:
    """A case says the same as another one: they are handled together, and each complainant keeps number and code.

    Raises Refused where they are not about the same people: who could see one of them, and is in cause in the other,
    would lose it without a reason but that one. It is noted first, in both, who is in cause. Nor where who handles the
    other one has a part of the lot that this case is about.
    """
    held, into = acting(db, hand, case_id), acting(db, hand, into_id)
    if not merging.alike(db, held, into):
        raise Refused(Stop.OTHER_CAUSE)
    if case_id == into_id or Lane.SENSITIVE in (held.lane, into.lane) or into.state not in steps.LIVE:
        raise Refused(Stop.STATE)
    steps.take(db, held, Did.MERGED, steps.by(hand), now, merged_into_id=into.id)
    merging.join(db, held, into, now)
    moving.reseat(db, replace(into, all_officers=held.all_officers or into.all_officers), now)
