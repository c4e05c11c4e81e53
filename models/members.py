"""Members, their phones, and who may be speaking when a number calls."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, Index, UniqueConstraint, bindparam, case, exists, literal, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, choice
from models.codes import SecretCode
from models.cooperatives import Cooperative
from models.money import Currency, Money
from models.quick import Quick


class Role(StrEnum):
    """What a member does for the cooperative."""

    MEMBER = "member"
    TEAM_LEADER = "team_leader"
    PRESIDENT = "president"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    SURVEILLANCE = "surveillance"
    COMMITTEE = "committee"
    GENDER_PRESIDENT = "gender_president"


# Who can hold one of the two keys that a change of money needs.
OFFICERS = (Role.PRESIDENT, Role.SECRETARY, Role.TREASURER, Role.SURVEILLANCE)
# Who decides for others: an office, or a desk that handles complaints. None is given or ended by one person alone.
SEATED = (*OFFICERS, Role.COMMITTEE, Role.GENDER_PRESIDENT)


class Sex(StrEnum):
    """As the register says it; it may say nothing."""

    FEMALE = "F"
    MALE = "M"


class Member(Base):
    """A line of the members' register (OHADA Uniform Act, article 9).

    Where a member works and with whom (`site`, `team`) is said by `models.groups`; no file of the register has it.
    """

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("cooperative_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    number: Mapped[str]
    name: Mapped[str]
    language: Mapped[str]
    role: Mapped[Role] = mapped_column(choice(Role))
    sex: Mapped[Sex | None] = mapped_column(choice(Sex))
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    amounts_by_sms: Mapped[bool] = mapped_column(default=False)
    site: Mapped[str | None]
    team: Mapped[str | None]


class Phone(Base):
    """A number somebody can be reached on: shared by members, or one of several of a member."""

    __tablename__ = "phones"
    __table_args__ = (Index("ix_phones_number", "number"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    confirmed_at: Mapped[datetime | None]  # face to face, by a secretary: no file takes it away


class Speaker(NamedTuple):
    """A member on the phone: what a conversation needs to know of them, read in one query at each press."""

    member_id: int
    number: str
    name: str
    language: str
    role: Role
    amounts_by_sms: bool
    cooperative_id: int
    cooperative: str
    currency: Currency
    time_zone: str
    code_chosen: bool
    code_wanted: bool
    other_phone: bool
    alone: bool

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the cooperative."""
        return ZoneInfo(self.time_zone)

    @property
    def needs_code(self) -> bool:
        """Whether amounts stand behind the secret code: always, unless a member turned it off who may."""
        return self.code_wanted or not self.may_do_without

    @property
    def may_do_without(self) -> bool:
        """Whether the code may be off: of a member alone on their only phone, that nobody else has."""
        return self.alone and not self.other_phone

    def money(self, amount: int) -> Money:
        """An amount in the currency of the cooperative."""
        return Money(amount, self.currency)

    def today(self, now: datetime) -> date:
        """The date where the cooperative is."""
        return now.astimezone(self.zone).date()


# Who left keeps what is theirs, and no office.
_ROLE = case((Member.left_on.is_(None), Member.role), else_=literal(Role.MEMBER, Member.role.type))
_another = aliased(Phone)
_ON_PHONE = Quick(
    select(
        Member.id,
        Member.number,
        Member.name,
        Member.language,
        _ROLE,
        Member.amounts_by_sms,
        Member.cooperative_id,
        Cooperative.name,
        Cooperative.currency,
        Cooperative.time_zone,
        SecretCode.hash.is_not(None),
        SecretCode.wanted.is_distinct_from(False),
        exists().where(_another.member_id == Member.id, _another.number != Phone.number),
    )
    .join(Phone, Phone.member_id == Member.id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .outerjoin(SecretCode, SecretCode.member_id == Member.id)
    .where(Phone.number == bindparam("phone"))
    .order_by(Member.cooperative_id, Member.id)
)


def on_phone(db: Connection, phone: str) -> list[Speaker]:
    """Everybody who has this number (E.164). Empty for an unknown caller."""
    rows = _ON_PHONE.all(db, {"phone": phone})
    return [Speaker(*(*row, len(rows) == 1)) for row in rows]


def choose_language(db: Connection, member_id: int, language: str) -> None:
    """The member wants to be spoken to in this language from now on."""
    db.execute(update(Member).where(Member.id == member_id).values(language=language))


def want_amounts_by_sms(db: Connection, member_id: int, wanted: bool) -> None:
    """The member asks for amounts in SMS replies, or asks that they stop."""
    db.execute(update(Member).where(Member.id == member_id).values(amounts_by_sms=wanted))


def phones(db: Connection, member_id: int) -> list[str]:
    """The numbers of a member, in E.164."""
    return list(db.execute(select(Phone.number).where(Phone.member_id == member_id).order_by(Phone.number)).scalars())


def some_phones(db: Connection, limit: int) -> dict[str, list[tuple[str, str]]]:
    """The numbers of the first members of the register, and for each who has it: name, and who that is.

    For the demo's phone page only: the service never lists members to a caller.
    """
    found = (
        select(Phone.number, Member.name, Cooperative.name, Member.number, Member.role, Member.language)
        .join(Phone, Phone.member_id == Member.id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .order_by(Member.id)
        .limit(limit)
    )
    people: dict[str, list[tuple[str, str]]] = {}
    for phone, name, cooperative, number, role, language in db.execute(found):
        people.setdefault(phone, []).append((name, f"{cooperative} {number}, {role}, {language}"))
    return people


def by_number(db: Connection, cooperative_id: int, number: str) -> int | None:
    """The member who has a number in a cooperative, or None."""
    found = select(Member.id).where(Member.cooperative_id == cooperative_id, Member.number == number)
    return db.execute(found).scalar_one_or_none()


def numbered(db: Connection, cooperative: str, number: str) -> int | None:
    """The member who has a number in a cooperative (its code), or None."""
    found = (
        select(Member.id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Cooperative.code == cooperative, Member.number == number)
    )
    return db.execute(found).scalar_one_or_none()


def number_of(db: Connection, member_id: int) -> str:
    """The number of a member, by which others are named."""
    return db.execute(select(Member.number).where(Member.id == member_id)).scalar_one()


_NAME = select(Member.name).where(Member.id == bindparam("member"))


def name(db: Connection, member_id: int | None) -> str | None:
    """What a member is called; None for nobody."""
    found: str | None = db.execute(_NAME, {"member": member_id}).scalar_one_or_none()
    return found


_CALLED = select(Member.id, Member.name).where(
    Member.cooperative_id == bindparam("cooperative"), Member.number == bindparam("number"), Member.left_on.is_(None)
)


def called(db: Connection, cooperative_id: int, number: str) -> tuple[int, str] | None:
    """The member who has a number in a cooperative and has not left it, and what they are called."""
    row = db.execute(_CALLED, {"cooperative": cooperative_id, "number": number}).one_or_none()
    return None if row is None else (row.id, row.name)


def cooperatives_of(db: Connection, numbers: Sequence[str]) -> dict[str, set[str]]:
    """The codes of the cooperatives whose members hold some numbers, by number."""
    held = (
        select(Phone.number, Cooperative.code)
        .join(Member, Member.id == Phone.member_id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Phone.number.in_(numbers))
    )
    found: dict[str, set[str]] = {}
    for number, code in db.execute(held):
        found.setdefault(number, set()).add(code)
    return found
