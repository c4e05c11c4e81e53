"""The published figures of cases, on paper and for a spreadsheet: from what was published, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection

from flows import figure_words, i18n
from flows.figure_words import VALUES
from models.grievances import published
from models.grievances.headings import ALL, RECEIVED, Figure
from models.grievances.published import Published
from ussd_app.paper import MARGIN, WIDE, Paper, Place, line_height
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.homes import Home
from ussd_app.registers.sheets import Cell

_ = i18n.words(__name__)

SIZE, TITLE, NAME = 10.0, 13.0, 18.0
LABEL, COUNT, SHARE = MARGIN + 6, WIDE - MARGIN - 30, WIDE - MARGIN
HEADER = ("heading", "value", "count", "percent")
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was published, and by whom."""

    body: str
    language: str
    published: Published
    on: date
    service_code: str

    @property
    def figures(self) -> list[Figure]:
        """What stands on it: everything that is counted, shown or not; private cases only where they are shown."""
        return [each for each in VALUES if each[0] != "private" or each in self.published.shown]

    def share(self, figure: Figure) -> int | None:
        """How many of a hundred received cases; None where one of the two is hidden."""
        count, received = self.published.shown.get(figure), self.published.shown.get(RECEIVED)
        if count is None or received is None or figure[1] == ALL:
            return None
        return (200 * count + received) // (2 * received)


def drawn_up(db: Connection, home: Home, period: str, service_code: str) -> Sheet | None:
    """What a body published of a period; None when it did not."""
    found = published.of(db, home.id, period)
    if found is None:
        return None
    return Sheet(home.name, home.language, found, found.published_at.astimezone(home.zone).date(), service_code)


def rows(sheet: Sheet) -> list[list[Cell]]:
    """The figures for a spreadsheet, then the days to an answer, then what has changed."""
    lines: list[list[Cell]] = [[*HEADER]]
    for figure in sheet.figures:
        count, share = sheet.published.shown.get(figure), sheet.share(figure)
        lines.append([*figure, HIDDEN if count is None else count, "" if share is None else share])
    days = sheet.published.days
    lines.append(["answered", "median_days", HIDDEN if days is None else days, ""])
    return lines + [["changed", disarmed(each), "", ""] for each in sheet.published.changed]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is printed: a heading, or a figure under one."""

    text: str
    count: str = ""
    share: str = ""
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the sheet, in one language."""

    title: str
    lines: tuple[Line, ...]
    changed: str
    notes: tuple[str, ...]


def _words(sheet: Sheet) -> Words:
    changed = _("Ce que les plaintes ont changé") if sheet.published.changed else ""
    return Words(
        title=_("Plaintes, chiffres publiés: {period}", period=figure_words.period(sheet.published.period)),
        lines=tuple(_lines(sheet)),
        changed=changed,
        notes=(
            _("-: moins de 5, ou non publié pour que personne ne soit reconnu."),
            _("Compté et publié le {day}. Ces chiffres ne changent plus.", day=i18n.day(sheet.on)),
            _("Une plainte, gratuit, sans nom si vous voulez: {code}", code=sheet.service_code),
        ),
    )


def _lines(sheet: Sheet) -> Iterator[Line]:
    before = ""
    for figure in sheet.figures:
        if figure[0] != before:
            before = figure[0]
            yield Line(figure_words.heading(before), heads=True)
        count, share = sheet.published.shown.get(figure), sheet.share(figure)
        yield Line(
            figure_words.label(figure), "-" if count is None else f"{count}", "" if share is None else f"{share} %"
        )
        if figure[0] == "answered":
            days = sheet.published.days
            yield Line(_("Jours pour la moitié des réponses"), "-" if days is None else f"{days}")


def print_out(sheet: Sheet, path: Path, now: datetime) -> None:
    """Write the sheet as PDF, in the language of the body. Raises OSError."""
    words, _language = i18n.whole("case_figures", sheet.language, lambda: _words(sheet))
    paper = Paper(f"{sheet.body}: {words.title}", now)
    place = Place(paper, f"{sheet.body}, {words.title}")
    paper.write(MARGIN, place.down(10), sheet.body, NAME, bold=True)
    paper.write(MARGIN, place.down(8), words.title, TITLE)
    for line in words.lines:
        y = place.down(line_height(SIZE) * (1.3 if line.heads else 1.0), line.heads)
        paper.write(MARGIN if line.heads else LABEL, y, line.text, SIZE, bold=line.heads)
        paper.write_to(COUNT, y, line.count, SIZE)
        paper.write_to(SHARE, y, line.share, SIZE)
    _print_words(paper, place, words, sheet)
    paper.save(path)


def _print_words(paper: Paper, place: Place, words: Words, sheet: Sheet) -> None:
    if words.changed:
        paper.write(MARGIN, place.down(10, heads=True), words.changed, TITLE, bold=True)
    for text in (*sheet.published.changed, "", *words.notes):
        for line in paper.broken(text, SIZE, WIDE - 2 * MARGIN):
            paper.write(MARGIN, place.down(line_height(SIZE)), line, SIZE)
