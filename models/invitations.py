"""Whom a meeting is for: all members, or some of them. Only these are asked whether they come, and only they count."""

import json
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from models import audiences, meetings
from models.audiences import Audience
from models.meetings import Announced
from models.members import Member


def asked(db: Connection, audience: str) -> list[ColumnElement[bool]]:
    """What a statement asks of a member to find those of an audience, as a meeting keeps it."""
    return audiences.among(db, Audience.from_facts(json.loads(audience)))


def invites(db: Connection, meeting: Announced, member_id: int) -> bool:
    """Whether a meeting of the cooperative of a member is for them."""
    if meeting.audience is None:
        return True
    mine = select(Member.id).where(Member.id == member_id, *asked(db, meeting.audience))
    return db.execute(mine).one_or_none() is not None


def one(db: Connection, cooperative_id: int, member_id: int, meeting_id: int) -> Announced | None:
    """A meeting that is for a member; None when it is for others, was called off or is not there."""
    found = meetings.announced(db, cooperative_id, meeting_id)
    return found if found and not found.off and invites(db, found, member_id) else None


def upcoming(db: Connection, cooperative_id: int, member_id: int, now: datetime, limit: int) -> list[Announced]:
    """The next meetings that are for a member, soonest first; one that is being held is among them."""
    wanted = limit
    while True:
        found = meetings.upcoming(db, cooperative_id, now, wanted)
        theirs = [each for each in found if invites(db, each, member_id)]
        if len(theirs) >= limit or len(found) < wanted:
            return theirs[:limit]
        wanted *= 4
