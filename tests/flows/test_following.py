"""A case as its owner follows it, from any phone, and as the other side hears of it once they were invited."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import codes, members
from models.grievances import Follow, Locked, State, keeping, open_case, sight, work
from models.grievances.tables import CaseNote, CaseOutcome, CaseParty, CaseStep, CaseThreat, Grievance
from tests import bureau
from tests.bureau import seat, unseat
from tests.conftest import SECRET, STORIES, Clock
from tests.desk import HANDLER, Desk
from tests.office import hand
from tests.phone import Phone
from tests.statements import statements
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = STORIES

SALIMATA, OUMAR, STRANGER = "+22370000016", "+22370000007", "+22370000099"
WORDS = "Mes jours ne sont pas comptés"


class Story:
    """A case of Salimata's, followed from a phone that nobody knows."""

    def __init__(self, app: Flask, clock: Clock, name: str = "2") -> None:
        self.app, self.desk = app, Desk(app, clock)
        page = Phone(app, SALIMATA, SECRET).go("4", "1", "1", name, WORDS)
        self.reference, self.code = page.split("Dossier ")[1][:6], page.split("Code ")[1][:4]
        self.phone = Phone(app, STRANGER, SECRET)
        self.phone.go("1")

    def desks(self, *lines: str) -> "Story":
        for line in lines:
            self.desk.does(line, self.reference)
        return self

    def look(self, *pressed: str) -> str:
        page = self.phone.go("4", self.reference, self.code)
        return self.phone.press(*pressed) if pressed else page

    def row(self) -> Any:
        with reading(service.of(self.app).engine) as db:
            newest = select(Grievance).join(CaseStep, CaseStep.grievance_id == Grievance.id)
            return db.execute(newest.where(CaseStep.did == "filed").order_by(CaseStep.at.desc()).limit(1)).one()

    def did(self) -> list[str]:
        with reading(service.of(self.app).engine) as db:
            mine = select(CaseStep.did).where(CaseStep.grievance_id == self.row().id).order_by(CaseStep.position)
            return [each.value for each in db.execute(mine).scalars()]


@pytest.fixture
def story(app: Flask, clock: Clock) -> Story:
    clock.pass_by(minutes=1)
    return Story(app, clock)


PROPOSAL = "proposes La coop paie six jours; La coop: verser 41 350 F"


def test_the_state_the_session_and_the_deadline_stand_on_the_first_page(story: Story) -> None:
    assert "Recu. Une personne va le lire.\nTraité par: Kogbera\nRéponse avant le 22/12" in story.look()
    page = story.desks("takes", "meets mairie").look()
    assert "En médiation\nSéance 27/11 10h01, mairie\nRéponse avant le 22/12" in page
    assert "3 On me menace" in page


def test_a_session_that_is_over_is_not_shown_as_the_one_to_come(story: Story, clock: Clock) -> None:
    other = invited(story)
    other.press("10", "2741", "2741")
    clock.pass_by(days=5, hours=2)
    assert "Séance 27/11 10h01, mairie" in story.look()
    assert "Séance 27/11 10h01, mairie" in other.go("10", "2741", "1")
    clock.pass_by(days=1)
    assert "En médiation\nTraité par: Kogbera\nRéponse avant le 22/12" in story.look()
    assert "1 A venir" in other.go("10", "2741")
    assert "Séance" not in other.press("1")


@pytest.mark.parametrize("lines", [(), ("takes",), ("takes", "meets mairie"), ("takes", PROPOSAL)])
def test_a_threat_can_be_said_at_each_look(story: Story, lines: tuple[str, ...]) -> None:
    assert "3 On me menace" in story.desks(*lines).look()


def test_what_the_committee_wrote_is_read_and_answered(story: Story) -> None:
    story.desks("takes", "writes Combien de jours?")
    assert "5 Messages (1)" in story.look()
    assert "Combien de jours?" in story.look("5")
    assert "Messages (0)" in story.look()
    assert "Vos mots ajoutés: 1" in story.look("5", "1", "Six jours")
    with reading(service.of(story.app).engine) as db:
        assert {row.read_at is not None for row in db.execute(select(CaseNote).where(CaseNote.to_owner))} == {True}


