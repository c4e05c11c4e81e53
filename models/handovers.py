"""Handing over a role by a date, with two keys: who holds it proposes, another officer accepts, the day does it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import cooperatives, members, proposals, roles
from models.base import Base, choice
from models.cooperatives import Cooperative
from models.hands import Hand
from models.members import OFFICERS, Member, Role
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.writing import insert_once


class HandoverState(StrEnum):
    """Where a handover stands; void when one of the two had another role by then."""

    WAITING = "waiting"
    DONE = "done"
    VOID = "void"


class Handover(Base):
    """A role that goes from one member to another on a day."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_waiting", "state", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    from_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    on_day: Mapped[date]
    state: Mapped[HandoverState] = mapped_column(choice(HandoverState))
    done_at: Mapped[datetime | None]


class Keeps(StrEnum):
    """Why a role is not handed over."""

    UNKNOWN = "unknown"
    ONESELF = "oneself"
    BUSY = "busy"
    DAY = "day"


class NotHandedOver(ValueError):
    """A role cannot be handed over so; the reason is one of `Keeps`."""

    def __init__(self, keeps: Keeps) -> None:
        super().__init__(keeps.value)
        self.keeps = keeps


def propose(db: Connection, hand: Hand, number: str, on_day: date, today: date, now: datetime) -> int:
    """Propose to hand one's own role over to the member who has a number; the number of the proposal.

    Raises NotAllowed and NotHandedOver.
    """
    to = members.called(db, hand.cooperative_id, number)
    if to is None:
        raise NotHandedOver(Keeps.UNKNOWN)
    if to[0] == hand.member_id:
        raise NotHandedOver(Keeps.ONESELF)
    if on_day < today:
        raise NotHandedOver(Keeps.DAY)
    if _role(db, to[0]) in OFFICERS:
        raise NotHandedOver(Keeps.BUSY)
    facts = {"role": hand.role, "from_id": hand.member_id, "member_id": to[0], "on": on_day.isoformat()}
    return proposals.propose(db, hand, Wish(Deed.HAND_OVER, facts, to[0]), now)


def _role(db: Connection, member_id: int) -> Role | None:
    """The role somebody has, who is still there; held until the end of the transaction."""
    held = select(Member.role).where(Member.id == member_id, Member.left_on.is_(None))
    return db.execute(held.with_for_update()).scalar_one_or_none()


def hand_over(db: Connection, decided: Proposed, now: datetime) -> None:
    """It is accepted: it is done on its day. Raises Overtaken when the role is another's by now."""
    facts = decided.facts
    if _role(db, facts["from_id"]) != facts["role"]:
        raise Overtaken("the role is not theirs any more who handed it over")
    row = {"proposal_id": decided.proposal_id, "cooperative_id": decided.cooperative_id, "role": Role(facts["role"])}
    more = {"from_id": facts["from_id"], "to_id": facts["member_id"], "on_day": date.fromisoformat(facts["on"])}
    insert_once(db, Handover, {**row, **more, "state": HandoverState.WAITING})
    fulfil(db, now)


def later(db: Connection, decided: Proposed, now: datetime) -> date | None:
    """The day on which what was accepted is done, where that is a handover of a day to come; else None."""
    if decided.deed is not Deed.HAND_OVER:
        return None
    on_day = date.fromisoformat(decided.facts["on"])
    return on_day if on_day > cooperatives.today(db, decided.cooperative_id, now) else None


@dataclass(frozen=True, slots=True)
class _Due:
    handover_id: int
    role: Role
    from_id: int
    to_id: int
    on_day: date
    zone: str


def fulfil(db: Connection, now: datetime) -> int:
    """Hand over what is due where it is that day already; how many. Run any number of times, each is done once."""
    columns = (Handover.id, Handover.role, Handover.from_id, Handover.to_id, Handover.on_day, Cooperative.time_zone)
    waiting = (
        select(*columns)
        .join(Cooperative, Cooperative.id == Handover.cooperative_id)
        .where(Handover.state == HandoverState.WAITING)
        .order_by(Handover.on_day, Handover.id)
    )
    due = [_Due(*row) for row in db.execute(waiting.with_for_update(of=Handover))]
    return sum(_fulfil(db, each, now) for each in due if each.on_day <= now.astimezone(ZoneInfo(each.zone)).date())


def _fulfil(db: Connection, due: _Due, now: datetime) -> bool:
    fits = _role(db, due.from_id) is due.role and _role(db, due.to_id) not in (None, *OFFICERS)
    state = HandoverState.DONE if fits else HandoverState.VOID
    closed = update(Handover).where(Handover.id == due.handover_id, Handover.state == HandoverState.WAITING)
    if not db.execute(closed.values(state=state, done_at=now)).rowcount or not fits:
        return False
    for member_id, role in ((due.from_id, Role.MEMBER), (due.to_id, due.role)):
        roles.give(db, member_id, role, f"handover:{due.handover_id}:{member_id}", now)
    return True
