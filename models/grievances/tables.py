"""The tables of cases. Words, names and numbers are sealed; what must be found is a keyed digest.

Only this package reads or writes them; others ask `models.grievances.sight` and its neighbours.
"""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.grievances.kinds import Came, Category, Concerned, Did, Follow, Help, Lane, Name, SafeTime, Side, State, Why
from models.members import Role

DrawnId = Annotated[int, mapped_column(primary_key=True, autoincrement=False)]
CaseKey = Annotated[int, mapped_column(ForeignKey("grievances.id"), primary_key=True)]
CaseId = Annotated[int, mapped_column(ForeignKey("grievances.id"), index=True)]
Body = Annotated[int, mapped_column(ForeignKey("cooperatives.id"))]
Person = Annotated[int, mapped_column(ForeignKey("members.id"))]
UNORDERED = {"sqlite_with_rowid": False}


class Grievance(Base):
    """A case. Its id is drawn, since numbers that count up would tell how many there are.

    `home_id` is where it arose, `level_id` the body that handles it now, `desk` the role there that does; no level:
    nobody may. `climbs_at` is when it goes up by itself, `tell_at` when those who handle it are told next.
    `looked_on` is the day its owner last opened it, `heard_on` the first one since it stands where it stands.
    """

    __tablename__ = "grievances"
    __table_args__ = (
        Index("ix_grievances_level_id", "level_id", "desk"),
        Index("ix_grievances_climbs_at", "climbs_at"),
        Index("ix_grievances_tell_at", "tell_at"),
    )

    id: Mapped[DrawnId]
    reference_sealed: Mapped[str]
    reference_digest: Mapped[str] = mapped_column(unique=True)
    code_digest: Mapped[str | None]
    key: Mapped[str] = mapped_column(unique=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    level_id: Mapped[Body | None]
    desk: Mapped[Role | None] = mapped_column(choice(Role))
    all_officers: Mapped[bool]  # a leader is in cause, and it was not said which
    at_home: Mapped[bool]  # the sensitive lane: whether the desk of the own cooperative was chosen
    category: Mapped[Category] = mapped_column(choice(Category))
    lane: Mapped[Lane] = mapped_column(choice(Lane))
    concerned: Mapped[Concerned] = mapped_column(choice(Concerned))
    name: Mapped[Name] = mapped_column(choice(Name))
    came_by: Mapped[Came] = mapped_column(choice(Came))
    words_sealed: Mapped[str | None]
    caller_sealed: Mapped[str | None]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("lot_lines.id"))  # the step that is not right
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    follow: Mapped[Follow] = mapped_column(choice(Follow))
    safe_time: Mapped[SafeTime | None] = mapped_column(choice(SafeTime))
    help: Mapped[Help | None] = mapped_column(choice(Help))
    state: Mapped[State] = mapped_column(choice(State))
    filed_at: Mapped[datetime]
    state_since: Mapped[datetime]
    due_at: Mapped[datetime | None]
    climbs_at: Mapped[datetime | None]
    tell_at: Mapped[datetime | None]
    answer_by: Mapped[datetime]
    handler_id: Mapped[Person | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("grievances.id"), index=True)
    confirmed: Mapped[bool]  # the complainant said that it is settled
    reveal_digest: Mapped[str | None] = mapped_column(index=True)
    reveal_until: Mapped[datetime | None]
    looked_on: Mapped[date | None]
    heard_on: Mapped[date | None]
    steps: Mapped[int]
    head: Mapped[str]


class CaseStep(Base):
    """A step of a case: who did what, in which role, when and why; sealed together with the step before.

    It lies where its case lies, whose id is drawn: the order in which rows were written would tell the hidden moment.
    """

    __tablename__ = "case_steps"
    __table_args__ = UNORDERED

    grievance_id: Mapped[CaseKey]
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    did: Mapped[Did] = mapped_column(choice(Did))
    state: Mapped[State] = mapped_column(choice(State))
    level_id: Mapped[Body | None]
    side: Mapped[Side] = mapped_column(choice(Side))
    by_id: Mapped[Person | None]
    role: Mapped[Role | None] = mapped_column(choice(Role))
    body_id: Mapped[Body | None]
    at: Mapped[datetime]
    why_sealed: Mapped[str | None]
    seal: Mapped[str]


