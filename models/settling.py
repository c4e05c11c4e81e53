"""What is done with the lines of a statement: taken in, confirmed, or given to a member by an officer."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, select

from models import chain, confirming, cooperatives, declarations, dues, ledger, matching, receiving, statements
from models.cooperatives import Cooperative
from models.declarations import NotWaiting
from models.entries import Account, Entry
from models.hands import Hand
from models.keys import entry_key
from models.matching import Books, Payment
from models.members import Member, Role
from models.receiving import CASHIERS, Refused, Why
from models.statements import Found, Line, Received, State
from models.statements import Why as Fits
from models.writing import batches


class Settled(ValueError):
    """The line is in the books already."""


class OtherMoney(ValueError):
    """The books have the reference of a line with another amount: that payment must be undone first."""


def allow(hand: Hand, cooperative_id: int) -> None:
    """Raise Refused unless this officer may bring any money into the books of a cooperative."""
    if hand.role not in CASHIERS or hand.cooperative_id != cooperative_id:
        raise Refused(Why.NO_CASHIER)


def _roles(db: Connection, cooperative_id: int) -> dict[int, Role]:
    mine = select(Member.id, Member.role).where(Member.cooperative_id == cooperative_id)
    return {row.id: row.role for row in db.execute(mine)}


def take(
    db: Connection,
    cooperative_id: int,
    channel: Account,
    received: Sequence[Received],
    hand: Hand | None,
    now: datetime,
) -> dict[int, Found]:
    """Keep new lines, and say what became of each. With a hand, what can only be a member's payment is posted.

    The books are held, and none of these references was kept before. Raises Refused.
    """
    if hand is not None:
        allow(hand, cooperative_id)
    lines = statements.keep(db, cooperative_id, channel, received, now)
    return _settle(db, cooperative_id, lines, hand, now)


def confirm(
    db: Connection, cooperative_id: int, hand: Hand, wanted: Sequence[int] | None, now: datetime
) -> dict[int, Found]:
    """Post the proposed payments of a cooperative, or those that are wanted; they are looked up anew before.

    What this officer may not bring into the books, such as money of their own, stays proposed. Raises Refused.
    """
    allow(hand, cooperative_id)
    chain.hold(db, [cooperative_id])
    lines = statements.listed(db, cooperative_id, State.PROPOSED)
    lines = [line for line in lines if wanted is None or line.line_id in wanted]
    return _settle(db, cooperative_id, lines, hand, now)


def _settle(
    db: Connection, cooperative_id: int, lines: Sequence[Line], hand: Hand | None, now: datetime
) -> dict[int, Found]:
    found = matching.match(db, cooperative_id, lines)
    if hand is not None:
        new = {line: found[line.line_id].member_id for line in lines if found[line.line_id].state is State.PROPOSED}
        roles = _roles(db, cooperative_id)
        whose = {line: each for line, each in new.items() if each is not None}
        theirs = {line: each for line, each in whose.items() if receiving.bar(hand, each, roles[each]) is None}
        found |= _post(db, cooperative_id, theirs, hand, now)
    statements.settle(db, found, None if hand is None else hand.member_id)
    return {line.line_id: found[line.line_id] for line in lines}


def assign(db: Connection, line_id: int, member_id: int, hand: Hand, now: datetime) -> Found:
    """An officer says whose payment a line is: linked when the books have it, else posted.

    The member is of the same cooperative. Said again, it changes nothing. Raises LookupError when there is no such
    line, Refused (never for oneself), Settled and OtherMoney.
    """
    chain.hold(db, [hand.cooperative_id])
    line = statements.line(db, line_id)
    if line is None:
        raise LookupError(f"no line {line_id}")
    allow(hand, line.cooperative_id)
    if line.state in (State.LINKED, State.POSTED):
        if line.member_id != member_id:
            raise Settled
        return Found(line.state, member_id, line.entry_id)
    barred = receiving.bar(hand, member_id, _roles(db, hand.cooperative_id)[member_id])
    if barred is not None:
        raise Refused(barred)
    found = _of_member(db, line, member_id) or _post(db, line.cooperative_id, {line: member_id}, hand, now)
    statements.settle(db, found, hand.member_id)
    return found[line_id]


def _of_member(db: Connection, line: Line, member_id: int) -> dict[int, Found]:
    there = matching.books(db, line.cooperative_id, [line])
    named = matching.by_reference(there, [line])
    if any(each.why is Fits.OTHER_MONEY for each in named.values()):
        raise OtherMoney
    if any(each.member_id != member_id for each in named.values()):
        raise Settled
    return named or matching.of_member(there, [(line, member_id)])


def _post(
    db: Connection, cooperative_id: int, lines: Mapping[Line, int], hand: Hand, now: datetime
) -> dict[int, Found]:
    """Post lines as payments of these members. Who declared a payment is asked nothing: the operator proves it."""
    if not lines:
        return {}
    found = _declared(db, cooperative_id, lines, hand, now)
    rest = {line: member_id for line, member_id in lines.items() if line.line_id not in found}
    code = db.execute(select(Cooperative.code).where(Cooperative.id == cooperative_id)).scalar_one()
    keys = _keys(db, code, [*rest])
    entries = []
    for line, member_id in rest.items():
        paid = (line.received_on, line.reference, line.amount)
        entries.append(dues.payment(cooperative_id, member_id, keys[line.line_id], paid, line.channel))
    ledger.post(db, entries, f"member:{hand.member_id}", now)
    ids = _entry_ids(db, [*keys.values()])
    posted = {line: Found(State.POSTED, each, ids[keys[line.line_id]]) for line, each in rest.items()}
    return found | {line.line_id: each for line, each in posted.items()}


def _declared(
    db: Connection, cooperative_id: int, lines: Mapping[Line, int], hand: Hand, now: datetime
) -> dict[int, Found]:
    """Lines that are payments which members declared, and which wait: these are confirmed."""
    today = cooperatives.today(db, cooperative_id, now)
    waiting = [
        Payment(each.declaration_id, each.member_id, each.paid_on, "", each.channel, each.amount)
        for each in sorted(declarations.all_waiting(db, cooperative_id), key=lambda each: each.paid_on)
    ]
    found = {}
    for line_id, fits in matching.of_member(Books(waiting, {}, 1), lines.items()).items():
        assert fits.entry_id is not None  # noqa: S101 - the number of the declaration
        with suppress(Refused, NotWaiting):  # too old, or just decided on: the line is money of its own
            noted = confirming.prove(db, hand, fits.entry_id, today, now)
            found[line_id] = Found(State.POSTED, fits.member_id, noted.entry_id)
    return found


def _keys(db: Connection, code: str, lines: Sequence[Line]) -> dict[int, str]:
    """The keys that the register of payments gives, so that it knows them again; where one is taken, one of our own."""
    keys = {line.line_id: entry_key("payment", code, line.reference) for line in lines}
    taken = ledger.posted(db, [*keys.values()])
    return {
        line.line_id: entry_key("payment", code, "statement", line.line_id, line.entry_id or 0, line.reference)
        if keys[line.line_id] in taken
        else keys[line.line_id]
        for line in lines
    }


def _entry_ids(db: Connection, keys: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in batches(keys):
        found |= {row.key: row.id for row in db.execute(select(Entry.key, Entry.id).where(Entry.key.in_(some)))}
    return found
