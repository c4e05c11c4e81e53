"""What every member owes, has paid, or has paid ahead, by the numbers on their cards: for the notice board."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, bindparam, case, func, or_, select

from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.members import Member


@dataclass(frozen=True, slots=True)
class Balance:
    """The dues of a member on a day: all that was paid, and what is left, which is below zero when paid ahead."""

    number: str
    paid: int
    left: int

    @property
    def owed(self) -> int:
        """What the member has to pay."""
        return max(0, self.left)

    @property
    def ahead(self) -> int:
        """What the member has paid before it fell due."""
        return max(0, -self.left)


# What was undone counts for nothing. A payment counts from the day it was made, a due from the day it falls.
_POSTED = (
    select(Posting.member_id, Entry.kind, Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.cooperative_id == bindparam("cooperative"), Entry.happened_on <= bindparam("on"), STANDS)
    .where(Posting.account == Account.DUES)
    .subquery()
)
_PAID = case((_POSTED.c.kind == EntryKind.PAYMENT, -_POSTED.c.amount), else_=0)
_BALANCES = (
    select(Member.number, func.coalesce(func.sum(_PAID), 0), func.coalesce(func.sum(_POSTED.c.amount), 0).label("left"))
    .outerjoin(_POSTED, _POSTED.c.member_id == Member.id)
    .where(Member.cooperative_id == bindparam("cooperative"))
    .where(or_(Member.joined_on.is_(None), Member.joined_on <= bindparam("on"), _POSTED.c.member_id.is_not(None)))
    .group_by(Member.id, Member.number, Member.left_on)
    .having(
        or_(
            Member.left_on.is_(None),
            Member.left_on > bindparam("on"),
            and_(func.sum(_POSTED.c.amount).is_not(None), func.sum(_POSTED.c.amount) != 0),
        )
    )
    .order_by(func.length(Member.number), Member.number)
)


def balances(db: Connection, cooperative_id: int, on: date) -> list[Balance]:
    """The balance of every member on a day, by number. Who left is on the list as long as something is open."""
    rows = db.execute(_BALANCES, {"cooperative": cooperative_id, "on": on})
    return [Balance(number, int(paid), int(left)) for number, paid, left in rows]
