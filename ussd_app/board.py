"""The sheet for the notice board: balances by the numbers on the cards, the counted cash, and the mark of the books.

Up to some 150 members stand on one page: the letters get smaller, and the list is folded into columns. Below the
smallest letters that can be read from a step away, it goes on over further pages, each of which says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from pathlib import Path

from sqlalchemy import Connection, select

from flows import i18n
from models import board, chain, closings
from models.board import Balance
from models.chain import Head
from models.closings import Counted, Late
from models.cooperatives import Cooperative
from models.money import Currency, Money, grouped
from ussd_app.paper import HIGH, MARGIN, WIDE, Paper, line_height, widest
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.homes import Home
from ussd_app.registers.sheets import Cell

_ = i18n.words(__name__)

SIZES = (18.0, 16.0, 14.0, 12.0, 11.0, 10.0, 9.0, 8.5, 8.0, 7.5, 7.0)
TOP, FOOT = 42.0, 10.0
GAP, PAD = 5.0, 2.2
NOTES = 10.5


@dataclass(frozen=True, slots=True)
class Board:
    """All that stands on the sheet."""

    cooperative: str
    language: str
    currency: Currency
    on: date
    printed_on: date
    balances: Sequence[Balance]
    closing: Counted | None
    late: Late
    head: Head | None
    service_code: str

    def money(self, amount: int) -> Money:
        """An amount in the currency of the cooperative."""
        return Money(amount, self.currency)


def drawn_up(db: Connection, home: Home, on: date | None, service_code: str, now: datetime) -> Board:
    """What the sheet of a cooperative says of a day; of today where none is given."""
    today = home.today(now)
    name, currency = db.execute(select(Cooperative.name, Cooperative.currency).where(Cooperative.id == home.id)).one()
    closing = closings.last_on(db, home.id, on or today)
    return Board(
        cooperative=name,
        language=home.language,
        currency=currency,
        on=on or today,
        printed_on=today,
        balances=board.balances(db, home.id, on or today),
        closing=closing,
        late=Late(0, 0) if closing is None else closings.after(db, home.id, closing),
        head=chain.head(db, home.id),
        service_code=service_code,
    )


def rows(sheet: Board) -> list[list[Cell]]:
    """The list for a spreadsheet."""
    lines: list[list[Cell]] = [["member", "owed", "paid", "ahead"]]
    return lines + [[disarmed(each.number), each.owed, each.paid, each.ahead] for each in sheet.balances]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the sheet, in one language."""

    title: str
    about: str
    page: str
    columns: tuple[str, str, str, str]
    notes: tuple[str, ...]


def _words(sheet: Board) -> Words:
    return Words(
        title=_("Cotisations au {day}", day=i18n.day(sheet.on)),
        about=_("Chaque membre par son numéro. Imprimé le {day}.", day=i18n.day(sheet.printed_on)),
        page=_("page {number}/{count}"),
        columns=(_("N°"), _("À payer"), _("Payé"), _("En avance")),
        notes=(_totals(sheet), *_cash(sheet), _books(sheet), _wrong(sheet)),
    )


def _totals(sheet: Board) -> str:
    return _(
        "Total de {count} membres: à payer {owed}, payé {paid}, en avance {ahead}.",
        count=grouped(len(sheet.balances)),
        owed=sheet.money(sum(each.owed for each in sheet.balances)),
        paid=sheet.money(sum(each.paid for each in sheet.balances)),
        ahead=sheet.money(sum(each.ahead for each in sheet.balances)),
    )


def _cash(sheet: Board) -> list[str]:
    closing, late = sheet.closing, sheet.late
    if closing is None:
        return [_("Caisse: elle n'a pas encore été comptée.")]
    counted = _(
        "Caisse à la fin de {month}: compté {counted}, livre {book}; {difference}.",
        month=f"{closing.month:%m/%Y}",
        counted=sheet.money(closing.counted),
        book=sheet.money(closing.book),
        difference=_difference(sheet, closing.difference),
    )
    if not late.entries:
        return [counted]
    since = _(
        "Écrit après ce compte, à une date d'avant: {count} écritures, caisse {cash}.",
        count=grouped(late.entries),
        cash=sheet.money(late.cash),
    )
    return [counted, since]


def _difference(sheet: Board, difference: int) -> str:
    if difference == 0:
        return _("c'est juste")
    amount = sheet.money(abs(difference))
    return _("il manque {amount}", amount=amount) if difference < 0 else _("{amount} de trop", amount=amount)


