"""Read a file into a register: all of it, or nothing.

The rows are taken in chunks. Each chunk is read, compared with what is stored, and written at once as long as no error
was found; the first error stops the writing, not the reading, and the savepoint takes back what was written before it.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from models.members import Member
from ussd_app.registers.homes import known
from ussd_app.registers.nouns import Found, Given, Key, Noun, Stored, by_cooperative
from ussd_app.registers.problems import Problem, Problems, Wrong
from ussd_app.registers.rows import STEP, Progress, Rows


@dataclass
class Outcome:
    """What an import did: rows read, and of these new, changed, and there already."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0


def read_in(db: Connection, noun: Noun, path: Path, now: datetime, progress: Progress) -> Outcome:
    """Read a file. Raises Rejected with every error of it, and then nothing is written."""
    reading = _Reading(db, noun, now, progress)
    with db.begin_nested():
        rows = reading.rows.of(path)
        while chunk := list(islice(rows, None if noun.entire else STEP)):
            reading.take(chunk)
        reading.settle()
        reading.problems.reject()
    reading.outcome.rows = reading.rows.count
    return reading.outcome


class _Reading:
    """One import on its way."""

    def __init__(self, db: Connection, noun: Noun, now: datetime, progress: Progress) -> None:
        self.db = db
        self.noun = noun
        self.now = now
        self.rows = Rows(noun, known(db), progress)
        self.problems = Problems()
        self.outcome = Outcome()
        self._seen: dict[Key, tuple[int, bytes]] = {}

    def take(self, chunk: Sequence[Given]) -> None:
        """Judge the next rows, and write them while all is well."""
        self._find_members([given for given in chunk if given.home and "member" in given.values])
        rows = [given for given in chunk if not given.broken and self._is_first(given)]
        found = self.noun.find(self.db, rows)
        self._complete(rows, found)
        self.rows.problems += self.noun.check(self.db, chunk, found, self.rows.homes)
        new, changed = self._compare(rows, found)
        self.settle()
        if not self.problems:
            self.noun.write(self.db, new, changed, self.now)

    def settle(self) -> None:
        """Take over the errors found in the last rows."""
        self.problems.add(self.rows.problems)
        self.rows.problems.clear()

    def _refuse(self, given: Given, column: str, what: str, right: str) -> None:
        given.broken = True
        self.rows.problems.append(Problem(given.row, column, Wrong(what, right)))

    def _find_members(self, rows: Sequence[Given]) -> None:
        """Find whom the rows are about, when the register has a member on each."""
        if "member" not in self.noun.names:
            return
        ids = {
            (cooperative_id, number): member_id
            for cooperative_id, numbers in by_cooperative(rows, "member")
            for member_id, number in _members(self.db, cooperative_id, numbers)
        }
        for given in rows:
            given.member_id = ids.get((given.cooperative_id, given.values["member"]))
            if given.member_id is None:
                right = "donnez un numéro du registre des membres de cette coopérative"
                self._refuse(given, "member", "ce membre n'est pas connu", right)

    def _is_first(self, given: Given) -> bool:
        """Whether the key was not in the file before; the same row again is left out, another row is an error."""
        key = self.noun.key_of(given.values)
        told = array("q", (hash(given.values[name]) for name in self.noun.names))
        row, before = self._seen.setdefault(key, (given.row, told.tobytes()))
        if row == given.row:
            return True
        other = [name for name, a, b in zip(self.noun.names, told, memoryview(before).cast("q"), strict=True) if a != b]
        if other:
            self._refuse(given, other[0], f"la ligne {row} dit déjà autre chose", "gardez une des deux lignes")
        elif self.noun.once:
            self._refuse(given, self.noun.key[-1], f"la ligne {row} dit déjà la même chose", self.noun.once)
        else:
            self.outcome.unchanged += 1
        return False

    def _complete(self, rows: Sequence[Given], found: Found) -> None:
        """Say in full what a row means of what is stored: where its cell is empty, and beside what is there."""
        there = [(given, found.get(self.noun.key_of(given.values))) for given in rows]
        for given, stored in ((given, stored) for given, stored in there if stored is not None):
            for column in self.noun.columns:
                if column.keeps and given.values[column.name] == column.empty:
                    given.values[column.name] = stored.values[column.name]
                elif column.merge is not None:
                    given.values[column.name] = column.merge(given.values[column.name], stored.values[column.name])

    def _compare(self, rows: Sequence[Given], found: Found) -> tuple[list[Given], list[Given]]:
        """The rows that are new and those that change what is stored."""
        new, changed = [], []
        for given in rows:
            stored = found.get(self.noun.key_of(given.values))
            if given.broken or self.noun.void(given):
                self.outcome.unchanged += 1
            elif stored is None:
                self._refuse_to_come(given)
                new.append(given)
            elif self._differs(given, stored):
                changed.append(given)
            else:
                self.outcome.unchanged += 1
        self.outcome.new += len(new)
        self.outcome.changed += len(changed)
        return new, changed

    def _refuse_to_come(self, given: Given) -> None:
        """What was paid or sold was so today at the latest, where the cooperative is: else a year was mistyped."""
        for column in self.noun.columns:
            if column.past and given.home is not None and given.values[column.name] > given.home.today(self.now):
                right = f"écrivez {given.home.today(self.now)} au plus tard"
                self._refuse(given, column.name, "cette date n'est pas encore venue", right)

    def _differs(self, given: Given, stored: Stored) -> bool:
        """Whether a row changes what is stored; where that is not allowed, each column that does is an error."""
        given.stored_id = stored.id
        other = [name for name, value in given.values.items() if value != stored.values[name]]
        if other and self.noun.fixed:
            for name in other:
                self._refuse(given, name, "les livres ont déjà une autre valeur", self.noun.fixed)
        return bool(other)


def _members(db: Connection, cooperative_id: int, numbers: Sequence[str]) -> Iterator[tuple[int, str]]:
    numbered = select(Member.id, Member.number).where(Member.cooperative_id == cooperative_id)
    yield from ((row.id, row.number) for row in db.execute(numbered.where(Member.number.in_(numbers))))
