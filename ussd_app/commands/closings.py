"""Commands for the closing of months: the cash as it was counted, beside the books."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from models import closings, lot_money
from models.closings import Count, Counted, Late
from models.lot_money import Sold
from models.money import grouped
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.refusing import refuse, writing
from ussd_app.commands.typed import FILE, place
from ussd_app.db import reading
from ussd_app.registers import cells, sheets
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.problems import Wrong

LOTS = 20  # that are named at most
MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class _Closing(AppGroup):
    """`closing COOP MONTH` closes a month; `closing list COOP` lists them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take anything that is no command of the group for a cooperative."""
        known = self.get_command(ctx, args[0]) is not None
        return super().resolve_command(ctx, args if known else ["month", *args])


closing = _Closing("closing", help="Close a month: closing COOP YYYY-MM --counted AMOUNT --by NUMBER; or list them.")


@closing.command()
@click.argument("cooperative")
@click.argument("month")
@click.option("--counted", required=True, metavar="AMOUNT", help="The cash, as it was counted.")
@click.option("--witness", metavar="NUMBER", help="The member number of who stood by.")
@BY
def month(cooperative: str, month: str, counted: str, witness: str | None, by: str) -> None:
    """Write down the count of the cash at the end of a month, beside what the books say. Once; nothing is changed."""
    first, amount = _first_day(month), _amount(counted)
    try:
        with acting(cooperative, by) as office:
            whose = None if witness is None else office.member(witness)
            done = closings.close(office.db, office.hand, Count(first, amount, whose), office.now)
            [late] = [each.late for each in closings.listed(office.db, office.home.id) if each.closing.month == first]
            unpaid = lot_money.unpaid(office.db, office.home.id, LOTS) if done.difference > 0 else []
    except closings.NotYet:
        refuse(f"{month} is not over: count the cash on its last day, or after it")
    except closings.AlreadyClosed:
        refuse(f"{month} was closed with another count, or a later month was; a closing is not changed")
    _show(done, late)
    _missing(done, unpaid)


def _first_day(month: str) -> date:
    if not MONTH.fullmatch(month):
        raise click.UsageError("a month is written YYYY-MM, such as 2026-10")
    return date.fromisoformat(f"{month}-01")


def _amount(counted: str) -> int:
    try:
        return cells.whole(0)(counted)
    except Wrong as wrong:
        raise click.UsageError("--counted is a whole amount, such as 125000 or '125 000'") from wrong


def _show(done: Counted, late: Late) -> None:
    click.echo(f"{done.month:%Y-%m}: books {done.book}, counted {done.counted}, difference {done.difference:+d}")
    if late.entries:
        click.echo(f"after the closing before: {late.entries} entries dated in a closed month, cash {late.cash:+d}")


def _missing(done: Counted, unpaid: Sequence[Sold]) -> None:
    """Say what the books may lack, when there is more cash than they know of."""
    if done.short:
        click.echo(f"cash of {-done.book} was paid out that the books never had: money came in that is not noted")
    for lot in unpaid:
        left, gross = grouped(lot.left), grouped(lot.gross)
        click.echo(f"lot {lot.number}: {left} of {gross} is not noted as paid by its buyer; see lots received")


COLUMNS = ["month", "book", "counted", "difference", "late_entries", "late_cash", "counted_by", "witness", "closed_on"]


@closing.command("list")
@click.argument("cooperative")
@click.argument("file", type=FILE, default="-")
def list_them(cooperative: str, file: Path) -> None:
    """Write the closings as CSV or XLSX, by the ending of FILE; as CSV on standard output for - or nothing.

    Late entries came after the closing before and are dated in a month it closed. Those that came after the last
    closing stand in a last row, without a count.
    """
    with reading(service.current().engine) as db:
        there = home(db, cooperative)
        rows: list[list[sheets.Cell]] = [[*COLUMNS]]
        listed = closings.listed(db, there.id)
        for each in listed:
            done, late = each.closing, each.late
            closed_on = done.closed_at.astimezone(there.zone).date().isoformat()
            people = [disarmed(each.counted_by), disarmed(each.witness or ""), closed_on]
            figures = [done.book, done.counted, done.difference, late.entries, late.cash]
            rows.append([f"{done.month:%Y-%m}", *figures, *people])
        since = closings.after(db, there.id, listed[-1].closing) if listed else Late(0, 0)
    if since.entries:
        rows.append(["", "", "", "", since.entries, since.cash, "", "", ""])
    with writing():
        sheets.write(place(file), rows)


COMMANDS = (closing,)
