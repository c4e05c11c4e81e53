"""Write a register to a file, row by row as the database gives them."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from models.phone import is_e164
from ussd_app.registers import sheets
from ussd_app.registers.formulas import disarmed
from ussd_app.registers.homes import Home, known
from ussd_app.registers.nouns import Column, Noun
from ussd_app.registers.sheets import Cell

AT_ONCE = 2000


def write_out(db: Connection, noun: Noun, path: Path | None) -> None:
    """Write what stands in a register, in an order that does not depend on when it was written."""
    sheets.write(path, _rows(db, noun))


def _rows(db: Connection, noun: Noun) -> Iterator[list[Cell]]:
    yield [*noun.names]
    homes = known(db)
    statement = noun.stored.order_by(*noun.order)
    if noun.standing is not None:
        statement = statement.where(noun.standing)
    for row in db.execute(statement.execution_options(yield_per=AT_ONCE)).mappings():
        values = noun.loaded(row)
        home = homes[values["cooperative"]]
        yield [_cell(column, values[column.name], home) for column in noun.columns]


def _cell(column: Column, value: Any, home: Home) -> Cell:
    """A cell that no spreadsheet runs. A phone number begins with a plus, and is only digits after it."""
    shown = _shown(value, home)
    if isinstance(shown, int) or (column.phones and all(map(is_e164, value))):
        return shown
    return disarmed(shown)


def _shown(value: Any, home: Home) -> Cell:
    """A value as it is read again."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, datetime):
        local = value.astimezone(home.zone).replace(tzinfo=None)
        return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
