"""What leaders send to some, take back and put right; what members answer with a 9; what it may cost in a month."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models import attendance, inbox, limits, recurring
from models.broadcasts import Broadcast
from models.limits import Limits
from models.members import Role
from models.messages import Message, MessageState
from tests.conftest import Clock
from tests.office import BOARD, PRESIDENT, SECRETARY, asked, become, hand, opened
from tests.phone import Phone
from tests.ussd_app.test_commands import run
from ussd_app import create_app, jobs, service
from ussd_app.config import Config
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
BAKARY, ISSOUF, MEMBER, GENDER = "+22370000004", "+22370000015", "+22370000007", "+22370000008"
TYPED = ("11", "3", "1", "6", "Le bureau est fermé")


def states(app: Flask) -> dict[MessageState, int]:
    found = select(Message.state, func.count()).where(Message.broadcast_id.is_not(None)).group_by(Message.state)
    return dict(asked(app, lambda db: db.execute(found).all()))  # type: ignore[call-overload, no-any-return]


def test_a_notice_of_the_night_is_stopped_and_leaves_nobody(app: Flask, clock: Clock) -> None:
    clock.pass_by(hours=13)
    leader = opened(app, SECRETARY)
    leader.press(*TYPED, "9")
    leader.press("1")
    assert "Attendent de partir: 20" in leader.press("1", "1")
    page = leader.press("2", "1")
    assert page.startswith("CON C'est arr")
    assert leader.repeat() == page
    assert states(app) == {MessageState.CANCELLED: 20}
    clock.pass_by(hours=12)
    assert Phone(app, MEMBER, "").received() == []


@pytest.mark.parametrize(("typed", "where"), [("Réunion 📢 demain", 'après "Réunion"'), ("السلام عليكم", "au début")])
def test_what_an_sms_cannot_say_is_not_sent_as_a_question_mark(app: Flask, typed: str, where: str) -> None:
    leader = opened(app, SECRETARY)
    page = leader.press(*TYPED[:-1], typed)
    assert page.startswith(f"CON Un signe ne passe pas par SMS, {where}.")
    assert "?" not in page
    assert "Réunion demain" in leader.press("Réunion demain")


def test_a_correction_goes_to_exactly_who_got_it(app: Flask, phone: Callable[[str], Phone]) -> None:
    leader = opened(app, SECRETARY)
    leader.press("11", "3", "3", "1", "1")  # to the women
    gender = phone(GENDER)
    assert len(gender.received()) == 1
    leader.press("1", "1", "3", "Non, apr\u00e8s-demain", "1")
    assert gender.received() == ["Coop Kogbera: Non, après-demain"]
    assert phone(MEMBER).received() == []


def test_only_her_own_notices_are_corrected_by_the_president_of_the_women(app: Flask) -> None:
    opened(app, SECRETARY).press(*TYPED, "9", "1")
    assert "Corriger" not in opened(app, GENDER).press("11", "5", "1")
    become(app, "7", Role.TREASURER)
    assert "Corriger" not in opened(app, MEMBER).press("11", "5", "1")
    assert "Corriger" in opened(app, PRESIDENT).press("11", "5", "1")


def test_a_correction_to_many_needs_two_keys_too(app: Flask) -> None:
    leader = opened(app, SECRETARY)
    leader.press(*TYPED, "9", "1")
    Phone(app, BAKARY, "").received()
    with transaction(service.of(app).engine) as db:
        limits.put(db, hand(db, "1").cooperative_id, Limits(one_key=3))
    before = states(app)
    assert leader.press("1", "1", "3", "Le bureau est ouvert", "1").startswith("CON C'est propos")
    assert states(app) == before
    board = opened(app, BOARD)
    assert "Ceux qui ont recu le premier message: 20 téléphones" in board.press("4", "1").replace("\n", " ")
    assert "accept\u00e9 et fait" in board.press("9", "1")
    assert sum(states(app).values()) == 2 * sum(before.values())


def test_what_was_wrong_stops_at_once_though_its_correction_waits(app: Flask) -> None:
    leader = opened(app, SECRETARY)
    leader.press(*TYPED, "9", "1")
    Phone(app, BAKARY, "").received()
    with transaction(service.of(app).engine) as db:
        limits.put(db, hand(db, "1").cooperative_id, Limits(one_key=3))
        db.execute(update(Message).where(Message.phone == BAKARY).values(state=MessageState.QUEUED))
    assert leader.press("1", "1", "3", "Le bureau est ouvert", "1").startswith("CON C'est propos")
    assert MessageState.QUEUED not in states(app)
    assert states(app)[MessageState.CANCELLED] == 1


def test_a_nine_after_a_notice_stops_notices_and_a_nine_after_anything_else_does_not(
    app: Flask, phone: Callable[[str], Phone]
) -> None:
    bakary = phone(BAKARY)
    bakary.write("COTI")
    bakary.received()
    bakary.write("9")
    assert not asked(app, lambda db: inbox.opted_out(db, BAKARY))
    opened(app, SECRETARY).press(*TYPED, "9", "1")
    bakary.received()
    bakary.write("9")
    assert asked(app, lambda db: inbox.opted_out(db, BAKARY))
    assert bakary.received() == ["Vous n'aurez plus d'annonces, sauf assemblées et alertes. Pour reprendre: START"]
    bakary.write("START")
    assert not asked(app, lambda db: inbox.opted_out(db, BAKARY))


def test_who_stops_is_told_in_french_too_in_one_sms(app: Flask, phone: Callable[[str], Phone]) -> None:
    issouf = phone(ISSOUF)
    issouf.write("STOP")
    (told,) = issouf.received()
    assert told == (
        "You get no more notices, but assemblies and alerts. To start again: START\n"
        "Vous n'aurez plus d'annonces, sauf assemblées et alertes. Pour reprendre: START"
    )
    assert len(told) <= 160


def test_who_stopped_gets_assemblies_replies_and_warnings(app: Flask, phone: Callable[[str], Phone]) -> None:
    bakary = phone(BAKARY)
    bakary.write("STOP")
    bakary.received()
    leader = opened(app, SECRETARY)
    leader.press(*TYPED, "9", "1")
    assert bakary.received() == []
    leader.press("00", "6", "11", "1", "1", "2012260900", "Cour", "1", "1")
    assert len(bakary.received()) == 1
    bakary.write("AIDE")
    assert len(bakary.received()) == 1
    leader.press("00", "6", "11", "4", "1", "1")
    assert "DANGER" in bakary.received()[0]


# Money.


@pytest.fixture
def priced(settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A service that knows what an SMS costs."""
    monkeypatch.setattr("ussd_app.service.clock", lambda _file: clock)
    return create_app(Config.read({**settings, "SMS_PRICES": "+223: 15.5"}))


