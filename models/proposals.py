"""Two keys: what one officer proposes, a second one approves or refuses, from their own phone, within 24 hours.

A proposal is written down with all it needs; nothing happens before it is approved (`models.deeds`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, ForeignKey, Index, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import members, stamps, vault
from models.base import Base, choice
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS
from models.stamps import Kind, Rows
from models.writing import insert_once

LASTS = timedelta(hours=24)


class Deed(StrEnum):
    """What needs two keys."""

    PUBLISH_LOT = "publish_lot"
    ADJUST_LOT = "adjust_lot"
    CHANGE_RULE = "change_rule"
    CHANGE_PLAN = "change_plan"
    SUBSCRIBE = "subscribe"
    WAIVE = "waive"
    REVERSE = "reverse"
    CHANGE_PHONE = "change_phone"
    CHANGE_ROLE = "change_role"
    SHARE_SURPLUS = "share_surplus"
    CALL_AUDIT_FUND = "call_audit_fund"
    SPEND_AUDIT_FUND = "spend_audit_fund"
    SEND_BROADCAST = "send_broadcast"
    HAND_OVER = "hand_over"
    CALL_MEETING = "call_meeting"
    LINK_MEMBERS = "link_members"


class State(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


class Proposal(Base):
    """What an officer wants to do, and what became of it."""

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_waiting", "cooperative_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    key: Mapped[str] = mapped_column(unique=True)
    deed: Mapped[Deed] = mapped_column(choice(Deed))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # numbers and codes; what identifies a person is sealed
    benefits_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    phone_digest: Mapped[str | None]
    session_digest: Mapped[str | None]
    proposed_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(choice(State))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]


PROPOSED = Kind(
    "proposal", Rows(Proposal, Proposal.id, Proposal.cooperative_id, without=("state", "decided_by", "decided_at"))
)
_DECIDED = Proposal.state != State.WAITING
DECIDED = Kind("decision on proposal", Rows(Proposal, Proposal.id, Proposal.cooperative_id, where=(_DECIDED,)))


class Overtaken(ValueError):
    """What was proposed cannot be done (any more); the sentence says why, for the office."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer proposes. `benefits` is the one member whom alone it serves, if there is one.

    That member turns neither key, and no more do those whom the facts name as `interested`: they bought the lot, put
    money in it, or are named in the rule.
    `told` says the same as the facts where those are sealed, so that the same wish is known again; it is not kept.
    """

    deed: Deed
    facts: Mapping[str, Any]
    benefits: int | None = None
    told: str | None = None


def propose(db: Connection, hand: Hand, wish: Wish, now: datetime) -> int:
    """Write down what an officer proposes; its number. Raises NotAllowed.

    Said again while it waits, by whomever, it is the same proposal. What was refused, what nobody decided on in time,
    and what was done and is wanted once more, is proposed anew.
    """
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    stake = _stake(hand, wish.benefits, wish.facts)
    if stake is not None:
        raise NotAllowed(stake)
    wished = wish.told or json.dumps(wish.facts, sort_keys=True)
    keys = (vault.digest("proposal", f"{wish.deed}:{hand.cooperative_id}:{wished}:{attempt}") for attempt in count(1))
    return next(number for key in keys if (number := _attempt(db, hand, wish, key, now)) is not None)


def _stake(hand: Hand, benefits: int | None, facts: Mapping[str, Any]) -> Bar | None:
    """What somebody has to gain from it themselves that keeps them from both keys."""
    if hand.member_id == benefits:
        return Bar.OWN_BENEFIT
    return Bar.INTERESTED if hand.member_id in facts.get("interested", ()) else None


def _attempt(db: Connection, hand: Hand, wish: Wish, key: str, now: datetime) -> int | None:
    """The proposal that waits under a key, made when there is none; None when it waits no more."""
    values = {
        "cooperative_id": hand.cooperative_id,
        "key": key,
        "deed": wish.deed,
        "facts": dict(wish.facts),
        "benefits_id": wish.benefits,
        "proposed_by": hand.member_id,
        "phone_digest": _digest("phone", hand.phone),
        "session_digest": _digest("session", hand.session),
        "proposed_at": now,
        "state": State.WAITING,
    }
    still = select(Proposal.id).where(Proposal.key == key, *_still(now))
    made = insert_once(db, Proposal, values)
    if made is not None:
        stamps.write(db, PROPOSED, [made])
    return made or db.execute(still).scalar_one_or_none()


def _still(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Proposal.state == State.WAITING, Proposal.proposed_at > now - LASTS


def _digest(purpose: str, text: str | None) -> str | None:
    return None if text is None else vault.digest(purpose, text)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it was written down."""

    proposal_id: int
    cooperative_id: int
    deed: Deed
    facts: Mapping[str, Any]
    benefits_id: int | None
    proposed_by: int
    phone_digest: str | None
    session_digest: str | None
    proposed_at: datetime
    state: State
    decided_by: int | None

    @property
    def author(self) -> str:
        """Who answers for what it did, as the ledger keeps it: the proposal, and the two who turned a key."""
        return f"proposal:{self.proposal_id}:{self.proposed_by}+{self.decided_by}"


