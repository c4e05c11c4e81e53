"""What members are told of a meeting by SMS: its notice, what changed, and reminders; each one broadcast, kept with it.

Reminders go 7 days, 1 day and 2 hours before, move with the meeting, and none goes after it has begun.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from models import assemblies, broadcasts, inbox, meetings, messages
from models.assemblies import ASSEMBLIES, Body
from models.audiences import Audience
from models.base import Base, choice
from models.broadcasts import MonthSpent
from models.drafts import Draft, Weigh, unweighed
from models.hours import Night, day_of
from models.meetings import STANDING, Announced, Meeting
from models.messages import Message, Urgency
from models.writing import insert_once


class What(StrEnum):
    """What members are told."""

    CALLED = "called"
    MOVED = "moved"
    CANCELLED = "cancelled"
    WEEK = "week"
    DAY = "day"
    HOURS = "hours"


# The last one first: when several are due at once, one is enough.
REMINDERS = {What.HOURS: timedelta(hours=2), What.DAY: timedelta(days=1), What.WEEK: timedelta(days=7)}
KINDS = {
    What.CALLED: "meeting_called",
    What.MOVED: "meeting_moved",
    What.CANCELLED: "meeting_cancelled",
    **dict.fromkeys(REMINDERS, "meeting_reminder"),
}


class MeetingNotice(Base):
    """A broadcast about a meeting. After a move, who got nothing of it before gets a first notice of their own."""

    __tablename__ = "meeting_notices"
    __table_args__ = (UniqueConstraint("meeting_id", "what", "version", "broadcast_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    what: Mapped[What] = mapped_column(choice(What))
    version: Mapped[int]
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcasts.id"))
    told_at: Mapped[datetime]


def facts(body: Body, meeting: Announced, was_at: datetime | None = None) -> dict[str, Any]:
    """A meeting as it is kept for an SMS, on the clock of the cooperative."""
    return {
        "cooperative": body.name,
        "meeting_id": meeting.meeting_id,
        "starts_at": meeting.starts_at.astimezone(body.zone).isoformat(),
        "place": meeting.place,
        "kind": meeting.kind,
        "agenda": list(meeting.agenda),
        "was_at": was_at and was_at.astimezone(body.zone).isoformat(),
        "second": meeting.second_of is not None,
    }


def tell(
    db: Connection,
    body: Body,
    meeting: Announced,
    what: What,
    now: datetime,
    author_id: int | None,
    weigh: Weigh = unweighed,
) -> None:
    """Tell the members of a meeting what is to be told now; what was to be told before and has not left stays.

    Whoever got any SMS of it, be it a reminder only, hears once what changed since the last they got; who got none is
    called.
    That an assembly is called, moved or called off is owed to every member (AUSCOOP 233 and 344), also to one who
    stopped notices. Of other meetings nothing is told that the month has no SMS for: raises MonthSpent.
    """
    earlier = notices(db, meeting.meeting_id)[::-1]
    for each in earlier:
        broadcasts.cancel(db, each.broadcast_id, now)
    stood, told = meetings.stood(db, meeting), tuple(each.broadcast_id for each in earlier)
    audience = invited(db, meeting.meeting_id, body.cooperative_id, told)
    draft = notice(body, meeting, audience, now, author_id)
    for place, got in enumerate(earlier):
        kind, said = _changed(body, meeting, what, stood[got.version])
        others = replace(audience, besides=told[:place])
        change = replace(draft, kind=kind, facts=said, corrects=(got.broadcast_id,), audience=others)
        change = replace(change, calls_off=what is What.CANCELLED)
        if broadcasts.anybody(db, change):
            _plan(db, meeting, what, weigh(change), now)
    if what is not What.CANCELLED and (not told or broadcasts.anybody(db, draft)):
        _plan(db, meeting, What.CALLED, weigh(draft), now)


def _changed(body: Body, meeting: Announced, what: What, known: tuple[datetime, str]) -> tuple[str, dict[str, Any]]:
    """What is told whom a meeting was known to as it stood then, with its facts.

    What is off is the meeting they knew of; one that is again when and where they knew it is simply called.
    """
    if what is What.CANCELLED:
        starts_at, place = known
        return KINDS[what], facts(body, replace(meeting, starts_at=starts_at, place=place))
    if known == (meeting.starts_at, meeting.place):
        return KINDS[What.CALLED], facts(body, meeting)
    return KINDS[what], facts(body, meeting, known[0])


def notice(body: Body, meeting: Announced, audience: Audience, now: datetime, author_id: int | None) -> Draft:
    """The notice of a meeting, which is owed to members where it is an assembly."""
    said, owed = facts(body, meeting), meeting.kind in ASSEMBLIES
    given = (body.cooperative_id, audience, KINDS[What.CALLED], said, Urgency.NOTICE, now, author_id)
    return Draft(*given, not_after=meeting.starts_at, owed=owed)


def invited(db: Connection, meeting_id: int, cooperative_id: int, besides: tuple[int, ...] = ()) -> Audience:
    """Whom a meeting is for; without who got one of some broadcasts."""
    kept = db.execute(select(Meeting.audience).where(Meeting.id == meeting_id)).scalar_one()
    said = json.loads(kept) if kept else Audience(cooperative_id).as_facts()
    return Audience.from_facts({**said, "besides": besides})


def _plan(db: Connection, meeting: Announced, what: What, draft: Draft, now: datetime) -> None:
    key = f"meeting:{meeting.meeting_id}:{what}:{meeting.version}:{draft.corrects and draft.corrects[0]}"
    planned = broadcasts.find(db, broadcasts.plan(db, draft, key, now))
    row = {"meeting_id": meeting.meeting_id, "what": what, "version": meeting.version}
    insert_once(db, MeetingNotice, {**row, "broadcast_id": planned.broadcast_id, "told_at": now})


def silence(db: Connection, phone: str, now: datetime) -> None:
    """A number wants no notices any more, nor those that wait for it; but what is owed of an assembly still comes.

    At once and in every way: who answers STOP to one notice must not get the next one that was planned before.
    """
    inbox.opt_out(db, phone, now)
    owed = select(MeetingNotice.broadcast_id).join(Meeting, Meeting.id == MeetingNotice.meeting_id)
    owed = owed.where(Meeting.kind.in_(ASSEMBLIES), MeetingNotice.what.not_in(REMINDERS))
    to_many = Message.broadcast_id.not_in(owed)  # what is of no broadcast is to nobody else
    messages.take_back(db, now, Message.phone == phone, Message.urgency >= Urgency.NOTICE, to_many)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was told of a meeting."""

    what: What
    version: int
    broadcast_id: int
    told_at: datetime


