"""What the law asks of an assembly, by form of cooperative: how long before, what the notice says, how many must come.

The law is the OHADA Uniform Act on cooperatives of 15 December 2010 (AUSCOOP); each rule names its article. Bylaws fill
in what the law leaves to them. An association is under no such act: there the bylaws alone count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models import quiet
from models.base import Base
from models.cooperatives import Cooperative, Kind
from models.hours import Night
from models.meetings import MeetingKind
from models.members import Member
from models.quiet import QuietHours
from models.writing import insert_or_update


class Bylaws(Base):
    """What the bylaws of a cooperative say of its assemblies, and what its notices must name; empty: nothing is known.

    Days before an assembly, at the first and at the second call; for how many others a member may stand in.
    """

    __tablename__ = "bylaws"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    notice_days: Mapped[int | None]
    second_notice_days: Mapped[int | None]
    proxies: Mapped[int | None]
    capital: Mapped[int | None]
    seat: Mapped[str | None]
    registration: Mapped[str | None]


class Mention(StrEnum):
    """What a notice of assembly must say. Name, form, day, hour, place and kind are always known."""

    AGENDA = "agenda"
    PLACE = "place"
    CAPITAL = "capital"
    SEAT = "seat"
    REGISTRATION = "registration"


class Means(StrEnum):
    """How a notice may be given."""

    HAND = "hand"  # a letter, against a receipt
    POSTED = "posted"  # on the board of the seat
    SPOKEN = "spoken"
    TRACE = "trace"  # any process that leaves a written trace, such as an SMS with its delivery report
    GAZETTE = "gazette"


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many of all members must be there or represented: a part of them, or more than that part."""

    part: int
    of: int
    more: bool
    source: str

    def needed(self, members: int) -> int:
        """How many that is, of so many members; never nobody."""
        whole = members * self.part // self.of + 1 if self.more else -(-members * self.part // self.of)
        return max(1, whole)


@dataclass(frozen=True, slots=True)
class Law:
    """The rules for the assemblies of a form. `fixed`: bylaws may ask for more days, never for fewer."""

    days: int
    fixed: bool
    days_source: str
    means: tuple[Means, ...]
    means_source: str
    mentions: tuple[Mention, ...]
    mentions_source: str
    quorums: Mapping[MeetingKind, tuple[Quorum, Quorum]]
    second_within: timedelta | None = None


_ANYBODY = Quorum(0, 1, False, "AUSCOOP 244, 253")
_SCOOPS = Law(
    days=15,
    fixed=True,
    days_source="AUSCOOP 233",
    means=(Means.HAND, Means.POSTED, Means.SPOKEN, Means.TRACE),
    means_source="AUSCOOP 233",
    mentions=(Mention.AGENDA, Mention.PLACE),
    mentions_source="AUSCOOP 233",
    quorums={
        MeetingKind.ORDINARY: (Quorum(1, 2, True, "AUSCOOP 244"), _ANYBODY),
        MeetingKind.EXTRAORDINARY: (Quorum(1, 2, True, "AUSCOOP 253"), _ANYBODY),
    },
)
_COOP_CA = Law(
    days=15,
    fixed=False,
    days_source="AUSCOOP 344",
    means=(Means.GAZETTE, Means.POSTED, Means.HAND, Means.TRACE),
    means_source="AUSCOOP 344",
    mentions=tuple(Mention),
    mentions_source="AUSCOOP 345",
    quorums={
        MeetingKind.ORDINARY: (Quorum(1, 2, False, "AUSCOOP 364"), Quorum(1, 4, False, "AUSCOOP 364")),
        MeetingKind.EXTRAORDINARY: (Quorum(2, 3, False, "AUSCOOP 367"), Quorum(1, 2, False, "AUSCOOP 368")),
    },
    second_within=timedelta(days=61),
)
_BYLAWS = Law(15, False, "bylaws", tuple(Means), "bylaws", (Mention.AGENDA, Mention.PLACE), "bylaws", {})
# A union or a federation takes one of the two forms, which the register does not say: the stricter one counts.
LAWS: Mapping[Kind, Law] = {
    Kind.SCOOPS: _SCOOPS,
    Kind.COOP_CA: _COOP_CA,
    Kind.UNION: _COOP_CA,
    Kind.FEDERATION: _COOP_CA,
    Kind.CONFEDERATION: _COOP_CA,
    Kind.ASSOCIATION: _BYLAWS,
}


