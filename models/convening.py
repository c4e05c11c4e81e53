"""Calling a meeting, moving it and calling it off: whoever was told of it is told what changed.

An assembly is held to the law (`models.assemblies`): one that comes too late, or whose notice lacks what it must say,
is not called as an assembly; it can be called as a plain meeting.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from models import announcing, assemblies, attendance, broadcasts, meetings
from models.announcing import What
from models.assemblies import ASSEMBLIES, Body
from models.audiences import Audience
from models.broadcasts import MonthSpent
from models.drafts import Weigh, unweighed
from models.hands import Hand
from models.meetings import Announced, Meeting, MeetingKind, MeetingMove, MeetingState
from models.members import Member, Role
from models.snags import LEGAL, NotCalled, Snag
from models.writing import insert_once

__all__ = ["CALLERS", "LEGAL", "Call", "NotCalled", "Snag"]
# The president calls it, the secretary writes it; failing them the supervisory board (AUSCOOP 232 and 342).
CALLERS = (Role.PRESIDENT, Role.SECRETARY, Role.SURVEILLANCE)


@dataclass(frozen=True, slots=True)
class Call:
    """A meeting to be: what, when, where, about what, for whom (all members, unless said), and whose second call."""

    kind: MeetingKind
    starts_at: datetime
    place: str
    agenda: tuple[str, ...] = ()
    audience: Audience | None = None
    second_of: int | None = None


def check(body: Body, wanted: Call, now: datetime, first: Announced | None = None) -> None:
    """Raises NotCalled when a meeting cannot be called so. `first` is the assembly whose second call this is."""
    if wanted.starts_at <= now:
        raise NotCalled(Snag.PAST)
    if body.night.over(now) >= wanted.starts_at:  # nobody would hear of it in time
        raise NotCalled(Snag.UNTOLD)
    if wanted.kind not in ASSEMBLIES:
        return
    days = body.days(second=wanted.second_of is not None)
    if (wanted.starts_at.astimezone(body.zone).date() - body.night.over(now).date()).days < days:
        raise NotCalled(Snag.TOO_LATE, str(days))
    missing = body.missing(wanted.agenda, wanted.place)
    if missing is not None:
        raise NotCalled(Snag.UNSAID, missing)
    within = body.law.second_within
    if first is not None and within is not None and wanted.starts_at > first.starts_at + within:
        raise NotCalled(Snag.TOO_FAR, str(within.days))


@contextmanager
def _paid() -> Iterator[None]:
    """Raises NotCalled when the month has no SMS left to tell the members."""
    try:
        yield
    except MonthSpent as error:
        raise NotCalled(Snag.SPENT) from error


def _caller(hand: Hand) -> None:
    if hand.role not in CALLERS:
        raise NotCalled(Snag.NO_CALLER)


def call(db: Connection, hand: Hand, wanted: Call, now: datetime, weigh: Weigh = unweighed) -> int:
    """Call a meeting: it is written down, and members get its notice. Said again it is the same meeting.

    One that a list brought is called so too. Raises NotCalled.
    """
    body, (key, values) = ready(db, hand, wanted, now), _row(hand, wanted)
    meeting_id = insert_once(db, Meeting, {**key, **values}) or _there(db, key)
    said = {"called_at": now, "called_by": hand.member_id, "noticed_at": now}
    fresh = (Meeting.called_at.is_(None), Meeting.state == MeetingState.CALLED)
    if not _changed(db, meeting_id, fresh, {**values, **said}):
        _same(db, meeting_id, values)
        return meeting_id
    with _paid():
        announcing.tell(db, body, _found(db, hand, meeting_id), What.CALLED, now, hand.member_id, weigh)
    return meeting_id


def ready(db: Connection, hand: Hand, wanted: Call, now: datetime) -> Body:
    """The cooperative, where this officer can call this meeting now. Raises NotCalled."""
    _caller(hand)
    body = assemblies.body(db, hand.cooperative_id)
    check(body, wanted, now, _first(db, hand, wanted))
    return body


def _row(hand: Hand, wanted: Call) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a meeting is known by, and what else is written down of it."""
    values = {"place": wanted.place, "agenda": "\n".join(wanted.agenda), "second_of_id": wanted.second_of}
    values["audience"] = json.dumps(wanted.audience.as_facts()) if wanted.audience else None
    key = {"cooperative_id": hand.cooperative_id, "starts_at": wanted.starts_at, "kind": wanted.kind}
    return key, values


def called(db: Connection, hand: Hand, wanted: Call) -> int | None:
    """This very meeting, where members were called to it already. Raises NotCalled when its hour is another one's."""
    key, values = _row(hand, wanted)
    same = [getattr(Meeting, name) == value for name, value in key.items()]
    row = db.execute(select(Meeting.id, Meeting.called_at, Meeting.state).where(*same)).one_or_none()
    if row is None or (row.called_at is None and row.state is MeetingState.CALLED):
        return None
    _same(db, row.id, values)
    meeting_id: int = row.id
    return meeting_id


def _first(db: Connection, hand: Hand, wanted: Call) -> Announced | None:
    """The assembly that was not enough. Raises NotCalled when a second call cannot be of it."""
    if wanted.second_of is None:
        return None
    first = _found(db, hand, wanted.second_of)
    fits = first.kind in ASSEMBLIES and first.kind is wanted.kind and first.agenda == wanted.agenda
    if not fits or first.state is MeetingState.CANCELLED or first.second_of is not None:
        raise NotCalled(Snag.NO_SECOND)
    return first


