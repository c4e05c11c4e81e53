"""What stays of a lot that is in the books: the lines it was shared by, and the account that every member may read.

The account (weight, price, costs, work) is stamped each time the lot is published, and stays as it is while that entry
stands; a lot whose entry was undone is open again. The lines, and what was recovered, stay in any case.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, SQLColumnExpression, exists, select
from sqlalchemy.orm import aliased

from models import stamps
from models.advances import Recovery
from models.base import Base
from models.entries import STANDS, Entry, EntryKind
from models.lines import LotLine
from models.lots import Delivery, Lot
from models.sales import LotCost, Price
from models.stamps import Kind, Rows, Stamp
from models.work import LotWork

_undoing = aliased(Entry)


def _of_lot(table: type[Base], lot_id: SQLColumnExpression[int]) -> Rows:
    standing = (Entry.kind == EntryKind.LOT, STANDS)
    return Rows(table, Entry.id, Entry.cooperative_id, ((Entry, Entry.lot_id == lot_id),), standing)


def _of_entry(table: type[Base], entry_id: SQLColumnExpression[int]) -> Rows:
    return Rows(table, Entry.id, Entry.cooperative_id, ((Entry, Entry.id == entry_id),))


ACCOUNT = Kind(
    "lot of entry",
    _of_lot(Lot, Lot.id),
    _of_lot(Delivery, Delivery.lot_id),
    _of_lot(Price, Price.lot_id),
    _of_lot(LotCost, LotCost.lot_id),
    _of_lot(LotWork, LotWork.lot_id),
    lapsed=exists().where(_undoing.reverses_id == Stamp.about_id),
)
LINES = Kind("lines of entry", _of_entry(LotLine, LotLine.entry_id), _of_entry(Recovery, Recovery.entry_id))


def stamp(db: Connection, entries: Sequence[int]) -> None:
    """Stamp lots that were just shared, by their entries."""
    stamps.write(db, ACCOUNT, entries)
    stamp_lines(db, entries)


def stamp_lines(db: Connection, entries: Sequence[int]) -> None:
    """Stamp the lines of entries: all there is to stamp of an adjustment, since the account stays as it was."""
    stamps.write(db, LINES, entries)


def stamp_all(db: Connection) -> None:
    """Stamp the lots of books that were written before there were stamps."""
    stamp(db, db.execute(select(Entry.id).where(Entry.kind == EntryKind.LOT).order_by(Entry.id)).scalars().all())
