"""How an operator writes its statements: which column says what, how dates look, which rows are money coming in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

NEEDED = ("date", "amount", "phone", "reference")
COLUMNS = (*NEEDED, "direction")
DATES = ("d/m/y", "m/d/y", "y-m-d")
SETTINGS = ("dates", "incoming", "only")


class BadLayout(ValueError):
    """The layout cannot be used; the sentence says what is wrong, and what would be right."""


def name_of(header: str) -> str:
    """The name of a column as it is compared: spaces around it and case do not matter."""
    return " ".join(header.casefold().split())


@dataclass(frozen=True, slots=True)
class Layout:
    """Which header stands for which of our columns. Dates that begin with the year are always read.

    `incoming` are the words of the direction that mean money coming in; without any, the usual ones. `only` keeps the
    rows that have one of these words in a column, such as those of transfers that went through.
    """

    columns: Mapping[str, str]
    dates: str = DATES[0]
    incoming: Sequence[str] = ()
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what was given. Raises BadLayout."""
        missing = [name for name in NEEDED if not self.columns.get(name)]
        if missing:
            raise BadLayout(f"no column is given for {', '.join(missing)}; name each as it stands in the file's header")
        unknown = [name for name in self.columns if name not in COLUMNS]
        if unknown:
            raise BadLayout(f"{unknown[0]} is no column; the columns are {', '.join(COLUMNS)}")
        if self.dates not in DATES:
            raise BadLayout(f"dates are written as one of {', '.join(DATES)}")
        if self.incoming and "direction" not in self.columns:
            raise BadLayout("words for incoming money need the column of the direction")


def of_words(words: str, dates: str, incoming: Sequence[str]) -> Layout:
    """The layout of `date=Date,amount=Montant,...`. Raises BadLayout."""
    pairs = [part.partition("=") for part in words.split(",")]
    if not all(sign and name.strip() and header.strip() for name, sign, header in pairs):
        raise BadLayout("columns are given as date=Date,amount=Montant,phone=Numéro,reference=Réf")
    return Layout({name.strip(): header.strip() for name, _sign, header in pairs}, dates, incoming)


def of_file(path: Path) -> Layout:
    """The layout of a JSON file: an object with our columns, and `dates`, `incoming` and `only`. Raises BadLayout."""
    right = 'give an object such as {"date": "Date", "amount": "Montant", "phone": "Numéro", "reference": "Réf"}'
    try:
        said = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadLayout(f"the mapping is no JSON that can be read; {right}") from error
    if not isinstance(said, dict):
        raise BadLayout(f"the mapping is no object; {right}")
    columns = {name: header for name, header in said.items() if name not in SETTINGS}
    incoming, only = said.get("incoming", []), said.get("only", {})
    if not (isinstance(only, dict) and all(map(_are_words, (incoming, [*columns.values()], *only.values())))):
        raise BadLayout(f"the mapping holds something else than names of columns and lists of words; {right}")
    return Layout(columns, str(said.get("dates", DATES[0])), incoming, only)


def _are_words(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) and each.strip() for each in given)
