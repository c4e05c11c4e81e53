"""`flask talk`: the same phone as on the page, in a terminal."""

from uuid import uuid4

import click
from flask.cli import with_appcontext

from models.phone import is_e164
from ussd_app import service
from ussd_app.commands.refusing import refuse
from ussd_app.gateways import Press
from ussd_app.simulator import UNKNOWN


@click.command()
@click.option("--phone", default=UNKNOWN.phone, show_default=True, help="The number that calls, in E.164.")
@click.option("--dial", help="What is dialled; the service code when not given.")
@with_appcontext
def talk(phone: str, dial: str | None) -> None:
    """Dial the service. An empty line hangs up."""
    if not is_e164(phone):
        refuse("--phone must be a number in E.164, such as +22370000015")
    running = service.current()
    code = running.config.service_code
    session, text = uuid4().hex, _extension(dial or code, code)
    while True:
        reply = running.switchboard.answer(Press("terminal", session, phone, text))
        click.echo(f"\n{reply.text}")
        if reply.over:
            return
        typed = _typed()
        if not typed:
            return
        text = f"{text}*{typed}" if text else typed


def _typed() -> str:
    """What is typed; nothing at the end of the input, which hangs up like an empty line."""
    try:
        return str(click.prompt(">", default="", show_default=False, prompt_suffix=" "))
    except click.Abort:
        click.echo()
        return ""


def _extension(dialled: str, code: str) -> str:
    """What is dialled beyond the service code: *384*77*1# is 1."""
    return dialled.removeprefix(code.rstrip("#")).strip("*#")


COMMANDS = (talk,)
