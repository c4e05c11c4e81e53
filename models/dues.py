"""Dues: what a member owes and since when, and what they paid. All of it is read from the ledger."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select

from models.ledger import MONEY, STANDS, Account, Entry, EntryKind, NewEntry, Posting, Side
from models.quick import Quick

CHANNELS = MONEY


def charge(cooperative_id: int, member_id: int, key: str, due: tuple[date, str, int]) -> NewEntry:
    """The entry of a due: the member owes an amount from a date, for what the label says."""
    due_on, label, amount = due
    sides = (Side(Account.DUES, amount, member_id), Side(Account.DUES_INCOME, -amount))
    return NewEntry(cooperative_id, key, EntryKind.DUE, due_on, label, sides, member_id=member_id)


def payment(cooperative_id: int, member_id: int, key: str, paid: tuple[date, str, int], channel: Account) -> NewEntry:
    """The entry of a payment: money came in by a channel, and the member owes that much less."""
    paid_on, reference, amount = paid
    sides = (Side(channel, amount), Side(Account.DUES, -amount, member_id))
    return NewEntry(cooperative_id, key, EntryKind.PAYMENT, paid_on, reference, sides, member_id=member_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member owes today. `owed` below zero is money paid ahead; `coming` falls due next, on `coming_on`."""

    owed: int
    paid: int
    since: date | None
    coming: int
    coming_on: date | None


# What was charged up to today, less all that was ever paid, is owed; payments settle the oldest due first. An entry
# that was undone counts for nothing: neither it, nor the one that undoes it.
_MINE = (
    select(Entry.id, Entry.kind, Entry.happened_on, Posting.amount)
    .join(Posting, Posting.entry_id == Entry.id)
    .where(Posting.member_id == bindparam("member"), Posting.account == Account.DUES, STANDS)
    .cte("mine")
)
_IS_DUE = _MINE.c.kind == EntryKind.DUE
_FALLEN = and_(_IS_DUE, _MINE.c.happened_on <= bindparam("today"))
_AHEAD = and_(_IS_DUE, _MINE.c.happened_on > bindparam("today"))
_SUMS = select(
    func.coalesce(func.sum(case((_FALLEN, _MINE.c.amount))), 0).label("charged"),
    func.coalesce(-func.sum(case((~_IS_DUE, _MINE.c.amount))), 0).label("paid"),
    func.min(case((_AHEAD, _MINE.c.happened_on))).label("coming_on"),
).cte("sums")
_RUNNING = (
    select(_MINE.c.happened_on, func.sum(_MINE.c.amount).over(order_by=(_MINE.c.happened_on, _MINE.c.id)).label("upto"))
    .where(_FALLEN)
    .cte("running")
)
_STANDING = Quick(
    select(
        (_SUMS.c.charged - _SUMS.c.paid).label("owed"),
        _SUMS.c.paid,
        select(func.min(_RUNNING.c.happened_on)).where(_RUNNING.c.upto > _SUMS.c.paid).scalar_subquery().label("since"),
        select(func.coalesce(func.sum(_MINE.c.amount), 0))
        .where(_IS_DUE, _MINE.c.happened_on == _SUMS.c.coming_on)
        .correlate(_SUMS)
        .scalar_subquery()
        .label("coming"),
        _SUMS.c.coming_on,
    )
)


def standing(db: Connection, member_id: int, today: date) -> Standing:
    """What the member owes today, since when, and what falls due next: one query, whatever the years."""
    owed, paid, since, coming, coming_on = _STANDING.one(db, {"member": member_id, "today": today})
    return Standing(int(owed), int(paid), since, int(coming), coming_on)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry on a member's dues: what was charged (above zero) or settled (below)."""

    entry_id: int
    kind: EntryKind
    happened_on: date
    label: str
    amount: int


_LINES = (
    select(Entry.id, Entry.kind, Entry.happened_on, Entry.label, Posting.amount)
    .join(Posting, Posting.entry_id == Entry.id)
    .where(Posting.member_id == bindparam("member"), Posting.account == Account.DUES)
)
_ONE_LINE = Quick(_LINES.where(Entry.id == bindparam("entry")))
_NEWEST = _LINES.order_by(Entry.happened_on.desc(), Entry.id.desc()).limit(bindparam("limit"))
_OLDER = or_(
    Entry.happened_on < bindparam("before_on"),
    and_(Entry.happened_on == bindparam("before_on"), Entry.id < bindparam("before_id")),
)
_ONLY = Entry.kind == bindparam("kind")
# Built once: whether only one kind is wanted, whether only what is older than a line.
_LISTS = {
    (False, False): Quick(_NEWEST),
    (True, False): Quick(_NEWEST.where(_ONLY)),
    (False, True): Quick(_NEWEST.where(_OLDER)),
    (True, True): Quick(_NEWEST.where(_ONLY, _OLDER)),
}


def lines(
    db: Connection, member_id: int, limit: int, before: Line | None = None, kind: EntryKind | None = None
) -> list[Line]:
    """The newest entries on a member's dues, newest first; those older than `before` when it is given."""
    given: dict[str, object] = {"member": member_id, "limit": limit}
    if kind is not None:
        given["kind"] = kind
    if before is not None:
        given |= {"before_on": before.happened_on, "before_id": before.entry_id}
    return [Line(*row) for row in _LISTS[kind is not None, before is not None].all(db, given)]


def line(db: Connection, member_id: int, entry_id: int) -> Line | None:
    """One entry on a member's own dues, or None when it is not theirs."""
    row = _ONE_LINE.first(db, {"member": member_id, "entry": entry_id})
    return None if row is None else Line(*row)
