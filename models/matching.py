"""What a line of a statement is: looked for in the books first, then among the phones of the members.

A line is a payment of the books that has its reference, or that is of the same member and amount, by the same channel,
within three days. No payment is the match of two lines.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, select

from models.cooperatives import Cooperative
from models.entries import MONEY, STANDS, Account, Entry, EntryKind, Posting
from models.members import Member, Phone
from models.money import Currency
from models.statements import Found, Line, State, StatementLine, Why
from models.writing import batches

NEAR = timedelta(days=3)
# The smallest coin or note that goes round. An amount below it has lost a fee on the way.
ROUND = {Currency.XOF: 5, Currency.XAF: 5, Currency.GNF: 100}


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of the books that no line is linked to."""

    entry_id: int
    member_id: int
    paid_on: date
    reference: str
    channel: Account
    amount: int


@dataclass(frozen=True, slots=True)
class Holder:
    """A member who has a number, and when they left the cooperative."""

    member_id: int
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Books:
    """What lines are compared with."""

    payments: Sequence[Payment]
    holders: Mapping[str, Sequence[Holder]]
    round: int

    def alone(self, line: Line) -> Holder | None:
        """The one member who has the number of a line; None when there is none, or more than one."""
        holders = self.holders.get(line.phone or "", ())
        return holders[0] if len(holders) == 1 else None


_PAYMENTS = (
    select(Entry.id, Entry.member_id, Entry.happened_on, Entry.label, Posting.account, Posting.amount)
    .join(Posting, Posting.entry_id == Entry.id)
    .where(Entry.cooperative_id == bindparam("cooperative"), Entry.kind == EntryKind.PAYMENT, STANDS)
    .where(Posting.account.in_(MONEY), Posting.amount > 0)
    .where(~exists().where(StatementLine.entry_id == Entry.id))
)
_AT_THE_TIME = _PAYMENTS.where(Entry.happened_on.between(bindparam("first"), bindparam("last")))
_NAMED = _PAYMENTS.where(Entry.label.in_(bindparam("references", expanding=True)))
_HOLDERS = (
    select(Phone.number, Member.id, Member.left_on)
    .join(Member, Member.id == Phone.member_id)
    .where(Member.cooperative_id == bindparam("cooperative"))
    .order_by(Phone.number, Member.id)
)
_CURRENCY = select(Cooperative.currency).where(Cooperative.id == bindparam("cooperative"))


def books(db: Connection, cooperative_id: int, lines: Sequence[Line]) -> Books:
    """What these lines may be: the payments near them that are free, and who has which number."""
    mine: dict[str, object] = {"cooperative": cooperative_id}
    days = [line.received_on for line in lines]
    rows = {
        row.id: row for row in db.execute(_AT_THE_TIME, {**mine, "first": min(days) - NEAR, "last": max(days) + NEAR})
    }
    for named in batches([line.reference for line in lines]):
        rows |= {row.id: row for row in db.execute(_NAMED, {**mine, "references": named})}
    holders = defaultdict(list)
    for number, member_id, left_on in db.execute(_HOLDERS, mine):
        holders[number].append(Holder(member_id, left_on))
    payments = sorted((_payment(row) for row in rows.values()), key=lambda each: (each.paid_on, each.entry_id))
    return Books(payments, holders, ROUND[db.execute(_CURRENCY, mine).scalar_one()])


def _payment(row: Row[*tuple[Any, ...]]) -> Payment:
    return Payment(*row)


def match(db: Connection, cooperative_id: int, lines: Sequence[Line]) -> dict[int, Found]:
    """What each line is; each step looks at what those before it left. The books are held."""
    found: dict[int, Found] = {}
    if lines:
        there = books(db, cooperative_id, lines)
        for step in STEPS:
            rest = [line for line in lines if line.line_id not in found]
            found |= step(free(there, found), rest)
    return found


def free(there: Books, found: Mapping[int, Found]) -> Books:
    """The books without the payments that were found for other lines."""
    taken = {each.entry_id for each in found.values()}
    return Books([each for each in there.payments if each.entry_id not in taken], there.holders, there.round)


def by_reference(there: Books, lines: Sequence[Line]) -> dict[int, Found]:
    """Lines whose reference is in the books; with another amount they are for the office to look at."""
    named: dict[tuple[Account, str], list[Payment]] = defaultdict(list)
    for each in there.payments:
        named[each.channel, each.reference].append(each)
    found = {}
    for line in lines:
        candidates = named[line.channel, line.reference]
        same = next((each for each in candidates if each.amount == line.amount), None)
        if same is not None:
            candidates.remove(same)
            found[line.line_id] = Found(State.LINKED, same.member_id, same.entry_id)
        elif candidates:
            found[line.line_id] = Found(State.UNMATCHED, why=Why.OTHER_MONEY)
    return found


def in_the_books(there: Books, lines: Sequence[Line]) -> dict[int, Found]:
    """Lines of one member's phone that are payments of that member."""
    whose = [(line, holder.member_id) for line in lines for holder in [there.alone(line)] if holder is not None]
    return of_member(there, whose)


def of_member(there: Books, lines: Iterable[tuple[Line, int]]) -> dict[int, Found]:
    """Lines that are payments of these members: the same amount and channel, within three days.

    Both are taken by date, the oldest first. With windows of one width this leaves the fewest lines over, so that none
    is taken for new money because its payment went to a neighbour.
    """
    payments: dict[tuple[int, Account, int], list[Payment]] = defaultdict(list)
    for payment in there.payments:
        payments[payment.member_id, payment.channel, payment.amount].append(payment)
    found = {}
    for line, member_id in sorted(lines, key=lambda each: (each[0].received_on, each[0].line_id)):
        waiting = payments[member_id, line.channel, line.amount]
        while waiting and waiting[0].paid_on < line.received_on - NEAR:
            waiting.pop(0)
        if waiting and waiting[0].paid_on <= line.received_on + NEAR:
            found[line.line_id] = Found(State.LINKED, member_id, waiting.pop(0).entry_id)
    return found


def of_one_phone(there: Books, lines: Sequence[Line]) -> dict[int, Found]:
    """Lines that can only be a new payment of one member are proposed; of all others it is said why they are not."""
    return {line.line_id: _of_phone(there, line) for line in lines}


def _of_phone(there: Books, line: Line) -> Found:
    holder = there.alone(line)
    if holder is None:
        return Found(State.UNMATCHED, why=_nobody(there, line))
    if holder.left_on is not None and holder.left_on <= line.received_on:
        return Found(State.UNMATCHED, why=Why.LEFT)
    if line.amount % there.round:
        return Found(State.UNMATCHED, why=Why.ODD_AMOUNT)
    if any(_alike(each, line, holder.member_id) for each in there.payments):
        return Found(State.UNMATCHED, why=Why.ALIKE)
    return Found(State.PROPOSED, holder.member_id)


def _nobody(there: Books, line: Line) -> Why:
    if line.phone is None:
        return Why.NO_PHONE
    return Why.SHARED_PHONE if there.holders.get(line.phone) else Why.UNKNOWN_PHONE


def _alike(payment: Payment, line: Line, member_id: int) -> bool:
    """Whether a payment may be this line, written down wrongly: its amount, or its channel."""
    near = payment.member_id == member_id and abs(payment.paid_on - line.received_on) <= NEAR
    return near and (payment.channel == line.channel) != (payment.amount == line.amount)


Step = Callable[[Books, Sequence[Line]], dict[int, Found]]

STEPS: tuple[Step, ...] = (by_reference, in_the_books, of_one_phone)
