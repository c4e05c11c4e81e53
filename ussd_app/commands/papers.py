"""Commands for what is printed: the sheet for the notice board, and the account of a member."""

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from ussd_app import accounts, board, service
from ussd_app.commands.acting import home, past
from ussd_app.commands.acting import member as numbered
from ussd_app.commands.refusing import writing
from ussd_app.commands.typed import DAY, FILE, place
from ussd_app.db import reading
from ussd_app.registers import sheets


@click.command("board")
@click.argument("cooperative")
@click.argument("file", type=FILE, required=False)
@click.option("--on", type=DAY, help="The day, YYYY-MM-DD; today when not given.")
@with_appcontext
def print_board(cooperative: str, file: Path | None, on: datetime | None) -> None:
    """Print what members owe, have paid, or have paid ahead, by number: PDF for the wall, or XLSX or CSV."""
    running = service.current()
    now = running.clock()
    with reading(running.engine) as db:
        there = home(db, cooperative)
        day = None if on is None else past(there.today(now), "--on", on)
        sheet = board.drawn_up(db, there, day, running.config.service_code, now)
    if file is not None and str(file) != "-" and file.suffix.lower() not in (".pdf", ".xlsx", ".csv"):
        raise click.UsageError(f"{file} ends with none of .pdf, .xlsx and .csv")
    path = file or Path(f"{_name(cooperative)}-{sheet.on}.pdf")
    with writing():
        if path.suffix.lower() == ".pdf":
            pages = board.print_out(sheet, path, now)
            click.echo(f"{path}: {pages} page{'s' if pages > 1 else ''}")
        else:
            sheets.write(place(path), board.rows(sheet))


def _name(code: str) -> str:
    """The code of a cooperative as it may stand in the name of a file."""
    return "".join(letter if letter.isalnum() else "-" for letter in code)


@click.command("account")
@click.argument("cooperative")
@click.argument("member")
@click.argument("file", type=FILE, default="-")
@with_appcontext
def print_account(cooperative: str, member: str, file: Path) -> None:
    """Print the account of a member: PDF, XLSX or CSV by the ending of FILE; CSV on standard output without it."""
    running = service.current()
    now = running.clock()
    with reading(running.engine) as db:
        there = home(db, cooperative)
        book = accounts.drawn_up(db, there, numbered(db, there, member), now)
    with writing():
        if file.suffix.lower() == ".pdf":
            accounts.print_out(book, file, now)
        else:
            sheets.write(place(file), accounts.rows(book))


COMMANDS = (print_board, print_account)
