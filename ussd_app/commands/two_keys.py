"""Commands for what needs two keys: they propose and list; the second key is turned on the second officer's phone."""

import click
from flask.cli import AppGroup

from models import approvals, new_numbers, phone, roles
from models.members import Role
from models.proposals import State
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home, proposed
from ussd_app.commands.office import people
from ussd_app.commands.refusing import refuse
from ussd_app.db import reading

keys = AppGroup("proposals", help="What officers proposed, and what became of it.")


@keys.command("list")
@click.argument("coop")
@click.option("--all", "everything", is_flag=True, help="Also what was decided or ran out of time.")
def list_proposals(coop: str, everything: bool) -> None:
    """List the proposals that wait for a second key: number, deed, by whom, when, state."""
    with reading(service.current().engine) as db:
        for proposed, proposer in reversed(approvals.newest(db, home(db, coop).id, 1000)):
            if everything or proposed.state is State.WAITING:
                when = f"{proposed.proposed_at:%Y-%m-%d %H:%M}"
                click.echo(f"{proposed.proposal_id}\t{proposed.deed}\t{proposer}\t{when}\t{proposed.state}")


@people.command("change-phone")
@click.argument("coop")
@click.argument("number")
@click.argument("new")
@click.option("--instead-of", "old", help="The number that the new one takes the place of; else it is added.")
@BY
def change_phone(coop: str, number: str, new: str, old: str | None, by: str) -> None:
    """Propose another phone for a member; a second officer accepts it on their own phone within 24 hours."""
    try:
        with acting(coop, by) as office:
            member_id, country = office.member(number), office.home.country
            to_be, instead = _parsed(new, country), _parsed(old, country) if old else None
            proposal = new_numbers.propose(office.db, office.hand, member_id, to_be, instead, office.now)
    except new_numbers.NoRegistrar:
        refuse(f"member {by} does not keep the register; --by must name the secretary or the president")
    except new_numbers.Taken:
        refuse("the member has this number already")
    except new_numbers.Elsewhere:
        refuse(
            "this touches the phone of somebody who holds an office or sits at a desk in another body: whoever has "
            "that phone must dial and ask themselves to be linked to the member"
        )
    except new_numbers.NotChanged:
        refuse("the member left, or does not have the number given with --instead-of")
    proposed(proposal)


@people.command("change-role")
@click.argument("coop")
@click.argument("number")
@click.argument("role", type=click.Choice([each.value for each in Role]))
@BY
def change_role(coop: str, number: str, role: str, by: str) -> None:
    """Propose another role for a member, or `member` to end one; a second officer accepts it on their own phone."""
    with acting(coop, by) as office:
        proposal = roles.propose(office.db, office.hand, office.member(number), Role(role), office.now)
    proposed(proposal)


def _parsed(text: str, country: str) -> str:
    try:
        return phone.parse(text, country)
    except phone.NotAPhone:
        refuse("that is not a phone number; write it as it is dialled, or with + and the country")


COMMANDS = (keys,)
