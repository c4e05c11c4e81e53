"""Files as rows of text: CSV or XLSX, read and written by the ending of the file."""

import csv
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import IO, Any
from warnings import catch_warnings, simplefilter

from ussd_app.registers.problems import Wrong

Cell = str | int
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def is_xlsx(path: Path) -> bool:
    """Whether a file is a workbook, by its ending."""
    return path.suffix.lower() == ".xlsx"


@contextmanager
def opened(path: Path) -> Iterator[Iterator[list[str]]]:
    """The rows of a file, as text; the header first. Raises Wrong, at once or on the way."""
    if path.suffix.lower() in {".xls", ".ods", ".xlsm", ".xlsb"}:
        raise Wrong("ce format n'est pas lu", "enregistrez le fichier en CSV UTF-8 ou en XLSX")
    try:
        file = path.open("rb")
    except OSError as error:
        raise Wrong("le fichier ne s'ouvre pas", "donnez un fichier CSV ou XLSX qui existe") from error
    with file, catch_warnings():
        simplefilter("ignore")  # of a workbook, what styles or lists of choices it has does not matter here
        yield _xlsx_rows(file) if is_xlsx(path) else _csv_rows(file)


def _csv_rows(file: IO[bytes]) -> Iterator[list[str]]:
    lines = _lines(file)
    header = next(lines, "").removeprefix("\ufeff")
    delimiter = max(";,\t", key=header.count)
    try:
        yield from csv.reader(chain([header], lines), delimiter=delimiter, strict=True)
    except csv.Error as error:
        right = "fermez les guillemets, doublez ceux du texte, et terminez chaque ligne"
        raise Wrong("la ligne n'est pas du CSV", right) from error


def _lines(file: IO[bytes]) -> Iterator[str]:
    try:
        for line in file:
            yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("le fichier n'est pas en UTF-8", "enregistrez-le en « CSV UTF-8 »") from error


def _xlsx_rows(file: IO[bytes]) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        width = 0
        for cells in sheet.iter_rows(values_only=True):
            row = _without_end([_spelled(cell) for cell in cells])
            width = width or len(row)
            yield row + [""] * (width - len(row))
    except Exception as error:
        # A damaged workbook fails in as many ways as there are parts in it.
        raise Wrong("ce n'est pas un classeur XLSX lisible", "ouvrez-le et enregistrez-le à nouveau") from error


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _spelled(cell: Any) -> str:
    """A cell of a workbook, as it would stand in a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time.min else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(cell))


def write(path: Path | None, rows: Iterable[list[Cell]]) -> None:
    """Write rows as they come, the header first. Without a path: as CSV, to standard output."""
    if path is None:
        with _standard_output() as file:
            _write_csv(file, rows)
    elif is_xlsx(path):
        _write_xlsx(path, rows)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            _write_csv(file, rows)


@contextmanager
def _standard_output() -> Iterator[IO[str]]:
    """Standard output in UTF-8, whatever the terminal believes; it stays open."""
    sys.stdout.flush()
    file = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield file
    finally:
        file.detach()


def _write_csv(file: IO[str], rows: Iterable[list[Cell]]) -> None:
    plain = csv.writer(file, lineterminator="\n")
    # The csv module quotes only its own line end; a carriage return alone would end the row for others.
    quoting = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        (quoting if any("\r" in str(cell) for cell in row) else plain).writerow(row)
    file.flush()


def _write_xlsx(path: Path, rows: Iterable[list[Cell]]) -> None:
    from openpyxl import Workbook

    with path.open("wb") as file:  # before anything is made that a refusal would leave behind
        book = Workbook(write_only=True)
        sheet: Any = book.create_sheet("registre")
        for row in rows:
            sheet.append([_workbook_cell(sheet, cell) for cell in row])
        book.save(file)


def _workbook_cell(sheet: Any, cell: Cell) -> Any:
    """A number as a number; text as text, which is never a formula or an error."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(cell, int):
        return WriteOnlyCell(sheet, value=cell)
    text = _TO_ESCAPE.sub("_x005F_", _NOT_XML.sub("", cell)).replace("\r", "_x000D_")
    made = WriteOnlyCell(sheet, value=text)
    made.data_type = "s"
    return made
