"""What is counted of cases: of each one where it stands under the headings, without number, words or names.

A case is counted in the quarter in which it was filed, where it was filed. Once it was counted it stays what it was
then: its subject, its lane and whether it is private do not change in a later figure, since the difference of the two
would tell of that one case. What became of it is looked at anew. The list of who was counted is kept sealed.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from models import cooperatives, vault
from models.grievances import clocks
from models.grievances.clocks import Calendar
from models.grievances.counted import CountedCases
from models.grievances.headings import ALL, ENDS, FIXED, NO, YES, End, Figure, Heading, Kept, Outcome, Seen
from models.grievances.held import Held, known, peek
from models.grievances.kinds import Category, Did, Lane, Name, Side, State, Unknown
from models.grievances.periods import Period
from models.grievances.tables import CaseStep, Grievance
from models.members import Member, Sex
from models.writing import insert_or_update

SEEN = (Did.ACKNOWLEDGED, Did.ASSESSED, Did.MERGED)
ANSWERS = (Did.PROPOSED, Did.OUT_OF_SCOPE, Did.REFERRED, Did.RESOLVED, Did.CLOSED)
AGAIN = (Did.REOPENED, Did.DENIED)
NO_CASE = 0  # ids are drawn from one on


@dataclass(frozen=True, slots=True)
class Fact:
    """What is counted of a case: its value under each heading, and after how many days it was answered."""

    case_id: int
    said: Mapping[str, str]
    days: int | None

    def counted_as(self, before: "Fact") -> "Fact":
        """The case as it stands, where it was counted before: what was settled then stays."""
        if Heading.PRIVATE in before.said or Heading.PRIVATE in self.said:
            return before
        return Fact(self.case_id, {**self.said, **{each: before.said[each] for each in FIXED}}, self.days)


def counts(facts: Iterable[Fact]) -> Counter[Figure]:
    """How many cases have each value under each heading."""
    return Counter((heading, value) for fact in facts for heading, value in fact.said.items())


_FILED = (
    select(Grievance.id)
    .where(Grievance.home_id == bindparam("home"))
    .where(Grievance.filed_at >= bindparam("since"), Grievance.filed_at < bindparam("until"))
    .order_by(Grievance.id)
)
_COUNTED = select(CountedCases.cases_sealed).where(
    CountedCases.home_id == bindparam("home"), CountedCases.quarter == bindparam("quarter")
)
_ANYWHERE = select(Grievance.home_id).where(Grievance.home_id.in_(bindparam("bodies", expanding=True))).distinct()
# Beside a quarter: what was counted of the cases that went before it was, since nothing else is left of them.
GONE = " gone"
_GONE = select(CountedCases.home_id).where(
    CountedCases.home_id.in_(bindparam("bodies", expanding=True)), CountedCases.quarter.endswith(GONE)
)


def filed_in(db: Connection, bodies: Iterable[int]) -> set[int]:
    """Those of some bodies in which a case was ever filed."""
    there = {"bodies": sorted(bodies)}
    return {row.home_id for asked in (_ANYWHERE, _GONE) for row in db.execute(asked, there)}


def _kept(db: Connection, home_id: int, quarter: str) -> list[Fact] | None:
    kept = db.execute(_COUNTED, {"home": home_id, "quarter": quarter}).scalar_one_or_none()
    return None if kept is None else [Fact(*each) for each in json.loads(vault.unseal(kept))]


def _keep(db: Connection, home_id: int, quarter: str, found: Sequence[Fact]) -> None:
    sealed = vault.seal(json.dumps([[each.case_id, each.said, each.days] for each in found]))
    insert_or_update(db, CountedCases, {"home_id": home_id, "quarter": quarter}, {"cases_sealed": sealed})


def going(db: Connection, held: Held, quarter: Period) -> None:
    """Keep what is counted of a case that is about to go, where its quarter was not counted yet; not which it was."""
    if held.home_id is None or _kept(db, held.home_id, str(quarter)) is not None:
        return
    fact = Count(db, held.state_since).fact(held, cooperatives.zone(db, held.home_id))
    before = _kept(db, held.home_id, f"{quarter}{GONE}") or []
    _keep(db, held.home_id, f"{quarter}{GONE}", [*before, replace(fact, case_id=NO_CASE)])


@dataclass(frozen=True, slots=True)
class Count:
    """One counting. The calendars of the bodies it meets are read once."""

    db: Connection
    now: datetime
    calendars: dict[int | None, Calendar] = field(default_factory=dict)

    def of(self, home_id: int, quarter: Period) -> list[Fact]:
        """The cases of a cooperative and a quarter that is over; who is counted is settled the first time."""
        kept = _kept(self.db, home_id, str(quarter))
        there = cooperatives.zone(self.db, home_id)
        if kept is None:
            between = {"home": home_id, "since": quarter.begins(there), "until": quarter.ends(there)}
            cases = self.db.execute(_FILED, between).scalars().all()
            found = [self.fact(peek(self.db, each), there) for each in cases]
            found += _kept(self.db, home_id, f"{quarter}{GONE}") or []
        else:
            found = [self._again(each, there) for each in kept]
        _keep(self.db, home_id, str(quarter), found)
        return found

    def _again(self, before: Fact, there: ZoneInfo) -> Fact:
        try:
            return self.fact(peek(self.db, before.case_id), there).counted_as(before)
        except Unknown:  # it was erased since
            return before

    def fact(self, held: Held, there: ZoneInfo) -> Fact:
        """What is counted of a case as it stands. One that was merged has the outcome of the one it joined."""
        if held.lane is Lane.SENSITIVE or held.category is Category.PRIVATE:
            return Fact(held.id, {Heading.PRIVATE: ALL}, None)
        own = _steps(self.db, held.id)
        main = peek(self.db, held.merged_into_id) if held.merged_into_id else held
        led = own if main is held else _steps(self.db, main.id)
        days = _days(held, own, led, there)
        said: dict[str, str] = {
            Heading.RECEIVED: ALL,
            Heading.CATEGORY: held.category,
            Heading.LANE: held.lane,
            Heading.NAME: held.name,
            **_caller(self.db, held),
            **_ended(main.state, led),
            Heading.CONFLICT: _yes(bool(own) and own[0].level_id not in (None, held.home_id)),
            Heading.ACKNOWLEDGED: self._seen(held, own),
            Heading.ANSWERED: _yes(days is not None),
            Heading.REOPENED: _yes(any(step.did in AGAIN and step.side is Side.OWNER for step in own)),
            Heading.THREATENED: _yes(any(step.did is Did.THREATENED for step in own)),
        }
        return Fact(held.id, said, days)

    def _seen(self, held: Held, own: Sequence["Step"]) -> Seen:
        """Whether somebody said in time that they have seen it, by the clocks of the body it came to first."""
        at = _first(own, SEEN)
        if at is None:
            return Seen.TAKEN_BACK if held.state is State.WITHDRAWN else Seen.WAITING
        # Without a name the clocks run from the end of the day.
        since = held.filed_at + timedelta(days=held.name is Name.NOBODY)
        known = self._calendar(own[0].level_id)
        due = clocks.times(known, State.RECEIVED, held.lane, since, held.answer_by, self.now).due_at
        return Seen.LATE if due is not None and at > due else Seen.IN_TIME

    def _calendar(self, body_id: int | None) -> Calendar:
        if body_id not in self.calendars:
            self.calendars[body_id] = clocks.calendar(self.db, body_id)
        return self.calendars[body_id]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a case, as far as it is counted."""

    did: Did
    side: Side
    state: State
    level_id: int | None
    at: datetime


