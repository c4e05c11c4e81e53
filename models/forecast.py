"""How many will come to a meeting, as they say, and whether that is enough."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, bindparam, func, select

from models import assemblies, invitations
from models.attendance import Attendance, Proxy
from models.cooperatives import Cooperative
from models.meetings import Meeting
from models.members import Member
from models.quick import Quick


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many said they come or do not, are represented, out of how many it is for; and what this member said.

    `needed` is how many must be there or represented, None where the law asks for no number.
    """

    coming: int
    away: int
    represented: int
    members: int
    mine: bool | None
    holder: str | None
    needed: int | None

    @property
    def there(self) -> int:
        """Who will be there or represented."""
        return self.coming + self.represented

    @property
    def silent(self) -> int:
        """Who said nothing."""
        return max(0, self.members - self.coming - self.away)


def _said(coming: bool, *invited: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Attendance)
        .join(Member, Member.id == Attendance.member_id)
        .where(Attendance.meeting_id == bindparam("meeting"), Attendance.coming.is_(coming))
        .where(*invited)
        .scalar_subquery()
    )


_HOLDER = (
    select(Member.number)
    .join(Proxy, Proxy.holder_id == Member.id)
    .where(Proxy.meeting_id == bindparam("meeting"), Proxy.giver_id == bindparam("member"))
)


def _count(*invited: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            _said(True, *invited),
            _said(False, *invited),
            select(func.count()).select_from(Proxy).where(Proxy.meeting_id == bindparam("meeting")).scalar_subquery(),
            select(func.count()).select_from(Member).where(*invited).scalar_subquery(),
            select(Attendance.coming)
            .where(Attendance.meeting_id == bindparam("meeting"), Attendance.member_id == bindparam("member"))
            .scalar_subquery(),
            _HOLDER.scalar_subquery(),
            Cooperative.kind,
            Meeting.kind,
            Meeting.second_of_id,
            Meeting.audience,
        )
        .join(Cooperative, Cooperative.id == Meeting.cooperative_id)
        .where(Meeting.id == bindparam("meeting"), Cooperative.id == bindparam("cooperative"))
    )


_OF_ALL = Quick(_count(Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None)))


def turnout(db: Connection, cooperative_id: int, meeting_id: int, member_id: int) -> Turnout:
    """How many come to a meeting of the cooperative, of those it is for."""
    given = {"cooperative": cooperative_id, "meeting": meeting_id, "member": member_id}
    row = _OF_ALL.one(db, given)
    if row[-1] is not None:
        row = db.execute(_count(*invitations.asked(db, row[-1])), given).one()
    coming, away, represented, total, mine, holder, form, kind, second_of, _some = row
    quorum = assemblies.quorum(form, kind, second_of is not None)
    needed = None if quorum is None else quorum.needed(total)
    return Turnout(coming, away, represented, total, mine, holder, needed)
