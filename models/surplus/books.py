"""The surplus of a year in the books: two keys, one entry, and the lines by which it was shared.

The account SURPLUS is debited with what the assembly found, and credited with what is carried over. What members get
of it is theirs as their shares of lots are, and is paid out in the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from models import chain, ledger, proposals, stamps
from models.cooperatives import Cooperative, Kind
from models.entries import STANDS, Account, Entry, EntryKind
from models.hands import Hand
from models.ledger import Conflict, NewEntry, Side
from models.members import Member
from models.proposals import Deed, Proposed, Wish
from models.sharing import Unshareable
from models.sharing.beneficiaries import number_of
from models.surplus.decision import Decision, Unlawful, resolution
from models.surplus.reading import decision_of, document_of
from models.surplus.sharing import CARRIED, GENERAL, OPTIONAL, TRAINING, Sharing, share_out
from models.surplus.tables import SHARED, Surplus, SurplusLine

# Articles of the part on simplified cooperatives; in the other forms the assembly decides by its bylaws (article 363).
OF_SCOOPS = (209, 239, 240)
BY_BYLAWS = 363


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decision, and where it was taken: the assembly of a day, by a resolution, on the surplus of a year."""

    year: int
    held_on: date
    resolution: str
    decision: Decision

    @property
    def facts(self) -> dict[str, Any]:
        """As a proposal holds it. `amount` is there to be shown to who turns the second key."""
        return {
            "year": self.year,
            "amount": self.decision.surplus,
            "held_on": self.held_on.isoformat(),
            "resolution": self.resolution,
            "decision": document_of(self.decision),
        }

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Resolved":
        """What `facts` gave."""
        held_on = date.fromisoformat(facts["held_on"])
        return cls(facts["year"], held_on, facts["resolution"], decision_of(facts["decision"]))


class SharedAlready(Conflict):
    """The surplus of this year, or of a later one, is shared."""


def propose(db: Connection, hand: Hand, resolved: Resolved, now: datetime) -> int:
    """Propose to share the surplus of a year; the number of the proposal.

    Raises NotAllowed, SharedAlready, Unlawful, and Unshareable.
    """
    resolution(resolved.resolution)
    sharing = _shared(db, hand.cooperative_id, resolved, now)
    ids = _members(db, hand.cooperative_id, [*sharing.ristournes, *sharing.interest])
    served = {ids[number] for each in (sharing.ristournes, sharing.interest) for number, sum_ in each.items() if sum_}
    alone = served.pop() if len(served) == 1 else None
    return proposals.propose(db, hand, Wish(Deed.SHARE_SURPLUS, resolved.facts, alone), now)


def share_surplus(db: Connection, decided: Proposed, now: datetime) -> None:
    """Do what was approved. Raises as `propose` does: the books may have changed since."""
    record(db, decided.cooperative_id, Resolved.of(decided.facts), decided.author, now)


def record(db: Connection, cooperative_id: int, resolved: Resolved, author: str, now: datetime) -> int:
    """Share the surplus of a year and keep every line of it; the entry. Raises as `propose` does."""
    chain.hold(db, {cooperative_id})  # of two at once, the second one sees what the first one did
    sharing = _shared(db, cooperative_id, resolved, now)
    ids = _members(db, cooperative_id, [*sharing.ristournes, *sharing.interest])
    earlier = select(func.count()).where(Surplus.cooperative_id == cooperative_id, Surplus.year == resolved.year)
    key = f"surplus:{cooperative_id}:{resolved.year}:{db.execute(earlier).scalar_one() + 1}"
    label = f"{resolved.year}, {resolved.resolution}"
    sides = tuple(_sides(resolved.decision, sharing, ids))
    entry = NewEntry(cooperative_id, key, EntryKind.SURPLUS, resolved.held_on, label, sides)
    ledger.post(db, [entry], author, now)
    entry_id = db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()
    db.execute(insert(Surplus), _row(entry_id, cooperative_id, resolved, sharing))
    db.execute(insert(SurplusLine), list(_lines(entry_id, sharing, ids, _kind(db, cooperative_id))))
    stamps.write(db, SHARED, [entry_id])
    return entry_id


