"""Publishing a lot: shared by its frozen rule, proposed by one officer, written into the books by the second key.

What is approved is what was proposed: a digest of all that went in is kept with the proposal, and the lot is shared
again when it is approved; if anything has changed since, it is refused. A lot that was published is put right by
undoing its entry with two keys, which opens it again, while nobody was paid from it, or by `models.adjusting`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from models import (
    advances,
    chain,
    ledger,
    lines,
    lots,
    members,
    payouts,
    proposals,
    published,
    rules,
    sales,
    sharing,
    telling,
    vault,
    work,
)
from models.advances import Owed, Recovery
from models.entries import Entry, EntryKind
from models.hands import Hand
from models.lines import LotLine
from models.lots import Delivered, Lot
from models.payouts import Part
from models.proposals import Deed, Proposed, Wish
from models.refused import Fault, Refused
from models.rules import Written
from models.sales import Priced
from models.sharing import Cost, Line, Owing, Recover, Worker, by_number
from models.sharing.beneficiaries import number_of
from models.telling import Fact
from models.work import Done


@dataclass(frozen=True, slots=True)
class Draft:
    """A lot as it would be shared now."""

    lot: Delivered
    written: Written
    priced: Priced
    rule: sharing.Rule  # what it cost comes off the top, then the steps of the version
    team: Sequence[Done]
    due: Sequence[Owed]
    result: sharing.Result
    ids: Mapping[str, int]  # the members who receive, by number

    @property
    def recovering(self) -> list[Owed]:
        """The advances that are recovered from: those that were signed for, or confirmed."""
        return [each for each in self.due if each.confirmed]

    @property
    def insiders(self) -> list[int]:
        """The officers who bought the lot or put money in it: both must be said (article 311; domain 2.1)."""
        lot, priced = self.lot, self.priced
        found = (
            (priced.bought_by_officer, priced.buyer_id),
            (lot.financed_by_officer, lot.financier_id),
        )
        return sorted({member for flagged, member in found if flagged and member is not None})

    @property
    def interested(self) -> list[int]:
        """Who bought the lot or put money in it, officer or not: they turn no key for it."""
        return sales.interested(self.lot, self.priced)

    @property
    def digest(self) -> str:
        """What any change of what went in, or of what comes out, is known by."""
        lot, quote = self.lot, self.priced.quote
        facts = [
            *(lot.lot_id, lot.weight_mg, lot.carats, lot.pits, lot.sacks, lot.days, lot.delivered_on, lot.financier_id),
            *(self.written.digest, [repr(step) for step in self.rule.steps]),
            *(quote.value, quote.per, quote.base, quote.source, quote.quoted_on),
            *(self.priced.gross, self.priced.buyer, self.priced.buyer_id, self.insiders),
            [(each.number, each.team, each.weight, each.revision) for each in self.team],
            [(each.advance_id, each.left) for each in self.recovering],
            [(line.number, line.to, line.amount, line.rest) for line in self.result.lines],
        ]
        return vault.digest("lot", json.dumps(facts, default=str))


def draft(db: Connection, lot: Delivered) -> Draft:
    """Share a lot by its frozen rule, without writing anything. Raises Refused with what is missing."""
    written, priced = rules.rule(db, lot.rule_id), sales.priced(db, lot.lot_id)
    if written is None:
        raise Refused(Fault.NO_RULE)
    if priced is None:
        raise Refused(Fault.NO_PRICE)
    team = work.team(db, lot.lot_id)
    unsure = [each.number for each in team if not each.confirmed]
    if unsure:
        raise Refused(Fault.UNCONFIRMED_WORK, ", ".join(unsure))
    present = [each for each in team if each.weight]
    if not present:
        raise Refused(Fault.NO_TEAM)
    due = advances.due(db, lot.lot_id, [each.member_id for each in present])
    open_still = sorted({each.number for each in due if not each.confirmed and each.said is None}, key=by_number)
    if open_still:
        raise Refused(Fault.UNCONFIRMED_ADVANCE, ", ".join(open_still))
    costs = [Cost(each.label, each.amount) for each in sales.costs(db, lot.lot_id)]
    rule = sharing.Rule(written.rule.unit, (*costs, *written.rule.steps))
    result = _shared(rule, priced.gross, lot, present, [each for each in due if each.confirmed])
    ids = _ids(db, lot.cooperative_id, present, result)
    return Draft(lot, written, priced, rule, present, due, result, ids)


def _shared(
    rule: sharing.Rule, gross: int, lot: Delivered, team: Sequence[Done], due: Sequence[Owed]
) -> sharing.Result:
    workers = [Worker(each.number, each.weight, each.team) for each in team]
    owed = [sharing.Advance(each.number, each.left, Owing(each.kind)) for each in due]
    try:
        return sharing.share(rule, gross, lot.counts, workers, owed)
    except sharing.Unshareable as error:
        raise Refused(Fault.UNSHAREABLE, str(error)) from None


def _ids(db: Connection, cooperative_id: int, team: Sequence[Done], result: sharing.Result) -> dict[str, int]:
    ids = {each.number: each.member_id for each in team}
    for number in result.net:
        found = ids.get(number) or members.by_number(db, cooperative_id, number)
        if found is None:
            raise Refused(Fault.NO_MEMBER, number)
        ids[number] = found
    return ids


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
