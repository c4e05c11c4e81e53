"""Who acts by a command, in which cooperative, and about whom.

What needs two keys is only proposed by a command: another officer turns the second key, on their own phone.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import click
from sqlalchemy import Connection

from models import hands, members
from models.hands import Hand
from models.members import OFFICERS, Role
from ussd_app import service
from ussd_app.commands.refusing import in_a_sentence, refuse
from ussd_app.db import transaction
from ussd_app.registers import homes
from ussd_app.registers.homes import Home

BY = click.option("--by", required=True, metavar="NUMBER", help="The member number of the officer who acts.")


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts in a cooperative, in a transaction of their own."""

    db: Connection
    home: Home
    hand: Hand
    now: datetime

    @property
    def today(self) -> date:
        """The date where the cooperative is."""
        return self.home.today(self.now)

    def past(self, option: str, day: datetime) -> date:
        """A day that has come where the cooperative is; ends the command when it has not."""
        return past(self.today, option, day)

    def member(self, number: str) -> int:
        """The member whom the command is about."""
        return member(self.db, self.home, number)


@contextmanager
def acting(cooperative: str | int, by: str, among: Collection[Role] = OFFICERS) -> Iterator[Acting]:
    """One command is one transaction of somebody with one of these offices; what cannot be is said in one sentence."""
    running = service.current()
    with in_a_sentence(), transaction(running.engine) as db:
        there = home(db, cooperative)
        yield Acting(db, there, hand(db, there, by, among), running.clock())


def past(today: date, option: str, day: datetime) -> date:
    """A day up to today; ends the command when it is to come."""
    if day.date() > today:
        refuse(f"{option} {day:%Y-%m-%d} is still to come; give today or a day before")
    return day.date()


def home(db: Connection, cooperative: str | int) -> Home:
    """A cooperative, by its code, or by the id that a row of ours gives; ends the command when there is none."""
    found = homes.one(db, cooperative)
    if found is None:
        refuse(f"no cooperative {cooperative}; give its code as in `export cooperatives`")
    return found


def member(db: Connection, home: Home, number: str) -> int:
    """A member, by number; ends the command when there is none."""
    found = members.by_number(db, home.id, number)
    if found is None:
        refuse(f"no member {number} in {home.code}; give the number on the card")
    return found


def hand(db: Connection, home: Home, by: str, among: Collection[Role] = OFFICERS) -> Hand:
    """Who acts, by member number; ends the command when they may not. Who has left never acts."""
    found = hands.of(db, home.id, by)
    if found is None:
        member(db, home, by)
        refuse(f"member {by} has left {home.code}; --by takes the member number of an officer who is there")
    if found.role not in among and found.role is not Role.MEMBER:
        offices = ", ".join(sorted(among))
        refuse(f"member {by} of {home.code} is {found.role}; this is for: {offices}; --by takes the number of one")
    if found.role not in among:
        refuse(f"member {by} is no officer of {home.code}; --by takes the member number of one")
    return found


def proposed(number: int) -> None:
    """Say that the first key is turned."""
    click.echo(f"proposal {number}: waits for a second officer, on their own phone, for 24 hours")
