"""The same screens by SMS: the transcripts are played through it, and what must not go by SMS does not."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from flows import by_sms
from flows.engine.places import spots
from models import gsm
from models.attendance import Attendance
from models.calls import CallBack
from models.grievances.tables import Grievance
from models.inbox import Inbound, OptOut
from models.members import Member
from models.members import Phone as Line
from models.messages import Message
from tests.conftest import SECRET, STORIES, Clock
from tests.phone import Phone
from tests.test_transcripts import FILES, Stage
from ussd_app import service
from ussd_app.db import reading, transaction

KINDS = STORIES

SEKOU, ISSOUF, MARIAM, STRANGER = "+22370000003", "+22370000015", "+22370000005", "+22370000099"
SHARED = "+22370000012"
TO_THE_OFFICE = "Bien recu, le bureau lira"
ONLY = "Par *384*77# seulement: d'autres peuvent lire les SMS de ce téléphone.\n1 Appelez-moi\n0 Retour"


class SmsPhone(Phone):
    """A phone where no USSD is: it writes MENU instead of dialling, and its answers as SMS."""

    def dial(self, extension: str = "") -> str:
        """Ask for the menu, and go where a dialled string would have led."""
        page = self.say("MENU")
        for typed in filter(None, extension.split("*")):
            page = self.say(typed)
        return page

    def press(self, *typed: str) -> str:
        """Answer the page."""
        page = ""
        for each in typed:
            page = self.say(each)
        return page

    def say(self, words: str, sms_id: str | None = None) -> str:
        """Send an SMS; the one that comes back."""
        self.write(words, sms_id)
        came = self.received()
        assert len(came) <= 1, came
        return came[0] if came else ""


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transcript is longer than what one phone is answered a day."""
    monkeypatch.setattr("models.messages.REPLIES_A_DAY", 1000)


def phone(app: Flask, number: str = SEKOU) -> SmsPhone:
    """A phone without USSD."""
    return SmsPhone(app, number, SECRET)


def rows(app: Flask, table: type) -> int:
    """How many rows a table has."""
    with reading(service.of(app).engine) as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def wants_amounts(app: Flask, number: str) -> None:
    """The member of a phone has asked for amounts by SMS."""
    with transaction(service.of(app).engine) as db:
        mine = select(Line.member_id).where(Line.number == number)
        db.execute(update(Member).where(Member.id.in_(mine)).values(amounts_by_sms=True))


class SmsStage(Stage):
    """Plays a transcript by SMS, up to where a call leads to what SMS never carries.

    The rest of that call is not compared. It is made by USSD, from its beginning, for the story goes on from it.
    """

    def play(self, script: str) -> str:
        """What was said, in the words of the transcript."""
        self.shown, self.call, self.skipping, self.instead = 0, list[str](), False, False
        self.ussd = Stage(self.app, self.clock)
        self.ussd.drawn = self.drawn
        for block in filter(None, re.split(r"(?m)^(?=(?:> |sms> |#|phone |drop|wait |[$] |desk ))", script)):
            first, _line, expected = block.partition("\n")
            if first.startswith(("#", "phone ")):
                self._turn_to(first)
                self.ussd._turn_to(first)
                continue
            if first.startswith(("wait ", "$ ", "desk ")):
                self._happens(first)
                continue
            if first.startswith("> *384*77"):
                self.skipping, self.instead, self.call = False, False, []
            self.call.append(first)
            if self.instead:
                self.ussd._does(first)
            elif not self.skipping and first.startswith(("> ", "sms> ")):
                self._compare(first, expected.split("\n= SMS")[0].strip("\n")[4:])
        return script

    def _happens(self, line: str) -> None:
        """Hours pass, or the office does something."""
        if line.startswith("desk "):
            self.ussd._at_the_desk(line)
        elif line.startswith("wait "):
            self._waits(int(line.split()[1]))
        else:
            self._commands(line)

    def _compare(self, first: str, expected: str) -> None:
        assert self.phone is not None
        self.phone.received()  # what others did meanwhile
        said = self._does(first)
        if first.startswith("sms> "):
            return
        if _for_the_office(first[2:], said):
            self.skipping = True
            return
        assert said, first
        self.skipping, self.instead = _left_out(said[0], expected)
        if self.instead:
            for line in self.call:
                self.ussd._does(line)
        if not self.skipping:
            assert said[0] == expected, first
            self.shown += 1


def _left_out(page: str, expected: str) -> tuple[bool, bool]:
    """Whether the rest of a call is left out, and whether it is made by USSD instead."""
    # A menu asked for anew begins anew: there is nothing to go on with.
    elsewhere = "*384*77# seulement" in page or "Only by *384" in page or "7 Continue" in expected
    elsewhere = elsewhere or "PLAINTE" in page or "COMPLAINT" in page
    return elsewhere, elsewhere


