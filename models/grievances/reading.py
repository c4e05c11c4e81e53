"""A whole case, as the desk that handles it reads it. That it was read is kept by `readings`, before."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models import members, vault
from models.grievances import agreeing, news, notes, parties, sight
from models.grievances.agreeing import Outcome, Session
from models.grievances.held import Held, caller
from models.grievances.kinds import Category, Concerned, Did, Follow, Help, Lane, Name, SafeTime, Side, State, accused
from models.grievances.near import near_one
from models.grievances.tables import CaseStep
from models.hands import Hand
from models.members import Member, Role


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the history: what, who, in which role, when, and why in words."""

    did: Did
    state: State
    side: Side
    by: str | None
    role: Role | None
    at: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a desk may read of a case. Name and phone only where the complainant let this reader see them."""

    case_id: int
    reference: str
    category: Category
    lane: Lane
    concerned: Concerned
    state: State
    filed_at: datetime
    due_at: datetime | None
    answer_by: datetime
    home_id: int | None
    entry_id: int | None
    words: str | None
    unnamed: bool
    caller: str | None
    phone: str | None
    follow: Follow
    safe_time: SafeTime | None
    help: Help | None
    handler: str | None
    mine: bool
    notes: tuple[notes.Note, ...]
    session: Session | None
    outcome: Outcome | None
    invited: int
    history: tuple[Step, ...]


_STEPS = (
    select(CaseStep.did, CaseStep.state, CaseStep.side, Member.name, CaseStep.role, CaseStep.at, CaseStep.why_sealed)
    .outerjoin(Member, Member.id == CaseStep.by_id)
    .where(CaseStep.grievance_id == bindparam("case"), CaseStep.did != Did.THREATENED)
    .order_by(CaseStep.position)
)


def whole(db: Connection, hand: Hand, case_id: int) -> Whole:
    """A case with its notes and history. Raises Unknown. That the complainant was threatened is not in it: it is told
    one level above.
    """
    held = sight.seen(db, hand, case_id)
    name, phone = _caller(db, hand, held)
    return Whole(
        *(held.id, held.reference, held.category, held.lane, held.concerned, held.state, held.filed_at, held.due_at),
        answer_by=held.answer_by,
        home_id=held.home_id,
        entry_id=held.entry_id,
        words=vault.unseal(held.words_sealed) if held.words_sealed else None,
        unnamed=held.caller_sealed is None,
        caller=name,
        phone=phone,
        follow=held.follow,
        safe_time=held.safe_time,
        help=held.help,
        handler=members.name(db, held.handler_id),
        mine=held.handler_id == hand.member_id,
        notes=tuple(notes.heard(db, case_id)),
        session=agreeing.session(db, case_id),
        outcome=agreeing.outcome(db, case_id),
        invited=len(parties.members(db, case_id)),
        history=_history(db, hand.member_id, case_id),
    )


def _caller(db: Connection, hand: Hand, held: Held) -> tuple[str | None, str | None]:
    allowed = held.name is Name.COMMITTEE or (held.name is Name.HANDLER and held.handler_id == hand.member_id)
    if not allowed or (held.name is Name.HANDLER and held.state is State.ASSESSED):
        return None, None
    who = caller(held)
    return members.name(db, who.member_id), news.number(db, who)


def _history(db: Connection, reader: int, case_id: int) -> tuple[Step, ...]:
    """The steps; whom a colleague named does not read by whom, nor does anybody near them."""
    rows = db.execute(_STEPS, {"case": case_id}).all()
    history = [Step(*row[:6], vault.unseal(row[6]) if row[6] and row[0] is not Did.FILED else None) for row in rows]
    near = db.execute(select(Member.name, Member.number).where(Member.id.in_(near_one(reader)))).all()
    me = {accused(each.name, each.number) for each in near}
    return tuple(each for each in history if each.did is not Did.ACCUSED or each.why not in me)
