"""Telling by SMS those whose second key is wanted: that something waits and until when, never what, of whom or by whom.

A tick tells while it waits, by day, each once: what is decided within the minute costs no SMS, nor what nobody may
decide any more. A phone that the first key was turned on is not told: it cannot turn the second.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models import members, messages, proposals, quiet
from models.cooperatives import Cooperative
from models.grievances import glass_keys
from models.hands import Hand
from models.hours import Night
from models.members import OFFICERS, Member, Phone
from models.messages import Message, Urgency
from models.proposals import COLUMNS, LASTS, Proposal, Proposed, State
from models.quiet import QuietHours
from models.writing import insert_all_once

KIND = "key_wanted"
# No proposal came by SMS, so this is another session than that of any of them.
BY_SMS = "sms"


class Wanted(NamedTuple):
    """Somebody whose key is wanted: their phone, language and clock."""

    member_id: int
    phone: str
    language: str
    zone: str
    evening: time | None
    morning: time | None

    @property
    def night(self) -> Night:
        """When they are left in peace."""
        return quiet.night(self.zone, self.evening, self.morning)


_OPEN = (
    select(*COLUMNS)
    .where(Proposal.state == State.WAITING, Proposal.proposed_at > bindparam("since"))
    .order_by(Proposal.id)
)
_WANTED = (
    *(Member.id, Phone.number, Member.language),
    *(Cooperative.time_zone, QuietHours.evening, QuietHours.morning),
)
_PHONES = (
    select(Member.role, *_WANTED)
    .join(Phone, Phone.member_id == Member.id)
    .join(Cooperative, Cooperative.id == Member.cooperative_id)
    .outerjoin(QuietHours, QuietHours.cooperative_id == Cooperative.id)
    .order_by(Member.id, Phone.confirmed_at.is_(None), Phone.number)
)
_OFFICERS = _PHONES.where(
    Member.cooperative_id == bindparam("cooperative"), Member.left_on.is_(None), Member.role.in_(OFFICERS)
)
_REACHED = _PHONES.where(Member.id.in_(bindparam("members", expanding=True)))


def ask(db: Connection, now: datetime) -> None:
    """Tell those whose key is wanted now. Run any number of times, each is told once of each."""
    for proposed in [Proposed(*row) for row in db.execute(_OPEN, {"since": now - LASTS})]:
        until = proposed.proposed_at + LASTS
        _tell(db, _deciders(db, proposed, now), f"proposal:{proposed.proposal_id}", until, now)
    for waiting in glass_keys.waiting(db, now):
        people = (row for row in _reached(db, waiting.people) if row.phone not in waiting.phones)
        _tell(db, people, f"glass:{waiting.glass_id}", waiting.until, now)


def _deciders(db: Connection, proposed: Proposed, now: datetime) -> Iterator[Wanted]:
    """The officers who may decide on a proposal, each with the phones on which they may."""
    theirs = members.phones(db, proposed.proposed_by)
    for row in db.execute(_OFFICERS, {"cooperative": proposed.cooperative_id}).all():
        role, officer = row[0], Wanted(*row[1:])
        hand = Hand(officer.member_id, proposed.cooperative_id, role, officer.phone, BY_SMS)
        if proposals.barred(hand, proposed, officer.phone in theirs, now) is None:
            yield officer


def _reached(db: Connection, people: Iterable[int]) -> list[Wanted]:
    return [Wanted(*row[1:]) for row in db.execute(_REACHED, {"members": sorted(people)})]


def _tell(db: Connection, people: Iterable[Wanted], about: str, until: datetime, now: datetime) -> None:
    first: dict[int, Wanted] = {}
    for each in people:
        first.setdefault(each.member_id, each)
    letters = [_letter(each, about, until, now) for each in first.values() if not each.night.covers(now)]
    insert_all_once(db, Message, letters)


def _letter(to: Wanted, about: str, until: datetime, now: datetime) -> dict[str, Any]:
    facts = {"until": until.astimezone(ZoneInfo(to.zone)).isoformat()}
    key = f"{KIND}:{about}:{to.member_id}"
    row = messages.letter(to.phone, to.language, KIND, facts, key, now, Urgency.RECEIPT, not_after=until)
    return row | {"zone": to.zone}