def test_the_notes_of_a_case_are_read_once_a_page(story: Story) -> None:
    story.desks("takes", "writes Combien de jours?").look("5")
    with statements(service.of(story.app).engine) as noted:
        assert "9 Suite" in story.look()
    assert sum("FROM case_notes" in each for each in noted) == 1


def test_of_a_case_that_is_gone_meanwhile_that_is_said(story: Story) -> None:
    """The office cut it from its owner, who has its page before them."""
    story.look("12", "2", "2")
    assert "3 On me menace" in story.look()
    case_id = story.row().id
    running = service.of(story.app)
    with transaction(running.engine) as db:
        assert keeping.forget(db, case_id, running.clock())
    assert "Le service a changé. Recommencez." in story.phone.press("3")


def test_another_day_is_asked_for(story: Story) -> None:
    assert "autre date" in story.desks("takes", "meets mairie").look("2")
    assert "day_asked" in story.did()


@pytest.mark.parametrize(("digit", "did"), [("2", "refused"), ("3", "talk_wanted")])
def test_an_outcome_is_refused_or_talked_about_first(story: Story, digit: str, did: str) -> None:
    story.desks("takes", PROPOSAL)
    page = story.look()
    assert "En attente de vous." in page
    assert "6 Lire la proposition" in page
    assert "(sans réponse le 02/12: le dossier reste ouvert)" in story.look("6", "9")
    assert "Le dossier reste ouvert" in story.look("6", "9", digit)
    assert story.row().state is State.IN_MEDIATION
    assert did in story.did()


def test_an_answer_before_the_end_was_read_is_none(story: Story) -> None:
    story.desks("takes", PROPOSAL)
    assert "Lisez d'abord" in story.look("6", "1")
    assert story.row().state is State.PROPOSED


def test_an_outcome_is_accepted_and_the_case_closed_when_it_is_settled(story: Story) -> None:
    story.desks("takes", PROPOSAL)
    assert "accord trouvé" in story.look("6", "9", "1")
    assert "7 Est-ce réglé?" in story.look()
    assert "pas encore fait" in story.look("7")
    assert "reste ouvert" in story.look("7", "1")
    story.desks("keeps")
    assert story.row().state is State.RESOLVED
    assert "Dossier terminé" in story.look("7", "1")
    assert story.row().state is State.CLOSED
    assert "10 Rouvrir" in story.look()
    assert "Traité par: Kogbera" in story.look("10", "Rien n'est venu")
    assert story.row().state is State.REOPENED


def test_a_promise_says_when_it_is_late_and_when_it_is_done(story: Story, clock: Clock) -> None:
    story.desks("takes", PROPOSAL).look("6", "9", "1")
    clock.pass_by(days=20)
    assert "en retard" in story.look("7")
    story.desks("keeps")
    assert ", fait" in story.look("7")


def test_what_is_not_settled_begins_again(story: Story) -> None:
    story.desks("takes", PROPOSAL).look("6", "9", "1")
    assert "rouvert" in story.look("7", "2")
    assert story.row().state is State.REOPENED


def test_after_twelve_months_it_is_not_opened_again(story: Story, clock: Clock) -> None:
    story.desks("takes", PROPOSAL).look("6", "9", "1")
    story.look("7", "1")
    story.desks("keeps")
    clock.pass_by(days=366)
    assert "Rouvrir" not in story.look()


@pytest.fixture
def alone(app: Flask) -> None:
    """Above the cooperative nobody handles cases yet."""
    unseat(app, "UNIO", "FEDE")


@pytest.mark.usefixtures("alone")
def test_a_threat_goes_above_and_is_said_so(story: Story) -> None:
    assert "Personne au-dessus ne peut" in story.look("3")
    seat(story.app, "FEDE")
    assert "Le niveau au-dessus est prévenu, pas la coop" in story.look("3")
    with reading(service.of(story.app).engine) as db:
        assert [row.level_id is None for row in db.execute(select(CaseThreat).order_by(CaseThreat.at))] in (
            [True, False],
            [False, True],
        )


