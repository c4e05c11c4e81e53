"""Commands for how cases are handled: deadlines, days of rest, the partner, who is linked; and two keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import click

from models import linking
from models.grievances import Refused, Stop, clocks, glass, is_reference, tree
from models.grievances.kinds import Clock
from models.members import OFFICERS, Role
from ussd_app import service
from ussd_app.commands.acting import BY, acting, home, member, proposed
from ussd_app.commands.grievances import COOP, group, known
from ussd_app.commands.office import people
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.commands.typed import NUMBER
from ussd_app.db import transaction

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOT_SET = {
    Stop.LOOSER: "a body sets no longer deadline than the one above it, and the topmost at most four times the default",
    Stop.TOO_MANY: f"a body rests on {clocks.REST_WEEKDAYS} days of the week at most, and on {clocks.REST_DATES} dates "
    f"in any {clocks.REST_WITHIN.days} days",
    Stop.NO_SUCH_MEMBER: "a partner is a body from outside the tree; give its code as in `export cooperatives`",
}


@contextmanager
def allowed() -> Iterator[None]:
    """What the rules of the cases do not allow is said in one sentence."""
    try:
        with in_a_sentence():
            yield
    except Refused as error:
        refuse(NOT_SET[error.stop])


@group.command()
@click.argument("body")
@click.argument("partner")
def partner(body: str, partner: str) -> None:
    """Choose in advance who handles what nobody in the tree of a body may: another body, from outside."""
    with allowed(), transaction(service.current().engine) as db:
        tree.choose_partner(db, home(db, body).id, home(db, partner).id)
    click.echo("chosen")


@group.command()
@click.argument("body")
@click.argument("clock", required=False, type=click.Choice([each.value for each in Clock]))
@click.argument("hours", required=False, type=click.IntRange(1, 10_000))
def clock(body: str, clock: str | None, hours: int | None) -> None:
    """Set a deadline of a body in hours, for itself and all below it, who may only shorten it; or show all."""
    with allowed(), transaction(service.current().engine) as db:
        there = home(db, body)
        if clock and hours:
            clocks.set_hours(db, there.id, Clock(clock), hours)
        found = clocks.hours(db, there.id)
    for each in Clock if clock is None else (Clock(clock),):
        click.echo(f"{each}\t{found[each]}")


@group.command()
@click.argument("body")
@click.argument("day")
@BY
def rest(body: str, day: str, by: str) -> None:
    """A body does not work on DAY: of the week, such as friday, or a date, YYYY-MM-DD. Its deadlines wait then.

    Somebody of the committee or an officer of that very body says so.
    """
    weekday = WEEK.index(day.lower()) if day.lower() in WEEK else None
    try:
        on = date.fromisoformat(day) if weekday is None else None
    except ValueError:
        refuse(f"{day!r} is no day; give one of the week, such as friday, or a date, YYYY-MM-DD")
    with allowed(), acting(body, by, (*OFFICERS, Role.COMMITTEE)) as office:
        clocks.rest_on(office.db, office.home.id, weekday, on)
    click.echo("noted")


@group.command("break-glass")
@COOP
@click.argument("number")
@click.option("--why", prompt="Why must this case be read", help="The reason, which the second key and others read.")
@BY
def break_glass(coop: str, number: str, why: str, by: str) -> None:
    """Ask to read a case that is not at one's desk. Prints the number of the request.

    The surveillance of the body, or who watches from the body above, turns the second key on their own phone (Bureau,
    Qui a lu) within 24 hours. Both bodies see who asked, why, and that it was read.
    """
    if not is_reference(number):
        refuse(f"{number!r} is no number of a case: its six digits, as they were shown")
    if not why.strip():
        refuse("say why it must be read: --why")
    with acting(coop, by, OFFICERS) as office:
        click.echo(glass.ask(office.db, office.hand, number, why, office.now))


@group.command("behind-glass")
@COOP
@click.argument("request", type=NUMBER)
@BY
def behind_glass(coop: str, request: int, by: str) -> None:
    """Read a case that two keys opened, within 24 hours of the second; never who complained."""
    with known(), acting(coop, by, OFFICERS) as office:
        found = glass.look(office.db, office.hand, request, office.now)
    click.echo(f"case\t{found.held.reference}\nsubject\t{found.held.category}\nstate\t{found.held.state}")
    click.echo(f"words\t{found.words or '-'}")
    for note in found.notes:
        click.echo(f"{note.written_at:%Y-%m-%d}\t{'to' if note.to_owner else 'from'} the complainant\t{note.words}")


@people.command()
@click.argument("cooperative")
@click.argument("number")
@click.argument("other")
@click.option("--undo", is_flag=True, help="They belong together no more.")
@BY
def linked(cooperative: str, number: str, other: str, undo: bool, by: str) -> None:
    """Propose that two members belong together: of one household or business. What bars one from a case bars the other.

    A second officer accepts it on their own phone within 24 hours; the surveillance of both is told then. OTHER is a
    number in the same cooperative, or CODE:NUMBER in another one.
    """
    with acting(cooperative, by) as office:
        code, _colon, second = other.rpartition(":")
        there = home(office.db, code) if code else office.home
        pair = office.member(number), member(office.db, there, second)
        proposal = linking.propose(office.db, office.hand, *pair, undo, office.now)
    proposed(proposal)


COMMANDS = (group,)
