"""Processes that do the same at the same time, on a real PostgreSQL: nothing is there twice, and the proof holds."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import proposals
from models.chain import Link, Receipt
from models.entries import Entry, EntryKind
from models.proposals import Deed, Proposal, Wish
from tests import keys
from tests.conftest import NOW
from tests.office import hand
from ussd_app import proving, service
from ussd_app.config import ROOT
from ussd_app.db import reading, transaction

KINDS = ["postgresql"]
AT_ONCE = 3
# Each process gets ready, says so, and waits for the word, so that all begin within a millisecond.
BEGIN = """
import sys
from datetime import UTC, date, datetime
from ussd_app import service
from ussd_app.config import Config
from tests.office import hand
from ussd_app.db import reading, transaction
running = service.assemble(Config.read())
with reading(running.engine) as db:
    payer = hand(db, "4")
now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
"""
IMPORT = """
from pathlib import Path
from ussd_app import registers
with transaction(running.engine) as db:
    print(registers.read_in(db, sys.argv[1], Path(sys.argv[2]), now, lambda rows: None).new)
"""
PAY = """
from models import dues, ledger
from models.entries import Account
for number in range(40):
    paid = dues.payment(
        payer.cooperative_id,
        payer.member_id,
        f"payment:by hand:{number}",
        (date(2026, 11, 1), f"carnet {number}", 500),
        Account.CASH,
    )
    with transaction(running.engine) as db:
        print(ledger.post(db, [paid], f"treasurer {sys.argv[1]}", now))
"""
APPROVE = """
from models import deeds, proposals
from models.members import Role
from models.hands import Hand, NotAllowed
phone = f"+2237888000{sys.argv[1][-1]}"
hand = Hand(int(sys.argv[1]), payer.cooperative_id, Role.PRESIDENT, phone, f"session {sys.argv[1]}")
for number in sys.argv[2:]:
    try:
        with transaction(running.engine) as db:
            deeds.approve(db, hand, int(number), now)
        print(1)
    except NotAllowed:
        print(0)
"""


@pytest.fixture
def made(app: Flask) -> Engine:
    """The engine of the demo's books, which are right."""
    assert proving.prove(service.of(app).engine).faults == ()
    return service.of(app).engine


def _begun(settings: Mapping[str, str], code: str, words: Sequence[Sequence[str]]) -> list[subprocess.Popen[str]]:
    """Run the code in a process for each of these words, all at once."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN + code, *each],
            cwd=ROOT,
            env={**settings, "PATH": ""},
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for each in words
    ]
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in started:
        assert each.stdin is not None
        each.stdin.write("now\n")
        each.stdin.flush()
    return started


def _at_once(settings: Mapping[str, str], code: str, words: Sequence[Sequence[str]]) -> list[list[int]]:
    """Run them to their end; the numbers that each prints."""
    started = _begun(settings, code, words)
    said = [each.communicate(timeout=120)[0] for each in started]
    assert [each.returncode for each in started] == [0] * len(started)
    return [[int(word) for word in each.split()] for each in said]


def _entries(made: Engine, kind: EntryKind, like: str = "%") -> int:
    with reading(made) as db:
        found = select(func.count()).select_from(Entry).where(Entry.kind == kind, Entry.key.like(like))
        return int(db.execute(found).scalar_one())


def _proven(made: Engine) -> None:
    """Nothing is wrong, and each entry has one link, each payment one receipt."""
    assert proving.prove(made).faults == ()
    with reading(made) as db:
        count = {
            each: db.execute(select(func.count()).select_from(each)).scalar_one() for each in (Entry, Link, Receipt)
        }
    assert count[Entry] == count[Link]
    assert count[Receipt] == _entries(made, EntryKind.PAYMENT)


@pytest.mark.parametrize("noun", ["dues", "payments"])
def test_the_same_import_in_several_processes(
    made: Engine, settings: dict[str, str], tmp_path: Path, noun: str
) -> None:
    rows = [f"KOGB,{number % 20 + 1},2026-11-15,Pompe {number},500" for number in range(3_000)]
    head = "cooperative,member,due_on,label,amount"
    if noun == "payments":
        rows = [f"KOGB,{number % 20 + 1},2026-11-15,500,wave,W{number}" for number in range(3_000)]
        head = "cooperative,member,paid_on,amount,channel,reference"
    file = tmp_path / f"{noun}.csv"
    file.write_text("\n".join([head, *rows]), encoding="utf-8")
    kind = EntryKind.DUE if noun == "dues" else EntryKind.PAYMENT
    before = _entries(made, kind)
    _at_once(settings, IMPORT, [(noun, str(file))] * AT_ONCE)
    assert _entries(made, kind) == before + 3_000
    _proven(made)


def test_treasurers_who_record_the_same_payments(made: Engine, settings: dict[str, str]) -> None:
    said = _at_once(settings, PAY, [(str(number),) for number in range(AT_ONCE)])
    assert [sum(new) for new in zip(*said, strict=True)] == [1] * 40
    assert _entries(made, EntryKind.PAYMENT, "payment:by hand:%") == 40
    _proven(made)


def test_officers_who_approve_the_same_proposals(made: Engine, settings: dict[str, str]) -> None:
    with transaction(made) as db:
        home = hand(db, "2").cooperative_id
        hands = keys.officers(db, home)
        paid = select(Entry.id).where(Entry.kind == EntryKind.PAYMENT, Entry.cooperative_id == home)
        ids = db.execute(paid.limit(20)).scalars().all()
        wishes = [Wish(Deed.REVERSE, keys.undoing(each)) for each in ids]
        numbers = [proposals.propose(db, hands[0], wish, NOW) for wish in wishes]
        others = [str(hands[1].member_id), *(str(hand(db, number).member_id) for number in ("3", "2"))]
    before = _entries(made, EntryKind.REVERSAL)
    words = [(other, *map(str, numbers)) for other in others]
    said = _at_once(settings, APPROVE, words)
    assert [sum(done) for done in zip(*said, strict=True)] == [1] * 20
    assert _entries(made, EntryKind.REVERSAL) == before + 20
    with reading(made) as db:
        decided = select(func.count()).where(Proposal.id.in_(numbers), Proposal.state == proposals.State.APPROVED)
        assert db.execute(decided).scalar_one() == 20
    _proven(made)


def test_the_proof_runs_while_others_write(made: Engine, settings: dict[str, str]) -> None:
    """It sees one moment: what is added meanwhile is neither missing nor too much."""
    (process,) = _begun(settings, PAY, [["1"]])
    proofs = 0
    while process.poll() is None:
        assert proving.prove(made).faults == ()
        proofs += 1
    process.communicate()
    assert proofs > 0
    _proven(made)
