"""Arrears of a cooperative by age: what each member has not paid yet of dues or capital, and for how long."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, select

from models import dues
from models.allocation import Money, allocate
from models.entries import Account, Entry, Posting
from models.members import Member
from models.writing import streaming

# The last day of each age: not due before today, then a month late, two, three, and longer.
AGES = (0, 30, 60, 90)
COLUMNS = ("not_yet_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90")


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is open of a member's dues or capital, by age, in the order of `COLUMNS`; and what they paid ahead."""

    number: str
    by_age: tuple[int, ...]
    ahead: int

    @property
    def late(self) -> int:
        """All that should have been paid before today."""
        return sum(self.by_age[1:])


def of(db: Connection, cooperative_id: int, today: date, account: Account = Account.DUES) -> Iterator[Arrears]:
    """Every member who has something open or paid ahead, in the order of the register; read as they come."""
    whose = Posting.member_id.in_(select(Member.id).where(Member.cooperative_id == cooperative_id))
    entries = dues.entries_of(whose, account).join(Member, Member.id == Posting.member_id)
    rows = db.execute(
        entries.add_columns(Member.number, Member.id.label("member_id")).order_by(Member.id, Entry.id),
        execution_options=streaming(db, 2000),
    )
    for _member, together in groupby(rows, key=lambda row: row.member_id):
        own = list(together)
        found = _aged(own[0].number, [dues.money(row) for row in own], today)
        if any(found.by_age) or found.ahead:
            yield found


def _aged(number: str, entries: list[Money], today: date) -> Arrears:
    allocated, ages = allocate(entries), [0] * len(COLUMNS)
    for due in allocated.dues:
        ages[bisect_left(AGES, (today - due.due_on).days)] += due.open
    return Arrears(number, tuple(ages), allocated.ahead)
