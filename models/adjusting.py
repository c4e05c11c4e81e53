"""Adjusting a published lot: one further entry for the difference of its gross, never the whole shared again.

The difference, above or below zero, goes to those the lot was published to, in proportion to what it gave them then,
to the last franc (domain: the rule object, f, and whole units). Costs have their receipts and stay as they are. What
is taken back of somebody who was paid already is owed: it stands on their shares of this lot, below zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from models import chain, cooperatives, ledger, lines, lots, proposals, published, sales, telling, vault
from models.entries import Account, Entry, EntryKind
from models.hands import Hand
from models.ledger import NewEntry, Side
from models.lines import ADJUST, LotLine, StoredLine
from models.lots import Delivered
from models.proposals import Deed, Proposed, Wish
from models.refused import Fault, Refused, whole, worded
from models.sharing import Cost, by_number, largest_remainder
from models.sharing.beneficiaries import number_of
from models.telling import Fact

LETTERS_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """A published lot as it stands: its entry, its lines, earlier adjustments included, and the gross they share."""

    lot: Delivered
    entry_id: int
    lines: Sequence[StoredLine]

    @property
    def gross(self) -> int:
        """What all its lines gave away together."""
        return lines.given_away((line.step, line.to, line.amount) for line in self.lines)

    @property
    def ids(self) -> dict[str, int]:
        """The members who have a part of it, as beneficiaries."""
        return {line.to: line.member_id for line in self.lines if line.member_id is not None}

    def given(self, adjusted: bool) -> dict[str, int]:
        """What each has, costs left out, others in the order of the rule: as published, or as adjusted since."""
        had: dict[str, int] = {}
        for line in self.lines:
            counts = line.step != Cost.step and (adjusted or line.step != ADJUST)
            if counts and lines.given_away([(line.step, line.to, 1)]):
                had[line.to] = had.get(line.to, 0) + line.amount
        return had

    def parts(self, gross: int) -> dict[str, int]:
        """The difference to another gross, shared as it was published. Raises Refused for none, and for one too low.

        Where francs of rounding were taken from somebody before, so that they have less left than they would give back
        now, it is taken in proportion to what each has left: nobody falls below zero, and what costs took stays.
        """
        difference = gross - self.gross
        had, have = self.given(adjusted=False), self.given(adjusted=True)
        costs = self.gross - sum(have.values())
        if difference == 0:
            raise Refused(Fault.BAD_VALUE, str(gross), "NEW-GROSS")
        if gross < costs or not any(had.values()):
            raise Refused(Fault.TOO_LOW, str(costs))
        parts = _shared(difference, had)
        return parts if all(have[to] + amount >= 0 for to, amount in parts.items()) else _shared(difference, have)


def _shared(difference: int, weights: Mapping[str, int]) -> dict[str, int]:
    """A difference above or below zero, in proportion to weights."""
    places = {to: place for place, to in enumerate(weights)}
    shared = largest_remainder(abs(difference), weights, lambda to: _in_order(to, places))
    return {to: amount if difference > 0 else -amount for to, amount in shared.items()}


def _in_order(to: str, places: Mapping[str, int]) -> tuple[Any, ...]:
    """Others first, in the order of the rule, then members by number: so equal remainders are served."""
    number = number_of(to)
    return (False, places[to]) if number is None else (True, by_number(number))


def standing(db: Connection, cooperative_id: int, lot_id: int) -> Standing:
    """A published lot. Raises Refused for one of another cooperative, and one that is not published here."""
    lot = lots.delivered(db, lot_id)
    if lot is None or lot.cooperative_id != cooperative_id:
        raise Refused(Fault.NO_LOT)
    there = lines.every(db, lot_id)
    if not there:
        raise Refused(Fault.NOT_SHARED, lot.number)
    return Standing(lot, there[0].entry_id, there)


def propose(db: Connection, hand: Hand, lot_id: int, gross: int, reason: str, now: datetime) -> int:
    """An officer proposes another gross of a published lot; the number of the proposal. Raises Refused, NotAllowed.

    As for its publishing, who bought the lot, put money in it, or is the one member it gives to turns no key.
    """
    found = standing(db, hand.cooperative_id, lot_id)
    words = worded(reason, LETTERS_AT_MOST, "--reason")
    parts = found.parts(whole(gross, 1, field="NEW-GROSS"))
    priced = sales.priced(db, lot_id)
    interested = [] if priced is None else sales.interested(found.lot, priced)
    if hand.member_id in interested:
        raise Refused(Fault.INTERESTED)
    served = [found.ids[to] for to, amount in found.given(adjusted=True).items() if to in found.ids and amount]
    facts = {
        "lot_id": lot_id,
        "number": found.lot.number,
        "entry_id": found.entry_id,
        "before": found.gross,
        "gross": gross,
        "shares": parts,
        "interested": interested,
        "reason_sealed": vault.seal(words),
    }
    told = f"{lot_id}:{found.entry_id}:{found.gross}:{gross}:{words}"
    benefits = served[0] if len(served) == 1 else None
    return proposals.propose(db, hand, Wish(Deed.ADJUST_LOT, facts, benefits, told), now)


def adjust(db: Connection, decided: Proposed, now: datetime) -> None:
    """Post an adjustment that has two keys, with its lines, and tell whom it concerns. Raises Refused.

    The chain is held first: of two adjustments of a lot that wait, one is done, and the other one is proposed anew.
    """
    chain.hold(db, {decided.cooperative_id})
    facts = decided.facts
    found = standing(db, decided.cooperative_id, facts["lot_id"])
    if (found.entry_id, found.gross) != (facts["entry_id"], facts["before"]):
        raise Refused(Fault.CHANGED, found.lot.number)
    parts = found.parts(facts["gross"])
    if parts != facts["shares"]:
        raise Refused(Fault.CHANGED, found.lot.number)
    key, today = f"{EntryKind.ADJUSTMENT}:#{decided.proposal_id}", cooperatives.today(db, decided.cooperative_id, now)
    sides = _sides(found, parts)
    place = (key, EntryKind.ADJUSTMENT, today, found.lot.number)
    ledger.post(db, [NewEntry(decided.cooperative_id, *place, sides, lot_id=found.lot.lot_id)], decided.author, now)
    entry_id: int = db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()
    _write_lines(db, entry_id, found, parts, today.isoformat())
    published.stamp_lines(db, [entry_id])
    fact = Fact("share_adjusted", {"lot": found.lot.number})
    concerned = [found.ids[to] for to, amount in parts.items() if to in found.ids and amount]
    telling.tell_all(db, concerned, fact, f"share_adjusted:{entry_id}", now)


def _sides(found: Standing, parts: Mapping[str, int]) -> tuple[Side, ...]:
    others = sum(amount for to, amount in parts.items() if to not in found.ids)
    members = [Side(Account.SHARES, -amount, found.ids[to]) for to, amount in parts.items() if to in found.ids]
    sides = (Side(Account.SALES, sum(parts.values())), *members, Side(Account.LOT_REST, -others))
    return tuple(side for side in sides if side.amount)


def _write_lines(db: Connection, entry_id: int, found: Standing, parts: Mapping[str, int], day: str) -> None:
    """After the lines that are there. They are of no step of the rule (0), and called by their day."""
    rows: list[dict[str, Any]] = []
    rest = sum(parts.values())
    for position, (to, amount) in enumerate(parts.items(), start=len(found.lines) + 1):
        rest -= amount
        row = {"entry_id": entry_id, "lot_id": found.lot.lot_id, "position": position, "number": 0, "step": ADJUST}
        rows.append(row | {"label": day, "to": to, "member_id": found.ids.get(to), "amount": amount, "rest": rest})
    db.execute(insert(LotLine), rows)
