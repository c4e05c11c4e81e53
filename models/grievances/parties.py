"""The other side of a case, once the committee invited them: their sessions, the outcome, their yes or no.

They are barred from the case like anybody who is in cause: what they see here is what they were invited to see.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from models import questions
from models.grievances import agreeing, clocks, moving, promises, steps
from models.grievances.agreeing import Outcome, Session
from models.grievances.held import Held, hold, peek
from models.grievances.kinds import Did, Refused, State, Stop, Unknown, mediated
from models.grievances.numbers import new_id
from models.grievances.steps import PARTY
from models.grievances.tables import CaseOutcome, CaseParty, CaseSession
from models.questions import Open
from models.quick import Quick
from models.writing import insert_once


def invite(db: Connection, case_id: int, member_id: int, now: datetime) -> bool:
    """Keep that somebody was invited; False when they were before."""
    row = {"id": new_id(), "grievance_id": case_id, "member_id": member_id, "invited_at": now}
    return insert_once(db, CaseParty, row) is not None


def members(db: Connection, case_id: int) -> list[int]:
    """Who was invited."""
    found = select(CaseParty.member_id).where(CaseParty.grievance_id == case_id).order_by(CaseParty.member_id)
    return list(db.execute(found).scalars())


def end(db: Connection, case_id: int) -> None:
    """Both sides are not brought together any more: who was invited is not, and nothing is left to come to or answer.

    What was said and promised until then stays in the history.
    """
    for table in (CaseParty, CaseSession, CaseOutcome):
        db.execute(delete(table).where(table.grievance_id == case_id))
    promises.replace(db, case_id, [])


def ask_again(db: Connection, case_id: int) -> None:
    """A new outcome was proposed: what was said of the last one does not count."""
    db.execute(update(CaseParty).where(CaseParty.grievance_id == case_id).values(says=None, said_at=None))


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the other side sees: the session, the outcome, what they said to it, whether they may answer now, and
    whether they can ask other people to look at it.
    """

    invitation_id: int
    session: Session | None
    outcome: Outcome | None
    says: bool | None
    asked: bool
    appeals: bool


_MINE = (
    select(CaseParty.id, CaseParty.grievance_id, CaseParty.says)
    .where(CaseParty.member_id == bindparam("member"))
    .order_by(CaseParty.invited_at, CaseParty.id)
)


def invitations(db: Connection, member_id: int) -> list[Invitation]:
    """What somebody was invited to, first to last."""
    found = []
    for row in db.execute(_MINE, {"member": member_id}).all():
        held = peek(db, row.grievance_id)
        if not mediated(held.lane, held.category):
            continue
        shown = agreeing.outcome(db, held.id)
        asked = held.state is State.PROPOSED and row.says is None
        appeals = shown is not None and _may_appeal(held, row.says)
        found.append(Invitation(row.id, agreeing.session(db, held.id), shown, row.says, asked, appeals))
    return found


_ANY = Quick(select(CaseParty.id).where(CaseParty.member_id == bindparam("member")).limit(1))


def any_for(db: Connection, member_id: int) -> bool:
    """Whether somebody was invited to anything."""
    return _ANY.scalar(db, {"member": member_id}) is not None


_FIRST = questions.next_beside(select(CaseParty.id).where(CaseParty.member_id == bindparam("member")).exists())


def beside(db: Connection, member_id: int, now: datetime) -> tuple[bool, Open | None]:
    """What a first page tells, asked at once: whether somebody was invited, and the question that waits for them."""
    invited, *asked = _FIRST.one(db, {"member": member_id, "now": now})
    return invited, None if asked[0] is None else Open(*asked)


def _may_appeal(held: Held, says: bool | None) -> bool:
    """What is over the other side alone does not undo, nor what they said yes to themselves."""
    return held.state is not State.CLOSED and says is not True and held.state in steps.MOVES[Did.APPEALED].within


def _invited(db: Connection, member_id: int, invitation_id: int) -> tuple[Held, bool | None]:
    mine = (CaseParty.id == invitation_id, CaseParty.member_id == member_id)
    found = db.execute(select(CaseParty.grievance_id, CaseParty.says).where(*mine)).one_or_none()
    if found is None:
        raise Unknown
    held = hold(db, found.grievance_id)
    if not mediated(held.lane, held.category):
        raise Unknown
    return held, found.says


def answer(
    db: Connection, member_id: int, invitation_id: int, accepts: bool, now: datetime, outcome_id: int | None = None
) -> None:
    """The other side says yes or no to the outcome they read. Raises Unknown, and Refused when another one stands."""
    held, _says = _invited(db, member_id, invitation_id)
    agreeing.is_of(db, held.id, outcome_id)
    did, to = (Did.ACCEPTED, None) if accepts else (Did.REFUSED, agreeing.back(held))
    new = steps.take(db, held, did, PARTY, now, to=to)
    said = update(CaseParty).where(CaseParty.id == invitation_id)
    db.execute(said.values(says=accepts, said_at=now))
    if accepts:
        agreeing.settle(db, new, now)


def appeal(db: Connection, member_id: int, invitation_id: int, why: str | None, now: datetime) -> None:
    """The other side asks other people to look at it, within 15 days. Raises Unknown; Refused also after their own yes,
    and for what is over.
    """
    held, says = _invited(db, member_id, invitation_id)
    if not _may_appeal(held, says):
        raise Refused(Stop.STATE)
    if now > held.state_since + clocks.APPEAL_WITHIN:
        raise Refused(Stop.TOO_LATE)
    moving.rise(db, held, Did.APPEALED, PARTY, now, why)
