"""Breaking the glass: an officer reads a case that is not at their desk, with two keys and a reason, and it is shown.

One key is of an officer of the body where the case lies; the other of its surveillance, or of who watches from the body
above. A number is taken down whether there is such a case or not, and nobody hears which. Only what was granted can be
opened: never by or with the key of somebody who is barred from the case, and never one of the sensitive lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ForeignKey, Select, case, insert, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import members, vault
from models.base import Base, choice
from models.cooperatives import Cooperative
from models.grievances import notes, sight, tally, tree
from models.grievances.held import Held, peek
from models.grievances.kinds import Lane, Unknown
from models.grievances.numbers import new_id, reference_digest
from models.grievances.scopes import WATCHERS, Sees
from models.grievances.tables import CaseReading, Grievance
from models.hands import Bar, Hand, NotAllowed
from models.members import OFFICERS, Member, Role

LASTS = timedelta(hours=24)
WHAT = "glass"


class CaseGlass(Base):
    """An officer asked to read a case that is not at their desk; what the second key said, and when it was opened."""

    __tablename__ = "case_glasses"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    reference_sealed: Mapped[str]
    reference_digest: Mapped[str]
    why_sealed: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    asked_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    decided_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]


def ask(db: Connection, hand: Hand, reference: str, why: str, now: datetime) -> int:
    """The first key, with the reason; the number by which it is granted. Raises NotAllowed for who is no officer."""
    if hand.role not in OFFICERS:
        raise NotAllowed(Bar.NO_OFFICER)
    number = new_id()
    row = {
        "id": number,
        "body_id": hand.cooperative_id,
        "reference_sealed": vault.seal(reference),
        "reference_digest": reference_digest(reference),
        "why_sealed": vault.seal(why),
        "asked_by": hand.member_id,
        "role": hand.role,
        "asked_at": now,
    }
    db.execute(insert(CaseGlass), row)
    return number


@dataclass(frozen=True, slots=True)
class Asked:
    """An opening that was asked for: by whom, where, why; never of which case. `mine`: one's own."""

    glass_id: int
    number: str
    role: Role
    body: str
    why: str
    asked_at: datetime
    granted: bool | None
    decided_by: str | None
    opened_at: datetime | None
    mine: bool

    def waits(self, now: datetime) -> bool:
        """Whether the second key can still be turned."""
        return self.granted is None and self.asked_at > now - LASTS


_SECOND = aliased(Member)


_ASKED = (
    select(
        *(CaseGlass.id, Member.number, CaseGlass.role, Cooperative.name, CaseGlass.why_sealed, CaseGlass.asked_at),
        *(CaseGlass.granted, _SECOND.number.label("second"), CaseGlass.asked_by),
    )
    .join(Member, Member.id == CaseGlass.asked_by)
    .join(Cooperative, Cooperative.id == CaseGlass.body_id)
    .outerjoin(_SECOND, _SECOND.id == CaseGlass.decided_by)
)


def _watched(db: Connection, hand: Hand) -> Select[*tuple[Any, ...]]:
    """What somebody asked, and all that is asked in the bodies they watch over: it is the same whether there is such a
    case or not, and whether it exists for them. That it was opened is told where it does: an invented number never is.
    """
    bodies = tree.below(db, hand.cooperative_id) if hand.role in WATCHERS else []
    if hand.role is Role.SURVEILLANCE:
        bodies.append(hand.cooperative_id)
    seen = select(Grievance.reference_digest).where(Grievance.id.in_(sight.visible_to(db, hand, Sees.GLASS)))
    opened = case((CaseGlass.reference_digest.in_(seen), CaseGlass.opened_at)).label("opened_at")
    return _ASKED.add_columns(opened).where(or_(CaseGlass.asked_by == hand.member_id, CaseGlass.body_id.in_(bodies)))


def _read(row: Any, reader: int) -> Asked:
    why = vault.unseal(row.why_sealed)
    return Asked(*(*row[:4], why, *row[5:8], row.opened_at, row.asked_by == reader))


def newest(db: Connection, hand: Hand, limit: int = 20) -> list[Asked]:
    """The last openings that were asked for below one's eyes, newest first."""
    found = _watched(db, hand).order_by(CaseGlass.asked_at.desc(), CaseGlass.id).limit(limit)
    return [_read(row, hand.member_id) for row in db.execute(found)]


def one(db: Connection, hand: Hand, glass_id: int) -> Asked:
    """An opening that was asked for. Raises Unknown for one that is not below one's eyes."""
    row = db.execute(_watched(db, hand).where(CaseGlass.id == glass_id)).one_or_none()
    if row is None:
        raise Unknown
    return _read(row, hand.member_id)


def decide(db: Connection, hand: Hand, glass_id: int, granted: bool, now: datetime) -> None:
    """The second key, yes or no: another person, on another phone, within 24 hours. Raises Unknown and NotAllowed."""
    one(db, hand, glass_id)
    mine = CaseGlass.id == glass_id
    by = db.execute(select(CaseGlass.asked_by).where(mine)).scalar_one()
    if by == hand.member_id:
        raise NotAllowed(Bar.SAME_PERSON)
    if hand.phone is not None and hand.phone in members.phones(db, by):
        raise NotAllowed(Bar.SAME_PHONE)
    waiting = update(CaseGlass).where(mine, CaseGlass.granted.is_(None), CaseGlass.asked_at > now - LASTS)
    decided = waiting.values(granted=granted, decided_by=hand.member_id, decided_at=now)
    if not db.execute(decided).rowcount:
        raise NotAllowed(Bar.NOT_WAITING)


@dataclass(frozen=True, slots=True)
class Behind:
    """What is read behind the glass: the case and what was written on it, never who complained."""

    held: Held
    words: str | None
    notes: Sequence[notes.Note]


def look(db: Connection, hand: Hand, glass_id: int, now: datetime) -> Behind:
    """Read what two keys opened, within 24 hours of the second one; it is kept like any reading.

    Raises Unknown: it was not granted to this officer, or there is no such case here for them or for who granted it.
    """
    tally.turn(db)
    mine = (CaseGlass.id == glass_id, CaseGlass.asked_by == hand.member_id, CaseGlass.granted.is_(True))
    open_ones = select(CaseGlass.reference_digest, CaseGlass.decided_by)
    row = db.execute(open_ones.where(*mine, CaseGlass.decided_at > now - LASTS)).one_or_none()
    if row is None:
        raise Unknown
    seen = sight.visible_to(db, hand, Sees.GLASS).where(
        Grievance.reference_digest == row.reference_digest,
        Grievance.id.in_(sight.visible_to(db, replace(hand, member_id=row.decided_by), Sees.GLASS)),
        Grievance.level_id == hand.cooperative_id,
        Grievance.lane != Lane.SENSITIVE,
    )
    case_id = db.execute(seen).scalar_one_or_none()
    if case_id is None:
        raise Unknown
    read = {"grievance_id": case_id, "member_id": hand.member_id, "role": hand.role, "body_id": hand.cooperative_id}
    db.execute(insert(CaseReading), read | {"what": WHAT, "at": now})
    tally.add(db, "readings", 1)
    db.execute(update(CaseGlass).where(CaseGlass.id == glass_id).values(opened_at=now))
    held = peek(db, case_id)
    words = vault.unseal(held.words_sealed) if held.words_sealed else None
    return Behind(held, words, notes.of(db, case_id))
