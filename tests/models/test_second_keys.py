"""Whose second key is wanted is told so by SMS: once, by day, while it waits, and nothing of what it is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, insert, select, update

from models import corrections, members, proposals, second_keys, vault
from models.entries import Entry, EntryKind
from models.grievances import Category, Concerned, glass
from models.members import Member, Phone, Role
from models.messages import Message
from models.proposals import Deed, Wish
from tests.bureau import body, done, file
from tests.conftest import NOW, SECRET, Clock
from tests.office import BOARD, PRESIDENT, SECRETARY, TREASURER, hand
from tests.phone import Phone as Handset
from ussd_app import jobs, service

KINDS = ["sqlite", "postgresql"]
OTHER_BOARD, THIRD_BOARD, ABOVE = "+22370000006", "+22370000010", "+22370000052"
SAID = "Coop: votre clé est attendue avant le 23/11/2026 à 10h. Faites *384*77#, Bureau. Ne pas répondre ici."


def told(app: Flask) -> dict[str, list[str]]:
    """Who has an SMS of a key that is wanted, and what it says."""
    phones = done(app, lambda db: db.execute(select(Message.phone).where(Message.kind == "key_wanted")).scalars().all())
    return {number: Handset(app, number, SECRET).received() for number in sorted(phones)}


def tick(app: Flask) -> None:
    jobs.ask_keys(service.of(app))


def reversal(app: Flask, by: str = "3") -> int:
    """The secretary wants an entry undone."""

    def write(db: Connection) -> int:
        entry = select(Entry.id).where(Entry.kind == EntryKind.PAYMENT).order_by(Entry.id).limit(1)
        entry_id = db.execute(entry).scalar_one()
        return corrections.propose_reversal(db, hand(db, by), entry_id, "mal noté", NOW)

    return int(done(app, write))


def test_every_other_officer_is_told_once_and_nothing_of_what_it_is(app: Flask, clock: Clock) -> None:
    reversal(app)
    for _again in range(3):
        tick(app)
    expected = {number: [SAID] for number in (PRESIDENT, BOARD, TREASURER, OTHER_BOARD, THIRD_BOARD)}
    assert told(app) == expected
    clock.pass_by(hours=1)
    tick(app)
    assert told(app) == expected


def test_what_is_decided_before_anybody_looked_costs_no_sms(app: Flask) -> None:
    number = reversal(app)
    done(app, lambda db: proposals.decide(db, hand(db, "1", session="other"), number, False, NOW))
    tick(app)
    assert told(app) == {}


def test_what_ran_out_of_time_is_not_asked_for(app: Flask, clock: Clock) -> None:
    reversal(app)
    clock.pass_by(hours=24)
    tick(app)
    assert told(app) == {}


def test_by_night_nobody_is_woken(app: Flask, clock: Clock) -> None:
    reversal(app)
    clock.now = NOW.replace(hour=21)
    tick(app)
    assert told(app) == {}
    clock.now = NOW.replace(hour=7) + timedelta(days=1)
    tick(app)
    assert told(app)[PRESIDENT] == [SAID]


def test_who_gains_by_it_and_who_holds_the_proposers_phone_are_not_asked(app: Flask) -> None:
    def write(db: Connection) -> None:
        mine, president = (members.numbered(db, "KOGB", number) for number in ("6", "1"))
        facts = {"interested": [members.numbered(db, "KOGB", "2")]}
        proposals.propose(db, hand(db, "3"), Wish(Deed.CHANGE_RULE, facts, mine), NOW)
        db.execute(delete(Phone).where(Phone.member_id == president))
        db.execute(insert(Phone).values(member_id=president, number=SECRETARY))

    done(app, write)
    tick(app)
    assert set(told(app)) == {TREASURER, THIRD_BOARD}


def test_an_officer_with_a_phone_of_their_own_besides_is_asked_on_that_one(app: Flask) -> None:
    reversal(app)
    done(
        app,
        lambda db: db.execute(
            insert(Phone).values(member_id=members.numbered(db, "KOGB", "1"), number=SECRETARY, confirmed_at=NOW)
        ),
    )
    tick(app)
    assert told(app)[PRESIDENT] == [SAID]
    assert SECRETARY not in told(app)


def asked_for(app: Flask, reference: str) -> None:
    done(app, lambda db: glass.ask(db, hand(db, "3"), reference, "Personne au comité", NOW))


@pytest.mark.parametrize("category", [Category.LAND, Category.PRIVATE, Category.LEADERS, None])
def test_to_break_the_glass_those_who_watch_are_asked_whatever_case_it_is(
    app: Flask, category: Category | None
) -> None:
    """The same for a case, for one in private, for one from which they are barred, and for a number of none: who is
    asked must not learn which.
    """
    concerned = Concerned.OFFICER if category is Category.LEADERS else Concerned.TEAM
    asked_for(app, "100009" if category is None else file(app, category=category, concerned=concerned).reference)
    tick(app)
    found = told(app)
    watching = {BOARD, OTHER_BOARD, THIRD_BOARD, ABOVE, "+22370000053", "+22370000054"}
    assert set(found) == watching
    assert {words for number, each in found.items() for words in each if number != "+22370000053"} == {SAID}
    assert found["+22370000053"][0].startswith("Coop: your key is awaited before 23/11/2026 at 10:00.")


def test_the_message_holds_its_end_and_no_more(app: Flask) -> None:
    number = reversal(app)
    done(app, lambda db: second_keys.ask(db, NOW))
    facts = done(app, lambda db: db.execute(select(Message.facts_sealed).where(Message.kind == "key_wanted")).scalars())
    assert {vault.unseal(each) for each in facts} == {'{"until":"2026-11-23T10:00:00+00:00"}'}
    assert number


def test_who_left_or_has_another_role_now_is_not_asked(app: Flask) -> None:
    reversal(app)

    def write(db: Connection) -> None:
        home = body(db, "KOGB")
        board = (Member.cooperative_id == home, Member.role == Role.SURVEILLANCE)
        ids = db.execute(select(Member.id).where(*board).order_by(Member.id)).scalars().all()
        assert len(ids) == 3
        db.execute(update(Member).where(Member.id == ids[0]).values(left_on=NOW.date()))
        db.execute(update(Member).where(Member.id == ids[1]).values(role=Role.MEMBER))

    done(app, write)
    tick(app)
    assert set(told(app)) == {PRESIDENT, TREASURER, THIRD_BOARD}
