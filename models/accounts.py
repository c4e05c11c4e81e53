"""The account of a member: every posting that is theirs, as the books have it, with what it leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from models.chain import Receipt
from models.entries import MEMBER_ACCOUNTS, Account, Entry, EntryKind, Posting


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting of a member. Above zero the member owes more, or has had more; `left` is the account after it."""

    happened_on: date
    kind: EntryKind
    label: str
    receipt: int | None
    account: Account
    amount: int
    left: int


_MOVEMENTS = (
    select(Entry.happened_on, Entry.kind, Entry.label, Receipt.number, Posting.account, Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .outerjoin(Receipt, Receipt.entry_id == Entry.id)
    .where(Posting.member_id == bindparam("member"))
    .order_by(Entry.happened_on, Entry.id, Posting.id)
)


def movements(db: Connection, member_id: int) -> Iterator[Movement]:
    """Every posting of a member, oldest first. What was undone is there with what undid it."""
    left = dict.fromkeys(MEMBER_ACCOUNTS, 0)
    for row in db.execute(_MOVEMENTS, {"member": member_id}):
        happened_on, kind, label, receipt, account, amount = row
        left[account] += amount
        yield Movement(happened_on, kind, label, receipt, account, amount, left[account])
