"""Advances: what a member had before their share, whose money it was, and what is still to be given back of it.

Part-payment on gold that was delivered stands against that lot, and is recovered from it first. With no lot it is a
loan, which the legal form allows or refuses (OHADA Uniform Act on cooperatives, articles 251 and 313). What an outside
financier gave for tools or food is that person's claim and no loan of the cooperative (domain: advances, equipment).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, and_, bindparam, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import chain, ledger, lots, members, questions, rules, stamps, vault
from models.base import Base, choice
from models.cooperatives import Cooperative, Kind
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.ledger import NewEntry, Side
from models.members import Member
from models.questions import About, Asking, Question
from models.refused import Fault, Refused, whole, worded
from models.sharing import Owing, Recover
from models.writing import insert_once


class AdvanceKind(StrEnum):
    """What an advance is. A loan is never kept back from a share by a rule."""

    DELIVERY_ADVANCE = "delivery_advance"
    EQUIPMENT = "equipment"
    LOAN = "loan"


class Advance(Base):
    """What a member had. `signed` is the paper they signed; without one they are asked on their phone."""

    __tablename__ = "advances"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    kind: Mapped[AdvanceKind] = mapped_column(choice(AdvanceKind))
    claimant: Mapped[str | None]
    signed: Mapped[str | None]


_OF_ENTRY = ((Entry, Entry.id == Advance.entry_id),)
GIVEN = stamps.Kind("advance", stamps.Rows(Advance, Advance.entry_id, Entry.cooperative_id, _OF_ENTRY))


class Recovery(Base):
    """What a lot kept back for one advance, and what was owed on it before."""

    __tablename__ = "recoveries"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    advance_id: Mapped[int] = mapped_column(ForeignKey("advances.entry_id"), primary_key=True)
    owed: Mapped[int]
    amount: Mapped[int]


@dataclass(frozen=True, slots=True)
class NewAdvance:
    """An advance to be written down: to whom, how much, against which lot, or from whom outside."""

    member_id: int
    amount: int
    given_on: date
    lot_id: int | None = None
    claimant: str | None = None
    channel: Account = Account.CASH
    signed: str | None = None

    @property
    def kind(self) -> AdvanceKind:
        """What it is follows from what it stands against: an outsider's claim, a lot, or nothing."""
        if self.claimant is not None:
            return AdvanceKind.EQUIPMENT
        return AdvanceKind.LOAN if self.lot_id is None else AdvanceKind.DELIVERY_ADVANCE


@dataclass(frozen=True, slots=True)
class Owed:
    """An advance, and what is left to give back. `said` is what the member answered, where no paper was signed."""

    advance_id: int
    member_id: int
    number: str
    lot_id: int | None
    kind: AdvanceKind
    claimant: str | None
    given_on: date
    amount: int
    left: int
    signed: bool
    said: bool | None

    @property
    def confirmed(self) -> bool:
        """Whether it may be recovered: signed for, or confirmed by the member (domain: where abuse hides)."""
        return self.signed or self.said is True


_OF_LOT = aliased(Entry)
_UNDONE = aliased(Entry)
_RECOVERED = (
    select(func.coalesce(func.sum(Recovery.amount), 0))
    .join(_OF_LOT, _OF_LOT.id == Recovery.entry_id)
    .where(Recovery.advance_id == Advance.entry_id)
    .where(~exists().where(_UNDONE.reverses_id == _OF_LOT.id))
    .correlate(Advance)
    .scalar_subquery()
)
_AMOUNT = (
    select(func.sum(Posting.amount))
    .where(Posting.entry_id == Advance.entry_id, Posting.account == Account.ADVANCES)
    .correlate(Advance)
    .scalar_subquery()
)
_SUBJECT = literal("advance:", String) + cast(Advance.entry_id, String)
_OWED = (
    select(
        *(Advance.entry_id, Advance.member_id, Member.number, Advance.lot_id, Advance.kind, Advance.claimant),
        Entry.happened_on,
        _AMOUNT,
        (_AMOUNT - _RECOVERED).label("left"),
        Advance.signed.is_not(None),
        Question.yes,
    )
    .join(Entry, Entry.id == Advance.entry_id)
    .join(Member, Member.id == Advance.member_id)
    .outerjoin(Question, Question.subject == _SUBJECT)
    .where(STANDS)
)
_MINE = (
    _OWED.where(Advance.member_id == bindparam("member"))
    .order_by(Entry.happened_on.desc(), Advance.entry_id.desc())
    .limit(bindparam("limit"))
)
_ONE = _OWED.where(Advance.member_id == bindparam("member"), Advance.entry_id == bindparam("advance"))
_SHARED_LOT = (
    exists()
    .where(_OF_LOT.lot_id == Advance.lot_id, _OF_LOT.kind == EntryKind.LOT)
    .where(~exists().where(_UNDONE.reverses_id == _OF_LOT.id))
)
# Part-payment on another lot that is not shared yet waits for that lot.
_FROM_LOT = or_(
    Advance.kind == AdvanceKind.EQUIPMENT,
    and_(Advance.kind == AdvanceKind.DELIVERY_ADVANCE, or_(Advance.lot_id == bindparam("lot"), _SHARED_LOT)),
)
_DUE = (
    _OWED.where(Advance.member_id.in_(bindparam("team", expanding=True)), _FROM_LOT)
    .where(_AMOUNT > _RECOVERED)
    .order_by(case((Advance.lot_id == bindparam("lot"), 0), else_=1), Entry.happened_on, Advance.entry_id)
)