def send(app: Flask, *more: str) -> tuple[int, str]:
    return run(app, "broadcast", "send", "--cooperative", "KOGB", "--text", "a", *more)


def test_the_limit_in_money_holds_and_a_new_month_is_new(priced: Flask, clock: Clock) -> None:
    assert run(priced, "broadcast", "limits", "KOGB", "--money", "330")[1].endswith("money\t330\n")
    assert send(priced)[0] == 0  # twenty at 15.5
    code, said = send(priced, "--member", "4", "--member", "5")
    assert (code, "it would cost 31, and 20 of 330 are left" in said) == (1, True)
    assert send(priced, "--member", "4")[0] == 0
    assert send(priced, "--urgent")[0] == 0
    assert asked(priced, lambda db: db.execute(select(func.sum(Broadcast.cost))).scalar_one()) == 310 + 16 + 310
    leader = opened(priced, SECRETARY)
    assert "environ 310 F" in leader.press(*TYPED)
    assert "pas assez de SMS ou d'argent" in leader.press("9", "1") + leader.press("1")
    clock.pass_by(days=10)
    assert send(priced)[0] == 0
    service.of(priced).engine.dispose()


def test_an_assembly_is_called_whatever_it_costs_and_counts(priced: Flask) -> None:
    run(priced, "broadcast", "limits", "KOGB", "--money", "0")
    call = ("meetings", "call", "KOGB", "ordinary", "2026-12-20T09:00", "--place", "Cour", "--agenda", "A", "--by", "1")
    assert run(priced, *call)[0] == 0
    assert asked(priced, lambda db: db.execute(select(Broadcast.cost)).scalar_one()) >= 310  # type: ignore[operator]
    assert send(priced, "--member", "4")[0] == 1
    service.of(priced).engine.dispose()


