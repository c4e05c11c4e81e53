"""Commands for the statements of operators: read them in, see what fits nobody, say whose it is."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask.cli import AppGroup

from models import settling
from models import statements as lines
from models.entries import Account
from models.statements import CHANNELS, Line, State, Why
from ussd_app import service, statements
from ussd_app.commands.acting import BY, acting, hand, home
from ussd_app.commands.refusing import refuse, taken_in
from ussd_app.commands.typed import NUMBER
from ussd_app.db import reading
from ussd_app.statements import layout

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REASONS = {
    Why.NO_PHONE: "the statement says no number",
    Why.UNKNOWN_PHONE: "no member has this number",
    Why.SHARED_PHONE: "several members have this number",
    Why.LEFT: "the number is of a member who left",
    Why.ODD_AMOUNT: "the amount is not round: a fee may be missing from it",
    Why.ALIKE: "the books have a payment much like it: another amount, or by another channel",
    Why.OTHER_MONEY: "the books have this reference with another amount",
    Why.REVERSED: "its payment was undone",
}

statement = AppGroup("statement", help="Statements of mobile money and of the bank.")


@statement.command("import")
@click.argument("cooperative")
@click.argument("file", type=FILE)
@click.option(
    "--channel", type=click.Choice([each.value for each in CHANNELS]), required=True, help="Whose statement it is."
)
@click.option("--columns", help="Which column says what: date=Date,amount=Montant,phone=Numéro,reference=Réf.")
@click.option("--dates", type=click.Choice(layout.DATES), default=layout.DATES[0], show_default=True)
@click.option("--incoming", multiple=True, help="A word of the direction that means money coming in.")
@click.option("--mapping", type=FILE, help="All of this in a JSON file instead.")
@click.option("--post", is_flag=True, help="Post what can only be the payment of one member; needs --by.")
@click.option("--by", help="The member number of the officer who posts.")
@click.option("--dry-run", is_flag=True, help="Check the file and keep nothing.")
def read_in(
    cooperative: str,
    file: Path,
    channel: str,
    columns: str | None,
    dates: str,
    incoming: tuple[str, ...],
    mapping: Path | None,
    post: bool,
    by: str | None,
    dry_run: bool,
) -> None:
    """Read the statement of an operator, CSV or XLSX: all of it, or nothing. The same lines twice change nothing."""
    if post != (by is not None):
        raise click.UsageError("--post and --by go together: an officer answers for what is posted")
    written, running = _layout(columns, dates, incoming, mapping), service.current()
    with taken_in(running.engine, dry_run) as db:
        there = home(db, cooperative)
        who = None if by is None else hand(db, there, by)
        read = statements.Statement(file, written, there, Account(channel))
        outcome = statements.read_in(db, read, who, running.clock())
    parts = ", ".join(f"{outcome.found[state]} {state}" for state in State)
    click.echo(
        f"{outcome.incoming} lines of money coming in: {outcome.known} known, {parts}; {outcome.skipped} skipped"
    )


def _layout(columns: str | None, dates: str, incoming: tuple[str, ...], mapping: Path | None) -> layout.Layout:
    if (columns is None) == (mapping is None):
        raise click.UsageError("give either --columns or --mapping")
    try:
        return layout.of_file(mapping) if mapping else layout.of_words(columns or "", dates, incoming)
    except layout.BadLayout as error:
        raise click.UsageError(str(error)) from error


@statement.command()
@click.argument("cooperative")
def unmatched(cooperative: str) -> None:
    """List the lines that fit nobody by themselves: number, date, amount, channel, reference, phone, why."""
    _list(cooperative, State.UNMATCHED)


@statement.command()
@click.argument("cooperative")
def proposed(cooperative: str) -> None:
    """List the lines that wait to be confirmed: number, date, amount, channel, reference, phone, member."""
    _list(cooperative, State.PROPOSED)


def _list(cooperative: str, state: State) -> None:
    with reading(service.current().engine) as db:
        for each in lines.listed(db, home(db, cooperative).id, state):
            last = f"member {each.member}" if each.why is None else REASONS[each.why]
            click.echo("\t".join([*_told(each), last]))


def _told(each: Line) -> Iterable[str]:
    phone = "-" if each.phone is None else f"...{each.phone[-4:]}"
    return str(each.line_id), each.received_on.isoformat(), str(each.amount), each.channel, each.reference, phone


@statement.command()
@click.argument("cooperative")
@click.argument("wanted", metavar="[LINE]...", type=NUMBER, nargs=-1)
@BY
def confirm(cooperative: str, wanted: tuple[int, ...], by: str) -> None:
    """Post the proposed payments, or those of the lines that are given; never one of the officer themselves."""
    with acting(cooperative, by) as office:
        found = settling.confirm(office.db, office.home.id, office.hand, wanted or None, office.now)
    states = [each.state for each in found.values()]
    click.echo(", ".join(f"{states.count(state)} {state}" for state in State))


@statement.command()
@click.argument("line", type=NUMBER)
@click.argument("member")
@BY
def assign(line: int, member: str, by: str) -> None:
    """Say whose payment a line is: it is posted, unless the books have that payment already."""
    with reading(service.current().engine) as db:
        there = lines.line(db, line)
    if there is None:
        refuse(f"no line {line}; `statement unmatched` lists them")
    try:
        with acting(there.cooperative_id, by) as office:
            found = settling.assign(office.db, line, office.member(member), office.hand, office.now)
    except settling.Settled:
        refuse("this line is in the books as another member's: undo that payment first")
    except settling.OtherMoney:
        refuse("the books have this reference with another amount: undo that payment first")
    click.echo(found.state)


COMMANDS = (statement,)
