"""Statements of the operators as files: money that came in is read, kept once, and looked for in the books."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from models import chain, settling, statements
from models.entries import Account
from models.hands import Hand
from models.statements import Received, State
from ussd_app.registers.homes import Home
from ussd_app.registers.problems import Problem, Problems, Rejected, Wrong
from ussd_app.statements.layout import Layout
from ussd_app.statements.lines import Lines

__all__ = ["Layout", "Outcome", "Rejected", "Statement", "read_in"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A file of an operator: where it is, how it is written, whose account it is of, and by which channel."""

    path: Path
    layout: Layout
    home: Home
    channel: Account


@dataclass
class Outcome:
    """What an import did: rows of money that came in, rows that are no such thing, rows that were there before."""

    incoming: int = 0
    skipped: int = 0
    known: int = 0
    found: Counter[State] = field(default_factory=Counter)


def read_in(db: Connection, statement: Statement, hand: Hand | None, now: datetime) -> Outcome:
    """Read a statement: all of it, or nothing. With a hand, what can only be a payment of a member is posted.

    The same lines again change nothing. Raises Rejected with every error of the file, and NotAllowed.
    """
    problems, home = Problems(), statement.home
    reading = Lines(statement.layout, home, now.astimezone(home.zone).date())
    rows = list(reading.of(statement.path))
    chain.hold(db, [home.id])
    before = statements.known(db, home.id, statement.channel, [each.reference for _, each in rows])
    new, contradictions = _compare(rows, before)
    problems.add([*reading.problems, *contradictions])
    problems.reject()
    found = settling.take(db, home.id, statement.channel, new, hand, now)
    counted = Counter(each.state for each in found.values())
    return Outcome(len(rows), reading.skipped, len(rows) - len(new), counted)


def _compare(
    rows: Sequence[tuple[int, Received]], before: Mapping[str, Received]
) -> tuple[list[Received], list[Problem]]:
    """The lines that are new, and what contradicts a line of this file or of one that was read before."""
    new: dict[str, Received] = {}
    wrong = []
    for row, each in rows:
        earlier = before.get(each.reference) or new.setdefault(each.reference, each)
        for column in ("amount", "date", "phone"):
            name = "received_on" if column == "date" else column
            if getattr(each, name) != getattr(earlier, name):
                what = "cette référence a déjà une autre valeur"
                wrong.append(Problem(row, column, Wrong(what, "gardez une seule ligne par référence de l'opérateur")))
    return [*new.values()], wrong
