"""Large files: bounded memory, whatever the number of rows."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ussd_app.registers.desk import HEADERS, Desk

COOPERATIVES = 50
READ = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from models import vault
from ussd_app import db, registers
from ussd_app.config import Config
vault.use(Config.read({"APP_MODE": "test"}).keys)
made = db.engine(sys.argv[1])
for noun in ("members", "dues"):
    with db.transaction(made) as connection:
        file = Path(sys.argv[2]) / f"{noun}.csv"
        print(registers.read_in(connection, noun, file, datetime.now(UTC), lambda rows: None).new)
# Not getrusage: it would count the process this one was started from.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def _write(desk: Desk, members: int) -> None:
    """A file of cooperatives that is read at once, and files of members and of their dues."""
    places = [(f"C{place % COOPERATIVES:02}", place // COOPERATIVES + 1, place) for place in range(members)]
    people = [f"{code},{number},Aminata Traoré {n},70{n:06},bm,member,F,2021-03-20" for code, number, n in places]
    owed = [f"{code},{number},2026-01-01,Cotisation janvier 2026,1 000" for code, number, _ in places]
    desk.take("cooperatives", *(f"C{place:02},Coop,scoops,,,ML,XOF,fr" for place in range(COOPERATIVES)))
    for noun, rows in {"members": people, "dues": owed}.items():
        (desk.folder / f"{noun}.csv").write_text("\n".join([HEADERS[noun], *rows]), encoding="utf-8")


def _in_a_process_of_its_own(desk: Desk) -> list[int]:
    """How many members and dues were new, and the peak of the memory in MiB."""
    command = [sys.executable, "-c", READ, str(desk.engine.url), str(desk.folder)]
    root = Path(__file__).parents[3]
    said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return [int(word) for word in said.stdout.split()]


def test_twenty_thousand_members_and_dues_are_read_in_little_memory(empty: Desk) -> None:
    _write(empty, 20_000)
    members, dues, peak = _in_a_process_of_its_own(empty)
    assert (members, dues) == (20_000, 20_000)
    assert peak <= 256


@pytest.mark.long
def test_a_hundred_thousand_members_and_dues_fit_in_half_a_gigabyte(empty: Desk) -> None:
    _write(empty, 100_000)
    members, dues, peak = _in_a_process_of_its_own(empty)
    assert (members, dues) == (100_000, 100_000)
    assert peak <= 512
