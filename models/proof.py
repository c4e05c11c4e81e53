"""The proof of the ledger: a row of checks, each of which names the first row that is not right."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from models.ledger import MEMBER_ACCOUNTS, Entry, Posting
from models.members import Member


def faults(db: Connection) -> Iterable[str]:
    """What is wrong with the ledger, each as a sentence that names the row; nothing when all is well."""
    return (fault for check in CHECKS for fault in check(db))


def _unbalanced(db: Connection) -> Iterator[str]:
    uneven = (
        select(Entry.key, func.coalesce(func.sum(Posting.amount), 0), func.count(Posting.id))
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .group_by(Entry.id, Entry.key)
        .having((func.coalesce(func.sum(Posting.amount), 0) != 0) | (func.count(Posting.id) < 2))
        .order_by(Entry.id)
    )
    for key, rest, sides in db.execute(uneven):
        yield f"entry {key}: {sides} postings add up to {rest}, not to 0"


def _orphans(db: Connection) -> Iterator[str]:
    lost = select(Posting.id).outerjoin(Entry, Entry.id == Posting.entry_id).where(Entry.id.is_(None))
    for (posting_id,) in db.execute(lost.order_by(Posting.id)):
        yield f"posting {posting_id}: it belongs to no entry"


def _strangers(db: Connection) -> Iterator[str]:
    moved = (
        select(Posting.id, Entry.key)
        .join(Entry, Entry.id == Posting.entry_id)
        .join(Member, Member.id == Posting.member_id)
        .where(Member.cooperative_id != Entry.cooperative_id)
    )
    for posting_id, key in db.execute(moved.order_by(Posting.id)):
        yield f"posting {posting_id} of entry {key}: its member is of another cooperative"


def _memberless(db: Connection) -> Iterator[str]:
    for_members = Posting.account.in_(MEMBER_ACCOUNTS)
    wrong = select(Posting.id, Posting.account).where(for_members == Posting.member_id.is_(None))
    for posting_id, account in db.execute(wrong.order_by(Posting.id)):
        yield f"posting {posting_id}: account {account} and its member do not go together"


def _half_reversed(db: Connection) -> Iterator[str]:
    """A reversal must undo its entry to the last unit."""
    undoing = aliased(Entry)
    rest = (
        select(undoing.key, func.sum(Posting.amount))
        .join(Posting, Posting.entry_id.in_([undoing.id, undoing.reverses_id]))
        .where(undoing.reverses_id.is_not(None))
        .group_by(undoing.id, undoing.key, Posting.account, Posting.member_id)
        .having(func.sum(Posting.amount) != 0)
    )
    for key, amount in db.execute(rest):
        yield f"entry {key}: it leaves {amount} of the entry it reverses"


CHECKS = (_unbalanced, _orphans, _strangers, _memberless, _half_reversed)
