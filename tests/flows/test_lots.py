"""Lots on the phone: who leads writes down, who worked is asked, a no opens a case, and nobody sees another's money."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select

from flows import approval, calculation, i18n, refusals, rule, team
from flows.asking import Worded
from flows.code import mark_of
from flows.engine import Ask, Done, Menu, Place, UnknownPlace, to
from flows.engine.layout import laid_out
from flows.engine.memory import Known
from flows.engine.places import spot
from flows.question import KINDS as ASKED
from flows.talk import Talk, begin
from models import adjusting, approvals, gsm, lines, lots, questions, rules, work
from models.grievances.tables import CaseBar, Grievance
from models.proposals import Deed
from models.refused import Fault
from models.rules import Basis
from models.sharing import By, Pool
from tests.phone import Phone
from tests.pit import Pit
from ussd_app import service
from ussd_app.db import reading

KINDS = ["sqlite", "postgresql"]
LEADER, SECRETARY, TREASURER, OUMAR, AWA = (f"+223700000{n}" for n in ("04", "03", "05", "07", "12"))


def talk(pit: Pit, phone: str, number: str) -> Talk:
    member_id = pit.member(number)
    known = Known(who=member_id, opened={mark_of(member_id)})
    return begin(pit.db, pit.now, phone, f"session{number}:press", "*384*77#", known)


def visit(speaker: Talk, place: Place) -> object:
    there = spot(place)
    elsewhere = there.needs(speaker, place) if there.needs else None
    assert elsewhere is None
    return there.visit(speaker, place)


def text(page: object) -> str:
    assert isinstance(page, Ask | Menu | Done)
    return page.prompt if isinstance(page, Ask) else page.text


def labels(page: object) -> list[str]:
    assert isinstance(page, Menu)
    return [option.label for option in page.options]


def open_lot(pit: Pit) -> int:
    found = lots.numbered(pit.db, pit.hand().cooperative_id, "215")
    assert found is not None
    return found


def test_the_leader_writes_down_days_and_the_worker_is_asked(pit: Pit) -> None:
    leader, lot_id = talk(pit, LEADER, "4"), open_lot(pit)
    assert labels(visit(leader, to(team.home))) == ["Lot 215 du 21/11/2026", "Retards de cotisation"]
    question = visit(leader, to(team.who, lot_id))
    assert isinstance(question, Ask)
    found = visit(leader, question.then("7"))
    assert (text(found), labels(found)) == ("Membre 7, Oumar Kassambara", ["C'est bien cette personne"])
    assert isinstance(found, Menu)
    days = visit(leader, found.options[0].place)
    assert isinstance(days, Ask)
    onward = visit(leader, days.then(11))
    assert isinstance(onward, Place)
    assert text(visit(leader, onward)) == "C'est noté. La personne va confirmer sur son téléphone."
    assert labels(visit(leader, to(team.said, lot_id))) == ["7: 11, attend"]
    asked = questions.next_for(pit.db, pit.member("7"), pit.now)
    assert asked is not None
    said = ASKED[asked.about].words(talk(pit, OUMAR, "7"), asked)
    assert said == Worded("Bakary Koumaré a noté pour vous: 11 jours, lot 215. C'est juste?", "Oui", "Non")


def test_a_no_opens_a_case_that_the_leader_never_handles(pit: Pit) -> None:
    leader, lot_id = talk(pit, LEADER, "4"), open_lot(pit)
    visit(leader, to(team.record, lot_id, pit.member("7"), "", 9))
    asked = questions.next_for(pit.db, pit.member("7"), pit.now)
    assert asked is not None
    questions.answer(pit.db, pit.member("7"), asked.question_id, False, pit.now)
    place = ASKED[asked.about].no(talk(pit, OUMAR, "7"), asked)
    assert place is not None
    assert place.name == "filing.kept"
    asked_about = select(Grievance.lot_id, CaseBar.member_id).join(CaseBar, CaseBar.grievance_id == Grievance.id)
    asked_about = asked_about.where(Grievance.lot_id.is_not(None))
    assert tuple(pit.db.execute(asked_about).one()) == (lot_id, pit.member("4"))
    assert labels(visit(leader, to(team.said, lot_id))) == ["7: 9, non"]


@pytest.mark.parametrize(("number", "phone"), [("7", OUMAR), ("12", AWA)])
def test_others_than_leaders_are_sent_away(pit: Pit, number: str, phone: str) -> None:
    for place in (to(team.home), to(team.record, open_lot(pit), pit.member("7"), "", 9)):
        with pytest.raises(UnknownPlace):
            visit(talk(pit, phone, number), place)
    assert work.team(pit.db, open_lot(pit)) == []


def test_a_leader_of_another_cooperative_finds_nothing(pit: Pit) -> None:
    leader = talk(Pit(pit.db, "SANO", pit.now), "+22370000041", "11")
    assert labels(visit(leader, to(team.home))) == ["Retards de cotisation"]
    with pytest.raises(UnknownPlace):
        visit(leader, to(team.lot, open_lot(pit)))
    onward = visit(leader, to(team.record, open_lot(pit), pit.member("7"), "", 9))
    assert onward == to(refusals.why, Fault.NO_LOT, "")


def test_an_officer_proposes_by_phone_what_is_ready(pit: Pit) -> None:
    officer, lot_id = talk(pit, SECRETARY, "3"), open_lot(pit)
    pit.now = officer.now
    assert "prix de vente" in text(visit(officer, to(team.propose_sure, lot_id)))
    pit.sell(lot_id, on=date(2026, 11, 22))
    pit.work(lot_id, {"7": 3, "15": 4})
    assert "Proposer" in labels(visit(officer, to(team.propose_sure, lot_id)))
    visit(officer, to(team.propose, lot_id))
    visit(officer, to(team.propose, lot_id))
    (proposed,) = (each.proposed for each in approvals.waiting(pit.db, pit.hand("1"), pit.now))
    assert proposed.deed is Deed.PUBLISH_LOT
    assert proposed.phone_digest is not None
    pit.approve(proposed.proposal_id)
    assert lots.is_shared(pit.db, lot_id)


def test_a_spoken_agreement_is_read_whole_before_a_yes(pit: Pit) -> None:
    pit.rule("puits", [Pool("Équipe", By.DAYS, "rest")], basis=Basis.VERBAL, parties=("7",))
    asked = questions.next_for(pit.db, pit.member("7"), pit.now)
    assert asked is not None
    said = ASKED[asked.about].words(talk(pit, OUMAR, "7"), asked).text
    assert said == "Accord de partage puits, version 1:\n- Équipe: selon les jours\nÊtes-vous d'accord?"
    assert ASKED[asked.about].no(talk(pit, OUMAR, "7"), asked) is None
    for sheet in laid_out(Menu(said), [], "", at_home=False, deep=True):
        assert gsm.septets("CON " + sheet) <= 160


def test_members_of_another_cooperative_do_not_read_the_rule(pit: Pit) -> None:
    written = rules.in_force(pit.db, pit.hand().cooperative_id, pit.now.date())[0]
    stranger = talk(Pit(pit.db, "SANO", pit.now), "+22370000043", "13")
    assert text(visit(stranger, to(rule.show, written.rule_id))) == "Aucune règle de partage n'est encore écrite."
    assert "Villages" in text(visit(talk(pit, OUMAR, "7"), to(rule.show, written.rule_id)))


def test_a_member_reads_no_line_of_another(pit: Pit) -> None:
    lot_id = lots.numbered(pit.db, pit.hand().cooperative_id, "214")
    assert lot_id is not None
    seen = lines.seen_by(pit.db, lot_id, pit.member("7"))
    assert {each.member_id for each in seen} == {None, pit.member("7")}
    pages = [text(visit(talk(pit, OUMAR, "7"), to(calculation.page, lot_id, number))) for number in range(1, 11)]
    assert "180 074" not in "".join(pages)
    assert "Rien n'est retenu pour vous." in pages[8]
    stranger = talk(Pit(pit.db, "SANO", pit.now), "+22370000043", "13")
    assert "au bureau" in text(visit(stranger, to(calculation.page, lot_id, 1)))


def test_a_page_of_the_calculation_asks_four_times_at_most(pit: Pit) -> None:
    lot_id = lots.numbered(pit.db, pit.hand().cooperative_id, "214")
    assert lot_id is not None
    asked: list[str] = []
    speaker = talk(pit, OUMAR, "7")  # who speaks is one statement more
    event.listen(pit.db, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for number in range(1, 11):
        asked.clear()
        with i18n.speaking("fr"):
            visit(speaker, to(calculation.page, lot_id, number))
        assert len(asked) <= 3, number


def test_a_step_that_is_not_right_is_a_case_about_its_line(app: Flask) -> None:
    phone = Phone(app, OUMAR, "test-webhook-secret")
    assert "Villages" in phone.go("2", "2741", "2741", *"11111")
    assert "Dossier" in phone.press("2", "5")
    with reading(service.of(app).engine) as db:
        case = select(lines.LotLine.label).join(Grievance, Grievance.line_id == lines.LotLine.id)
        assert db.execute(case).scalar_one() == "Villages"


def test_an_adjustment_is_a_further_step_of_the_calculation(pit: Pit) -> None:
    lot_id = lots.numbered(pit.db, pit.hand().cooperative_id, "214")
    assert lot_id is not None
    oumar = talk(pit, OUMAR, "7")
    pages = [text(visit(oumar, to(calculation.page, lot_id, number))) for number in range(1, 11)]
    number = adjusting.propose(pit.db, pit.hand(), lot_id, 2_953_200, "Titre repris", pit.now)
    shown = text(visit(talk(pit, "+22370000001", "1"), to(approval.show, number)))
    assert "Lot 214: vente 2 941 200 F, corrigée: 2 953 200 F\nDifférence: +12 000 F\nRaison: Titre repris" in shown
    assert "\n7: +907 F" in shown
    pit.approve(number)
    pit.approve(adjusting.propose(pit.db, pit.hand(), lot_id, 2_941_200, "Erreur", pit.now))
    again = [text(visit(oumar, to(calculation.page, lot_id, number))) for number in range(1, 13)]
    said = [page.split("\n", 1)[1] for page in again]
    assert said[:9] == [page.split("\n", 1)[1] for page in pages[:9]]
    up, down, basis = said[9:]
    assert up.startswith("Correction du 22/11/2026: +12 000 F sur la vente, à vous +907 F\nVotre part: ")
    assert down.startswith("Correction du 22/11/2026: -12 000 F sur la vente, à vous -907 F\nVotre part: ")
    assert basis == pages[9].split("\n", 1)[1]
    aside = labels(visit(oumar, to(calculation.page, lot_id, 10)))
    assert aside == ["Suite", "Pas juste"]
