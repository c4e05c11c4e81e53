"""The nights in which the books were proven, and who is told when they are not right: the supervisory board."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models import messages, quiet, writing
from models.base import Base
from models.cooperatives import Cooperative
from models.members import Member, Phone, Role
from models.messages import Urgency
from models.proving.faults import Fault


class Night(Base):
    """A night whose proof is done, and in how many books it found something."""

    __tablename__ = "nights"

    day: Mapped[date] = mapped_column(primary_key=True)
    faults: Mapped[int]


def over(db: Connection, day: date) -> bool:
    """Whether the proof of that night is done."""
    return db.execute(select(Night.day).where(Night.day == day)).one_or_none() is not None


def tell(db: Connection, faults: Iterable[Fault], now: datetime) -> None:
    """The proof of this night is done: tell the supervisory board of each cooperative whose books are not right, or of
    all when it is not known whose. A second proof of the same night tells nobody again.
    """
    homes = {fault.cooperative_id for fault in faults if not fault.of_case}
    if writing.insert_once(db, Night, {"day": now.date(), "faults": len(homes)}) is None or not homes:
        return
    board = (
        select(Member.id, Member.language, Phone.number, Cooperative.name, Cooperative.id)
        .join(Phone, Phone.member_id == Member.id)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(Member.role == Role.SURVEILLANCE, or_(Member.left_on.is_(None), Member.left_on > now.date()))
        .order_by(Member.id, Phone.number)
    )
    if None not in homes:
        board = board.where(Member.cooperative_id.in_(homes))
    for member_id, language, phone, cooperative, home in db.execute(board).all():
        key = f"books:{now.date()}:{member_id}:{phone}"
        facts, by_day = {"cooperative": cooperative}, quiet.of(db, home).over(now)
        messages.queue(db, phone, language, "books_not_right", facts, key, now, Urgency.RECEIPT, not_before=by_day)
