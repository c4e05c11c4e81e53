"""The session and the outcome of a case, as both sides hear them, and when both have agreed.

Nothing is an answer but an answer: a case is resolved when everybody who was asked said yes, and closed when the
complainant said that it is settled, after every promise was kept.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from models import vault
from models.grievances import news, promises, steps
from models.grievances.held import Held
from models.grievances.kinds import Did, Refused, State, Stop, mediated
from models.grievances.promises import Promise
from models.grievances.steps import SYSTEM
from models.grievances.tables import CaseOutcome, CaseParty, CaseSession


@dataclass(frozen=True, slots=True)
class Session:
    """When and where both sides meet."""

    starts_at: datetime
    place: str

    def over(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether its day is past, there where it is; until then somebody may be on their way."""
        return self.starts_at.astimezone(zone).date() < now.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome that stands: its number, its text, the promises, and what the complainant said to it."""

    outcome_id: int
    text: str
    proposed_at: datetime
    owner_says: bool | None
    paper_at: datetime | None
    promises: tuple[Promise, ...]


_SESSION = (
    select(CaseSession.starts_at, CaseSession.place_sealed)
    .where(CaseSession.grievance_id == bindparam("case"))
    .order_by(CaseSession.id.desc())
    .limit(1)
)
_OUTCOME = (
    select(
        CaseOutcome.id, CaseOutcome.text_sealed, CaseOutcome.proposed_at, CaseOutcome.owner_says, CaseOutcome.paper_at
    )
    .where(CaseOutcome.grievance_id == bindparam("case"))
    .order_by(CaseOutcome.id.desc())
    .limit(1)
)
_LAST = (
    select(CaseOutcome.id)
    .where(CaseOutcome.grievance_id == bindparam("case"))
    .order_by(CaseOutcome.id.desc())
    .limit(1)
    .scalar_subquery()
)


def session(db: Connection, case_id: int) -> Session | None:
    """The session that was set last, or None."""
    row = db.execute(_SESSION, {"case": case_id}).one_or_none()
    return None if row is None else Session(row.starts_at, vault.unseal(row.place_sealed))


def outcome(db: Connection, case_id: int) -> Outcome | None:
    """The outcome that was proposed last, or None."""
    row = db.execute(_OUTCOME, {"case": case_id}).one_or_none()
    if row is None:
        return None
    return Outcome(row.id, vault.unseal(row.text_sealed), *row[2:], tuple(promises.of(db, case_id)))


def is_of(db: Connection, case_id: int, outcome_id: int | None) -> None:
    """An answer is to the outcome that was read; None: to the one that stands. Raises Refused when another stands."""
    if outcome_id is not None and db.execute(select(_LAST), {"case": case_id}).scalar() != outcome_id:
        raise Refused(Stop.ANOTHER_OUTCOME)


def back(held: Held) -> State:
    """Where a case goes whose outcome was refused: to talk again, or back to its handler where nothing is mediated."""
    if held.handler_id is None:
        return State.ASSESSED
    return State.IN_MEDIATION if mediated(held.lane, held.category) else State.ASSIGNED


def owner_says(db: Connection, case_id: int, accepts: bool, now: datetime) -> None:
    """Keep what the complainant says to the outcome that stands."""
    said = update(CaseOutcome).where(CaseOutcome.id == _LAST)
    db.execute(said.values(owner_says=accepts, owner_at=now), {"case": case_id})


def note_paper(db: Connection, case_id: int, now: datetime) -> None:
    """The outcome that stands was signed on paper."""
    db.execute(update(CaseOutcome).where(CaseOutcome.id == _LAST).values(paper_at=now), {"case": case_id})


_SILENT = select(CaseParty.id).where(CaseParty.grievance_id == bindparam("case"), CaseParty.says.is_not(True)).limit(1)


def settle(db: Connection, held: Held, now: datetime) -> Held:
    """A case whose complainant said yes, and the other side too or on paper, is resolved; else it stays."""
    said = db.execute(_OUTCOME, {"case": held.id}).one()
    silent = db.execute(_SILENT, {"case": held.id}).one_or_none()
    if said.owner_says is not True or (silent is not None and said.paper_at is None):
        return held
    resolved = promises.timed(db, steps.take(db, held, Did.RESOLVED, SYSTEM, now), now)
    news.to_owner(db, resolved, now)
    return resolved


def close_if_done(db: Connection, held: Held, now: datetime) -> Held:
    """A case is closed when the complainant said that it is settled and no promise is open; else it stays."""
    timed = promises.timed(db, held, now)
    if held.state is not State.RESOLVED or not held.confirmed or promises.open_ones(db, held.id):
        return timed
    return steps.take(db, timed, Did.CLOSED, SYSTEM, now)
