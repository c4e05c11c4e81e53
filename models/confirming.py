"""What a member declared is decided on: the money came, or it did not. It is in the books once.

The same money may have come in by a line of a statement. Whichever is first brings it into the books, and the other one
is that entry.
"""

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, exists, select, update

from models import chain, declarations, receiving, telling
from models.chain import Receipt
from models.declarations import Declaration, Declared, NotWaiting, State
from models.entries import STANDS, Account, Entry
from models.hands import Hand
from models.matching import NEAR
from models.receiving import Noted, Payment, Person, Refused, Why
from models.statements import State as LineState
from models.statements import StatementLine
from models.telling import Fact

# The oldest payment that a statement brought in, and that no declaration is about.
_BROUGHT = (
    select(Entry.id, Receipt.number)
    .join(StatementLine, StatementLine.entry_id == Entry.id)
    .join(Receipt, Receipt.entry_id == Entry.id)
    .where(StatementLine.member_id == bindparam("member"), StatementLine.state == LineState.POSTED, STANDS)
    .where(StatementLine.channel == bindparam("channel"), StatementLine.amount == bindparam("amount"))
    .where(StatementLine.received_on.between(bindparam("first"), bindparam("last")))
    .where(~exists().where(Declaration.entry_id == Entry.id))
    .order_by(StatementLine.received_on, Entry.id)
    .limit(1)
)


def confirm(db: Connection, hand: Hand, declaration_id: int, today: date, now: datetime) -> Noted:
    """The money came: both sides have said so. It is noted, unless a statement brought it in already.

    Raises Refused and NotWaiting. What a statement brought in for the dues, and was meant for the capital, is to be
    undone first.
    """
    return _confirm(db, hand, declaration_id, (today, now), brought=True)


def prove(db: Connection, hand: Hand, declaration_id: int, today: date, now: datetime) -> Noted:
    """The operator says that the money came, by a line that is not in the books. Raises Refused and NotWaiting."""
    return _confirm(db, hand, declaration_id, (today, now), brought=False)


def _confirm(db: Connection, hand: Hand, declaration_id: int, at: tuple[date, datetime], brought: bool) -> Noted:
    today, now = at
    chain.hold(db, {hand.cooperative_id})  # before the declaration: whoever reads statements in holds it too
    declared, payer = _for(db, hand, declaration_id)
    payment = Payment(payer, declared.paid, declared.towards, declared.reference or f"DECL-{declaration_id}")
    with db.begin_nested():  # what is refused here leaves the declaration waiting
        if not declarations.move(db, declaration_id, State.WAITING, State.CONFIRMED, hand, now):
            raise NotWaiting
        noted = _brought(db, declared) if brought else None
        if noted is None:
            noted = receiving.record(db, hand, payment, today, now, agreed=True)
        else:
            receiving.tell(db, hand, payment, noted, now, agreed=True)
        db.execute(update(Declaration).where(Declaration.id == declaration_id).values(entry_id=noted.entry_id))
    return noted


def _brought(db: Connection, declared: Declared) -> Noted | None:
    days = {"first": declared.paid_on - NEAR, "last": declared.paid_on + NEAR}
    money = {"member": declared.member_id, "channel": declared.channel, "amount": declared.amount}
    row = db.execute(_BROUGHT, {**money, **days}).one_or_none()
    if row is None:
        return None
    if declared.towards is not Account.DUES:
        raise Refused(Why.REFERENCE)
    return Noted(*row, new=False)


def refuse(db: Connection, hand: Hand, declaration_id: int, now: datetime) -> None:
    """The money did not come: the member is told, and may open a case. Raises Refused and NotWaiting."""
    declared, _payer = _for(db, hand, declaration_id)
    if not declarations.move(db, declaration_id, State.WAITING, State.REFUSED, hand, now):
        raise NotWaiting
    told = Fact("payment_refused", {"on": declared.paid_on.isoformat()}, {"amount": declared.amount})
    telling.tell(db, declared.member_id, told, f"refused:{declaration_id}", now)


def _for(db: Connection, hand: Hand, declaration_id: int) -> tuple[Declared, Person]:
    """A declaration this officer may decide on, and whose it is."""
    declared = declarations.one(db, hand.cooperative_id, declaration_id)
    if declared is None:
        raise NotWaiting
    payer = receiving.person(db, hand.cooperative_id, declared.member_id)
    why = receiving.bar(hand, payer.member_id, payer.role)
    if why is not None:
        raise Refused(why)
    return declared, payer
