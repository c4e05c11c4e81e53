"""What the books know of each member in a year: shares of lots, and shares of the capital that are paid up."""

from datetime import date

from sqlalchemy import Connection, bindparam, case, func, select

from models.entries import SHARING, STANDS, Account, Entry, EntryKind, Posting
from models.members import Member
from models.surplus.decision import Measured

# What was kept back of a share was theirs: it is added to what they had coming.
_LOTS = (
    select(Member.number, -func.sum(Posting.amount))
    .join(Posting, Posting.member_id == Member.id)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Member.cooperative_id == bindparam("cooperative"), Entry.kind.in_(SHARING), STANDS)
    .where(Posting.account.in_((Account.SHARES, Account.ADVANCES)))
    .where(Entry.happened_on.between(bindparam("first"), bindparam("last")))
    .group_by(Member.number)
)
_ASKED = func.sum(case((Entry.kind == EntryKind.CAPITAL, Posting.amount), else_=0))
_PAID = -func.sum(case((Entry.kind == EntryKind.PAYMENT, Posting.amount), else_=0))
_PAID_UP = (
    select(Member.number, case((_PAID < _ASKED, _PAID), else_=_ASKED))
    .join(Posting, Posting.member_id == Member.id)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Member.cooperative_id == bindparam("cooperative"), Posting.account == Account.CAPITAL, STANDS)
    .where(Entry.happened_on <= bindparam("last"))
    .group_by(Member.number)
)


def lot_shares(db: Connection, cooperative_id: int, year: int) -> tuple[Measured, ...]:
    """What each member had of the lots sold in a year, before anything was kept back.

    An adjustment counts in the year it is made; who comes out below zero by it has nothing.
    """
    given = {"cooperative": cooperative_id, "first": date(year, 1, 1), "last": date(year, 12, 31)}
    return tuple(Measured(number, int(amount)) for number, amount in db.execute(_LOTS, given) if amount > 0)


def paid_up(db: Connection, cooperative_id: int, year: int) -> tuple[Measured, ...]:
    """What each member had paid up of the shares they subscribed, at the end of a year; what is paid ahead is not."""
    given = {"cooperative": cooperative_id, "last": date(year, 12, 31)}
    return tuple(Measured(number, int(amount)) for number, amount in db.execute(_PAID_UP, given) if amount)