class CaseTally(Base):
    """How many rows of a kind there are, and the digest of that: rows that are taken away are missed."""

    __tablename__ = "case_tallies"

    kind: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[int]
    seal: Mapped[str]


class CaseBar(Base):
    """A member for whom a case does not exist; nor for their linked persons and those who share their phone."""

    __tablename__ = "case_bars"
    __table_args__ = UNORDERED

    grievance_id: Mapped[CaseKey]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    why: Mapped[Why] = mapped_column(choice(Why), primary_key=True)
    seal: Mapped[str]


class CaseNote(Base):
    """Words added to a case: by the complainant, or to them. `read_at` is when the other one read them."""

    __tablename__ = "case_notes"

    id: Mapped[DrawnId]
    grievance_id: Mapped[CaseId]
    key: Mapped[str] = mapped_column(unique=True)
    to_owner: Mapped[bool]
    words_sealed: Mapped[str]
    written_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class CaseSession(Base):
    """A meeting of both sides: when, and where."""

    __tablename__ = "case_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[CaseId]
    starts_at: Mapped[datetime]
    place_sealed: Mapped[str]
    set_at: Mapped[datetime]


class CaseOutcome(Base):
    """An outcome that was proposed: one text for both sides. Nothing is an answer but an answer."""

    __tablename__ = "case_outcomes"

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[CaseId]
    text_sealed: Mapped[str]
    proposed_at: Mapped[datetime]
    owner_says: Mapped[bool | None]
    owner_at: Mapped[datetime | None]
    paper_at: Mapped[datetime | None]


class CaseParty(Base):
    """The other side, once the committee invited them: they see sessions and outcome, never words, nor whose."""

    __tablename__ = "case_parties"
    __table_args__ = (UniqueConstraint("grievance_id", "member_id"),)

    id: Mapped[DrawnId]
    grievance_id: Mapped[int] = mapped_column(ForeignKey("grievances.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    invited_at: Mapped[datetime]
    says: Mapped[bool | None]  # of the outcome that stands
    said_at: Mapped[datetime | None]


class CasePromise(Base):
    """What somebody promised to do, and by which day."""

    __tablename__ = "case_promises"

    id: Mapped[DrawnId]
    grievance_id: Mapped[CaseId]
    what_sealed: Mapped[str]
    owner_sealed: Mapped[str]
    by_day: Mapped[date]
    kept_at: Mapped[datetime | None]


class CaseThreat(Base):
    """The complainant is threatened, or gave up after a threat: for the level above the one that handles."""

    __tablename__ = "case_threats"

    id: Mapped[DrawnId]
    grievance_id: Mapped[CaseId]
    level_id: Mapped[Body | None]
    desk: Mapped[Role | None] = mapped_column(choice(Role))
    at: Mapped[datetime]
    gave_up: Mapped[bool]
    seen_at: Mapped[datetime | None]


class CaseReading(Base):
    """Somebody opened a case."""

    __tablename__ = "case_readings"

    id: Mapped[int] = mapped_column(primary_key=True)
    grievance_id: Mapped[CaseId]
    member_id: Mapped[Person]
    role: Mapped[Role] = mapped_column(choice(Role))
    body_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    what: Mapped[str]
    at: Mapped[datetime]


class CaseFlood(Base):
    """Which cases came from one caller, as a keyed digest, apart from the cases; kept for thirty days.

    `shown_until`: of a case without a name, until when its number can be shown to this caller once more; then nothing.
    """

    __tablename__ = "case_floods"
    __table_args__ = (Index("ix_case_floods_caller_digest", "caller_digest", "on_day"),)

    grievance_id: Mapped[CaseKey]
    caller_digest: Mapped[str]
    on_day: Mapped[date]
    shown_until: Mapped[datetime | None]


class Guess(Base):
    """Wrong codes from one phone, for one number from one phone or from all, or from all for all, by a keyed digest."""

    __tablename__ = "case_guesses"

    phone_digest: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    tries: Mapped[int]