@pytest.mark.usefixtures("alone")
def test_the_level_above_takes_it_when_asked_and_the_court_stays_open(story: Story) -> None:
    assert "Il n'y a personne au-dessus. Le tribunal" in story.look("4", "1")
    seat(story.app, "FEDE")
    page = story.look("4", "Ils sont cousins")
    assert "Traité par: Fédération Sanoudougou" in page
    assert "tribunal" in page
    assert story.row().state is State.ESCALATED


@pytest.mark.usefixtures("alone")
def test_where_nobody_is_above_whoever_handles_it_goes_on(story: Story) -> None:
    """What was asked for and cannot be had bars nobody from the case."""
    other = invited(story)
    story.desks(PROPOSAL)
    assert "personne au-dessus" in story.look("4", "1")
    assert "personne au-dessus" in other.press("10", "2741", "2741", "1", "9", "4", "2")
    story.look("6", "9", "2")
    story.desks(PROPOSAL)
    assert story.row().state is State.PROPOSED


def test_an_outcome_is_appealed_against(story: Story) -> None:
    story.desks("takes", PROPOSAL)
    assert "Traité par: Union Sanbéra" in story.look("4", "1")
    assert story.row().state is State.APPEALED


def test_taking_it_back_is_asked_twice_with_a_word_on_threats(story: Story) -> None:
    page = story.look("12")
    assert "Si on vous menace, ne retirez pas" in page
    assert "3 On me menace" in page
    assert "Sur?" in story.look("12", "2")
    assert "reste ouvert" in story.look("12", "2", "1")
    assert story.row().state is State.RECEIVED
    assert "retiré" in story.look("12", "2", "2")
    assert story.row().state is State.WITHDRAWN
    assert "3 On me menace" in story.look()


def test_a_case_that_was_joined_goes_on_alone_when_its_owner_asks(story: Story) -> None:
    lead = bureau.file(story.app, by="7")
    with transaction(service.of(story.app).engine) as db:
        one = hand(db, HANDLER)
        own, into = (sight.find(db, one, each) for each in (story.reference, lead.reference))
        work.merge(db, one, own, into, story.desk.clock())
    page = story.look()
    assert "Joint à un dossier pareil; le votre reste." in page
    assert "10 Le traiter à part" in page + story.phone.press("9")
    assert "Traité par: Kogbera" in story.look("10", "Le mien est urgent")
    assert "Joint à un dossier pareil" not in story.look()


def test_how_one_hears_of_it_is_changed_where_the_number_is_kept(story: Story) -> None:
    assert "11 Comment avoir la suite" in story.look("9")
    assert "Noté. On vous appelle le soir." in story.look("11", "4")
    assert story.row().follow is Follow.CALL_EVENING


def test_a_choice_that_could_not_be_kept_is_not_confirmed(story: Story, clock: Clock) -> None:
    """Somebody on this phone tried many codes; what is filed now is kept, and how to hear of it cannot be chosen."""
    page = Phone(story.app, OUMAR, SECRET)
    shown = page.go("4", "1", "1", "2", WORDS)
    with transaction(service.of(story.app).engine) as db:
        number = 0
        while not isinstance(open_case(db, f"{number:06}", "0000", OUMAR, clock()), Locked):
            number += 1  # another number each time: wrong codes for one lock that one alone
    said = page.press("3") if "3 On m'appelle le matin" in shown else page.press("9", "3")
    assert said.startswith("END Cela n'est plus possible")
    assert story.row().follow is Follow.PULL


def test_who_gave_no_name_is_not_asked_how_to_be_reached(app: Flask, clock: Clock) -> None:
    clock.pass_by(minutes=1)
    story = Story(app, clock, name="3")
    assert "Comment avoir" not in story.look() + story.look("9")


