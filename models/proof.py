"""The proof of the ledger: a row of checks, each of which names the first row that is not right."""

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Connection, String, and_, cast, func, not_, or_, select
from sqlalchemy.orm import aliased

from models import closings, statements
from models.ledger import MEMBER_ACCOUNTS, MONEY, Account, Entry, EntryKind, Posting
from models.members import Member
from models.payouts import Lot

# Compared as text: a word that is no account must be named, not stop the proof.
_ACCOUNT: ColumnElement[str] = cast(Posting.account, String)
_KIND: ColumnElement[str] = cast(Entry.kind, String)
_HAS_MEMBER = Posting.member_id.is_not(None)
_DEBIT = Posting.amount > 0
_OF_MEMBERS = _ACCOUNT.in_([each.value for each in MEMBER_ACCOUNTS])

# What each kind of entry may do: the account, and whether it is debited.
ALLOWED = {
    EntryKind.DUE: {(Account.DUES, True), (Account.DUES_INCOME, False)},
    EntryKind.PENALTY: {(Account.DUES, True), (Account.PENALTIES, False)},
    EntryKind.CAPITAL: {(Account.CAPITAL, True), (Account.SHARE_CAPITAL, False)},
    EntryKind.PAYMENT: {(Account.DUES, False), (Account.CAPITAL, False), *((account, True) for account in MONEY)},
    EntryKind.WAIVER: {(Account.DUES, False), (Account.WAIVED, True)},
    EntryKind.LOT: {
        (Account.SALES, True),
        (Account.SHARES, False),
        (Account.SHARES, True),
        (Account.ADVANCES, False),
        (Account.LOT_REST, False),
    },
    EntryKind.ADVANCE: {
        (Account.ADVANCES, True),
        (Account.THIRD_PARTIES, False),
        *((account, False) for account in MONEY),
    },
    EntryKind.PAYOUT: {(Account.SHARES, True), *((account, False) for account in MONEY)},
}

# Entries that are about one member.
_ONE_MEMBER = tuple(
    kind.value for kind in EntryKind if kind not in (EntryKind.LOT, EntryKind.SURPLUS, EntryKind.REVERSAL)
)


def faults(db: Connection) -> Iterable[str]:
    """What is wrong with the ledger, each as a sentence that names the row; nothing when all is well."""
    return (fault for check in CHECKS for fault in check(db))


def _unknown_words(db: Connection) -> Iterator[str]:
    accounts, kinds = [each.value for each in Account], [each.value for each in EntryKind]
    for posting_id, account in db.execute(
        select(Posting.id, _ACCOUNT).where(_ACCOUNT.not_in(accounts)).order_by(Posting.id)
    ):
        yield f"posting {posting_id}: there is no account {account}"
    for key, kind in db.execute(select(Entry.key, _KIND).where(_KIND.not_in(kinds)).order_by(Entry.id)):
        yield f"entry {key}: there is no kind {kind}"


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


def _empty(db: Connection) -> Iterator[str]:
    for (posting_id,) in db.execute(select(Posting.id).where(Posting.amount == 0).order_by(Posting.id)):
        yield f"posting {posting_id}: it has no amount"


def _orphans(db: Connection) -> Iterator[str]:
    lost = select(Posting.id).outerjoin(Entry, Entry.id == Posting.entry_id).where(Entry.id.is_(None))
    for (posting_id,) in db.execute(lost.order_by(Posting.id)):
        yield f"posting {posting_id}: it belongs to no entry"
    alone = (
        select(Entry.key)
        .outerjoin(Lot, Lot.id == Entry.lot_id)
        .where(or_(and_(Entry.lot_id.is_not(None), Lot.id.is_(None)), and_(_KIND == "lot", Entry.lot_id.is_(None))))
    )
    for (key,) in db.execute(alone.order_by(Entry.id)):
        yield f"entry {key}: its lot is not there"


def _strangers(db: Connection) -> Iterator[str]:
    moved = (
        select(Posting.id, Entry.key)
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(Member, Member.id == Posting.member_id)
        .where(Posting.member_id.is_not(None))
        .where(or_(Member.id.is_(None), Member.cooperative_id != Entry.cooperative_id))
    )
    for posting_id, key in db.execute(moved.order_by(Posting.id)):
        yield f"posting {posting_id} of entry {key}: its member is not of the cooperative"


def _others(db: Connection) -> Iterator[str]:
    """The member of a due, a payment and the like is the member of its postings."""
    swapped = (
        select(Posting.id, Entry.key)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(_OF_MEMBERS, _KIND.in_(_ONE_MEMBER))
        .where(Posting.member_id.is_distinct_from(Entry.member_id))
    )
    for posting_id, key in db.execute(swapped.order_by(Posting.id)):
        yield f"posting {posting_id} of entry {key}: it is of another member than the entry"


def _memberless(db: Connection) -> Iterator[str]:
    wrong = select(Posting.id, _ACCOUNT).where(Posting.member_id.is_(None) == _OF_MEMBERS)
    for posting_id, account in db.execute(wrong.order_by(Posting.id)):
        yield f"posting {posting_id}: account {account} and its member do not go together"


def _misplaced(db: Connection) -> Iterator[str]:
    """A due charges, a payment settles, a lot is sold and shared: each on its own accounts and sides."""
    for kind, allowed in ALLOWED.items():
        right = or_(
            *(and_(_ACCOUNT.in_([account.value]), _DEBIT if debit else ~_DEBIT) for account, debit in sorted(allowed))
        )
        wrong = (
            select(Entry.key, Posting.id)
            .join(Posting, Posting.entry_id == Entry.id)
            .where(_KIND.in_([kind.value]), not_(right))
        )
        for key, posting_id in db.execute(wrong.order_by(Posting.id)):
            yield f"entry {key}: posting {posting_id} is no side of a {kind}"


def _misnamed(db: Connection) -> Iterator[str]:
    """The key of an entry begins with what it is."""
    other = select(Entry.key, _KIND).where(not_(Entry.key.startswith(_KIND + ":"))).order_by(Entry.id)
    for key, kind in db.execute(other):
        yield f"entry {key}: its key is not one of a {kind}"


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


CHECKS = (
    _unknown_words,
    _unbalanced,
    _empty,
    _orphans,
    _strangers,
    _others,
    _memberless,
    _misplaced,
    _misnamed,
    _half_reversed,
    statements.faults,
    closings.faults,
)
