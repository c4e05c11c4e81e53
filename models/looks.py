"""Who looked at what concerns others: each look is kept, and can be read."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.hands import Hand
from models.members import Member


class Seen(StrEnum):
    """What was looked at."""

    ARREARS = "arrears"


class Look(Base):
    """Somebody opened a list about others."""

    __tablename__ = "looks"

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    seen: Mapped[Seen] = mapped_column(choice(Seen))
    looked_at: Mapped[datetime]


def note(db: Connection, hand: Hand, seen: Seen, now: datetime) -> None:
    """Keep that somebody opens a list."""
    row = {"cooperative_id": hand.cooperative_id, "member_id": hand.member_id, "seen": seen, "looked_at": now}
    db.execute(insert(Look), row)


def newest(db: Connection, cooperative_id: int, limit: int) -> list[tuple[str, Seen, datetime]]:
    """The last looks in a cooperative, newest first: the number of who looked, at what, when."""
    found = (
        select(Member.number, Look.seen, Look.looked_at)
        .join(Member, Member.id == Look.member_id)
        .where(Look.cooperative_id == cooperative_id)
        .order_by(Look.id.desc())
        .limit(limit)
    )
    return [(number, seen, looked_at) for number, seen, looked_at in db.execute(found)]
