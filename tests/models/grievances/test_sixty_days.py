"""Sixty days in which nobody does anything: a case climbs exactly at its deadlines, and nothing is ever closed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.grievances import Category, Did, Follow, State, clocks, deciding, following, moving, promises, sight, work
from models.grievances.kinds import Clock
from models.grievances.promises import Promise
from models.grievances.steps import SYSTEM
from models.grievances.tables import Grievance
from models.members import Member, Phone, Role
from models.messages import Message
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, proposed, tick

KINDS = ["sqlite", "postgresql"]
HOUR = timedelta(hours=1)
LEVELS = ["coop", "union", "federation", "confederation", "partner"]


def climbed(land: Land, reference: object, days: int, every: timedelta, times: int = 1) -> list[tuple[float, str]]:
    """Where a case went, and after how many days, with so many ticks at each hour or day."""
    filed = reference
    found: list[tuple[float, str]] = []
    now = NOW
    while now <= NOW + days * DAY:
        for _ in range(times):
            tick(land.db, now)
        level = land.level(filed)  # type: ignore[arg-type]
        if level and (not found or found[-1][1] != level):
            found.append(((now - NOW) / DAY, level))
        now += every
    return found


@pytest.mark.parametrize("times", [1, 2])
def test_an_unattended_case_climbs_to_the_partner_at_its_deadlines(
    land: Land, committees: Committees, times: int
) -> None:
    """48 hours to see it, and three days more: the fifth day, the tenth, and so on."""
    filed = land.file()
    assert climbed(land, filed, 60, 6 * HOUR, times) == [(5 * place, name) for place, name in enumerate(LEVELS)]
    case = land.case(filed)
    assert (case.state, case.steps) == (State.ESCALATED, 5)
    assert land.did(filed) == ["filed", *["escalated"] * 4]
    assert case.due_at == NOW + 22 * DAY


def test_an_urgent_case_climbs_sooner_and_a_tightened_one_as_its_body_says(land: Land, committees: Committees) -> None:
    clocks.set_hours(land.db, land.bodies["federation"], Clock.ACKNOWLEDGE_URGENT, 6)
    filed = land.file(category=Category.ACCIDENT)
    found = climbed(land, filed, 20, 6 * HOUR)
    # Twelve hours would be the default; the federation tightened it to six for itself and all below it.
    assert found[:4] == [(0, "coop"), (3.25, "union"), (6.5, "federation"), (9.75, "confederation")]
    assert found[4] == (13.25, "partner")


def test_a_tick_that_comes_late_does_the_same_later_one_level_at_a_time(land: Land, committees: Committees) -> None:
    filed = land.file()
    late = NOW + 40 * DAY
    for _ in range(3):
        tick(land.db, late)
    assert land.level(filed) == "union"
    assert land.case(filed).due_at == late + 2 * DAY


def test_a_second_tick_writes_nothing(land: Land, committees: Committees) -> None:
    land.file()
    land.file(key="2", category=Category.ACCIDENT)
    for hours in range(0, 24 * 8, 12):
        now = NOW + hours * HOUR
        tick(land.db, now)
        before = _all(land)
        assert tick(land.db, now) == 0
        assert _all(land) == before


def _all(land: Land) -> list[object]:
    cases = land.db.execute(select(Grievance).order_by(Grievance.id)).all()
    return [cases, land.sms()]


def test_silence_closes_nothing(land: Land, committees: Committees) -> None:
    """In whatever state a case is left alone, sixty days later it is open."""
    one = committees["coop"][0]
    left: list[tuple[object, Callable[[State], bool]]] = []
    for number, attended in enumerate((None, assigned, proposed)):
        filed = land.file(key=f"{number}")
        if attended is not None:
            attended(land, one, filed)
        left.append((filed, lambda state: state not in (State.CLOSED, State.RESOLVED, State.WITHDRAWN)))
    now = NOW
    while now < NOW + 60 * DAY:
        tick(land.db, now)
        now += 6 * HOUR
    assert all(is_open(land.case(filed).state) for filed, is_open in left)  # type: ignore[arg-type]
    assert land.case(left[2][0]).state is State.PROPOSED  # type: ignore[arg-type]
    assert land.level(left[2][0]) == "coop"  # type: ignore[arg-type]


def test_at_the_top_it_stays_and_is_late(land: Land, committees: Committees) -> None:
    for each in committees["partner"]:
        land.db.execute(update(Member).where(Member.id == each.member_id).values(left_on=NOW.date()))
    filed = land.file()
    assert climbed(land, filed, 60, DAY)[-1] == (15, "confederation")
    watching = land.member("confederation", Role.SURVEILLANCE)
    (line,) = [each for each in sight.late(land.db, watching, NOW + 60 * DAY) if each.body == "confederation"]
    assert (line.category, line.due_at) == (Category.LAND, NOW + 17 * DAY)


def test_who_handles_it_at_the_top_keeps_it_however_late(land: Land, committees: Committees) -> None:
    one = committees["partner"][0]
    filed = land.file()
    while land.level(filed) != "partner":
        moving.rise(land.db, land.case(filed), Did.ESCALATED, SYSTEM, NOW)
    assigned(land, one, filed)
    for days in range(80):
        tick(land.db, NOW + days * DAY)
    assert (land.case(filed).state, land.case(filed).handler_id) == (State.ASSIGNED, one.member_id)
    assert [sight.count(land.db, each) for each in committees["partner"]] == [1, 1, 1]
    deciding.propose(land.db, one, land.case(filed).id, "On partage l'eau", [], NOW + 80 * DAY)


def test_what_nobody_could_handle_goes_to_who_can_by_then(land: Land, committees: Committees) -> None:
    gone = [each.member_id for people in committees.values() for each in people]
    land.db.execute(update(Member).where(Member.id.in_(gone)).values(left_on=NOW.date()))
    filed = land.file()
    tick(land.db, NOW)
    assert (land.level(filed), land.did(filed)) == (None, ["filed"])
    land.people("coop", *[Role.COMMITTEE] * 2)
    tick(land.db, NOW + 2 * HOUR)
    assert (land.level(filed), land.did(filed)) == ("coop", ["filed", "seated"])
    assert land.case(filed).due_at == NOW + 2 * HOUR + 2 * DAY


def reminded(land: Land, phones: list[str | None], since: datetime, days: int) -> list[tuple[float, int]]:
    """When, in days, how many of some phones got something to do."""
    found = []
    now = since
    while now <= since + days * DAY:
        before = len(land.sms("case_to_do"))
        tick(land.db, now)
        new = [phone for phone, _kind in land.sms("case_to_do")[before:]]
        assert set(new) <= set(phones)
        if new:
            found.append(((now - since) / DAY, len(new)))
        now += 6 * HOUR
    return found


def test_who_handles_it_is_told_when_it_comes_the_day_before_and_on_the_day(land: Land, committees: Committees) -> None:
    land.file()
    phones = [each.phone for each in committees["coop"]]
    assert reminded(land, phones, NOW, 4) == [(0, 3), (1, 3), (2, 3)]


def test_a_desk_gets_one_sms_a_day_for_however_many_complaints(land: Land, committees: Committees) -> None:
    for number in range(30):
        land.file(key=f"{number}", phone=f"+223609999{number:02}")
    phones = [each.phone for each in committees["coop"]]
    assert reminded(land, phones, NOW, 4) == [(0, 3), (1, 3), (2, 3)]


def test_only_the_handler_is_told_of_what_they_handle(land: Land, committees: Committees) -> None:
    one = committees["coop"][0]
    filed = land.file()
    assigned(land, one, filed)
    assert reminded(land, [one.phone], NOW, 17) == [(14, 1), (15, 1)]


def test_a_reminder_waits_for_the_morning(land: Land, committees: Committees) -> None:
    night = NOW.replace(hour=23)
    land.file(now=night)
    tick(land.db, night)
    waiting = land.db.execute(select(Message.not_before).where(Message.kind == "case_to_do")).scalars().all()
    assert set(waiting) == {NOW.replace(hour=7) + DAY}


def test_the_sensitive_lane_sends_no_sms_at_all(land: Land, committees: Committees) -> None:
    one, _other = land.people("federation", Role.GENDER_PRESIDENT, Role.GENDER_PRESIDENT)
    filed = land.file(category=Category.PRIVATE)
    for days in range(30):
        tick(land.db, NOW + days * DAY)
    work.acknowledge(land.db, one, land.case(land.file(key="2", category=Category.PRIVATE)).id, NOW + 30 * DAY)
    assert land.case(filed).steps > 0
    assert land.sms() == []


def test_who_has_no_phone_is_told_nothing_and_the_others_are(land: Land, committees: Committees) -> None:
    first = committees["coop"][0]
    land.db.execute(Phone.__table__.delete().where(Phone.member_id == first.member_id))  # type: ignore[attr-defined]
    land.file()
    assert reminded(land, [each.phone for each in committees["coop"][1:]], NOW, 1)[0] == (0, 2)


def test_whoever_handles_it_hears_when_the_parties_are_silent_or_a_promise_is_due(
    land: Land, committees: Committees
) -> None:
    hand, later = committees["coop"][0], NOW + 11 * DAY
    filed = land.file(land.member("coop"))
    promise = Promise("rendre le puits", "la coop", (later + 10 * DAY).date())
    case_id = proposed(land, hand, filed, promises=[promise])
    assert reminded(land, [hand.phone], NOW, 11) == [(9, 1), (10, 1)]
    following.accept(land.db, case_id, later)
    assert reminded(land, [hand.phone], later, 20) == [(9.75, 1), (10.75, 1)]


@pytest.mark.parametrize(("category", "told"), [(Category.LAND, 1), (Category.PRIVATE, 0)])
def test_words_that_are_added_and_another_day_that_is_asked_are_told_once_a_day_and_never_in_private(
    land: Land, committees: Committees, category: Category, told: int
) -> None:
    land.people("federation", Role.GENDER_PRESIDENT)
    filed = land.file(land.member("coop"), category=category)
    case_id = land.case(filed).id
    if told:
        one = committees["coop"][0]
        assigned(land, one, filed)
        deciding.set_session(land.db, one, case_id, NOW + 5 * DAY, "mairie", NOW)
        following.ask_other_day(land.db, case_id, NOW)
    following.add(land.db, case_id, "Il me frappera", "a", NOW)
    following.add(land.db, case_id, "si je viens", "b", NOW)
    assert len(land.sms("case_to_do")) == told
    following.add(land.db, case_id, "ou demain", "c", NOW + DAY)
    assert len(land.sms("case_to_do")) == 2 * told


@pytest.mark.parametrize("why", ["accused", "near", "aside"])
def test_nobody_who_is_barred_gets_an_sms_of_a_case_that_nobody_handles(
    land: Land, committees: Committees, why: str
) -> None:
    barred, *others = committees["coop"]
    owner, accused = land.member("coop"), land.member("coop", phone=barred.phone)
    said = {"accused": barred.member_id, "near": accused.member_id, "aside": None}
    filed = land.file(owner, barred_id=said[why])
    case_id = land.case(filed).id
    if why == "aside":
        work.recuse(land.db, barred, case_id, NOW)
    before = len(land.sms())
    for hours in range(0, 24 * 20, 6):
        now = NOW + hours * HOUR
        if hours == 24:
            following.add(land.db, case_id, "Encore un mot", "k", now)
        tick(land.db, now)
    told = land.sms()[before:]
    assert {phone for phone, _kind in told} >= {each.phone for each in others}
    assert barred.phone not in {phone for phone, _kind in told}


OUT_OF_TIME = NOW + 40 * DAY
PAYS = Promise("verser", "le trésorier", (NOW + 20 * DAY).date())


@pytest.mark.parametrize(
    ("category", "agreed", "promised", "due"),
    [
        (Category.LAND, NOW + 3 * DAY, [], NOW + 30 * DAY),
        (Category.BUYER, NOW + 3 * DAY, [], NOW + 60 * DAY),
        (Category.LAND, OUT_OF_TIME, [], OUT_OF_TIME + 10 * DAY),
        (Category.LAND, NOW + 3 * DAY, [PAYS], NOW + 30 * DAY),
    ],
)
def test_whether_it_is_settled_is_asked_once_and_is_late_when_nobody_says_so(
    land: Land, committees: Committees, category: Category, agreed: datetime, promised: list[Promise], due: datetime
) -> None:
    """Thirty days from the receipt, sixty of an outside body; where that is past, ten days later."""
    db, one, owner = land.db, committees["coop"][0], land.member("coop")
    filed = land.file(owner, category=category, follow=Follow.SMS)
    case_id = proposed(land, one, filed, promises=promised)
    following.accept(db, case_id, agreed)
    for each in promises.of(db, case_id):
        assert each.promise_id is not None
        deciding.keep(db, one, case_id, each.promise_id, NOW + 15 * DAY)
    assert (land.case(filed).state, land.case(filed).due_at) == (State.RESOLVED, due)
    told: dict[str, list[int]] = {"case_news": [], "case_to_do": []}
    now = agreed + HOUR
    while now < NOW + 120 * DAY:
        before = len(land.sms())
        tick(db, now)
        for _phone, kind in land.sms()[before:]:
            told[kind].append((now - due) // DAY)
        now += 6 * HOUR
    assert told == {"case_news": [0], "case_to_do": [-1, 0]}
    assert land.case(filed).state is State.RESOLVED
    for watching in (land.member("coop", Role.SURVEILLANCE), committees["union"][0]):
        assert [line.due_at for line in sight.late(db, watching, now)] == [due]
    following.settled(db, case_id, yes=True, now=now)
    assert sight.late(db, watching, now) == []


def test_what_came_of_a_referral_is_asked_again_as_well(land: Land, committees: Committees) -> None:
    db, one, owner = land.db, committees["coop"][0], land.member("coop")
    case_id = assigned(land, one, filed := land.file(owner, category=Category.BUYER, follow=Follow.SMS))
    deciding.refer(db, one, case_id, "La mairie", NOW)
    deciding.check(db, one, case_id, "C'est payé", NOW + 14 * DAY)
    deciding.close(db, one, case_id, "Payé", NOW + 15 * DAY)
    before = len(land.sms("case_news"))
    for days in range(16, 100):
        tick(db, NOW + days * DAY)
    assert (land.case(filed).due_at, len(land.sms("case_news")) - before) == (NOW + 60 * DAY, 1)


def test_of_the_promise_that_is_due_its_complainant_is_not_asked(land: Land, committees: Committees) -> None:
    one, owner = committees["coop"][0], land.member("coop")
    case_id = proposed(land, one, land.file(owner, follow=Follow.SMS), promises=[PAYS])
    following.accept(land.db, case_id, NOW)
    before = len(land.sms("case_news"))
    for days in range(1, 60):
        tick(land.db, NOW + days * DAY)
    assert len(land.sms("case_news")) == before
