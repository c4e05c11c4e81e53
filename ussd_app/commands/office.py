"""Commands for the office: people who asked to be linked, codes forgotten, calls owed, SMS to read."""

import click
from flask.cli import AppGroup

from models import callers, codes, grievances, groups, inbox, telling
from models import calls as owed_calls
from models import looks as looking
from models.groups import Group
from models.hands import Bar, NotAllowed
from models.telling import Fact
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.commands.typed import NUMBER
from ussd_app.db import reading, transaction

people = AppGroup("members", help="The members' register.")
letters = AppGroup("inbox", help="SMS that the office must read.")
calls = AppGroup("calls", help="Call-backs the office owes.")


@people.command()
def pending() -> None:
    """List the requests that wait for a secretary."""
    with reading(service.current().engine) as db:
        for each in callers.pending(db):
            wish = f"member {each.member_number}" if each.member_number else "new member"
            click.echo(f"{each.request_id}\t{each.cooperative}\t{wish}\t...{each.phone[-4:]}\t{each.asked_at:%Y-%m-%d}")


@people.command()
@click.argument("request", type=NUMBER)
@click.option("--number", help="The member's number, when it is not the one that was typed.")
@click.option("--name", help="The name of a new member.")
def confirm(request: int, number: str | None, name: str | None) -> None:
    """Link the phone of a request to a member, having seen the person and the card."""
    running = service.current()
    try:
        with transaction(running.engine) as db:
            callers.confirm(db, request, number, name, running.clock())
    except callers.NotConfirmed as error:
        refuse(str(error))
    click.echo("confirmed")


@people.command("refuse")
@click.argument("request", type=NUMBER)
def turn_down(request: int) -> None:
    """Refuse a request."""
    with transaction(service.current().engine) as db:
        done = callers.refuse(db, request)
    if not done:
        refuse(f"request {request} is not waiting")
    click.echo("refused")


@people.command("new-code")
@click.argument("cooperative")
@click.argument("number")
@BY
def new_code(cooperative: str, number: str, by: str) -> None:
    """Let a member choose a new secret code, having seen the person and the card. Each of their phones is told."""
    with acting(cooperative, by) as office:
        member_id = office.member(number)
        if member_id == office.hand.member_id:
            raise NotAllowed(Bar.OWN_BENEFIT)
        if codes.forget(office.db, member_id):
            grievances.hide(office.db, member_id)
            told = Fact("code_ended", {"by": by})
            telling.warn(office.db, member_id, told, f"code:{member_id}:{office.now.isoformat()}", office.now)
    click.echo("the member chooses a new code at the next dial")


@people.command()
@click.argument("cooperative")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--site", help="Where they work; '' is nowhere in particular.")
@click.option("--team", help="With whom they work; '' is with nobody in particular.")
@BY
def place(cooperative: str, numbers: tuple[str, ...], site: str | None, team: str | None, by: str) -> None:
    """Say where members work and with whom: notices can go to a site or a team."""
    said = {Group.SITE: site, Group.TEAM: team}
    if site is None and team is None:
        refuse("say --site, --team or both")
    with acting(cooperative, by) as office:
        for number in numbers:
            office.member(number)
        for group, name in said.items():
            if name is not None:
                groups.put(office.db, office.hand, numbers, group, name)
    click.echo(f"{len(numbers)} members")


@people.command()
@click.argument("cooperative")
def places(cooperative: str) -> None:
    """List where members work and with whom: number, site, team."""
    with in_a_sentence(), reading(service.current().engine) as db:
        for each in groups.everybody(db, home(db, cooperative).id):
            click.echo(f"{each.number}\t{each.site or '-'}\t{each.team or '-'}")


@people.command()
@click.argument("cooperative")
def looks(cooperative: str) -> None:
    """List who opened a list about other members: member number, what, when; newest first."""
    with reading(service.current().engine) as db:
        there = home(db, cooperative)
        for number, seen, looked_at in looking.newest(db, there.id, 1000):
            click.echo(f"{number}\t{seen}\t{looked_at:%Y-%m-%d %H:%M}")


@calls.command("list")
def list_calls() -> None:
    """List the calls that are owed: danger first, then the oldest."""
    with reading(service.current().engine) as db:
        for each in owed_calls.calls(db):
            click.echo(f"{each.call_id}\t{each.phone}\t{each.language}\t{each.topic}\t{each.asked_at:%Y-%m-%d %H:%M}")


@calls.command()
@click.argument("call", type=NUMBER)
def done(call: int) -> None:
    """The call was made."""
    with transaction(service.current().engine) as db:
        owed = owed_calls.called(db, call)
    if not owed:
        refuse(f"call {call} is not owed")
    click.echo("done")


@letters.command("list")
def list_letters() -> None:
    """List the SMS that hold no word we know: number, phone, time, words."""
    with reading(service.current().engine) as db:
        for each in inbox.unanswered(db):
            words = " ".join(each.words.split())
            click.echo(f"{each.letter_id}\t{each.phone}\t{each.received_at:%Y-%m-%d %H:%M}\t{words}")


@letters.command("read")
@click.argument("letter", type=NUMBER)
def read_letter(letter: int) -> None:
    """The SMS was read: it is listed no more."""
    running = service.current()
    with transaction(running.engine) as db:
        done_now = inbox.read(db, letter, running.clock())
    if not done_now:
        refuse(f"message {letter} is not waiting")
    click.echo("read")


COMMANDS = (people, calls, letters)
