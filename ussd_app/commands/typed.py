"""What the commands of the office share: who gives them, whom they are about, numbers and dates as they are typed."""

import sys
from datetime import date, datetime
from fractions import Fraction
from typing import Never

import click
from sqlalchemy import Connection, select

from models import members
from models.cooperatives import Cooperative
from models.members import Member
from models.proposals import Hand

DAY = click.DateTime(["%Y-%m-%d"])


def refuse(why: str) -> Never:
    """Say in one sentence what is wrong and what would be right, and end with 1."""
    click.echo(why, err=True)
    sys.exit(1)


def hand(db: Connection, cooperative: str, number: str) -> Hand:
    """Who gives a command, by member number."""
    found = (
        select(Member.id, Member.cooperative_id, Member.role)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Cooperative.code == cooperative, Member.number == number, Member.left_on.is_(None))
    )
    row = db.execute(found).one_or_none()
    if row is None:
        refuse(f"--by: no member {number} in {cooperative}; give the member number of who records it")
    return Hand(row.id, row.cooperative_id, row.role)


def member(db: Connection, cooperative_id: int, number: str) -> int:
    """A member whom a command is about, by number."""
    found = members.by_number(db, cooperative_id, number)
    if found is None:
        refuse(f"no member {number} in this cooperative")
    return found


def optional(db: Connection, cooperative_id: int, number: str | None) -> int | None:
    """A member who may be left out."""
    return None if number is None else member(db, cooperative_id, number)


def day(given: datetime) -> date:
    """The date that was typed."""
    return given.date()


class Fineness(click.ParamType[int]):
    """Fineness as it is said: 21.5k for carats, 896 for parts per thousand; in thousandths of a carat."""

    name = "fineness"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it exactly: what is finer than a thousandth of a carat is refused, not rounded."""
        text = str(value).strip().lower().replace(",", ".")
        try:
            read = Fraction(text.removesuffix("k").strip()) * (1000 if text.endswith("k") else 24)
        except (ValueError, ZeroDivisionError):
            self.fail(f"{text!r} is no fineness; write 21.5k or 896", param, ctx)
        if read.denominator != 1 or not 0 < read <= 24_000 or "/" in text:
            self.fail(f"{text!r} is no fineness; write 21.5k or 896", param, ctx)
        return int(read)


FINENESS = Fineness()
