"""A plain model of the books: entries in a dictionary, all else is a sum over it. It shares no code with the books."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from models.entries import Account, EntryKind
from models.hands import Hand

Place = tuple[Account, int | None]
CHARGES = (EntryKind.DUE, EntryKind.PENALTY, EntryKind.CAPITAL)


@dataclass(frozen=True)
class Booked:
    """An entry: whose books, of what kind, of which day, what it puts where; the entry it undoes or is about."""

    home: int
    kind: EntryKind
    on: date
    sides: frozenset[tuple[Place, int]]
    lot: int | None = None
    about: int | None = None

    def put(self, account: Account, member_id: int | None = None) -> int:
        """What it puts on an account, of a member where it is a member's."""
        return dict(self.sides).get((account, member_id), 0)

    @property
    def member_id(self) -> int | None:
        """The member of an entry that is about one."""
        return next((member for (_account, member), _amount in self.sides if member is not None), None)


def booked(
    home: int,
    kind: EntryKind,
    on: date,
    *sides: tuple[Account, int | None, int],
    lot: int | None = None,
    about: int | None = None,
) -> Booked:
    """An entry with these sides; several on one place are one."""
    sums: Counter[Place] = Counter()
    for account, member_id, amount in sides:
        sums[account, member_id] += amount
    return Booked(home, kind, on, frozenset((place, amount) for place, amount in sums.items() if amount), lot, about)


def in_proportion(pot: int, weights: Sequence[int]) -> list[int]:
    """A pot by weights, in whole units: the units left over go to the largest remainders, the first ones first."""
    exact = [divmod(pot * weight, sum(weights)) for weight in weights]
    left = pot - sum(whole for whole, _ in exact)
    first = sorted(range(len(weights)), key=lambda place: (-exact[place][1], place))[:left]
    return [whole + (place in first) for place, (whole, _) in enumerate(exact)]


@dataclass
class Proposed:
    """What waits for a second key: who asked, when, whom alone it serves, and what it would do now.

    `would` gives the entries it makes, or None when it has to be refused; `then` is what else it changes.
    """

    number: int
    by: Hand
    at: datetime
    would: Callable[[], Sequence[Booked] | None]
    serves: int | None
    then: Callable[[], None]
    waits: bool = True


@dataclass(frozen=True)
class Due:
    """A due that stands, what was given up of it and what is still open."""

    entry_id: int
    due_on: date
    charged: int
    waived: int
    open: int


@dataclass
class Model:
    """What must be true."""

    entries: dict[int, Booked] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    proposals: dict[int, Proposed] = field(default_factory=dict)
    said: dict[str, bool] = field(default_factory=dict)  # what members answered, by what they were asked about

    def add(self, entry_id: int, entry: Booked) -> None:
        """An entry was written."""
        self.entries[entry_id] = entry
        if entry.kind is EntryKind.REVERSAL and entry.about is not None:
            self.undone.add(entry.about)

    def standing(self, *kinds: EntryKind) -> Iterator[tuple[int, Booked]]:
        """The entries of these kinds that were not undone, in the order in which they were written."""
        for entry_id, entry in sorted(self.entries.items()):
            if entry.kind in kinds and entry_id not in self.undone:
                yield entry_id, entry

    def balances(self) -> dict[Place, int]:
        """What is on every account."""
        sums: Counter[Place] = Counter()
        for entry in self.entries.values():
            for place, amount in entry.sides:
                sums[place] += amount
        return {place: amount for place, amount in sums.items() if amount}

    def reversal(self, entry_id: int, on: date) -> Booked:
        """What undoes an entry."""
        entry = self.entries[entry_id]
        sides = frozenset((place, -amount) for place, amount in entry.sides)
        return Booked(entry.home, EntryKind.REVERSAL, on, sides, entry.lot, entry_id)

    def paid(self, member_id: int, account: Account, upto: date = date.max) -> int:
        """What a member has paid, by a day."""
        payments = self.standing(EntryKind.PAYMENT)
        return -sum(entry.put(account, member_id) for _, entry in payments if entry.on <= upto)

    def dues(self, member_id: int, account: Account, upto: date = date.max) -> list[Due]:
        """What a member was charged, the oldest first; what was paid by a day settles them in that order."""
        waived: Counter[int | None] = Counter()
        for _, entry in self.standing(EntryKind.WAIVER):
            waived[entry.about] -= entry.put(Account.DUES, member_id)
        charges = [(entry_id, entry) for entry_id, entry in self.standing(*CHARGES) if entry.put(account, member_id)]
        left, found = self.paid(member_id, account, upto), []
        for entry_id, entry in sorted(charges, key=lambda each: (each[1].on, each[1].kind == "penalty", each[0])):
            charged = entry.put(account, member_id)
            settled = min(left, charged - waived[entry_id])
            left -= settled
            found.append(Due(entry_id, entry.on, charged, waived[entry_id], charged - waived[entry_id] - settled))
        return found

    def owed(self, member_id: int, account: Account, today: date) -> int:
        """What a member owes today; below zero, what was paid ahead."""
        fallen = [due.charged - due.waived for due in self.dues(member_id, account) if due.due_on <= today]
        return sum(fallen) - self.paid(member_id, account)
