"""The rows of a file, read cell by cell: what each says, and every error in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ussd_app.registers import sheets
from ussd_app.registers.cells import clean
from ussd_app.registers.formulas import armed
from ussd_app.registers.homes import Homes
from ussd_app.registers.nouns import NEEDED, Column, Given, Noun
from ussd_app.registers.problems import FILE, Problem, Wrong

STEP = 5000
Progress = Callable[[int], None]


@dataclass
class Rows:
    """The rows of one file. `problems` are those found since somebody looked."""

    noun: Noun
    homes: Homes
    progress: Progress
    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def of(self, path: Path) -> Iterator[Given]:
        """Every row below the header, but not the empty ones. What breaks the file itself ends the rows."""
        number = 0
        try:
            with sheets.opened(path) as sheet:
                header = next(sheet, [])
                number = 1
                names = self._names(header)
                for number, cells in enumerate(sheet, 2):
                    if names and any(map(str.strip, cells)):
                        yield self._row(number, cells, names, len(header))
                        self._step()
        except Wrong as wrong:
            self.problems.append(Problem(number + 1, FILE, wrong))

    def _step(self) -> None:
        self.count += 1
        if self.count % STEP == 0:
            self.progress(self.count)

    def _names(self, header: list[str]) -> list[str]:
        """The columns in the order of the file; none when the header is wrong."""
        names = [name.strip().casefold() for name in header]
        while names and not names[-1]:
            names.pop()
        wrongs = list(_header_faults(names, self.noun.names))
        self.problems += [Problem(1, name, wrong) for name, wrong in wrongs]
        return [] if wrongs else names

    def _row(self, number: int, cells: list[str], names: list[str], width: int) -> Given:
        given = Given(number)
        if len(cells) != width or any(cells[len(names) :]):
            where = names[min(len(cells), len(names) - 1)]
            what = f"la ligne a {len(cells)} cellules et l'en-tête {width}"
            right = "donnez une cellule par colonne, entre guillemets quand elle contient le séparateur"
            self._break(given, where, Wrong(what, right))
            return given
        said = dict(zip(names, cells, strict=False))
        for column in self.noun.columns:
            try:
                given.values[column.name] = self._value(column, said[column.name], given)
            except Wrong as wrong:
                self._break(given, column.name, wrong)
        return given

    def _break(self, given: Given, column: str, wrong: Wrong) -> None:
        given.broken = True
        self.problems.append(Problem(given.row, column, wrong))

    def _value(self, column: Column, cell: str, given: Given) -> Any:
        said = clean(armed(cell))
        if not said.strip():
            if column.empty is NEEDED:
                raise Wrong("la cellule est vide", "remplissez-la")
            return column.empty
        value = column.read(said)
        if column.name == "cooperative" and self.noun.belongs:
            given.home = self._home(value)
        if column.here is None or given.home is None:
            return value
        return column.here(value, given.home)

    def _home(self, code: str) -> Any:
        home = self.homes.get(code)
        if home is None:
            right = "donnez le code d'une coopérative déjà importée"
            raise Wrong("cette coopérative n'est pas connue", right)
        return home


def _header_faults(names: list[str], wanted: list[str]) -> Iterator[tuple[str, Wrong]]:
    """What is wrong with a header. One without any known column is a member perhaps: it is not repeated."""
    expected = f"les colonnes sont {', '.join(wanted)}"
    if not names:
        yield FILE, Wrong("le fichier est vide", expected)
    elif not set(names) & set(wanted):
        yield FILE, Wrong("la première ligne ne nomme pas les colonnes", expected)
    else:
        for place, name in enumerate(names):
            if name in names[:place]:
                yield name, Wrong("cette colonne est donnée deux fois", "gardez-en une")
            elif name not in wanted:
                yield _title(name, place), Wrong("cette colonne n'est pas connue", expected)
        for name in wanted:
            if name not in names:
                yield name, Wrong("cette colonne manque", expected)


def _title(name: str, place: int) -> str:
    """The name of an unknown column, or its place when it is no single word."""
    return name if name.isidentifier() and len(name) <= 20 else str(place + 1)
