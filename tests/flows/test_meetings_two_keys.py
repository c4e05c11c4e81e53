"""Calling many: a notice to more phones than one key may write to goes out once two officers agree, and not before."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from models import limits
from models.broadcasts import Broadcast
from models.limits import Limits
from models.meetings import Meeting
from models.members import Role
from models.messages import Message
from models.proposals import Proposal
from models.regular import RegularMeeting
from tests.conftest import Clock
from tests.office import BOARD, PRESIDENT, SECRETARY, asked, become, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import jobs, service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
AWA, BAKARY = "+22370000012", "+22370000004"
ASSEMBLY = ("11", "1", "1", "2012260900", "Cour", "1")
WORK = ("11", "1", "4", "2012260900", "Cour", "1", "1")
OFFICERS = ("11", "1", "3", "2012260900", "Bureau", "1", "2")
ENOUGH, ACCEPTED = "C'est proposé: pour tant de téléphones", "accepté et fait"
CALL = ("meetings", "call", "KOGB", "work_day", "2026-12-20T09:00", "--place", "Cour", "--by", "3")


def limit(app: Flask, **given: int) -> None:
    with transaction(service.of(app).engine) as db:
        limits.put(db, hand(db, "3").cooperative_id, Limits(**given))


@pytest.fixture(autouse=True)
def limited(app: Flask) -> None:
    """One officer writes to 19 phones at most, and there are 20."""
    limit(app, one_key=19)


def count(app: Flask, table: type) -> int:
    return int(str(asked(app, lambda db: db.execute(select(func.count()).select_from(table)).scalar_one())))


def called(app: Flask) -> list[str]:
    """When the meetings are that members were called to."""

    def ask(db: Connection) -> list[str]:
        found = select(Meeting.starts_at).where(Meeting.called_at.is_not(None)).order_by(Meeting.starts_at)
        return [f"{at:%Y-%m-%d}" for at in db.execute(found).scalars()]

    found: list[str] = asked(app, ask)  # type: ignore[assignment]
    return found


def decided(app: Flask, number: str = BOARD, accept: bool = True) -> str:
    """What a second officer reads of what waits first; then they decide."""
    board = opened(app, number)
    pages = page = board.press("4", "1")
    while "9 Suite" in page:
        page = board.press("9")
        pages += page
    return pages + board.press("1" if accept else "2")


@pytest.mark.parametrize("keys", [ASSEMBLY, WORK])
def test_a_meeting_of_many_is_called_once_a_second_officer_agrees(
    app: Flask, phone: Callable[[str], Phone], keys: tuple[str, ...]
) -> None:
    meetings, proposals = count(app, Meeting), count(app, Proposal)
    leader = opened(app, SECRETARY)
    leader.press(*keys)
    page = leader.press("1")
    assert ENOUGH in page
    assert leader.repeat() == page
    assert (count(app, Meeting), count(app, Proposal), count(app, Message)) == (meetings, proposals + 1, 0)
    with transaction(service.of(app).engine) as db:
        assert "Cour" not in str(db.execute(select(Proposal)).all())
    told = decided(app)
    assert "Convoquer une réunion" in told
    assert "20 téléphones" in told
    assert "20/12/2026" in told
    assert "Cour" in told
    assert ACCEPTED in told
    assert len(phone(BAKARY).received()) == 1
    assert len(called(app)) == 1
    leader = opened(app, SECRETARY)
    leader.press(*keys)
    assert "C'est convoqué." in leader.press("1")  # said again it is the same meeting
    assert count(app, Broadcast) == 1


def test_a_meeting_of_few_needs_one_key(app: Flask) -> None:
    leader = opened(app, SECRETARY)
    leader.press(*OFFICERS)
    assert "C'est convoqué." in leader.press("1")
    limit(app, one_key=20)
    leader = opened(app, SECRETARY)
    leader.press(*WORK)
    assert "C'est convoqué." in leader.press("1")


def test_what_is_refused_or_not_decided_is_never_called(app: Flask, clock: Clock) -> None:
    leader = opened(app, SECRETARY)
    leader.press(*WORK, "1")
    assert "C'est refusé" in decided(app, accept=False)
    leader = opened(app, SECRETARY)
    leader.press(*WORK, "1")
    clock.pass_by(days=1, minutes=1)
    jobs.run_once(service.of(app))
    assert (called(app), count(app, Broadcast)) == ([], 0)


def test_an_assembly_that_is_too_late_by_then_is_not_called(app: Flask, clock: Clock) -> None:
    code, said = run(app, *CALL[:3], "ordinary", "2026-12-07T09:00", *CALL[5:], "--agenda", "Comptes")
    assert (code, "waits for a second officer" in said) == (0, True)
    clock.pass_by(hours=20)
    told = decided(app)
    assert "Il est trop tard pour cette réunion" in told
    assert (called(app), count(app, Broadcast)) == ([], 0)


def test_the_second_key_is_not_turned_without_sms(app: Flask) -> None:
    run(app, *CALL)
    limit(app, one_key=19, month=10)
    assert "il ne reste pas assez de SMS" in decided(app)
    assert (called(app), count(app, Broadcast)) == ([], 0)


def test_the_command_proposes_and_says_the_same_again(app: Flask, phone: Callable[[str], Phone]) -> None:
    code, said = run(app, *CALL)
    assert (code, said.startswith("proposal "), "waits for a second officer" in said) == (0, True, True)
    assert run(app, *CALL) == (0, said)
    assert called(app) == []
    assert "Rien n'attend une décision." in decided(app, SECRETARY)
    assert ACCEPTED in decided(app, PRESIDENT)
    assert called(app) == ["2026-12-20"]
    code, number = run(app, *CALL)
    assert (code, number.strip().isdigit()) == (0, True)
    assert len(phone(BAKARY).received()) == 1


def test_what_was_only_noted_is_not_called_by_moving_it(app: Flask, phone: Callable[[str], Phone]) -> None:
    """A meeting that a list brought: nobody was told of it."""
    with transaction(service.of(app).engine) as db:
        noted = select(Meeting.id).where(Meeting.cooperative_id == hand(db, "3").cooperative_id)
        noted = noted.where(Meeting.called_at.is_(None), Meeting.starts_at > service.of(app).clock())
        number = str(db.execute(noted.order_by(Meeting.starts_at.desc()).limit(1)).scalar_one())
    move = ("meetings", "move", "KOGB", number, "2027-01-20T09:00", "--by", "3")
    code, said = run(app, *move)
    assert (code, "nobody was called to this meeting yet" in said) == (1, True)
    assert phone(AWA).received() == []
    limit(app)
    assert run(app, *move) == (0, "moved\n")


def test_who_was_called_with_two_keys_hears_of_a_change_by_one(app: Flask, phone: Callable[[str], Phone]) -> None:
    run(app, *CALL)
    decided(app)
    bakary = phone(BAKARY)
    bakary.received()
    number = run(app, *CALL)[1].strip()
    assert run(app, "meetings", "move", "KOGB", number, "2026-12-21T09:00", "--by", "3") == (0, "moved\n")
    assert len(bakary.received()) == 1
    assert run(app, "meetings", "cancel", "KOGB", number, "--by", "3") == (0, "called off\n")
    assert len(bakary.received()) == 1


# By a rule.

WEEKLY = ("--every", "FREQ=WEEKLY")


def agreed(app: Flask) -> list[int | None]:
    found: list[int | None] = asked(  # type: ignore[assignment]
        app, lambda db: list(db.execute(select(RegularMeeting.agreed).order_by(RegularMeeting.id)).scalars())
    )
    return found


def test_a_meeting_that_comes_again_is_weighed_as_often_as_it_comes(app: Flask, clock: Clock) -> None:
    limit(app, one_key=99)
    code, said = run(app, *CALL, *WEEKLY)
    assert (code, "waits for a second officer" in said) == (0, True)  # twenty phones, five times
    assert agreed(app) == []
    told = decided(app)
    assert "Elle revient par une règle, 5 fois par mois." in told
    assert ACCEPTED in told
    assert agreed(app) == [100]
    limit(app, one_key=0)
    for day in (13, 20):
        clock.now = datetime(2026, 12, day, 10, tzinfo=UTC)
        jobs.convene(service.of(app))
    assert called(app) == ["2026-12-20", "2026-12-27"]  # what two officers agreed to stands
    limit(app, one_key=100)
    code, said = run(app, *CALL[:4], "2026-12-28T11:00", *CALL[5:], *WEEKLY)
    assert (code, said.startswith("regular ")) == (0, True)
    assert agreed(app) == [100, None]


def test_one_that_has_grown_waits_for_a_second_key(app: Flask, clock: Clock) -> None:
    limit(app, one_key=100)
    assert run(app, *CALL, *WEEKLY)[1].startswith("regular ")
    limit(app, one_key=99)
    clock.now = datetime(2026, 12, 13, 10, tzinfo=UTC)
    jobs.convene(service.of(app))
    jobs.convene(service.of(app))
    assert called(app) == []
    told = decided(app)
    assert "Elle revient déjà par une règle" in told
    assert ACCEPTED in told
    assert (called(app), agreed(app)) == (["2026-12-20"], [100])
    clock.pass_by(days=8)
    jobs.convene(service.of(app))
    assert called(app) == ["2026-12-20", "2026-12-27"]


def test_one_that_has_grown_and_whose_author_is_no_officer_is_left_out(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    limit(app, one_key=100)
    run(app, *CALL, *WEEKLY)
    limit(app, one_key=99)
    become(app, "3", Role.MEMBER)
    clock.now = datetime(2026, 12, 13, 10, tzinfo=UTC)
    before = count(app, Proposal)
    jobs.convene(service.of(app))
    assert (called(app), count(app, Proposal)) == ([], before)
    assert "was left out once: no_caller" in caplog.text


def test_a_leader_has_it_held_by_a_rule_on_the_phone(app: Flask) -> None:
    leader = opened(app, SECRETARY)
    page = leader.press(*WORK, "4", "1")
    assert "chaque dimanche" in page
    assert "C'est proposé: pour autant de SMS" in leader.press("1")
    assert (agreed(app), called(app)) == ([], [])
    assert ACCEPTED in decided(app)
    assert agreed(app) == [100]
