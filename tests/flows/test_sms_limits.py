"""What leaders send, where a cooperative set limits: the month's SMS, and how many one key may write to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import limits
from models.announcing import MeetingNotice
from models.broadcasts import Broadcast
from models.limits import Limits
from models.meetings import Meeting, MeetingKind, MeetingState
from models.members import Role
from models.messages import Message
from models.proposals import Proposal
from tests.conftest import NOW, Clock
from tests.office import PRESIDENT, SECRETARY, asked, become, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import create_app, jobs, service
from ussd_app.config import Config
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
AWA, MEMBER = "+22370000012", "+22370000007"
ASSEMBLY, WORK = ("11", "1", "1", "2012260900", "Cour", "1"), ("11", "1", "4", "2012260900", "Cour", "1", "1")
TYPED = ("11", "3", "1", "6", "Le bureau est fermé demain")


@pytest.fixture
def limited(app: Flask) -> Callable[..., None]:
    """Sets the limits of the cooperative."""

    def put(**given: int) -> None:
        with transaction(service.of(app).engine) as db:
            limits.put(db, hand(db, "3").cooperative_id, Limits(**given))

    return put


def count(app: Flask, table: type) -> object:
    return asked(app, lambda db: db.execute(select(func.count()).select_from(table)).scalar_one())


def states(app: Flask, kind: MeetingKind) -> object:
    found = select(Meeting.state).where(Meeting.kind == kind, Meeting.called_at.is_not(None))
    return asked(app, lambda db: list(db.execute(found).scalars()))


def test_a_plain_meeting_is_neither_called_nor_moved_without_sms_and_called_off_all_the_same(
    app: Flask, limited: Callable[..., None]
) -> None:
    limited(month=0)
    phone, before = opened(app, SECRETARY), count(app, Meeting)
    phone.press(*WORK)
    assert phone.press("1").startswith("CON Il ne reste pas assez de SMS ou d'argent ce mois-ci. Rien n'est envoyé")
    assert (count(app, Meeting), count(app, Message)) == (before, 0)
    limited()
    opened(app, SECRETARY).press(*WORK, "1")
    service.of(app).sender().drain()
    limited(month=20)
    for change, said, state in (
        (("2", "2112260900"), "pas assez de SMS", MeetingState.CALLED),
        (("3",), "annulé", MeetingState.CANCELLED),  # nobody sets out for what is off because the month is spent
    ):
        phone = opened(app, SECRETARY)
        listed = phone.press("11", "2")
        phone.press(next(line[0] for line in listed.splitlines() if "Journée de travail 20/12" in line), *change)
        assert said in phone.press("1")
        assert states(app, MeetingKind.WORK_DAY) == [state]
    assert count(app, Broadcast) == 2


def test_an_assembly_is_called_moved_and_called_off_whatever_was_spent(
    app: Flask, limited: Callable[..., None]
) -> None:
    limited(month=0, day=1)
    phone = opened(app, SECRETARY)
    phone.press(*ASSEMBLY)
    assert phone.press("1").startswith("CON C'est convoqué.")
    number = asked(app, lambda db: db.execute(select(MeetingNotice.meeting_id)).scalar_one())
    assert run(app, "meetings", "move", "KOGB", str(number), "2026-12-21T09:00", "--by", "3") == (0, "moved\n")
    assert run(app, "meetings", "cancel", "KOGB", str(number), "--by", "3") == (0, "called off\n")
    waiting = select(func.count()).where(Message.not_before > NOW + timedelta(hours=1))
    assert asked(app, lambda db: db.execute(waiting).scalar_one()) == 0


def test_the_commands_say_in_a_sentence_that_the_month_is_spent(app: Flask, limited: Callable[..., None]) -> None:
    limited(month=3)
    before = count(app, Meeting)
    code, said = run(app, "meetings", "call", "KOGB", "training", "2026-12-02T09:00", "--place", "Cour", "--by", "3")
    assert (code, said.count("\n")) == (1, 1)
    assert "not enough SMS are left this month" in said
    assert (count(app, Meeting), count(app, Message)) == (before, 0)


def test_a_reminder_without_sms_waits_and_stops_no_other(
    app: Flask, clock: Clock, limited: Callable[..., None]
) -> None:
    for kind, hour in (("training", "09"), ("meeting", "10")):
        run(app, "meetings", "call", "KOGB", kind, f"2026-12-02T{hour}:00", "--place", "Cour", "--by", "3")
    limited(month=30)  # of December: one reminder to each of 20 phones
    clock.pass_by(days=9)
    clock.pass_by(hours=-1)
    sent = [count(app, MeetingNotice)]
    for _run in range(2):
        jobs.remind(service.of(app))
        sent.append(count(app, MeetingNotice))
    assert sent == [2, 3, 3]
    limited()
    jobs.remind(service.of(app))
    assert count(app, MeetingNotice) == 4


def test_an_announcement_without_sms_is_not_sent(app: Flask, limited: Callable[..., None]) -> None:
    limited(month=19)
    phone = opened(app, SECRETARY)
    phone.press(*TYPED)
    assert phone.press("1").startswith("CON Il ne reste pas assez de SMS ou d'argent ce mois-ci.")
    assert (count(app, Broadcast), count(app, Message)) == (0, 0)


def test_to_more_phones_than_one_key_allows_a_second_officer_has_it_sent(
    app: Flask, phone: Callable[[str], Phone], limited: Callable[..., None]
) -> None:
    limited(one_key=19)
    before = count(app, Proposal)
    leader = opened(app, SECRETARY)
    leader.press(*TYPED)
    page = leader.press("1")
    assert page.startswith("CON C'est proposé")
    assert leader.repeat() == page
    assert (count(app, Proposal), count(app, Broadcast)) == (int(str(before)) + 1, 0)
    board = opened(app, PRESIDENT)
    page = board.press("4", "1")
    assert "Tous les membres: 20 téléphones, 20 SMS" in page
    assert "Le bureau est fermé demain" in page
    assert board.press("9", "1").startswith("CON C'est accept")
    assert phone(AWA).received() == ["Coop Kogbera: Le bureau est fermé demain"]
    warner = opened(app, SECRETARY)
    assert warner.press("11", "4", "2", "1").startswith("CON L'alerte part.")  # a danger asks nobody


def test_who_turns_no_key_asks_those_who_do(app: Flask, limited: Callable[..., None]) -> None:
    limited(one_key=1)
    before = count(app, Proposal)
    become(app, "7", Role.GENDER_PRESIDENT)
    page = opened(app, MEMBER).press("11", "3", "1", "1", "1")
    page = page if "trop" in page else opened(app, MEMBER).press("11", "3", "1", "1", "9", "1")
    assert page.startswith("CON Cela fait trop de téléphones pour vous")
    assert (count(app, Proposal), count(app, Broadcast)) == (before, 0)


def test_what_it_costs_is_said_where_prices_are_known(settings: dict[str, str]) -> None:
    made = create_app(Config.read({**settings, "SMS_PRICES": "+223: 15"}))
    assert "20 téléphones, 20 SMS, environ 300 F" in opened(made, SECRETARY).press(*TYPED)
    service.of(made).engine.dispose()


def test_each_message_of_a_meeting_is_counted_in_its_sms(app: Flask) -> None:
    phone = opened(app, SECRETARY)
    phone.press(*ASSEMBLY, "1")
    parts = asked(app, lambda db: db.execute(select(Broadcast.parts)).scalar_one())
    assert parts == 40  # two SMS each, with the whole agenda
