"""Commands for the audit fund of affiliates: call it for a year, record what they paid, spend it, show it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from models.audit_fund import books, told
from models.entries import MONEY, Account
from models.money import grouped
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home, proposed
from ussd_app.commands.typed import DAY, FILE
from ussd_app.db import reading
from ussd_app.registers.weights import weights

ABOVE_0 = click.IntRange(min=1)
CHANNEL = click.Choice([each.value for each in MONEY])

fund = AppGroup("fund", help="The audit fund of a federation's affiliates.")
Command = Callable[..., Any]


def _money_moved(reference: str) -> Callable[[Command], Command]:
    """What is said of money into or out of the fund."""
    said = (
        click.argument("cooperative"),
        click.argument("affiliate"),
        click.argument("amount", type=ABOVE_0),
        click.option("--on", type=DAY, required=True, help="The day of the payment."),
        click.option("--channel", type=CHANNEL, required=True),
        click.option("--reference", required=True, help=reference),
        BY,
    )

    def command(given: Command) -> Command:
        for each in reversed(said):
            given = each(given)
        return given

    return command


@fund.command()
@click.argument("cooperative")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.argument("amount", type=ABOVE_0)
@click.argument("file", type=FILE)
@click.option("--resolution", required=True, help="The resolution or bylaw the call rests on.")
@BY
def call(cooperative: str, year: int, amount: int, file: Path, resolution: str, by: str) -> None:
    """Propose a year's call of AMOUNT, split by the shares in FILE (affiliate,shares): every affiliate, once.

    A second officer approves it on their own phone, within 24 hours.
    """
    with acting(cooperative, by) as office:
        shares = weights(file, "affiliate", "shares")
        called = books.Call(year, amount, shares, resolution)
        proposal = books.propose_call(office.db, office.hand, called, office.now)
    proposed(proposal)


@fund.command()
@_money_moved("Of the operator, the bank or the receipt book.")
def paid(cooperative: str, affiliate: str, amount: int, by: str, **how: Any) -> None:
    """Record what AFFILIATE paid into the fund. The same reference again changes nothing."""
    with acting(cooperative, by) as office:
        office.past("--on", how["on"])
        new = books.pay(office.db, office.hand, _money(affiliate, amount, how), office.now)
    click.echo("recorded" if new else "it was recorded before")


@fund.command()
@_money_moved("Of the bill.")
def spend(cooperative: str, affiliate: str, amount: int, by: str, **how: Any) -> None:
    """Propose to pay the audit of AFFILIATE from the fund: a second officer approves it, within 24 hours."""
    with acting(cooperative, by) as office:
        proposal = books.propose_spending(office.db, office.hand, _money(affiliate, amount, how), office.now)
    proposed(proposal)


def _money(affiliate: str, amount: int, how: dict[str, Any]) -> books.Money:
    return books.Money(affiliate, amount, how["on"].date(), Account(how["channel"]), how["reference"])


@fund.command()
@click.argument("cooperative")
def show(cooperative: str) -> None:
    """Show what is in the fund, and for each affiliate what was called, what it paid, and what it owes."""
    with reading(service.current().engine) as db:
        cooperative_id = home(db, cooperative).id
        click.echo(f"in the fund: {grouped(told.balance(db, cooperative_id))}")
        for each in told.standings(db, cooperative_id):
            called, paid, owed = map(grouped, (each.called, each.paid, each.owed))
            click.echo(f"{each.code}\tcalled {called}\tpaid {paid}\towes {owed}")


COMMANDS = (fund,)
