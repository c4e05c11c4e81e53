"""Requests to be linked or to become a member, as who keeps the register decides on them, in their own cooperative."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from models import callers, new_numbers
from models.callers import JoinRequest, RequestState
from models.hands import Hand
from models.members import Member, Role
from models.new_numbers import REGISTRARS


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks: from which phone, for which member's number (none: to become one), and who has that number."""

    request_id: int
    phone: str
    number: str | None
    asked_at: datetime
    member_id: int | None
    name: str | None
    role: Role | None


class Turned(StrEnum):
    """Why a request is not taken."""

    GONE = "gone"
    TAKEN = "taken"
    UNKNOWN = "unknown"
    OWN = "own"
    OFFICER = "officer"
    ELSEWHERE = "elsewhere"


class NotTaken(ValueError):
    """A request cannot be decided on so; the reason is one of `Turned`."""

    def __init__(self, turned: Turned) -> None:
        super().__init__(turned.value)
        self.turned = turned


_WAITING = (
    select(
        JoinRequest.id,
        JoinRequest.phone,
        JoinRequest.member_number,
        JoinRequest.asked_at,
        Member.id,
        Member.name,
        Member.role,
    )
    .outerjoin(
        Member,
        (Member.cooperative_id == JoinRequest.cooperative_id)
        & (Member.number == JoinRequest.member_number)
        & Member.left_on.is_(None),
    )
    .where(JoinRequest.cooperative_id == bindparam("cooperative"), JoinRequest.state == RequestState.PENDING)
)
_LISTED = _WAITING.order_by(JoinRequest.id).limit(bindparam("n"))
_ONE = _WAITING.where(JoinRequest.id == bindparam("request"))


def waiting(db: Connection, cooperative_id: int, limit: int) -> list[Applicant]:
    """The requests that wait in a cooperative, oldest first."""
    return [Applicant(*row) for row in db.execute(_LISTED, {"cooperative": cooperative_id, "n": limit})]


def one(db: Connection, cooperative_id: int, request_id: int) -> Applicant | None:
    """A request that waits in a cooperative, or None."""
    row = db.execute(_ONE, {"cooperative": cooperative_id, "request": request_id}).one_or_none()
    return None if row is None else Applicant(*row)


def _applicant(db: Connection, hand: Hand, request_id: int) -> Applicant:
    found = one(db, hand.cooperative_id, request_id) if hand.role in REGISTRARS else None
    if found is None:
        raise NotTaken(Turned.GONE)
    return found


def link(db: Connection, hand: Hand, request_id: int, now: datetime) -> None:
    """Link a phone to the member whose number was given, having seen the person and the card. Raises NotTaken.

    What opens one's own account takes two keys (`models.new_numbers`), as what opens an office does for any way here.
    """
    asked = _applicant(db, hand, request_id)
    if asked.member_id is None:
        raise NotTaken(Turned.UNKNOWN)
    if asked.member_id == hand.member_id:
        raise NotTaken(Turned.OWN)
    if new_numbers.ties_elsewhere(db, hand.cooperative_id, asked.member_id, asked.phone):
        raise NotTaken(Turned.ELSEWHERE)
    _confirm(db, request_id, None, None, now)


def enter(db: Connection, hand: Hand, request_id: int, number: str, name: str, now: datetime) -> None:
    """Enter a new member, having seen the person and the signed paper (AUSCOOP 10). Raises NotTaken."""
    if _applicant(db, hand, request_id).number is not None:
        raise NotTaken(Turned.GONE)
    _confirm(db, request_id, number, name, now)


def _confirm(db: Connection, request_id: int, number: str | None, name: str | None, now: datetime) -> None:
    try:
        callers.confirm(db, request_id, number, name, now)
    except callers.HoldsOffice as error:
        raise NotTaken(Turned.OFFICER) from error
    except callers.NotConfirmed as error:
        raise NotTaken(Turned.TAKEN if name else Turned.GONE) from error


def refuse(db: Connection, hand: Hand, request_id: int) -> None:
    """Refuse a request. Raises NotTaken when it does not wait."""
    _applicant(db, hand, request_id)
    if not callers.refuse(db, request_id):
        raise NotTaken(Turned.GONE)
