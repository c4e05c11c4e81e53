"""Stamps: what the books rest on beside their entries cannot be altered, slipped in or taken away unseen.

The chain holds entries alone. What decided on them, and what members are shown beside them (proposals and rules, plans,
subscriptions, the lines and the account of a shared lot, questions and their answers, counts of the cash), lies in rows
of many tables. When such a thing is written it gets a stamp: a digest of all its rows, under a key that is not in the
database. The proof works every stamp out again. A thing without its stamp was slipped in, a stamp without its thing
says what is gone; and who takes both away is known by the count of stamps of the cooperative, which has a digest too.

Why so, and not otherwise: a stamp is made once and never renewed, so that nothing the program does later can make good
what was altered before. What changes is stamped in parts: a proposal when it is made and when it is decided, a question
when it is asked and when it is answered, a lot each time it is published. One table serves all kinds of things, so a
new one costs a few lines beside its table. Stamps are no second chain: who writes them would hold the chain of the
cooperative from then on, while others wait, and their order means nothing.

Empty columns are left out: a column that is added later does not change what was stamped before. So are the reasons
that a person typed: they may have to be erased.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Enum,
    ForeignKey,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    insert,
    inspect,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base
from models.writing import batches, insert_once

AT_ONCE = 1_000
ERASABLE = frozenset({"reason_sealed"})
ALTERED = ""  # the seal of a count that was found altered: it stays so
Row = tuple[int, int | None, str]  # of which thing, of which cooperative, what it says


class Stamp(Base):
    """The digest of all rows of a thing. `kind` is the name of one of the kinds, `about_id` the thing's own number."""

    __tablename__ = "stamps"

    kind: Mapped[str] = mapped_column(primary_key=True)
    about_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    stamp: Mapped[str]


class StampCount(Base):
    """How many stamps were made in a cooperative, and the digest of that."""

    __tablename__ = "stamp_counts"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    made: Mapped[int]
    seal: Mapped[str]


@dataclass(frozen=True)
class Rows:
    """Rows of one table that belong to a thing: by which column, in which cooperative; `without` what may change."""

    table: type[Base]
    about: SQLColumnExpression[int]
    home: SQLColumnExpression[int]
    joins: tuple[tuple[type[Base], ColumnElement[bool]], ...] = ()
    where: tuple[ColumnElement[bool], ...] = ()
    without: tuple[str, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns that are stamped."""
        return tuple(column.key for column in inspect(self.table).columns if column.key not in self.without)

    @cached_property
    def all(self) -> Select[*tuple[Any, ...]]:
        """All such rows, thing by thing; a choice as text, so that a word that is none does not stop the proof."""
        columns = [inspect(self.table).columns[name] for name in self.names]
        plain = [type_coerce(each, String) if isinstance(each.type, Enum) else each for each in columns]
        rows = select(self.about, self.home, *plain).select_from(self.table)
        for table, on in self.joins:
            rows = rows.join(table, on)
        return rows.where(*self.where).order_by(self.about, *inspect(self.table).primary_key)

    @cached_property
    def some(self) -> Select[*tuple[Any, ...]]:
        """Those of some things."""
        return self.all.where(self.about.in_(bindparam("things", expanding=True)))

    def read(self, row: Sequence[Any]) -> Row:
        """A row as it is stamped."""
        about, home, *values = row
        said = {name: _kept(value) for name, value in zip(self.names, values, strict=True) if value is not None}
        return about, home, json.dumps([self.table.__tablename__, said], sort_keys=True, default=_plain)


def _kept(value: Any) -> Any:
    """A value without what may have to be erased."""
    if not isinstance(value, dict):
        return value
    return {name: each for name, each in value.items() if name not in ERASABLE}


def _plain(value: Any) -> str:
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()


class Kind:
    """A kind of thing that is stamped: its name, and the rows it lies in.

    `lapsed` says of a `Stamp` that its thing may be altered again, as a lot that was taken back.
    """

    def __init__(self, name: str, *rows: Rows, lapsed: ColumnElement[bool] | None = None) -> None:
        self.name, self.rows, self.lapsed = name, rows, lapsed

    @cached_property
    def stamps(self) -> Select[*tuple[Any, ...]]:
        """The stamps of this kind that count."""
        mine = select(Stamp.about_id, Stamp.cooperative_id, Stamp.stamp).where(Stamp.kind == self.name)
        return (mine if self.lapsed is None else mine.where(~self.lapsed)).order_by(Stamp.about_id)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing as it is, and as it was stamped; None for what is not there. `home` is its cooperative."""

    about_id: int
    home: int | None
    stamp: str | None
    stamped: str | None


def write(db: Connection, kind: Kind, things: Sequence[int]) -> None:
    """Stamp things that were just written, each of them once. Those this kind does not concern are left out."""
    for some in batches(things):
        found = _worked_out(db, kind, some)
        if found:
            names = ("kind", "about_id", "cooperative_id", "stamp")
            db.execute(insert(Stamp), [dict(zip(names, (kind.name, *each), strict=True)) for each in found])
        _count(db, Counter(home for _about, home, _stamp in found))


def _worked_out(db: Connection, kind: Kind, things: Sequence[int]) -> list[tuple[int, int | None, str]]:
    """Things as they are now: number, cooperative, stamp."""
    streams = [[each.read(row) for row in db.execute(each.some, {"things": things})] for each in kind.rows]
    return [(about, *_stamped(kind, about, rows)) for about, rows in _grouped(streams)]


def some(db: Connection, kind: Kind, things: Sequence[int]) -> dict[int, str]:
    """The stamps that some things would get now, by their numbers; nothing is written."""
    return {about: stamp for part in batches(things) for about, _home, stamp in _worked_out(db, kind, part)}


def things(db: Connection, kind: Kind) -> Iterator[Thing]:
    """Every thing of a kind and every stamp of it, in the order of their numbers, in bounded memory."""
    stamps = _streamed(db, kind.stamps, tuple)
    rows = [_streamed(db, each.all, each.read) for each in kind.rows]
    made = ((about, home, None, stamp) for about, home, stamp in stamps)
    seen = ((about, *_stamped(kind, about, each), None) for about, each in _grouped(rows))
    for about, both in groupby(merge(made, seen, key=itemgetter(0)), key=itemgetter(0)):
        home, stamp, stamped = None, None, None
        for _about, its, now, then in both:
            home, stamp, stamped = its if home is None else home, stamp or now, stamped or then
        yield Thing(about, home, stamp, stamped)


def _streamed(db: Connection, statement: Select[*tuple[Any, ...]], read: Any) -> Iterator[Any]:
    with db.execute(statement, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            yield read(row)


def _grouped(streams: Iterable[Iterable[Row]]) -> Iterator[tuple[int, Iterator[Row]]]:
    """The rows of each thing, table by table: each stream is in the order of things already."""
    return groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0))


