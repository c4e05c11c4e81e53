"""Which payment settles which due: the oldest due first, by the oldest payment first; one rule for every figure.

A due is what is charged less what of it was given up (waived). Penalties are dues of their own. A waiver is neither
paid nor owed: it makes its due smaller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from models.entries import EntryKind

CHARGES = (EntryKind.DUE, EntryKind.PENALTY, EntryKind.CAPITAL)


class Money(NamedTuple):
    """One entry that stands on a member's account: charged above zero, settled below. `about`: the due of a waiver."""

    entry_id: int
    kind: EntryKind
    happened_on: date
    amount: int
    about: int | None = None


class Due(NamedTuple):
    """What was charged, what of it was waived, and what is settled by payments."""

    entry_id: int
    kind: EntryKind
    due_on: date
    charged: int
    waived: int = 0
    settled: int = 0

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.charged - self.waived - self.settled


class Part(NamedTuple):
    """What a payment settled of a due; `whole` when it settled all that was to be paid of it."""

    due_id: int
    due_on: date
    amount: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """The dues, oldest first; by payment what it settled; and the money paid ahead of all that is charged."""

    dues: tuple[Due, ...]
    parts: Mapping[int, tuple[Part, ...]]
    paid: int
    ahead: int

    def due(self, entry_id: int) -> Due | None:
        """One due, or None."""
        return next((each for each in self.dues if each.entry_id == entry_id), None)


def _in_order(money: Money) -> tuple[date, bool, int]:
    return money.happened_on, money.kind is EntryKind.PENALTY, money.entry_id


def allocate(entries: Iterable[Money]) -> Allocation:
    """Settle the dues of one account by its payments. Nothing is settled twice, lost or invented."""
    known = sorted(entries, key=_in_order)
    charges = [each for each in known if each.kind in CHARGES]
    waived = _waived(known, {each.entry_id for each in charges})
    open_ = [each.amount - waived.get(each.entry_id, 0) for each in charges]
    parts: dict[int, tuple[Part, ...]] = {}
    place = paid = ahead = 0
    for each in known:
        if each.kind in CHARGES or (each.kind is EntryKind.WAIVER and each.about in waived):
            continue
        paid -= each.amount
        place, left, parts[each.entry_id] = _settle(charges, waived, open_, place, -each.amount)
        ahead += left
    dues = (_due(each, waived.get(each.entry_id, 0), left) for each, left in zip(charges, open_, strict=True))
    return Allocation(tuple(dues), parts, paid, ahead)


def _waived(entries: Iterable[Money], charges: set[int]) -> dict[int, int]:
    """What was given up of each due. A waiver whose due is gone is no waiver any more, but money of the member."""
    waived: dict[int, int] = {}
    for each in entries:
        if each.kind is EntryKind.WAIVER and each.about in charges:
            waived[each.about] = waived.get(each.about, 0) - each.amount
    return waived


def _due(charge: Money, waived: int, left: int) -> Due:
    return Due(charge.entry_id, charge.kind, charge.happened_on, charge.amount, waived, charge.amount - waived - left)


def _settle(
    charges: Sequence[Money], waived: Mapping[int, int], open_: list[int], place: int, left: int
) -> tuple[int, int, tuple[Part, ...]]:
    """Spend an amount on what is open from a place on: where the next one goes on, what is left, what was settled."""
    parts = []
    while left > 0 and place < len(charges):
        due, spent = charges[place], min(left, open_[place])
        if spent:
            whole = spent == due.amount - waived.get(due.entry_id, 0)
            parts.append(Part(due.entry_id, due.happened_on, spent, whole))
        open_[place] -= spent
        left -= spent
        place += open_[place] == 0
    return place, left, tuple(parts)
