"""What was kept outside the database: the chains are still what they were at each of those moments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, select, tuple_

from models import chain, heads
from models.chain import Link
from models.cooperatives import Cooperative
from models.grievances import linked
from models.heads import Forged, Kept, Mark, Torn
from models.proving.faults import Fault

AT_ONCE = 400


@dataclass(slots=True)
class Outside:
    """The lines that were kept, and what comes of comparing them: all of them, not the last alone, since books that
    were sealed anew go on from there and would agree with the last.
    """

    lines: Iterable[str]
    highest: dict[int, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)

    def faults(self, db: Connection) -> Iterator[Fault]:
        """The lines that the chains contradict, and those that this service did not write."""
        codes = {row.id: row.code for row in db.execute(select(Cooperative.id, Cooperative.code))}
        numbered = iter(enumerate(self.lines, 1))
        while some := list(islice(numbered, AT_ONCE)):
            kept: list[Kept] = []
            for number, text in some:
                yield from self._read(number, text, kept)
            yield from _contradicted(db, kept, codes)
        yield from linked.rolled_back(db, self.marks)
        for cooperative_id in chain.heads(db).keys() - self.highest.keys():
            self.warnings.append(
                f"nothing was kept outside the database of the books of {codes.get(cooperative_id, cooperative_id)}"
            )

    def _read(self, number: int, text: str, kept: list[Kept]) -> Iterator[Fault]:
        try:
            each = heads.read(text)
        except Torn:
            self.warnings.append(f"line {number} of the heads kept outside the database is torn: it is not counted")
        except Forged:
            yield Fault(f"line {number} of the heads kept outside the database was not written by this service")
        else:
            if isinstance(each, Mark):
                self.marks.append((each.at, each.digest))
                return
            kept.append(each)
            self.highest[each.cooperative_id] = max(each.head.entries, self.highest.get(each.cooperative_id, 0))


def _contradicted(db: Connection, kept: list[Kept], codes: dict[int, str]) -> Iterator[Fault]:
    places = {(each.cooperative_id, each.head.entries) for each in kept}
    there = select(Link.cooperative_id, Link.position, Link.seal).where(
        tuple_(Link.cooperative_id, Link.position).in_(places)
    )
    seals = {(row[0], row[1]): row[2] for row in db.execute(there)}
    for each in kept:
        home, entries = each.cooperative_id, each.head.entries
        found, books = seals.get((home, entries)), f"the books of {codes.get(home, home)}"
        if found is None:
            yield Fault(f"{books} had {entries} entries at {each.at}: the last of them is gone", home)
        elif found != each.head.seal:
            yield Fault(f"{books} were written anew up to entry {entries}: at {each.at} they were others", home)
