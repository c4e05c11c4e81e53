"""Broadcasts: one text to many, each phone once, at a decent hour; what became of it is counted from its messages.

Planning writes one message for each distinct phone, in chunks, before anything is sent. The tally is a query.
"""

import json
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, select, update

from models import addressing, cooperatives, hours, inbox, limits, planned, prices, quiet, spending, vault
from models.audiences import late_ones, left_out, phones_of
from models.checkdigit import check_digit
from models.cooperatives import Cooperative
from models.drafts import Draft
from models.failpoints import reach
from models.hours import Night
from models.limits import Limits, MonthSpent, Spent
from models.members import Member, Phone
from models.messages import GOT, Message, MessageState, Urgency, sealed, take_back
from models.planned import Broadcast, Planned, UnknownBroadcast, find
from models.writing import insert_once, streaming

__all__ = ["Broadcast", "Draft", "MonthSpent", "Planned", "UnknownBroadcast", "find"]
AT_ONCE = 5000
# A phone, and the language and the zone it is written to in.
Addressee = tuple[str, str, str]
Progress = Callable[[int], None]


def _nobody(_planned: int) -> None:
    """Nobody wants to hear how far it is."""


def _new_reference() -> str:
    drawn = f"{secrets.randbelow(900_000) + 100_000}"
    return drawn + check_digit(drawn)


def plan(db: Connection, draft: Draft, key: str, now: datetime, told: Progress = _nobody) -> str:
    """Write down a broadcast and one message for each distinct phone of its audience; its reference.

    The same key twice is one broadcast: the first one's reference comes back, and nothing is added. Who wants no
    notices gets none but safety alerts, and what every member has a right to. Notices and campaigns wait for the
    morning where a member is, and for the first day on which a phone has not had enough. `told` hears after each
    chunk how many messages there are. Raises MonthSpent when the cooperative's limit for the month would be passed.
    """
    there = known(db, key)
    if there is not None:
        return there
    reference, facts = _new_reference(), sealed(draft.facts)
    row = {
        "reference": reference,
        "key": vault.digest("broadcast", key),
        "cooperative_id": draft.cooperative_id,
        "author_id": draft.author_id,
        "kind": draft.kind,
        "facts_sealed": facts,
        "urgency": draft.urgency,
        "audience": json.dumps(draft.audience.as_facts()),
        "corrects_id": draft.corrects[0] if draft.corrects else None,
        "not_before": draft.not_before,
        "planned_at": now,
    }
    broadcast_id = insert_once(db, Broadcast, row)
    if broadcast_id is None:  # the same key at the same moment, or a number that was drawn before
        return plan(db, draft, key, now, told)
    reach("plan-begun")
    parts, cost = _write(db, draft, broadcast_id, {"facts_sealed": facts, "queued_at": now}, told)
    weighed = {"parts": parts, "cost": prices.whole(cost), "weights": spending.weights(draft, cost)}
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(**weighed))
    reach("planned")
    return reference


def known(db: Connection, key: str) -> str | None:
    """The reference of the broadcast that was planned under a key, if there is one."""
    found = select(Broadcast.reference).where(Broadcast.key == vault.digest("broadcast", key))
    return db.execute(found).scalar_one_or_none()


def _write(
    db: Connection, draft: Draft, broadcast_id: int, more: Mapping[str, Any], told: Progress
) -> tuple[int, float | None]:
    """Write the messages of a broadcast, in chunks; how many SMS parts they are, and what these cost."""
    night = quiet.of(db, draft.cooperative_id)
    may_wait = draft.urgency >= Urgency.NOTICE
    allowed = limits.of(db, draft.cooperative_id, held=True) if may_wait and not draft.free else Limits()
    cap = None if draft.corrects else allowed.day  # what puts a notice right must not come a day after it
    since = hours.month_of(more["queued_at"], night.zone)
    before = spending.spent(db, draft.cooperative_id, since) if allowed.a_month else Spent(0, 0)
    common = {
        **more,
        "kind": draft.kind,
        "urgency": draft.urgency,
        "broadcast_id": broadcast_id,
        "not_after": draft.not_after,
    }
    written, parts = 0, 0
    cost: float | None = 0.0
    with closing(reached(db, draft)) as chunks:
        for chunk in chunks:
            for zone in {zone for *_person, zone in chunk}:
                there = night if zone == night.zone.key else Night(ZoneInfo(zone))
                people = [(phone, language) for phone, language, place in chunk if place == zone]
                _address(db, draft, common, people, there, cap)
                cost = prices.added(cost, prices.cost(people, partial(_parts, draft), draft.prices))
            written += len(chunk)
            parts += sum(_parts(draft, language) for _phone, language, _zone in chunk)
            limits.weigh(allowed, before, Spent(parts, prices.whole(cost)))
            reach("plan-chunk")
            told(written)
    return parts, cost


