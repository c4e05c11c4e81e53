"""A case as those who do something with it hold it."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from models import vault
from models.grievances import tally
from models.grievances.hidden import hidden_from
from models.grievances.kinds import Category, Concerned, Follow, Help, Lane, Name, SafeTime, State, Unknown
from models.grievances.tables import Grievance
from models.members import Member, Role


@dataclass(frozen=True, slots=True)
class Held:
    """A row of `Grievance`, without what is found by digest.

    `handler_id` only while they hold that office there, and, of one case that is held or looked at, only while it
    exists for them: a link that was noted, or a phone that is shared, since they took it makes it nobody's.
    """

    id: int
    reference_sealed: str
    home_id: int | None
    level_id: int | None
    desk: Role | None
    all_officers: bool
    at_home: bool
    category: Category
    lane: Lane
    concerned: Concerned
    name: Name
    words_sealed: str | None
    caller_sealed: str | None
    entry_id: int | None
    lot_id: int | None
    line_id: int | None
    meeting_id: int | None
    follow: Follow
    safe_time: SafeTime | None
    help: Help | None
    state: State
    filed_at: datetime
    state_since: datetime
    due_at: datetime | None
    climbs_at: datetime | None
    tell_at: datetime | None
    answer_by: datetime
    handler_id: int | None
    merged_into_id: int | None
    confirmed: bool
    heard_on: date | None
    steps: int
    head: str

    @property
    def reference(self) -> str:
        """The number of the case."""
        return vault.unseal(self.reference_sealed)

    @property
    def on_money(self) -> bool:
        """Whether it is about money that stands in the books; also when the entry is not kept any more."""
        there = any((self.entry_id, self.lot_id, self.line_id)) or self.desk is Role.SURVEILLANCE
        return self.category is Category.MONEY and there


# Who handles a case, as long as they hold that office there: who left it, or was given another one, handles nothing.
HANDLER = (
    select(Member.id)
    .where(
        Member.id == Grievance.handler_id,
        Member.role == Grievance.desk,
        Member.cooperative_id == Grievance.level_id,
        Member.left_on.is_(None),
    )
    .correlate(Grievance)
    .scalar_subquery()
)
COLUMNS = tuple(HANDLER if each.name == "handler_id" else getattr(Grievance, each.name) for each in fields(Held))
_ONE: Select[*tuple[Any, ...]] = select(*COLUMNS).where(Grievance.id == bindparam("case"))
_HELD = _ONE.with_for_update(of=Grievance)


def hold(db: Connection, case_id: int) -> Held:
    """A case, held until the end of the transaction, when nobody else changes one. Raises Unknown when it is gone."""
    tally.turn(db)
    return _found(db, _HELD, case_id)


def peek(db: Connection, case_id: int, among: Select[*tuple[int]] | None = None) -> Held:
    """A case as it stands, to be looked at only. Raises Unknown when it is gone, or not `among` those asked for."""
    return _found(db, _ONE if among is None else _ONE.where(Grievance.id.in_(among)), case_id)


def _found(db: Connection, asked: Select[*tuple[Any, ...]], case_id: int) -> Held:
    row = db.execute(asked, {"case": case_id}).one_or_none()
    if row is None:
        raise Unknown
    held = Held(*row)
    if held.handler_id is None:
        return held
    out = select(Grievance.id).where(Grievance.id == case_id, hidden_from(held.handler_id))
    return held if db.execute(out).one_or_none() is None else replace(held, handler_id=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who filed a case, where that was kept: the member, and the number that called."""

    member_id: int | None
    phone: str | None


def caller(held: Held) -> Caller:
    """Who filed a case, as far as it is kept."""
    if held.caller_sealed is None:
        return Caller(None, None)
    member, _, phone = vault.unseal(held.caller_sealed).partition(" ")
    return Caller(int(member) if member else None, phone or None)


def known(held: Held) -> Caller:
    """The same among many cases; nobody, where a row cannot be read: it stops no other one, and the proof names it."""
    try:
        return caller(held)
    except vault.InvalidToken:
        return Caller(None, None)
