"""A lot as it would be shared now, by its frozen rule: nothing of it is written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from models import advances, members, rules, sales, sharing, vault, work
from models.advances import Owed
from models.lots import Delivered
from models.refused import Fault, Refused
from models.rules import Written
from models.sales import Priced
from models.sharing import Cost, Owing, Worker, by_number
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
        """The officers who bought the lot or put money in it: both must be said (article 311)."""
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
