"""Audiences: to whom a broadcast goes, as data that can be kept and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, select

from models import arrears, cooperatives
from models.attendance import Attendance
from models.cooperatives import Cooperative
from models.members import Member, Phone, Role, Sex
from models.messages import GOT, Message


@dataclass(frozen=True, slots=True)
class Audience:
    """Members of a cooperative, with those of what stands below it when `below`; narrowed by each filter given.

    `coming` is a meeting and what its members answered to it, None those who did not; `late` are those whose dues are
    past their day; `besides` leaves out the phones that got one of these broadcasts. A member who left is in none.
    """

    cooperative_id: int
    below: bool = False
    roles: tuple[Role, ...] = ()
    sex: Sex | None = None
    language: str | None = None
    numbers: tuple[str, ...] = ()
    coming: tuple[int, bool | None] | None = field(default=None)
    late: bool = False
    besides: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def as_facts(self) -> dict[str, Any]:
        """The audience as it is kept."""
        return {
            "cooperative_id": self.cooperative_id,
            "below": self.below,
            "roles": list(self.roles),
            "sex": self.sex,
            "language": self.language,
            "numbers": list(self.numbers),
            "coming": self.coming,
            "late": self.late,
            "besides": list(self.besides),
            "sites": list(self.sites),
            "teams": list(self.teams),
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Audience":
        """The audience as it was kept."""
        coming = facts["coming"]
        return cls(
            facts["cooperative_id"],
            facts["below"],
            tuple(Role(each) for each in facts["roles"]),
            facts["sex"] and Sex(facts["sex"]),
            facts["language"],
            tuple(facts["numbers"]),
            coming and (coming[0], coming[1]),
            facts.get("late", False),
            tuple(facts.get("besides", ())),
            tuple(facts.get("sites", ())),
            tuple(facts.get("teams", ())),
        )


def _places(db: Connection, audience: Audience) -> list[int]:
    return cooperatives.subtree(db, audience.cooperative_id) if audience.below else [audience.cooperative_id]


def late_ones(db: Connection, audience: Audience, moment: datetime) -> set[tuple[int, str]] | None:
    """Whose dues are past their day, by cooperative and number; None for an audience that does not ask for it."""
    if not audience.late:
        return None
    places = [(each, cooperatives.today(db, each, moment)) for each in _places(db, audience)]
    return {(place, each.number) for place, today in places for each in arrears.of(db, place, today) if each.late > 0}


def among(db: Connection, audience: Audience) -> list[ColumnElement[bool]]:
    """What a statement asks of a member to find those of an audience; not `late` and `besides`, which it cannot say."""
    places = _places(db, audience)
    asked: list[ColumnElement[bool]] = [Member.cooperative_id.in_(places), Member.left_on.is_(None)]
    if audience.roles:
        asked.append(Member.role.in_(audience.roles))
    if audience.sex:
        asked.append(Member.sex == audience.sex)
    if audience.language:
        asked.append(Member.language == audience.language)
    if audience.numbers:
        asked.append(Member.number.in_(audience.numbers))
    if audience.sites:
        asked.append(Member.site.in_(audience.sites))
    if audience.teams:
        asked.append(Member.team.in_(audience.teams))
    if audience.coming:
        asked.append(_answered(*audience.coming))
    return asked


def phones_of(db: Connection, audience: Audience) -> Select[str, str, str, int, str]:
    """The phones of an audience, by number and member; of who has them language, zone, cooperative and number.

    A shared one comes twice.
    """
    found = (
        select(Phone.number, Member.language, Cooperative.time_zone, Member.cooperative_id, Member.number)
        .join(Member, Member.id == Phone.member_id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(*among(db, audience))
        .order_by(Phone.number, Member.id)
    )
    if audience.besides:
        found = found.where(Phone.number.not_in(left_out(audience)))
    return found


def left_out(audience: Audience) -> Select[str]:
    """The phones that an audience leaves out: they got one of the broadcasts it says."""
    return select(Message.phone).where(Message.broadcast_id.in_(audience.besides), GOT).correlate(None)


def _answered(meeting_id: int, coming: bool | None) -> ColumnElement[bool]:
    """Whether a member answered so to a meeting; with None, whether they answered nothing."""
    mine = exists().where(Attendance.member_id == Member.id, Attendance.meeting_id == meeting_id)
    return ~mine if coming is None else mine.where(Attendance.coming.is_(coming))


def languages(db: Connection, cooperative_id: int) -> list[str]:
    """The languages that members of a cooperative are spoken to in."""
    there = Member.cooperative_id == cooperative_id, Member.left_on.is_(None)
    return list(db.execute(select(Member.language).where(*there).distinct().order_by(Member.language)).scalars())
