"""A case as whoever filed it follows it, once it was opened with number and code: what they see, what they can do.

A case that was merged is followed through the one it was merged into. Functions raise Refused for what cannot be done.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models.cooperatives import Cooperative, zone
from models.grievances import agreeing, clocks, hearing, moving, news, notes, routing, steps, threats
from models.grievances.agreeing import Outcome, Session
from models.grievances.held import Held, hold, peek
from models.grievances.kinds import Category, Did, Follow, Lane, Refused, State, Stop
from models.grievances.steps import OWNER


@dataclass(frozen=True, slots=True)
class Mine:
    """A case as its owner sees it.

    `handled_by` is None when nobody may handle it: the courts and the village chief remain; `zone` is where that body
    is. `waits_for_me`: an outcome was proposed and the clock stands until they answer. `reachable`: their number is
    theirs, so that an SMS or a call can be chosen; `follow` is what they chose. `can` is what they can do now,
    `letters` what the committee wrote to them, first to last.
    """

    case_id: int
    reference: str
    category: Category
    lane: Lane
    state: State
    filed_at: datetime
    due_at: datetime | None
    answer_by: datetime
    handled_by: str | None
    zone: ZoneInfo
    session: Session | None
    outcome: Outcome | None
    added: int
    letters: tuple[notes.Note, ...]
    waits_for_me: bool
    merged: bool
    follow: Follow
    reachable: bool
    can: frozenset[Did]

    @property
    def news(self) -> int:
        """How many letters they have not read."""
        return sum(each.read_at is None for each in self.letters)


_BODY = select(Cooperative.name, Cooperative.time_zone).where(Cooperative.id == bindparam("body"))


def look(db: Connection, case_id: int, now: datetime, phone: str | None = None) -> Mine:
    """A case that was opened with its code, on a phone. Raises Unknown when it is gone."""
    own = peek(db, case_id)
    held = peek(db, own.merged_into_id) if own.merged_into_id else own
    written = notes.of(db, own.id)
    outcome = agreeing.outcome(db, held.id)
    if own.merged_into_id and outcome is not None:
        outcome = replace(outcome, owner_says=None)  # another one answers, and what they said is theirs
    body = db.execute(_BODY, {"body": held.level_id}).one_or_none()
    waits = held.state is State.PROPOSED and outcome is not None and outcome.owner_says is None
    waits = waits or (held.state is State.RESOLVED and not held.confirmed)
    return Mine(
        own.id,
        own.reference,
        held.category,
        held.lane,
        held.state,
        own.filed_at,
        held.due_at,
        held.answer_by,
        body.name if body else None,
        ZoneInfo(body.time_zone if body else "UTC"),
        agreeing.session(db, held.id),
        outcome,
        sum(not each.to_owner for each in written),
        tuple(each for each in written if each.to_owner),
        waits and own.merged_into_id is None,
        own.merged_into_id is not None,
        own.follow,
        hearing.number(db, own, phone) is not None,
        _can(held, own, now),
    )


_OFFERED = (
    *(Did.ADDED, Did.DAY_ASKED, Did.ACCEPTED, Did.REFUSED, Did.TALK_WANTED, Did.CONFIRMED, Did.DENIED),
    *(Did.APPEALED, Did.ESCALATED, Did.WITHDRAWN, Did.REOPENED, Did.THREATENED),
)
# Of a case that was merged: what concerns this complainant alone.
_ONE_VOICE = frozenset({Did.ADDED, Did.THREATENED, Did.WITHDRAWN, Did.REOPENED})


def _can(held: Held, own: Held, now: datetime) -> frozenset[Did]:
    found = {did for did in _OFFERED if held.state in steps.MOVES[did].within}
    if _too_late(held, now):
        found -= {Did.APPEALED}
    # One that was merged goes on alone from where it was joined, however the other one stands.
    found -= {Did.REOPENED}
    if own.state in steps.MOVES[Did.REOPENED].within and now <= clocks.reopens_until(held.state_since, own.state_since):
        found |= {Did.REOPENED}
    if held.confirmed:
        found -= {Did.CONFIRMED}
    return frozenset(found & _ONE_VOICE if own.merged_into_id else found)


def _too_late(held: Held, now: datetime) -> bool:
    """Whether the days to appeal are over: what was decided or proposed counts from the day they first read it."""
    since = held.state_since
    if held.state in (State.OUT_OF_SCOPE, State.CLOSED, State.PROPOSED):
        if held.heard_on is None:
            return False
        since = datetime.combine(held.heard_on + timedelta(days=1), time(0), UTC)
    return now > since + clocks.APPEAL_WITHIN


def letters(db: Connection, case_id: int) -> list[notes.Note]:
    """What the committee wrote to the complainant, first to last."""
    return [each for each in notes.of(db, case_id) if each.to_owner]


def _when(db: Connection, held: Held, now: datetime) -> datetime:
    """The moment that is kept of what its owner does: the end of the day, where it is not kept who that is.

    The session of their phone stands elsewhere with its moment. The clocks run from there, as they do at filing.
    """
    if held.caller_sealed is not None:
        return now
    there = now.astimezone(ZoneInfo("UTC") if held.home_id is None else zone(db, held.home_id))
    return there.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(UTC)


def read(db: Connection, case_id: int, now: datetime) -> None:
    """The complainant has read what was written to them."""
    notes.read_by_owner(db, case_id, _when(db, peek(db, case_id), now))


def add(db: Connection, case_id: int, words: str, key: str, now: datetime) -> None:
    """Add words to a case; the same press never adds twice. Of one that was joined they are read, and a step, where
    it is handled. Raises Refused for a case that is over.
    """
    held = hold(db, case_id)
    main, kept = _main(db, held), _when(db, held, now)
    steps.after(main.state, Did.ADDED)
    if notes.write(db, case_id, words, key, kept, to_owner=False):
        _told(db, steps.take(db, main, Did.ADDED, OWNER, kept), now)


def ask_other_day(db: Connection, case_id: int, now: datetime) -> None:
    """The complainant cannot come to the session."""
    held = hold(db, case_id)
    _told(db, steps.take(db, held, Did.DAY_ASKED, OWNER, _when(db, held, now)), now)


def _told(db: Connection, held: Held, now: datetime) -> None:
    """Whoever handles a case hears that there is something to do: once a day, and nothing of what."""
    news.to_do(db, held, routing.attending(db, held), now)


def accept(db: Connection, case_id: int, now: datetime, outcome_id: int | None = None) -> None:
    """The complainant says yes to the outcome they read. Raises Refused when another one stands by now."""
    held = hold(db, case_id)
    agreeing.is_of(db, case_id, outcome_id)
    now = _when(db, held, now)
    new = steps.take(db, held, Did.ACCEPTED, OWNER, now)
    agreeing.owner_says(db, case_id, accepts=True, now=now)
    agreeing.settle(db, new, now)


def refuse(db: Connection, case_id: int, now: datetime, talk: bool = False, outcome_id: int | None = None) -> None:
    """The complainant says no to the outcome they read, or wants to `talk` before. Raises Refused as `accept`."""
    held = hold(db, case_id)
    agreeing.is_of(db, case_id, outcome_id)
    now = _when(db, held, now)
    steps.take(db, held, Did.TALK_WANTED if talk else Did.REFUSED, OWNER, now, to=agreeing.back(held))
    agreeing.owner_says(db, case_id, accepts=False, now=now)


def settled(db: Connection, case_id: int, yes: bool, now: datetime) -> None:
    """Is it settled? A yes closes the case when all promises are kept; a no opens it again."""
    held = hold(db, case_id)
    now = _when(db, held, now)
    if yes:
        new = steps.take(db, held, Did.CONFIRMED, OWNER, now, confirmed=True)
        agreeing.close_if_done(db, new, now)
    else:
        moving.restart(db, held, Did.DENIED, OWNER, now)


def threatened(db: Connection, case_id: int, now: datetime) -> bool:
    """The complainant is threatened: the level above is told, not those who handle it. Whether there is one."""
    held = hold(db, case_id)
    now = _when(db, held, now)
    steps.take(db, held, Did.THREATENED, OWNER, now)
    return threats.note(db, held, now)


def _main(db: Connection, held: Held) -> Held:
    return peek(db, held.merged_into_id) if held.merged_into_id else held


def appeal(db: Connection, case_id: int, why: str | None, now: datetime) -> None:
    """Other people, one level up, look at an outcome or a refusal; within 15 days of it, or of having read it."""
    held = hold(db, case_id)
    if _too_late(held, now):
        raise Refused(Stop.TOO_LATE)
    moving.rise(db, held, Did.APPEALED, OWNER, _when(db, held, now), why)


def send_up(db: Connection, case_id: int, why: str | None, now: datetime) -> None:
    """The complainant wants the level above to handle it."""
    held = hold(db, case_id)
    moving.rise(db, held, Did.ESCALATED, OWNER, _when(db, held, now), why)


def reopen(db: Connection, case_id: int, why: str | None, now: datetime) -> None:
    """A case that is over is opened again, within twelve months, also one that was taken back or turned down; one that
    was merged goes on alone from then.
    """
    held = hold(db, case_id)
    if now > clocks.reopens_until(_main(db, held).state_since, held.state_since):
        raise Refused(Stop.TOO_LATE)
    moving.restart(db, held, Did.REOPENED, OWNER, _when(db, held, now), why)


def withdraw(db: Connection, case_id: int, now: datetime) -> None:
    """The complainant takes the case back. It stays on file; after a threat the level above is told of it."""
    held = hold(db, case_id)
    now = _when(db, held, now)
    steps.take(db, held, Did.WITHDRAWN, OWNER, now, merged_into_id=None)
    moving.hand_on(db, held, now)
    if threats.any_on(db, case_id):
        threats.note(db, held, now, gave_up=True)


def follow_by(db: Connection, case_id: int, how: Follow, phone: str | None = None) -> Follow:
    """How the complainant wants to hear of it from now on, and what holds: see `hearing`."""
    held = hold(db, case_id)
    new = hearing.chosen(db, held, how, phone)
    steps.write(db, held, new)
    return new.follow
