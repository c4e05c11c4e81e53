"""The longest values of cases as a committee sees them: one of each state, late, threatened, from below, in private."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from flows import case_people, case_say, case_settle, case_work, committee, desk, office, reprisal, threat, watch
from flows.case_people import Whom
from flows.code import mark_of
from flows.engine import Place, to
from models.grievances import (
    Category,
    Help,
    Lane,
    Name,
    SafeTime,
    Stop,
    deciding,
    following,
    glass,
    reading,
    sight,
    threats,
    work,
)
from models.grievances.promises import Promise
from models.hands import Bar, Hand
from models.members import Role
from ussd_app.longest_desk import CALLER, NAME, OTHER, Desks, becomes, set_up

PLACE = "École fondamentale de Sanoudougou-Kogberani, cour du nord"


def desks(db: Connection, spoken: str, words: str, now: datetime) -> Iterator[tuple[set[str], list[Place]]]:
    """Each desk there is, as the one who walks comes to it: what is opened with the code, and where to start."""
    there = set_up(db, spoken, words, now)
    for made in (_early, _late, _from_below):  # each after the walk of those before, which leads to all that are there
        cases = made(there)
        yield _opened(there, cases), [*_deep(there, cases), *(to(committee.show, each) for each in cases)]
    _threats(there)
    _glasses(there)
    many = _early(there)
    lists = [to(committee.together, many[0]), to(office.home), to(threat.home), to(reprisal.home), to(watch.readings)]
    yield _opened(there, ()), [*lists, *_left()]
    becomes(there, Role.SURVEILLANCE)
    watched = [to(watch.late), to(watch.readings), to(office.home)]
    yield _opened(there, ()), [*watched, *(to(watch.barred, bar) for bar in Bar)]
    becomes(there, Role.GENDER_PRESIDENT)
    private = _private(there)
    yield (
        _opened(there, private),
        [*(to(committee.show, each) for each in private), to(committee.home), to(office.home)],
    )


def _opened(there: Desks, cases: Sequence[int]) -> set[str]:
    return {mark_of(there.walker), *(f"desk:{there.walker}:{case_id}" for case_id in cases)}


def _left() -> Sequence[Place]:
    """What is told of a case that is not there any more."""
    return [to(threat.kept, False), to(threat.kept, True), to(desk.gone), to(case_say.sent_up), to(case_work.recused)]


def _deep(there: Desks, cases: Sequence[int]) -> Iterator[Place]:
    """What lies behind steps after which the case is elsewhere, and what a slip or a race leads to."""
    case_id, here, at = cases[0], there.here, (there.now + timedelta(days=9)).isoformat()
    yield from (to(desk.refused, case_id, stop) for stop in Stop)
    yield from (to(case_say.said, case_id, what) for what in case_say.SAID)
    yield from (to(case_people.noted, case_id, whom) for whom in Whom)
    yield from (to(case_people.merged, case_id), to(case_people.unlike, case_id))
    yield from (to(case_work.given, case_id), to(case_work.stays, case_id))
    yield from (to(case_settle.fixed, case_id), to(case_settle.sure, case_id, at, PLACE))
    for each in cases:
        outcome = reading.whole(there.db, there.mine, each).outcome
        for promise in outcome.promises[:1] if outcome else ():
            yield to(case_settle.owner, each, PLACE)
            yield to(case_settle.by_day, each, PLACE, NAME)
            yield to(case_settle.kept_sure, each, promise.promise_id or 0)
    yield from (to(case_people.sure, case_id, whom, here, OTHER) for whom in (Whom.INVITED, Whom.ACCUSED))
    yield to(case_people.who, case_id, Whom.ACCUSED, here)
    yield to(case_work.private_sure, case_id, Lane.SENSITIVE, Category.PRIVATE)


def _early(there: Desks) -> list[int]:
    """Received (and many of one caller), seen, looked at, given to the one who walks."""
    db, mine, now, here = there.db, there.mine, there.now, there.here
    found = [there.held(there.file(here, category=category)) for category in list(Category)[:4]]
    found.append(
        there.held(
            there.file(
                here, entry_id=there.entry, words="not_recorded 100000000 XOF 2026-11-22", phone=f"{CALLER[:-1]}0"
            )
        )
    )
    seen, looked, given = (there.held(there.file(here, phone=f"{CALLER[:-1]}{n}")) for n in range(2, 5))
    for case_id in (seen, looked, given):
        work.acknowledge(db, mine, case_id, now)
    for case_id in (looked, given):
        work.assess(db, mine, case_id, Lane.EXTERNAL, Category.BUYER, now)
    work.assign(db, Hand(_colleague(there), here, Role.COMMITTEE), given, mine.member_id, now)
    for number in range(30):
        work.write(db, mine, seen, there.words, f"walk:note:{there.made}:{number}", now)
    following.add(db, seen, there.words, f"walk:added:{there.made}", now)
    return [found[0], found[-1], seen, looked, given]


def _colleague(there: Desks) -> int:
    case_id = sight.mine(there.db, there.mine)[0].case_id
    return work.colleagues(there.db, there.mine, case_id)[0][0]


def _late(there: Desks) -> list[int]:
    """Handled, with a session, proposed with promises, resolved, with another service."""
    db, mine, now, here = there.db, there.mine, there.now, there.here
    filed = [there.file(here, phone=f"{CALLER[:-1]}{n}") for n in range(5, 10)]
    handled, talked, proposed, resolved, referred = (there.assigned(mine, each) for each in filed)
    deciding.set_session(db, mine, talked, now + timedelta(days=9), PLACE, now)
    promises = [Promise(PLACE, NAME, now.date() + timedelta(days=n)) for n in range(5)]
    for case_id in (proposed, resolved):
        deciding.propose(db, mine, case_id, there.words, promises, now)
    following.accept(db, there.owned(filed[3]), now)
    deciding.refer(db, mine, referred, there.words, now)
    return [handled, talked, proposed, resolved, referred]


def _from_below(there: Desks) -> list[int]:
    """One that was decided below, and that the complainant brought here."""
    hand = there.people(there.bodies["below"], Role.COMMITTEE, 1)[0]
    filed = there.file(there.bodies["below"], phone="+22370000083")
    case_id = there.assigned(hand, filed)
    deciding.propose(there.db, hand, case_id, there.words, [], there.now)
    following.appeal(there.db, there.owned(filed), there.words, there.now)
    work.assign(there.db, there.mine, case_id, there.mine.member_id, there.now)
    return [case_id]


def _threats(there: Desks) -> None:
    """Cases below, late and threatened."""
    below = there.bodies["below"]
    for number in range(8):
        filed = there.file(below, phone=f"+2237000009{number}")
        following.threatened(there.db, there.owned(filed), there.now + timedelta(minutes=number))
        if number == 0:
            following.withdraw(there.db, there.owned(filed), there.now)
    since = there.now - timedelta(days=9)
    there.file(below, filed_at=since, category=Category.LEADERS)  # who complained was charged since
    told = threats.told(there.db, there.mine)
    threats.see(there.db, there.mine, told[0].threat_id, there.now)


def _glasses(there: Desks) -> None:
    """Openings asked for in each state."""
    officer = there.people(there.here, Role.SECRETARY, 1)[0]
    other = there.people(there.here, Role.SURVEILLANCE, 1)[0]
    when = [there.now - timedelta(minutes=number) for number in range(3)]
    ids = [glass.ask(there.db, officer, "572946", there.words, at) for at in when]
    for number, granted in ((ids[0], True), (ids[1], False)):
        glass.decide(there.db, other, number, granted, there.now)
    glass.ask(there.db, other, "572946", there.words, there.now - timedelta(days=2))


def _private(there: Desks) -> list[int]:
    """In the sensitive lane: just received, and in the hands of the one who walks."""
    db, here = there.db, there.here
    hand = Hand(there.walker, here, Role.GENDER_PRESIDENT)
    wishes: dict[str, Any] = {"category": Category.PRIVATE, "name": Name.NOBODY, "at_home": True, "phone": ""}
    filed = [there.file(here, **wishes, safe_time=SafeTime.BY_SOMEBODY, help=each) for each in (Help.LAW, Help.CARE)]
    first, second = (sight.find(db, hand, each.reference) for each in filed)
    work.acknowledge(db, hand, second, there.now)
    return [first, second]
