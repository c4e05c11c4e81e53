"""The first of two keys, turned by a command of the office: who acts, by member number."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Never

import click
from sqlalchemy import Connection, select

from models.cooperatives import Cooperative
from models.members import Member
from models.proposals import LASTS, Hand, NotAllowed
from ussd_app.registers.problems import Rejected


class Nobody(ValueError):
    """There is no such cooperative or member."""


def hand(db: Connection, cooperative: str, number: str) -> Hand:
    """The member who acts in a cooperative, by its code and their number. Raises Nobody."""
    found = (
        select(Member.id, Member.cooperative_id, Member.role)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Cooperative.code == cooperative, Member.number == number, Member.left_on.is_(None))
    )
    row = db.execute(found).one_or_none()
    if row is None:
        raise Nobody(f"there is no member {number} in {cooperative}: give --by the number of an officer there")
    return Hand(*row)


def coded(db: Connection, cooperative: str) -> int:
    """The cooperative of a code. Raises Nobody."""
    found = db.execute(select(Cooperative.id).where(Cooperative.code == cooperative)).scalar_one_or_none()
    if found is None:
        raise Nobody(f"there is no cooperative {cooperative}: give its code")
    return found


@contextmanager
def said_in_one_sentence() -> Iterator[None]:
    """What cannot be done is said on standard error, with exit code 1."""
    try:
        yield
    except Rejected as rejected:
        refuse("\n".join(rejected.errors))
    except NotAllowed:
        refuse("--by must be the number of a president, secretary, treasurer or member of the supervisory board")
    except OSError as error:
        refuse(f"the file cannot be read: {error.strerror}")
    except ValueError as refusal:  # what the law, the books or the numbers do not allow: each says why
        refuse(str(refusal))


def refuse(why: str) -> Never:
    """Say why on standard error, and end with 1."""
    click.echo(why, err=True)
    sys.exit(1)


def waits(proposal: int, now: datetime) -> str:
    """What is said when the first key is turned."""
    return (
        f"proposal {proposal}: waits for a second officer, on their own phone, until {now + LASTS:%Y-%m-%d %H:%M} UTC"
    )
