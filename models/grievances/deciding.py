"""What the handler of a case does: looks for facts, sets a session, proposes an outcome, refers it, ends it.

Each function takes who acts and raises Unknown for a case they may not see, Refused for what cannot be done now.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from models import members, vault
from models.grievances import agreeing, clocks, merging, moving, naming, news, notes, parties, promises, steps
from models.grievances.held import Held, caller, peek
from models.grievances.kinds import Did, Refused, State, Stop, Why, mediated
from models.grievances.near import near
from models.grievances.promises import Promise
from models.grievances.tables import CaseOutcome, CaseSession, CaseStep
from models.grievances.work import acting, handling
from models.hands import Hand

# What the handler ends; all else is ended by the two sides.
DECIDED = (State.REFERRED, State.APPEALED)


def inquire(db: Connection, hand: Hand, case_id: int, now: datetime) -> None:
    """The handler looks for facts; the deadline stays."""
    held = handling(db, hand, case_id)
    news.to_owner(db, steps.take(db, held, Did.INQUIRED, steps.by(hand), now), now)


def set_session(db: Connection, hand: Hand, case_id: int, starts_at: datetime, place: str, now: datetime) -> None:
    """Both sides meet at a time and place; a later session takes the place of an earlier one. Both are told."""
    held = handling(db, hand, case_id)
    if not mediated(held.lane, held.category):
        raise Refused(Stop.NO_MEDIATION)
    if starts_at <= now:
        raise Refused(Stop.TOO_LATE)
    row = {"grievance_id": case_id, "starts_at": starts_at, "place_sealed": vault.seal(place), "set_at": now}
    new = steps.take(db, held, Did.SESSION_SET, steps.by(hand), now)
    db.execute(insert(CaseSession), row)
    _told(db, new, now)


def _told(db: Connection, held: Held, now: datetime) -> None:
    news.to_owner(db, held, now)
    news.to_party(db, held, parties.members(db, held.id), now)


def invite(db: Connection, hand: Hand, case_id: int, member_id: int, now: datetime) -> None:
    """Ask the other side to take part: they see sessions and outcome, never the words nor whose they are.

    They are in cause: the case does not exist for them any more, and goes up when it must. Raises Refused where that is
    not for one alone, and they are to be named first (`work.accuse`); and for who says yes already for another side;
    in the same words for all, so that nothing tells who complained.
    """
    held = handling(db, hand, case_id)
    if not mediated(held.lane, held.category):
        raise Refused(Stop.NO_MEDIATION)
    if naming.takes_two(db, held, hand, member_id):
        raise Refused(Stop.NAME_FIRST)
    if member_id in _speaking(db, hand, held):
        raise Refused(Stop.NO_SUCH_MEMBER)
    new = steps.take(db, held, Did.INVITED, steps.by(hand), now)
    merging.bar_all(db, case_id, [member_id], Why.ACCUSED)
    if parties.invite(db, case_id, member_id, now):
        news.to_party(db, new, [member_id], now)
    moving.reseat(db, new, now)


def _speaking(db: Connection, hand: Hand, held: Held) -> frozenset[int]:
    """Who complained, as far as that was kept, who handles it, and who is near them: none is the other side."""
    who = [caller(peek(db, each)) for each in merging.family(db, held.id)]
    on_phones = {each.member_id for one in who if one.phone for each in members.on_phone(db, one.phone)}
    return near(db, {hand.member_id, *on_phones, *(one.member_id for one in who if one.member_id is not None)})


def propose(db: Connection, hand: Hand, case_id: int, text: str, promised: Sequence[Promise], now: datetime) -> None:
    """Propose an outcome: both sides get the same text, and the promises it rests on. Silence is no answer."""
    held = handling(db, hand, case_id)
    new = steps.take(db, held, Did.PROPOSED, steps.by(hand), now, text)
    row = {"grievance_id": case_id, "text_sealed": vault.seal(text), "proposed_at": now}
    db.execute(insert(CaseOutcome), row)
    promises.replace(db, case_id, promised)
    parties.ask_again(db, case_id)
    _told(db, new, now)


def note_paper(db: Connection, hand: Hand, case_id: int, now: datetime) -> None:
    """Both sides signed the outcome on paper: that counts as the yes of the other side, never of the complainant."""
    held = handling(db, hand, case_id)
    new = steps.take(db, held, Did.PAPER_NOTED, steps.by(hand), now)
    agreeing.note_paper(db, case_id, now)
    agreeing.settle(db, new, now)


def promise(db: Connection, hand: Hand, case_id: int, made: Promise, now: datetime) -> None:
    """Add a promise: what, who, by which day."""
    held = handling(db, hand, case_id)
    promises.add(db, case_id, made)
    new = steps.take(db, held, Did.PROMISED, steps.by(hand), now)
    promises.timed(db, new, now)


def keep(db: Connection, hand: Hand, case_id: int, promise_id: int, now: datetime) -> None:
    """A promise was kept, says who handles it. After the last one the complainant is asked whether it is settled, once
    more where they said so before it was kept: no committee closes a case by its own word.
    """
    held = handling(db, hand, case_id)
    if promises.keep(db, case_id, promise_id, now):
        last = not promises.open_ones(db, case_id)
        new = steps.take(db, held, Did.KEPT, steps.by(hand), now, confirmed=held.confirmed and not last)
        promises.timed(db, new, now)
        if last and new.state is State.RESOLVED:
            news.to_owner(db, new, now)


def refer(db: Connection, hand: Hand, case_id: int, to: str, now: datetime) -> None:
    """Another body outside the tree takes it, which is named to the complainant; it is asked at 14, 30 and 60 days."""
    held = acting(db, hand, case_id)
    if held.handler_id not in (None, hand.member_id):
        raise Refused(Stop.NOT_HANDLER)
    new = steps.take(db, held, Did.REFERRED, steps.by(hand), now, to, handler_id=hand.member_id)
    notes.letter(db, case_id, to, f"refer:{case_id}:{held.steps}", now)
    news.to_owner(db, new, now)


def check(db: Connection, hand: Hand, case_id: int, heard: str | None, now: datetime) -> None:
    """The outside body was asked what it did; `heard` is what it said, None for no news. The next check is set."""
    held = handling(db, hand, case_id)
    new = steps.take(db, held, Did.CHECKED, steps.by(hand), now, heard)
    steps.write(db, new, steps.timed(db, new, now))
    if heard:
        notes.letter(db, case_id, heard, f"check:{case_id}:{held.steps}", now)
    news.to_owner(db, new, now)


def close(db: Connection, hand: Hand, case_id: int, why: str, now: datetime) -> None:
    """Decide an appeal, with the reason that is owed; or say what came of a referral, and ask whether it is settled.

    What was referred is closed by the complainant's word, and what both sides agreed on when the promises are kept as
    well. Raises Refused while the outside body has not answered and its last check is not over.
    """
    held = handling(db, hand, case_id)
    if held.state not in DECIDED:
        raise Refused(Stop.STATE)
    asked = held.state is State.REFERRED
    if asked and now < held.state_since + clocks.CHECKS[-1] and not _answered(db, held):
        raise Refused(Stop.NO_ANSWER_YET)
    notes.letter(db, case_id, why, f"close:{case_id}:{held.steps}", now)
    new = steps.take(db, held, Did.ASKED if asked else Did.CLOSED, steps.by(hand), now, why)
    if asked:
        promises.replace(db, case_id, [])  # those of an outcome that came to nothing
    _told(db, new, now)


def _answered(db: Connection, held: Held) -> bool:
    """Whether the body that a case was referred to has said something since."""
    mine = (CaseStep.grievance_id == held.id, CaseStep.at >= held.state_since, CaseStep.did == Did.CHECKED)
    said = select(CaseStep.position).where(*mine, CaseStep.why_sealed.is_not(None)).limit(1)
    return db.execute(said).one_or_none() is not None
