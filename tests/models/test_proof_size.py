"""The proof of large books: bounded memory, whatever the number of entries."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models import sealing
from ussd_app import proving
from ussd_app.config import ROOT
from ussd_app.db import transaction

MEMBERS, EACH = 50, 1_000  # cooperatives, and members in each
# A due or a payment each: number n is of member n % members, so that the cooperatives' entries are mixed.
FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)
"""
COOPERATIVES = """
INSERT INTO cooperatives (code, name, kind, district, country, currency, language, time_zone)
SELECT 'C' || n, 'C', 'scoops', '', 'ML', 'XOF', 'fr', 'Africa/Bamako' FROM numbers
"""
PEOPLE = """
INSERT INTO members (cooperative_id, number, name, language, role, amounts_by_sms)
SELECT n % :homes + 1, CAST(n AS TEXT), 'N', 'fr', 'member', 0 FROM numbers
"""
ENTRIES = """
INSERT INTO entries (cooperative_id, key, kind, happened_on, label, member_id, author, recorded_at)
SELECT m.cooperative_id, kind || ':' || n, kind, '2026-01-01', 'L', m.id, 'test', '2026-01-01 10:00:00.000000'
FROM (SELECT n, CASE n / :people % 3 WHEN 0 THEN 'due' ELSE 'payment' END AS kind FROM numbers)
JOIN members m ON m.id = n % :people + 1
"""
POSTINGS = """
INSERT INTO postings (entry_id, account, member_id, amount)
SELECT id, 'dues', member_id, CASE kind WHEN 'due' THEN 500 ELSE -200 END FROM entries
UNION ALL
SELECT id, CASE kind WHEN 'due' THEN 'dues_income' ELSE 'cash' END, NULL, CASE kind WHEN 'due' THEN -500 ELSE 200 END
FROM entries
"""
PROVE = """
import sys
from pathlib import Path
from models import vault
from ussd_app import db, proving
from ussd_app.config import Config
vault.use(Config.read({"APP_MODE": "test"}).keys)
told = []
print(len(proving.prove(db.engine(sys.argv[1]), told.append).faults), len(told))
# Not getrusage: it would count the process this one was started from.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def _books(made: Engine, entries: int) -> None:
    """Cooperatives, members and entries, written by the database, and sealed by the program."""
    people = min(entries, MEMBERS * EACH)
    with transaction(made) as db:
        for statement, count in ((COOPERATIVES, MEMBERS), (PEOPLE, people), (ENTRIES, entries), (POSTINGS, 1)):
            insert, _space, select = statement.strip().partition("\n")
            given = {"count": count, "homes": MEMBERS, "people": people}
            whole = insert + FILL + select
            db.execute(text(whole), {name: value for name, value in given.items() if f":{name}" in whole})
        sealing.seal_all(db)
    with transaction(made) as db:
        db.exec_driver_sql("ANALYZE")


def _proven(made: Engine) -> tuple[int, int, int]:
    """How many faults, how often progress was told, and the peak of the memory in MiB."""
    command = [sys.executable, "-c", PROVE, str(made.url)]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    faults, told, peak = map(int, said.split())
    return faults, told, peak


def _amount(made: Engine) -> None:
    with transaction(made) as db:
        db.execute(text("DROP TRIGGER postings_no_update"))
        last = "(SELECT entry_id FROM links ORDER BY cooperative_id DESC, position DESC LIMIT 1)"
        db.execute(text(f"UPDATE postings SET amount = amount * 2 WHERE entry_id = {last}"))


def test_twenty_thousand_entries_are_proven_in_little_memory(empty_engine: Engine) -> None:
    _books(empty_engine, 20_000)
    faults, told, peak = _proven(empty_engine)
    assert (faults, told) == (0, 2)
    assert peak <= 128


@pytest.mark.long
def test_a_million_entries_are_proven_in_the_memory_of_twenty_thousand(empty_engine: Engine, tmp_path: Path) -> None:
    _books(empty_engine, 1_000_000)
    faults, told, peak = _proven(empty_engine)
    assert (faults, told) == (0, 100)
    assert peak <= 160
    _amount(empty_engine)
    (fault,) = proving.prove(empty_engine).faults
    assert "it is not what was sealed" in str(fault)
