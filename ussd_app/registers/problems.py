"""What is wrong with a file: every error, where it stands, and what would be right."""

from collections.abc import Iterable
from dataclasses import dataclass, field

SHOWN = 1000
FILE = "fichier"  # stands for the column where an error is of the whole file


class Wrong(ValueError):
    """Something cannot be accepted: what is wrong, and what would be right."""

    def __init__(self, what: str, right: str) -> None:
        """Never give a name, a number or an amount of a member to say."""
        super().__init__(f"{what}; {right}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: the row (the header is row 1), the column, and the words."""

    row: int
    column: str
    wrong: Wrong

    def __str__(self) -> str:
        return f"{self.row}:{self.column}: {self.wrong}"


class Rejected(ValueError):
    """The file was refused and nothing of it was written. `errors` are lines to be shown, in the order of the rows."""

    def __init__(self, errors: list[str]) -> None:
        """Keep the lines."""
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass
class Problems:
    """The errors found so far. The first ones are kept, the others are counted."""

    _shown: list[str] = field(default_factory=list)
    _more: int = 0
    _row: int = 0

    def __bool__(self) -> bool:
        return bool(self._shown)

    def add(self, problems: Iterable[Problem]) -> None:
        """Add what was found in the next rows, in any order."""
        for problem in sorted(problems, key=lambda found: found.row):
            if len(self._shown) < SHOWN:
                self._shown.append(str(problem))
            else:
                self._more += 1
                self._row = self._row or problem.row

    def reject(self) -> None:
        """Raise Rejected when there is any."""
        if not self._shown:
            return
        if not self._more:
            raise Rejected(self._shown)
        hidden = Wrong(f"{self._more} autres erreurs ne sont pas montrées", "corrigez d'abord celles-ci")
        raise Rejected([*self._shown, str(Problem(self._row, FILE, hidden))])
