"""Money received: an officer notes what a member paid, and the member is asked at their next dial whether it is right.

A treasurer notes it; what a treasurer paid is noted by another treasurer, the president or the secretary. Nobody notes
anything for themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from models import dues, ledger, questions, telling
from models.allocation import Part
from models.chain import Receipt
from models.cooperatives import Cooperative
from models.entries import MONEY, STANDS, Account, Entry, Posting
from models.hands import Hand
from models.keys import entry_key
from models.ledger import NewEntry
from models.members import Member, Role
from models.money import AT_MOST
from models.questions import About, Asking
from models.telling import Fact

REFERENCE_AT_MOST = 40  # signs: what stands on a paper or in the SMS of an operator
LATEST = timedelta(days=366)  # older money belongs to closed books
TOWARDS = (Account.DUES, Account.CAPITAL)
STAND_INS = (Role.PRESIDENT, Role.SECRETARY)
CASHIERS = (Role.TREASURER, *STAND_INS)


class Why(StrEnum):
    """Why money is not noted."""

    UNKNOWN = "unknown"
    OWN = "own"
    NO_CASHIER = "no_cashier"
    AMOUNT = "amount"
    CHANNEL = "channel"
    DAY = "day"
    BEFORE_SALE = "before_sale"
    REFERENCE = "reference"
    NO_REFERENCE = "no_reference"


class Refused(ValueError):
    """Money is not noted; the reason is one of `Why`."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Person:
    """A member whose money it is."""

    member_id: int
    number: str
    name: str
    role: Role
    cooperative_id: int
    cooperative: str


_PEOPLE = select(
    Member.id, Member.number, Member.name, Member.role, Member.cooperative_id, Cooperative.code
).join(Cooperative, Cooperative.id == Member.cooperative_id)  # fmt: skip
_BY_NUMBER = _PEOPLE.where(Member.cooperative_id == bindparam("cooperative"), Member.number == bindparam("number"))
_BY_ID = _PEOPLE.where(Member.cooperative_id == bindparam("cooperative"), Member.id == bindparam("member"))


def numbered(db: Connection, cooperative_id: int, number: str) -> Person | None:
    """The member of a cooperative who has a number, or None."""
    row = db.execute(_BY_NUMBER, {"cooperative": cooperative_id, "number": number}).one_or_none()
    return None if row is None else Person(*row)


def person(db: Connection, cooperative_id: int, member_id: int) -> Person:
    """A member of a cooperative. Raises Refused when they are not of it."""
    row = db.execute(_BY_ID, {"cooperative": cooperative_id, "member": member_id}).one_or_none()
    if row is None:
        raise Refused(Why.UNKNOWN)
    return Person(*row)


def bar(hand: Hand, member_id: int, role: Role) -> Why | None:
    """What keeps an officer from noting money of this member of their cooperative; None when they may."""
    if hand.member_id == member_id:
        return Why.OWN
    standing_in = hand.role in STAND_INS and role is Role.TREASURER
    return None if hand.role is Role.TREASURER or standing_in else Why.NO_CASHIER


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount that changed hands: how, and when."""

    amount: int
    channel: Account
    on: date

    def check(self, today: date, most: int = AT_MOST) -> None:
        """Raises Refused for an amount, a channel or a day that cannot be."""
        if not 0 < self.amount <= most:
            raise Refused(Why.AMOUNT)
        if self.channel not in MONEY:
            raise Refused(Why.CHANNEL)
        if not today - LATEST <= self.on <= today:
            raise Refused(Why.DAY)


@dataclass(frozen=True, slots=True)
class Payment:
    """What a member paid, for what, and by which reference it is known."""

    payer: Person
    paid: Sum
    towards: Account
    reference: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A payment as it stands in the books: its entry, the number of its receipt, and whether it is new."""

    entry_id: int
    receipt: int
    new: bool


_NOTED = (
    select(Entry.id, Receipt.number)
    .join(Receipt, Receipt.entry_id == Entry.id)
    .where(Entry.key == bindparam("key"), STANDS)
)


def referred(reference: str) -> str:
    """A reference as it is kept: a few signs on one line, none of them unseen. Raises Refused."""
    said = " ".join(reference.split())
    if not said or len(said) > REFERENCE_AT_MOST or not said.isprintable():
        raise Refused(Why.NO_REFERENCE)
    return said