def _stamped(kind: Kind, about: int, rows: Iterable[Row]) -> tuple[int | None, str]:
    """The cooperative of a thing, and its stamp, worked out row by row."""
    home, said = None, hashlib.sha256()
    for _about, its, text in rows:
        home = its if home is None else home
        said.update(f"{its} {text}\n".encode())
    return home, vault.digest("stamp", f"{kind.name} {about} {said.hexdigest()}")


_COUNT = (
    select(StampCount.made, StampCount.seal)
    .where(StampCount.cooperative_id == bindparam("cooperative"))
    .with_for_update()
)
_COUNTED = (
    update(StampCount)
    .where(StampCount.cooperative_id == bindparam("cooperative"))
    .values(made=bindparam("many"), seal=bindparam("digest"))
)


def holding(homes: Select[Any]) -> Select[Any]:
    """The statement that holds the counts of cooperatives until the end of the transaction."""
    return select(StampCount.made).where(StampCount.cooperative_id.in_(homes)).with_for_update(of=StampCount)


def begin(db: Connection, cooperative_id: int) -> None:
    """A cooperative has a count from the beginning of its books on: one that is not there was taken away."""
    seal = sealed(cooperative_id, 0)
    insert_once(db, StampCount, {"cooperative_id": cooperative_id, "made": 0, "seal": seal})


def _count(db: Connection, new: Mapping[int | None, int]) -> None:
    """Count stamps that were made. A count that was altered is not made good by going on from it."""
    for home in sorted(each for each in new if each is not None):
        row = db.execute(_COUNT, {"cooperative": home}).one_or_none()
        if row is None:
            begin(db, home)
            row = db.execute(_COUNT, {"cooperative": home}).one()
        many = row.made + new[home]
        right = vault.same(row.seal, sealed(home, row.made))
        digest = sealed(home, many) if right else ALTERED
        db.execute(_COUNTED, {"cooperative": home, "many": many, "digest": digest})


def sealed(cooperative_id: int, count: int) -> str:
    """The digest of a count."""
    return vault.digest("stamp count", f"{cooperative_id} {count}")
