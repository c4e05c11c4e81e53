"""Paying members what they have coming from a lot: never more than is left of it, and the member says whether it came.

The same officers pay as note what members paid (`models.receiving`); nobody pays themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, String, bindparam, cast, literal, select

from models import chain, coming, ledger, questions, receiving, telling
from models.coming import Coming
from models.entries import MONEY, STANDS, Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.ledger import NewEntry, Side
from models.lots import Lot
from models.members import Member, Role
from models.questions import About, Asking, Question
from models.receiving import Refused, Sum, Why
from models.telling import Fact
from models.writing import batches

SILENCE = timedelta(days=7)  # after which the member is asked whether the money came


class Spent(ValueError):
    """So much is not coming any more from this lot; `left` is."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


@dataclass(frozen=True, slots=True)
class Paying:
    """How members are paid from a lot: by which channel, when, and the reference it is known by."""

    lot_id: int
    channel: Account
    on: date
    reference: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid just now: to how many members, and how much in all. Nothing, when it was noted before."""

    members: int
    amount: int


def pay(db: Connection, hand: Hand, how: Paying, number: str, amount: int | None, today: date, now: datetime) -> Paid:
    """Pay one member from a lot: an amount, or all they have coming. The same reference pays them once.

    Raises Refused, and Spent when more is asked than is left.
    """
    whose = receiving.numbered(db, hand.cooperative_id, number)
    if whose is None:
        raise Refused(Why.UNKNOWN)
    _check(hand, whose.member_id, whose.role)
    how = replace(how, reference=receiving.referred(how.reference))
    chain.hold(db, [hand.cooperative_id])  # so that nobody else pays from this lot meanwhile
    before = db.execute(_STANDING, {"key": _key(how, whose.member_id)}).scalar_one_or_none()
    if before is not None:
        if amount not in (None, before):
            raise Refused(Why.REFERENCE)
        return Paid(0, 0)
    left = coming.to_member(db, hand.cooperative_id, how.lot_id, number)
    if amount is not None and amount <= 0:
        raise Refused(Why.AMOUNT)
    if left is None or (amount or 0) > left.amount:
        raise Spent(left.amount if left else 0)
    return _post(db, hand, how, [replace(left, amount=amount or left.amount)], today, now)


def pay_all(db: Connection, hand: Hand, how: Paying, today: date, now: datetime) -> Paid:
    """Pay everybody what they have coming from a lot, but for the officer who pays. Raises Refused."""
    how = replace(how, reference=receiving.referred(how.reference))
    chain.hold(db, [hand.cooperative_id])
    parts = [
        each for each in coming.to_members(db, hand.cooperative_id, how.lot_id) if each.member_id != hand.member_id
    ]
    for part in parts:
        _check(hand, part.member_id, part.role)
    return _post(db, hand, how, parts, today, now)


def _check(hand: Hand, member_id: int, role: Role) -> None:
    why = receiving.bar(hand, member_id, role)
    if why is not None:
        raise Refused(why)


def _key(how: Paying, member_id: int) -> str:
    return f"payout:{how.lot_id}:{member_id}:{how.reference}"


_STANDING = (
    select(Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.key == bindparam("key"), Posting.account == Account.SHARES, STANDS)
)


def _post(db: Connection, hand: Hand, how: Paying, parts: Sequence[Coming], today: date, now: datetime) -> Paid:
    for part in parts:
        Sum(part.amount, how.channel, how.on).check(today, most=part.amount)
    if how.on < today and how.on < db.execute(_SOLD_ON, {"lot": how.lot_id}).scalar_one():
        raise Refused(Why.BEFORE_SALE)
    entries = [_entry(hand.cooperative_id, how, part) for part in parts]
    try:
        new = ledger.post(db, entries, f"member:{hand.member_id}", now)
    except ledger.Conflict as conflict:
        raise Refused(Why.REFERENCE) from conflict
    if new < len(entries):  # noted by this reference, and undone since
        raise Refused(Why.REFERENCE)
    _ask_all(db, hand, how, entries, today, now)
    return Paid(new, sum(part.amount for part in parts))


_SOLD_ON = select(Lot.sold_on).where(Lot.id == bindparam("lot"))


def _entry(cooperative_id: int, how: Paying, part: Coming) -> NewEntry:
    sides = (Side(Account.SHARES, part.amount, part.member_id), Side(how.channel, -part.amount))
    key, kind = _key(how, part.member_id), EntryKind.PAYOUT
    return NewEntry(cooperative_id, key, kind, how.on, how.reference, sides, part.member_id, how.lot_id)


_PAID_NOW = (
    select(Entry.id, Member.id, Posting.amount, Lot.number)
    .join(Member, Member.id == Entry.member_id)
    .join(Posting, Posting.entry_id == Entry.id)
    .join(Lot, Lot.id == Entry.lot_id)
    .where(Entry.key.in_(bindparam("keys", expanding=True)), Posting.account == Account.SHARES)
)


def _ask_all(db: Connection, hand: Hand, how: Paying, entries: Sequence[NewEntry], today: date, now: datetime) -> None:
    """Each is told now, may say at once whether it came, and is asked after seven days of silence."""
    ask_from = now + SILENCE - (today - how.on)
    for keys in batches([entry.key for entry in entries]):
        for entry_id, member_id, amount, number in db.execute(_PAID_NOW, {"keys": keys}).all():
            facts = {"entry_id": entry_id, "amount": amount, "on": how.on.isoformat()}
            facts |= {"channel": how.channel, "lot": number}
            subject = f"payout:{entry_id}"
            questions.ask(db, Asking(member_id, About.PAYOUT, subject, facts, hand.member_id), ask_from)
            told = Fact("payout_noted", {"on": how.on.isoformat(), "lot": number}, {"amount": amount})
            telling.tell(db, member_id, told, f"noted:{subject}", now)


@dataclass(frozen=True, slots=True)
class Received:
    """A payout as its member sees it: what an officer says was paid, and the member's own word, if they gave it."""

    question_id: int
    on: date
    amount: int
    channel: Account
    came: bool | None


_subject = literal(f"{About.PAYOUT}:").concat(cast(Entry.id, String))
_mine, _money = Posting.__table__.alias("mine"), Posting.__table__.alias("money")
_RECEIVED = (
    select(Question.id, Entry.happened_on, _mine.c.amount, _money.c.account, Question.yes)
    .join(_mine, _mine.c.entry_id == Entry.id)
    .join(_money, _money.c.entry_id == Entry.id)
    .join(Question, Question.subject == _subject)
    .where(Entry.lot_id == bindparam("lot"), Entry.kind == EntryKind.PAYOUT, STANDS)
    .where(_mine.c.member_id == bindparam("member"), _mine.c.account == Account.SHARES, _money.c.account.in_(MONEY))
    .order_by(Entry.happened_on.desc(), Entry.id.desc())
    .limit(bindparam("n"))
)


def received(db: Connection, member_id: int, lot_id: int, limit: int) -> list[Received]:
    """What a member was paid from a lot, newest first."""
    rows = db.execute(_RECEIVED, {"member": member_id, "lot": lot_id, "n": limit})
    return [Received(*row) for row in rows]