COLUMNS = (
    Proposal.id,
    Proposal.cooperative_id,
    Proposal.deed,
    Proposal.facts,
    Proposal.benefits_id,
    Proposal.proposed_by,
    Proposal.phone_digest,
    Proposal.session_digest,
    Proposal.proposed_at,
    Proposal.state,
    Proposal.decided_by,
)
_ONE = select(*COLUMNS).where(Proposal.id == bindparam("proposal"))


def proposal(db: Connection, proposal_id: int) -> Proposed | None:
    """One proposal, or None."""
    row = db.execute(_ONE, {"proposal": proposal_id}).one_or_none()
    return None if row is None else Proposed(*row)


def bar(db: Connection, hand: Hand, proposed: Proposed, now: datetime) -> Bar | None:
    """What keeps this person from deciding on a proposal; None when they may."""
    return barred(hand, proposed, hand.phone in members.phones(db, proposed.proposed_by), now)


def barred(hand: Hand, proposed: Proposed, proposers_phone: bool, now: datetime) -> Bar | None:
    """The same, where it is known already whether this phone is (also) the proposer's."""
    phone = _digest("phone", hand.phone)
    checks = {
        Bar.NO_OFFICER: hand.role not in OFFICERS or hand.cooperative_id != proposed.cooperative_id,
        Bar.NOT_WAITING: proposed.state is not State.WAITING or proposed.proposed_at <= now - LASTS,
        Bar.SAME_PERSON: hand.member_id == proposed.proposed_by,
        Bar.SAME_PHONE: phone is None or phone == proposed.phone_digest or proposers_phone,
        Bar.SAME_SESSION: _digest("session", hand.session) == proposed.session_digest,
    }
    stake = _stake(hand, proposed.benefits_id, proposed.facts)
    return next((each for each, holds in checks.items() if holds), stake)


def decide(db: Connection, hand: Hand, proposal_id: int, approved: bool, now: datetime) -> Proposed:
    """Turn the second key, or refuse it; the proposal as it is then. Of two at once, one decides.

    Raises NotAllowed. What was approved is done, and then stamped, by `models.deeds`, in the same transaction.
    """
    proposed = proposal(db, proposal_id)
    if proposed is None:
        raise NotAllowed(Bar.NOT_WAITING)
    barred = bar(db, hand, proposed, now)
    if barred is not None:
        raise NotAllowed(barred)
    state = State.APPROVED if approved else State.REFUSED
    taken = (
        update(Proposal)
        .where(Proposal.id == proposal_id, *_still(now))
        .values(state=state, decided_by=hand.member_id, decided_at=now)
    )
    if db.execute(taken).rowcount == 0:
        raise NotAllowed(Bar.NOT_WAITING)
    if not approved:
        stamps.write(db, DECIDED, [proposal_id])
    decided = proposal(db, proposal_id)
    assert decided is not None  # noqa: S101 - it was changed a moment ago
    return decided


def expire(db: Connection, now: datetime) -> list[Proposed]:
    """Proposals that nobody decided on within 24 hours are recorded as expired; those that are now."""
    late = update(Proposal).where(Proposal.state == State.WAITING, Proposal.proposed_at <= now - LASTS)
    rows = db.execute(late.values(state=State.EXPIRED, decided_at=now).returning(*COLUMNS))
    expired = [Proposed(*row) for row in rows]
    stamps.write(db, DECIDED, [each.proposal_id for each in expired])
    return expired