def test_a_limit_in_money_without_prices_sends_nothing(app: Flask) -> None:
    run(app, "broadcast", "limits", "KOGB", "--money", "1000")
    code, said = send(app)
    assert (code, said.count("\n"), "SMS_PRICES" in said) == (1, 1, True)
    assert send(app, "--urgent")[0] == 0


# Who answered, and what comes again.


def test_an_audience_of_who_answered_to_a_meeting_or_did_not(app: Flask) -> None:
    call = ("meetings", "call", "KOGB", "work_day", "2026-11-25T09:00", "--place", "Cour", "--by", "1")
    meeting = run(app, *call)[1].strip()
    with transaction(service.of(app).engine) as db:
        for number, coming in (("4", True), ("5", True), ("6", False)):
            attendance.answer(db, int(meeting), hand(db, number).member_id, coming, service.of(app).clock())
    for answer, phones in (("yes", 2), ("no", 1), ("none", 17)):
        words = ("--cooperative", "KOGB", "--text", "a", "--meeting", meeting, "--answer", answer)
        assert run(app, "broadcast", "preview", *words)[1].endswith(f"{phones} phones, {phones} SMS\n")
    assert run(app, "broadcast", "preview", "--cooperative", "KOGB", "--text", "a", "--meeting", "999")[0] == 1


def test_a_recurring_broadcast_to_many_comes_again_only_after_two_keys(app: Flask, clock: Clock) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "3")
    words = ("--every", "FREQ=WEEKLY", "--at", "2026-11-24T09:00", "--by", "3")
    assert send(app, *words[:-2], "--by", "3", "--every", "each day")[0] == 1
    code, said = send(app, *words)
    assert (code, "waits for a second officer" in said) == (0, True)
    home = asked(app, lambda db: hand(db, "1").cooperative_id)
    assert asked(app, lambda db: recurring.all_of(db, home)) == []  # type: ignore[arg-type]
    board = opened(app, BOARD)
    assert "Il revient par une règle, 5 fois par mois." in board.press("4", "1")
    assert "accepté et fait" in board.press("9", "1")
    for days in (2, 7):
        clock.pass_by(days=days)
        jobs.repeat(service.of(app))
    assert asked(app, lambda db: db.execute(select(func.count()).select_from(Broadcast)).scalar_one()) == 2


@pytest.mark.parametrize(
    ("options", "whom"),
    [
        ((), "Tous les membres"),
        (("--sex", "F"), "Les femmes"),
        (("--sex", "M", "--language", "fr"), "Les hommes, Francais"),
        (("--role", "member", "--late"), "En retard de cotisation, membre sans fonction"),
        (("--member", "4", "--member", "5"), "Membre 4, Membre 5"),
        (("--below",), "Avec tout ce qui dépend de nous"),
    ],
)
def test_who_turns_the_second_key_sees_to_whom_it_goes(app: Flask, options: tuple[str, ...], whom: str) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "0")
    send(app, *options, "--by", "3")
    board = opened(app, BOARD)
    page = board.press("4", "1")
    if "9 Suite" in page:
        page += board.press("9")
    assert re.search(rf"{whom}: [0-9]+ téléphones, [0-9]+ SMS", page.replace("\n", " ")), page


def test_a_correction_by_command_to_many_needs_two_keys_too(app: Flask, phone: Callable[[str], Phone]) -> None:
    first = send(app)[1].strip()
    bakary = phone(BAKARY)
    assert bakary.received() == ["a"]
    send(app, "--at", "2026-11-22T12:00", "--key", "waits")
    run(app, "broadcast", "limits", "KOGB", "--one-key", "19")
    before = states(app)
    correct = ("broadcast", "correct", first, "--text", "b")
    code, said = run(app, *correct)
    assert (code, "20 phones need a second officer's key" in said) == (1, True)
    assert run(app, *correct, "--by", "7")[0] == 1
    code, said = run(app, *correct, "--by", "3")
    assert (code, "waits for a second officer" in said, states(app)) == (0, True, before)
    assert "accepté et fait" in opened(app, BOARD).press("4", "1", "1")
    assert bakary.received() == ["b"]
    run(app, "broadcast", "limits", "KOGB", "--one-key", "20")
    code, said = run(app, *correct)
    assert (code, said.strip().isdigit()) == (0, True)
    run(app, "broadcast", "limits", "KOGB", "--one-key", "0")
    assert run(app, *correct) == (0, said)  # the same correction said again is the same
