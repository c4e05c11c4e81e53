"""Sharing rules as data: what an assembly, a memorandum or a spoken agreement laid down, version by version.

A version is in force once two officers turned their keys and, where it was agreed by word of mouth, every party to it
has said yes on their phone (`models.agreements`). Old versions stay as they were: the lots they shared rest on them.
"""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from models import sharing, vault
from models.base import Base, choice
from models.members import Member
from models.questions import Question
from models.stamps import Kind, Rows


class Basis(StrEnum):
    """What a rule rests on (domain: the rule object)."""

    MOU = "mou"
    AG_RESOLUTION = "ag_resolution"
    VERBAL = "verbal"


class SharingRule(Base):
    """A version of a rule. It has no proposal until two officers turned their keys."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("cooperative_id", "name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    name: Mapped[str]
    version: Mapped[int]
    unit: Mapped[str]
    steps: Mapped[list[Any]] = mapped_column(JSON)
    basis: Mapped[Basis] = mapped_column(choice(Basis))
    basis_ref: Mapped[str]
    signed_on: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("rules.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))


class Party(Base):
    """A member without whose yes a spoken agreement is none."""

    __tablename__ = "rule_parties"

    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)


_HOME = SharingRule.cooperative_id
WRITTEN = Kind(
    "rule",
    Rows(SharingRule, SharingRule.id, _HOME, without=("proposal_id",)),
    Rows(Party, Party.rule_id, _HOME, ((SharingRule, SharingRule.id == Party.rule_id),)),
)
ADOPTED = Kind(
    "approval of rule", Rows(SharingRule, SharingRule.id, _HOME, (), (SharingRule.proposal_id.is_not(None),))
)


@dataclass(frozen=True, slots=True)
class Written:
    """A version as it was written down. `approved` says that two keys were turned."""

    rule_id: int
    cooperative_id: int
    name: str
    version: int
    unit: str
    steps: list[Any]
    basis: Basis
    basis_ref: str
    signed_on: date
    valid_from: date
    valid_to: date | None
    approved: bool

    @property
    def rule(self) -> sharing.Rule:
        """The steps, ready to be taken."""
        return sharing.rule_of({"unit": self.unit, "steps": self.steps})

    @property
    def digest(self) -> str:
        """What a changed rule is known by."""
        dates = [each and each.isoformat() for each in (self.signed_on, self.valid_from, self.valid_to)]
        text = [self.cooperative_id, self.name, self.version, self.unit, self.steps, self.basis, self.basis_ref, dates]
        return vault.digest("rule", json.dumps(text, sort_keys=True))


COLUMNS = (
    SharingRule.id,
    SharingRule.cooperative_id,
    SharingRule.name,
    SharingRule.version,
    SharingRule.unit,
    SharingRule.steps,
    SharingRule.basis,
    SharingRule.basis_ref,
    SharingRule.signed_on,
    SharingRule.valid_from,
    SharingRule.valid_to,
    SharingRule.proposal_id.is_not(None),
)
_SUBJECT = (
    literal("rule:", String) + cast(SharingRule.id, String) + literal(":", String) + cast(Party.member_id, String)
)
_YES = exists().where(Question.subject == _SUBJECT, Question.yes.is_(True)).correlate(SharingRule, Party)
_NOT_AGREED = exists().where(Party.rule_id == SharingRule.id, ~_YES).correlate(SharingRule)
_STANDS = and_(
    SharingRule.proposal_id.is_not(None),
    SharingRule.valid_from <= bindparam("day"),
    or_(SharingRule.valid_to.is_(None), SharingRule.valid_to >= bindparam("day")),
    ~_NOT_AGREED,
)
_RANKED = (
    select(
        SharingRule.id,
        func.row_number()
        .over(partition_by=SharingRule.name, order_by=(SharingRule.valid_from.desc(), SharingRule.version.desc()))
        .label("rank"),
    )
    .where(SharingRule.cooperative_id == bindparam("cooperative"), _STANDS)
    .subquery()
)
_IN_FORCE = (
    select(*COLUMNS).join(_RANKED, and_(_RANKED.c.id == SharingRule.id, _RANKED.c.rank == 1)).order_by(SharingRule.name)
)
_ONE = select(*COLUMNS).where(SharingRule.id == bindparam("rule"))
_ALL = (
    select(*COLUMNS)
    .where(SharingRule.cooperative_id == bindparam("cooperative"))
    .order_by(SharingRule.name, SharingRule.version)
)


def in_force(db: Connection, cooperative_id: int, day: date) -> list[Written]:
    """The rules of a cooperative that are in force on a day: of each name the newest version, by name."""
    return [Written(*row) for row in db.execute(_IN_FORCE, {"cooperative": cooperative_id, "day": day})]


def rule(db: Connection, rule_id: int) -> Written | None:
    """One version, or None."""
    row = db.execute(_ONE, {"rule": rule_id}).one_or_none()
    return None if row is None else Written(*row)


def versions(db: Connection, cooperative_id: int) -> list[Written]:
    """Every version a cooperative has written down, by name."""
    return [Written(*row) for row in db.execute(_ALL, {"cooperative": cooperative_id})]


_SAID = (
    select(Member.number, Question.yes)
    .select_from(Party)
    .join(SharingRule, SharingRule.id == Party.rule_id)
    .join(Member, Member.id == Party.member_id)
    .outerjoin(Question, Question.subject == _SUBJECT)
    .where(Party.rule_id == bindparam("rule"))
    .order_by(Member.id)
)


def said_by_parties(db: Connection, rule_id: int) -> dict[str, bool | None]:
    """What each party to a spoken agreement said, by member number; None while they said nothing."""
    return {row.number: row.yes for row in db.execute(_SAID, {"rule": rule_id})}


def parties(db: Connection, rule_id: int) -> list[int]:
    """The members who are parties to a spoken agreement."""
    return list(db.execute(select(Party.member_id).where(Party.rule_id == rule_id).order_by(Party.member_id)).scalars())
