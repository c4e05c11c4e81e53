"""The entries of the ledger as the chain seals them, read one after the other in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, Row, Select, String, select, type_coerce

from models import chain
from models.chain import Content, Link, Receipt
from models.entries import Entry, Posting
from models.ledger import content

AT_ONCE = 5000
_COLUMNS = (
    Entry.id,
    Entry.cooperative_id,
    Entry.key,
    type_coerce(Entry.kind, String).label("kind"),
    Entry.happened_on,
    Entry.label,
    Entry.member_id,
    Entry.lot_id,
    Entry.reverses_id,
    Entry.author,
    Entry.recorded_at,
)
# Kinds and accounts as text: a word that is none must be named by the proof, not stop it.
_SIDE = (type_coerce(Posting.account, String).label("account"), Posting.member_id.label("whose"), Posting.amount)


def _streamed(db: Connection, statement: Select[*tuple[object, ...]]) -> Iterator[list[Row[*tuple[object, ...]]]]:
    """The rows of each entry, entry by entry."""
    with db.execute(statement, execution_options={"yield_per": AT_ONCE}) as rows:
        for _, together in groupby(rows, key=lambda row: row.id):
            yield list(together)


def _content(rows: list[Row[*tuple[object, ...]]]) -> Content:
    sides = [(row.account, row.whose, row.amount) for row in rows if row.account is not None]
    return content(rows[0].id, dict(rows[0]._mapping), sides)  # noqa: SLF001 - SQLAlchemy's own name for it


def contents(db: Connection) -> Iterator[Content]:
    """Every entry, in the order in which each cooperative's were written."""
    everything = select(*_COLUMNS, *_SIDE).join(Posting, Posting.entry_id == Entry.id)
    for rows in _streamed(db, everything.order_by(Entry.cooperative_id, Entry.id, Posting.id)):
        yield _content(rows)


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry with its place in the chain, its seal and its receipt; None where there is none."""

    content: Content
    chain_of: int | None
    position: int | None
    seal: str | None
    receipt: int | None
    receipt_of: int | None

    @property
    def key(self) -> str:
        """What the entry is called."""
        return str(self.content.facts[0])


_PLACE = (
    Link.cooperative_id.label("chain_of"),
    Link.position,
    Link.seal,
    Receipt.number,
    Receipt.cooperative_id.label("receipt_of"),
)


def links(db: Connection) -> Iterator[Linked]:
    """Every entry with its place in the chain, cooperative by cooperative, in the order of the chain."""
    everything = (
        select(*_COLUMNS, *_SIDE, *_PLACE)
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .outerjoin(Link, Link.entry_id == Entry.id)
        .outerjoin(Receipt, Receipt.entry_id == Entry.id)
        .order_by(Entry.cooperative_id, Link.position, Entry.id, Posting.id)
    )
    for rows in _streamed(db, everything):
        row = rows[0]
        yield Linked(_content(rows), row.chain_of, row.position, row.seal, row.number, row.receipt_of)


def seal_all(db: Connection) -> None:
    """Seal books that were written before there was a chain."""
    batch: list[Content] = []
    for each in contents(db):
        batch.append(each)
        if len(batch) == AT_ONCE:
            _seal(db, batch)
            batch = []
    _seal(db, batch)


def _seal(db: Connection, batch: list[Content]) -> None:
    if batch:
        chain.seal(db, chain.hold(db, {each.cooperative_id for each in batch}), batch)