def quorum(form: Kind, kind: MeetingKind, second: bool) -> Quorum | None:
    """How many must come to an assembly of this form; None where the law says nothing of it."""
    both = LAWS[form].quorums.get(kind)
    return both[second] if both else None


ASSEMBLIES = (MeetingKind.ORDINARY, MeetingKind.EXTRAORDINARY, MeetingKind.SECTION)


@dataclass(frozen=True, slots=True)
class Body:
    """A cooperative, as a notice of assembly must name it, and the rules its assemblies go by."""

    cooperative_id: int
    name: str
    form: Kind
    time_zone: str
    members: int
    notice_days: int | None
    second_notice_days: int | None
    proxies: int | None
    capital: int | None
    seat: str | None
    registration: str | None
    evening: time | None = None
    morning: time | None = None

    @property
    def law(self) -> Law:
        """The law of its form."""
        return LAWS[self.form]

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def night(self) -> Night:
        """When its members are left in peace."""
        return quiet.night(self.time_zone, self.evening, self.morning)

    def days(self, second: bool) -> int:
        """How many days before an assembly its notice must be given."""
        said = self.second_notice_days if second and self.second_notice_days is not None else self.notice_days
        if said is None:
            return self.law.days
        return max(said, self.law.days) if self.law.fixed else said

    def missing(self, agenda: tuple[str, ...], place: str) -> Mention | None:
        """What the notice of an assembly cannot say, and must; None when it can say all."""
        there = {
            Mention.AGENDA: bool(agenda),
            Mention.PLACE: bool(place),
            Mention.CAPITAL: self.capital is not None,
            Mention.SEAT: bool(self.seat),
            Mention.REGISTRATION: bool(self.registration),
        }
        return next((each for each in self.law.mentions if not there[each]), None)

    def quorum(self, kind: MeetingKind, second: bool) -> Quorum | None:
        """How many must come; None where the law says nothing of it."""
        return quorum(self.form, kind, second)

    @property
    def stands_in_for(self) -> int:
        """For how many others a member may stand in; one where the bylaws say nothing."""
        return 1 if self.proxies is None else self.proxies


_MEMBERS = (
    select(func.count())
    .where(Member.cooperative_id == Cooperative.id, Member.left_on.is_(None))
    .correlate(Cooperative)
    .scalar_subquery()
)
_BODY = (
    select(
        Cooperative.id,
        Cooperative.name,
        Cooperative.kind,
        Cooperative.time_zone,
        _MEMBERS,
        Bylaws.notice_days,
        Bylaws.second_notice_days,
        Bylaws.proxies,
        Bylaws.capital,
        Bylaws.seat,
        Bylaws.registration,
        QuietHours.evening,
        QuietHours.morning,
    )
    .outerjoin(Bylaws, Bylaws.cooperative_id == Cooperative.id)
    .outerjoin(QuietHours, QuietHours.cooperative_id == Cooperative.id)
    .where(Cooperative.id == bindparam("cooperative"))
)


def body(db: Connection, cooperative_id: int) -> Body:
    """A cooperative with what its bylaws say."""
    return Body(*db.execute(_BODY, {"cooperative": cooperative_id}).one())


def set_bylaws(db: Connection, cooperative_id: int, said: Mapping[str, object]) -> None:
    """Write down what the bylaws say; what is not named stays as it was."""
    insert_or_update(db, Bylaws, {"cooperative_id": cooperative_id}, said)
