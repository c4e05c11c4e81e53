"""Commands for the figures of cases: published once, printed from what was published, said by SMS."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from flows import i18n, notices
from models.grievances import published
from models.grievances.periods import Period
from models.grievances.published import CHANGES, LETTERS, Hindrance, Unpublished
from ussd_app import case_figures, service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.refusing import refuse, writing
from ussd_app.commands.typed import FILE, place
from ussd_app.db import reading
from ussd_app.registers import sheets

group = AppGroup("figures", help="The figures of cases: published once for ever.")
HINDRANCES = {
    Hindrance.NOT_OVER: "it is not over everywhere below; publish it once it is",
    Hindrance.NO_QUARTERS: "a quarter is published by a union or what is above it; give the year",
    Hindrance.OUT: "it was published before, with other words; what is out stays as it is",
    Hindrance.TOO_MANY: f"--changed can be given {CHANGES} times at most",
    Hindrance.TOO_LONG: f"--changed must be 1 to {LETTERS} letters",
    Hindrance.NUMBER: "--changed must hold no number of a case or phone; write amounts as 1 200 000",
}


class _Period(click.ParamType[Period]):
    """A year such as 2026, or a quarter such as 2026Q3."""

    name = "period"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Read it."""
        try:
            return value if isinstance(value, Period) else Period.read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


PERIOD = _Period()


@group.command()
@click.argument("body")
@click.argument("period", type=PERIOD)
@BY
@click.option("--changed", multiple=True, metavar="TEXT", help="What has changed because of cases; up to three times.")
def publish(body: str, period: Period, by: str, changed: tuple[str, ...]) -> None:
    """Publish the figures of a year, or of a quarter for a union and what is above it. They never change again."""
    with acting(body, by) as here:
        try:
            found = published.publish(here.db, here.hand, period, changed, here.now)
        except Unpublished as error:
            refuse(f"{period}: {HINDRANCES[error.hindrance]}")
    click.echo(f"{body} {period}: {len(found.shown)} figures are shown")


@group.command()
@click.argument("body")
@click.argument("period", type=PERIOD)
@click.argument("file", type=FILE, default="-")
def show(body: str, period: Period, file: Path) -> None:
    """Print what was published: PDF, XLSX or CSV by the ending of FILE; CSV on standard output without it."""
    running = service.current()
    if str(file) != "-" and file.suffix.lower() not in (".pdf", ".xlsx", ".csv"):
        raise click.UsageError(f"{file} ends with none of .pdf, .xlsx and .csv")
    with reading(running.engine) as db:
        sheet = case_figures.drawn_up(db, home(db, body), str(period), running.config.service_code)
    if sheet is None:
        refuse(f"{body} has published nothing of {period}; `figures publish` does it")
    with writing():
        if file.suffix.lower() == ".pdf":
            # The same file whenever it is printed.
            case_figures.print_out(sheet, file, datetime.combine(sheet.on, datetime.min.time(), UTC))
        else:
            sheets.write(place(file), case_figures.rows(sheet))


@group.command()
@click.argument("body")
@click.argument("year", type=click.IntRange(2000, 2099))
def digest(body: str, year: int) -> None:
    """Say what an SMS to the assembly would say of a year, in each language.

    `broadcast send --cooperative BODY --template case_figures --with year=YEAR` sends it.
    """
    running = service.current()
    with reading(running.engine) as db:
        sheet = case_figures.drawn_up(db, home(db, body), str(year), running.config.service_code)
    if sheet is None:
        refuse(f"{body} has published nothing of {year}; `figures publish` does it")
    facts = {"cooperative": sheet.body, "year": str(year), **sheet.published.settled()}
    for language in i18n.languages():
        click.echo(f"{language}\t{notices.say('case_figures', facts, language, sheet.service_code)[0]}")


COMMANDS = (group,)
