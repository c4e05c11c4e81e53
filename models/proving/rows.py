"""Entry by entry: two equal sides on the accounts of its kind, of the right member, or undone."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, String, and_, cast, func, not_, or_, select
from sqlalchemy.orm import aliased

from models.entries import MEMBER_ACCOUNTS, MONEY, SHARING, Account, Entry, EntryKind, Posting
from models.lots import Lot
from models.members import Member
from models.proving.faults import Fault

# Compared as text: a word that is no account must be named, not stop the proof.
_ACCOUNT: ColumnElement[str] = cast(Posting.account, String)
_KIND: ColumnElement[str] = cast(Entry.kind, String)
_DEBIT = Posting.amount > 0
_OF_MEMBERS = _ACCOUNT.in_([each.value for each in MEMBER_ACCOUNTS])

# What each kind of entry may do: the account, and whether it is debited.
ALLOWED = {
    EntryKind.DUE: {(Account.DUES, True), (Account.DUES_INCOME, False)},
    EntryKind.PENALTY: {(Account.DUES, True), (Account.PENALTIES, False)},
    EntryKind.CAPITAL: {(Account.CAPITAL, True), (Account.SHARE_CAPITAL, False)},
    EntryKind.PAYMENT: {
        (Account.DUES, False),
        (Account.CAPITAL, False),
        (Account.AFFILIATES, False),
        *((account, True) for account in MONEY),
    },
    EntryKind.WAIVER: {(Account.DUES, False), (Account.WAIVED, True)},
    EntryKind.LOT: {
        (Account.SALES, True),
        (Account.SHARES, False),
        (Account.SHARES, True),
        (Account.ADVANCES, False),
        (Account.LOT_REST, False),
    },
    EntryKind.ADJUSTMENT: {
        *((Account.SALES, debit) for debit in (True, False)),
        *((Account.SHARES, debit) for debit in (True, False)),
        *((Account.LOT_REST, debit) for debit in (True, False)),
    },
    EntryKind.SALE: {(Account.SALES, False), *((account, True) for account in MONEY)},
    EntryKind.OUTLAY: {(Account.LOT_REST, True), *((account, False) for account in MONEY)},
    EntryKind.ADVANCE: {
        (Account.ADVANCES, True),
        (Account.THIRD_PARTIES, False),
        *((account, False) for account in MONEY),
    },
    EntryKind.PAYOUT: {(Account.SHARES, True), *((account, False) for account in MONEY)},
    EntryKind.SURPLUS: {
        (Account.SURPLUS, True),
        (Account.SURPLUS, False),
        (Account.RESERVES, False),
        (Account.TRAINING, False),
        (Account.SHARES, False),
    },
    EntryKind.AUDIT_FUND: {
        (Account.AFFILIATES, True),
        (Account.AUDIT_FUND, False),
        (Account.AUDIT_FUND, True),
        *((account, False) for account in MONEY),
    },
}

# Entries that are about one member.
_ONE_MEMBER = tuple(kind.value for kind in EntryKind if kind not in (*SHARING, EntryKind.SURPLUS, EntryKind.REVERSAL))


def unknown_words(db: Connection) -> Iterator[Fault]:
    accounts, kinds = [each.value for each in Account], [each.value for each in EntryKind]
    for posting_id, account in db.execute(
        select(Posting.id, _ACCOUNT).where(_ACCOUNT.not_in(accounts)).order_by(Posting.id)
    ):
        yield Fault(f"posting {posting_id}: there is no account {account}")
    strange = select(Entry.cooperative_id, Entry.key, _KIND).where(_KIND.not_in(kinds)).order_by(Entry.id)
    for home, key, kind in db.execute(strange):
        yield Fault(f"entry {key}: there is no kind {kind}", home)


def unbalanced(db: Connection) -> Iterator[Fault]:
    uneven = (
        select(Entry.cooperative_id, Entry.key, func.coalesce(func.sum(Posting.amount), 0), func.count(Posting.id))
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .group_by(Entry.id, Entry.cooperative_id, Entry.key)
        .having((func.coalesce(func.sum(Posting.amount), 0) != 0) | (func.count(Posting.id) < 2))
        .order_by(Entry.id)
    )
    for home, key, rest, sides in db.execute(uneven):
        yield Fault(f"entry {key}: {sides} postings add up to {rest}, not to 0", home)


def empty(db: Connection) -> Iterator[Fault]:
    for (posting_id,) in db.execute(select(Posting.id).where(Posting.amount == 0).order_by(Posting.id)):
        yield Fault(f"posting {posting_id}: it has no amount")


def orphans(db: Connection) -> Iterator[Fault]:
    lost = select(Posting.id).outerjoin(Entry, Entry.id == Posting.entry_id).where(Entry.id.is_(None))
    for (posting_id,) in db.execute(lost.order_by(Posting.id)):
        yield Fault(f"posting {posting_id}: it belongs to no entry")
    alone = (
        select(Entry.cooperative_id, Entry.key)
        .outerjoin(Lot, Lot.id == Entry.lot_id)
        .where(
            or_(
                and_(Entry.lot_id.is_not(None), Lot.id.is_(None)),
                and_(_KIND.in_([each.value for each in SHARING]), Entry.lot_id.is_(None)),
            )
        )
    )
    for home, key in db.execute(alone.order_by(Entry.id)):
        yield Fault(f"entry {key}: its lot is not there", home)


def strangers(db: Connection) -> Iterator[Fault]:
    moved = (
        select(Entry.cooperative_id, Posting.id, Entry.key)
        .join(Entry, Entry.id == Posting.entry_id)
        .outerjoin(Member, Member.id == Posting.member_id)
        .where(Posting.member_id.is_not(None))
        .where(or_(Member.id.is_(None), Member.cooperative_id != Entry.cooperative_id))
    )
    for home, posting_id, key in db.execute(moved.order_by(Posting.id)):
        yield Fault(f"posting {posting_id} of entry {key}: its member is not of the cooperative", home)


def others(db: Connection) -> Iterator[Fault]:
    """The member of a due, a payment and the like is the member of its postings."""
    swapped = (
        select(Entry.cooperative_id, Posting.id, Entry.key)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(_OF_MEMBERS, _KIND.in_(_ONE_MEMBER))
        .where(Posting.member_id.is_distinct_from(Entry.member_id))
    )
    for home, posting_id, key in db.execute(swapped.order_by(Posting.id)):
        yield Fault(f"posting {posting_id} of entry {key}: it is of another member than the entry", home)


def memberless(db: Connection) -> Iterator[Fault]:
    wrong = select(Posting.id, _ACCOUNT).where(Posting.member_id.is_(None) == _OF_MEMBERS)
    for posting_id, account in db.execute(wrong.order_by(Posting.id)):
        yield Fault(f"posting {posting_id}: account {account} and its member do not go together")


def misplaced(db: Connection) -> Iterator[Fault]:
    """A due charges, a payment settles, a lot is sold and shared: each on its own accounts and sides."""
    for kind, allowed in ALLOWED.items():
        right = or_(
            *(and_(_ACCOUNT.in_([account.value]), _DEBIT if debit else ~_DEBIT) for account, debit in sorted(allowed))
        )
        wrong = (
            select(Entry.cooperative_id, Entry.key, Posting.id)
            .join(Posting, Posting.entry_id == Entry.id)
            .where(_KIND.in_([kind.value]), not_(right))
        )
        for home, key, posting_id in db.execute(wrong.order_by(Posting.id)):
            yield Fault(f"entry {key}: posting {posting_id} is no side of a {kind}", home)


def misnamed(db: Connection) -> Iterator[Fault]:
    """The key of an entry begins with what it is."""
    other = select(Entry.cooperative_id, Entry.key, _KIND).where(not_(Entry.key.startswith(_KIND + ":")))
    for home, key, kind in db.execute(other.order_by(Entry.id)):
        yield Fault(f"entry {key}: its key is not one of a {kind}", home)


def half_reversed(db: Connection) -> Iterator[Fault]:
    """A reversal undoes its entry to the last unit, and is not undone itself."""
    first = aliased(Entry)
    twice = select(Entry.cooperative_id, Entry.key).join(first, first.id == Entry.reverses_id)
    for home, key in db.execute(twice.where(first.reverses_id.is_not(None)).order_by(Entry.id)):
        yield Fault(f"entry {key}: it undoes what undoes another entry", home)
    undoing = aliased(Entry)
    rest = (
        select(undoing.cooperative_id, undoing.key, func.sum(Posting.amount))
        .join(Posting, Posting.entry_id.in_([undoing.id, undoing.reverses_id]))
        .where(undoing.reverses_id.is_not(None))
        .group_by(undoing.id, undoing.cooperative_id, undoing.key, Posting.account, Posting.member_id)
        .having(func.sum(Posting.amount) != 0)
    )
    for home, key, amount in db.execute(rest):
        yield Fault(f"entry {key}: it leaves {amount} of the entry it reverses", home)


CHECKS = (
    unknown_words,
    unbalanced,
    empty,
    orphans,
    strangers,
    others,
    memberless,
    misplaced,
    misnamed,
    half_reversed,
)
