"""The rows of a statement, read by its layout: money that came in, and every error."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from models.statements import Received
from ussd_app.registers import cells, sheets
from ussd_app.registers.formulas import armed
from ussd_app.registers.homes import Home
from ussd_app.registers.problems import FILE, Problem, Wrong
from ussd_app.statements.layout import Layout, name_of

Value = TypeVar("Value")

_SPACES = " \u00a0\u202f"
_AMOUNT = re.compile(
    rf"(?P<sign>[+\-\u2212]?)[{_SPACES}]*(?P<digits>[0-9{_SPACES}]+?)(?:[.,]0{{1,2}})?[{_SPACES}]*"
    rf"(?:F|FG|F[{_SPACES}]?CFA|CFA|XOF|XAF|GNF)?",
    re.IGNORECASE,
)
_TIME = r"(?:[T ,]+[0-9]{1,2}[:hH][0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp][Mm])?)?"
_YEAR_FIRST = re.compile(rf"(?P<y>[0-9]{{4}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}}){_TIME}")
_ORDERS = {
    "d/m/y": re.compile(rf"(?P<d>[0-9]{{1,2}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<y>[0-9]{{4}}|[0-9]{{2}}){_TIME}"),
    "m/d/y": re.compile(rf"(?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}})[-/.](?P<y>[0-9]{{4}}|[0-9]{{2}}){_TIME}"),
    "y-m-d": _YEAR_FIRST,
}
COMING = frozenset({"in", "c", "cr", "credit", "entree", "entrant", "recu", "recue", "reception", "encaissement"}) | {
    *("received", "incoming", "cash in", "depot", "deposit", "c2b")
}
GOING = frozenset(
    {"out", "d", "dr", "debit", "sortie", "sortant", "envoi", "envoye", "envoyee", "retrait", "frais"}
) | {*("sent", "outgoing", "cash out", "decaissement", "withdrawal", "fee", "b2c", "commission")}


def _loose(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


@dataclass
class Lines:
    """The lines of one file. `problems` are its errors, `skipped` its rows that are no money coming in."""

    layout: Layout
    home: Home
    today: date
    problems: list[Problem] = field(default_factory=list)
    skipped: int = 0

    def of(self, path: Path) -> Iterator[tuple[int, Received]]:
        """Each row of money that came in, with its number; the header is row 1. What breaks the file ends the rows."""
        number = 0
        try:
            with sheets.opened(path) as sheet:
                header = [name_of(each) for each in next(sheet, [])]
                number = 1
                places = self._places(header)
                for number, row in enumerate(sheet, 2):
                    if places and any(map(str.strip, row)):
                        yield from self._row(number, row, places)
        except Wrong as wrong:
            self.problems.append(Problem(number + 1, FILE, wrong))

    def _places(self, header: Sequence[str]) -> dict[str, int]:
        """Where each column stands; nothing when one is missing, or there twice."""
        wanted = {**self.layout.columns, **{title: title for title in self.layout.only}}
        wrongs = [
            Problem(1, name if name in self.layout.columns else FILE, Wrong(what, "donnez le nom écrit dans l'en-tête"))
            for name, title in wanted.items()
            for times in [header.count(name_of(title))]
            for what in [f"la colonne « {title} » " + ("manque" if times == 0 else "est donnée deux fois")]
            if times != 1
        ]
        self.problems += wrongs
        return {} if wrongs else {name: header.index(name_of(title)) for name, title in wanted.items()}

    def _row(self, number: int, row: Sequence[str], places: dict[str, int]) -> Iterator[tuple[int, Received]]:
        if max(places.values()) >= len(row):
            what, right = "la ligne est plus courte que l'en-tête", "donnez une cellule par colonne"
            self.problems.append(Problem(number, FILE, Wrong(what, right)))
            return
        said = {name: row[place] for name, place in places.items()}
        before = len(self.problems)
        amount = self._money(number, said) if self._is_kept(said) else None
        if amount is None:
            self.skipped += len(self.problems) == before
            return
        received_on = self._read(number, "date", said["date"], self._day)
        reference = self._read(number, "reference", said["reference"], _reference)
        if received_on is not None and reference is not None:
            yield number, Received(reference, received_on, amount, self._phone(said["phone"]))

    def _read(self, number: int, column: str, cell: str, read: Callable[[str], Value]) -> Value | None:
        try:
            return read(cells.clean(armed(cell)).strip())
        except Wrong as wrong:
            self.problems.append(Problem(number, column, wrong))
            return None

    def _money(self, number: int, said: Mapping[str, str]) -> int | None:
        """The amount of a row, or None when it is no money that came in. Without a direction, its sign says which."""
        if "direction" not in said:
            amount = self._read(number, "amount", said["amount"], _amount)
            return amount if amount is not None and amount > 0 else None
        coming = self._read(number, "direction", said["direction"], self._coming)
        return self._read(number, "amount", said["amount"], _received) if coming else None

    def _is_kept(self, said: Mapping[str, str]) -> bool:
        only = self.layout.only
        return all(_loose(said[title]) in {*map(_loose, words)} for title, words in only.items())

    def _coming(self, cell: str) -> bool:
        """Whether a row is money that came in, by the words of the operator."""
        word = _loose(cell)
        if self.layout.incoming:
            return word in {*map(_loose, self.layout.incoming)}
        if word in COMING or word in GOING:
            return word in COMING
        right = "dites avec « incoming » quels mots veulent dire de l'argent reçu"
        raise Wrong("le sens de cette ligne n'est pas connu", right)

    def _day(self, words: str) -> date:
        right = f"écrivez la date comme {self.layout.dates}, ou l'année d'abord, par exemple 2026-12-31"
        found = _YEAR_FIRST.fullmatch(words) or _ORDERS[self.layout.dates].fullmatch(words)
        if found is None:
            raise Wrong("ce n'est pas une date de ce format", right)
        year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
        try:
            day = date(year, int(found["m"]), int(found["d"]))
        except ValueError as error:
            raise Wrong("cette date n'existe pas", right) from error
        if not date(2000, 1, 1) <= day <= self.today:
            raise Wrong("cette date est à venir, ou trop ancienne", right)
        return day

    def _phone(self, cell: str) -> str | None:
        """The number that paid; None when the operator hides it, or says a name."""
        try:
            said = cells.clean(armed(cell)).strip()
        except Wrong:
            return None
        for spelled in (said, f"+{said}"):  # operators leave out the plus
            try:
                return cells.dialled((spelled,), self.home)[0]
            except Wrong:
                continue
        return None


def _reference(word: str) -> str:
    if not word:
        raise Wrong("la cellule est vide", "donnez la référence de l'opérateur: elle distingue les lignes")
    return cells.code(word)


def _amount(words: str) -> int:
    """A whole amount, thousands apart or not, with its sign; an empty cell is nothing."""
    if not words:
        return 0
    found = _AMOUNT.fullmatch(words)
    if found is None:
        raise Wrong("ce n'est pas un montant entier", "écrivez seulement des chiffres, par exemple 12 500")
    amount = cells.whole(0)(found["digits"])
    return amount if found["sign"] in ("", "+") else -amount


def _received(words: str) -> int:
    amount = _amount(words)
    if amount <= 0:
        raise Wrong("de l'argent reçu n'a pas ce montant", "vérifiez la colonne du sens et celle du montant")
    return amount
