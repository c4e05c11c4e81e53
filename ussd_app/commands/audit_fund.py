"""Commands for the audit fund of affiliates: call it for a year, record what they paid, spend it, show it."""

from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from models.audit_fund import books, told
from models.ledger import MONEY, Account
from models.money import grouped
from ussd_app import service
from ussd_app.commands.keys import coded, hand, said_in_one_sentence, waits
from ussd_app.db import reading, transaction
from ussd_app.registers.weights import weights

ABOVE_0 = click.IntRange(min=1)
CHANNEL = click.Choice([each.value for each in MONEY])
DAY = click.DateTime(["%Y-%m-%d"])

fund = AppGroup("fund", help="The audit fund of a federation's affiliates.")


@fund.command()
@click.argument("cooperative")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.argument("amount", type=ABOVE_0)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--resolution", required=True, help="The resolution or bylaw the call rests on.")
@click.option("--by", "number", required=True, help="The number of the officer who proposes.")
def call(cooperative: str, year: int, amount: int, file: Path, resolution: str, number: str) -> None:
    """Propose a year's call of AMOUNT, split by the shares in FILE (affiliate,shares): every affiliate, once.

    A second officer approves it on their own phone, within 24 hours.
    """
    running = service.current()
    now = running.clock()
    with said_in_one_sentence(), transaction(running.engine) as db:
        officer = hand(db, cooperative, number)
        shares = weights(file, "affiliate", "shares")
        proposal = books.propose_call(db, officer, books.Call(year, amount, shares, resolution), now)
    click.echo(waits(proposal, now))


@fund.command()
@click.argument("cooperative")
@click.argument("affiliate")
@click.argument("amount", type=ABOVE_0)
@click.option("--on", type=DAY, required=True, help="The day of the payment.")
@click.option("--channel", type=CHANNEL, required=True)
@click.option("--reference", required=True, help="Of the operator, the bank or the receipt book.")
@click.option("--by", "number", required=True, help="The number of the officer who received it.")
def paid(cooperative: str, affiliate: str, amount: int, number: str, **how: Any) -> None:
    """Record what AFFILIATE paid into the fund. The same reference again changes nothing."""
    running = service.current()
    with said_in_one_sentence(), transaction(running.engine) as db:
        officer = hand(db, cooperative, number)
        new = books.pay(db, officer, _money(affiliate, amount, how), running.clock())
    click.echo("recorded" if new else "it was recorded before")


@fund.command()
@click.argument("cooperative")
@click.argument("affiliate")
@click.argument("amount", type=ABOVE_0)
@click.option("--on", type=DAY, required=True, help="The day of the payment.")
@click.option("--channel", type=CHANNEL, required=True)
@click.option("--reference", required=True, help="Of the bill.")
@click.option("--by", "number", required=True, help="The number of the officer who proposes.")
def spend(cooperative: str, affiliate: str, amount: int, number: str, **how: Any) -> None:
    """Propose to pay the audit of AFFILIATE from the fund: a second officer approves it, within 24 hours."""
    running = service.current()
    now = running.clock()
    with said_in_one_sentence(), transaction(running.engine) as db:
        officer = hand(db, cooperative, number)
        proposal = books.propose_spending(db, officer, _money(affiliate, amount, how), now)
    click.echo(waits(proposal, now))


def _money(affiliate: str, amount: int, how: dict[str, Any]) -> books.Money:
    return books.Money(affiliate, amount, how["on"].date(), Account(how["channel"]), how["reference"])


@fund.command()
@click.argument("cooperative")
def show(cooperative: str) -> None:
    """Show what is in the fund, and for each affiliate what was called, what it paid, and what it owes."""
    with said_in_one_sentence(), reading(service.current().engine) as db:
        cooperative_id = coded(db, cooperative)
        click.echo(f"in the fund: {grouped(told.balance(db, cooperative_id))}")
        for each in told.standings(db, cooperative_id):
            called, paid, owed = map(grouped, (each.called, each.paid, each.owed))
            click.echo(f"{each.code}\tcalled {called}\tpaid {paid}\towes {owed}")


COMMANDS = (fund,)
