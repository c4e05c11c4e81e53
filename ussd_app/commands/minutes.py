"""Commands for what happens at a meeting: who is there, what is decided; and what the bylaws say of assemblies."""

from typing import Any

import click

from models import assemblies, door, minutes
from models.minutes import Decided, Outcome
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.meeting_refusals import in_order
from ussd_app.commands.meetings import COOP, MEETING, group
from ussd_app.commands.refusing import in_a_sentence
from ussd_app.commands.typed import NUMBER
from ussd_app.db import transaction


@group.command()
@COOP
@MEETING
@click.argument("numbers", nargs=-1, required=True)
@click.option("--for", "giver", help="The member whose signed paper the one who is there brings.")
@BY
def attend(coop: str, meeting: int, numbers: tuple[str, ...], giver: str | None, by: str) -> None:
    """Note who is there, by member number; with --for, whom the one member given stands in for."""
    if giver and len(numbers) != 1:
        raise click.UsageError("--for goes with one number: who stands in")
    with in_order(), acting(coop, by) as office:
        for number in numbers:
            if giver:
                door.represent(office.db, office.hand, meeting, giver, number, office.now)
            else:
                door.enter(office.db, office.hand, meeting, number, office.now)
        counted = door.present(office.db, meeting)
    click.echo(f"there: {counted.there}, represented: {counted.represented}")


VOTES = click.IntRange(0, 10**6)


@group.command()
@COOP
@MEETING
@click.argument("item", type=NUMBER)
@click.argument("outcome", type=click.Choice([each.value for each in Outcome]))
@click.option("--for", "votes_for", type=VOTES)
@click.option("--against", "votes_against", type=VOTES)
@BY
def decide(coop: str, meeting: int, item: int, outcome: str, by: str, **votes: Any) -> None:
    """Note how an item of the agenda was decided; members read it on the phone."""
    with in_order(), acting(coop, by) as office:
        decided = Decided(item, Outcome(outcome), **votes)
        minutes.decide(office.db, office.hand, meeting, decided, office.now)
    click.echo(outcome)


COUNT = click.IntRange(0, 366)


@group.command()
@COOP
@click.option("--notice-days", type=COUNT, help="Days before an assembly.")
@click.option("--second-notice-days", type=COUNT, help="The same at the second call.")
@click.option("--proxies", type=click.IntRange(0, 100), help="For how many others a member may stand in.")
@click.option("--capital", type=click.IntRange(0, 10**15))
@click.option("--seat", help="The seat, as the statutes say it.")
@click.option("--registration", help="The number in the register of cooperatives.")
def bylaws(coop: str, **said: Any) -> None:
    """Write down what the bylaws say of assemblies, and what their notices must name; without options, show it."""
    given = {name: value for name, value in said.items() if value is not None}
    with in_a_sentence(), transaction(service.current().engine) as db:
        there = home(db, coop)
        if given:
            assemblies.set_bylaws(db, there.id, given)
        body = assemblies.body(db, there.id)
    for name in sorted(said):
        value = getattr(body, name)
        click.echo(f"{name}\t{'-' if value is None else value}")
    click.echo(f"days before an assembly\t{body.days(second=False)} ({body.law.days_source})")


COMMANDS = (group,)