def _for_the_office(typed: str, said: list[str]) -> bool:
    """Whether words were no answer to a menu: the office reads them, and the phone is told so once a day."""
    return not re.search(r"\d", typed) and (not said or TO_THE_OFFICE in said[0])


# The stories whose pages go by SMS; in the others only the first pages do.
WHOLE = {"meeting_fr": 12, "meeting_en": 5, "stranger_en": 9}


# A leader's day is all behind the code, and what others see of it comes of it.
MEMBERS = [file for file in FILES if not file.stem.startswith("leader")]


@pytest.mark.parametrize("file", MEMBERS, ids=lambda file: file.stem)
def test_the_same_pages_come_by_sms(file: Path, app: Flask, clock: Clock, kind: str) -> None:
    stage = SmsStage(app, clock, SmsPhone)
    script = stage.play(file.read_text())
    assert stage.shown >= WHOLE.get(file.stem, 1 if "> *384*77" in script else 0)


def test_every_page_is_one_sms(app: Flask) -> None:
    mine = phone(app, STRANGER)
    for typed in ("MENU", "1", "1", "1", "4711", "9", "0", "00", "5"):
        page = mine.say(typed)
        assert page
        assert gsm.segments(page) == 1


def test_a_number_without_a_conversation_is_for_the_office(app: Flask) -> None:
    assert "le bureau lira" in phone(app).say("1")
    with reading(service.of(app).engine) as db:
        assert db.execute(select(Inbound.intent)).scalar_one() is None


@pytest.mark.parametrize("typed", ["3", "3.", "3)", " #3 ", "3 svp", "3 SVP.", "3, merci", "«3»"])
def test_a_number_is_an_answer_whatever_is_written_around_it(app: Flask, typed: str) -> None:
    sms = phone(app)
    sms.dial()
    assert sms.say(typed).startswith("Réunions")


@pytest.mark.parametrize("typed", ["3 4", "0.5", "1234", "3 sacs", "le 3", "3/12", ""])
def test_other_words_with_numbers_are_no_answer_of_a_menu(typed: str) -> None:
    assert by_sms.pressed(typed) is None


def test_a_conversation_ends_after_an_hour_and_at_its_last_page(app: Flask, clock: Clock) -> None:
    mine = phone(app)
    assert mine.say("MENU").startswith("Coop Kogbera")
    clock.pass_by(minutes=59)
    assert mine.say("3").startswith("Réunions")
    clock.pass_by(minutes=61)
    assert "le bureau lira" in mine.say("1")
    assert mine.say("menu svp").startswith("Coop Kogbera")
    assert mine.say("8").startswith("Noté. On vous rappelle.")
    assert mine.say("1") == ""


def test_words_of_ours_mean_themselves_in_a_conversation(app: Flask) -> None:
    mine = phone(app, STRANGER)
    mine.press("MENU", "1", "1", "1")  # it asks for the number of the member
    assert mine.say("AIDE").startswith("Envoyez MENU")
    assert mine.say("STOP svp").startswith("Vous n'aurez plus")
    assert rows(app, OptOut) == 1
    assert mine.say("PLAINTE on m'a volé").startswith("Bien recu")
    assert rows(app, Grievance) >= 1
    assert mine.say("4711").startswith("La coop garde")


def test_an_sms_brought_twice_is_answered_once_and_changes_nothing_more(app: Flask) -> None:
    mine = phone(app)
    assert mine.say("MENU", "a").startswith("Coop Kogbera")
    assert mine.say("3", "b").startswith("Réunions")
    assert [mine.say("3", "b"), mine.say("MENU", "a")] == ["", ""]
    assert mine.say("2", "c").startswith("AG ordinaire")
    assert mine.say("2", "d").startswith("Noté: vous venez.")
    assert mine.say("2", "d") == ""
    assert rows(app, Attendance) == 1


def dies_at(app: Flask, monkeypatch: pytest.MonkeyPatch, number: str, words: str) -> None:
    """An SMS whose page was found, and whose reply was never kept."""
    with monkeypatch.context() as broken:
        broken.setattr("models.inbox.receive", lambda *_given: 1 / 0)
        form = {"date": "2026-11-22 10:00:00", "from": number, "to": "38477", "id": "x", "text": words}
        path = f"/gateways/africastalking/{SECRET}/sms"
        assert app.test_client().post(path, data=form).status_code == 503


