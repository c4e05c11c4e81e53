"""Commands on who is behind, and on who leaves."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from models import arrears, leaving
from models.arrears import COLUMNS, Arrears
from models.entries import Account
from models.sharing import by_number
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.dues import dues_group
from ussd_app.commands.office import people
from ussd_app.commands.refusing import writing
from ussd_app.commands.typed import DAY, FILE, place
from ussd_app.db import reading
from ussd_app.registers import sheets
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.sheets import Cell

HEADER = ("member", *COLUMNS, "late", "paid_ahead")


@dues_group.command("arrears")
@click.argument("cooperative")
@click.argument("file", required=False, type=FILE)
@click.option("--capital", is_flag=True, help="Of subscribed shares, which are never mixed with dues.")
def list_arrears(cooperative: str, file: Path | None, capital: bool) -> None:
    """What is open of dues, by age and member: a table, or a file (CSV or XLSX by its ending; - for CSV)."""
    running = service.current()
    with reading(running.engine) as db:
        there, account = home(db, cooperative), Account.CAPITAL if capital else Account.DUES
        found = sorted(arrears.of(db, there.id, there.today(running.clock()), account), key=_in_order)
    if file is None:
        click.echo("\n".join(_table(found)))
        return
    with writing():
        sheets.write(place(file), _rows(found))


def _in_order(each: Arrears) -> tuple[bool, int, str, str]:
    return by_number(each.number)


def _rows(found: Iterable[Arrears]) -> Iterator[list[Cell]]:
    yield [*HEADER]
    for each in found:
        yield [disarmed(each.number), *each.by_age, each.late, each.ahead]


def _table(found: Iterable[Arrears]) -> Iterator[str]:
    """Rows under each other, with the sums below."""
    rows = [list(map(str, row)) for row in _rows(found)]
    sums = ["all", *(str(sum(int(row[place]) for row in rows[1:])) for place in range(1, len(HEADER)))]
    widths = [max(len(row[place]) for row in [*rows, sums]) for place in range(len(HEADER))]
    for row in [*rows, sums]:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


@people.command()
@click.argument("cooperative")
@click.argument("number")
@click.argument("last_day", type=DAY)
@BY
def leave(cooperative: str, number: str, last_day: datetime, by: str) -> None:
    """A member leaves: nothing that begins after LAST_DAY is asked of them. What was charged later is listed."""
    with acting(cooperative, by) as office:
        later = leaving.note(office.db, office.hand, office.member(number), last_day.date(), office.now)
    click.echo(f"member {number} leaves on {last_day:%Y-%m-%d}")
    for entry_id in later:
        click.echo(f"charged for a later day, to be reversed: entry {entry_id}")


COMMANDS = ()  # they stand in the groups of dues and members
