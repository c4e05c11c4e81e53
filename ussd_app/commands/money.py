"""Commands for money that changed hands: payments received, payments declared by members, shares paid out."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Never
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import Connection, select

from models import coming, declarations, dues, paying, receiving
from models.cooperatives import Cooperative
from models.ledger import MONEY, Account
from models.money import grouped
from models.paying import Paid, Paying
from models.receiving import TOWARDS, Payment, Refused, Sum, Why
from ussd_app import service
from ussd_app.commands.officers import cooperative, officer
from ussd_app.db import reading, transaction

payments = AppGroup("payments", help="Money received from members, and shares paid out to them.")

WHY = {
    Why.UNKNOWN: "no such member in this cooperative; give the number on the card",
    Why.OWN: "an officer notes nothing for themselves; --by must name another officer",
    Why.NO_CASHIER: "--by must name a treasurer; for a treasurer's own money also the president or the secretary",
    Why.AMOUNT: f"the amount must be above 0 and at most {receiving.MOST}",
    Why.CHANNEL: "the channel is not one money goes by",
    Why.DAY: "--on must be a day of the last year, today at the latest",
    Why.REFERENCE: "this reference is in the books with other money, or was undone; give another one",
}
Option = Callable[[Callable[..., Any]], Callable[..., Any]]
DAY = click.DateTime(["%Y-%m-%d"])
HOW: tuple[Option, ...] = (
    click.option("--channel", required=True, type=click.Choice([each.value for each in MONEY])),
    click.option("--reference", required=True, help="What it is known by; the same one is noted once."),
    click.option("--on", type=DAY, help="The day it was paid; today unless given."),
    click.option("--by", required=True, help="The member number of the officer."),
)


def _how(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(HOW):
        command = option(command)
    return command


@contextmanager
def _told() -> Iterator[None]:
    """What is refused is said in one sentence, and nothing of it is kept."""
    try:
        yield
    except Refused as refused:
        _stop(WHY[refused.why])
    except paying.Spent as spent:
        _stop(f"only {spent.left} is left for this member from this lot; nothing is noted")


def _stop(why: str) -> Never:
    sys.exit(why)


def _today(db: Connection, cooperative_id: int, now: datetime) -> date:
    zone = db.execute(select(Cooperative.time_zone).where(Cooperative.id == cooperative_id)).scalar_one()
    return now.astimezone(ZoneInfo(zone)).date()


@payments.command()
@click.argument("coop")
@click.argument("member")
@click.argument("amount", type=int)
@click.option(
    "--for", "towards", type=click.Choice([each.value for each in TOWARDS]), default="dues", show_default=True
)
@_how
def record(
    coop: str, member: str, amount: int, towards: str, channel: str, reference: str, on: datetime | None, by: str
) -> None:
    """Note what a member paid; they are asked at their next dial whether it is right."""
    running = service.current()
    now = running.clock()
    with _told(), transaction(running.engine) as db:
        hand = officer(db, coop, by)
        today = _today(db, hand.cooperative_id, now)
        payer = receiving.numbered(db, hand.cooperative_id, member)
        if payer is None:
            raise Refused(Why.UNKNOWN)
        paid = Sum(amount, Account(channel), on.date() if on else today)
        noted = receiving.record(db, hand, Payment(payer, paid, Account(towards), reference), today, now)
    said = "" if noted.new else " (noted before)"
    click.echo(f"receipt {dues.printed(hand.cooperative_id, noted.receipt)}{said}")


@payments.command()
@click.argument("coop")
def declared(coop: str) -> None:
    """List the payments that members declared and that wait: number, member, amount, channel, day, to whom."""
    with reading(service.current().engine) as db:
        for each in declarations.all_waiting(db, cooperative(db, coop)):
            facts = (each.declaration_id, each.number, each.amount, each.channel, each.paid_on, each.receiver)
            click.echo("\t".join(map(str, facts)))


@payments.command("paid-out")
@click.argument("coop")
@click.argument("lot")
@click.argument("member", default="all")
@click.option("--amount", type=int, help="A part of what the member has coming; all of it unless given.")
@_how
def paid_out(
    coop: str, lot: str, member: str, amount: int | None, channel: str, reference: str, on: datetime | None, by: str
) -> None:
    """Note that a member was paid what they have coming from a lot; without a member, or with all: everybody."""
    if member == "all" and amount is not None:
        raise click.UsageError("--amount goes with one member")
    running = service.current()
    now = running.clock()
    with _told(), transaction(running.engine) as db:
        hand = officer(db, coop, by)
        today = _today(db, hand.cooperative_id, now)
        lot_id = coming.lot(db, hand.cooperative_id, lot)
        if lot_id is None:
            _stop(f"no lot {lot} in {coop}; give its number as in `export lots`")
        how = Paying(lot_id, Account(channel), on.date() if on else today, reference)
        if member == "all":
            paid = paying.pay_all(db, hand, how, today, now)
        else:
            paid = paying.pay(db, hand, how, member, amount, today, now)
    _echo(paid)


def _echo(paid: Paid) -> None:
    click.echo(f"{paid.members} paid, {grouped(paid.amount)} in all")


COMMANDS = (payments,)
