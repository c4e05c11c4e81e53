"""An office desk for the tests: files are read in and written out over one database."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import Engine, func, select

from models.base import Base
from ussd_app import registers
from ussd_app.db import reading, transaction

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ERROR = re.compile(r"[1-9][0-9]*:\w+: \S[^\n;]*; \S[^\n]*")

HEADERS = {
    "cooperatives": "cooperative,name,kind,parent,district,country,currency,language",
    "members": "cooperative,number,name,phone,language,role,sex,joined_on",
    "dues": "cooperative,member,due_on,label,amount",
    "payments": "cooperative,member,paid_on,amount,channel,reference",
    "lots": "cooperative,lot,sold_on,weight_mg,fineness_ppt,gross,member,share,recovered",
    "meetings": "cooperative,starts_at,place,kind,agenda",
}


@dataclass
class Desk:
    """Reads rows of a noun in, from a file as people have them, and writes a noun out."""

    engine: Engine
    folder: Path
    _names: Any = field(default_factory=lambda: count(1))

    def path(self, ending: str = "csv") -> Path:
        """A file that is not there yet."""
        return self.folder / f"file{next(self._names)}.{ending}"

    def read(self, noun: str, path: Path) -> registers.Outcome:
        """Read a file in, in a transaction of its own."""
        with transaction(self.engine) as db:
            return registers.read_in(db, noun, path, NOW, lambda _rows: None)

    def take(self, noun: str, *rows: str) -> registers.Outcome:
        """Read rows below the header of the noun."""
        return self.take_text(noun, self._text(noun, rows))

    def take_text(self, noun: str, text: str | bytes) -> registers.Outcome:
        """Read a CSV file that has just this in it."""
        path = self.path()
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.read(noun, path)

    def take_sheet(self, noun: str, *rows: list[Any]) -> registers.Outcome:
        """Read a workbook with these cells below the header of the noun."""
        book, path = Workbook(), self.path("xlsx")
        assert book.active is not None
        for row in [HEADERS[noun].split(","), *rows]:
            book.active.append(row)
        book.save(path)
        return self.read(noun, path)

    def errors(self, noun: str, *rows: str, text: str | bytes | None = None, path: Path | None = None) -> list[str]:
        """The errors of a file that is refused, of which nothing may be written; none when it is taken."""
        if path is None:
            path = self.path()
            content = text if text is not None else self._text(noun, rows)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = self.sizes()
        found = self._refused(noun, path)
        assert all(ERROR.fullmatch(error) for error in found), found
        assert not found or self.sizes() == before
        return found

    def _refused(self, noun: str, path: Path) -> list[str]:
        try:
            self.read(noun, path)
        except registers.Rejected as rejected:
            return rejected.errors
        return []

    def _text(self, noun: str, rows: tuple[str, ...]) -> str:
        return "\n".join([HEADERS[noun], *rows]) + "\n"

    def places(self, noun: str, *rows: str) -> list[str]:
        """The places of the errors, as row:column."""
        return [":".join(error.split(":")[:2]) for error in self.errors(noun, *rows)]

    def export(self, noun: str) -> list[str]:
        """The lines of a CSV export, without the header."""
        header, *lines = self.export_file(noun).read_text(encoding="utf-8").splitlines()
        assert header == HEADERS[noun]
        return lines

    def export_file(self, noun: str, ending: str = "csv") -> Path:
        """An export."""
        path = self.path(ending)
        with reading(self.engine) as db:
            registers.write_out(db, noun, path)
        return path

    def sizes(self) -> dict[str, int]:
        """How many rows each table has."""
        with reading(self.engine) as db:
            return {
                table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
                for table in Base.metadata.sorted_tables
            }

    def contents(self) -> dict[str, list[Any]]:
        """All that the database holds."""
        with reading(self.engine) as db:
            return {table.name: db.execute(select(table)).all() for table in Base.metadata.sorted_tables}  # type: ignore[misc]
