"""What comes again by a rule is weighed as often as it comes, and anew each time: an audience is not a number."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from models.broadcasts import Broadcast
from models.members import Member, Role, Sex
from tests.conftest import Clock
from tests.office import BOARD, asked, become, hand, opened
from tests.ussd_app.test_commands import run
from ussd_app import jobs, service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]


def send(app: Flask, *more: str) -> tuple[int, str]:
    return run(app, "broadcast", "send", "--cooperative", "KOGB", "--text", "a", *more)


def weekly(app: Flask, *more: str, rule: str = "FREQ=WEEKLY") -> tuple[int, str]:
    """A notice to the women who speak French, every week from Tuesday on."""
    return send(app, "--sex", "F", "--language", "fr", "--every", rule, "--at", "2026-11-24T09:00", *more)


def joins(app: Flask, *numbers: str) -> None:
    """Members turn out to speak French and be women: the audience grows."""
    with transaction(service.of(app).engine) as db:
        ours = Member.cooperative_id == hand(db, "1").cooperative_id
        db.execute(update(Member).where(ours, Member.number.in_(numbers)).values(language="fr", sex=Sex.FEMALE))


def week(app: Flask, clock: Clock) -> int:
    """A week passes; how many broadcasts there are then."""
    clock.pass_by(days=7)
    jobs.repeat(service.of(app))
    return int(str(asked(app, lambda db: db.execute(select(func.count()).select_from(Broadcast)).scalar_one())))


def test_what_comes_every_week_is_weighed_as_often_as_it_comes_in_a_month(app: Flask) -> None:
    assert send(app, "--sex", "F", "--language", "fr")[0] == 0  # eight phones
    run(app, "broadcast", "limits", "KOGB", "--one-key", "39")
    code, said = weekly(app)
    assert (code, "needs somebody who answers for it" in said) == (1, True)
    code, said = weekly(app, "--by", "3")  # eight phones, five times
    assert (code, "waits for a second officer" in said) == (0, True)
    assert "5 fois par mois" in opened(app, BOARD).press("4", "1")
    assert weekly(app, "--by", "3", rule="FREQ=MONTHLY")[1].startswith("recurring ")
    run(app, "broadcast", "limits", "KOGB", "--one-key", "40")
    assert weekly(app, "--by", "3", "--key", "w")[1].startswith("recurring ")


def test_a_recurring_notice_that_has_grown_waits_for_a_second_key_each_time(app: Flask, clock: Clock) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "44")
    assert weekly(app, "--by", "3")[1].startswith("recurring ")
    clock.pass_by(days=-5)
    assert week(app, clock) == 1
    joins(app, "4")  # nine, five times: one more than one key decides alone
    assert week(app, clock) == 1
    board = opened(app, BOARD)
    page = board.press("4", "1")
    assert "9 téléphones, 9 SMS" in page
    assert "va maintenant à plus de téléphones" in page + board.press("9")
    assert week(app, clock) == 1  # nobody decided, and it is asked again
    assert "accepté et fait" in opened(app, BOARD).press("4", "1", "9", "1")
    assert asked(app, lambda db: db.execute(select(func.count()).select_from(Broadcast)).scalar_one()) == 2
    assert week(app, clock) == 3  # what two agreed to stands
    joins(app, "6", "7", "9", "14", "15", "17", "19", "21")
    assert week(app, clock) == 4  # and may grow by as many as one key decides alone
    joins(app, "1", "3")
    assert week(app, clock) == 4


def test_a_notice_that_has_grown_is_left_out_where_nobody_can_propose_it(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "44")
    weekly(app, "--by", "3")
    joins(app, "4")
    become(app, "3", Role.MEMBER)
    clock.pass_by(days=-5)
    assert week(app, clock) == 0
    assert "it has grown, and nobody can propose it" in caplog.text
    run(app, "broadcast", "limits", "KOGB", "--one-key", "45")
    assert week(app, clock) == 1
