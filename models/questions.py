"""Questions that wait for a member, to be answered yes or no on their own phone at the next dial.

The other side of what an officer recorded: was the money received, are the days right, is this what we agreed on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, ForeignKey, Index, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models import stamps
from models.base import Base, choice
from models.members import Member
from models.quick import Quick
from models.stamps import Kind, Rows
from models.writing import insert_once


class About(StrEnum):
    """What a question is about."""

    PAYMENT = "payment"  # an officer says they received money from the member
    PAYOUT = "payout"  # an officer says they paid the member
    WORK = "work"  # days, bowls or sacks of the member in a lot
    ADVANCE = "advance"  # the member is said to have had an advance
    RULE = "rule"  # a spoken agreement the member is a party to


class Question(Base):
    """A question to one member, and the answer. It is asked from a moment on, and may be answered before."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_open", "member_id", "answered_at", "ask_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    about: Mapped[About] = mapped_column(choice(About))
    subject: Mapped[str] = mapped_column(unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    ask_from: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    yes: Mapped[bool | None]


_WHOSE = ((Member, Member.id == Question.member_id),)
_SAID = or_(Question.answered_at.is_not(None), Question.yes.is_not(None))
ASKED = Kind("question", Rows(Question, Question.id, Member.cooperative_id, _WHOSE, without=("answered_at", "yes")))
ANSWERED = Kind("answer to question", Rows(Question, Question.id, Member.cooperative_id, _WHOSE, (_SAID,)))


@dataclass(frozen=True, slots=True)
class Open:
    """A question, its answer when there is one, and the name of whoever says what it asks about."""

    question_id: int
    member_id: int
    about: About
    subject: str
    facts: Mapping[str, Any]
    asked_by: int | None
    yes: bool | None
    asker: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A question to be: whom, about what, who says so, and what it says. `subject` names what it is about, once."""

    member_id: int
    about: About
    subject: str
    facts: Mapping[str, Any]
    asked_by: int | None


def ask(db: Connection, asking: Asking, ask_from: datetime, agreed: bool = False) -> None:
    """Ask a member, from a moment on; `agreed` when they said yes before. The same subject is asked about once."""
    values = {
        "member_id": asking.member_id,
        "about": asking.about,
        "subject": asking.subject,
        "facts": dict(asking.facts),
        "asked_by": asking.asked_by,
        "ask_from": ask_from,
        "answered_at": ask_from if agreed else None,
        "yes": True if agreed else None,
    }
    made = insert_once(db, Question, values)
    if made is not None:
        stamps.write(db, ASKED, [made])
        stamps.write(db, ANSWERED, [made] if agreed else [])


_COLUMNS = (
    Question.id,
    Question.member_id,
    Question.about,
    Question.subject,
    Question.facts,
    Question.asked_by,
    Question.yes,
    Member.name,
)
_ASKED = select(*_COLUMNS).outerjoin(Member, Member.id == Question.asked_by)
_OPEN = aliased(Question)
_FIRST = (
    select(_OPEN.id)
    .where(_OPEN.member_id == bindparam("member"), _OPEN.answered_at.is_(None), _OPEN.ask_from <= bindparam("now"))
    .order_by(_OPEN.ask_from, _OPEN.id)
    .limit(1)
    .scalar_subquery()
)
_NEXT = Quick(_ASKED.where(Question.id == _FIRST))
_ONE = _ASKED.where(Question.id == bindparam("question"), Question.member_id == bindparam("member"))


def next_for(db: Connection, member_id: int, now: datetime) -> Open | None:
    """The question that waits longest for a member, or None."""
    row = _NEXT.first(db, {"member": member_id, "now": now})
    return None if row is None else Open(*row)


def next_beside(told: ColumnElement[bool]) -> Quick:
    """A statement that says something of a `member`, and the question that waits longest for them by `now`, if any."""
    who = aliased(Member)
    found = select(told, *_COLUMNS).select_from(who).outerjoin(Question, Question.id == _FIRST)
    return Quick(found.outerjoin(Member, Member.id == Question.asked_by).where(who.id == bindparam("member")))


def one(db: Connection, member_id: int, question_id: int) -> Open | None:
    """A question to this member, or None when it is not theirs."""
    row = db.execute(_ONE, {"question": question_id, "member": member_id}).one_or_none()
    return None if row is None else Open(*row)


# Who answers and who withdraws hold the count of stamps before the question: neither waits for the other in a circle.
_HOMES = select(Member.cooperative_id).join(Question, Question.member_id == Member.id)
_HOLD = stamps.holding(_HOMES.where(Question.id == bindparam("question")))
_HOLD_ABOUT = stamps.holding(_HOMES.where(Question.subject == bindparam("about_what")))
_ANSWER = (
    update(Question)
    .where(Question.id == bindparam("question"), Question.member_id == bindparam("member"))
    .where(Question.answered_at.is_(None))
    .values(answered_at=bindparam("now"), yes=bindparam("said"))
)


def answer(db: Connection, member_id: int, question_id: int, yes: bool, now: datetime) -> bool:
    """The member answers; False when it is not theirs or was answered before."""
    given = {"question": question_id, "member": member_id, "now": now, "said": yes}
    db.execute(_HOLD, {"question": question_id})
    if db.execute(_ANSWER, given).rowcount == 0:
        return False
    stamps.write(db, ANSWERED, [question_id])
    return True


_WITHDRAW = (
    update(Question)
    .where(Question.subject == bindparam("about_what"), Question.answered_at.is_(None))
    .values(answered_at=bindparam("now"))
    .returning(Question.id)
)


def withdraw(db: Connection, subject: str, now: datetime) -> bool:
    """What a question was about has been put right before it was answered: it is not asked any more.

    False when it was answered before, or never asked. The row stays, without a yes or no: its number must not come to
    mean another question on a page that is shown.
    """
    db.execute(_HOLD_ABOUT, {"about_what": subject})
    withdrawn = db.execute(_WITHDRAW, {"about_what": subject, "now": now}).scalars().all()
    stamps.write(db, ANSWERED, withdrawn)
    return bool(withdrawn)


def drop(db: Connection, entry_id: int, now: datetime) -> None:
    """Money that was noted by mistake is undone: whether it is right is not asked any more."""
    for about in (About.PAYMENT, About.PAYOUT, About.ADVANCE):
        withdraw(db, f"{about}:{entry_id}", now)
