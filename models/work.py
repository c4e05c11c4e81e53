"""The work in a lot: days, shifts, bowls or whatever its rule counts, said by who leads and confirmed by who worked.

What is written down for a worker is asked of them on their phone; what is put right is asked again. Who has no phone,
and whoever wrote down their own work, is vouched for by a named witness who wrote down nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, bindparam, case, cast, func, literal, select
from sqlalchemy.orm import Mapped, mapped_column

from models import lots, members, questions, rules
from models.base import Base
from models.hands import Hand
from models.lots import Delivered
from models.members import Member
from models.questions import About, Asking, Question
from models.refused import Fault, Refused, whole
from models.rules import Written
from models.sharing import By, Pool, by_number
from models.sharing.beneficiaries import group as named
from models.writing import insert_or_update


class LotWork(Base):
    """The work of a member in a lot. Each change is a new revision, and is asked anew."""

    __tablename__ = "lot_work"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    team: Mapped[str]
    weight: Mapped[int]
    revision: Mapped[int]
    spoken: Mapped[bool]  # somebody answered for an earlier revision: the worker, or a witness
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("members.id"))
    recorded_at: Mapped[datetime]


class Word(StrEnum):
    """What stands behind the work of a member."""

    YES = "yes"  # they said so themselves
    WITNESS = "witness"  # somebody else saw it
    NO = "no"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Done:
    """The work of a member in a lot, and whose word it is."""

    member_id: int
    number: str
    name: str
    team: str
    weight: int
    revision: int
    spoken: bool
    witness_id: int | None
    recorded_by: int
    word: Word

    @property
    def own(self) -> bool:
        """Whether who worked wrote it down."""
        return self.recorded_by == self.member_id

    @property
    def confirmed(self) -> bool:
        """Whether it can be shared by.

        Who says nothing to having done nothing has confirmed it, unless their work stood before: that is struck out
        by themselves, or with their yes.
        """
        nothing = self.weight == 0 and (self.own or not self.spoken)
        return self.word in (Word.YES, Word.WITNESS) or (self.word is Word.SILENT and nothing)


_SUBJECT = (
    literal("work:", String)
    + cast(LotWork.lot_id, String)
    + literal(":", String)
    + cast(LotWork.member_id, String)
    + literal(":", String)
    + cast(LotWork.revision, String)
)
_WORD = case(
    (LotWork.witness_id.is_not(None), literal(Word.WITNESS.value, String)),
    (Question.yes.is_(True), literal(Word.YES.value, String)),
    (Question.yes.is_(False), literal(Word.NO.value, String)),
    else_=literal(Word.SILENT.value, String),
)
_TEAM = (
    select(
        LotWork.member_id,
        Member.number,
        Member.name,
        LotWork.team,
        LotWork.weight,
        LotWork.revision,
        LotWork.spoken,
        LotWork.witness_id,
        LotWork.recorded_by,
        _WORD,
    )
    .join(Member, Member.id == LotWork.member_id)
    .outerjoin(Question, Question.subject == _SUBJECT)
    .where(LotWork.lot_id == bindparam("lot"))
)
_ONE = _TEAM.where(LotWork.member_id == bindparam("member"))


def _done(row: Sequence[Any]) -> Done:
    member_id, number, name, team, weight, revision, spoken, witness_id, recorded_by, word = row
    return Done(member_id, number, name, team, weight, revision, spoken, witness_id, recorded_by, Word(word))


def team(db: Connection, lot_id: int) -> list[Done]:
    """Everybody who worked in a lot, by member number."""
    found = [_done(row) for row in db.execute(_TEAM, {"lot": lot_id})]
    return sorted(found, key=lambda each: by_number(each.number))


def of_member(db: Connection, lot_id: int, member_id: int) -> Done | None:
    """The work of one member in a lot, or None."""
    row = db.execute(_ONE, {"lot": lot_id, "member": member_id}).one_or_none()
    return None if row is None else _done(row)


@dataclass(frozen=True, slots=True)
class Total:
    """What a team did in a lot together: the weight, how many they are, and the part of one of them."""

    weight: int
    people: int
    mine: int


_TOTALS = (
    select(
        LotWork.team,
        func.sum(LotWork.weight),
        func.count(),
        func.sum(case((LotWork.member_id == bindparam("member"), LotWork.weight), else_=0)),
    )
    .where(LotWork.lot_id == bindparam("lot"), LotWork.weight > 0)
    .group_by(LotWork.team)
)


def totals(db: Connection, lot_id: int, member_id: int) -> dict[str, Total]:
    """What each team did in a lot, and the member's own part of it."""
    rows = db.execute(_TOTALS, {"lot": lot_id, "member": member_id})
    return {team: Total(int(weight), people, int(mine)) for team, weight, people, mine in rows}


