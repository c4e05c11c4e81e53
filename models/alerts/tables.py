"""The tables of alerts: what threatens a cooperative, where that stands, and every step that was taken on it.

An alert (AUSCOOP 119) is no grievance: nobody was wronged, the cooperative itself may not go on. What is typed is
sealed. Each alert and each step has a stamp (`models.stamps`), made once: a step that is altered, slipped in or taken
away is found by the proof. The words are not in the stamp, since they may have to be erased or sealed anew; a keyed
digest of them is.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, choice
from models.members import Role
from models.stamps import Kind, Rows


class Ground(StrEnum):
    """What threatens that the cooperative goes on."""

    ACCOUNTS = "accounts"
    NO_ASSEMBLY = "no_assembly"
    MONEY = "money"
    ORGAN = "organ"
    CASES = "cases"
    OTHER = "other"


class State(StrEnum):
    """Where an alert stands (AUSCOOP 119, 144, 262, 340, 342)."""

    RAISED = "raised"
    ASKED = "asked"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    ACCEPTED = "accepted"
    NOT_SATISFIED = "not_satisfied"
    REPORTED = "reported"
    CONVENED = "convened"
    CLOSED = "closed"


FINAL = (State.ACCEPTED, State.CLOSED)


class Did(StrEnum):
    """A step: an explanation is asked in writing or by word of mouth; a month that passes is a step of nobody."""

    RAISE = "raise"
    WRITE = "write"
    SPEAK = "speak"
    ANSWER = "answer"
    LAPSE = "lapse"
    ACCEPT = "accept"
    REFUSE = "refuse"
    REPORT = "report"
    CONVENE = "convene"
    CLOSE = "close"


class Alert(Base):
    """An alert on a cooperative, in the name of a body: the cooperative itself (its surveillance), or one above it.

    `answer_by` is the last day to explain. `open_key` keeps the same alert from being raised twice while it is open.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_due", "state", "answer_by"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    ground: Mapped[Ground] = mapped_column(choice(Ground))
    state: Mapped[State] = mapped_column(choice(State))
    answer_by: Mapped[date | None]
    open_key: Mapped[str | None] = mapped_column(unique=True)


class AlertStep(Base):
    """What was done on an alert: the state it led to, by whom, in which role and for which body, when and why.

    `by_id`, `role` and `body_id` are empty for the month that passed. `due_on` is set where an explanation was asked,
    `meeting_id` where an assembly of the cooperative is meant that is written down here.
    """

    __tablename__ = "alert_steps"
    __table_args__ = (UniqueConstraint("alert_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    position: Mapped[int]
    did: Mapped[Did] = mapped_column(choice(Did))
    state: Mapped[State] = mapped_column(choice(State))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    role: Mapped[Role | None] = mapped_column(choice(Role))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    at: Mapped[datetime]
    due_on: Mapped[date | None]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    reason_sealed: Mapped[str | None]
    reason_digest: Mapped[str | None]


RAISED = Kind("alert", Rows(Alert, Alert.id, Alert.cooperative_id, without=("state", "answer_by", "open_key")))
TAKEN = Kind(
    "alert step",
    Rows(
        AlertStep,
        AlertStep.id,
        Alert.cooperative_id,
        joins=((Alert, Alert.id == AlertStep.alert_id),),
        without=("reason_sealed",),
    ),
)
