"""Two keys for tests: who proposes, who approves, and approvals in processes of their own."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from models import deeds, members, proposals, vault
from models.hands import Hand
from models.members import Member, Role
from models.proposals import Deed, Wish

ROOT = Path(__file__).parent.parent
_calls = count()

# A process that approves at a given moment, and says how it went.
APPROVE = """
import sys, time
from models import deeds, vault
from tests.conftest import NOW, SETTINGS
from tests.keys import hand
from ussd_app.config import Config
from ussd_app.db import engine, transaction
url, proposal, phone, at = sys.argv[1:]
vault.use(Config.read(SETTINGS).keys)
made = engine(url)
with made.connect() as db:
    officer = hand(db, phone)
time.sleep(max(0, float(at) - time.time()))
try:
    with transaction(made) as db:
        deeds.approve(db, officer, int(proposal), NOW)
    print("done")
except ValueError as error:
    print(type(error).__name__)
"""


def hand(db: Connection, phone: str) -> Hand:
    """The member of a phone, in a session of their own."""
    speaker = members.on_phone(db, phone)[0]
    return Hand(speaker.member_id, speaker.cooperative_id, speaker.role, phone, f"session:{phone}:{next(_calls)}")


def approve_at_once(url: str, turns: Sequence[tuple[int, str]]) -> list[str]:
    """Approve proposals at the same moment, each by the officer of a phone in a process of its own; how each went."""
    at = str(time.time() + 4)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", APPROVE, url, str(proposal), phone, at], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for proposal, phone in turns
    ]
    return sorted(each.communicate(timeout=60)[0].strip() for each in started)


def officers(db: Connection, cooperative_id: int) -> tuple[Hand, Hand]:
    """Two new officers of a cooperative, each with their own phone and session."""
    hands = []
    for number, role in enumerate((Role.TREASURER, Role.PRESIDENT), 9001):
        person = {"cooperative_id": cooperative_id, "number": str(number), "name": role, "language": "fr", "role": role}
        added = insert(Member).values(**person, amounts_by_sms=False).returning(Member.id)
        member_id = db.execute(added).scalar_one()
        hands.append(Hand(member_id, cooperative_id, role, f"+2237777{number}", f"session {number}"))
    return hands[0], hands[1]


def undoing(entry_id: int) -> Mapping[str, Any]:
    """The facts of a proposal to undo an entry."""
    return {"entry_id": entry_id, "reason_sealed": vault.seal("Erreur de saisie")}


def undone(db: Connection, entry_id: int, now: datetime) -> int:
    """Undo an entry of Kogbera with the keys of its treasurer and president; the number of the proposal."""
    return undo(db, (hand(db, "+22370000005"), hand(db, "+22370000001")), entry_id, now)


def undo(db: Connection, hands: tuple[Hand, Hand], entry_id: int, now: datetime) -> int:
    """Undo an entry with two keys; the number of the proposal."""
    wish = Wish(Deed.REVERSE, undoing(entry_id))
    proposal_id = proposals.propose(db, hands[0], wish, now)
    deeds.approve(db, hands[1], proposal_id, now)
    return proposal_id