def test_what_ended_between_the_page_and_its_reply_is_made_good(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = phone(app)
    mine.press("MENU", "3", "2")
    dies_at(app, monkeypatch, SEKOU, "2")
    assert mine.received() == []
    assert mine.say("2", "x").startswith("Noté: vous venez.")
    assert rows(app, Attendance) == 1
    assert mine.say("1").startswith("AG ordinaire")


def test_words_whose_reply_was_lost_are_still_the_answer_they_were(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = phone(app, STRANGER)
    mine.press("MENU", "1", "1", "1")
    dies_at(app, monkeypatch, STRANGER, "numéro 4711")
    assert mine.say("numéro 4711", "x").startswith("La coop garde")


def test_a_new_menu_begins_anew_and_forgets_who_spoke(app: Flask) -> None:
    mine = phone(app, SHARED)
    assert mine.press("MENU", "2").startswith("Coop Kogbera")
    assert mine.say("Menu").startswith("Qui parle?")


# What never goes by SMS.


@pytest.mark.parametrize("typed", ["1", "2", "6"])
def test_what_stands_behind_the_code_goes_by_dialling_only(app: Flask, typed: str) -> None:
    mine = phone(app)
    mine.say("MENU")
    assert mine.say(typed) == ONLY
    assert mine.say("0").startswith("Coop Kogbera")


def test_amounts_come_to_a_member_who_asked_for_them_and_nothing_is_done_with_them(app: Flask) -> None:
    wants_amounts(app, MARIAM)
    mine = phone(app, MARIAM)
    mine.say("MENU")
    assert re.search(r"Payé: [\d ]+ F", mine.say("1"))
    assert mine.say("4") == ONLY  # "Recevoir par SMS" acts
    mine.say("MENU")
    assert re.search(r"Votre part: [\d ]+ F|Pas encore de part|Aucun", mine.say("2"))
    mine.say("MENU")
    assert mine.say("6") == ONLY


def test_never_to_a_shared_phone(app: Flask) -> None:
    wants_amounts(app, SHARED)
    mine = phone(app, SHARED)
    mine.press("MENU", "2")
    assert mine.say("1") == ONLY
    mine.press("MENU", "2")
    assert mine.say("4").startswith("Pour une plainte par SMS")


def test_a_complaint_goes_by_its_word(app: Flask) -> None:
    mine = phone(app)
    mine.say("MENU")
    assert mine.say("4").startswith("Pour une plainte par SMS, envoyez PLAINTE et vos mots")
    assert mine.say("1").startswith("Noté. On vous rappelle.")
    with reading(service.of(app).engine) as db:
        assert db.execute(select(CallBack.topic)).scalar_one() == ""


@pytest.mark.parametrize("way", [("4",), ("1", "3"), ("3", "1", "7")])
def test_no_complaint_is_told_by_numbers_even_where_amounts_were_asked_for(app: Flask, way: tuple[str, ...]) -> None:
    wants_amounts(app, MARIAM)
    mine, before = phone(app, MARIAM), rows(app, Grievance)
    page = mine.press("MENU", *way, *(("1",) if way == ("1", "3") else ()))
    assert page.startswith("Pour une plainte par SMS, envoyez PLAINTE et vos mots")
    assert "*384*77#" in page
    assert rows(app, Grievance) == before


def test_no_secret_is_ever_asked_by_sms() -> None:
    root = Path(by_sms.__file__).parent
    asking = {path.stem for path in root.glob("*.py") if re.search(r"\bapart=", path.read_text())}
    assert asking
    assert not asking & (by_sms.OPEN | by_sms.ASKED)


def test_what_is_named_is_there() -> None:
    there = {each.name.partition(".")[0] for each in spots()}
    assert there >= by_sms.OPEN | by_sms.ASKED
    assert there >= by_sms.COMPLAINTS
    assert not by_sms.COMPLAINTS & (by_sms.OPEN | by_sms.ASKED)


@pytest.mark.parametrize("text", ["MENU", "menu", " Menu. ", "Bonjour, menu svp", "le menu", "MENU!"])
def test_the_word_is_known_in_many_spellings(text: str) -> None:
    assert by_sms.begins(text)


@pytest.mark.parametrize("text", ["", "1", "menuisier", "le menu du jour", "AIDE", "men u b"])
def test_other_words_are_not_it(text: str) -> None:
    assert not by_sms.begins(text)


def test_the_words_typed_are_kept_sealed_and_a_page_too(app: Flask) -> None:
    phone(app).press("MENU", "3")
    with reading(service.of(app).engine) as db:
        kept = [
            *db.execute(select(Inbound.words_sealed)).scalars(),
            *db.execute(select(Message.facts_sealed)).scalars(),
        ]
    assert len(kept) == 4
    assert not [each for each in kept if "MENU" in each or "Coop" in each]
