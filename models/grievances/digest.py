"""The digest of cases before an assembly: a week before it, each member reads by SMS what was published of a year.

Only what was published is told, in the figures that are out already; where nothing was, nothing is.
Each published year is told once, before the first ordinary assembly after it.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models import assemblies, broadcasts
from models.announcing import REMINDERS, What
from models.audiences import Audience
from models.broadcasts import MonthSpent
from models.drafts import Draft, Weigh, unweighed
from models.grievances import published
from models.meetings import STANDING, Meeting, MeetingKind
from models.messages import Urgency

KIND = "case_figures"
BEFORE = REMINDERS[What.WEEK]

_NEAR = (
    select(Meeting.id, Meeting.cooperative_id, Meeting.starts_at)
    .where(Meeting.kind == MeetingKind.ORDINARY, Meeting.state.in_(STANDING), Meeting.noticed_at.is_not(None))
    .where(Meeting.starts_at > bindparam("now"), Meeting.starts_at <= bindparam("until"))
    .order_by(Meeting.starts_at, Meeting.id)
)


def tell(db: Connection, now: datetime, weigh: Weigh = unweighed) -> int:
    """Plan the digests that are due; how many assemblies have theirs planned by now.

    Run any number of times, each goes once. Where the month has no SMS for it, it waits until there are some.
    """
    near = db.execute(_NEAR, {"now": now, "until": now + BEFORE}).all()
    return sum(_planned(db, row.cooperative_id, row.starts_at, now, weigh) for row in near)


def _planned(db: Connection, cooperative_id: int, starts_at: datetime, now: datetime, weigh: Weigh) -> bool:
    found = published.newest(db, cooperative_id)
    if found is None:
        return False
    facts = {"cooperative": assemblies.body(db, cooperative_id).name, "year": found.period, **found.settled()}
    draft = Draft(cooperative_id, Audience(cooperative_id), KIND, facts, Urgency.NOTICE, now, not_after=starts_at)
    try:
        with db.begin_nested():
            broadcasts.plan(db, weigh(draft), f"{KIND}:{cooperative_id}:{found.period}", now)
    except MonthSpent:
        return False
    return True