def _there(db: Connection, key: Mapping[str, Any]) -> int:
    same = [getattr(Meeting, name) == value for name, value in key.items()]
    return db.execute(select(Meeting.id).where(*same)).scalar_one()


def _same(db: Connection, meeting_id: int, values: Mapping[str, Any]) -> None:
    """Raises NotCalled when the meeting that is there already is another one, or is over."""
    same = [getattr(Meeting, name).is_not_distinct_from(value) for name, value in values.items()]
    standing = Meeting.state == MeetingState.CALLED
    if db.execute(select(Meeting.id).where(Meeting.id == meeting_id, standing, *same)).one_or_none() is None:
        raise NotCalled(Snag.TAKEN)


def _found(db: Connection, hand: Hand, meeting_id: int) -> Announced:
    found = meetings.announced(db, hand.cooperative_id, meeting_id)
    if found is None:
        raise NotCalled(Snag.UNKNOWN)
    return found


def _changed(
    db: Connection, meeting_id: int, where: tuple[ColumnElement[bool], ...], values: Mapping[str, Any]
) -> bool:
    """Change a meeting as long as it is so; of two at once, one changes it."""
    return db.execute(update(Meeting).where(Meeting.id == meeting_id, *where).values(**values)).rowcount > 0


def move(
    db: Connection,
    hand: Hand,
    meeting_id: int,
    starts_at: datetime,
    place: str | None,
    now: datetime,
    weigh: Weigh = unweighed,
) -> None:
    """Hold a meeting at another time, or elsewhere; it stays the same meeting. Said again it is moved once.

    Who got its notice is told what changed, who did not get it yet is called. That asks for no second key: two turned
    one when these people were written to, and whoever sets out for the old hour must hear of the new one in time. Where
    nobody was called yet it would be the call itself. Raises NotCalled.
    """
    _caller(hand)
    meeting = _standing(db, hand, meeting_id, now)
    there = place or meeting.place
    if (starts_at, there) == (meeting.starts_at, meeting.place):
        return
    body = assemblies.body(db, hand.cooperative_id)
    if meeting.called_at is None and _beyond_one_key(db, body, meeting, hand, now):
        raise NotCalled(Snag.UNCALLED)
    first = None if meeting.second_of is None else _found(db, hand, meeting.second_of)
    check(body, Call(meeting.kind, starts_at, there, meeting.agenda, None, meeting.second_of), now, first)
    _free(db, meeting, hand.cooperative_id, starts_at)
    values = {"starts_at": starts_at, "place": there, "state": MeetingState.MOVED, "noticed_at": now}
    values |= {"version": meeting.version + 1, "called_at": now, "called_by": hand.member_id}
    unmoved = (Meeting.version == meeting.version, Meeting.state.in_(meetings.STANDING))
    if not _changed(db, meeting_id, unmoved, values):
        raise NotCalled(Snag.SAME)
    was = {"meeting_id": meeting_id, "was_at": meeting.starts_at, "was_in": meeting.place}
    insert_once(db, MeetingMove, {**was, "moved_at": now, "moved_by": hand.member_id})
    if starts_at != meeting.starts_at:
        attendance.ask_again(db, meeting_id)
    moved = _found(db, hand, meeting_id)
    with _paid():
        announcing.tell(db, body, moved, What.MOVED, now, hand.member_id, weigh)


def _free(db: Connection, meeting: Announced, cooperative_id: int, starts_at: datetime) -> None:
    """Raises NotCalled when another meeting of this kind is then."""
    key = {"cooperative_id": cooperative_id, "starts_at": starts_at, "kind": meeting.kind}
    taken = [getattr(Meeting, name) == value for name, value in key.items()]
    if db.execute(select(Meeting.id).where(*taken, Meeting.id != meeting.meeting_id)).one_or_none() is not None:
        raise NotCalled(Snag.TAKEN)


def _beyond_one_key(db: Connection, body: Body, meeting: Announced, hand: Hand, now: datetime) -> bool:
    audience = announcing.invited(db, meeting.meeting_id, body.cooperative_id)
    draft = announcing.notice(body, meeting, audience, now, hand.member_id)
    return broadcasts.beyond_one_key(db, draft) is not None


def cancel(db: Connection, hand: Hand, meeting_id: int, now: datetime, weigh: Weigh = unweighed) -> None:
    """Call a meeting off: who got its notice is told, what has not left stays. Said again nothing happens.

    Raises NotCalled.
    """
    _caller(hand)
    if _found(db, hand, meeting_id).state is MeetingState.CANCELLED:
        return
    meeting = _standing(db, hand, meeting_id, now)
    if not _changed(db, meeting_id, (Meeting.state.in_(meetings.STANDING),), {"state": MeetingState.CANCELLED}):
        raise NotCalled(Snag.SAME)
    body = assemblies.body(db, hand.cooperative_id)
    with _paid():
        announcing.tell(db, body, meeting, What.CANCELLED, now, hand.member_id, weigh)


_CALLED_IN = (
    select(Member.cooperative_id)
    .join(Meeting, Meeting.called_by == Member.id)
    .where(Meeting.id == bindparam("meeting"))
)


def _standing(db: Connection, hand: Hand, meeting_id: int, now: datetime) -> Announced:
    """A meeting that can still be changed; one that a body above called cannot be by those it is called in spite of."""
    meeting = _found(db, hand, meeting_id)
    if not meeting.standing or meeting.starts_at <= now:
        raise NotCalled(Snag.OVER)
    called_in = db.execute(_CALLED_IN, {"meeting": meeting_id}).scalar_one_or_none()
    if called_in not in (None, hand.cooperative_id):
        raise NotCalled(Snag.FROM_ABOVE)
    return meeting
