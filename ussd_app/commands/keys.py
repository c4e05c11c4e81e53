"""Commands for the keys of the service."""

from collections.abc import Callable
from functools import partial

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from models import renewing, vault
from ussd_app import service
from ussd_app.commands.refusing import refuse
from ussd_app.db import transaction

Step = Callable[[Connection, renewing.Last], tuple[int, renewing.Last]]
group = AppGroup("keys", help="The keys that seal what members type.")


@group.command()
def renew() -> None:
    """Seal everything anew under the newest of FIELD_KEYS, part by part, so that an older one can be taken away.

    Start the service with the new key in front of the old one first. Conversations in Redis are not reached: they are
    over within a day, so take the old key away no sooner. A backup from before needs the old key.
    """
    engine, count = service.current().engine, 0
    steps: list[Step] = [partial(renewing.renew, table, column) for table, column in renewing.columns()]
    try:
        for step in [*steps, renewing.renew_proposals]:
            last: renewing.Last = ()
            while last is not None:
                with transaction(engine) as db:
                    done, last = step(db, last)
                count += done
    except vault.InvalidToken:
        refuse("something is sealed with a key that is not in FIELD_KEYS; put that key back, behind the others")
    click.echo(f"{count} sealed anew")


COMMANDS = (group,)
