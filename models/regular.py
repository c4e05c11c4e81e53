"""Regular meetings: the same one again by a rule of iCalendar, on the cooperative's own clock.

A meeting that comes again is called for real, with its notice, some days before: what members were told can be moved or
called off like any other, and nobody is told today of a meeting in a year. Whoever looks, and however often, calls each
once: its time and kind are those of one meeting.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, Row, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import assemblies, cadence, convening, vault
from models.assemblies import ASSEMBLIES, Body
from models.audiences import Audience
from models.base import Base, choice
from models.convening import CALLERS, Call, NotCalled, Snag
from models.hands import Hand
from models.meetings import MeetingKind
from models.members import Role
from models.writing import insert_once

BEFORE = timedelta(days=8)  # a day more than the first reminder
TO_SPARE = timedelta(days=7)  # an assembly is called so long before the last day that the law allows


class RegularMeeting(Base):
    """A meeting that comes again. `starts` is a time of the cooperative's clock, without a zone; `rule` an RRULE.

    Who decided on it had an office then, and their word holds until somebody stops it. `agreed` is to how many phones a
    month two officers agreed; None where one key was enough.
    """

    __tablename__ = "regular_meetings"
    __table_args__ = (Index("ix_regular_meetings_call_at", "call_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    author_role: Mapped[Role] = mapped_column(choice(Role))
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    place: Mapped[str]
    agenda: Mapped[str]
    audience: Mapped[str | None]
    rule: Mapped[str]
    starts: Mapped[str]
    next_at: Mapped[datetime | None]
    call_at: Mapped[datetime | None]
    agreed: Mapped[int | None]


def _key(hand: Hand, key: str) -> str:
    return vault.digest("regular", f"{hand.cooperative_id}:{key}")


def known(db: Connection, hand: Hand, key: str) -> int | None:
    """The number of the meeting that is held by a rule under this key, if there is one."""
    return db.execute(select(RegularMeeting.id).where(RegularMeeting.key == _key(hand, key))).scalar_one_or_none()


def ready(db: Connection, hand: Hand, wanted: Call, rule: str, now: datetime) -> tuple[Body, str, Call]:
    """The cooperative, when the rule begins, and its first meeting, where this officer can have it held by the rule.

    Raises NotCalled and BadRule.
    """
    if hand.role not in CALLERS:
        raise NotCalled(Snag.NO_CALLER)
    body = assemblies.body(db, hand.cooperative_id)
    starts, first = cadence.first(rule, wanted.starts_at, now, body.zone)
    one = replace(wanted, starts_at=first)
    convening.check(body, one, now)
    return body, starts, one


def repeat(
    db: Connection, hand: Hand, wanted: Call, rule: str, key: str, now: datetime, agreed: int | None = None
) -> int:
    """Have a meeting held by a rule, from its time on; its number. Each is called when it is near.

    The same key is the same. Raises NotCalled when the first one could not be called so, and BadRule.
    """
    body, starts, one = ready(db, hand, wanted, rule, now)
    row = {
        "key": _key(hand, key),
        "cooperative_id": hand.cooperative_id,
        "author_id": hand.member_id,
        "author_role": hand.role,
        "kind": wanted.kind,
        "place": wanted.place,
        "agenda": "\n".join(wanted.agenda),
        "audience": json.dumps(wanted.audience.as_facts()) if wanted.audience else None,
        "rule": rule,
        "starts": starts,
        "next_at": one.starts_at,
        "call_at": _call_at(
            body, wanted.kind, one.starts_at, cadence.following(rule, starts, one.starts_at, body.zone)
        ),
        "agreed": agreed,
    }
    made = insert_once(db, RegularMeeting, row)
    return made or db.execute(select(RegularMeeting.id).where(RegularMeeting.key == row["key"])).scalar_one()


@dataclass(frozen=True, slots=True)
class Regular:
    """What comes again: its number, what and where, by which rule, and when the next one is that is not called yet."""

    number: int
    kind: MeetingKind
    place: str
    rule: str
    starts: str
    next_at: datetime | None


_COLUMNS = (
    RegularMeeting.id,
    RegularMeeting.kind,
    RegularMeeting.place,
    RegularMeeting.rule,
    RegularMeeting.starts,
    RegularMeeting.next_at,
)


def all_of(db: Connection, cooperative_id: int) -> list[Regular]:
    """What comes again in a cooperative and was not stopped, oldest first."""
    going = select(*_COLUMNS).where(
        RegularMeeting.next_at.is_not(None), RegularMeeting.cooperative_id == cooperative_id
    )
    return [Regular(*row) for row in db.execute(going.order_by(RegularMeeting.id))]


def stop(db: Connection, hand: Hand, number: int) -> bool:
    """It comes no more; what was called already stands. False when it is over, or not there. Raises NotCalled."""
    if hand.role not in CALLERS:
        raise NotCalled(Snag.NO_CALLER)
    theirs = RegularMeeting.id == number, RegularMeeting.cooperative_id == hand.cooperative_id
    going = update(RegularMeeting).where(*theirs, RegularMeeting.next_at.is_not(None))
    return db.execute(going.values(next_at=None, call_at=None)).rowcount > 0


def due(db: Connection, now: datetime) -> list[int]:
    """The numbers of those whose next meeting is near enough to be called."""
    near = select(RegularMeeting.id).where(RegularMeeting.call_at <= now)
    return list(db.execute(near.order_by(RegularMeeting.id)).scalars())


@dataclass(frozen=True, slots=True)
class Turn:
    """One time of a meeting that comes again: by whom it is called, how often a month it comes, what was agreed to."""

    number: int
    hand: Hand
    wanted: Call
    times: int
    agreed: int


def take(db: Connection, number: int, now: datetime) -> Turn | None:
    """The next meeting of a rule, when it is near; then the one after it is the next. None when none is near."""
    near = select(RegularMeeting).where(RegularMeeting.id == number, RegularMeeting.call_at <= now)
    row = db.execute(near.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    body = assemblies.body(db, row.cooperative_id)
    following = cadence.following(row.rule, row.starts, row.next_at, body.zone)
    after = None if following is None else cadence.following(row.rule, row.starts, following, body.zone)
    values = {"next_at": following, "call_at": following and _call_at(body, row.kind, following, after)}
    db.execute(update(RegularMeeting).where(RegularMeeting.id == number).values(**values))
    hand = Hand(row.author_id, row.cooperative_id, row.author_role)
    return Turn(number, hand, _call(row), cadence.times(row.rule, row.starts), row.agreed or 0)


def agree(db: Connection, number: int, people: int) -> None:
    """Two officers agreed that its notice goes to so many phones a month."""
    db.execute(update(RegularMeeting).where(RegularMeeting.id == number).values(agreed=people))


def _call(row: Row[Any]) -> Call:
    audience = Audience.from_facts(json.loads(row.audience)) if row.audience else None
    return Call(row.kind, row.next_at, row.place, tuple(item for item in row.agenda.split("\n") if item), audience)


def _call_at(body: Body, kind: MeetingKind, at: datetime, after: datetime | None) -> datetime:
    """When a meeting is to be called; not before the one before it was held, but for an assembly, as the law says."""
    if kind in ASSEMBLIES:
        return at - timedelta(days=body.days(second=False)) - TO_SPARE
    return at - (BEFORE if after is None else min(BEFORE, after - at))
