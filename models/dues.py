"""Dues: what a member owes and since when, and what they paid. All of it is read from the ledger.

Capital (subscribed shares that are paid up) has an account of its own and is never netted with dues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from models import checkdigit
from models.allocation import Allocation, Money, allocate
from models.chain import Receipt
from models.entries import MONEY, STANDS, Account, Entry, EntryKind, Posting
from models.ledger import NewEntry, Side
from models.quick import Quick

CHANNELS = MONEY


def charge(cooperative_id: int, member_id: int, key: str, due: tuple[date, str, int]) -> NewEntry:
    """The entry of a due: the member owes an amount from a date, for what the label says."""
    return _charged(cooperative_id, member_id, key, due, EntryKind.DUE)


def penalty(cooperative_id: int, member_id: int, due_id: int, late: tuple[date, str, int]) -> NewEntry:
    """The entry of a penalty for one late due, of which there is at most one."""
    return _charged(cooperative_id, member_id, f"penalty:{due_id}", late, EntryKind.PENALTY)


def instalment(cooperative_id: int, member_id: int, key: str, due: tuple[date, str, int]) -> NewEntry:
    """The entry of a part of the subscribed shares that has to be paid up from a date."""
    return _charged(cooperative_id, member_id, key, due, EntryKind.CAPITAL)


_CHARGED: Mapping[EntryKind, tuple[Account, Account]] = {
    EntryKind.DUE: (Account.DUES, Account.DUES_INCOME),
    EntryKind.PENALTY: (Account.DUES, Account.PENALTIES),
    EntryKind.CAPITAL: (Account.CAPITAL, Account.SHARE_CAPITAL),
}


def _charged(cooperative_id: int, member_id: int, key: str, due: tuple[date, str, int], kind: EntryKind) -> NewEntry:
    due_on, label, amount = due
    owed, income = _CHARGED[kind]
    sides = (Side(owed, amount, member_id), Side(income, -amount))
    return NewEntry(cooperative_id, key, kind, due_on, label, sides, member_id=member_id)


def payment(
    cooperative_id: int,
    member_id: int,
    key: str,
    paid: tuple[date, str, int],
    channel: Account,
    account: Account = Account.DUES,
) -> NewEntry:
    """The entry of a payment: money came in by a channel, and the member owes that much less on dues or on capital."""
    paid_on, reference, amount = paid
    sides = (Side(channel, amount), Side(account, -amount, member_id))
    return NewEntry(cooperative_id, key, EntryKind.PAYMENT, paid_on, reference, sides, member_id=member_id)


def waiver(cooperative_id: int, member_id: int, key: str, given_up: tuple[date, str, int]) -> NewEntry:
    """The entry of a waiver: the cooperative gives up an amount of one due. The key names the due (`about`)."""
    waived_on, reason, amount = given_up
    sides = (Side(Account.WAIVED, amount), Side(Account.DUES, -amount, member_id))
    return NewEntry(cooperative_id, key, EntryKind.WAIVER, waived_on, reason, sides, member_id=member_id)


def waiver_key(due_id: int, proposal_id: int) -> str:
    """The key of a waiver: sealed into the chain, it says which due it makes smaller."""
    return f"waiver:{due_id}:{proposal_id}"


def about(key: str) -> int | None:
    """The due that a waiver or penalty is about, as its key says."""
    named = key.partition(":")[2].partition(":")[0]
    return int(named) if named.isdecimal() else None


def entries_of(members: ColumnElement[bool], account: ColumnElement[Any] | Account) -> Any:
    """What stands on an account of some members, as `money` reads it; an entry that was undone counts for nothing."""
    columns = (Entry.id, Entry.kind, Entry.happened_on, Posting.amount, Entry.key)
    return (
        select(*columns).join(Posting, Posting.entry_id == Entry.id).where(members, Posting.account == account, STANDS)
    )


def money(row: Sequence[Any]) -> Money:
    """A row of `entries_of`."""
    entry_id, kind, happened_on, amount, key = row[:5]
    named = about(key) if kind is EntryKind.WAIVER or kind is EntryKind.PENALTY else None
    return Money(entry_id, kind, happened_on, amount, named)


_MINE = Quick(entries_of(Posting.member_id == bindparam("member"), bindparam("account")))


def entries(db: Connection, member_id: int, account: Account = Account.DUES) -> list[Money]:
    """What stands on a member's account: one query, over their own entries alone."""
    return [money(row) for row in _MINE.all(db, {"member": member_id, "account": account})]


