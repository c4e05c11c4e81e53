"""The entries of the ledger as the chain seals them, read one after the other in bounded memory."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, Row, Select, select

from models import chain
from models.chain import Content, Link, Receipt
from models.ledger import Entry, Posting, content

AT_ONCE = 5000
_COLUMNS = (
    Entry.id,
    Entry.cooperative_id,
    Entry.key,
    Entry.kind,
    Entry.happened_on,
    Entry.label,
    Entry.member_id,
    Entry.lot_id,
    Entry.reverses_id,
    Entry.author,
    Entry.recorded_at,
)
_SIDE = (Posting.account.label("account"), Posting.member_id.label("whose"), Posting.amount)


def _streamed(db: Connection, statement: Select[*tuple[object, ...]]) -> Iterator[list[Row[*tuple[object, ...]]]]:
    """The rows of each entry, entry by entry."""
    rows = db.execute(statement, execution_options={"yield_per": AT_ONCE})
    for _, together in groupby(rows, key=lambda row: row.id):
        yield list(together)


def _content(rows: list[Row[*tuple[object, ...]]]) -> Content:
    sides = [(row.account.value, row.whose, row.amount) for row in rows if row.account is not None]
    return content(rows[0].id, dict(rows[0]._mapping), sides)  # noqa: SLF001 - SQLAlchemy's own name for it


def contents(db: Connection) -> Iterator[Content]:
    """Every entry, in the order in which each cooperative's were written."""
    everything = select(*_COLUMNS, *_SIDE).join(Posting, Posting.entry_id == Entry.id)
    for rows in _streamed(db, everything.order_by(Entry.cooperative_id, Entry.id, Posting.id)):
        yield _content(rows)


def links(db: Connection) -> Iterator[tuple[Content, int | None, str | None, int | None]]:
    """Every entry with its place in the chain, its seal and its receipt, in the order of the chain."""
    everything = (
        select(*_COLUMNS, *_SIDE, Link.position, Link.seal, Receipt.number)
        .outerjoin(Posting, Posting.entry_id == Entry.id)
        .outerjoin(Link, Link.entry_id == Entry.id)
        .outerjoin(Receipt, Receipt.entry_id == Entry.id)
        .order_by(Entry.cooperative_id, Link.position, Entry.id, Posting.id)
    )
    for rows in _streamed(db, everything):
        yield _content(rows), rows[0].position, rows[0].seal, rows[0].number


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