def _shared(db: Connection, cooperative_id: int, resolved: Resolved, now: datetime) -> Sharing:
    """The sharing, when it fits the law, the calendar and the books."""
    if _kind(db, cooperative_id) is Kind.ASSOCIATION:
        raise Unlawful("an association is no cooperative: article 112 lets only cooperatives return a surplus")
    if not date(resolved.year, 12, 31) < resolved.held_on <= now.date():
        raise Unlawful(
            f"an assembly held on {resolved.held_on} cannot decide on {resolved.year}: by articles 110 and 113 it is "
            "held after the end of the year, and it must be over"
        )
    last = last_shared(db, cooperative_id)
    if last is not None and last.year >= resolved.year:
        raise SharedAlready(
            f"the surplus of {last.year} is shared already: a year is shared once, in the order of years"
        )
    if last is not None and last.carried != resolved.decision.brought:
        raise Unshareable(
            f"brought must be {last.carried}, as {last.year} carried it over, not {resolved.decision.brought}"
        )
    return share_out(resolved.decision)


@dataclass(frozen=True, slots=True)
class Last:
    """The year that was shared last: what it carried over, and what is in the legal reserves since."""

    year: int
    carried: int
    general: int
    training: int


def last_shared(db: Connection, cooperative_id: int) -> Last | None:
    """The year that was shared last in a cooperative, or None."""

    def into(reserve: str) -> Any:
        lines = select(func.coalesce(func.sum(SurplusLine.amount), 0))
        return lines.where(SurplusLine.entry_id == Surplus.entry_id, SurplusLine.to == reserve).scalar_subquery()

    newest = (
        select(
            Surplus.year,
            Surplus.carried,
            Surplus.general_before + into(GENERAL),
            Surplus.training_before + into(TRAINING),
        )
        .join(Entry, Entry.id == Surplus.entry_id)
        .where(Surplus.cooperative_id == cooperative_id, STANDS)
        .order_by(Surplus.year.desc())
        .limit(1)
    )
    row = db.execute(newest).one_or_none()
    return None if row is None else Last(*map(int, row))


def _kind(db: Connection, cooperative_id: int) -> Kind:
    return db.execute(select(Cooperative.kind).where(Cooperative.id == cooperative_id)).scalar_one()


def _members(db: Connection, cooperative_id: int, numbers: Iterable[str]) -> dict[str, int]:
    """The members of a cooperative by number. Raises Unshareable when one of these is not there."""
    found = select(Member.number, Member.id).where(Member.cooperative_id == cooperative_id)
    ids = {row.number: row.id for row in db.execute(found)}
    for number in numbers:
        if number not in ids:
            raise Unshareable(f"there is no member {number} in the register: write the number as it stands there")
    return ids


def _sides(decision: Decision, sharing: Sharing, ids: Mapping[str, int]) -> Iterable[Side]:
    to_reserves = sum(amount for to, amount in sharing.shares.items() if to == GENERAL or to.startswith(OPTIONAL))
    yield Side(Account.SURPLUS, decision.surplus + decision.brought)
    others = (
        (Account.SURPLUS, sharing.shares[CARRIED]),
        (Account.RESERVES, to_reserves),
        (Account.TRAINING, sharing.shares.get(TRAINING, 0)),
    )
    yield from (Side(account, -amount) for account, amount in others if amount)
    for to, amount in sharing.shares.items():
        number = number_of(to)
        if number is not None and amount:
            yield Side(Account.SHARES, -amount, ids[number])


def _row(entry_id: int, cooperative_id: int, resolved: Resolved, sharing: Sharing) -> dict[str, object]:
    decision = resolved.decision
    return {
        "entry_id": entry_id,
        "cooperative_id": cooperative_id,
        "year": resolved.year,
        "resolution": resolved.resolution,
        "held_on": resolved.held_on,
        "amount": decision.surplus,
        "brought": decision.brought,
        "carried": sharing.carried,
        "capital": decision.capital,
        "general_before": decision.general.before,
        "training_before": decision.training.before,
        "measure": decision.ristournes and decision.ristournes.by,
        "rate_ppm": decision.interest and decision.interest.rate_ppm,
    }


def _lines(entry_id: int, sharing: Sharing, ids: Mapping[str, int], kind: Kind) -> Iterable[dict[str, object]]:
    for position, taken in enumerate(sharing.steps, start=1):
        line, number = taken.line, number_of(taken.line.to)
        by_bylaws = kind is not Kind.SCOOPS and taken.article in OF_SCOOPS
        yield {
            "entry_id": entry_id,
            "position": position,
            "step": line.step,
            "label": line.label,
            "to": line.to,
            "member_id": None if number is None else ids[number],
            "amount": line.amount,
            "rest": line.rest,
            "weight": taken.weight,
            "article": BY_BYLAWS if by_bylaws else taken.article,
        }
