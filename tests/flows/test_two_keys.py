"""The second key on the phone: who may turn it, from where and until when; and nothing is done by half."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, delete, select, update

from models import applying, approvals, callers, ledger, members, new_numbers, proposals, vault
from models.entries import Entry, EntryKind
from models.hands import Bar, Hand, NotAllowed
from models.members import Member, Role
from models.proposals import Deed, Proposal, State, Wish
from tests.conftest import NOW, STORIES, Clock
from tests.office import BAKARY, BOARD, CODE, PRESIDENT, SECRETARY, TREASURER, asked, become, entries, hand, opened
from tests.phone import Phone
from ussd_app import service
from ussd_app.db import transaction

KINDS = STORIES

NEW = "+22376000015"
ISSOUF = "+22370000015"


def propose(app: Flask, number: str = "15", by: str = "3", **proposer: str) -> int:
    """The secretary proposes another phone for a member."""

    def ask(db: Connection) -> int:
        turning = hand(db, by, **proposer)
        old = members.phones(db, hand(db, number).member_id)[0]
        return new_numbers.propose(db, turning, hand(db, number).member_id, NEW, old, NOW)

    found = asked(app, ask)
    assert isinstance(found, int)
    return found


def state(app: Flask) -> object:
    return asked(app, lambda db: db.execute(select(Proposal.state).order_by(Proposal.id.desc()).limit(1)).scalar_one())


def phones(app: Flask, number: str = "15") -> object:
    return asked(app, lambda db: members.phones(db, hand(db, number).member_id))


def test_a_number_is_changed_with_two_keys_and_the_old_one_is_told(app: Flask) -> None:
    propose(app)
    assert phones(app) == [ISSOUF]
    board = opened(app, BOARD)
    page = board.press("4", "1")
    for words in ("Changer un numéro, par Sékou Danioko", "Membre 15, Issouf Bamogo", NEW, ISSOUF):
        assert words in page
    assert "accepté et fait" in board.press("1")
    assert phones(app) == [NEW]
    assert board.send() == board.send()
    old = Phone(app, ISSOUF, board.secret)
    assert any("member 15 is changed" in letter for letter in old.received())
    assert "My dues" in Phone(app, NEW, board.secret).dial()
    assert "Choisir la langue" in old.dial()


def test_a_number_that_is_somebodys_already_is_shown_as_such(app: Flask) -> None:
    def ask(db: Connection) -> int:
        issouf = hand(db, "15").member_id
        return new_numbers.propose(db, hand(db, "3"), issouf, "+22370000003", None, NOW)

    asked(app, ask)
    assert "Il est déjà au membre 3\n" in opened(app, BOARD).press("4", "1")


def test_numbers_are_sealed_in_the_proposal(app: Flask) -> None:
    propose(app)
    facts = asked(app, lambda db: str(db.execute(select(Proposal.facts)).scalars().all()))
    assert NEW[4:] not in str(facts)
    assert ISSOUF[4:] not in str(facts)


def test_refused_changes_nothing_and_the_proposer_is_told(app: Flask) -> None:
    propose(app)
    board = opened(app, BOARD)
    assert "refusé" in board.press("4", "1", "2")
    assert (state(app), phones(app)) == (State.REFUSED, [ISSOUF])
    letters = Phone(app, SECRETARY, board.secret).received()
    assert ['"Changer un numéro" est refusée' in each for each in letters] == [True]


def test_who_proposed_sees_it_and_cannot_decide(app: Flask) -> None:
    propose(app)
    secretary = opened(app, SECRETARY)
    assert "Rien n'attend" in secretary.press("4")
    page = secretary.press("0", "5", "1", "9")
    assert "C'est votre proposition" in page
    assert "J'accepte" not in page


BARRED: list[tuple[Callable[[Connection], Hand], Bar]] = [
    (lambda db: hand(db, "3"), Bar.SAME_PERSON),
    (lambda db: hand(db, "1", phone="+22370000049"), Bar.SAME_PHONE),  # the secretary's second phone
    (lambda db: hand(db, "1", phone="+22379999999"), Bar.SAME_PHONE),  # the phone it was proposed from
    (lambda db: Hand(hand(db, "1").member_id, hand(db, "1").cooperative_id, Role.PRESIDENT), Bar.SAME_PHONE),
    (lambda db: hand(db, "1", session="proposing"), Bar.SAME_SESSION),
    (lambda db: hand(db, "4"), Bar.NO_OFFICER),
    (lambda db: hand(db, "9"), Bar.NO_OFFICER),
    (lambda db: hand(db, "1", "SANO"), Bar.NO_OFFICER),
]


@pytest.mark.parametrize(("by", "bar"), BARRED, ids=lambda each: each if isinstance(each, str) else "")
def test_who_may_not_turn_the_second_key(app: Flask, by: Callable[[Connection], Hand], bar: Bar) -> None:
    number = propose(app, phone="+22379999999", session="proposing")
    with transaction(service.of(app).engine) as db:
        with pytest.raises(NotAllowed) as refused:
            proposals.decide(db, by(db), number, True, NOW)
        assert refused.value.bar is bar
        seen = approvals.one(db, by(db), number, NOW)
        assert seen is None if by(db).cooperative_id != hand(db, "3").cooperative_id else seen and seen.bar is bar


def test_an_officer_does_not_approve_what_serves_only_them(app: Flask) -> None:
    propose(app, number="2")
    board = opened(app, BOARD)
    assert "Cela ne sert que vous" in board.press("4", "1", "9")


def test_after_24_hours_nobody_decides_any_more(app: Flask, clock: Clock) -> None:
    number = propose(app)
    board = opened(app, BOARD)
    board.press("4", "1")
    clock.pass_by(hours=24, seconds=1)
    late = opened(app, BOARD)
    assert "Rien n'attend" in late.press("4")
    assert asked(app, lambda db: bar_of(db, number, clock)) is Bar.NOT_WAITING
    assert state(app) == State.WAITING
    for _ in range(3):
        app.test_cli_runner().invoke(args=["scheduler", "--once"])
    assert (state(app), phones(app)) == (State.EXPIRED, [ISSOUF])
    letters = Phone(app, SECRETARY, board.secret).received()
    assert ["Personne n'a décidé" in each for each in letters] == [True]


def bar_of(db: Connection, number: int, clock: Clock) -> Bar | None:
    found = approvals.one(db, hand(db, "2"), number, clock())
    assert found is not None
    return found.bar


def test_a_role_taken_away_shuts_the_office_in_mid_session(app: Flask) -> None:
    propose(app)
    board = opened(app, BOARD)
    board.press("4", "1")
    become(app, "2", Role.MEMBER)
    assert "Le service a changé" in board.press("1")
    assert (state(app), phones(app)) == (State.WAITING, [ISSOUF])
    assert "Bureau" not in board.dial()


def test_who_left_has_no_office_on_the_phone(app: Flask) -> None:
    number = propose(app)
    board = opened(app, BOARD)
    assert "Changer un numéro" in board.press("4", "1")
    with transaction(service.of(app).engine) as db:
        db.execute(update(Member).where(Member.id == hand(db, "2").member_id).values(left_on=NOW.date()))
    assert "Le service a changé" in board.press("1")
    assert (state(app), phones(app)) == (State.WAITING, [ISSOUF])
    page = board.dial()
    assert "Mes cotisations" in page
    assert "Bureau" not in page
    with transaction(service.of(app).engine) as db:
        turned = Hand(hand(db, "2").member_id, 2, members.on_phone(db, BOARD)[0].role, BOARD, "s")
        with pytest.raises(NotAllowed):
            proposals.decide(db, turned, number, True, NOW)


def test_a_treasurer_who_is_none_any_more_notes_nothing(app: Flask) -> None:
    treasurer = opened(app, TREASURER)
    treasurer.press("1", "4", "5000", "1")
    become(app, "5", Role.MEMBER)
    assert "Le service a changé" in treasurer.press("1")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 0


def test_a_member_has_no_office_and_a_dialled_string_does_not_get_there(app: Flask) -> None:
    mine = opened(app, BAKARY)
    assert "Bureau" not in mine.dial()
    assert "Mon compte" in mine.dial()
    assert "Code secret" in opened(app, TREASURER).dial("6*1*4*5000*1*1")
    assert asked(app, lambda db: entries(db, EntryKind.PAYMENT)) == 0


def test_the_office_asks_for_the_code_of_one_who_turned_it_off(app: Flask) -> None:
    phone = opened(app, PRESIDENT)
    phone.go("5", CODE, "4", "2")
    assert "Cotisations" in phone.go("1")
    assert "Code secret" in phone.go("6")


def test_what_cannot_be_done_is_not_decided_and_leaves_nothing(app: Flask) -> None:
    propose(app)
    board = opened(app, BOARD)
    board.press("4", "1")
    with transaction(service.of(app).engine) as db:
        issouf = hand(db, "15").member_id
        db.execute(delete(members.Phone).where(members.Phone.member_id == issouf))
    assert "Rien n'est fait, rien n'est décidé" in board.press("1")
    assert (state(app), phones(app)) == (State.WAITING, [])
    assert "refusé" in board.press("1")


def test_an_entry_is_undone_with_two_keys_and_shown_in_figures(app: Flask) -> None:
    def wish(db: Connection) -> int:
        entry = db.execute(
            select(Entry.id).where(Entry.kind == EntryKind.PAYMENT).order_by(Entry.id).limit(1)
        ).scalar_one()
        facts = {"entry_id": entry, "reason_sealed": vault.seal("Noté deux fois")}
        proposals.propose(db, hand(db, "5"), Wish(Deed.REVERSE, facts), NOW)
        return entry

    entry_id = asked(app, wish)
    board = opened(app, BOARD)
    page = board.press("4", "1")
    for words in ("Annuler une écriture, par Mariam Sogodogo", "Paiement: ", " F du ", "Membre "):
        assert words in page
    assert "Lisez d'abord" in board.press("1")
    page = board.press("9")
    assert "Raison: Noté deux fois" in page
    assert "accepté et fait" in board.press("1")
    undone = asked(app, lambda db: db.execute(select(Entry.author).where(Entry.reverses_id == entry_id)).scalar_one())
    assert str(undone).startswith("proposal:")
    assert asked(app, lambda db: ledger.posted(db, [f"reversal:{entry_id}"]))


DESK_ABOVE = "+22370000052"  # member 11 of the union, at its desk for complaints


def proposed_for(app: Flask, number: str, new: str) -> object:
    """The secretary proposes to add a number to those of a member."""

    def ask(db: Connection) -> object:
        turning = hand(db, "3")
        return new_numbers.propose(db, turning, hand(db, number).member_id, new, None, NOW)

    return asked(app, ask)


def dials(app: Flask, phone: str, member: str) -> int:
    """A phone asks to be linked to a member; the number of the request."""

    def ask(db: Connection) -> object:
        cooperative_id = hand(db, member).cooperative_id
        callers.ask_to_join(db, callers.Wish(phone, cooperative_id, member, "fr"), f"{phone} {member}", NOW)
        return max(each.request_id for each in applying.waiting(db, cooperative_id, 9))

    found = asked(app, ask)
    assert isinstance(found, int)
    return found


def test_two_officers_do_not_take_the_phone_of_a_desk_above(app: Flask) -> None:
    """Whoever shares a phone with the accused sees no complaint of them: who is accused would choose who judges."""
    secretary = opened(app, SECRETARY)
    page = secretary.press("6", "1", DESK_ABOVE.removeprefix("+223"), "2")
    assert "Qui a ce téléphone doit faire le numéro et demander lui" in page
    changing = select(Proposal.id).where(Proposal.deed == Deed.CHANGE_PHONE)
    assert asked(app, lambda db: db.execute(changing).all()) == []


def test_the_second_key_does_not_take_the_phone_of_who_came_to_a_desk_meanwhile(app: Flask) -> None:
    become(app, "11", Role.MEMBER, "UNIO")
    proposed_for(app, "1", DESK_ABOVE)
    become(app, "11", Role.COMMITTEE, "UNIO")
    treasurer = opened(app, TREASURER)
    page = treasurer.press("4", "1", "1")
    assert "Qui a ce téléphone doit faire le numéro et demander lui" in page
    assert phones(app, "1") == [PRESIDENT]


def test_a_desk_above_whose_phone_asked_itself_is_linked(app: Flask) -> None:
    dials(app, DESK_ABOVE, "1")
    proposed_for(app, "1", DESK_ABOVE)
    opened(app, TREASURER).press("4", "1", "1")
    assert phones(app, "1") == sorted([PRESIDENT, DESK_ABOVE])


def test_who_shares_a_phone_with_a_desk_above_gets_nobodys_else(app: Flask) -> None:
    """Else the desk above would share a phone with an officer by way of a third person."""
    dialled = dials(app, DESK_ABOVE, "15")
    asked(app, lambda db: applying.link(db, hand(db, "3"), dialled, NOW))
    assert phones(app) == sorted([ISSOUF, DESK_ABOVE])
    with pytest.raises(new_numbers.Elsewhere):
        proposed_for(app, "15", PRESIDENT)
    again = dials(app, PRESIDENT, "15")
    with pytest.raises(applying.NotTaken) as turned:
        asked(app, lambda db: applying.link(db, hand(db, "3"), again, NOW))
    assert turned.value.turned is applying.Turned.ELSEWHERE
    assert proposed_for(app, "15", "+22376000099")


def test_a_member_asks_to_be_linked_elsewhere_from_their_account(app: Flask) -> None:
    bakary = opened(app, BAKARY)
    assert "Quelle coopérative?" in bakary.go("5", CODE, "5", "1")
