"""Commands for money that changed hands: payments received, payments declared by members, shares paid out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup

from models import coming, declarations, dues, paying, receiving
from models.entries import MONEY, Account
from models.money import grouped
from models.paying import Paying
from models.receiving import TOWARDS, Payment, Sum
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import AMOUNT, DAY
from ussd_app.db import reading

payments = AppGroup("payments", help="Money received from members, and shares paid out to them.")

Option = Callable[[Callable[..., Any]], Callable[..., Any]]
HOW: tuple[Option, ...] = (
    click.option("--channel", required=True, type=click.Choice([each.value for each in MONEY])),
    click.option("--reference", required=True, help="What it is known by; the same one is noted once."),
    click.option("--on", type=DAY, help="The day it was paid; today unless given."),
    BY,
)


def how(command: Callable[..., Any]) -> Callable[..., Any]:
    """How money changed hands: the options of every command that notes it."""
    for option in reversed(HOW):
        command = option(command)
    return command


@contextmanager
def _told() -> Iterator[None]:
    """No more is paid out than there is."""
    try:
        yield
    except paying.Spent as spent:
        refuse(f"only {spent.left} is left for this member from this lot; nothing is noted")


@payments.command()
@click.argument("coop")
@click.argument("member")
@click.argument("amount", type=AMOUNT)
@click.option(
    "--for", "towards", type=click.Choice([each.value for each in TOWARDS]), default="dues", show_default=True
)
@how
def record(
    coop: str, member: str, amount: int, towards: str, channel: str, reference: str, on: datetime | None, by: str
) -> None:
    """Note what a member paid; they are asked at their next dial whether it is right."""
    with _told(), acting(coop, by) as office:
        payer = receiving.person(office.db, office.home.id, office.member(member))
        paid = Sum(amount, Account(channel), on.date() if on else office.today)
        payment = Payment(payer, paid, Account(towards), reference)
        noted = receiving.record(office.db, office.hand, payment, office.today, office.now)
    said = "" if noted.new else " (noted before)"
    click.echo(f"receipt {dues.printed(office.home.id, noted.receipt)}{said}")


@payments.command()
@click.argument("coop")
def declared(coop: str) -> None:
    """List the payments that members declared and that wait: number, member, amount, channel, day, to whom."""
    with reading(service.current().engine) as db:
        for each in declarations.all_waiting(db, home(db, coop).id):
            facts = (each.declaration_id, each.number, each.amount, each.channel, each.paid_on, each.receiver)
            click.echo("\t".join(map(str, facts)))


@payments.command("paid-out")
@click.argument("coop")
@click.argument("lot")
@click.argument("member", default="all")
@click.option("--amount", type=AMOUNT, help="A part of what the member has coming; all of it unless given.")
@how
def paid_out(
    coop: str, lot: str, member: str, amount: int | None, channel: str, reference: str, on: datetime | None, by: str
) -> None:
    """Note that a member was paid what they have coming from a lot; without a member, or with all: everybody."""
    if member == "all" and amount is not None:
        raise click.UsageError("--amount goes with one member")
    with _told(), acting(coop, by) as office:
        lot_id = coming.lot(office.db, office.home.id, lot)
        if lot_id is None:
            refuse(f"no lot {lot} in {coop}; give its number as in `export lots`")
        paying_by = Paying(lot_id, Account(channel), on.date() if on else office.today, reference)
        if member == "all":
            paid = paying.pay_all(office.db, office.hand, paying_by, office.today, office.now)
        else:
            paid = paying.pay(office.db, office.hand, paying_by, member, amount, office.today, office.now)
    click.echo(f"{paid.members} paid, {grouped(paid.amount)} in all")


COMMANDS = (payments,)