def _books(sheet: Board) -> str:
    if sheet.head is None:
        return _("Livre: aucune écriture.")
    return _(
        "Livre: {count} écritures, empreinte {mark}; vérifiez au {code}",
        count=grouped(sheet.head.entries),
        mark=sheet.head.print,
        code=sheet.service_code,
    )


def _wrong(sheet: Board) -> str:
    return _("Un montant n'est pas juste? Dites-le au {code}", code=sheet.service_code)


@dataclass(frozen=True, slots=True)
class _Grid:
    """How the list is folded: the size of its letters, rows a column, columns a page, and how wide each part is."""

    size: float
    rows: int
    columns: int
    parts: tuple[float, ...]

    @property
    def a_page(self) -> int:
        """How many members stand on a page."""
        return self.rows * self.columns


def _grid(paper: Paper, lines: Sequence[Sequence[str]], high: float) -> _Grid:
    """The largest letters with which the list stands on one page; the smallest, when it does not."""
    for size in SIZES:
        parts = tuple(widest(paper, part, size, bold=True) + PAD for part in zip(*lines, strict=True))
        rows = max(1, int(high / line_height(size)) - 1)
        columns = max(1, int((WIDE - 2 * MARGIN + GAP) / (sum(parts) + GAP)))
        grid = _Grid(size, rows, columns, parts)
        if len(lines) - 1 <= grid.a_page:
            break
    return grid


def _cells(each: Balance) -> tuple[str, str, str, str]:
    owed, paid, ahead = (grouped(amount) if amount else "-" for amount in (each.owed, each.paid, each.ahead))
    return each.number, owed, paid, ahead


def print_out(sheet: Board, path: Path, now: datetime) -> int:
    """Write the sheet as PDF, in the language of the cooperative; how many pages it has. Raises OSError."""
    words, _language = i18n.whole("board", sheet.language, lambda: _words(sheet))
    paper = Paper(f"{sheet.cooperative}: {words.title}", now)
    paper.turn()
    notes = [line for note in words.notes for line in paper.broken(note, NOTES, WIDE - 2 * MARGIN)]
    end = HIGH - FOOT - len(notes) * line_height(NOTES) - 3
    lines = [words.columns, *map(_cells, sheet.balances)]
    grid = _grid(paper, lines, end - TOP)
    pages = max(1, ceil(len(sheet.balances) / grid.a_page))
    for page in range(pages):
        if page:
            paper.turn()
        _head(paper, sheet, words, words.page.format(number=page + 1, count=pages) if pages > 1 else "")
        _list(paper, grid, lines[0], lines[1 + page * grid.a_page :][: grid.a_page])
        paper.rule(end)
        for place, note in enumerate(notes, 1):
            paper.write(MARGIN, end + 1 + place * line_height(NOTES), note, NOTES)
    paper.save(path)
    return pages


def _head(paper: Paper, sheet: Board, words: Words, page: str) -> None:
    size = next((each for each in (22.0, 18.0, 15.0, 12.0) if paper.width(sheet.cooperative, each, True) <= 150), 10.0)
    paper.write(MARGIN, 20, sheet.cooperative, size, bold=True)
    paper.write(MARGIN, 28, words.title, 14)
    paper.write(MARGIN, 34, words.about, NOTES, grey=True)
    paper.write_to(WIDE - MARGIN, 20, page, 12, bold=True)


def _list(paper: Paper, grid: _Grid, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """The list in its columns, filled one after the other, over the whole width of the page."""
    columns = max(1, ceil(len(lines) / grid.rows))
    pitch = (WIDE - 2 * MARGIN + GAP) / columns
    wide = min(pitch - GAP, 3 * sum(grid.parts))
    for column in range(columns):
        x = MARGIN + column * pitch
        some = lines[column * grid.rows :][: grid.rows]
        for row, cells in enumerate([titles, *some]):
            y = TOP + row * line_height(grid.size)
            if row and row % 2 == 0:
                paper.stripe(x, y, wide, line_height(grid.size))
            _row(paper, grid, (x, y, wide), cells, bold=row == 0)


def _row(paper: Paper, grid: _Grid, place: tuple[float, float, float], cells: Sequence[str], bold: bool) -> None:
    x, y, wide = place
    foot = y + line_height(grid.size) * 0.76
    stretch = wide / sum(grid.parts)
    paper.write(x + PAD / 2, foot, cells[0], grid.size, bold=True)
    for place_of, cell in enumerate(cells[1:], 2):
        paper.write_to(x + sum(grid.parts[:place_of]) * stretch - PAD / 2, foot, cell, grid.size, bold)
