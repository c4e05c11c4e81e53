"""What the program may point out to surveillance and the bodies above, from what is written down. It raises nothing.

Nothing is said of mandates that have ended: the register does not know when one does; nor of complaints, since even how
many there are would tell whoever they are about that there are some.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from models import cooperatives
from models.alerts.tables import Ground
from models.meetings import Meeting, MeetingKind, MeetingState
from models.members import Member, Role

# The ordinary assembly is held within six months of the end of the year (AUSCOOP 243, 364), here the calendar year.
LAST_DAY = (6, 30)
ORGANS = (Role.PRESIDENT, Role.TREASURER, Role.SURVEILLANCE)


@dataclass(frozen=True, slots=True)
class Hint:
    """A ground there may be: since which day no ordinary assembly is noted as held, or which office nobody has."""

    ground: Ground
    since: date | None = None
    role: Role | None = None


_HELD = (
    select(Meeting.id)
    .where(Meeting.cooperative_id == bindparam("cooperative"), Meeting.kind == MeetingKind.ORDINARY)
    .where(Meeting.state == MeetingState.HELD, Meeting.starts_at >= bindparam("since"))
    .limit(1)
)
_FIRST = select(func.min(Member.joined_on)).where(Member.cooperative_id == bindparam("cooperative"))
_OFFICES = (
    select(Member.role)
    .where(Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None), Member.role.in_(ORGANS))
    .distinct()
)


def hints(db: Connection, cooperative_id: int, now: datetime) -> list[Hint]:
    """What may be grounds for an alert on a cooperative."""
    found = [_assembly(db, cooperative_id, cooperatives.zone(db, cooperative_id), now), *_offices(db, cooperative_id)]
    return [each for each in found if each is not None]


def _assembly(db: Connection, cooperative_id: int, zone: ZoneInfo, now: datetime) -> Hint | None:
    today = now.astimezone(zone).date()
    year = today.year if today > date(today.year, *LAST_DAY) else today.year - 1
    since = date(year, 1, 1)
    start = datetime.combine(since, time.min, zone).astimezone(UTC)
    if db.execute(_HELD, {"cooperative": cooperative_id, "since": start}).first() is not None:
        return None
    began = db.execute(_FIRST, {"cooperative": cooperative_id}).scalar_one()
    # Whose first member joined since then had no year to account for.
    return None if began is not None and began >= since else Hint(Ground.NO_ASSEMBLY, since=since)


def _offices(db: Connection, cooperative_id: int) -> list[Hint]:
    held = set(db.execute(_OFFICES, {"cooperative": cooperative_id}).scalars())
    return [Hint(Ground.ORGAN, role=role) for role in ORGANS if role not in held]
