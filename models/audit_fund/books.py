"""The audit fund in the books of the body that has it: a call and a spending by two keys, payments as they come."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from models import chain, ledger, proposals, stamps
from models.audit_fund import letters, told
from models.audit_fund.split import Part, parts
from models.audit_fund.tables import CALLED, PAID, FundCall, FundPart, FundPayment
from models.cooperatives import Affiliation, Cooperative, Kind
from models.entries import STANDS, Account, Entry, EntryKind
from models.hands import Bar, Hand, NotAllowed
from models.ledger import Conflict, NewEntry, Side
from models.members import OFFICERS
from models.proposals import Deed, Proposed, Wish
from models.sharing import Unshareable
from models.surplus.decision import Unlawful, resolution
from models.writing import insert_once


class CalledAlready(Conflict):
    """The fund was called for this year."""


@dataclass(frozen=True, slots=True)
class Call:
    """A year's call: the amount, the shares each affiliate subscribed, by its code, and the resolution it rests on."""

    year: int
    amount: int
    shares: Mapping[str, int]
    resolution: str


@dataclass(frozen=True, slots=True)
class Money:
    """Money into or out of a fund: of or for which affiliate, by its code, how much, when, and how."""

    affiliate: str
    amount: int
    on: date
    channel: Account
    reference: str

    @property
    def facts(self) -> dict[str, Any]:
        """As a proposal holds it."""
        return asdict(self) | {"on": self.on.isoformat(), "channel": self.channel.value}


def affiliates(db: Connection, cooperative_id: int) -> dict[str, int]:
    """The cooperatives and bodies that belong to a body, by code."""
    found = (
        select(Cooperative.code, Cooperative.id)
        .join(Affiliation, Affiliation.cooperative_id == Cooperative.id)
        .where(Affiliation.parent_id == cooperative_id)
    )
    return {row.code: row.id for row in db.execute(found)}


def propose_call(db: Connection, hand: Hand, call: Call, now: datetime) -> int:
    """Propose a year's call; the number of the proposal.

    Raises NotAllowed, CalledAlready, Unlawful for a body without such a fund, and Unshareable when the affiliates in
    the books and those given are not the same.
    """
    resolution(call.resolution)
    _split(db, hand.cooperative_id, call)
    return proposals.propose(db, hand, Wish(Deed.CALL_AUDIT_FUND, asdict(call)), now)


def call_audit_fund(db: Connection, decided: Proposed, now: datetime) -> None:
    """Do a call that was approved, and tell the affiliates' treasurers. Raises as `propose_call` does."""
    entry_id = record_call(db, decided.cooperative_id, Call(**decided.facts), decided.author, now)
    letters.tell_called(db, entry_id, now)


def record_call(db: Connection, cooperative_id: int, call: Call, author: str, now: datetime) -> int:
    """Charge each affiliate its part, and keep every line; the entry. Raises as `propose_call` does."""
    chain.hold(db, {cooperative_id})  # of two at once, the second one sees what the first one did
    found = _split(db, cooperative_id, call)
    ids = affiliates(db, cooperative_id)
    earlier = select(func.count()).where(FundCall.cooperative_id == cooperative_id, FundCall.year == call.year)
    key = f"audit_fund:{cooperative_id}:{call.year}:{db.execute(earlier).scalar_one() + 1}"
    charged = (Side(Account.AFFILIATES, part.line.amount) for part in found if part.line.amount)
    sides = (*charged, Side(Account.AUDIT_FUND, -call.amount))
    label = f"{call.year}, {call.resolution}"
    entry = NewEntry(cooperative_id, key, EntryKind.AUDIT_FUND, now.date(), label, sides)
    entry_id = _posted(db, entry, author, now)
    total = sum(part.shares for part in found)
    row = {"entry_id": entry_id, "cooperative_id": cooperative_id, "year": call.year, "amount": call.amount}
    db.execute(insert(FundCall), row | {"shares": total, "resolution": call.resolution})
    db.execute(insert(FundPart), [_row(entry_id, ids[part.affiliate], part) for part in found])
    stamps.write(db, CALLED, [entry_id])
    return entry_id


def _row(entry_id: int, affiliate_id: int, part: Part) -> dict[str, object]:
    line = {name: getattr(part.line, name) for name in ("step", "label", "to", "amount", "rest")}
    return line | {"entry_id": entry_id, "affiliate_id": affiliate_id, "shares": part.shares}


def _posted(db: Connection, entry: NewEntry, author: str, now: datetime) -> int:
    ledger.post(db, [entry], author, now)
    return db.execute(select(Entry.id).where(Entry.key == entry.key)).scalar_one()


