"""Commands for what is printed: the sheet for the notice board, and the account of a member."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from models import members
from ussd_app import accounts, board, service
from ussd_app.commands import hands
from ussd_app.db import reading

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("board")
@click.argument("cooperative")
@click.argument("file", type=FILE, required=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day, YYYY-MM-DD; today when not given.")
@with_appcontext
def print_board(cooperative: str, file: Path | None, on: datetime | None) -> None:
    """Print what members owe, have paid, or have paid ahead, by number: PDF for the wall, or XLSX or CSV."""
    running = service.current()
    now, day = running.clock(), None if on is None else on.date()
    with reading(running.engine) as db:
        home = hands.home(db, cooperative)
        sheet = board.drawn_up(db, home, day, running.config.service_code, now)
    path = file or Path(f"{_name(cooperative)}-{sheet.on}.pdf")
    if path.suffix.lower() == ".pdf":
        pages = _written(lambda: board.print_out(sheet, path, now))
        click.echo(f"{path}: {pages} page{'s' if pages > 1 else ''}")
    else:
        hands.write(None if str(path) == "-" else path, board.rows(sheet))


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
        home = hands.home(db, cooperative)
        whose = members.by_number(db, home.id, member)
        if whose is None:
            sys.exit(f"no member {member} in {cooperative}")
        book = accounts.drawn_up(db, home, whose, now)
    if file.suffix.lower() == ".pdf":
        _written(lambda: accounts.print_out(book, file, now))
    else:
        hands.write(None if str(file) == "-" else file, accounts.rows(book))


def _written(write: Callable[[], int | None]) -> int:
    try:
        return write() or 0
    except OSError as error:
        sys.exit(f"the file cannot be written: {error.strerror}")


COMMANDS = (print_board, print_account)
