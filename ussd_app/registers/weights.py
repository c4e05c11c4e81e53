"""A file of weights: a member or an affiliate a line, and a whole number. CSV or XLSX, as the registers are read."""

from collections.abc import Iterator
from pathlib import Path

from ussd_app.registers import cells, sheets
from ussd_app.registers.problems import FILE, Problem, Problems, Wrong


def weights(path: Path, who: str, what: str) -> dict[str, int]:
    """What a file with the columns `who` and `what` says. Raises Rejected with every error of it."""
    found: dict[str, int] = {}
    problems = Problems()
    try:
        for number, row in _rows(path, [who, what]):
            problems.add(_taken(found, number, row, (who, what)))
    except Wrong as wrong:
        problems.add([Problem(1, FILE, wrong)])
    problems.reject()
    return found


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[int, list[str]]]:
    with sheets.opened(path) as rows:
        if [each.strip().lower() for each in next(rows, [])] != columns:
            raise Wrong("les colonnes ne sont pas les bonnes", f"écrivez sur la ligne 1: {','.join(columns)}")
        for number, row in enumerate(rows, start=2):
            if any(each.strip() for each in row):
                yield number, row


def _taken(found: dict[str, int], number: int, row: list[str], columns: tuple[str, str]) -> list[Problem]:
    """Take one line; what is wrong with it."""
    if len(row) != len(columns):
        return [Problem(number, FILE, Wrong("la ligne n'a pas deux cellules", "écrivez le numéro, puis le nombre"))]
    column, *_ = columns
    try:
        code = cells.code(cells.clean(row[0]))
        if not code or code in found:
            return [Problem(number, column, Wrong("le numéro manque ou est double", "donnez chaque numéro une fois"))]
        column = columns[1]
        found[code] = cells.whole(0)(cells.clean(row[1]))
    except Wrong as wrong:
        return [Problem(number, column, wrong)]
    return []