def record(db: Connection, hand: Hand, payment: Payment, today: date, now: datetime, agreed: bool = False) -> Noted:
    """Note a payment, ask the member about it from now on, and tell them. The same reference is noted once.

    `agreed`: the member said so before, and is not asked. Raises Refused.
    """
    payer = payment.payer
    why = bar(hand, payer.member_id, payer.role) if payer.cooperative_id == hand.cooperative_id else Why.UNKNOWN
    if why is not None:
        raise Refused(why)
    payment.paid.check(today)
    entry = _entry(payment)
    try:
        new = ledger.post(db, [entry], f"member:{hand.member_id}", now)
    except ledger.Conflict as conflict:
        raise Refused(Why.REFERENCE) from conflict
    found = db.execute(_NOTED, {"key": entry.key}).one_or_none()
    if found is None:  # noted by this reference, and undone since
        raise Refused(Why.REFERENCE)
    noted = Noted(*found, new=new > 0)
    if noted.new:
        tell(db, hand, payment, noted, now, agreed)
    return noted


def _entry(payment: Payment) -> NewEntry:
    if payment.towards not in TOWARDS:
        raise Refused(Why.REFERENCE)
    payer, paid, reference = payment.payer, payment.paid, referred(payment.reference)
    key = entry_key("payment", payer.cooperative, reference)
    day = (paid.on, reference, paid.amount)
    entry = dues.payment(payer.cooperative_id, payer.member_id, key, day, paid.channel)
    sides = (replace(side, account=payment.towards) if side.member_id else side for side in entry.sides)
    return replace(entry, sides=tuple(sides))


def tell(db: Connection, hand: Hand, payment: Payment, noted: Noted, now: datetime, agreed: bool) -> None:
    """Ask the member about a payment that is noted, unless they said so before, and tell them."""
    paid, subject = payment.paid, f"payment:{noted.entry_id}"
    facts = {"entry_id": noted.entry_id, "amount": paid.amount, "on": paid.on.isoformat()}
    facts |= {"channel": paid.channel, "towards": payment.towards}
    member_id = payment.payer.member_id
    questions.ask(db, Asking(member_id, About.PAYMENT, subject, facts, hand.member_id), now, agreed)
    receipt = dues.printed(hand.cooperative_id, noted.receipt)
    amounts = {"amount": paid.amount, "receipt": receipt}
    told = Fact("payment_noted", {"on": paid.on.isoformat(), "agreed": agreed}, amounts)
    telling.tell(db, member_id, told, f"noted:{subject}", now)


_WHOSE = (
    select(Posting.member_id, Posting.account, -Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.id == bindparam("entry"), Entry.cooperative_id == bindparam("cooperative"))
    .where(Posting.account.in_(TOWARDS))
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a payment settled, the oldest first, and what of it is paid ahead."""

    parts: Sequence[Part]
    ahead: int


def settled(db: Connection, cooperative_id: int, entry_id: int) -> Settled | None:
    """What a payment settled; None when there is no such payment."""
    row = db.execute(_WHOSE, {"entry": entry_id, "cooperative": cooperative_id}).one_or_none()
    if row is None or row.member_id is None:
        return None
    member_id, account, paid = row.member_id, row.account, row[2]
    parts = dues.allocation(db, member_id, account).parts.get(entry_id, ())
    return Settled(parts, paid - sum(each.amount for each in parts))


_ALIKE = (
    select(Receipt.number)
    .join(Entry, Entry.id == Receipt.entry_id)
    .join(Posting, Posting.entry_id == Entry.id)
    .where(Entry.cooperative_id == bindparam("cooperative"), Entry.member_id == bindparam("member"))
    .where(Entry.happened_on == bindparam("on"), Posting.account == bindparam("channel"))
    .where(Posting.amount == bindparam("amount"), STANDS)
    .order_by(Receipt.number.desc())
    .limit(1)
)


def alike(db: Connection, payer: Person, paid: Sum) -> int | None:
    """The receipt of a payment of this member that is noted already, of the same sum, channel and day; or None."""
    given = {"cooperative": payer.cooperative_id, "member": payer.member_id}
    money = {"on": paid.on, "channel": paid.channel, "amount": paid.amount}
    return db.execute(_ALIKE, given | money).scalar_one_or_none()
