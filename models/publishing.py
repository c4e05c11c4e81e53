"""Publishing a lot: shared by its frozen rule, proposed by one officer, written into the books by the second key.

What is approved is what was proposed: a digest of all that went in is kept with the proposal, and the lot is shared
again when it is approved; if anything has changed since, it is refused. A lot that was published is put right by
undoing its entry with two keys, which opens it again, while nobody was paid from it, or by `models.adjusting`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from models import (
    chain,
    ledger,
    lines,
    lots,
    payouts,
    proposals,
    published,
    telling,
)
from models.advances import Owed, Recovery
from models.entries import Entry, EntryKind
from models.hands import Hand
from models.lines import LotLine
from models.lot_drafts import Draft, draft
from models.lots import Lot
from models.payouts import Part
from models.proposals import Deed, Proposed, Wish
from models.refused import Fault, Refused
from models.sharing import Line, Recover, by_number
from models.sharing.beneficiaries import number_of
from models.telling import Fact


def propose(db: Connection, hand: Hand, lot_id: int, now: datetime) -> int:
    """Propose to publish a lot as it would be shared now; the number of the proposal, the same while it waits.

    Raises Refused, and NotAllowed.
    """
    found = draft(db, lots.hold(db, lot_id, hand.cooperative_id))
    _disinterested(found, hand.member_id)
    to_members = sum(found.result.net.values()) + sum(found.result.recovered.values())
    facts = {
        "lot_id": lot_id,
        "number": found.lot.number,
        "gross": found.priced.gross,
        "to_members": to_members,
        "members": len(found.result.net),
        "rule": found.written.name,
        "version": found.written.version,
        "insiders": found.insiders,
        "interested": found.interested,
        "shares": found.result.shares,
        "recovered": {number: kept for number, kept in found.result.recovered.items() if kept},
        "digest": found.digest,
    }
    wish = Wish(Deed.PUBLISH_LOT, facts, benefits=_alone(found))
    return proposals.propose(db, hand, wish, now)


def _alone(found: Draft) -> int | None:
    """The one member whom the lot serves, when there is just one: what an advance kept back serves them as well."""
    net, recovered = found.result.net, found.result.recovered
    served = [found.ids[number] for number in net if net[number] + recovered[number]]
    return served[0] if len(served) == 1 else None


def _disinterested(found: Draft, *officers: int | None) -> None:
    """Who bought a lot or put money in it turns no key for it."""
    for officer in officers:
        if officer in found.interested:
            raise Refused(Fault.INTERESTED)


def publish(db: Connection, decided: Proposed, now: datetime) -> None:
    """Write a lot that was approved into the books: one entry, and its lines. Raises Refused.

    The chain is held first: of two lots that recover the same advance, the second one sees what the first one took.
    """
    chain.hold(db, {decided.cooperative_id})
    found = draft(db, lots.hold(db, decided.facts["lot_id"], decided.cooperative_id))
    _disinterested(found, decided.proposed_by, decided.decided_by)
    if found.digest != decided.facts["digest"]:
        raise Refused(Fault.CHANGED, found.lot.number)
    lot, result = found.lot, found.result
    parts = [
        Part(found.ids[number], result.net[number] + result.recovered[number], result.recovered[number])
        for number in sorted(result.net, key=by_number)
    ]
    key = f"lot:#{decided.proposal_id}"
    sold_on = db.execute(select(Lot.sold_on).where(Lot.id == lot.lot_id)).scalar_one()
    entry = payouts.sale(lot.cooperative_id, lot.lot_id, key, (sold_on, lot.number, found.priced.gross), parts)
    ledger.post(db, [entry], decided.author, now)
    entry_id: int = db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()
    _write_lines(db, entry_id, found)
    _write_recoveries(db, entry_id, found)
    published.stamp(db, [entry_id])
    if db.execute(_BEFORE, {"lot": lot.lot_id, "entry": entry_id}).first():
        fact = Fact("share_again", {"lot": lot.number})
        telling.tell_all(db, [part.member_id for part in parts], fact, f"share_again:{entry_id}", now)


# What the members of a lot were told before was undone.
_BEFORE = select(Entry.id).where(
    Entry.lot_id == bindparam("lot"), Entry.kind == EntryKind.LOT, Entry.id != bindparam("entry")
)


def _write_lines(db: Connection, entry_id: int, found: Draft) -> None:
    rows: list[dict[str, Any]] = []
    for position, line in enumerate(found.result.lines, start=1):
        number = number_of(line.to)
        row: dict[str, Any] = {
            "entry_id": entry_id,
            "lot_id": found.lot.lot_id,
            "position": position,
            "number": line.number,
        }
        row |= {"step": line.step, "label": line.label, "to": line.to, "amount": line.amount, "rest": line.rest}
        rows.append(row | {"member_id": None if number is None else found.ids[number]})
    if lines.given_away((row["step"], row["to"], row["amount"]) for row in rows) != found.priced.gross:
        raise Refused(Fault.UNSHAREABLE, found.lot.number)
    db.execute(insert(LotLine), rows)


def _write_recoveries(db: Connection, entry_id: int, found: Draft) -> None:
    """What was recovered of each member and kind goes to the advances in their order: those of this lot first."""
    left = {each.advance_id: each.left for each in found.recovering}
    taken: dict[int, int] = {}
    for line in found.result.lines:
        amount = line.amount
        for each in _meant(found, line):
            here = min(amount, left[each.advance_id])
            left[each.advance_id] -= here
            taken[each.advance_id] = taken.get(each.advance_id, 0) + here
            amount -= here
    owed = {each.advance_id: each.left for each in found.recovering}
    rows = [
        {"entry_id": entry_id, "advance_id": advance_id, "owed": owed[advance_id], "amount": amount}
        for advance_id, amount in taken.items()
    ]
    if rows:
        db.execute(insert(Recovery), rows)


def _meant(found: Draft, line: Line) -> list[Owed]:
    """The advances a line of recovery is about."""
    step = found.rule.steps[line.number - 1]
    if not isinstance(step, Recover):
        return []
    number = number_of(line.to)
    return [each for each in found.recovering if each.number == number and each.kind.value == step.kind.value]
