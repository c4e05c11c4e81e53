"""What a noun is: its columns, what tells two rows apart, where its rows stand, and how new ones are written."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select

from ussd_app.registers.homes import Home, Homes
from ussd_app.registers.problems import Problem, Wrong

Key = tuple[Any, ...]
Values = dict[str, Any]
NEEDED: Any = object()  # an empty cell is an error


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its cell is read, and what is meant when it is empty."""

    name: str
    read: Callable[[str], Any]
    empty: Any = NEEDED
    here: Callable[[Any, Home], Any] | None = None  # reads on, knowing the cooperative
    load: Callable[[Any], Any] | None = None  # what the database gives, as it was read
    keeps: bool = False  # an empty cell leaves a stored row as it is
    merge: Callable[[Any, Any], Any] | None = None  # what a cell means beside what is stored
    phones: bool = False  # its plus signs are no formulas
    past: bool = False  # a day that is not still to come


@dataclass(slots=True)
class Given:
    """A row of the file. A broken one has its error already; it says only what could be read of it."""

    row: int
    values: Values = field(default_factory=dict)
    home: Home | None = None
    member_id: int | None = None
    stored_id: int | None = None
    broken: bool = False

    @property
    def cooperative_id(self) -> int:
        """The cooperative of a row that is not broken."""
        if self.home is None:
            raise LookupError("a row without a cooperative is broken")
        return self.home.id

    @property
    def owner_id(self) -> int:
        """The member of a row that is not broken."""
        if self.member_id is None:
            raise LookupError("a row without its member is broken")
        return self.member_id

    def problem(self, column: str, what: str, right: str) -> Problem:
        """An error of this row."""
        return Problem(self.row, column, Wrong(what, right))


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as the database has it."""

    id: int
    values: Values


Found = dict[Key, Stored]
Write = Callable[[Connection, Sequence[Given], Sequence[Given], datetime], None]
Among = Callable[[Connection, Sequence[Given]], Iterator[ColumnElement[bool]]]
Check = Callable[[Connection, Sequence[Given], Found, Homes], Iterable[Problem]]


def _no_check(*_anything: object) -> Iterable[Problem]:
    return ()


def _never(_given: Given) -> bool:
    return False


@dataclass(frozen=True)
class Noun:
    """A register. `stored` selects its rows with one label a column, and an `id`."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    stored: Select[*tuple[Any, ...]]
    among: Among  # narrows `stored` to rows that may be these
    order: tuple[ColumnElement[Any] | Any, ...]
    write: Write
    standing: ColumnElement[bool] | None = None  # what is exported, when that is not all
    check: Check = _no_check  # what no row alone can tell
    fixed: str | None = None  # why a stored row cannot be changed, as what would be right
    void: Callable[[Given], bool] = _never  # a row that leaves nothing to be stored
    once: str | None = None  # why the same row twice is no repetition, as what would be right
    entire: bool = False  # a row can be judged only when the whole file is known
    belongs: bool = True  # its rows are of a cooperative that is there already

    @property
    def names(self) -> list[str]:
        """The header."""
        return [column.name for column in self.columns]

    def key_of(self, values: Values) -> Key:
        """What tells this row from the others."""
        return tuple(values[name] for name in self.key)

    def loaded(self, row: RowMapping) -> Values:
        """A stored row, as it would have been read from a file."""
        return {
            column.name: column.load(row[column.name]) if column.load else row[column.name] for column in self.columns
        }

    def find(self, db: Connection, rows: Sequence[Given]) -> Found:
        """The stored rows that have the keys of these, and perhaps a few others."""
        found = {}
        for condition in self.among(db, rows):
            for row in db.execute(self.stored.where(condition)).mappings():
                values = self.loaded(row)
                found[self.key_of(values)] = Stored(row["id"], values)
        return found


def slices(wanted: Sequence[Any], size: int = 1000) -> Iterator[Sequence[Any]]:
    """Parts that a database takes in one statement."""
    for start in range(0, len(wanted), size):
        yield wanted[start : start + size]


def by_cooperative(rows: Iterable[Given], column: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """What these rows say in a column, one cooperative at a time, each value once."""
    said: dict[int, dict[Any, None]] = defaultdict(dict)
    for given in rows:
        said[given.cooperative_id][given.values[column]] = None
    for cooperative_id, values in said.items():
        for part in slices(list(values)):
            yield cooperative_id, part


def in_cooperative(cooperative: Any, column: Any, name: str) -> Among:
    """Narrow to the rows of the same cooperatives that agree in one column."""
    return lambda _db, rows: (
        (cooperative == cooperative_id) & column.in_(part) for cooperative_id, part in by_cooperative(rows, name)
    )