_STEPS = (
    select(CaseStep.did, CaseStep.side, CaseStep.state, CaseStep.level_id, CaseStep.at)
    .where(CaseStep.grievance_id == bindparam("case"))
    .order_by(CaseStep.position)
)


def _steps(db: Connection, case_id: int) -> list[Step]:
    return [Step(*row) for row in db.execute(_STEPS, {"case": case_id})]


def _first(taken: Iterable[Step], among: Sequence[Did]) -> datetime | None:
    return next((step.at for step in taken if step.did in among), None)


def _yes(so: bool) -> str:
    return YES if so else NO


_SEX = select(Member.sex).where(Member.id == bindparam("member"))


def _caller(db: Connection, held: Held) -> dict[str, str]:
    """Whether a woman or a man, a member or somebody else complains, as far as that was kept."""
    who = known(held)
    sex = db.execute(_SEX, {"member": who.member_id}).scalar_one_or_none()
    sexes = {Sex.FEMALE: Kept.WOMAN, Sex.MALE: Kept.MAN, None: Kept.NOT_KEPT}
    member = Kept.MEMBER if who.member_id else Kept.OTHER if who.phone else Kept.NOT_KEPT
    return {Heading.SEX: sexes[sex], Heading.MEMBER: member}


_OUTCOMES = {
    State.REFERRED: Outcome.REFERRED,
    State.OUT_OF_SCOPE: Outcome.OUT_OF_SCOPE,
    State.WITHDRAWN: Outcome.WITHDRAWN,
}


def _ended(state: State, led: Sequence[Step]) -> dict[str, str]:
    """What became of a case; of one that was appealed also what became of that."""
    outcome = _closed(led) if state is State.CLOSED else _outcome(state, led)
    end = ENDS[outcome] if outcome else End.OPEN
    said: dict[str, str] = {Heading.END: end} | ({Heading.OUTCOME: outcome} if outcome else {})
    appealed = any(step.did is Did.APPEALED for step in led)
    said[Heading.APPEALED] = _yes(appealed)
    if appealed:
        said[Heading.APPEAL] = outcome if outcome and end is End.SETTLED else end
    return said


def _closed(led: Sequence[Step]) -> Outcome | None:
    """How a case was closed: from which state. An appeal is closed by a decision."""
    places = [place for place, step in enumerate(led) if step.did is Did.CLOSED]
    before = led[places[-1] - 1].state if places else None
    return Outcome.DECISION if before is State.APPEALED else _outcome(before, led) if before else None


def _outcome(state: State, led: Sequence[Step]) -> Outcome | None:
    """What became of a case in a state; what is settled was agreed on, or its owner was asked after a referral."""
    if state is not State.RESOLVED:
        return _OUTCOMES.get(state)
    ways = [step.did for step in led if step.did in (Did.RESOLVED, Did.ASKED)]
    return Outcome.REFERRED if ways and ways[-1] is Did.ASKED else Outcome.AGREEMENT


def _days(held: Held, own: Sequence[Step], led: Sequence[Step], there: ZoneInfo) -> int | None:
    """On which day after its filing a case had its first answer; one that was merged has that of the one it joined."""
    at = _first(own, ANSWERS)
    joined = _first(own, (Did.MERGED,))
    if at is None and held.merged_into_id and joined:
        answered = _first(led, ANSWERS)
        at = max(answered, joined) if answered else None
    if at is None:
        return None
    return (at.astimezone(there).date() - held.filed_at.astimezone(there).date()).days
