"""Alerts: who raises, sees and moves them, in every state; the month; the assembly that closes them; what is hinted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, update

from models import alerts, convening, meetings, members, minutes, vault
from models.alerts import AlertStep, Did, Ground, Halt, Halted, Hint, State, Step
from models.alerts.sides import MOVES
from models.cooperatives import Affiliation
from models.hands import Hand
from models.meetings import Meeting, MeetingKind, MeetingState
from models.members import Member, Phone, Role
from tests.alerts import LATE, WAYS, brought, home, officers_above, raised
from tests.conftest import NOW
from tests.office import hand
from ussd_app import service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
# Everybody who might try: the cooperative, a sister, the union above, and the federation above that.
PEOPLE = [
    *(("KOGB", number) for number in ("1", "2", "3", "4", "5", "7", "8", "9")),
    *(("SANO", number) for number in ("1", "4")),
    *(("UNIO", number) for number in ("1", "2", "3", "4", "5")),
    *(("FEDE", number) for number in ("1", "2", "3", "4")),
]
ABOVE = {("UNIO", "1"), ("UNIO", "2"), ("UNIO", "4"), ("FEDE", "1"), ("FEDE", "2"), ("FEDE", "3")}
ASSEMBLY = {(state, did) for state in (State.NOT_ANSWERED, State.NOT_SATISFIED) for did in (Did.REPORT, Did.CONVENE)}
RAISERS_MOVES = ASSEMBLY | {
    (State.RAISED, Did.WRITE),
    (State.RAISED, Did.SPEAK),
    (State.ANSWERED, Did.ACCEPT),
    (State.ANSWERED, Did.REFUSE),
    (State.REPORTED, Did.CONVENE),
    (State.REPORTED, Did.CLOSE),
    (State.CONVENED, Did.CLOSE),
}
PRESIDENTS_MOVES = {(State.ASKED, Did.ANSWER), (State.NOT_ANSWERED, Did.ANSWER)}


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        officers_above(made)
        yield made


def tried(db: Connection, who: Hand, alert_id: int, step: Step, now: datetime) -> Halt | State:
    """What becomes of a step, which is then taken back."""
    trial = db.begin_nested()
    try:
        return alerts.take(db, who, alert_id, step, now).state
    except Halted as error:
        return error.halt
    finally:
        trial.rollback()


def halt(db: Connection, who: Hand, alert_id: int, step: Step, now: datetime = NOW) -> Halt:
    with pytest.raises(Halted) as error:
        alerts.take(db, who, alert_id, step, now)
    return error.value.halt


def awaited(person: tuple[str, str], raisers: set[tuple[str, str]], state: State, did: Did) -> Halt | None:
    """What must keep somebody from a step; None when nothing may."""
    watch = {("KOGB", "2")} | ABOVE | ({("KOGB", "1")} if state is not State.RAISED else set())
    if person not in watch:
        return Halt.UNKNOWN
    mine = RAISERS_MOVES if person in raisers else PRESIDENTS_MOVES if person == ("KOGB", "1") else set()
    if (state, did) in mine:
        return None
    return Halt.NOT_NOW if any(each is did for _state, each in mine) else Halt.NOT_YOURS


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(
    ("by", "body", "raisers"),
    [("2", "KOGB", {("KOGB", "2")}), ("4", "UNIO", {("UNIO", "1"), ("UNIO", "2"), ("UNIO", "4")})],
)
def test_every_step_is_somebodys_in_some_state_and_nobody_elses(
    db: Connection, state: State, by: str, body: str, raisers: set[tuple[str, str]]
) -> None:
    alert_id, now = brought(db, state, by, body)
    for code, number in PEOPLE:
        who = hand(db, number, code)
        for did in Did:
            became = tried(db, who, alert_id, Step(did, "mots"), now)
            expected = awaited((code, number), raisers, state, did)
            where = (code, number, did)
            if expected is None:
                assert (where, became) == (where, MOVES[did].after)
            else:
                assert (where, became) == (where, expected)


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("target", ["KOGB", "SANO", "UNIO", "FEDE"])
def test_who_raises_an_alert_on_whom(db: Connection, person: tuple[str, str], target: str) -> None:
    allowed = {("KOGB", "2"): {"KOGB"}, ("SANO", "4"): {"SANO"}}
    union = {"KOGB", "SANO"}
    allowed |= {("UNIO", "1"): union, ("UNIO", "4"): union, ("UNIO", "2"): union | {"UNIO"}}
    allowed |= {("FEDE", "1"): union | {"UNIO"}, ("FEDE", "2"): union | {"UNIO"}}
    allowed |= {("FEDE", "3"): union | {"UNIO", "FEDE"}}
    code, number = person
    who = hand(db, number, code)
    if target in allowed.get(person, set()):
        alert_id = alerts.trigger(db, who, home(db, target), Ground.MONEY, "mots", NOW)
        seen = alerts.one(db, who, alert_id)
        assert seen is not None
        assert (seen.state, seen.body_id, seen.answer_by) == (State.RAISED, home(db, code), None)
        return
    with pytest.raises(Halted) as error:
        alerts.trigger(db, who, home(db, target), Ground.MONEY, "mots", NOW)
    assert error.value.halt is Halt.NOT_YOURS


def test_a_body_that_is_below_itself_by_a_slip_still_ends(db: Connection) -> None:
    db.execute(insert(Affiliation), {"cooperative_id": home(db, "FEDE"), "parent_id": home(db, "UNIO")})
    assert {name for _id, name in alerts.targets(db, hand(db, "1", "UNIO"))} == {
        "Fédération Sanoudougou",
        "Kogbera",
        "Sanoudjé",
    }


def test_the_same_alert_is_open_once_and_can_come_again_when_it_is_over(db: Connection) -> None:
    alert_id, now = brought(db, State.ANSWERED)
    with pytest.raises(Halted) as error:
        raised(db)
    assert error.value.halt is Halt.OPEN
    assert raised(db, "1", "UNIO") != alert_id  # the body above raises its own
    others = [
        alerts.trigger(db, hand(db, "2"), home(db, "KOGB"), Ground.OTHER, words, NOW) for words in ("Or volé", "Feu")
    ]
    assert len({alert_id, *others}) == 3
    alerts.take(db, hand(db, "2"), alert_id, Step(Did.ACCEPT, "juste"), now)
    assert raised(db) > alert_id


def test_a_step_without_words_is_none(db: Connection) -> None:
    with pytest.raises(Halted) as error:
        alerts.trigger(db, hand(db, "2"), home(db, "KOGB"), Ground.MONEY, " \n", NOW)
    assert error.value.halt is Halt.NO_WORDS
    assert halt(db, hand(db, "2"), raised(db), Step(Did.WRITE, " ")) is Halt.NO_WORDS


def test_who_has_left_or_lost_the_office_does_nothing_and_another_of_the_board_goes_on(db: Connection) -> None:
    alert_id = raised(db)
    was = hand(db, "2")
    db.execute(update(Member).where(Member.id == was.member_id).values(role=Role.MEMBER))
    assert halt(db, hand(db, "2"), alert_id, Step(Did.WRITE, "mots")) is Halt.UNKNOWN
    assert alerts.take(db, hand(db, "6"), alert_id, Step(Did.WRITE, "mots"), NOW).state is State.ASKED


def test_who_answered_does_not_judge_the_answer_from_another_register(db: Connection) -> None:
    alert_id, now = brought(db, State.ANSWERED, "1", "UNIO")
    above = hand(db, "1", "UNIO")
    db.execute(insert(Phone), {"member_id": above.member_id, "number": "+22370000001"})
    for did in (Did.ACCEPT, Did.REFUSE):
        assert halt(db, above, alert_id, Step(did, "mots"), now) is Halt.SAME_PERSON
    assert alerts.take(db, hand(db, "4", "UNIO"), alert_id, Step(Did.REFUSE, "mots"), now).state is State.NOT_SATISFIED


@pytest.mark.parametrize(
    ("asked_on", "by"),
    [
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_one_month_to_explain(asked_on: date, by: date) -> None:
    assert alerts.explain_by(asked_on) == by


def test_the_month_ends_with_its_last_day_where_the_cooperative_is(db: Connection) -> None:
    alert_id, _now = brought(db, State.ASKED)
    last = datetime(2026, 12, 22, 23, 59, tzinfo=UTC)  # Bamako is in UTC
    found = alerts.one(db, hand(db, "1"), alert_id)
    assert found is not None
    assert (found.answer_by, found.late(last), found.late(last + timedelta(minutes=2))) == (last.date(), False, True)
    assert alerts.lapse(db, last) == 0
    assert alerts.lapse(db, last + timedelta(minutes=2)) == 0  # an SMS goes with it: not at night
    assert alerts.lapse(db, last + timedelta(hours=8)) == 1
    assert alerts.lapse(db, last + timedelta(hours=8)) == 0


def test_silence_accepts_nothing_and_closes_nothing(db: Connection) -> None:
    alert_id, _now = brought(db, State.ASKED)
    for days in range(0, 400, 5):
        alerts.lapse(db, NOW + timedelta(days=days))
    told = alerts.history(db, hand(db, "2"), alert_id)
    assert [each.did for each in told] == [Did.RAISE, Did.WRITE, Did.LAPSE]
    assert (told[-1].number, told[-1].role, told[-1].words) == (None, None, None)
    later = NOW + timedelta(days=400)
    for did in (Did.ACCEPT, Did.REFUSE, Did.CLOSE):
        assert halt(db, hand(db, "2"), alert_id, Step(did, "mots"), later) is Halt.NOT_NOW
    for who in (hand(db, "2"), hand(db, "1", "UNIO"), hand(db, "1", "FEDE"), hand(db, "1")):
        assert [each.late(later) for each in alerts.listed(db, who, later)] == [True]


def test_what_is_late_needs_no_clock_to_have_run(db: Connection) -> None:
    alert_id, _now = brought(db, State.ASKED)
    [seen] = alerts.listed(db, hand(db, "1", "UNIO"), LATE)
    assert (seen.state, seen.stands(LATE), seen.late(LATE)) == (State.ASKED, State.NOT_ANSWERED, True)
    alerts.take(db, hand(db, "2"), alert_id, Step(Did.REPORT, "rapport"), LATE)
    dids = [each.did for each in alerts.history(db, hand(db, "2"), alert_id)]
    assert dids == [Did.RAISE, Did.WRITE, Did.LAPSE, Did.REPORT]


def test_an_answer_that_comes_late_is_judged_like_any_other(db: Connection) -> None:
    alert_id, _now = brought(db, State.ASKED)
    alerts.take(db, hand(db, "1"), alert_id, Step(Did.ANSWER, "pardon"), LATE)
    assert alerts.lapse(db, LATE) == 0
    assert alerts.take(db, hand(db, "2"), alert_id, Step(Did.ACCEPT, "bon"), LATE).state is State.ACCEPTED
    dids = [each.did for each in alerts.history(db, hand(db, "2"), alert_id)]
    assert dids == [Did.RAISE, Did.WRITE, Did.LAPSE, Did.ANSWER, Did.ACCEPT]


def test_what_is_late_comes_first_and_what_is_over_last(db: Connection) -> None:
    over, _now = brought(db, State.ACCEPTED)
    late, _now = brought(db, State.ASKED)
    open_ = raised(db, "1", "UNIO", "KOGB", Ground.ORGAN)
    found = alerts.listed(db, hand(db, "1", "FEDE"), LATE)
    assert [each.alert_id for each in found] == [late, open_, over]
    assert alerts.waiting(found, hand(db, "1", "UNIO"), LATE) == 1  # its own one, not the one of surveillance
    assert alerts.waiting(found, hand(db, "2"), LATE) == 1


def test_who_must_explain_reads_what_is_asked_and_not_what_was_seen(db: Connection) -> None:
    alert_id, _now = brought(db, State.ANSWERED)
    words = {
        code + number: [each.words for each in alerts.history(db, hand(db, number, code), alert_id)]
        for code, number in (("KOGB", "1"), ("KOGB", "2"), ("FEDE", "1"), ("KOGB", "5"), ("SANO", "4"), ("KOGB", "7"))
    }
    asked = ["mots de write", "mots de answer"]
    assert words == {
        "KOGB1": [None, *asked],
        "KOGB2": ["La caisse est vide", *asked],
        "FEDE1": ["La caisse est vide", *asked],
        "KOGB5": [],
        "SANO4": [],
        "KOGB7": [],
    }


def test_every_step_keeps_who_in_which_role_for_whom_when_and_why_sealed(db: Connection) -> None:
    alert_id, _now = brought(db, State.CLOSED, "4", "UNIO")
    rows = db.execute(select(AlertStep).where(AlertStep.alert_id == alert_id).order_by(AlertStep.position)).all()
    union, coop = (hand(db, "4", "UNIO"), Role.TREASURER), (hand(db, "1"), Role.PRESIDENT)
    assert [(each.by_id, each.role, each.body_id) for each in rows] == [
        (who.member_id, role, who.cooperative_id) for who, role in (union, union, coop, union, union, union)
    ]
    assert [each.position for each in rows] == [1, 2, 3, 4, 5, 6]
    assert {each.at for each in rows} == {NOW}
    assert [vault.unseal(str(each.reason_sealed)) for each in rows[1:]] == [
        f"mots de {did}" for did in WAYS[State.CLOSED]
    ]


def assembly(db: Connection, days: float, kind: MeetingKind = MeetingKind.EXTRAORDINARY, coop: str = "KOGB") -> int:
    row = {"cooperative_id": home(db, coop), "starts_at": NOW + timedelta(days=days), "kind": kind}
    return int(
        db.execute(insert(Meeting).returning(Meeting.id), row | {"place": "École", "agenda": "Info"}).scalar_one()
    )


def test_an_urgent_assembly_is_one_to_come_and_one_that_met_closes_it(db: Connection) -> None:
    alert_id, _now = brought(db, State.NOT_SATISFIED)
    wanted = convening.Call(MeetingKind.EXTRAORDINARY, NOW + timedelta(days=20), "École", ("L'alerte",))
    meeting_id = convening.call(db, hand(db, "2"), wanted, NOW)
    past, plain, sister = assembly(db, -3), assembly(db, 9, MeetingKind.TRAINING), assembly(db, 9, coop="SANO")
    off = assembly(db, 10)
    db.execute(update(Meeting).where(Meeting.id == off).values(state=MeetingState.CANCELLED))
    for wrong in (past, plain, sister, off, 999_999):
        assert halt(db, hand(db, "2"), alert_id, Step(Did.CONVENE, "urgent", wrong)) is Halt.MEETING
    seen = alerts.take(db, hand(db, "2"), alert_id, Step(Did.CONVENE, "urgent", meeting_id), NOW)
    close = Step(Did.CLOSE, "le bureau est remplacé", meeting_id)
    assert halt(db, hand(db, "2"), alert_id, close) is Halt.MEETING  # it has not met yet
    assert halt(db, hand(db, "2"), alert_id, Step(Did.CLOSE, "mots", past)) is Halt.MEETING  # it met before the alert
    met = NOW + timedelta(days=20, hours=1)
    assert meeting_id in [each.meeting_id for each in alerts.assemblies(db, seen, Did.CLOSE, met)]
    minutes.hold(db, hand(db, "3"), meeting_id, met)
    assert alerts.take(db, hand(db, "2"), alert_id, close, met).state is State.CLOSED
    last = alerts.history(db, hand(db, "2"), alert_id)[-1]
    assert (last.did, last.meeting_at, last.words) == (Did.CLOSE, wanted.starts_at, "le bureau est remplacé")


def test_the_assemblies_that_are_offered_are_those_that_fit(db: Connection) -> None:
    alert_id, _now = brought(db, State.NOT_SATISFIED, "1", "UNIO")
    seen = alerts.one(db, hand(db, "1", "UNIO"), alert_id)
    assert seen is not None
    coming = meetings.upcoming(db, home(db, "KOGB"), NOW, 9)
    fit = [each.meeting_id for each in coming if each.kind is MeetingKind.ORDINARY]
    for did in (Did.REPORT, Did.CONVENE):
        assert [each.meeting_id for each in alerts.assemblies(db, seen, did, NOW)] == fit
    assert len(fit) == 1
    assert alerts.assemblies(db, seen, Did.CLOSE, NOW) == []


def hinted(db: Connection, code: str = "KOGB", now: datetime = NOW) -> list[Hint]:
    return alerts.hints(db, home(db, code), now)


def test_an_ordinary_assembly_within_six_months_of_the_year(db: Connection) -> None:
    missing = Hint(Ground.NO_ASSEMBLY, since=date(2026, 1, 1))
    assert hinted(db) == [missing]
    assert hinted(db, now=datetime(2026, 6, 30, 12, tzinfo=UTC)) == [Hint(Ground.NO_ASSEMBLY, since=date(2025, 1, 1))]
    assert hinted(db, now=datetime(2026, 7, 1, 12, tzinfo=UTC)) == [missing]
    called = assembly(db, -100, MeetingKind.ORDINARY)
    assert hinted(db) == [missing]  # that it was called proves nothing
    db.execute(update(Meeting).where(Meeting.id == called).values(state=MeetingState.HELD))
    assert hinted(db) == []
    assert hinted(db, now=datetime(2027, 6, 30, 12, tzinfo=UTC)) == []
    assert hinted(db, now=datetime(2027, 7, 1, 12, tzinfo=UTC)) == [Hint(Ground.NO_ASSEMBLY, since=date(2027, 1, 1))]


def test_a_cooperative_of_this_year_has_no_assembly_to_hold_yet(db: Connection) -> None:
    db.execute(update(Member).where(Member.cooperative_id == home(db, "KOGB")).values(joined_on=date(2026, 2, 1)))
    assert hinted(db) == []
    assert hinted(db, now=datetime(2027, 7, 1, tzinfo=UTC)) == [Hint(Ground.NO_ASSEMBLY, since=date(2027, 1, 1))]


@pytest.mark.parametrize("role", [Role.PRESIDENT, Role.TREASURER, Role.SURVEILLANCE])
def test_an_office_that_nobody_holds(db: Connection, role: Role) -> None:
    mine = (Member.cooperative_id == home(db, "KOGB"), Member.role == role)
    db.execute(update(Member).where(*mine).values(left_on=date(2026, 11, 1)))
    assert hinted(db)[1:] == [Hint(Ground.ORGAN, role=role)]


def test_a_hint_raises_nothing(db: Connection) -> None:
    assert len(hinted(db)) == 1
    alerts.lapse(db, LATE)
    assert alerts.listed(db, hand(db, "2"), LATE) == []


def test_alerts_are_the_business_of_few(db: Connection) -> None:
    busy = {person for person in PEOPLE if alerts.concerned(db, hand(db, person[1], person[0]))}
    assert busy == {("KOGB", "1"), ("KOGB", "2"), ("SANO", "1"), ("SANO", "4")} | ABOVE
    assert members.number_of(db, hand(db, "2").member_id) == "2"
