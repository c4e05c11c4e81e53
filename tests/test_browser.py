"""What people do at the demo's phone page, in a real Chromium, against the real service."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ViewportSize, expect

from tests import browser
from tests.browser import Handset, Witness
from tests.conftest import SETTINGS, STORIES
from ussd_app import jobs, service

KINDS = STORIES

pytestmark = pytest.mark.browser

AWA = "+22370000012"
BAKARY = "+22370000004"
ISSOUF = "+22370000015"
LASSANA = "+22370000001"
SALIMATA = "+22370000016"
NOUHOUM = "+22370000009"
SEYDOU = "+22370000052"  # of the union's committee
STRANGER = "+22370000099"
AS_AWA, CODE = "2", "2741"
SIZE: ViewportSize = {"width": 1280, "height": 800}
NUMBER_AND_CODE = re.compile(r"Dossier (\d{6})\nCode (\d{4})\n")

PickUp = Callable[[str], Handset]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the file; each test has a profile of its own in it."""
    with browser.chromium() as started:
        yield started


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of the service: SQLite, except where a test asks for each kind of database."""
    if "kind" in request.fixturenames:
        every_kind: dict[str, str] = request.getfixturevalue("settings")
        return every_kind
    file = tmp_path / "browser.sqlite3"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return {**SETTINGS, "DATABASE_URL": f"sqlite:///{file}"}


@pytest.fixture
def address(chromium: Browser, app: Flask) -> Iterator[str]:
    """Where the service is served; asked for after the browser, so that nothing starts without one."""
    with browser.served(app) as found:
        yield found


@pytest.fixture
def witness() -> Iterator[list[Witness]]:
    """What the pages asked for and complained of: in no test may they complain, or talk to another machine."""
    noted: list[Witness] = []
    yield noted
    assert [each for one in noted for each in one.complaints + one.outside() + one.telling()] == []


@pytest.fixture
def pick_up(chromium: Browser, witness: list[Witness], address: str, tmp_path: Path) -> Iterator[PickUp]:
    """Open the page in a fresh profile and take somebody's phone: `pick_up("+223...")`."""
    contexts = []

    def opened(number: str) -> Handset:
        context = chromium.new_context(
            viewport=SIZE, locale="fr-FR", timezone_id="Africa/Bamako", reduced_motion="reduce"
        )
        contexts.append(context)
        witness.append(Witness(context))
        handset = Handset(context.new_page(), address, tmp_path)
        handset.take(number)
        return handset

    yield opened
    for context in contexts:
        context.close()


def _number_and_code(page: str) -> tuple[str, str]:
    found = NUMBER_AND_CODE.search(page)
    assert found, page
    return found[1], found[2]


def test_a_member_reads_her_dues_behind_her_code_and_contests_an_entry(pick_up: PickUp, kind: str) -> None:
    phone = pick_up(AWA)
    phone.write("REUNION")
    assert phone.dial().startswith("Qui parle?\n1 Membre 11\n2 Membre 12")
    assert "Choisissez un code secret de 4 chiffres" in phone.answer(AS_AWA, "1")
    assert "Retapez le code secret" in phone.answer(CODE)
    dues = phone.answer(CODE)
    assert dues.startswith("Cotisations\nPayé: 9 000 F\nReste à payer: 3 000 F\nDepuis le 01/09/2026\n")
    phone.picture("dues")
    assert phone.answer("1").startswith("Détail\n1 03/11 payé 1 000\n2 01/11 ")
    assert phone.answer("2").startswith("Cotisation novembre 2026\n")
    assert "J'ai payé, pas noté" in phone.answer("1")
    kept = _number_and_code(phone.answer("1"))
    assert _number_and_code(phone.answer("1")) == kept  # the answer comes by calling again, and the case is shown again
    phone.sees("ended")
    phone.picture("contested")


