"""The ledger: append-only, double entry, whole units. Every amount a member is told is a sum of its postings.

An entry has a key that is never used twice, so that saying a thing again changes nothing; its postings add up to zero;
a mistake is mended by an entry that reverses it. Each entry is sealed into the chain of its cooperative
(`models.chain`), and each payment has a receipt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from models import chain
from models.entries import FREE_WORDS, MEMBER_ACCOUNTS, Account, Entry, EntryKind, Posting
from models.writing import batches


class Unbalanced(ValueError):
    """The postings of an entry do not add up to zero, or there are none."""


class Conflict(ValueError):
    """The key of an entry is in the ledger already, with other money."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry to be: an amount on an account, of a member where the account is a member's."""

    account: Account
    amount: int
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be posted."""

    cooperative_id: int
    key: str
    kind: EntryKind
    happened_on: date
    label: str
    sides: tuple[Side, ...]
    member_id: int | None = None
    lot_id: int | None = None
    reverses_id: int | None = None


def _check(entry: NewEntry) -> None:
    if len(entry.sides) < 2 or sum(side.amount for side in entry.sides) != 0:
        raise Unbalanced("the two sides of an entry must be equal")
    for side in entry.sides:
        if side.amount == 0 or (side.member_id is not None) != (side.account in MEMBER_ACCOUNTS):
            raise Unbalanced("a side needs an amount, and a member just where the account is a member's")


def _row(entry: NewEntry, author: str, now: datetime) -> dict[str, object]:
    return {
        "cooperative_id": entry.cooperative_id,
        "key": entry.key,
        "kind": entry.kind,
        "happened_on": entry.happened_on,
        "label": entry.label,
        "member_id": entry.member_id,
        "lot_id": entry.lot_id,
        "reverses_id": entry.reverses_id,
        "author": author,
        "recorded_at": now,
    }


def _sides(entry_id: int, entry: NewEntry) -> Iterator[dict[str, object]]:
    for side in entry.sides:
        yield {"entry_id": entry_id, "account": side.account, "member_id": side.member_id, "amount": side.amount}


def post(db: Connection, entries: Sequence[NewEntry], author: str, now: datetime) -> int:
    """Write entries whose keys are not in the ledger yet, and seal them; how many were new.

    The chains of their cooperatives are held until the end of the transaction, so that two who post at the same time
    do it one after the other. Raises Unbalanced, and Conflict when a key is there with other money.
    """
    for entry in entries:
        _check(entry)
    chains = chain.hold(db, {entry.cooperative_id for entry in entries})
    known = posted(db, [entry.key for entry in entries])
    for entry in entries:
        if entry.key in known and known[entry.key] != _money(entry):
            raise Conflict(entry.key)
    new = {entry.key: entry for entry in entries if entry.key not in known}
    if not new:
        return 0
    rows = {key: _row(entry, author, now) for key, entry in new.items()}
    inserted = db.execute(insert(Entry).returning(Entry.key, Entry.id), [*rows.values()])
    ids: dict[str, int] = {row.key: row.id for row in inserted}
    db.execute(insert(Posting), [side for key, entry in new.items() for side in _sides(ids[key], entry)])
    sealed = [_content(ids[key], row, new[key]) for key, row in rows.items()]
    chain.seal(db, chains, sealed)
    return len(new)


def _content(entry_id: int, row: Mapping[str, object], entry: NewEntry) -> chain.Content:
    sides = tuple((side.account.value, side.member_id, side.amount) for side in entry.sides)
    return content(entry_id, row, sides)


def content(entry_id: int, row: Mapping[str, Any], sides: Sequence[chain.Side]) -> chain.Content:
    """What the chain seals of an entry: all of it, but for words that may have to be erased."""
    kind = row["kind"]
    label = None if kind in FREE_WORDS else row["label"]
    facts = (
        *(row["key"], str(kind), row["happened_on"].isoformat(), label, row["member_id"], row["lot_id"]),
        *(row["reverses_id"], row["author"], row["recorded_at"].astimezone(UTC).isoformat()),
    )
    return chain.Content(entry_id, row["cooperative_id"], facts, sides, receipted=kind == EntryKind.PAYMENT)


Sums = frozenset[tuple[Account, int | None, int]]


def _money(entry: NewEntry) -> Sums:
    sums: dict[tuple[Account, int | None], int] = {}
    for side in entry.sides:
        place = (side.account, side.member_id)
        sums[place] = sums.get(place, 0) + side.amount
    return frozenset((account, member, amount) for (account, member), amount in sums.items())


def posted(db: Connection, keys: Sequence[str]) -> dict[str, Sums]:
    """The money of those entries, by key, that are in the ledger already."""
    found: dict[str, set[tuple[Account, int | None, int]]] = {}
    for some in batches(keys):
        sums = (
            select(Entry.key, Posting.account, Posting.member_id, func.sum(Posting.amount))
            .join(Posting, Posting.entry_id == Entry.id)
            .where(Entry.key.in_(some))
            .group_by(Entry.key, Posting.account, Posting.member_id)
        )
        for key, account, member, amount in db.execute(sums):
            found.setdefault(key, set()).add((account, member, int(amount)))
    return {key: frozenset(sides) for key, sides in found.items()}


def reverse(db: Connection, entry_id: int, reason: str, author: str, now: datetime) -> int:
    """Undo an entry by its opposite, dated today, with the reason; once only, however often it is asked.

    Raises LookupError when there is no such entry, or it undoes another: what was undone is not brought back.
    """
    entry = db.execute(select(Entry).where(Entry.id == entry_id)).one_or_none()
    if entry is None or entry.kind is EntryKind.REVERSAL:
        raise LookupError(f"no entry {entry_id} that can be undone")
    sides = db.execute(
        select(Posting.account, Posting.amount, Posting.member_id).where(Posting.entry_id == entry_id)
    ).all()
    opposite = NewEntry(
        cooperative_id=entry.cooperative_id,
        key=f"reversal:{entry_id}",
        kind=EntryKind.REVERSAL,
        happened_on=now.date(),
        label=reason,
        sides=tuple(Side(account, -amount, member) for account, amount, member in sides),
        member_id=entry.member_id,
        lot_id=entry.lot_id,
        reverses_id=entry_id,
    )
    return post(db, [opposite], author, now)
