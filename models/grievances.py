"""Grievances: a case is filed, gets a number and a secret code, and can be followed from any phone.

Words, and whatever could name the person, are sealed. With `Name.NOBODY` neither member nor phone is kept at all.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, ForeignKey, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models import vault
from models.base import Base, choice
from models.checkdigit import check_digit
from models.writing import insert_once


class Category(StrEnum):
    """What a case is about."""

    MONEY = "money"
    LAND = "land"
    ACCIDENT = "accident"
    CHILDREN = "children"
    PRIVATE = "private"
    LEADERS = "leaders"
    CHEMICALS = "chemicals"
    FORCES = "forces"
    BUYER = "buyer"
    PAPERS = "papers"
    OTHER = "other"


class Concerned(StrEnum):
    """Who is complained of. Asked of everybody who complains, so that they never see the case."""

    TEAM = "team"
    PIT_OWNER = "pit_owner"
    OFFICER = "officer"
    OUTSIDER = "outsider"
    UNSAID = "unsaid"


class Name(StrEnum):
    """Who may know who filed the case."""

    COMMITTEE = "committee"
    HANDLER = "handler"
    NOBODY = "nobody"


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    WITHDRAWN = "withdrawn"


ANSWER_WITHIN = timedelta(days=30)
REVEAL_WITHIN = timedelta(days=7)


class Grievance(Base):
    """A case."""

    __tablename__ = "grievances"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    code_digest: Mapped[str | None]
    key: Mapped[str] = mapped_column(unique=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    category: Mapped[Category] = mapped_column(choice(Category))
    concerned: Mapped[Concerned] = mapped_column(choice(Concerned))
    name: Mapped[Name] = mapped_column(choice(Name))
    words_sealed: Mapped[str | None]
    caller_sealed: Mapped[str | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("lot_lines.id"))  # the step that is not right
    barred_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # whom it is about: they never handle it
    state: Mapped[State] = mapped_column(choice(State))
    filed_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    reveal_digest: Mapped[str | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime | None]


class Note(Base):
    """Words added to a case afterwards, sealed."""

    __tablename__ = "grievance_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievances.id"), index=True)
    key: Mapped[str] = mapped_column(unique=True)
    words_sealed: Mapped[str]
    written_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a person says when they file a case."""

    category: Category
    concerned: Concerned
    name: Name
    words: str
    cooperative_id: int | None
    member_id: int | None
    phone: str
    entry_id: int | None = None
    barred_id: int | None = None
    lot_id: int | None = None
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """What the person must keep: shown once; the case itself keeps only a digest of the code."""

    reference: str
    code: str
    answer_by: datetime


def is_reference(text: str) -> bool:
    """Whether a number can be a case's: six digits whose last one checks the others."""
    return len(text) == 6 and text.isascii() and text.isdigit() and check_digit(text) == "0"


def _new_reference() -> str:
    drawn = f"{secrets.randbelow(90_000) + 10_000}"
    return drawn + check_digit(drawn)


def _new_code() -> str:
    return f"{secrets.randbelow(10_000):04d}"


def code_digest(reference: str, code: str) -> str:
    """What is kept of the secret code of a case."""
    return vault.digest("case code", f"{reference}:{code}")


def _caller(complaint: Complaint) -> str | None:
    if complaint.name is Name.NOBODY:
        return None
    return vault.seal(f"{complaint.member_id or ''} {complaint.phone}")


def _row(complaint: Complaint, key: str, now: datetime) -> dict[str, object]:
    return {
        # By digest: the key names the session, and the session names the phone.
        "key": vault.digest("case", key),
        "cooperative_id": complaint.cooperative_id,
        "category": complaint.category,
        "concerned": complaint.concerned,
        "name": complaint.name,
        "words_sealed": vault.seal(complaint.words) if complaint.words else None,
        "caller_sealed": _caller(complaint),
        "entry_id": complaint.entry_id,
        "lot_id": complaint.lot_id,
        "line_id": complaint.line_id,
        "barred_id": complaint.barred_id,
        "state": State.RECEIVED,
        "filed_at": _told(complaint, now),
        "answer_by": now + ANSWER_WITHIN,
    }


class AlreadyFiled(RuntimeError):
    """This press has filed its case before."""


def _told(complaint: Complaint, now: datetime) -> datetime:
    """When a case was filed; without a name only the day, since the moment would be found in other tables."""
    return now if complaint.name is not Name.NOBODY else now.replace(hour=0, minute=0, second=0, microsecond=0)


class NoNumberLeft(RuntimeError):
    """No free case number was found."""


def file(db: Connection, complaint: Complaint, key: str, now: datetime) -> Filed:
    """File a case. `key` names the press: the same press never files two.

    Raises AlreadyFiled when it did: its code was shown then, and only its digest is left.
    """
    code = _new_code()
    reference = _insert(db, _row(complaint, key, now), code)
    return Filed(reference, code, now + ANSWER_WITHIN)


def _insert(db: Connection, row: dict[str, object], code: str | None, reveal: str | None = None) -> str:
    for _ in range(20):
        reference = _new_reference()
        digest = code_digest(reference, code) if code else None
        values = row | {"reference": reference, "code_digest": digest, "reveal_digest": reveal}
        if insert_once(db, Grievance, values) is not None:
            return reference
        if db.execute(select(Grievance.id).where(Grievance.key == row["key"])).one_or_none():
            raise AlreadyFiled
    raise NoNumberLeft


def file_by_sms(db: Connection, complaint: Complaint, key: str, now: datetime) -> None:
    """File a case whose number and code are not told yet: an SMS would leave them on the phone.

    They are shown once, on a screen, when the same phone dials within seven days. Filing it again changes nothing.
    """
    try:
        _insert(db, _row(complaint, key, now), None, vault.digest("reveal", complaint.phone))
    except AlreadyFiled:
        return


_WAITING = (
    select(Grievance.id)
    .where(Grievance.reveal_digest == bindparam("phone"), Grievance.filed_at > bindparam("since"))
    .order_by(Grievance.id)
    .limit(1)
)


def waiting(db: Connection, phone: str, now: datetime) -> int | None:
    """The case filed by SMS from this phone whose number was not shown yet."""
    given = {"phone": vault.digest("reveal", phone), "since": now - REVEAL_WITHIN}
    return db.execute(_WAITING, given).scalar_one_or_none()


def reveal(db: Connection, case_id: int) -> Filed | None:
    """Give a case filed by SMS its code, once; None when that was done before."""
    row = db.execute(
        update(Grievance)
        .where(Grievance.id == case_id, Grievance.reveal_digest.is_not(None))
        .values(reveal_digest=None)
        .returning(Grievance.reference, Grievance.answer_by)
    ).one_or_none()
    if row is None:
        return None
    code = _new_code()
    digest = code_digest(row.reference, code)
    db.execute(update(Grievance).where(Grievance.id == case_id).values(code_digest=digest))
    return Filed(row.reference, code, row.answer_by)
