"""The registers as files: cooperatives, members, dues, payments, lots and meetings come in and go out as CSV or XLSX.

A noun is a small declaration (its columns, its key, where its rows stand, how new ones are written); reading, comparing
and writing files is said once for all of them.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from ussd_app.registers import exporting, importing
from ussd_app.registers.cooperatives import COOPERATIVES
from ussd_app.registers.dues import DUES
from ussd_app.registers.importing import Outcome
from ussd_app.registers.lots import LOTS
from ussd_app.registers.meetings import MEETINGS
from ussd_app.registers.members import MEMBERS
from ussd_app.registers.payments import PAYMENTS
from ussd_app.registers.problems import Rejected
from ussd_app.registers.rows import Progress

__all__ = ["NOUNS", "Outcome", "Rejected", "read_in", "write_out"]

NOUNS = {
    "cooperatives": COOPERATIVES,
    "members": MEMBERS,
    "dues": DUES,
    "payments": PAYMENTS,
    "lots": LOTS,
    "meetings": MEETINGS,
}


def read_in(db: Connection, noun: str, path: Path, now: datetime, progress: Progress) -> Outcome:
    """Read a CSV or XLSX file into a register; `progress` is told the number of rows every 5,000 rows.

    Raises Rejected with every error of the file, and then nothing of it is written. The caller commits.
    """
    return importing.read_in(db, NOUNS[noun], path, now, progress)


def write_out(db: Connection, noun: str, path: Path | None = None) -> None:
    """Write a register as CSV or XLSX, by the ending of the file; as CSV on standard output without one."""
    exporting.write_out(db, NOUNS[noun], path)
