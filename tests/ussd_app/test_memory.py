"""Conversations when their memory fails: Redis down, emptied, slow; and what the database still knows."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from models import members
from models.attendance import Attendance
from models.grievances.tables import Grievance
from models.members import Member
from models.quick import execute
from models.sessions import SessionOutcome
from tests.conftest import SECRET, Clock
from tests.phone import Phone
from ussd_app import create_app, service
from ussd_app.config import Config
from ussd_app.db import begin, reading, transaction
from ussd_app.gateways import Ended

KINDS = ["postgresql+redis"]
ISSOUF = "+22370000015"
LATER = "END Le service ne répond pas. Refaites le numéro dans un moment."
PERHAPS_KEPT = " Ce que vous venez d'envoyer est peut-etre déjà gardé: vérifiez avant de recommencer."


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """The Redis of the service, from aside."""
    client = Redis.from_url(redis_url, decode_responses=True)
    yield client
    client.flushall()
    client.close()


def cases(app: Flask) -> int:
    with reading(service.of(app).engine) as db:
        return int(db.execute(select(func.count()).select_from(Grievance)).scalar_one())


def test_without_redis_the_session_ends_in_one_sentence_and_recovers(
    settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ussd_app.service.clock", lambda _file: clock)
    app = create_app(Config.read({**settings, "REDIS_URL": "unix:///nowhere/redis.sock"}))
    mine = Phone(app, ISSOUF, SECRET)
    assert mine.dial() == LATER
    assert app.test_client().get("/readyz").status_code == 503
    whole = create_app(Config.read(settings))
    mine.app = whole
    assert mine.dial().startswith("CON Coop Kogbera")
    assert whole.test_client().get("/readyz").status_code == 200
    for made in (app, whole):
        service.of(made).engine.dispose()


def test_when_redis_forgets_a_press_that_filed_a_case_is_told_the_same_and_files_nothing(
    app: Flask, phone: Callable[[str], Phone], redis: Redis
) -> None:
    mine = phone(ISSOUF)
    before = cases(app)
    told = mine.go("4", "1", "1", "1", "1")
    redis.flushall()
    assert mine.send() == told
    assert cases(app) == before + 1


def test_who_typed_words_that_redis_forgot_is_told_that_they_are_lost_and_what_is_kept(
    app: Flask, phone: Callable[[str], Phone], redis: Redis
) -> None:
    mine, before = phone("+22370000007"), cases(app)
    mine.go("4", "1", "1", "2")
    redis.flushall()
    page = mine.press("On a pris mon puits")
    assert page.startswith("CON Coupure: ce qui a déjà un numéro est gardé. Sinon vos derniers mots sont perdus")
    assert "Mes cotisations" in page + mine.press("9")
    assert cases(app) == before


def test_what_was_dialled_is_no_lost_word(phone: Callable[[str], Phone]) -> None:
    assert "Coupure" not in phone("+22370000007").dial("4*1*1*2")


def test_when_redis_forgets_in_mid_session_the_presses_are_followed_again_up_to_where_they_are_safe(
    phone: Callable[[str], Phone], redis: Redis
) -> None:
    mine = phone(ISSOUF)
    page = mine.go("3", "1")
    redis.flushall()
    assert mine.send() == page


def test_when_redis_forgets_after_an_action_the_next_press_starts_from_home(
    app: Flask, phone: Callable[[str], Phone], redis: Redis
) -> None:
    mine = phone(ISSOUF)
    mine.go("3", "1", "2")
    redis.flushall()
    mine.send()
    assert mine.press("1").startswith("CON Please choose a number.\nCoop Kogbera")
    with reading(service.of(app).engine) as db:
        assert db.execute(select(func.count()).select_from(Attendance)).scalar_one() == 1


def test_a_screen_begins_no_transaction_and_an_action_one(
    phone: Callable[[str], Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def noted(db: Connection, sql: str) -> None:
        begun.append(sql)
        execute(db, sql)

    monkeypatch.setattr("ussd_app.db.execute", noted)
    mine = phone(ISSOUF)
    mine.go("3", "1")
    assert begun == []
    mine.press("2")
    assert begun == ["BEGIN READ WRITE"]


def test_nothing_is_changed_before_a_transaction_has_begun(app: Flask) -> None:
    with transaction(service.of(app).engine, later=True) as db:
        (before,) = members.on_phone(db, ISSOUF)
        with pytest.raises(DBAPIError, match="read-only"):
            members.choose_language(db, before.member_id, "fr")
        begin(db)
        begin(db)
        members.choose_language(db, before.member_id, "bm")
    with reading(service.of(app).engine) as db:
        assert [each.language for each in members.on_phone(db, ISSOUF)] == ["bm"]
        with pytest.raises(DBAPIError, match="read-only"):
            members.choose_language(db, before.member_id, "fr")


def test_what_began_later_is_taken_back_whole(app: Flask) -> None:
    def fails() -> None:
        with transaction(service.of(app).engine, later=True) as db:
            begin(db)
            members.choose_language(db, 1, "bm")
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Member.language).where(Member.id == 1)).scalar_one() != "bm"


def test_a_session_in_redis_holds_nothing_that_can_be_read(phone: Callable[[str], Phone], redis: Redis) -> None:
    mine = phone(ISSOUF)
    mine.go("4", "1", "1", "1", "zibeline")
    stored = "".join(str(key) + str(redis.get(key)) for key in redis.keys("*"))
    assert stored
    for secret in ("zibeline", ISSOUF, "Dossier"):
        assert secret not in stored


def test_a_phone_that_is_being_answered_waits_its_turn(
    phone: Callable[[str], Phone], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ussd_app.memory.PATIENCE_SECONDS", 0.2)
    mine = phone(ISSOUF)
    mine.dial()
    (last,) = redis.keys("last:*")
    redis.set(str(last).replace("last:", "lock:"), "another", px=300)
    assert mine.press("3") == LATER + PERHAPS_KEPT
    time.sleep(0.3)
    assert mine.send().startswith("CON Meetings")


def test_no_transaction_is_open_while_redis_is_asked_where_a_session_ended(
    app: Flask, phone: Callable[[str], Phone], redis: Redis
) -> None:
    mine = phone(ISSOUF)
    mine.go("3")
    running = service.of(app)
    end = Ended("africastalking", mine.session, "Success", 2, 900, None, None)
    open_ones = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    redis.client_pause(300)  # it answers nobody for so long
    with ThreadPoolExecutor(1) as thread:
        kept = thread.submit(running.postbox.ended, end)
        seen = []
        while not kept.done():
            with reading(running.engine) as db:  # within one transaction it would see the same again
                seen.append(db.execute(open_ones).scalar_one())
            time.sleep(0.02)
        kept.result()
    assert len(seen) > 5
    assert set(seen) <= {0}
    with reading(running.engine) as db:
        screens = db.execute(select(SessionOutcome.screen)).scalars().all()
    assert "meeting.home" in screens