def invited(story: Story) -> Phone:
    """Oumar, whom the committee invited, at his menu."""
    story.desks("takes", "invites 7", "meets mairie")
    other = Phone(story.app, OUMAR, SECRET)
    assert "10 Une nouvelle pour vous" in other.dial()
    return other


def test_who_was_not_invited_has_no_news(story: Story) -> None:
    assert "nouvelle" not in Phone(story.app, OUMAR, SECRET).dial()


def test_the_other_side_sees_session_and_outcome_behind_their_code_and_nothing_of_the_case(story: Story) -> None:
    other = invited(story)
    assert "code secret" in other.press("10")
    pages = [other.press("2741", "2741"), other.press("1")]
    assert "Séance 27/11 10h01, mairie" in pages[1]
    story.desks(PROPOSAL)
    other.go("10", "2741")
    pages += [other.press("1"), other.press("9")]
    assert "La coop paie six jours" in pages[2]
    for secret in (story.reference, story.code, WORDS, "Salimata", "16"):
        assert not [page for page in pages if secret in page]


def test_the_other_side_stands_behind_a_code_that_was_turned_off(story: Story) -> None:
    with transaction(service.of(story.app).engine) as db:
        member_id = members.numbered(db, "KOGB", "7")
        assert member_id is not None
        codes.propose(db, member_id, codes.hashed("2741"))
        hashed = codes.candidate(db, member_id)
        assert hashed is not None
        codes.settle(db, member_id, hashed, changing=False)
        codes.want(db, member_id, False)
    assert "Code secret" in invited(story).press("10")


@pytest.mark.parametrize(("digit", "says"), [("1", True), ("2", False)])
def test_the_other_side_accepts_or_not(story: Story, digit: str, says: bool) -> None:
    other = invited(story)
    story.desks(PROPOSAL)
    story.look("6", "9", "1")
    assert "Noté" in other.press("10", "2741", "2741", "1", "9", digit)
    with reading(service.of(story.app).engine) as db:
        assert db.execute(select(CaseParty.says)).scalar_one() is says
    assert story.row().state is (State.RESOLVED if says else State.IN_MEDIATION)


def test_one_side_alone_does_not_settle_it(story: Story) -> None:
    invited(story)
    story.desks(PROPOSAL)
    assert "L'autre partie doit encore dire oui" in story.look("6", "9", "1")
    assert story.row().state is State.PROPOSED


@pytest.mark.usefixtures("alone")
def test_the_other_side_can_ask_for_other_people(story: Story) -> None:
    other = invited(story)
    story.desks(PROPOSAL)
    assert "personne au-dessus" in other.press("10", "2741", "2741", "1", "9", "4", "2")
    seat(story.app, "FEDE")
    page = other.go("10", "2741", "1", "9", "4")
    assert page.startswith("CON Demander que d'autres personnes, au-dessus, regardent?")
    assert "Proposition: " in other.press("1")
    assert "Noté: d'autres personnes vont regarder" in other.press("9", "4", "2")
    assert story.row().state is State.APPEALED


def test_a_case_that_changed_meanwhile_says_so(story: Story) -> None:
    story.desks("takes", "meets mairie")
    story.look()
    story.desks(PROPOSAL)
    assert "changé entre-temps" in story.phone.press("2")


def test_a_yes_is_to_the_outcome_that_was_read_and_to_no_other(story: Story) -> None:
    other = invited(story)
    story.desks(PROPOSAL)
    assert "41 350" in story.look("6") + story.phone.press("9")
    other.press("10", "2741", "2741", "1", "9")
    story.desks("meets mairie", "proposes La coop ne verse rien; La coop: rien")
    for phone in (story.phone, other):
        assert "une autre proposition est venue" in phone.press("1")
    assert story.row().state is State.PROPOSED
    with reading(service.of(story.app).engine) as db:
        assert db.execute(select(CaseParty.says)).scalar_one() is None
        said = select(CaseOutcome.owner_says).where(CaseOutcome.grievance_id == story.row().id)
        assert set(db.execute(said).scalars()) == {None}
    assert "ne verse rien" in story.look("6")
