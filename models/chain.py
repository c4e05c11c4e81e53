"""The chain: each entry of a cooperative is sealed together with the seal before it, under a key that is not in the
database. Who changes, removes or slips in an entry behind the program's back breaks it from there on.

What may have to be erased (names, phones, reasons in a person's own words) stays out of the seal.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKey, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import stamps, vault
from models.base import Base
from models.writing import insert_once


class Chain(Base):
    """Where the chain of a cooperative stands: how many entries, how many receipts, and the last seal."""

    __tablename__ = "chains"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    entries: Mapped[int]
    receipts: Mapped[int]
    head: Mapped[str]


class Link(Base):
    """The seal of an entry, and its place in the chain of its cooperative, from 1."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("cooperative_id", "position"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    position: Mapped[int]
    seal: Mapped[str]


class Receipt(Base):
    """The receipt of a payment: numbered from 1 in each cooperative, without gaps."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("cooperative_id", "number"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    number: Mapped[int]


START = ""
_MOVED = "chains that moved"  # where a connection keeps them until its transaction ends
Side = tuple[str, int | None, int]


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed of an entry: its facts, and its sides (account, member, amount) in whatever order."""

    entry_id: int
    cooperative_id: int
    facts: tuple[object, ...]
    sides: Sequence[Side]
    receipted: bool


def sealed(before: str, position: int, receipt: int | None, content: Content) -> str:
    """The seal of an entry at its place: a keyed digest of the seal before it and of all it says."""
    sides = sorted(content.sides, key=lambda side: (side[0], side[1] or 0, side[2]))
    text = json.dumps([before, content.cooperative_id, position, receipt, content.facts, sides], separators=(",", ":"))
    return vault.digest("ledger chain", text)


@dataclass(slots=True)
class Held:
    """A chain that is held until the end of the transaction, to be added to."""

    entries: int
    receipts: int
    head: str


_HELD = (
    select(Chain.cooperative_id, Chain.entries, Chain.receipts, Chain.head)
    .where(Chain.cooperative_id.in_(bindparam("cooperatives", expanding=True)))
    .order_by(Chain.cooperative_id)
    .with_for_update()
)


def hold(db: Connection, cooperatives: Collection[int]) -> dict[int, Held]:
    """Hold the chains of these cooperatives, always in the same order, so that no two wait for each other."""
    wanted = sorted(cooperatives)
    found = {row[0]: Held(*row[1:]) for row in db.execute(_HELD, {"cooperatives": wanted})}
    missing = [each for each in wanted if each not in found]
    if not missing:
        return found
    for each in missing:
        insert_once(db, Chain, {"cooperative_id": each, "entries": 0, "receipts": 0, "head": START})
        stamps.begin(db, each)
    return hold(db, cooperatives)


def seal(db: Connection, chains: dict[int, Held], contents: Iterable[Content]) -> None:
    """Add entries to the chains that are held, in their order."""
    links, receipts, moved = [], [], set()
    for content in contents:
        at, place = chains[content.cooperative_id], {"entry_id": content.entry_id}
        at.entries += 1
        at.receipts += content.receipted
        receipt = at.receipts if content.receipted else None
        at.head = sealed(at.head, at.entries, receipt, content)
        place["cooperative_id"] = content.cooperative_id
        links.append(place | {"position": at.entries, "seal": at.head})
        if receipt is not None:
            receipts.append(place | {"number": receipt})
        moved.add(content.cooperative_id)
    db.execute(insert(Link), links)
    if receipts:
        db.execute(insert(Receipt), receipts)
    for each in sorted(moved):
        at = chains[each]
        db.execute(_MOVE, {"cooperative": each, "count": at.entries, "issued": at.receipts, "last": at.head})
    db.info.setdefault(_MOVED, set()).update(moved)


_MOVE = (
    update(Chain)
    .where(Chain.cooperative_id == bindparam("cooperative"))
    .values(entries=bindparam("count"), receipts=bindparam("issued"), head=bindparam("last"))
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries it has, and the last seal."""

    entries: int
    seal: str

    @property
    def print(self) -> str:
        """The seal as it is printed on the notice board and read on a phone: eight signs in two groups."""
        return fingerprint(self.seal)


def fingerprint(seal: str) -> str:
    """Eight signs of a seal, in two groups."""
    return f"{seal[:4]} {seal[4:8]}".upper()


_HEAD = select(Chain.entries, Chain.head).where(Chain.cooperative_id == bindparam("cooperative"))
_AT = select(Link.position, Link.seal).where(
    Link.cooperative_id == bindparam("cooperative"), Link.position == bindparam("position")
)


def head(db: Connection, cooperative_id: int) -> Head | None:
    """The end of a cooperative's chain; None while its books are empty."""
    row = db.execute(_HEAD, {"cooperative": cooperative_id}).one_or_none()
    return Head(*row) if row is not None and row.entries else None


def at(db: Connection, cooperative_id: int, position: int) -> Head | None:
    """The chain as it stood when it had so many entries; None when it never had."""
    row = db.execute(_AT, {"cooperative": cooperative_id, "position": position}).one_or_none()
    return None if row is None else Head(*row)


_HEADS = select(Chain.cooperative_id, Chain.entries, Chain.head).where(Chain.entries > 0).order_by(Chain.cooperative_id)
_SOME_HEADS = _HEADS.where(Chain.cooperative_id.in_(bindparam("cooperatives", expanding=True)))


def heads(db: Connection) -> dict[int, Head]:
    """The end of every chain, by cooperative."""
    return {row[0]: Head(*row[1:]) for row in db.execute(_HEADS)}


def moved(db: Connection) -> dict[int, Head]:
    """The ends of the chains that entries were added to since this was asked last, as this transaction has them.

    They are read, not remembered: what was taken back to a savepoint is not told.
    """
    cooperatives = db.info.pop(_MOVED, None)
    if not cooperatives:
        return {}
    return {row[0]: Head(*row[1:]) for row in db.execute(_SOME_HEADS, {"cooperatives": sorted(cooperatives)})}
