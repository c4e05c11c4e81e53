"""The chains: every entry is at its place as it was sealed, every payment has the next receipt, nothing is missing.

All books are read once, in the order in which they were written, in bounded memory; what members owe is added up on the
way (`models.proving.balances`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from models import chain, sealing
from models.chain import Chain, Link, Receipt
from models.cooperatives import Cooperative
from models.entries import Entry, EntryKind
from models.proving.balances import Balances
from models.proving.faults import Fault
from models.sealing import Linked

Progress = Callable[[int], None]
STEP = 10_000


def strays(db: Connection) -> Iterator[Fault]:
    """Links and receipts of entries that are not there, or are no payments."""
    lost = select(Link.cooperative_id, Link.entry_id, Link.position).outerjoin(Entry, Entry.id == Link.entry_id)
    for home, entry_id, position in db.execute(lost.where(Entry.id.is_(None)).order_by(Link.entry_id)):
        yield Fault(f"entry {entry_id}: it is gone; it was sealed at position {position} of its chain", home)
    torn = (
        select(Receipt.cooperative_id, Receipt.number)
        .outerjoin(Entry, (Entry.id == Receipt.entry_id) & (Entry.kind == EntryKind.PAYMENT))
        .where(Entry.id.is_(None))
    )
    for home, number in db.execute(torn.order_by(Receipt.cooperative_id, Receipt.number)):
        yield Fault(f"receipt {number} of cooperative {home}: its payment is not there", home)


@dataclass(slots=True)
class _Reading:
    """The chain of one cooperative, as far as it has been read."""

    home: int
    code: str
    position: int = 0
    receipts: int = 0
    head: str = chain.START
    balances: Balances = field(default_factory=Balances)

    def take(self, each: Linked) -> Iterator[Fault]:
        """What is not right with the next entry. One that was changed does not make those after it wrong."""
        self.balances.take(each.content)
        missing, before = self.position + 1, self.head
        wrong = [self._receipt(each)]
        if each.position is None or each.seal is None:
            wrong.append("it is not in the chain")
        else:
            self.position, self.head = each.position, each.seal
            wrong.append(self._place(each, each.position, missing, before))
        said = next((words for words in wrong if words), None)
        if said:
            yield Fault(f"entry {each.key}: {said}", self.home)

    def _receipt(self, each: Linked) -> str | None:
        if not each.content.receipted:
            return None if each.receipt is None else f"it has receipt {each.receipt} and is no payment"
        awaited, self.receipts = self.receipts + 1, each.receipt or self.receipts + 1
        if each.receipt is None:
            return f"its receipt {awaited} is not there"
        if each.receipt != awaited or each.receipt_of != self.home:
            return f"its receipt is {each.receipt}, not {awaited} of {self.code}"
        return None

    def _place(self, each: Linked, position: int, awaited: int, before: str) -> str | None:
        if each.chain_of != self.home:
            return "it is in the chain of another cooperative"
        if position != awaited:
            return f"it is at position {position} of the chain of {self.code}, and none is at {awaited}"
        if chain.sealed(before, position, each.receipt, each.content) != each.seal:
            return f"it is not what was sealed at position {position} of the chain of {self.code}"
        return None

    def end(self, stands: tuple[int, int, str]) -> Iterator[Fault]:
        """Whether the chain says of itself what was read."""
        if (self.position, self.receipts, self.head) != stands:
            said = f"{stands[0]} entries and {stands[1]} receipts"
            read = f"{self.position} and {self.receipts}"
            yield Fault(f"chain of {self.code}: it says {said}, it has {read}, or another end", self.home)


NONE = (0, 0, chain.START)


def chains(db: Connection, progress: Progress) -> Iterator[Fault]:
    """Read every entry of every cooperative; `progress` is told how many, now and then."""
    codes = {row.id: row.code for row in db.execute(select(Cooperative.id, Cooperative.code))}
    stand = {row[0]: tuple(row[1:]) for row in db.execute(select(*Chain.__table__.c))}
    reading: _Reading | None = None
    for count, each in enumerate(_readable(sealing.links(db)), 1):
        if isinstance(each, Fault):
            yield each
            return
        home = each.content.cooperative_id
        if reading is None or reading.home != home:
            yield from _closed(db, reading, stand)
            reading = _Reading(home, codes.get(home, str(home)))
        yield from reading.take(each)
        if count % STEP == 0:
            progress(count)
    yield from _closed(db, reading, stand)
    for home, stands in stand.items():
        yield from _Reading(home, codes.get(home, str(home))).end(stands)


Stands = dict[int, tuple[int, int, str]]


def _closed(db: Connection, reading: _Reading | None, stand: Stands) -> Iterator[Fault]:
    if reading is not None:
        yield from reading.end(stand.pop(reading.home, NONE))
        yield from reading.balances.faults(db, reading.home)


def _readable(entries: Iterable[Linked]) -> Iterator[Linked | Fault]:
    """The entries; and a fault instead of the first that holds what is no date or no time."""
    last = "the beginning"
    try:
        for each in entries:
            last = f"entry {each.key}"
            yield each
    except (TypeError, ValueError):
        yield Fault(f"an entry soon after {last}: it cannot be read")
