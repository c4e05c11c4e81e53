"""How a command ends that cannot be done: one sentence on standard error that says what would be right, and exit 1."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from models import receiving
from models.cadence import BadRule
from models.hands import Bar, NotAllowed
from models.ledger import Conflict
from models.limits import MonthSpent
from models.money import AT_MOST
from models.proposals import Overtaken
from models.quiet import BadHours
from models.receiving import Refused, Why
from models.sharing import Unshareable
from ussd_app.db import transaction
from ussd_app.registers.problems import Rejected

NOT_NOTED = {
    Why.UNKNOWN: "no such member in this cooperative; give the number on the card",
    Why.OWN: "an officer notes nothing for themselves; --by must name another officer",
    Why.NO_CASHIER: "--by must name a treasurer; for a treasurer's own money also the president or the secretary",
    Why.AMOUNT: f"the amount must be above 0 and at most {AT_MOST}",
    Why.CHANNEL: "the channel is not one money goes by",
    Why.DAY: "--on must be a day of the last year, today at the latest",
    Why.BEFORE_SALE: "the lot was not sold yet on that day; give --on from the day of its sale",
    Why.NO_REFERENCE: f"--reference must be 1 to {receiving.REFERENCE_AT_MOST} letters and figures on one line",
    Why.REFERENCE: "this reference is in the books with other money, or was undone; give another one",
}
NOT_ALLOWED = {
    Bar.OWN_BENEFIT: "nobody does this for themselves; --by must name another officer",
    Bar.INTERESTED: "who is named to receive, bought the lot or put money in it turns no key; --by must name another",
    Bar.SAME_PERSON: "a second person is needed: somebody else than the officer who acts",
}


def refuse(why: str) -> Never:
    """Say why, and end the command."""
    click.echo(why, err=True)
    sys.exit(1)


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """What the law, the books, the numbers or a file do not allow: each says why itself."""
    try:
        yield
    except Rejected as rejected:
        refuse("\n".join(rejected.errors))
    except NotAllowed as error:
        refuse(NOT_ALLOWED.get(error.bar, "this officer may not do this; --by must name another one"))
    except Refused as error:
        refuse(NOT_NOTED[error.why])
    except BrokenPipeError:  # who reads has read enough: no fault, and click ends it quietly
        raise
    except OSError as error:
        refuse(f"{str(error.filename)!r} cannot be read: {error.strerror}")
    except (Overtaken, Unshareable, Conflict, MonthSpent, BadRule, BadHours) as refusal:
        refuse(str(refusal))


@contextmanager
def writing() -> Iterator[None]:
    """A file is written."""
    try:
        yield
    except OSError as error:
        refuse(f"the file cannot be written: {error.strerror}")


class _Trial(Exception):
    """Leaves the transaction of a trial, so that nothing of it is kept."""


def _end(trial: bool) -> None:
    if trial:
        raise _Trial


@contextmanager
def taken_in(engine: Engine, trial: bool) -> Iterator[Connection]:
    """A file is read in: all of it, or nothing; for a trial nothing."""
    try:
        with in_a_sentence(), transaction(engine) as db:
            yield db
            _end(trial)
    except IntegrityError:
        refuse("another import was writing the same rows: nothing of this one is kept, start it again")
    except _Trial:
        click.echo("trial only, nothing is kept")