def _address(
    db: Connection,
    draft: Draft,
    common: Mapping[str, Any],
    people: Sequence[tuple[str, str]],
    night: Night,
    cap: int | None,
) -> None:
    """Write to some phones, each on the first day on which it has not had enough; an alert at once."""
    if draft.urgency < Urgency.NOTICE:
        addressing.write(db, {**common, "zone": None, "not_before": draft.not_before}, people)
        return
    day = night.over(draft.not_before)
    while people:
        enough = _enough(db, draft, [phone for phone, _language in people], cap, day, night)
        on = {**common, "zone": night.zone.key, "not_before": day}
        addressing.write(db, on, [each for each in people if each[0] not in enough])
        people, day = [each for each in people if each[0] in enough], night.next_morning(day)


def _enough(
    db: Connection, draft: Draft, phones: Sequence[str], cap: int | None, begins: datetime, night: Night
) -> set[str]:
    """The phones that have had enough that day; none where the message would come too late on the next one."""
    if cap is None or (draft.not_after is not None and draft.not_after <= night.next_morning(begins)):
        return set()
    return limits.full(db, phones, cap, hours.day_of(begins, night.zone))


def reached(db: Connection, draft: Draft) -> Generator[list[Addressee], None, None]:
    """Whom a draft would reach, in chunks: each distinct phone, with the language and the zone of who has it."""
    everybody = draft.urgency is Urgency.ALERT or draft.owed or not inbox.anybody_silent(db)
    people = _got(db, draft) if draft.corrects else phones_of(db, draft.audience)
    late = None if draft.corrects else late_ones(db, draft.audience, draft.not_before)
    before = ""
    with db.execute(people, execution_options=streaming(db, AT_ONCE)) as rows:
        for part in rows.partitions(AT_ONCE):
            chunk: list[Addressee] = []
            for (
                phone,
                language,
                zone,
                *whose,
            ) in part:  # by number: a phone that several have comes several times on end
                if phone != before and (late is None or tuple(whose) in late):
                    chunk.append((phone, language, zone))
                    before = phone
            silent = set() if everybody else inbox.silent(db, [phone for phone, *_ in chunk])
            if wanting := [each for each in chunk if each[0] not in silent]:
                yield wanting


def anybody(db: Connection, draft: Draft) -> bool:
    """Whether a draft would reach any phone."""
    with closing(reached(db, draft)) as chunks:
        return next(chunks, None) is not None


def size(db: Connection, draft: Draft) -> tuple[int, int]:
    """How many phones a draft would reach, and how many SMS parts that is."""
    spoken = [language for chunk in reached(db, draft) for _phone, language, _zone in chunk]
    return len(spoken), sum(_parts(draft, language) for language in spoken)


def beyond_one_key(db: Connection, draft: Draft, times: int = 1, agreed: int = 0) -> tuple[int, int] | None:
    """How many phones and SMS parts a draft has, where a second officer must agree to so many; else None.

    What comes `times` a month is weighed as so many: one officer does not write by a rule to more than by hand. What
    two officers `agreed` to before stands, and may grow by what one of them may decide alone. A safety alert asks
    nobody.
    """
    if draft.urgency is Urgency.ALERT or limits.of(db, draft.cooperative_id).one_key is None:
        return None
    found = size(db, draft)
    return found if limits.second_key(db, draft.cooperative_id, found[0] * times, agreed) else None


def _parts(draft: Draft, language: str) -> int:
    """How many SMS it is in a language."""
    return spending.parts_in(draft.parts, language)


def _got(db: Connection, draft: Draft) -> Select[str, str, str]:
    """Whoever got what a draft corrects, or may have: it reaches exactly these, besides whom it leaves out.

    In the language and the zone of who has the phone now.
    """
    home = cooperatives.zone(db, draft.cooperative_id).key
    language = func.coalesce(Member.language, Message.language)
    got = (
        select(Message.phone, language, func.coalesce(Cooperative.time_zone, home))
        .outerjoin(Phone, Phone.number == Message.phone)
        .outerjoin(Member, (Member.id == Phone.member_id) & Member.left_on.is_(None))
        .outerjoin(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Message.broadcast_id.in_(draft.corrects), GOT)
    )
    theirs = got.where(Message.phone.not_in(left_out(draft.audience)))
    return theirs.order_by(Message.phone, Member.id.is_(None), Member.id)


def tally(db: Connection, broadcast_id: int) -> dict[MessageState, int]:
    """How many of its messages are in each state; every state is there, and together they are all of them."""
    counted = select(Message.state, func.count()).where(Message.broadcast_id == broadcast_id).group_by(Message.state)
    found: dict[MessageState, int] = dict(db.execute(counted).all())
    return dict.fromkeys(MessageState, 0) | found


def cancel(db: Connection, broadcast_id: int, now: datetime) -> int:
    """Take back what has not left yet; how many messages that were. What is on its way is not tried again."""
    db.execute(update(Broadcast).where(Broadcast.id == broadcast_id).values(cancelled_at=now))
    return take_back(db, now, Message.broadcast_id == broadcast_id)


def withdraw(db: Connection, broadcast_id: int, now: datetime) -> None:
    """Take back what has not left of a broadcast and of what corrected it: another correction takes their place."""
    for each in (broadcast_id, *planned.corrections(db, broadcast_id)):
        cancel(db, each, now)