def _split(db: Connection, cooperative_id: int, call: Call) -> tuple[Part, ...]:
    """The parts, when they fit the law and the books."""
    kind = db.execute(select(Cooperative.kind).where(Cooperative.id == cooperative_id)).scalar_one()
    if kind not in (Kind.FEDERATION, Kind.CONFEDERATION):
        raise Unlawful(
            "only a federation or a confederation has an audit fund of its affiliates (articles 144 and 155)"
        )
    ours = affiliates(db, cooperative_id)
    for code in sorted(call.shares.keys() ^ ours.keys()):
        if code in ours:
            raise Unshareable(f"the affiliate {code} is missing: write 0 when it has no shares")
        raise Unshareable(f"{code} is not affiliated: give the affiliates in the register, by their codes")
    called = (
        select(FundCall.entry_id)
        .join(Entry, Entry.id == FundCall.entry_id)
        .where(FundCall.cooperative_id == cooperative_id, FundCall.year == call.year, STANDS)
    )
    if db.execute(called).first():
        raise CalledAlready(f"the fund is called for {call.year} already: a year is called once")
    return parts(call.amount, call.shares)


def pay(db: Connection, hand: Hand, money: Money, now: datetime) -> bool:
    """An officer records what an affiliate paid, and its treasurers are told; False when it was recorded before.

    Raises as `record_payment` does.
    """
    entry_id = record_payment(db, hand, money, now)
    if entry_id is not None:
        letters.tell_paid(db, entry_id, now)
    return entry_id is not None


def record_payment(db: Connection, hand: Hand, money: Money, now: datetime) -> int | None:
    """Write down what an affiliate paid; the entry, or None when it was recorded before.

    Raises NotAllowed, Unshareable for an affiliate or amount that is not right, and Conflict when the reference is in
    the books with another amount.
    """
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    affiliate_id = _affiliate(db, hand.cooperative_id, money)
    chain.hold(db, {hand.cooperative_id})
    key = f"payment:fund:{hand.cooperative_id}:{affiliate_id}:{money.reference}"
    sides = (Side(money.channel, money.amount), Side(Account.AFFILIATES, -money.amount))
    entry = NewEntry(hand.cooperative_id, key, EntryKind.PAYMENT, money.on, money.reference, sides)
    owed = told.standing(db, hand.cooperative_id, affiliate_id).owed
    if not ledger.posted(db, [key]) and money.amount > owed:
        raise Unshareable(f"{money.affiliate} owes {owed}, less than the {money.amount} that is said to be paid")
    try:
        entry_id = _posted(db, entry, f"member:{hand.member_id}", now)
    except Conflict:
        what = f"the reference {money.reference} of {money.affiliate}"
        raise Conflict(f"{what} is in the books with another amount or channel") from None
    row = {"entry_id": entry_id, "cooperative_id": hand.cooperative_id, "affiliate_id": affiliate_id}
    made = insert_once(db, FundPayment, row)
    stamps.write(db, PAID, [] if made is None else [made])
    return made


def propose_spending(db: Connection, hand: Hand, money: Money, now: datetime) -> int:
    """Propose to pay the audit of an affiliate from the fund; the number of the proposal.

    Raises NotAllowed, and Unshareable for an affiliate or amount that is not right, or when the fund has less.
    """
    _affordable(db, hand.cooperative_id, money)
    return proposals.propose(db, hand, Wish(Deed.SPEND_AUDIT_FUND, money.facts), now)


def spend_audit_fund(db: Connection, decided: Proposed, now: datetime) -> None:
    """Do a spending that was approved. Raises as `propose_spending` does: the books may have changed since."""
    facts = decided.facts
    on, channel = date.fromisoformat(facts["on"]), Account(facts["channel"])
    money = Money(facts["affiliate"], facts["amount"], on, channel, facts["reference"])
    chain.hold(db, {decided.cooperative_id})
    _affordable(db, decided.cooperative_id, money)
    key = f"audit_fund:{decided.cooperative_id}:spent:{decided.proposal_id}"
    sides = (Side(Account.AUDIT_FUND, money.amount), Side(money.channel, -money.amount))
    label = f"{money.affiliate}, {money.reference}"
    entry = NewEntry(decided.cooperative_id, key, EntryKind.AUDIT_FUND, money.on, label, sides)
    ledger.post(db, [entry], decided.author, now)


def _affiliate(db: Connection, cooperative_id: int, money: Money) -> int:
    found = affiliates(db, cooperative_id).get(money.affiliate)
    if found is None:
        raise Unshareable(f"{money.affiliate} is not affiliated: give an affiliate in the register, by its code")
    if money.amount <= 0:
        raise Unshareable("the amount must be above 0")
    return found


def _affordable(db: Connection, cooperative_id: int, money: Money) -> None:
    _affiliate(db, cooperative_id, money)
    there = told.balance(db, cooperative_id)
    if money.amount > there:
        raise Unshareable(f"the fund has {there}, less than the {money.amount} to be spent")
