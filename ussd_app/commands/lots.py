"""Commands for lots, from the delivery to the sharing. Each is given by an officer, or for work by who leads a team."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from models import adjusting, advances, lines, lot_drafts, lots, publishing, rules, sales, work
from models.advances import NewAdvance
from models.dues import CHANNELS
from models.entries import Account
from models.lots import NewLot
from models.members import Role
from models.refused import Fault, Refused
from models.sales import Evidence, Pricing, Quote, Sale, Spent
from models.sharing import Per
from models.work import NewWork
from ussd_app.commands.acting import BY, Acting, acting, proposed
from ussd_app.commands.lot_words import why
from ussd_app.commands.refusing import refuse
from ussd_app.commands.typed import AMOUNT, DAY, FINENESS

group = AppGroup("lots", help="Lots: delivered, costed, priced, worked, advanced on, published.")


@contextmanager
def recording(cooperative: str, by: str) -> Iterator[Acting]:
    """Somebody does something to a lot; the lot says who may. What cannot be done is said in a sentence."""
    try:
        with acting(cooperative, by, among=tuple(Role)) as office:
            yield office
    except Refused as error:
        refuse(why(error))


def lot_of(office: Acting, number: str) -> int:
    found = lots.numbered(office.db, office.home.id, number)
    if found is None:
        raise Refused(Fault.NO_LOT)
    return found


def _maybe(office: Acting, number: str | None) -> int | None:
    """A member who may be left out."""
    return None if number is None else office.member(number)


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.option("--on", "delivered_on", required=True, type=DAY)
@click.option("--weight-mg", required=True, type=int)
@click.option("--fineness", required=True, type=FINENESS, help="21.5k, or 896 in parts per thousand.")
@click.option("--rule", help="The name of the rule, where several are in force.")
@click.option("--financier", help="The member who put money in the pit, if one did.")
@click.option("--correct", is_flag=True, help="Put right what was written down, while the lot is not shared.")
@BY
def deliver(
    cooperative: str,
    lot: str,
    delivered_on: datetime,
    weight_mg: int,
    fineness: int,
    rule: str | None,
    financier: str | None,
    correct: bool,
    by: str,
) -> None:
    """Write down a lot that was brought. It keeps the version of the rule that is in force on that day."""
    with recording(cooperative, by) as office:
        on = office.past("--on", delivered_on)
        new = NewLot(lot, weight_mg, fineness, on, rule, _maybe(office, financier))
        if correct:
            sales.correct(office.db, office.hand, lot_of(office, lot), new)
        else:
            lots.deliver(office.db, office.hand, new, office.now)
    click.echo(f"lot {lot} is {'corrected' if correct else 'delivered'}")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("per", type=click.Choice([per.value for per in Per if per is not Per.LOT]))
@click.argument("counted", type=int)
@BY
def count(cooperative: str, lot: str, per: str, counted: int, by: str) -> None:
    """Write down how many pits, sacks or days a lot is of."""
    with recording(cooperative, by) as office:
        lots.count(office.db, office.hand, lot_of(office, lot), Per(per), counted)
    click.echo("noted")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("label")
@click.argument("amount", type=AMOUNT)
@click.option("--receipt", help="The number of the receipt.")
@click.option("--witness", help="The name or member number of who saw it, where there is no receipt.")
@BY
def cost(
    cooperative: str, lot: str, label: str, amount: int, receipt: str | None, witness: str | None, by: str
) -> None:
    """Write down what a lot cost, with its evidence; the amount 0 strikes it out."""
    kind = Evidence.RECEIPT if receipt else Evidence.WITNESS
    spent = Spent(label, kind, receipt or witness or "", amount)
    with recording(cooperative, by) as office:
        sales.cost(office.db, office.hand, lot_of(office, lot), spent, office.now)
    click.echo("noted")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("value", type=AMOUNT)
@click.option("--per", required=True, type=click.Choice(["gram", "carat"]))
@click.option("--base", type=FINENESS, help="The fineness a price per gram is for, such as 22k.")
@click.option("--source", required=True, help="Whose word the price is.")
@click.option("--quoted-on", required=True, type=DAY)
@click.option("--sold-on", required=True, type=DAY)
@click.option("--buyer", required=True)
@click.option("--buyer-member", help="The buyer's number, when a member bought it.")
@BY
def price(cooperative: str, lot: str, value: int, by: str, **said: Any) -> None:
    """Write down what a lot was sold for, as it was quoted; the gross is worked out exactly and rounded down."""
    quote = Quote(value, Pricing(f"per_{said['per']}"), said["base"], said["source"], said["quoted_on"].date())
    with recording(cooperative, by) as office:
        sale = Sale(
            quote, office.past("--sold-on", said["sold_on"]), said["buyer"], _maybe(office, said["buyer_member"])
        )
        gross = sales.price(office.db, office.hand, lot_of(office, lot), sale, office.now)
    click.echo(f"gross {gross}")


@group.command("work")
@click.argument("cooperative")
@click.argument("lot")
@click.argument("number")
@click.argument("weight", type=int)
@click.option("--group", "team", default="", help="The group of the rule, where it pools groups.")
@click.option("--witness", help="Who vouches for a member without a phone: a member number.")
@BY
def worked(cooperative: str, lot: str, number: str, weight: int, team: str, witness: str | None, by: str) -> None:
    """Write down the work of a member: days, shifts, bowls, sacks. The member is asked on the phone."""
    with recording(cooperative, by) as office:
        new = NewWork(office.member(number), weight, team, _maybe(office, witness))
        work.record(office.db, office.hand, lot_of(office, lot), new, office.now)
    click.echo("noted")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("number")
@click.argument("amount", type=AMOUNT)
@click.option("--on", "given_on", required=True, type=DAY)
@click.option("--channel", default=Account.CASH.value, type=click.Choice([each.value for each in CHANNELS]))
@click.option("--claimant", help="Whose claim it is, when money or tools came from outside the cooperative.")
@click.option("--signed", help="The paper the member signed; without one the member is asked on the phone.")
@BY
def advance(cooperative: str, lot: str, number: str, amount: int, by: str, **said: Any) -> None:
    """Write down what a member had before the sharing. LOT is - when it stands against no delivery."""
    with recording(cooperative, by) as office:
        against = None if lot == "-" else lot_of(office, lot)
        place = (against, said["claimant"], Account(said["channel"]), said["signed"])
        new = NewAdvance(office.member(number), amount, office.past("--on", said["given_on"]), *place)
        advances.give(office.db, office.hand, new, office.now)
    click.echo("noted")


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@BY
def publish(cooperative: str, lot: str, by: str) -> None:
    """Propose to publish a lot as it would be shared now: a second officer approves."""
    with recording(cooperative, by) as office:
        number = publishing.propose(office.db, office.hand, lot_of(office, lot), office.now)
    proposed(number)


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@click.argument("gross", metavar="NEW-GROSS", type=AMOUNT)
@click.option("--reason", required=True, help="Why the gross was another one.")
@BY
def adjust(cooperative: str, lot: str, gross: int, reason: str, by: str) -> None:
    """Propose another gross of a published lot. The difference goes to those it was published to, in proportion."""
    with recording(cooperative, by) as office:
        number = adjusting.propose(office.db, office.hand, lot_of(office, lot), gross, reason, office.now)
    proposed(number)


@group.command()
@click.argument("cooperative")
@click.argument("lot")
@BY
def show(cooperative: str, lot: str, by: str) -> None:
    """Show a lot: what was recorded, what is missing, or how it was shared; for officers."""
    with recording(cooperative, by) as office:
        lots.by_officer(office.hand)
        shown = _shown(office.db, lot_of(office, lot))
    click.echo("\n".join(shown))


def _shown(db: Connection, lot_id: int) -> list[str]:
    found = lots.delivered(db, lot_id)
    if found is None:
        return ["this lot was read in from a file, already shared"]
    written, priced = rules.rule(db, found.rule_id), sales.priced(db, lot_id)
    said = [f"delivered\t{found.delivered_on}\t{found.weight_mg} mg\t{found.carats / 1000:g} k"]
    said += [f"rule\t{written.name}\tversion {written.version}"] if written else []
    said += [f"cost\t{each.label}\t{each.amount}\t{each.kind} {each.evidence}" for each in sales.costs(db, lot_id)]
    said += [f"price\t{priced.quote.value} {priced.quote.per}\t{priced.buyer}\tgross {priced.gross}"] if priced else []
    if found.financed_by_officer or (priced and priced.bought_by_officer):
        said.append("flag\tan officer bought this lot or put money in it: it must be told to the assembly")
    said += [f"work\t{each.number}\t{each.team}\t{each.weight}\t{each.word}" for each in work.team(db, lot_id)]
    shared = lines.every(db, lot_id)
    said += [f"line\t{each.step}\t{each.label}\t{each.to}\t{each.amount}\t{each.rest}" for each in shared]
    return said + ([] if shared else [_missing(db, found)])


def _missing(db: Connection, found: lots.Delivered) -> str:
    try:
        lot_drafts.draft(db, found)
    except Refused as error:
        return "not shared: " + why(error)
    return "ready to be published"