_COLUMNS = (MeetingNotice.what, MeetingNotice.version, MeetingNotice.broadcast_id, MeetingNotice.told_at)
_TOLD = select(*_COLUMNS).where(MeetingNotice.meeting_id == bindparam("meeting")).order_by(MeetingNotice.id)


def notices(db: Connection, meeting_id: int) -> list[Notice]:
    """What was told of a meeting, first to last."""
    return [Notice(*row) for row in db.execute(_TOLD, {"meeting": meeting_id})]


def ahead(night: Night, starts_at: datetime, now: datetime) -> list[What]:
    """The reminders that can reach members before a meeting that is called now, first to last."""
    hours = {what: starts_at - before for what, before in reversed(REMINDERS.items())}
    return [what for what, hour in hours.items() if hour > now and night.over(hour) < starts_at]


def remind(db: Connection, now: datetime, weigh: Weigh = unweighed) -> int:
    """Write the reminders that are due; how many meetings got one. Run any number of times, each goes once.

    One whose hour had passed when the meeting was called or moved is left out, and one that the night holds back until
    the meeting has begun. It says in how many days the meeting is, so it does not leave on a later day. One that the
    month has no SMS for waits until there are some, and stops no other.
    """
    columns = (Meeting.id, Meeting.cooperative_id, Meeting.noticed_at)
    near = select(*columns).where(Meeting.starts_at > now, Meeting.starts_at <= now + REMINDERS[What.WEEK])
    standing = near.where(Meeting.state.in_(STANDING), Meeting.noticed_at.is_not(None)).order_by(Meeting.id)
    # Whoever moves one of these at this moment waits, and takes back what is written here.
    rows = db.execute(standing.with_for_update()).all()
    return sum(_remind(db, *row, now, weigh) for row in rows)


def _remind(
    db: Connection, meeting_id: int, cooperative_id: int, noticed_at: datetime | None, now: datetime, weigh: Weigh
) -> bool:
    meeting = meetings.announced(db, cooperative_id, meeting_id)
    assert meeting is not None  # noqa: S101 - it was just found
    due = next(what for what, before in REMINDERS.items() if meeting.starts_at - before <= now)
    done = any(each.what is due and each.version == meeting.version for each in notices(db, meeting_id))
    if done or noticed_at is None or meeting.starts_at - REMINDERS[due] <= noticed_at:
        return False
    body = assemblies.body(db, cooperative_id)
    leaves = body.night.over(now)
    if leaves >= meeting.starts_at:
        return False
    days = (meeting.starts_at.astimezone(body.zone).date() - leaves.date()).days
    if due is not What.HOURS and not days and What.HOURS in ahead(body.night, meeting.starts_at, now):
        return False  # the night made it one of the day itself, and there is another that day
    said = facts(body, meeting) | {"days": days}
    audience = invited(db, meeting_id, cooperative_id)
    ends = min(meeting.starts_at, day_of(leaves, body.zone)[1])  # on another day "tomorrow" is not true
    draft = Draft(cooperative_id, audience, KINDS[due], said, Urgency.NOTICE, now, not_after=ends)
    try:
        with db.begin_nested():
            _plan(db, meeting, due, weigh(draft), now)
    except MonthSpent:
        return False
    return True
