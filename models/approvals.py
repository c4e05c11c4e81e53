"""What waits for a second key, as an officer reads it: who proposed what, when, and whether they may decide."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select

from models import declarations, handovers, proposals, telling
from models.callers import JoinRequest, RequestState
from models.declarations import FOR, Declaration
from models.entries import Entry, EntryKind, Posting
from models.hands import Bar, Hand
from models.members import Member, Phone
from models.proposals import COLUMNS, LASTS, Proposal, Proposed, State
from models.telling import Fact


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal, the name of who proposed it, and what keeps the reader from deciding; None when they may."""

    proposed: Proposed
    proposer: str
    bar: Bar | None


# Whether the phone that reads is (also) the proposer's is asked in the same statement.
_NEAR = (
    select(Phone.number)
    .where(Phone.member_id == Proposal.proposed_by, Phone.number == bindparam("phone"))
    .correlate(Proposal)
    .exists()
)
_READ = select(*COLUMNS, Member.name, _NEAR).join(Member, Member.id == Proposal.proposed_by)
_IN = _READ.where(Proposal.cooperative_id == bindparam("cooperative"))
_OPEN = and_(Proposal.state == State.WAITING, Proposal.proposed_at > bindparam("since"))
_WAITING = _IN.where(_OPEN, Proposal.proposed_by != bindparam("member")).order_by(Proposal.id)
_SENT = (
    _IN.where(Proposal.proposed_by == bindparam("member"), Proposal.id < bindparam("before"))
    .order_by(Proposal.id.desc())
    .limit(bindparam("n"))
)
_NEWEST = _IN.order_by(Proposal.id.desc()).limit(bindparam("n"))
_ONE = _IN.where(Proposal.id == bindparam("proposal"))


LAST = 2**62  # no proposal has a number beyond


def _read(row: Row[*tuple[Any, ...]], hand: Hand, now: datetime) -> Waiting:
    *columns, name, near = row
    proposed = Proposed(*columns)
    return Waiting(proposed, name, proposals.barred(hand, proposed, bool(near), now))


def waiting(db: Connection, hand: Hand, now: datetime) -> list[Waiting]:
    """All that others proposed and that waits: first what this officer may decide on, each time oldest first."""
    given = {"cooperative": hand.cooperative_id, "phone": hand.phone, "since": now - LASTS, "member": hand.member_id}
    found = [_read(row, hand, now) for row in db.execute(_WAITING, given)]
    return sorted(found, key=lambda each: each.bar is not None)


def sent(db: Connection, hand: Hand, now: datetime, limit: int, before: int | None = None) -> list[Waiting]:
    """What this officer proposed, newest first; `before` is the proposal from which to go on."""
    given = {"cooperative": hand.cooperative_id, "phone": hand.phone, "member": hand.member_id, "n": limit}
    return [_read(row, hand, now) for row in db.execute(_SENT, {**given, "before": before or LAST})]


def one(db: Connection, hand: Hand, proposal_id: int, now: datetime) -> Waiting | None:
    """A proposal in this officer's cooperative, or None."""
    given = {"cooperative": hand.cooperative_id, "phone": hand.phone, "proposal": proposal_id}
    row = db.execute(_ONE, given).one_or_none()
    return None if row is None else _read(row, hand, now)


def newest(db: Connection, cooperative_id: int, limit: int) -> list[tuple[Proposed, str]]:
    """The newest proposals of a cooperative and who proposed them, whatever became of them."""
    given = {"cooperative": cooperative_id, "phone": None, "n": limit}
    return [(Proposed(*row[:-2]), row[-2]) for row in db.execute(_NEWEST, given)]


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits for an officer: payments that members declared, proposals of others, requests to be linked."""

    declared: int
    proposed: int
    joining: int


_LOAD = select(
    select(func.count(Declaration.id)).join(Member, Member.id == Declaration.member_id).where(FOR).scalar_subquery(),
    select(func.count())
    .where(Proposal.cooperative_id == bindparam("cooperative"), _OPEN, Proposal.proposed_by != bindparam("officer"))
    .scalar_subquery(),
    select(func.count())
    .where(JoinRequest.cooperative_id == bindparam("cooperative"), JoinRequest.state == RequestState.PENDING)
    .scalar_subquery(),
)


def load(db: Connection, hand: Hand, now: datetime) -> Load:
    """How much waits for this officer."""
    given = {**declarations.given(hand), "since": now - LASTS}
    return Load(*db.execute(_LOAD, given).one())


def tell(db: Connection, proposed: Proposed, now: datetime) -> None:
    """Tell who proposed it what became of it: approved, refused or expired."""
    on_day = handovers.later(db, proposed, now)
    fact = Fact(f"proposal_{proposed.state}", {"deed": proposed.deed, "on": on_day and on_day.isoformat()})
    telling.tell(db, proposed.proposed_by, fact, f"proposal:{proposed.proposal_id}", now)


def expire(db: Connection, now: datetime) -> int:
    """Record the proposals that ran out of time, and tell who proposed them; how many."""
    expired = proposals.expire(db, now)
    for each in expired:
        tell(db, each, now)
    return len(expired)


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry of the books, as somebody who decides on it must see it. `number`: of its member, if it has one."""

    kind: EntryKind
    label: str
    on: date
    amount: int
    number: str | None


# Where money comes in or goes out on one account and is divided over others, the one side is the whole of it.
_BOOKED = (
    select(Entry.id, Entry.kind, Entry.label, Entry.happened_on, func.max(func.abs(Posting.amount)), Member.number)
    .join(Posting, Posting.entry_id == Entry.id)
    .outerjoin(Member, Member.id == Entry.member_id)
    .where(Entry.cooperative_id == bindparam("cooperative"), Entry.id.in_(bindparam("entries", expanding=True)))
    .group_by(Entry.id, Entry.kind, Entry.label, Entry.happened_on, Member.number)
)


def booked(db: Connection, cooperative_id: int, entries: Collection[int]) -> dict[int, Booked]:
    """Those of these entries that are of a cooperative, by id."""
    rows = db.execute(_BOOKED, {"cooperative": cooperative_id, "entries": list(entries)}) if entries else ()
    return {entry_id: Booked(*columns) for entry_id, *columns in rows}


_NUMBERS = select(Member.id, Member.number).where(
    Member.cooperative_id == bindparam("cooperative"), Member.id.in_(bindparam("members", expanding=True))
)


def numbers(db: Connection, cooperative_id: int, members: Collection[int]) -> dict[int, str]:
    """The numbers of those of these members who are of a cooperative."""
    if not members:
        return {}
    rows = db.execute(_NUMBERS, {"cooperative": cooperative_id, "members": list(members)})
    return {row.id: row.number for row in rows}
