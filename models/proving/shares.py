"""Lots: the lines a lot was shared by add up to its pot, one after the other, and are what its members have.

So do the lines of each adjustment to its difference: all of them together are the gross that the books have.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, FromClause, String, cast, select

from models.entries import SHARING, Account, Entry, EntryKind, Posting
from models.lines import ADJUST
from models.proving.approvals import AUTHOR
from models.proving.faults import Fault
from models.sharing.beneficiaries import is_group

AT_ONCE = 2_000
# What a split leaves to later steps, and what is kept back of a share: neither is given away.
REST, RECOVERY = "rest", "recover"
Sides = Counter[tuple[str, int | None]]


def add_up(lines: FromClause) -> Callable[[Connection], Iterator[Fault]]:
    """The check over the table of lines: entry_id, position, step, to, member_id, amount, and rest."""
    kind = cast(Entry.kind, String).label("kind")
    named = select(*lines.c, Entry.cooperative_id, Entry.key, kind).join(Entry, Entry.id == lines.c.entry_id)
    in_order = named.order_by(lines.c.entry_id, lines.c.position)
    untold = (
        select(Entry.cooperative_id, Entry.key)
        .where(cast(Entry.kind, String).in_([each.value for each in SHARING]), Entry.author.startswith(AUTHOR))
        .where(~select(lines.c.entry_id).where(lines.c.entry_id == Entry.id).exists())
    )

    def shares(db: Connection) -> Iterator[Fault]:
        for home, key in db.execute(untold.order_by(Entry.id)):
            yield Fault(f"entry {key}: the lines it was shared by are not there", home)
        with db.execute(in_order, execution_options={"yield_per": AT_ONCE}) as rows:
            for entry_id, together in groupby(rows, key=lambda row: row.entry_id):
                shared = list(together)
                adjusted = shared[0].kind == EntryKind.ADJUSTMENT
                wrong = _unadjusted(db, entry_id, shared) if adjusted else _wrong(shared, _sides(db, entry_id))
                if wrong:
                    yield Fault(f"entry {shared[0].key}: {wrong}", shared[0].cooperative_id)

    return shares


def _sides(db: Connection, entry_id: int) -> Sides:
    """What an entry gives to each account and member; of shares, what was given before anything was kept back."""
    account = cast(Posting.account, String)
    sides: Sides = Counter()
    for name, member_id, amount in db.execute(
        select(account, Posting.member_id, Posting.amount).where(Posting.entry_id == entry_id)
    ):
        if name != Account.SHARES or amount < 0:
            sides[name, member_id] += abs(amount)
    return sides


def _unadjusted(db: Connection, entry_id: int, lines: Iterable[Any]) -> str | None:
    """What is wrong with the lines of an adjustment, above or below zero."""
    account = cast(Posting.account, String)
    sides: Sides = Counter()
    for name, member_id, amount in db.execute(
        select(account, Posting.member_id, Posting.amount).where(Posting.entry_id == entry_id)
    ):
        sides[name, member_id] += amount
    rest = sides.pop((Account.SALES, None), 0)
    for line in lines:
        if line.step != ADJUST or line.rest != rest - line.amount:
            return f"line {line.position} leaves {line.rest} of {rest}"
        rest = line.rest
        place = (Account.LOT_REST, None) if line.member_id is None else (Account.SHARES, line.member_id)
        sides[place] += line.amount
    if rest:
        return f"its lines leave {rest} of its difference"
    return "its lines and its postings do not give the same" if any(sides.values()) else None


def _wrong(lines: Iterable[Any], sides: Sides) -> str | None:
    pot = rest = sides[Account.SALES, None]
    given, told = 0, Counter[tuple[str, int | None]]()
    for line in lines:
        if line.rest not in (rest, rest - line.amount) or line.rest < 0:
            return f"line {line.position} leaves {line.rest} of {rest}"
        rest = line.rest
        if line.step != RECOVERY and line.to != REST and not is_group(line.to):
            given += line.amount
        if line.member_id is not None:
            told[Account.ADVANCES if line.step == RECOVERY else Account.SHARES, line.member_id] += line.amount
    if given != pot or rest:
        return f"its lines add up to {given} and leave {rest}; its pot is {pot}"
    of_members = {place: amount for place, amount in sides.items() if place[1] is not None and amount}
    if of_members != {place: amount for place, amount in told.items() if amount}:
        return "its lines and its postings do not give the members the same"
    return None
