"""Who is late with dues in the group of a leader: a team leader's own team, an officer's cooperative.

A team is who was placed in it with its leader (`models.groups`), and who worked for that leader.

Amounts are for who keeps the money and who watches over it; nobody else's business is more than since when.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from models import dues
from models.allocation import Money, allocate
from models.entries import STANDS, Account, Entry, Posting
from models.hands import Hand
from models.members import OFFICERS, Member, Role
from models.work import LotWork

LOOKERS = (*OFFICERS, Role.TEAM_LEADER)
SEE_AMOUNTS = (Role.TREASURER, Role.SURVEILLANCE)
AT_MOST = 30


@dataclass(frozen=True, slots=True)
class Late:
    """A member who is late, since the oldest due that is open; the amount, for those who may see it."""

    number: str
    initials: str
    since: date
    amount: int | None


_OWED = func.sum(Posting.amount)
_BEHIND: Select[int, str, str] = (
    select(Member.id, Member.number, Member.name)
    .join(Posting, Posting.member_id == Member.id)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None))
    .where(Posting.account == Account.DUES, Entry.happened_on < bindparam("today"), STANDS)
    .group_by(Member.id, Member.number, Member.name)
    .having(_OWED > 0)
    .order_by(_OWED.desc(), Member.id)
    .limit(AT_MOST)
)
_OWN_TEAM = select(Member.team).where(Member.id == bindparam("leader")).scalar_subquery()
_WORKED = select(LotWork.member_id).where(LotWork.recorded_by == bindparam("leader"))
_OF_TEAM = _BEHIND.where(Member.id.in_(_WORKED) | (Member.team == _OWN_TEAM))


def of(db: Connection, hand: Hand, today: date) -> list[Late]:
    """The members of a leader's group who are late, those who owe most first; at most thirty."""
    asked = _OF_TEAM if hand.role is Role.TEAM_LEADER else _BEHIND
    given = {"cooperative": hand.cooperative_id, "today": today}
    if hand.role is Role.TEAM_LEADER:
        given["leader"] = hand.member_id
    people = db.execute(asked, given).all()
    entries = _entries(db, Posting.member_id.in_([row[0] for row in people]))
    found = []
    for member_id, number, name in people:
        open_dues = [each for each in allocate(entries[member_id]).dues if each.open and each.due_on < today]
        if open_dues:
            amount = sum(each.open for each in open_dues) if hand.role in SEE_AMOUNTS else None
            found.append(Late(number, initials(name), open_dues[0].due_on, amount))
    return found


def _entries(db: Connection, whose: ColumnElement[bool]) -> dict[int, list[Money]]:
    """What stands on the accounts of some members."""
    asked = dues.entries_of(whose, Account.DUES).add_columns(Posting.member_id.label("member_id"))
    entries: dict[int, list[Money]] = defaultdict(list)
    for row in db.execute(asked.order_by(Entry.id)):
        entries[row.member_id].append(dues.money(row))
    return entries


def initials(name: str) -> str:
    """A name that only says something to who knows the person: A.C."""
    return "".join(f"{word[0].upper()}." for word in name.split()[:3])
