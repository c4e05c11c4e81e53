"""How long cases are kept, and what is left of them: counts, without number, words or names.

An ordinary case goes two years after it ended, a decision that its owner never read, or may still appeal against, three
at the latest; one of the sensitive lane twelve months after the last contact, what is
known of a phone that called after thirty days; sooner, when whoever complained asks for it. Run again it does no more.
Each case is a transaction of its own: nobody who complains waits until all of them are gone.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Select,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, choice
from models.cooperatives import zone
from models.grievances import clocks, figures, floods, linked, merging, news, steps, tally
from models.grievances.glass import CaseGlass
from models.grievances.held import Held, hold
from models.grievances.kinds import Category, Follow, Lane, Name, Side, State
from models.grievances.periods import Period
from models.grievances.tables import CaseBar, CaseReading, CaseStep, Grievance

KEPT = timedelta(days=2 * 365)
UNHEARD_KEPT = timedelta(days=3 * 365)
SENSITIVE_KEPT = timedelta(days=365)
AT_ONCE = 200
ENDED = (State.CLOSED, State.WITHDRAWN, State.OUT_OF_SCOPE)
_TALLIES = {CaseStep.__tablename__: "steps", CaseBar.__tablename__: "bars", CaseReading.__tablename__: "readings"}


class CaseCount(Base):
    """How many cases there were that are not kept any more: in which body, filed in which quarter, about what.

    Of the sensitive lane the body is the one that handled them, never the one where they arose.
    """

    __tablename__ = "case_counts"
    __table_args__ = (UniqueConstraint("body_id", "year", "quarter", "category", "lane", "name", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    category: Mapped[Category] = mapped_column(choice(Category))
    lane: Mapped[Lane] = mapped_column(choice(Lane))
    name: Mapped[Name] = mapped_column(choice(Name))
    state: Mapped[State] = mapped_column(choice(State))
    cases: Mapped[int]


def forget_callers(db: Connection, now: datetime) -> None:
    """Drop what is known of phones that called more than thirty days ago."""
    tally.turn(db)
    floods.forget(db, now)
    known = Grievance.reveal_digest.is_not(None)
    db.execute(update(Grievance).where(known, Grievance.reveal_until <= now).values(reveal_digest=None))


def due(db: Connection, now: datetime) -> list[int]:
    """The cases that are not to be kept any more; at most some hundreds, the rest later."""
    return [case_id for old in (_ended(now), _silent(now)) for case_id in db.execute(_first(old)).scalars()]


def drop(db: Connection, case_id: int, now: datetime) -> int:
    """Make counts of a case that is not to be kept any more, and of all that are handled with it; of how many.

    None where another one did before, or somebody said something meanwhile.
    """
    tally.turn(db)
    either = or_(_ended(now), _silent(now))
    if db.execute(_first(either).where(Grievance.id == case_id)).one_or_none() is None:
        return 0
    return _erase(db, merging.family(db, case_id))


def _ended(now: datetime) -> ColumnElement[bool]:
    """Ordinary cases that ended long ago. What the committee decided waits for its owner: fifteen days to appeal after
    the day they first read it, and a year more where they never did.
    """
    old = Grievance.state_since <= now - KEPT
    by_owner = or_(Grievance.state == State.WITHDRAWN, and_(Grievance.state == State.CLOSED, Grievance.confirmed))
    read = Grievance.heard_on < (now - clocks.APPEAL_WITHIN).date()
    done = or_(by_owner, read, Grievance.state_since <= now - UNHEARD_KEPT)
    return and_(Grievance.state.in_(ENDED), old, done, Grievance.lane != Lane.SENSITIVE)


def _silent(now: datetime) -> ColumnElement[bool]:
    """Cases of the sensitive lane of which nobody said or did anything for a year, nor opened them by their code; nor
    one that is handled with them.
    """
    each = aliased(Grievance)
    same = or_(each.id == Grievance.id, each.merged_into_id == Grievance.id)
    said = and_(CaseStep.grievance_id == each.id, CaseStep.side != Side.SYSTEM, CaseStep.at > now - SENSITIVE_KEPT)
    lately = or_(select(CaseStep.grievance_id).where(said).exists(), each.looked_on > (now - SENSITIVE_KEPT).date())
    return and_(Grievance.lane == Lane.SENSITIVE, ~select(each.id).where(same, lately).correlate(Grievance).exists())


def _first(which: ColumnElement[bool]) -> Select[*tuple[int]]:
    alone = select(Grievance.id).where(Grievance.merged_into_id.is_(None), which)
    return alone.order_by(Grievance.state_since, Grievance.id).limit(AT_ONCE)


def _erase(db: Connection, family: list[int]) -> int:
    """Make counts of cases that are handled together, the one they were merged into last."""
    held = sorted((hold(db, each) for each in family), key=lambda each: each.merged_into_id is None)
    for each in held:
        quarter = Period.holding(each.filed_at, ZoneInfo("UTC") if each.home_id is None else zone(db, each.home_id))
        figures.going(db, each, quarter)
        _count(db, each, quarter)
        _drop(db, each)
    return len(held)


def _count(db: Connection, held: Held, quarter: Period) -> None:
    body = held.level_id if held.lane is Lane.SENSITIVE else held.home_id
    kind = {
        "body_id": body,
        "year": quarter.year,
        "quarter": quarter.quarter,
        "category": held.category,
        "lane": held.lane,
        "name": held.name,
        "state": held.state,
    }
    same = [getattr(CaseCount, name).is_not_distinct_from(value) for name, value in kind.items()]
    if not db.execute(update(CaseCount).where(*same).values(cases=CaseCount.cases + 1)).rowcount:
        db.execute(insert(CaseCount), kind | {"cases": 1})


def _drop(db: Connection, held: Held) -> None:
    """A case and every row that belongs to it, found by what points at it; they are missed by no count."""
    for table in Base.metadata.sorted_tables:
        if table is Grievance.__table__:
            continue
        for column in table.columns:
            if any(key.column is Grievance.__table__.c.id for key in column.foreign_keys):
                gone = db.execute(delete(table).where(column == held.id)).rowcount
                if table.name in _TALLIES:
                    tally.add(db, _TALLIES[table.name], -gone)
    mine = select(Grievance.reference_digest).where(Grievance.id == held.id).scalar_subquery()
    db.execute(delete(CaseGlass).where(CaseGlass.reference_digest == mine))
    db.execute(delete(Grievance).where(Grievance.id == held.id))
    tally.add(db, "cases", -1)
    linked.erase(db, held.id)


def forget(db: Connection, case_id: int, now: datetime) -> bool:
    """Whoever complained asks that the case be cut from their person; whether nothing but a count is left of it.

    A case that ended, and one of the sensitive lane, goes at once. One that is being handled goes on, without a name
    or a number to call; so does one that others are handled with. No SMS that waits for them leaves any more.
    """
    held = hold(db, case_id)
    news.hush(db, held, now)
    alone = held.merged_into_id is None and len(merging.family(db, case_id)) == 1
    if alone and (held.state in ENDED or held.lane is Lane.SENSITIVE):
        unknown = replace(held, caller_sealed=None, follow=Follow.PULL)
        steps.write(db, held, unknown)  # they are counted as nobody that is known
        return bool(_erase(db, [case_id]))
    held = steps.cut(db, held)
    steps.write(db, held, replace(held, caller_sealed=None, name=Name.NOBODY, follow=Follow.PULL))
    floods.cut(db, case_id)
    return False
