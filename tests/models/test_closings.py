"""The closing of a month: the count stands beside the books, once, and what came later is told."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from flows import closing as screens
from flows import i18n
from flows.engine import Menu
from flows.engine.memory import Known
from flows.talk import begin
from models import chain, closings, proof
from models.closings import Count, Late
from models.entries import Account
from models.hands import Bar, NotAllowed
from tests.conftest import NOW
from tests.models.test_statements import cooperative, engine, hand, pay, trial, whose
from ussd_app.config import ROOT

KINDS = ["sqlite", "postgresql"]
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)


def books(db: Connection, on: date) -> int:
    return closings.book_balance(db, cooperative(db), on)


def test_a_count_stands_beside_the_books_with_the_head_of_the_chain(app: Flask) -> None:
    with trial(engine(app)) as db:
        told = closings.close(db, hand(db), Count(OCTOBER, 100_000, whose(db, "2")), NOW)
        head = chain.head(db, cooperative(db))
        assert head is not None
        assert (told.entries, told.seal) == (head.entries, head.seal)
        assert told.difference == 100_000 - books(db, date(2026, 10, 31)) != 0
        assert closings.last(db, cooperative(db)) == told
        assert list(proof.faults(db)) == []


def test_a_month_is_closed_once(app: Flask) -> None:
    with trial(engine(app)) as db:
        first = closings.close(db, hand(db), Count(OCTOBER, 7), NOW)
        pay(db, "4", "R1", channel=Account.CASH)
        assert closings.close(db, hand(db, "2"), Count(OCTOBER, 7), NOW) == first
        for other in (Count(OCTOBER, 8), Count(SEPTEMBER, 7), Count(OCTOBER, 7, whose(db, "2"))):
            with pytest.raises(closings.AlreadyClosed):
                closings.close(db, hand(db), other, NOW)
        assert len(closings.listed(db, cooperative(db))) == 1


@pytest.mark.parametrize(("now", "may"), [("2026-11-29T23:59", False), ("2026-11-30T00:00", True)])
def test_a_month_is_closed_from_its_last_day_on_where_the_cooperative_is(app: Flask, now: str, may: bool) -> None:
    with trial(engine(app)) as db:
        when = datetime.fromisoformat(now).replace(tzinfo=UTC)
        if may:
            assert closings.close(db, hand(db), Count(NOVEMBER, 1), when).month == NOVEMBER
        else:
            with pytest.raises(closings.NotYet):
                closings.close(db, hand(db), Count(NOVEMBER, 1), when)


def test_the_last_day_is_that_of_the_time_zone(app: Flask) -> None:
    with trial(engine(app)) as db:
        db.execute(text("UPDATE cooperatives SET time_zone = 'Africa/Bangui'"))
        when = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)  # midnight in Bangui
        assert closings.close(db, hand(db), Count(NOVEMBER, 1), when).counted == 1


def test_an_entry_of_a_closed_month_that_came_later_is_told_with_the_next(app: Flask) -> None:
    with trial(engine(app)) as db:
        before = closings.close(db, hand(db), Count(SEPTEMBER, 0), NOW)
        pay(db, "4", "R1", amount=700, days=-20, channel=Account.CASH)  # 20 September
        pay(db, "4", "R2", amount=600, channel=Account.CASH)  # October
        pay(db, "4", "R3", amount=500, days=-30)  # September, but no cash
        assert closings.after(db, cooperative(db), before) == Late(2, 700)
        october = closings.close(db, hand(db), Count(OCTOBER, 0), NOW)
        pay(db, "6", "R4", amount=300, days=-25, channel=Account.CASH)
        first, second = closings.listed(db, cooperative(db))
        assert (first.late, second.late) == (Late(0, 0), Late(2, 700))
        assert closings.after(db, cooperative(db), october) == Late(1, 300)
        assert second.closing.book == books(db, date(2026, 10, 31)) - 300
        assert list(proof.faults(db)) == []


def test_who_is_no_officer_or_stands_by_alone_does_not_close(app: Flask) -> None:
    with trial(engine(app)) as db:
        for number, witness, why in (("7", None, Bar.NO_OFFICER), ("5", "5", Bar.SAME_PERSON)):
            other = None if witness is None else whose(db, witness)
            with pytest.raises(NotAllowed) as refused:
                closings.close(db, hand(db, number), Count(OCTOBER, 1, other), NOW)
            assert refused.value.bar is why
        with pytest.raises(LookupError):
            closings.close(db, hand(db), Count(OCTOBER, 1, whose(db, "2", "SANO")), NOW)


@pytest.mark.parametrize("change", ["UPDATE closings SET counted = 1", "DELETE FROM closings"])
def test_closings_are_only_added_to(app: Flask, change: str) -> None:
    with trial(engine(app)) as db:
        closings.close(db, hand(db), Count(OCTOBER, 7), NOW)
        with pytest.raises(DatabaseError, match="only added to"):
            db.execute(text(change))


@pytest.mark.parametrize("change", ["book = book + 1", "seal = 'x'", "entries = entries - 1", "month = '2026-09-01'"])
def test_the_check_finds_a_closing_that_was_altered(app: Flask, change: str, kind: str) -> None:
    with trial(engine(app)) as db:
        closings.close(db, hand(db), Count(OCTOBER, 7), NOW)
        assert list(proof.faults(db)) == []
        name, table = ("closings_no_update", "") if kind == "sqlite" else ("closings_only_added_to", " ON closings")
        db.execute(text(f"DROP TRIGGER {name}{table}"))
        db.execute(text(f"UPDATE closings SET {change}"))
        assert str(next(iter(proof.faults(db)))).startswith("closing 2026-")


def shown(db: Connection, language: str) -> str:
    talk = begin(db, NOW, "+22370000004", "test", "*384*77#", Known())
    i18n.load(ROOT / "locales")
    with i18n.speaking(language):
        page = screens.home(talk)
    assert isinstance(page, Menu)
    return page.text


def test_a_member_reads_the_last_count_on_the_phone(app: Flask) -> None:
    with trial(engine(app)) as db:
        assert shown(db, "fr") == "La caisse n'a pas encore été comptée."
        book = books(db, date(2026, 9, 30))
        closings.close(db, hand(db), Count(SEPTEMBER, book), NOW)
        assert shown(db, "fr").splitlines()[-1] == "C'est juste."
        october = books(db, date(2026, 10, 31))
        closings.close(db, hand(db), Count(OCTOBER, october - 1500), NOW)
        assert shown(db, "en") == (
            f"Cash, end of 10/2026\nCounted: {october - 1500:,} F\nBook: {october:,} F\n1,500 F is missing"
        ).replace(",", " ").replace("Cash ", "Cash,")
