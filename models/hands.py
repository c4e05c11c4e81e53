"""Who acts: an officer, in their cooperative, and from which phone; and why somebody may not."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from models.members import Member, Role


class Bar(StrEnum):
    """Why somebody may not propose or decide."""

    NO_OFFICER = "no_officer"
    SAME_PERSON = "same_person"
    SAME_PHONE = "same_phone"
    SAME_SESSION = "same_session"
    OWN_BENEFIT = "own_benefit"
    INTERESTED = "interested"
    NOT_WAITING = "not_waiting"


class NotAllowed(ValueError):
    """This person may not do this; the reason is one of `Bar`."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(bar.value)
        self.bar = bar


@dataclass(frozen=True, slots=True)
class Hand:
    """Who turns a key: an officer, and from which phone and session; neither for a command of the office."""

    member_id: int
    cooperative_id: int
    role: Role
    phone: str | None = None
    session: str | None = None


_OF = select(Member.id, Member.cooperative_id, Member.role).where(
    Member.cooperative_id == bindparam("cooperative"), Member.number == bindparam("number"), Member.left_on.is_(None)
)


def of(db: Connection, cooperative_id: int, number: str) -> Hand | None:
    """The member who has a number, as they act by a command of the office; None when nobody has it, or they left."""
    row = db.execute(_OF, {"cooperative": cooperative_id, "number": number}).one_or_none()
    return None if row is None else Hand(*row)


def acting(db: Connection, member_id: int) -> Hand | None:
    """A member as they act now, where nobody is on a phone; None when they left."""
    there = select(Member.id, Member.cooperative_id, Member.role).where(Member.id == member_id)
    row = db.execute(there.where(Member.left_on.is_(None))).one_or_none()
    return None if row is None else Hand(*row)