def _owed(row: Sequence[Any]) -> Owed:
    """A row as what is owed. PostgreSQL gives sums as decimals."""
    advance_id, member_id, number, lot_id, kind, claimant, given_on, amount, left, signed, said = row
    place = (advance_id, member_id, number, lot_id, kind, claimant, given_on)
    return Owed(*place, int(amount), int(left), bool(signed), said)


def mine(db: Connection, member_id: int, limit: int) -> list[Owed]:
    """What a member had, newest first, and what is left of each."""
    return [_owed(row) for row in db.execute(_MINE, {"member": member_id, "limit": limit})]


def one(db: Connection, member_id: int, advance_id: int) -> Owed | None:
    """One advance of a member, or None when it is not theirs."""
    row = db.execute(_ONE, {"member": member_id, "advance": advance_id}).one_or_none()
    return None if row is None else _owed(row)


def due(db: Connection, lot_id: int, team: Sequence[int]) -> list[Owed]:
    """What may be recovered from a lot's team: first what was given against this lot, then the oldest."""
    return [_owed(row) for row in db.execute(_DUE, {"lot": lot_id, "team": list(team)})]


def give(db: Connection, hand: Hand, new: NewAdvance, now: datetime) -> int:
    """Write down what a member had; its entry. The same again, on the same day and paper, is written down once.

    Without a signed paper the member is asked on their phone, and nothing is recovered before they said yes. Raises
    Refused.
    """
    lots.by_officer(hand)
    whole(new.amount, 1, field="the amount")
    chain.hold(db, {hand.cooperative_id})  # before the lot, as who publishes does: neither waits for the other
    label = _checked(db, hand, new)
    entry = _entry(hand.cooperative_id, new, label)
    posted = ledger.post(db, [entry], f"member:{hand.member_id}", now)
    entry_id: int = db.execute(select(Entry.id).where(Entry.key == entry.key)).scalar_one()
    if not posted:
        return entry_id
    values = {"entry_id": entry_id, "member_id": new.member_id, "lot_id": new.lot_id, "kind": new.kind}
    insert_once(db, Advance, values | {"claimant": new.claimant, "signed": new.signed})
    stamps.write(db, GIVEN, [entry_id])
    if new.signed is None:
        facts = {"entry_id": entry_id, "amount": new.amount, "kind": new.kind, "label": label}
        facts |= {"given_on": new.given_on.isoformat()}
        questions.ask(db, Asking(new.member_id, About.ADVANCE, f"advance:{entry_id}", facts, hand.member_id), now)
    return entry_id


def _checked(db: Connection, hand: Hand, new: NewAdvance) -> str:
    """What the entry is labelled with, the lot or whose claim it is, once the law and the evidence are seen to."""
    lots.role_of(db, hand.cooperative_id, new.member_id)
    if new.signed is None and not members.phones(db, new.member_id):
        raise Refused(Fault.NO_EVIDENCE)
    match new.kind:
        case AdvanceKind.EQUIPMENT:
            return worded(new.claimant or "", field="--claimant")
        case AdvanceKind.LOAN:
            if _forbidden(db, hand.cooperative_id, new.member_id):
                raise Refused(Fault.LOAN)
            return ""
        case AdvanceKind.DELIVERY_ADVANCE:
            lot = lots.hold(db, new.lot_id or 0, hand.cooperative_id)
            rule = rules.rule(db, lot.rule_id)
            steps = () if rule is None else rule.rule.steps
            if not any(isinstance(step, Recover) and step.kind is Owing.DELIVERY_ADVANCE for step in steps):
                raise Refused(Fault.NO_RECOVERY, lot.number)
            return lot.number


def _forbidden(db: Connection, cooperative_id: int, member_id: int) -> bool:
    """A SCOOPS lends to no member (article 251), no other cooperative to its officers (article 313)."""
    kind = db.execute(select(Cooperative.kind).where(Cooperative.id == cooperative_id)).scalar_one()
    return kind is Kind.SCOOPS or lots.is_officer(db, cooperative_id, member_id)


def _entry(cooperative_id: int, new: NewAdvance, label: str) -> NewEntry:
    from_whom = Account.THIRD_PARTIES if new.kind is AdvanceKind.EQUIPMENT else new.channel
    what = [new.member_id, new.given_on, new.kind, label, new.amount, new.channel, new.signed or ""]
    return NewEntry(
        cooperative_id,
        f"advance:{vault.digest('advance', json.dumps([cooperative_id, *what], default=str))}",
        EntryKind.ADVANCE,
        new.given_on,
        label,
        (Side(Account.ADVANCES, new.amount, new.member_id), Side(from_whom, -new.amount)),
        member_id=new.member_id,
        lot_id=new.lot_id,
    )
