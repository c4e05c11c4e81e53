"""Commands for what needs two keys: they propose and list; the second key is turned on the second officer's phone."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from models import approvals, members, new_numbers, phone
from models.cooperatives import Cooperative
from models.proposals import State
from ussd_app import service
from ussd_app.commands.office import people
from ussd_app.commands.officers import cooperative, officer
from ussd_app.db import reading, transaction

keys = AppGroup("proposals", help="What officers proposed, and what became of it.")


@keys.command("list")
@click.argument("coop")
@click.option("--all", "everything", is_flag=True, help="Also what was decided or ran out of time.")
def list_proposals(coop: str, everything: bool) -> None:
    """List the proposals that wait for a second key: number, deed, by whom, when, state."""
    with reading(service.current().engine) as db:
        for proposed, proposer in reversed(approvals.newest(db, cooperative(db, coop), 1000)):
            if everything or proposed.state is State.WAITING:
                when = f"{proposed.proposed_at:%Y-%m-%d %H:%M}"
                click.echo(f"{proposed.proposal_id}\t{proposed.deed}\t{proposer}\t{when}\t{proposed.state}")


@people.command("change-phone")
@click.argument("coop")
@click.argument("number")
@click.argument("new")
@click.option("--instead-of", "old", help="The number that the new one takes the place of; else it is added.")
@click.option("--by", required=True, help="The member number of the secretary or the president.")
def change_phone(coop: str, number: str, new: str, old: str | None, by: str) -> None:
    """Propose another phone for a member; a second officer accepts it on their own phone within 24 hours."""
    running = service.current()
    now = running.clock()
    with transaction(running.engine) as db:
        hand = officer(db, coop, by)
        member_id = members.by_number(db, hand.cooperative_id, number)
        if member_id is None:
            sys.exit(f"no member {number} in {coop}; give the number on the card")
        country = db.execute(select(Cooperative.country).where(Cooperative.id == hand.cooperative_id)).scalar_one()
        to_be, instead = _parsed(new, country), _parsed(old, country) if old else None
        key = f"change-phone:{member_id}:{to_be}:{instead}:{now.isoformat()}"
        try:
            proposal_id = new_numbers.propose(db, hand, member_id, to_be, instead, key, now)
        except new_numbers.NoRegistrar:
            sys.exit(f"member {by} does not keep the register; --by must name the secretary or the president")
        except new_numbers.Taken:
            sys.exit("the member has this number already")
        except new_numbers.NotChanged:
            sys.exit("the member left, or does not have the number given with --instead-of")
    click.echo(f"proposal {proposal_id} waits for a second officer, for 24 hours")


def _parsed(text: str, country: str) -> str:
    try:
        return phone.parse(text, country)
    except phone.NotAPhone:
        sys.exit("that is not a phone number; write it as it is dialled, or with + and the country")


COMMANDS = (keys,)
