"""Commands for the money of lots besides members' shares: what buyers paid, what costs and other parts were paid."""

from datetime import datetime

import click

from models import lot_money
from models.entries import Account
from models.lot_money import Moved, TooMuch
from models.receiving import Sum
from ussd_app.commands.acting import Acting
from ussd_app.commands.lots import group, lot_of, recording
from ussd_app.commands.money import how
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import AMOUNT


def _moved(office: Acting, lot: str, amount: int, channel: str, reference: str, on: datetime | None) -> Moved:
    money = Sum(amount, Account(channel), on.date() if on else office.today)
    return Moved(lot_of(office, lot), money, reference)


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("amount", type=AMOUNT)
@click.option("--received-by", metavar="NUMBER", help="The officer who received it; who acts, unless given.")
@how
def received(
    cooperative: str,
    lot: str,
    amount: int,
    received_by: str | None,
    channel: str,
    reference: str,
    on: datetime | None,
    by: str,
) -> None:
    """Note what the buyer paid for a lot, by the buyer's receipt or the operator's reference."""
    try:
        with recording(cooperative, by) as office:
            moved = _moved(office, lot, amount, channel, reference, on)
            receiver = office.hand.member_id if received_by is None else office.member(received_by)
            new = lot_money.receive(office.db, office.hand, moved, receiver, office.today, office.now)
    except TooMuch as error:
        refuse(f"only {error.left} of the sale of lot {lot} is left to be paid; nothing is noted")
    click.echo("noted" if new else "noted before")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("to")
@click.argument("amount", type=AMOUNT)
@how
def spend(
    cooperative: str, lot: str, to: str, amount: int, channel: str, reference: str, on: datetime | None, by: str
) -> None:
    """Note that a cost of a lot (TO is cost:LABEL) or another part of it (such as fund:villages) was paid."""
    try:
        with recording(cooperative, by) as office:
            moved = _moved(office, lot, amount, channel, reference, on)
            new = lot_money.pay(office.db, office.hand, moved, to, office.today, office.now)
    except TooMuch as error:
        refuse(f"only {error.left} of what lot {lot} gives to {to} is left to be paid; nothing is noted")
    click.echo("noted" if new else "noted before")


COMMANDS = (group,)
