"""The chain through all cases: each step of any of them is sealed together with the step before it, of whichever case.

Who puts back an older copy of a case takes steps away that later ones stand on. Where the chain stood is kept outside
the database as well (`proving.outside`), so that an older copy of all of it is found too. A case that was erased leaves
what was sealed of it: digests under a key, and a number that was drawn.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain as joined

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.proving.faults import Fault

ERASED = 0  # the position of a link that says that a case was erased
Steps = Mapping[tuple[int, int], str]  # the seals of the steps that are there, by case and position


class CaseLink(Base):
    """A step of a case in the order of all steps of all cases, from 1; position 0: the case was erased."""

    __tablename__ = "case_links"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int]
    position: Mapped[int]
    step: Mapped[str]
    seal: Mapped[str]


@dataclass(frozen=True, slots=True)
class Link:
    """Where the chain stands: how many steps it has, and its seal; nought while no case was ever filed."""

    number: int = 0
    seal: str = ""

    def mark(self, at: str) -> str:
        """What is kept of it outside the database at a moment: a keyed digest, which tells nobody whether it moved."""
        return vault.digest("case mark", json.dumps([at, self.number, self.seal], separators=(",", ":")))


_NEWEST = select(CaseLink.number, CaseLink.seal).order_by(CaseLink.number.desc()).limit(1)
_ADD = insert(CaseLink).values({name: bindparam(name) for name in ("number", "case_id", "position", "step", "seal")})


def end(db: Connection) -> Link:
    """Where the chain stands now."""
    row = db.execute(_NEWEST).one_or_none()
    return Link() if row is None else Link(*row)


def add(db: Connection, case_id: int, position: int, step: str) -> None:
    """Add a step that was just taken, in one's turn (`tally.turn`)."""
    before = end(db)
    said = (before.number + 1, case_id, position, step)
    row = dict(zip(("number", "case_id", "position", "step"), said, strict=True))
    db.execute(_ADD, row | {"seal": _sealed(before.seal, said)})


def erase(db: Connection, case_id: int) -> None:
    """A case was kept long enough: from now on it is missed no more."""
    add(db, case_id, ERASED, "")


def _sealed(before: str, said: tuple[int, int, int, str]) -> str:
    return vault.digest("case link", json.dumps([before, *said], separators=(",", ":")))


def faults(db: Connection, steps: Steps) -> Iterator[Fault]:
    """Links that are not what was sealed, steps without one, and links whose step is another, or gone."""
    before, found, last = "", dict[tuple[int, int], str](), 0
    for row in db.execute(select(CaseLink.__table__).order_by(CaseLink.number)):
        if row.number != last + 1 or _sealed(before, row[:4]) != row.seal:
            yield Fault(f"the chain of the cases is broken at link {last + 1}", of_case=True)
            return
        before, last = row.seal, row.number
        found[row.case_id, row.position] = row.step
    erased = {case_id for case_id, position in found if position == ERASED}
    for case_id, position in sorted(joined(found, steps.keys() - found.keys())):
        gone = case_id in erased
        if position != ERASED and steps.get((case_id, position)) != (None if gone else found.get((case_id, position))):
            yield Fault(f"a case history, row {case_id}: step {position} is not what the chain says", of_case=True)
            return


def rolled_back(db: Connection, marks: list[tuple[str, str]]) -> Iterator[Fault]:
    """A moment at which what was kept outside is nowhere in the chain. `marks`, first to last: when, and the mark.

    They are in the order of the chain, so each is looked for from where the one before was found.
    """
    links = [Link(), *(Link(*row) for row in db.execute(select(CaseLink.number, CaseLink.seal).order_by("number")))]
    place = 0
    for at, mark in marks:
        found = next((each for each in range(place, len(links)) if vault.same(links[each].mark(at), mark)), None)
        if found is None:
            yield Fault(f"the cases are not those that were kept at {at}: an older copy was put back", of_case=True)
            return
        place = found