def allocation(db: Connection, member_id: int, account: Account = Account.DUES) -> Allocation:
    """Which of a member's payments settled which of their dues."""
    return allocate(entries(db, member_id, account))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member owes today. `owed` below zero is money paid ahead; `coming` falls due next, on `coming_on`."""

    owed: int
    paid: int
    since: date | None
    coming: int
    coming_on: date | None


def standing(db: Connection, member_id: int, today: date, account: Account = Account.DUES) -> Standing:
    """What the member owes today, since when, and what falls due next: one query."""
    return stands(allocation(db, member_id, account), today)


def stands(allocated: Allocation, today: date) -> Standing:
    """How a member stands: what was charged up to today, less all that was ever paid, is owed."""
    fallen = [each for each in allocated.dues if each.due_on <= today]
    ahead = [each for each in allocated.dues if each.due_on > today and each.charged > each.waived]
    since = next((each.due_on for each in fallen if each.open > 0), None)
    coming_on = ahead[0].due_on if ahead else None
    coming = sum(each.charged - each.waived for each in ahead if each.due_on == coming_on)
    owed = sum(each.charged - each.waived for each in fallen) - allocated.paid
    return Standing(owed, allocated.paid, since, coming, coming_on)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry on a member's dues or capital: what was charged (above zero) or settled (below).

    `author` says which plan or which two officers made it.
    """

    entry_id: int
    kind: EntryKind
    happened_on: date
    label: str
    amount: int
    account: Account
    key: str
    author: str
    receipted_by: int | None
    receipt_number: int | None

    @property
    def receipt(self) -> str | None:
        """The printed number of the receipt of a payment."""
        if self.receipted_by is None or self.receipt_number is None:
            return None
        return printed(self.receipted_by, self.receipt_number)

    @property
    def plan_id(self) -> int | None:
        """The plan that charged it; None for what was imported."""
        kind, _colon, plan = self.author.partition(":")
        return int(plan) if kind == "plan" and plan.isdecimal() else None


def printed(cooperative_id: int, number: int) -> str:
    """The number of a receipt as it is printed and typed, with its check digit: "12345-6".

    The digit is Damm's over the cooperative and the number, so that a number of another cooperative is mostly refused.
    """
    return f"{number}-{checkdigit.check_digit(f'{cooperative_id}{number}')}"


BOTH = {"account": Account.DUES, "other": Account.CAPITAL}
_COLUMNS = (
    Entry.id,
    Entry.kind,
    Entry.happened_on,
    Entry.label,
    Posting.amount,
    Posting.account,
    Entry.key,
    Entry.author,
    Receipt.cooperative_id,
    Receipt.number,
)
_LINES: Select[*tuple[Any, ...]] = (
    select(*_COLUMNS)
    .join(Posting, Posting.entry_id == Entry.id)
    .outerjoin(Receipt, Receipt.entry_id == Entry.id)
    .where(Posting.member_id == bindparam("member"), Posting.account.in_((bindparam("account"), bindparam("other"))))
)
_ONE_LINE = Quick(_LINES.where(Entry.id == bindparam("entry")))
_EVERY_LINE = Quick(_LINES.add_columns(STANDS.label("stands")))
NEWEST = _LINES.order_by(Entry.happened_on.desc(), Entry.id.desc()).limit(bindparam("limit"))
_OLDER = or_(
    Entry.happened_on < bindparam("before_on"),
    and_(Entry.happened_on == bindparam("before_on"), Entry.id < bindparam("before_id")),
)
_ONLY = Entry.kind == bindparam("kind")
# Built once: whether only one kind is wanted, whether only what is older than a line.
_LISTS = {
    (False, False): Quick(NEWEST),
    (True, False): Quick(NEWEST.where(_ONLY)),
    (False, True): Quick(NEWEST.where(_OLDER)),
    (True, True): Quick(NEWEST.where(_ONLY, _OLDER)),
}


def lines(
    db: Connection,
    member_id: int,
    limit: int,
    before: Line | None = None,
    kind: EntryKind | None = None,
    accounts: Sequence[Account] = (Account.DUES,),
) -> list[Line]:
    """The newest entries on a member's dues, newest first; those older than `before` when it is given."""
    given: dict[str, object] = {"member": member_id, "limit": limit, "account": accounts[0], "other": accounts[-1]}
    if kind is not None:
        given["kind"] = kind
    if before is not None:
        given |= {"before_on": before.happened_on, "before_id": before.entry_id}
    return [Line(*row) for row in _LISTS[kind is not None, before is not None].all(db, given)]


def line(db: Connection, member_id: int, entry_id: int) -> Line | None:
    """One entry on a member's own dues or capital, or None when it is not theirs."""
    row = _ONE_LINE.first(db, {"member": member_id, "entry": entry_id, **BOTH})
    return None if row is None else Line(*row)


def allocated(db: Connection, member_id: int, entry_id: int) -> tuple[Line, Allocation] | None:
    """One entry on a member's own dues or capital, and which payments settled what there: one query; or None."""
    found = [(Line(*row[:-1]), row[-1]) for row in _EVERY_LINE.all(db, {"member": member_id, **BOTH})]
    line = next((each for each, _stands in found if each.entry_id == entry_id), None)
    if line is None:
        return None
    beside = [each for each, stands in found if stands and each.account is line.account]
    return line, allocate(money((each.entry_id, each.kind, each.happened_on, each.amount, each.key)) for each in beside)