def test_a_share_shows_what_was_kept_back_and_what_is_left(pick_up: PickUp) -> None:
    phone = pick_up(AWA)
    phone.dial()
    share = phone.answer(AS_AWA, "2", CODE, CODE)
    assert share.startswith("Lot 214, 18/11/2026\n")
    assert "Votre part: 180 074 F\nRetenu: 54 022 F\nNet: 126 052 F\n" in share
    phone.picture("share")


def test_a_long_page_is_turned_and_scrolled_with_the_keys_of_the_phone(pick_up: PickUp) -> None:
    phone = pick_up(LASSANA)
    phone.tap("*384*77#")
    expect(phone.page.locator("#code")).to_have_value("*384*77#")
    phone.dial()
    first = phone.key("5", CODE, CODE)
    assert first.endswith("\n9 Suite\n0 Menu")
    expect(phone.page.locator("#more")).to_have_text("▾")
    for _ in range(8):
        phone.click("down")
    expect(phone.page.locator("#more")).to_have_text("▴")
    phone.picture("scrolled")
    assert phone.key("9") == "5 Mes numéros\n6 Langue\n7 Le livre des comptes\n0 Retour"
    assert phone.key("0") == first


def test_a_member_reads_the_agenda_of_the_assembly_and_comes(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.dial()
    assert "\n2 AG ordinaire 12/12 9h\n" in phone.answer("3")
    assert phone.answer("2").startswith("AG ordinaire\n12/12/2026 9h\nÉcole de Kogbera\n")
    assert "1. Comptes de l'exercice\n" in phone.answer("1")
    assert phone.answer("0", "2").startswith("Noté: vous venez.\nPrésents annoncés: 1 sur 22.\n")
    phone.picture("comes")


def test_a_leader_calls_an_assembly_and_sees_who_comes(pick_up: PickUp) -> None:
    leader = pick_up(LASSANA)
    leader.dial()
    leader.answer("6", CODE, CODE, "11", "1", "1")
    assert leader.answer("0112260900").startswith("Trop tard pour une assemblée: l'avis part 15 jours avant")
    leader.answer("1", "2012260900", "Cour de l'école", "1")
    assert "20 téléphones, 40 SMS" in leader.screen
    leader.picture("assembly")
    assert leader.answer("1").startswith("C'est convoqué.")
    bakary, issouf = pick_up(BAKARY), pick_up(ISSOUF)
    for member, notice in (
        (bakary, "AG ordinaire le 20/12/2026 à 9h"),
        (issouf, "General meeting on 20/12/2026 at 09:00"),
    ):
        expect(member.page.locator("#inbox li.sms p").first).to_contain_text(f"Coop Kogbera: {notice}")
    assert bakary.write("OUI") == "Merci. Noté: vous venez le 20/12/2026."
    issouf.dial()
    assert issouf.answer("3", "3", "2").startswith("Noted: you will come.")
    issouf.picture("comes-in-english")
    forecast = leader.answer("1")
    assert forecast.startswith("AG ordinaire 20/12 9h\nViennent 2, non 0\nSans réponse: 20\nQuorum 12: il manque 10\n")
    assert leader.answer("1").startswith("Avis à 20 téléphones\n")
    leader.picture("forecast")


def test_a_grievance_in_words_is_followed_from_an_unknown_phone(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.dial()
    assert "Dites en peu de mots" in phone.answer("4", "1", "3", "1")
    phone.page.keyboard.type("L'argent du lot n'est pas là : 50 000 F * 2")
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator("#screen")).to_contain_text("Retenez-les.")
    phone.picture("kept")
    number, code = _number_and_code(phone.screen)
    other = pick_up(STRANGER)
    assert other.dial().startswith("Choisir la langue / Language\n")
    case = other.answer("1", "4", number, code)
    assert case.startswith(f"Dossier {number}\n")
    assert "Traité par: Union Sanbéra" in case
    other.picture("followed")


def test_a_whole_case_by_two_phones_from_the_complaint_to_the_settlement(pick_up: PickUp, app: Flask) -> None:
    owner, member = pick_up(SALIMATA), pick_up(NOUHOUM)
    owner.dial()
    number, code = _number_and_code(owner.answer("4", "2", "1", "1", "Le chef du puits garde notre pompe"))
    assert "SMS dira seulement" in owner.answer("2")
    owner.sees("ended")
    jobs.attend(service.of(app))
    neutral = "Coop: au moins 1 point à traiter avant le 24/11/2026. Faites *384*77#, Bureau. Ne pas répondre ici."
    expect(member.page.locator("#inbox li.sms p").first).to_have_text(neutral)
    member.dial()
    listed = re.search(
        rf"^(\d+) {number} terre, eau, re[cç]u J\+0$", member.answer("6", CODE, CODE, "16"), re.MULTILINE
    )
    assert listed is not None
    assert member.answer(listed[1]).startswith("Code secret (4 chiffres):")
    assert member.answer(CODE).startswith(f"{number} terre, eau\n")
    member.picture("case")
    assert "Le chef du puits garde notre pompe\nSalimata Zerbo" in member.answer("1")
    member.answer("1", "2", "10", "1", "1", "3")
    assert "\nVous le traitez.\n" in member.answer("1")
    member.answer("4", "2611261500", "mairie", "1", "1")
    assert member.answer("5", "L'équipe reprend la pompe.", "1").startswith("Proposé aux deux parties.")
    member.answer("1", "15", "20", "rendre la pompe", "chef du puits", "0112")
    member.picture("promise")
    expect(owner.page.locator("#inbox li.sms p").first).to_have_text("Vous avez une nouvelle. Faites *384*77#.")
    owner.dial()
    assert "\nUne solution est proposée.\n" in owner.answer("4", "7", number, code)
    proposal = owner.answer("6")
    owner.picture("proposal")
    assert proposal.startswith("Proposition: L'équipe reprend la pompe.\nchef du puits: rendre la pompe")
    assert "accord trouvé" in owner.answer("9", "1")
    assert member.answer("1", "1").startswith("Promesses à tenir: 0. Tenues: 1")
    owner.dial()
    assert owner.answer("4", "7", number, code, "7", "1").startswith("Merci. Dossier terminé.")
    member.answer("00", "6", "16", "23")
    assert f"1 {number} terminé" in member.screen
    member.picture("over")
    sms = owner.messages + member.messages
    assert [each for each in sms if number in each or code in each or "pompe" in each] == []


def test_a_case_about_a_leader_is_settled_by_the_union_and_nobody_at_home_sees_it(pick_up: PickUp, app: Flask) -> None:
    owner, union, home = pick_up(SALIMATA), pick_up(SEYDOU), pick_up(NOUHOUM)
    owner.dial()
    kept = owner.answer("4", "9", "13", "2", "Le bureau garde l'argent des lots")
    number, code = _number_and_code(kept)
    assert "Traité par: Union Sanbéra" in kept
    owner.picture("leader")
    assert "SMS dira seulement" in owner.answer("2")
    jobs.attend(service.of(app))
    neutral = "Coop: au moins 1 point à traiter avant le 24/11/2026. Faites *384*77#, Bureau. Ne pas répondre ici."
    expect(union.page.locator("#inbox li.sms p").first).to_have_text(neutral)
    home.dial()
    assert home.answer("6", CODE, CODE, "16", "21", number).startswith("Ce dossier n'est pas à votre bureau.")
    union.dial()
    assert f"{number} chefs, élections" in union.answer("6", CODE, CODE, "16")
    assert union.answer("21", number, CODE).startswith(f"{number} chefs, élections\n")
    union.picture("leader-at-the-union")
    assert "argent des lots\nNom connu d'une autre personne." in union.answer("1")
    union.answer("1", "2", "10", "1", "1", "3")
    assert "\nVous le traitez.\n" in union.answer("1")
    assert union.answer("5", "Les comptes sont affichés.", "1").startswith("Proposé aux deux parties.")
    owner.dial()
    assert "\nTraité par: Union Sanbéra\n" in owner.answer("4", "7", number, code)
    assert owner.answer("6").startswith("Proposition: Les comptes sont affichés.")
    assert "accord trouvé" in owner.answer("1")
    owner.dial()
    assert owner.answer("4", "7", number, code, "7", "1").startswith("Merci. Dossier terminé.")
    union.answer("00", "6", "16", "23")
    assert f"1 {number} terminé" in union.screen
    sms = owner.messages + union.messages + home.messages
    assert [each for each in sms if number in each or code in each or "argent" in each] == []


def test_letters_are_written_with_the_keys_of_the_phone(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.dial()
    phone.answer("4", "1", "3", "1")
    phone.click("mode")
    phone.tap("7277")
    expect(phone.page.locator("#reply")).to_have_value("paq")
    phone.click("send")
    expect(phone.page.locator("#screen")).to_contain_text("Retenez-les.")
    _number_and_code(phone.screen)


def test_an_sms_is_answered_in_the_inbox_and_yes_answers_the_answer(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    told = phone.write("REUNION")
    assert told.startswith("Coop Kogbera: Formation le 28/11/2026 à 8h30, Hangar de lavage.")
    assert told.endswith("Vous venez? Répondez OUI ou NON.")
    assert phone.write("OUI") == "Merci. Noté: vous venez le 28/11/2026."
    phone.picture("inbox")
    assert pick_up(AWA).messages == []


def test_a_complaint_that_was_cut_goes_on_where_it_was(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.dial()
    there = phone.answer("4", "2")
    assert there.startswith("Qui est en cause?\n")
    phone.click("drop")
    assert phone.screen == "Session interrompue"
    phone.picture("dropped")
    assert "\n7 Continuer\n" in phone.dial()
    phone.picture("continue")
    assert phone.answer("7") == there


def test_a_call_left_alone_is_cut_and_can_be_taken_up_again(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.page.clock.install()
    phone.click("idle")
    phone.dial()
    phone.answer("4")
    phone.page.clock.run_for(31_000)
    phone.sees("ended")
    assert phone.screen == "Session interrompue : délai dépassé"
    assert "\n7 Continuer\n" in phone.dial()


def test_the_same_request_twice_has_the_same_answer(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.dial()
    phone.answer("3", "2", "2")
    phone.click("twice")
    phone.page.wait_for_selector('#same[data-same="yes"]')
    assert phone.page.text_content("#same") == "Même réponse"
    phone.picture("twice")


def test_a_slow_network_shows_that_it_is_waiting_and_can_be_left(pick_up: PickUp) -> None:
    phone = pick_up(BAKARY)
    phone.click("slow", "dial")
    phone.sees("waiting")
    assert phone.screen == "Envoi en cours…"
    phone.picture("waiting")
    phone.click("clear")
    phone.sees("idle")
    expect(phone.page.locator("#code")).to_be_visible()
    assert phone.dial().startswith("Coop Kogbera\n")


def test_a_member_who_reads_english_sees_english(pick_up: PickUp) -> None:
    phone = pick_up(ISSOUF)
    assert phone.dial().startswith("Coop Kogbera\n1 My dues\n2 My share\n3 Meetings\n")
    phone.picture("english")
    phone.click("hangup")
    phone.page.click('[data-lang="en"]')
    assert phone.screen == "Type the code, then the green key."


def test_the_page_asks_its_own_server_alone_and_writes_no_number_into_an_address(
    pick_up: PickUp, witness: list[Witness]
) -> None:
    phone = pick_up(ISSOUF)
    phone.dial()
    assert phone.write("MEETING").endswith("Will you come? Reply YES or NO.")
    phone.click("hangup")
    phone.sees("idle")
    (seen,) = witness
    assert {each.rpartition("/")[2] for each in seen.addresses} >= {
        "phone",
        "phone.js",
        "inbox",
        "ussd",
        "events",
        "sms",
    }
    assert (seen.outside(), seen.telling(), seen.complaints) == ([], [], [])


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_a_browser_the_tests_are_skipped_but_fail_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="chromium"):
        browser.executable()
