"""What the registers of money share: who writes, and how an entry of the ledger is found again."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, select

from models.entries import Entry
from models.keys import entry_key
from ussd_app.registers.nouns import Among, Given, slices

__all__ = ["AUTHOR", "entry_key", "keyed"]

AUTHOR = "import"


def keyed(key: Callable[[Given], str]) -> Among:
    """Narrow to the entries that have the keys of these rows.

    The ids are asked first: a joined query on keys that are not there is slow on tables that were never analysed.
    """

    def among(db: Connection, rows: Sequence[Given]) -> Iterator[ColumnElement[bool]]:
        for part in slices([key(given) for given in rows]):
            ids = db.execute(select(Entry.id).where(Entry.key.in_(part))).scalars().all()
            if ids:
                yield Entry.id.in_(ids)

    return among