def teams(rule: Written) -> dict[str, By]:
    """The teams whose work a rule asks for, and what is counted of each; "" is everybody."""
    pools = [step for step in rule.rule.steps if isinstance(step, Pool)]
    return {"" if pool.of == "rest" else pool.of.removeprefix(named("")): pool.by for pool in pools}


@dataclass(frozen=True, slots=True)
class NewWork:
    """The work of a member, to be written down."""

    member_id: int
    weight: int
    team: str = ""
    witness_id: int | None = None


def record(db: Connection, hand: Hand, lot_id: int, new: NewWork, now: datetime) -> None:
    """Write down the work of a member, or put it right. The same again changes nothing, and is not asked again.

    Raises Refused.
    """
    if hand.role not in lots.RECORDERS:
        raise Refused(Fault.NO_OFFICER)
    lot = lots.hold(db, lot_id, hand.cooperative_id)
    whole(new.weight, most=10**12)
    counted = _counted(db, lot, new.team)
    lots.role_of(db, hand.cooperative_id, new.member_id)
    before = of_member(db, lot_id, new.member_id)
    asked = (new.weight, new.team, new.witness_id)
    if before is not None and (before.weight, before.team, before.witness_id) == asked:
        return
    _check_witness(db, hand, new)
    revision = 1 if before is None else before.revision + 1
    unheard = questions.withdraw(db, f"work:{lot_id}:{new.member_id}:{revision - 1}", now)
    spoken = before is not None and (before.spoken or not unheard)
    values = {"team": new.team, "weight": new.weight, "revision": revision, "witness_id": new.witness_id}
    values |= {"spoken": spoken, "recorded_by": hand.member_id, "recorded_at": now}
    insert_or_update(db, LotWork, {"lot_id": lot_id, "member_id": new.member_id}, values)
    if new.witness_id is None and new.member_id != hand.member_id:
        _ask(db, hand, lot, new, counted, revision, now)


def _counted(db: Connection, lot: Delivered, team: str) -> By:
    rule = rules.rule(db, lot.rule_id)
    found = {} if rule is None else teams(rule)
    if team not in found:
        raise Refused(Fault.NO_GROUP, ", ".join(found))
    return found[team]


def _check_witness(db: Connection, hand: Hand, new: NewWork) -> None:
    if new.witness_id is None:
        return
    lots.role_of(db, hand.cooperative_id, new.witness_id)
    if new.witness_id in (hand.member_id, new.member_id):
        raise Refused(Fault.NO_WITNESS)
    if new.member_id != hand.member_id and members.phones(db, new.member_id):
        raise Refused(Fault.HAS_PHONE)


def _ask(db: Connection, hand: Hand, lot: Delivered, new: NewWork, by: By, revision: int, now: datetime) -> None:
    facts = {"lot_id": lot.lot_id, "lot": lot.number, "weight": new.weight, "by": by, "team": new.team}
    subject = f"work:{lot.lot_id}:{new.member_id}:{revision}"
    questions.ask(db, Asking(new.member_id, About.WORK, subject, facts, hand.member_id), now)
