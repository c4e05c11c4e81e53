"""Figures of cases: every heading from cases driven as people drive them; published once, hidden where they are few."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, func, select, text, update

from models import cooperatives, proof
from models.cooperatives import Cooperative, Kind
from models.grievances import (
    Category,
    Complaint,
    Concerned,
    Filed,
    Lane,
    Name,
    deciding,
    figures,
    following,
    keeping,
    parties,
    published,
    sight,
    threats,
    work,
)
from models.grievances.counted import CountedCases, PublishedFigures
from models.grievances.figures import Count, Fact
from models.grievances.headings import PRIVATE, RECEIVED, Heading
from models.grievances.keeping import CaseCount
from models.grievances.periods import Period
from models.grievances.published import Hindrance, Published, Unpublished
from models.grievances.tables import CaseTally
from models.hands import Bar, Hand, NotAllowed
from models.members import Member, Role, Sex
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, proposed

KINDS = ["sqlite", "postgresql"]
HOUR = timedelta(hours=1)
Q4, YEAR = Period(2026, 4), Period(2026)
NEW_YEAR = datetime(2027, 1, 2, tzinfo=UTC)


def counted(land: Land, filed: Filed, now: datetime = NEW_YEAR) -> Fact:
    """What is counted of a case."""
    there = cooperatives.zone(land.db, land.bodies["coop"])
    return Count(land.db, now).fact(land.case(filed), there)


def said(land: Land, filed: Filed) -> dict[str, str]:
    return {str(heading): str(value) for heading, value in counted(land, filed).said.items()}


def test_a_case_that_nobody_saw_yet(land: Land, committees: Committees) -> None:
    assert said(land, land.file(land.member("coop"))) == {
        "received": "all",
        "category": "land",
        "lane": "ordinary",
        "name": "committee",
        "sex": "not_kept",
        "member": "member",
        "acknowledged": "waiting",
        "answered": "no",
        "end": "open",
        "reopened": "no",
        "appealed": "no",
        "conflict": "no",
        "threatened": "no",
    }


def test_women_and_men_members_and_others_as_far_as_it_is_kept(land: Land, committees: Committees) -> None:
    woman, man = land.member("coop"), land.member("coop")
    for hand, sex in ((woman, Sex.FEMALE), (man, Sex.MALE)):
        land.db.execute(update(Member).where(Member.id == hand.member_id).values(sex=sex))
    found = {
        "woman": land.file(woman, "1"),
        "man": land.file(man, "2", name=Name.HANDLER),
        "unnamed": land.file(woman, "3", name=Name.NOBODY),
        "stranger": land.file(None, "4"),
        "relay": land.file(None, "5", phone=""),
    }
    pairs = {name: (said(land, each)["sex"], said(land, each)["member"]) for name, each in found.items()}
    assert pairs == {
        "woman": ("woman", "member"),
        "man": ("man", "member"),
        "unnamed": ("not_kept", "not_kept"),
        "stranger": ("not_kept", "other"),
        "relay": ("not_kept", "not_kept"),
    }
    assert [said(land, found[each])["name"] for each in ("man", "unnamed")] == ["handler", "nobody"]


@pytest.mark.parametrize(
    ("category", "name", "after", "seen"),
    [
        (Category.LAND, Name.COMMITTEE, 48 * HOUR, "in_time"),
        (Category.LAND, Name.COMMITTEE, 49 * HOUR, "late"),
        (Category.ACCIDENT, Name.COMMITTEE, 12 * HOUR, "in_time"),
        (Category.ACCIDENT, Name.COMMITTEE, 13 * HOUR, "late"),
        # Without a name the clock runs from the end of the day: 14 hours after ten in the morning.
        (Category.LAND, Name.NOBODY, (14 + 48) * HOUR, "in_time"),
        (Category.LAND, Name.NOBODY, (14 + 49) * HOUR, "late"),
    ],
)
def test_a_case_is_seen_in_time_or_late(
    land: Land, committees: Committees, category: Category, name: Name, after: timedelta, seen: str
) -> None:
    filed = land.file(land.member("coop"), category=category, name=name)
    work.acknowledge(land.db, committees["coop"][0], land.case(filed).id, NOW + after)
    assert said(land, filed)["acknowledged"] == seen
    assert said(land, filed)["lane"] == ("urgent" if category is Category.ACCIDENT else "ordinary")


def agreed(land: Land, hand: Hand, key: str = "k", filed: Filed | None = None) -> Filed:
    """A case that is resolved six days after it was filed."""
    filed = filed or land.file(land.member("coop"), key)
    proposed(land, hand, filed, NOW + DAY)
    following.accept(land.db, land.case(filed).id, NOW + 6 * DAY)
    return filed


def appealed(land: Land, committees: Committees) -> Filed:
    """A case whose outcome was refused by going up to the union, and taken there."""
    filed = land.file(land.member("coop"))
    case_id = proposed(land, committees["coop"][0], filed, NOW + DAY)
    following.appeal(land.db, case_id, None, NOW + 2 * DAY)
    union = committees["union"][0]
    work.assign(land.db, union, case_id, union.member_id, NOW + 3 * DAY)
    return filed


def ended(land: Land, filed: Filed) -> tuple[str, str | None]:
    values = said(land, filed)
    return values["end"], values.get("outcome")


def test_agreement(land: Land, committees: Committees) -> None:
    filed = agreed(land, committees["coop"][0])
    assert ended(land, filed) == ("settled", "agreement")
    assert counted(land, filed).days == 1
    following.settled(land.db, land.case(filed).id, True, NOW + 8 * DAY)
    assert (land.case(filed).state, ended(land, filed)) == ("closed", ("settled", "agreement"))


def test_a_decision_of_an_appeal(land: Land, committees: Committees) -> None:
    filed = appealed(land, committees)
    assert (ended(land, filed), said(land, filed)["appeal"]) == (("open", None), "open")
    deciding.close(land.db, committees["union"][0], land.case(filed).id, "L'union décide", NOW + 9 * DAY)
    values = said(land, filed)
    assert (values["end"], values["outcome"]) == ("settled", "decision")
    assert (values["appealed"], values["appeal"], values["conflict"]) == ("yes", "decision", "no")


def test_an_appeal_that_ends_in_an_agreement(land: Land, committees: Committees) -> None:
    filed = appealed(land, committees)
    case_id = land.case(filed).id
    deciding.propose(land.db, committees["union"][0], case_id, "Rendre le puits", [], NOW + 4 * DAY)
    following.accept(land.db, case_id, NOW + 5 * DAY)
    assert (ended(land, filed), said(land, filed)["appeal"]) == (("settled", "agreement"), "agreement")


def test_referred_and_closed_by_what_was_heard(land: Land, committees: Committees) -> None:
    filed = land.file(land.member("coop"))
    case_id = assigned(land, committees["coop"][0], filed, NOW + DAY)
    deciding.refer(land.db, committees["coop"][0], case_id, "La mairie", NOW + 3 * DAY)
    assert (ended(land, filed), counted(land, filed).days) == (("elsewhere", "referred"), 3)
    deciding.check(land.db, committees["coop"][0], case_id, "Elle a décidé", NOW + 20 * DAY)
    deciding.close(land.db, committees["coop"][0], case_id, "La mairie a décidé", NOW + 20 * DAY)
    assert ended(land, filed) == ("elsewhere", "referred")
    following.settled(land.db, case_id, True, NOW + 21 * DAY)
    assert (land.case(filed).state, ended(land, filed)) == ("closed", ("elsewhere", "referred"))


def test_out_of_scope_and_withdrawn(land: Land, committees: Committees) -> None:
    one, hand = land.file(land.member("coop"), "1"), committees["coop"][0]
    work.acknowledge(land.db, hand, land.case(one).id, NOW)
    work.assess(land.db, hand, land.case(one).id, Lane.ORDINARY, Category.LAND, NOW)
    work.turn_down(land.db, hand, land.case(one).id, "Pas ici", NOW + 2 * DAY)
    assert (ended(land, one), counted(land, one).days) == (("elsewhere", "out_of_scope"), 2)
    other = land.file(land.member("coop"), "2")
    following.withdraw(land.db, land.case(other).id, NOW)
    assert (ended(land, other), counted(land, other).days) == (("elsewhere", "withdrawn"), None)
    assert (said(land, other)["acknowledged"], said(land, one)["acknowledged"]) == ("taken_back", "in_time")


def test_reopened(land: Land, committees: Committees) -> None:
    denied = agreed(land, committees["coop"][0], "1")
    following.settled(land.db, land.case(denied).id, False, NOW + 7 * DAY)
    again = agreed(land, committees["coop"][0], "2")
    following.settled(land.db, land.case(again).id, True, NOW + 7 * DAY)
    following.reopen(land.db, land.case(again).id, None, NOW + 30 * DAY)
    for filed in (denied, again):
        assert (said(land, filed)["reopened"], ended(land, filed)) == ("yes", ("open", None))


def test_a_case_that_takes_the_place_of_one_that_was_withdrawn_is_not_reopened(
    land: Land, committees: Committees
) -> None:
    main, joined = (land.file(land.member("coop"), key) for key in "12")
    work.merge(land.db, committees["coop"][0], land.case(joined).id, land.case(main).id, NOW)
    following.withdraw(land.db, land.case(main).id, NOW + DAY)
    assert (said(land, joined)["reopened"], ended(land, joined)) == ("no", ("open", None))


def test_up_for_conflict_at_filing(land: Land, committees: Committees) -> None:
    filed = land.file(land.member("coop"), concerned=Concerned.OFFICER)
    assert (land.level(filed), said(land, filed)["conflict"]) == ("union", "yes")
    later = land.file(land.member("coop"), "2")
    work.escalate(land.db, committees["coop"][0], land.case(later).id, None, NOW)
    assert (land.level(later), said(land, later)["conflict"]) == ("union", "no")


def test_threatened(land: Land, committees: Committees) -> None:
    filed = land.file(land.member("coop"))
    assert following.threatened(land.db, land.case(filed).id, NOW)
    assert said(land, filed)["threatened"] == "yes"
    assert len(threats.told(land.db, committees["union"][0])) == 1


def test_a_merged_case_has_the_outcome_of_the_one_it_joined(land: Land, committees: Committees) -> None:
    hand = committees["coop"][0]
    main, joined = (land.file(land.member("coop"), key) for key in "12")
    work.merge(land.db, hand, land.case(joined).id, land.case(main).id, NOW + HOUR)
    assert (ended(land, joined), said(land, joined)["acknowledged"]) == (("open", None), "in_time")
    agreed(land, hand, filed=main)
    assert (ended(land, joined), counted(land, joined).days) == (("settled", "agreement"), 1)
    following.withdraw(land.db, land.case(joined).id, NOW + 9 * DAY)
    assert ended(land, joined) == ("elsewhere", "withdrawn")


def test_the_other_side_appeals(land: Land, committees: Committees) -> None:
    hand, other = committees["coop"][0], land.member("coop")
    filed = land.file(land.member("coop"))
    case_id = assigned(land, hand, filed)
    deciding.invite(land.db, hand, case_id, other.member_id, NOW)
    deciding.propose(land.db, hand, case_id, "Rendre", [], NOW)
    invitation = parties.invitations(land.db, other.member_id)[0]
    parties.appeal(land.db, other.member_id, invitation.invitation_id, None, NOW)
    assert said(land, filed)["appealed"] == "yes"


def test_a_case_that_joins_one_that_was_answered_has_its_answer_then(land: Land, committees: Committees) -> None:
    main = land.file(land.member("coop"), "1")
    proposed(land, committees["coop"][0], main, NOW + DAY)
    joined = land.file(land.member("coop"), "2", NOW + 3 * DAY)
    work.merge(land.db, committees["coop"][0], land.case(joined).id, land.case(main).id, NOW + 5 * DAY)
    assert counted(land, joined).days == 2


@pytest.mark.parametrize("found", [(Lane.SENSITIVE, Category.FORCES), (Lane.ORDINARY, Category.PRIVATE), None])
def test_a_private_case_stands_under_no_heading(
    land: Land, committees: Committees, found: tuple[Lane, Category] | None
) -> None:
    """As it was filed, or as it turned out to be."""
    land.people("federation", Role.GENDER_PRESIDENT)
    filed = land.file(land.member("coop"), category=Category.LAND if found else Category.PRIVATE)
    if found:
        work.acknowledge(land.db, committees["coop"][0], land.case(filed).id, NOW)
        work.assess(land.db, committees["coop"][0], land.case(filed).id, *found, NOW)
    assert said(land, filed) == {"private": "all"}


def test_what_was_cut_before_its_quarter_was_counted_is_counted_all_the_same(
    land: Land, committees: Committees
) -> None:
    db, woman = land.db, land.member("coop")
    db.execute(update(Member).where(Member.id == woman.member_id).values(sex=Sex.FEMALE))
    stays, cut, private = (
        land.file(woman, key, category=each)
        for key, each in (("1", Category.LAND), ("2", Category.MONEY), ("3", Category.PRIVATE))
    )
    work.acknowledge(db, committees["coop"][0], land.case(cut).id, NOW + 49 * HOUR)
    following.withdraw(db, land.case(cut).id, NOW + 50 * HOUR)
    assert [keeping.forget(db, land.case(each).id) for each in (cut, private)] == [True, True]
    for _ in range(2):
        found = figures.counts(Count(db, NEW_YEAR).of(land.bodies["coop"], Q4))
        assert (found[RECEIVED], found[PRIVATE]) == (2, 1)
        for heading, value in (
            (Heading.CATEGORY, Category.MONEY),
            *((Heading.ACKNOWLEDGED, "late"), (Heading.OUTCOME, "withdrawn"), (Heading.MEMBER, "not_kept")),
        ):
            assert found[heading, value] == 1
        # Whoever asked for it was cut from the count of women as well.
        assert (found[Heading.SEX, "woman"], found[Heading.SEX, "not_kept"]) == (1, 1)
    # What goes once it was counted is not counted again.
    following.withdraw(db, land.case(stays).id, NEW_YEAR)
    assert keeping.forget(db, land.case(stays).id)
    assert figures.counts(Count(db, NEW_YEAR).of(land.bodies["coop"], Q4))[RECEIVED] == 2


def test_a_case_that_went_lies_in_the_quarter_it_had_where_it_was_filed(land: Land, committees: Committees) -> None:
    coop = land.bodies["coop"]
    land.db.execute(update(Cooperative).where(Cooperative.id == coop).values(time_zone="Africa/Bangui"))
    filed = land.file(land.member("coop"), now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    following.withdraw(land.db, land.case(filed).id, NEW_YEAR)
    keeping.forget(land.db, land.case(filed).id)
    assert tuple(land.db.execute(select(CaseCount.year, CaseCount.quarter)).one()) == (2027, 1)
    spring = datetime(2027, 5, 1, tzinfo=UTC)
    for quarter, many in ((Q4, 0), (Period(2027, 1), 1)):
        assert len(Count(land.db, spring).of(coop, quarter)) == many


def test_periods_are_read_and_end_where_the_clock_of_a_place_says() -> None:
    there = ZoneInfo("Africa/Bangui")
    assert [str(Period.read(each)) for each in ("2026", "2026Q3")] == ["2026", "2026Q3"]
    assert YEAR.ends(there).astimezone(UTC) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert Period(2026, 1).ends(there) == Period(2026, 2).begins(there)
    for wrong in ("", "26", "2026Q5", "2026Q", "2026-1", "٢٠٢٦", "1999"):
        with pytest.raises(ValueError, match="a period is"):
            Period.read(wrong)


# --- published


def officer(land: Land, body: str, role: Role = Role.PRESIDENT) -> Hand:
    row = land.db.execute(
        select(Member.id).where(Member.cooperative_id == land.bodies[body], Member.role == role)
    ).scalar_one()
    return Hand(row, land.bodies[body], role)


def out(land: Land, body: str, period: Period, *changed: str, now: datetime = NEW_YEAR) -> Published:
    return published.publish(land.db, officer(land, body), period, changed, now)


def many(land: Land, count: int, label: str, now: datetime = NOW, **said: object) -> list[Filed]:
    """So many cases, each of somebody else."""
    return [land.file(land.member("coop"), f"{label}{number}", now, **said) for number in range(count)]


def test_a_year_is_published_with_what_is_small_hidden(land: Land, committees: Committees) -> None:
    many(land, 9, "l")
    many(land, 6, "a", category=Category.ACCIDENT)
    many(land, 2, "m", category=Category.MONEY)
    found = out(land, "coop", YEAR, " Le puits 3  est fermé ", "La balance est vérifiée")
    assert found.changed == ("Le puits 3 est fermé", "La balance est vérifiée")
    assert found.shown[RECEIVED] == 17
    assert (Heading.CATEGORY, Category.MONEY) not in found.shown
    assert (Heading.LANE, Lane.ORDINARY) in found.shown
    assert all(count >= 5 for count in found.shown.values())
    assert found.days is None
    assert found.settled() == {"received": 17, "settled": None, "open": None}


def test_half_were_answered_within_so_many_days(land: Land, committees: Committees) -> None:
    for place, filed in enumerate(many(land, 10, "x")[:5], 1):
        proposed(land, committees["coop"][0], filed, NOW + place * DAY)
    assert out(land, "coop", YEAR).days == 3


def test_four_answers_have_no_median(land: Land, committees: Committees) -> None:
    for filed in many(land, 9, "x")[:4]:
        proposed(land, committees["coop"][0], filed, NOW + DAY)
    found = out(land, "coop", YEAR)
    assert (found.shown[RECEIVED], found.days) == (9, None)


def test_a_snapshot_never_changes(land: Land, committees: Committees) -> None:
    filed = many(land, 8, "x")
    before = out(land, "coop", YEAR)
    agreed(land, committees["coop"][0], filed=filed[0])
    many(land, 7, "y")
    for _ in range(2):
        assert published.of(land.db, land.bodies["coop"], "2026") == before
        assert out(land, "coop", YEAR, now=NEW_YEAR + 30 * DAY) == before
    with pytest.raises(Unpublished, match=Hindrance.OUT):
        out(land, "coop", YEAR, "Autre chose")


def test_once_counted_a_case_stays_what_it_was_in_later_figures(land: Land, committees: Committees) -> None:
    """A quarter is out; then a case turns out private, another one is of another subject, a third one is erased."""
    land.people("federation", Role.GENDER_PRESIDENT)
    filed = many(land, 12, "x")
    many(land, 6, "q3", datetime(2026, 8, 3, tzinfo=UTC), category=Category.ACCIDENT)
    quarter = out(land, "union", Q4)
    assert quarter.shown[RECEIVED] == 12
    hand = committees["coop"][0]
    for each, lane, category in (
        (filed[0], Lane.SENSITIVE, Category.CHILDREN),
        (filed[1], Lane.URGENT, Category.FORCES),
    ):
        work.acknowledge(land.db, hand, land.case(each).id, NOW)
        work.assess(land.db, hand, land.case(each).id, lane, category, NOW)
    erased = land.case(filed[2]).id
    following.withdraw(land.db, erased, NOW)
    assert keeping.forget(land.db, erased)
    year = out(land, "federation", YEAR)
    assert year.shown[RECEIVED] == 18
    assert year.shown[Heading.CATEGORY, Category.LAND] == 12
    assert PRIVATE not in year.shown
    sealed = land.db.execute(select(CountedCases.cases_sealed)).scalars().all()
    assert len(sealed) >= 4
    assert all("land" not in each for each in sealed)


@pytest.mark.parametrize(("count", "shown"), [(5, 5), (4, None)])
def test_private_cases_are_one_figure_of_a_federation_and_a_year(
    land: Land, committees: Committees, count: int, shown: int | None
) -> None:
    land.people("federation", Role.GENDER_PRESIDENT)
    many(land, count, "p", category=Category.PRIVATE)
    many(land, 6, "x")
    assert out(land, "federation", YEAR).shown.get(PRIVATE) == shown
    for body, period in (("federation", Q4), ("union", YEAR), ("coop", YEAR)):
        assert PRIVATE not in out(land, body, period).shown


def test_what_is_out_of_the_quarters_hides_the_year_and_the_body_above(land: Land, committees: Committees) -> None:
    many(land, 3, "q1", datetime(2026, 2, 1, tzinfo=UTC))
    many(land, 8, "q2", datetime(2026, 5, 1, tzinfo=UTC))
    many(land, 7, "q3", datetime(2026, 8, 1, tzinfo=UTC))
    many(land, 9, "q4")
    received = [out(land, "union", Period(2026, quarter)).shown.get(RECEIVED) for quarter in (1, 2, 3, 4)]
    assert received == [None, 8, 7, 9]
    for body in ("union", "federation", "coop"):
        assert RECEIVED not in out(land, body, YEAR).shown


def test_a_neighbour_with_few_cases_is_not_worked_out(land: Land, committees: Committees) -> None:
    land.body("beside", Kind.SCOOPS, "union")
    land.people("beside", Role.PRESIDENT)
    many(land, 20, "x")
    few = land.member("beside")
    for number in range(2):
        land.file(few, f"few{number}", home_id=land.bodies["beside"])
    assert out(land, "union", YEAR).shown[RECEIVED] == 22
    assert RECEIVED not in out(land, "coop", YEAR).shown
    assert out(land, "beside", YEAR).shown == {}


def test_a_cooperative_that_leaves_stays_in_the_figures_of_that_year(land: Land, committees: Committees) -> None:
    land.body("beside", Kind.SCOOPS, "union")
    for number in range(6):
        gone = land.member("beside")
        land.file(gone, f"gone{number}", datetime(2026, 2, 1, tzinfo=UTC), home_id=land.bodies["beside"])
    many(land, 9, "x")
    assert out(land, "union", Period(2026, 1)).shown[RECEIVED] == 6
    land.db.execute(text("DELETE FROM affiliations WHERE cooperative_id = :id"), {"id": land.bodies["beside"]})
    assert out(land, "union", YEAR).shown[RECEIVED] == 15


def test_who_may_publish_what_and_when(land: Land, committees: Committees) -> None:
    for role in (Role.MEMBER, Role.COMMITTEE, Role.GENDER_PRESIDENT, Role.TEAM_LEADER):
        hand = land.member("coop", role)
        with pytest.raises(NotAllowed) as refused:
            published.publish(land.db, hand, YEAR, (), NEW_YEAR)
        assert refused.value.bar is Bar.NO_OFFICER
    cases: list[tuple[Hindrance, Callable[[], object]]] = [
        (Hindrance.NO_QUARTERS, lambda: out(land, "coop", Q4)),
        (Hindrance.NOT_OVER, lambda: out(land, "coop", YEAR, now=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))),
        (Hindrance.NOT_OVER, lambda: out(land, "union", Period(2027, 1))),
        (Hindrance.TOO_MANY, lambda: out(land, "coop", YEAR, *"abcd")),
        (Hindrance.TOO_LONG, lambda: out(land, "coop", YEAR, "a" * 101)),
        (Hindrance.TOO_LONG, lambda: out(land, "coop", YEAR, " ")),
        (Hindrance.NUMBER, lambda: out(land, "coop", YEAR, "Dossier 572946 clos")),
        (Hindrance.NUMBER, lambda: out(land, "coop", YEAR, "Appelez 70 00 00 07")),
    ]
    for hindrance, publish in cases:
        with pytest.raises(Unpublished) as stopped:
            publish()
        assert stopped.value.hindrance is hindrance
    assert land.db.execute(select(func.count()).select_from(PublishedFigures)).scalar_one() == 0
    assert out(land, "coop", YEAR, "Payer 1 200 000 F de moins", now=datetime(2027, 1, 1, tzinfo=UTC)).shown == {}


def test_it_waits_for_the_last_clock_of_the_tree(land: Land, committees: Committees) -> None:
    west = update(Cooperative).where(Cooperative.id == land.bodies["coop"])
    land.db.execute(west.values(time_zone="Atlantic/Cape_Verde"))
    with pytest.raises(Unpublished, match=Hindrance.NOT_OVER):
        out(land, "union", YEAR, now=datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    assert out(land, "union", YEAR, now=datetime(2027, 1, 1, 1, tzinfo=UTC)).shown == {}


def test_the_newest_year_is_found_among_quarters(land: Land, committees: Committees) -> None:
    assert published.newest(land.db, land.bodies["union"]) is None
    for period in (Period(2025), Q4, Period(2024)):
        out(land, "union", period)
    found = published.newest(land.db, land.bodies["union"])
    assert found is not None
    assert found.period == "2025"


def faults(db: Connection) -> list[str]:
    return [fault.words for fault in proof.faults(db) if "published" in fault.words]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE published_figures SET shown = '[]'", "they are not what was published"),
        ("UPDATE published_figures SET days = 1", "they are not what was published"),
        ("UPDATE published_figures SET period = '2025'", "they are not what was published"),
        ("DELETE FROM published_figures", "1 figures were published, 0 are there"),
        ("UPDATE case_tallies SET made = 7 WHERE kind = 'published'", "the count of published figures was altered"),
    ],
)
def test_the_proof_finds_figures_that_were_altered(land: Land, committees: Committees, change: str, found: str) -> None:
    many(land, 6, "x")
    out(land, "coop", YEAR)
    assert faults(land.db) == []
    land.db.execute(text(change))
    assert any(found in each for each in faults(land.db))


def test_nothing_of_a_case_is_in_the_tables(land: Land, committees: Committees) -> None:
    filed = many(land, 6, "x", words="Le chef a pris mon argent")
    out(land, "coop", YEAR, "La caisse est comptée chaque mois")
    rows = [*land.db.execute(select(PublishedFigures.__table__)), *land.db.execute(select(CountedCases.__table__))]
    for secret in ("argent", "Personne", "caisse", *(each.reference for each in filed), str(land.case(filed[0]).id)):
        assert secret not in str([row[1:] for row in rows])
    assert land.db.execute(select(CaseTally.made).where(CaseTally.kind == "published")).scalar_one() == 1
    assert sight.count(land.db, committees["coop"][0]) == 6
    assert isinstance(Complaint, type)
