"""Commands for the statements of operators: read them in, see what fits nobody, say whose it is."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from models import members, settling
from models import statements as lines
from models.ledger import Account
from models.proposals import NotAllowed
from models.statements import CHANNELS, Found, Line, State, Why
from ussd_app import service, statements
from ussd_app.commands import hands
from ussd_app.db import reading, transaction
from ussd_app.statements import layout

Result = TypeVar("Result")

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


class _DryRun(Exception):
    """Leaves the transaction of a trial import, so that nothing of it is kept."""


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
    written = _layout(columns, dates, incoming, mapping)
    try:
        outcome = _read_in(cooperative, file, Account(channel), written, by, dry_run)
    except statements.Rejected as rejected:
        for error in rejected.errors:
            click.echo(error, err=True)
        sys.exit(1)
    except NotAllowed as error:
        sys.exit(hands.refusal(error))
    except IntegrityError:
        sys.exit("another import was writing the same lines: nothing of this one is kept, start it again")
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


def _read_in(
    cooperative: str, file: Path, channel: Account, written: layout.Layout, by: str | None, dry_run: bool
) -> statements.Outcome:
    running = service.current()
    try:
        with transaction(running.engine) as db:
            home = hands.home(db, cooperative)
            hand = None if by is None else hands.hand(db, home.id, by)
            read = statements.Statement(file, written, home, channel)
            outcome = statements.read_in(db, read, hand, running.clock())
            _stop_here(dry_run)
    except _DryRun:
        click.echo("trial only, nothing is kept")
    return outcome


def _stop_here(dry_run: bool) -> None:
    if dry_run:
        raise _DryRun


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
        for each in lines.listed(db, hands.home(db, cooperative).id, state):
            last = f"member {each.member}" if each.why is None else REASONS[each.why]
            click.echo("\t".join([*_told(each), last]))


def _told(each: Line) -> Iterable[str]:
    phone = "-" if each.phone is None else f"...{each.phone[-4:]}"
    return str(each.line_id), each.received_on.isoformat(), str(each.amount), each.channel, each.reference, phone


@statement.command()
@click.argument("cooperative")
@click.argument("wanted", metavar="[LINE]...", type=int, nargs=-1)
@hands.BY
def confirm(cooperative: str, wanted: tuple[int, ...], by: str) -> None:
    """Post the proposed payments, or those of the lines that are given; never one of the officer themselves."""

    def act(db: Connection) -> dict[int, Found]:
        home = hands.home(db, cooperative)
        hand = hands.hand(db, home.id, by)
        return settling.confirm(db, home.id, hand, wanted or None, service.current().clock())

    states = [each.state for each in _done(act).values()]
    click.echo(", ".join(f"{states.count(state)} {state}" for state in State))


@statement.command()
@click.argument("line", type=int)
@click.argument("member")
@hands.BY
def assign(line: int, member: str, by: str) -> None:
    """Say whose payment a line is: it is posted, unless the books have that payment already."""

    def act(db: Connection) -> Found:
        there = lines.line(db, line)
        if there is None:
            sys.exit(f"no line {line}")
        hand = hands.hand(db, there.cooperative_id, by)
        whose = members.by_number(db, there.cooperative_id, member)
        if whose is None:
            sys.exit(f"no member {member} in this cooperative")
        return settling.assign(db, line, whose, hand, service.current().clock())

    click.echo(_done(act).state)


def _done(act: Callable[[Connection], Result]) -> Result:
    """Do something in a transaction of its own; ends the command when it is refused."""
    try:
        with transaction(service.current().engine) as db:
            return act(db)
    except NotAllowed as error:
        sys.exit(hands.refusal(error))
    except settling.Settled:
        sys.exit("this line is in the books as another member's: undo that payment first")
    except settling.OtherMoney:
        sys.exit("the books have this reference with another amount: undo that payment first")


COMMANDS = (statement,)
