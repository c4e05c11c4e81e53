"""The committee's screens: a whole case, who may be there, the code for each case, and that nothing goes by SMS."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, update

from models.entries import Entry
from models.grievances import (
    Category,
    Concerned,
    Did,
    Filed,
    Follow,
    Help,
    Lane,
    Name,
    SafeTime,
    State,
    following,
    numbers,
    parties,
    reading,
    readings,
    sight,
    work,
)
from models.grievances.tables import Grievance
from models.members import Role
from tests.bureau import (
    ABDRAMANE,
    BOARD,
    CALLER,
    GENDER,
    GONE,
    NOUHOUM,
    ROKIA,
    WORDS,
    at_case,
    at_desk,
    done,
    employ,
    file,
    owned,
    reach,
    unseat,
)
from tests.conftest import NOW, SECRET, Clock
from tests.models.grievances.land import tick
from tests.office import CODE, PRESIDENT, SECRETARY, asked, become, hand, opened
from tests.phone import Phone

KINDS = ["sqlite", "postgresql"]
MakePhone = Callable[[str], Phone]
ABOVE, ABOVE_TOO = "+22370000091", "+22370000092"
UNKNOWN = f"CON {GONE}"
OTHER_SIDE = "+22370000016"


def row(app: Flask, filed: Filed) -> Any:
    """What is kept of a case."""
    mine = Grievance.reference_digest == numbers.reference_digest(filed.reference)
    return done(app, lambda db: db.execute(select(*Grievance.__table__.c).where(mine)).one())


def history(app: Flask, filed: Filed, by: str = "9") -> list[Did]:
    case_id = row(app, filed).id
    found: list[Did] = done(app, lambda db: [each.did for each in reading.whole(db, hand(db, by), case_id).history])
    return found


def handled(app: Flask, filed: Filed) -> Phone:
    """The phone of the one who handles a case."""
    phone = at_case(app, NOUHOUM, filed)
    phone.press("2", "10", "1", "1", "3")
    assert "Vous le traitez." in phone.press("1")
    return phone


def test_a_whole_case_from_the_neutral_sms_to_the_end(app: Flask, clock: Clock, phone: MakePhone) -> None:
    filed = file(app, follow=Follow.SMS)
    done(app, lambda db: tick(db, clock()))
    neutral = "Coop: au moins 1 point à traiter avant le 24/11/2026. Faites *384*77#, Bureau. Ne pas répondre ici."
    letters = phone(NOUHOUM).received()
    assert set(letters) == {neutral}
    member = handled(app, filed)
    member.press("14", "16")
    assert member.press("1").startswith("CON Invité.")
    member.press("1", "4", "2611261500", "mairie")
    assert member.press("1").startswith("CON Séance fixée.")
    member.press("1", "5", "La coop rend la pompe.")
    assert member.press("1").startswith("CON Proposé aux deux parties.")
    member.press("1", "15", "20", "rendre la pompe", "le chef")
    assert member.press("0112").startswith("CON Promesses à tenir: 1. Tenues: 0\n1 rendre la pompe, le chef, 01/12\n")
    done(app, lambda db: following.accept(db, owned(db, filed), clock()))
    assert row(app, filed).state is State.PROPOSED  # the other side has not said yes
    page = member.press("21", "20")
    assert "ont signé la solution sur papier?" in page
    assert "\naccord, J+0" in member.press("1")
    assert member.press("15", "1", "1").startswith("CON Promesses à tenir: 0. Tenues: 1")
    done(app, lambda db: following.settled(db, owned(db, filed), yes=True, now=clock()))
    assert row(app, filed).state is State.CLOSED
    assert history(app, filed)[-3:] == [Did.KEPT, Did.CONFIRMED, Did.CLOSED]
    told = {*phone(CALLER).received(), *phone(OTHER_SIDE).received(), *phone(NOUHOUM).received()}
    assert told == {neutral, "Vous avez une nouvelle. Faites *384*77#."}


def test_the_code_is_asked_for_each_case_and_each_opening_is_kept(app: Flask, clock: Clock) -> None:
    one, other = file(app), file(app, by="12")
    member = at_case(app, NOUHOUM, one)
    member.press("00", "6", "16", "21", other.reference)
    assert member.press("1111").startswith("CON Code faux.")
    assert member.press(CODE).startswith(f"CON {other.reference} ")
    member.press("00", "6", "16", "21")
    assert "Code secret" in member.press(one.reference)  # the first one is shut again
    found = done(app, lambda db: readings.newest(db, hand(db, "2")))
    assert [(each.number, each.what) for each in found] == [("9", "page")] * 2
    clock.pass_by(minutes=20)
    at_case(app, NOUHOUM, one).press("1")
    board = opened(app, BOARD)
    page = board.press("18")
    assert page.startswith("CON Qui a lu des dossiers\n22/11 10h20 9, comité des plaintes: ")
    assert "mots lus" in page
    assert one.reference not in page


def test_a_place_of_a_case_is_no_way_past_its_code(app: Flask) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("10")
    member.dial()
    assert member.press("6").startswith("CON Code secret")  # nothing stays open beyond a session
    assert "Code secret" in reach_again(member, filed)


def reach_again(member: Phone, filed: Filed) -> str:
    return member.press(CODE, "16", "21", filed.reference)


def named_by_two(app: Flask, filed: Filed) -> Phone:
    """Two of the committee name Rokia: with nobody above, one alone cannot. The phone of the second."""
    unseat(app, "UNIO", "FEDE")
    assert "another member must name them too" in at_case(app, ABDRAMANE, filed).press("13", "1", "13", "1")
    member = at_case(app, NOUHOUM, filed)
    member.press("13", "1", "13", "1")
    return member


def test_for_who_is_accused_the_case_is_not_there_byte_for_byte(app: Flask) -> None:
    def all_she_sees(reference: str) -> list[str]:
        rokia = opened(app, ROKIA)
        return [rokia.repeat(), rokia.press("16"), rokia.press("22"), rokia.press("21"), rokia.press("21", reference)]

    never = "100009"  # a number with its check digit that no case has
    before = all_she_sees(never)
    filed = file(app)
    assert all_she_sees(filed.reference) != before
    named_by_two(app, filed)
    assert all_she_sees(filed.reference) == before


def test_a_case_that_is_gone_while_it_is_open_is_not_there_any_more(app: Flask) -> None:
    filed = file(app)
    rokia = at_case(app, ROKIA, filed)
    named_by_two(app, filed)
    assert rokia.press("1").startswith(UNKNOWN)
    assert rokia.press("1", "21", filed.reference).startswith(UNKNOWN)


def test_of_a_joined_case_it_is_said_how_many_read_and_who_wrote(app: Flask) -> None:
    filed = [file(app, words=words) for words in ("un", "deux")]

    def join(db: Connection) -> None:
        one = hand(db, "9")
        first, second = (sight.find(db, one, each.reference) for each in filed)
        work.merge(db, one, second, first, NOW)
        following.add(db, second, "Il revient ce soir", "press", NOW)

    done(app, join)
    assert f"{filed[0].reference} terre, eau, recu J+0, à lire" in at_desk(app, NOUHOUM).repeat()
    member = at_case(app, NOUHOUM, filed[0])
    assert "Une autre personne: Il revient ce soir" in member.press("1")
    assert "à lire" not in at_desk(app, NOUHOUM).repeat()
    assert "Lu par 2 personnes.\nVotre question" in at_case(app, NOUHOUM, filed[0]).press("7")


def test_a_case_whose_row_is_damaged_closes_no_list(app: Flask) -> None:
    filed = [file(app, words=words) for words in ("un", "deux")]

    def damage(db: Connection) -> None:
        bad = update(Grievance).where(Grievance.id == sight.find(db, hand(db, "9"), filed[0].reference))
        db.execute(bad.values(reference_sealed="xx"))

    done(app, damage)
    member = at_desk(app, NOUHOUM)
    page = member.repeat()
    assert filed[1].reference in page
    place = next(line for line in page.splitlines() if "illisible" in line).split()[0]
    assert "on ne peut pas le lire" in member.press(place, CODE)
    assert filed[1].reference in member.press("1")


def test_who_steps_aside_sees_it_no_more_and_with_two_left_it_stays(app: Flask) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    assert member.press("11").startswith("CON Vous récuser?")
    assert filed.reference in member.press("1")  # no is the way back
    assert member.press("11", "2").startswith("CON C'est noté. Vous ne voyez plus ce dossier.")
    assert member.press("1", "21", filed.reference).startswith(UNKNOWN)
    assert filed.reference in at_case(app, ABDRAMANE, filed).repeat()


def test_what_is_entrusted_waits_for_a_yes(app: Flask, phone: MakePhone) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("2", "10", "1", "1", "3")
    assert member.press("3").startswith("CON Confié. Cette personne est prévenue, sans le sujet")
    assert row(app, filed).state is State.ASSESSED
    assert any("1 point à traiter" in each for each in phone(ROKIA).received())
    rokia = at_case(app, ROKIA, filed)
    rokia.press("3")
    assert "pris en charge, J+0" in rokia.press("1")
    assert "4 Fixer une séance" not in member.press("1")  # it is hers


def test_what_is_sent_up_is_gone_here_and_there_for_the_body_above(app: Flask) -> None:
    employ(app, "UNIO", (ABOVE, Role.COMMITTEE), (ABOVE_TOO, Role.COMMITTEE))
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("6", "Trop grand pour nous")
    page = member.press("1")
    assert page.startswith("CON Transmis au-dessus avec l'historique. Vous ne le voyez plus.")
    assert member.press("1", "21", filed.reference).startswith(UNKNOWN)
    above = at_case(app, ABOVE, filed)
    assert "venu d'en bas" in above.repeat()
    above.press("12")
    assert "Trop grand pour nous" in above.repeat() + above.press("9")
    assert "17 En retard\n18 Qui a lu" in opened(app, ABOVE).repeat()


def test_where_nobody_is_above_it_stays(app: Flask) -> None:
    unseat(app, "UNIO", "FEDE")
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("6", "1")
    assert member.press("1").startswith("CON Il n'y a personne au-dessus.")
    assert filed.reference in member.press("1")
    assert row(app, filed).state is State.RECEIVED


def test_a_threat_goes_above_who_handles_it_and_takes_the_case_up(app: Flask, clock: Clock) -> None:
    employ(app, "UNIO", (ABOVE, Role.COMMITTEE), (ABOVE_TOO, Role.COMMITTEE))
    filed = file(app)
    member = handled(app, filed)
    assert done(app, lambda db: following.threatened(db, owned(db, filed), clock())) is True
    assert "menace" not in member.press("12").lower() + member.press("9")
    above = at_desk(app, ABOVE)
    assert "22 Menaces signalées (1)" in above.repeat()
    page = above.press("22", "1")
    assert page.startswith("CON La personne dit qu'on la menace.\nterre, eau, pris en charge\nTraité par: Kogbera")
    assert filed.reference not in page
    above.press("1")
    assert filed.reference in above.press("1")
    assert member.press("1", "00", "6", "16", "21", filed.reference).startswith(UNKNOWN)


def test_words_go_both_ways_and_out_of_scope_gives_its_reason(app: Flask, clock: Clock) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("7", "Depuis quand?")
    assert member.press("1").startswith("CON C'est écrit.")
    done(app, lambda db: following.add(db, owned(db, filed), "Depuis mars", "k", clock()))
    page = member.press("1", "1")
    whole = page + member.press("9")
    assert "22/11 Nous: Depuis quand?" in whole
    assert "22/11 La personne: Depuis mars" in whole
    letters = done(app, lambda db: following.letters(db, owned(db, filed)))
    assert [each.words for each in letters] == ["Depuis quand?"]
    member = at_case(app, NOUHOUM, filed)
    member.press("2", "10", "1", "1", "16", "C'est pour la mairie")
    assert member.press("1").startswith("CON C'est noté. La personne lira pourquoi")
    assert row(app, filed).state is State.OUT_OF_SCOPE


def test_a_case_is_referred_asked_about_and_ended(app: Flask, phone: MakePhone) -> None:
    filed = file(app)
    member = handled(app, filed)
    member.press("17", "Inspection du travail")
    assert member.press("1").startswith("CON Confié. A vous de demander")
    member.press("1", "18", "1", "1", "1", "21", "Ils ont tranché: la pompe revient.")
    assert member.press("1").startswith("CON Notez d'abord la réponse du service.")
    member.press("1", "18", "La pompe revient", "1", "1", "21", "Ils ont tranché: la pompe revient.")
    assert member.press("1").startswith("CON Demandé. Si la personne dit oui")
    assert row(app, filed).state is State.RESOLVED
    owner = phone(CALLER)
    owner.go("4", "7", filed.reference)
    page = owner.press(filed.code)
    assert "L'autre service a fini, nous dit-on." in page
    assert "7 Est-ce réglé?" in page
    assert "Dossier terminé" in owner.press("7", "1")
    assert row(app, filed).state is State.CLOSED
    assert filed.reference in at_desk(app, NOUHOUM).press("23")


def test_like_cases_are_joined_and_a_foreign_number_is_not_there(app: Flask) -> None:
    one, other = file(app), file(app, by="12")
    member = at_case(app, NOUHOUM, one)
    elsewhere = file(app, by="11", home="SANO")
    assert member.press("19", elsewhere.reference).startswith("CON Ce numéro n'est pas à votre bureau.")
    assert member.press("1", other.reference).startswith("CON Joint.")
    assert row(app, one).merged_into_id == row(app, other).id


def test_an_appeal_is_decided_by_other_people_above(app: Flask, clock: Clock) -> None:
    employ(app, "UNIO", (ABOVE, Role.COMMITTEE), (ABOVE_TOO, Role.COMMITTEE))
    filed = file(app)
    member = handled(app, filed)
    member.press("5", "La coop garde la pompe.", "1")
    done(app, lambda db: following.appeal(db, owned(db, filed), "Ce n'est pas juste", clock()))
    assert member.press("1").startswith(UNKNOWN)
    above = at_case(app, ABOVE, filed)
    assert "\nrecours, J+0" in above.repeat()
    above.press("3", "1", "21", "La pompe revient à l'équipe.")
    assert above.press("1").startswith("CON Terminé.")
    assert row(app, filed).state is State.CLOSED


def test_the_complainant_on_the_committee_handles_nothing_of_it(app: Flask) -> None:
    filed = file(app, by="9")
    member = at_case(app, NOUHOUM, filed)
    assert member.press("2").startswith("CON C'est votre propre plainte: quelqu'un d'autre la traite.")


def test_a_contested_entry_is_named_and_the_name_is_not_when_it_may_not_be(app: Flask) -> None:
    filed = file(app, name=Name.HANDLER, words="not_recorded", category=Category.MONEY)
    member = at_case(app, NOUHOUM, filed)
    page = member.press("1")
    assert page.startswith("CON Payé, mais pas noté.\nNom connu d'une autre personne.\n")
    member.press("1", "2", "10", "1", "1", "3", "1")
    assert "Oumar Kassambara" in member.press("1")  # they handle it now


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        (
            "not_recorded 12500 XOF 2026-11-12",
            "Payé, mais pas noté. Déclaré: 12 500 F, le 12/11/2026.",
        ),
        ("not_recorded declaration:5", "Payé, mais pas noté."),
        ("not_recorded 5 XOF 2026-02-31", "not_recorded 5 XOF 2026-02-31"),
        ("mon sac 5 XOF 2026-02-21", "mon sac 5 XOF 2026-02-21"),
    ],
)
def test_a_refused_payment_that_is_contested_is_read_in_words(app: Flask, kept: str, read: str) -> None:
    filed = file(app, words=kept, category=Category.MONEY)
    assert at_case(app, NOUHOUM, filed).press("1").startswith(f"CON {read}\n")


@pytest.mark.parametrize("number", [PRESIDENT, SECRETARY, CALLER])
def test_nobody_else_has_cases_in_their_office(app: Flask, number: str) -> None:
    file(app)
    phone = Phone(app, number, at_desk(app, NOUHOUM).secret)
    page = phone.go("6")
    if "Choisissez un code" in page:
        page = phone.press(CODE, CODE)
    pages = page + phone.press("9") + phone.press("9")
    assert [each for each in ("Dossiers", "En retard", "Qui a lu") if each in pages] == []


def test_a_role_taken_away_meanwhile_opens_nothing(app: Flask) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    become(app, "9", Role.MEMBER)
    assert WORDS not in member.press("1")
    assert "a changé" in member.repeat()


def test_who_handled_it_and_is_no_committee_any_more_handles_nothing(app: Flask) -> None:
    filed = file(app)
    handled(app, filed)
    rokia = at_case(app, ROKIA, filed)
    assert "Traité par: " in rokia.repeat()
    assert "3 Prendre" not in rokia.repeat() + rokia.press("9")
    become(app, "9", Role.MEMBER)
    rokia = at_case(app, ROKIA, filed)
    assert "Personne ne le traite encore." in rokia.repeat()
    assert "Vous le traitez." in rokia.press("3", "1")


def test_money_of_the_books_is_at_the_desk_of_surveillance(app: Flask) -> None:

    entry = select(Entry.id).where(Entry.member_id.is_not(None)).limit(1)
    entry_id = asked(app, lambda db: db.execute(entry).scalar_one())
    filed = file(app, category=Category.MONEY, entry_id=entry_id)
    board = at_case(app, BOARD, filed)
    assert "Écriture: " in board.press("1")
    assert at_desk(app, NOUHOUM).press("21", filed.reference).startswith(UNKNOWN)


def test_what_came_in_private_is_seen_by_the_chosen_desk_with_its_safe_time_and_sends_nothing(
    app: Flask, clock: Clock, phone: MakePhone
) -> None:
    private: dict[str, Any] = {
        "category": Category.PRIVATE,
        "name": Name.NOBODY,
        "at_home": True,
        "concerned": Concerned.UNSAID,
    }
    before = [at_desk(app, NOUHOUM).repeat(), opened(app, BOARD).press("17")]
    filed = file(app, **private, safe_time=SafeTime.MORNING, help=Help.CARE, words="")
    done(app, lambda db: tick(db, clock()))
    president = at_desk(app, GENDER)
    assert f"1 {filed.reference} matin, reçu J+0" in president.repeat().replace("recu", "reçu")
    reach(president, filed.reference)
    page = president.press("1")
    assert "Anonyme.\nJoindre: matin\nSouhait: des soins." in page
    president.press("1", "2")
    assert "à orienter" in at_desk(app, GENDER).repeat()
    assert [at_desk(app, NOUHOUM).repeat(), opened(app, BOARD).press("17")] == before
    assert phone(GENDER).received() == []
    assert at_desk(app, NOUHOUM).press("21", filed.reference).startswith(UNKNOWN)


def test_what_came_in_private_is_looked_at_without_a_question_of_where_to(app: Flask) -> None:
    filed = file(app, category=Category.PRIVATE, name=Name.NOBODY, at_home=True, concerned=Concerned.UNSAID, words="")
    president = at_case(app, GENDER, filed)
    president.press("2")
    assert president.press("10").startswith("CON Le sujet est: en privé?\n1 en privé\n")
    assert "examiné" in president.press("1")
    assert row(app, filed).lane is Lane.SENSITIVE


def test_that_a_case_is_private_is_asked_once_more_since_it_cannot_be_undone(app: Flask) -> None:
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("2", "10")
    assert member.press("4").endswith("\n1 enfants\n2 en privé\n3 forces, barrage\n0 Retour")
    page = member.press("2")
    assert page.startswith("CON En privé: sur? Cela ne s'annule pas. Le numéro de la personne est oublié")
    assert filed.reference in member.press("1")
    assert row(app, filed).caller_sealed is not None
    assert member.press("10", "4", "2", "2").startswith(UNKNOWN)
    assert (row(app, filed).lane, row(app, filed).caller_sealed) == (Lane.SENSITIVE, None)


def test_where_no_desk_takes_it_a_case_does_not_become_private(app: Flask) -> None:
    unseat(app, "UNIO", "FEDE")
    filed = file(app)
    member = at_case(app, NOUHOUM, filed)
    member.press("2", "10", "4", "2")
    assert member.press("2").startswith("CON Aucun bureau privé ne peut le prendre. Traitez-le en urgent")
    assert row(app, filed).caller_sealed is not None


def test_the_other_side_never_reads_the_words(app: Flask, clock: Clock) -> None:
    filed = file(app)
    member = handled(app, filed)
    member.press("14", "16", "1")
    (invited,) = done(app, lambda db: parties.invitations(db, hand(db, "16").member_id))
    assert (invited.session, invited.outcome) == (None, None)
    assert row(app, filed).filed_at == NOW


def test_who_is_invited_from_the_desk_reads_nothing_of_the_case_there(app: Flask) -> None:
    filed = file(app)
    member, other = handled(app, filed), at_case(app, ROKIA, filed)
    assert member.press("14", "13", "1").startswith("CON Vous ne pouvez pas l'inviter seul.")
    named_by_two(app, filed)
    at_case(app, NOUHOUM, filed).press("14", "13", "1")
    assert other.press("1").startswith(f"CON {GONE}")
    pages = [at_desk(app, ROKIA).repeat(), reach(other, filed.reference)]
    other.go("10")
    pages += [other.repeat(), other.press(CODE), other.press("1")]
    assert [page for page in pages if filed.reference in page or WORDS in page or "Oumar" in page] == []
    assert "Le comité vous invite" in pages[-1]


def test_late_is_shown_without_numbers_to_surveillance(app: Flask, clock: Clock) -> None:
    filed = file(app)
    clock.pass_by(days=4)
    page = opened(app, BOARD).press("17")
    assert "Kogbera, terre, eau: 2 j" in page
    assert filed.reference not in page


def test_many_cases_of_one_caller_stand_as_one_in_the_list_and_none_is_lost(app: Flask) -> None:
    flood = [file(app, by="12", words=f"{number}") for number in range(5)]
    flood += [file(app, by="12", words=f"{number}", beyond=True) for number in range(5, 9)]
    other = file(app, by="16")
    member = at_desk(app, NOUHOUM)
    page = member.repeat() + member.press("9")
    named = [each.reference for each in (*flood, other) if each.reference in page]
    assert (len(named), other.reference in named, "(+8)" in page) == (2, True, True)
    row_of_it = next(line for line in page.splitlines() if "(+8)" in line)
    inside = member.press("0", row_of_it[0])
    inside += member.press("20")
    assert [each.reference for each in flood if each.reference not in inside] == []
    assert member.press("1").startswith("CON Code secret")


def test_the_last_one_who_can_open_a_case_stays_and_is_told_so(app: Flask, clock: Clock) -> None:
    unseat(app, "UNIO", "FEDE")
    filed = file(app)
    for number in (ABDRAMANE, ROKIA):
        at_case(app, number, filed).press("11", "2")
    member = at_case(app, NOUHOUM, filed)
    page = member.press("11", "2")
    assert page.startswith("CON Personne d'autre ne peut ouvrir ce dossier: il reste ici. Votre demande est notée.")
    assert filed.reference in member.press("1")
    clock.pass_by(minutes=1)
    assert "Retard" in at_case(app, NOUHOUM, filed).repeat()


def test_over_what_was_withdrawn_a_threat_leads_to_its_owner_opening_it_again(app: Flask, clock: Clock) -> None:
    employ(app, "UNIO", (ABOVE, Role.COMMITTEE), (ABOVE_TOO, Role.COMMITTEE))
    filed = file(app)
    done(app, lambda db: following.withdraw(db, owned(db, filed), clock()))
    owner = Phone(app, "+22370000099", SECRET)
    owner.go("1", "4", filed.reference, filed.code)
    assert "Il peut prendre votre dossier si vous le rouvrez" in owner.press("3")
    above = at_desk(app, ABOVE)
    above.press("22", "1", "1")
    assert "La personne seule peut le rouvrir, avec son code." in above.press("1")
