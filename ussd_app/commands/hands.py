"""What commands of the office share: which cooperative, the officer who acts (`--by`), and files to write."""

import sys
from pathlib import Path

import click
from sqlalchemy import Connection, select

from models.members import Member
from models.proposals import Bar, Hand, NotAllowed
from ussd_app.registers import sheets
from ussd_app.registers.homes import Home, known
from ussd_app.registers.sheets import Cell

BY = click.option("--by", "by", required=True, metavar="NUMBER", help="The member number of the officer who acts.")

REASONS = {
    Bar.NO_OFFICER: "this member holds no office that may do this",
    Bar.SAME_PERSON: "a second person is needed: not the officer who acts",
    Bar.OWN_BENEFIT: "nobody does this for themselves: another officer must",
}


def home(db: Connection, code: str) -> Home:
    """The cooperative of a code; ends the command when there is none."""
    found = known(db).get(code)
    if found is None:
        sys.exit(f"no cooperative {code}")
    return found


def hand(db: Connection, cooperative_id: int, number: str) -> Hand:
    """The officer who has a number in a cooperative; ends the command when nobody has it, or they left."""
    mine = select(Member.id, Member.role).where(Member.cooperative_id == cooperative_id, Member.number == number)
    row = db.execute(mine.where(Member.left_on.is_(None))).one_or_none()
    if row is None:
        sys.exit(f"no member {number} in this cooperative")
    return Hand(row.id, cooperative_id, row.role)


def refusal(error: NotAllowed) -> str:
    """Why somebody may not, in a sentence."""
    return REASONS.get(error.bar, "this is not allowed")


def write(path: Path | None, rows: list[list[Cell]]) -> None:
    """Write rows to a file, or as CSV to standard output; ends the command when that cannot be."""
    try:
        sheets.write(path, rows)
    except OSError as error:
        sys.exit(f"the file cannot be written: {error.strerror}")
