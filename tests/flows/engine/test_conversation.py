"""One turn of a talk, on a small market of screens made for these tests."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from flows.engine import START, Ask, Done, Menu, Option, Place, UnknownPlace, Unreadable, action, screen, to
from flows.engine.conversation import HOPS, Turn
from flows.engine.memory import Conversation, Known, Reply
from flows.engine.talking import Apart, Doors


@dataclass
class Stall:
    """The talk of these tests: a list of what was done, and a list of goods that may change."""

    language: str = "fr"
    known: Known = field(default_factory=Known)
    bought: list[str] = field(default_factory=list)
    goods: list[str] = field(default_factory=lambda: ["mangue", "mil"])
    trusted: bool = True


def trusted(talk: Stall, place: Place) -> Place | None:
    return None if talk.trusted else to(shut)


@screen
def market(talk: Stall) -> Menu:
    goods = [Option(each, to(buy, each)) for each in talk.goods]
    extra = [Option("Quantité", to(quantity)), Option("Code", to(code)), Option("Mot", to(word))]
    return Menu("Marché", [*goods, *extra, Option("Réserve", to(back_room)), Option("Long", to(long_list))])


@action
def buy(talk: Stall, what: str) -> Place:
    talk.bought.append(what)
    return to(thanks)


@screen
def thanks(talk: Stall) -> Menu:
    return Menu("Merci", [Option("Encore", START)])


def _whole(typed: str) -> int:
    if not typed.isdigit():
        raise Unreadable("Un nombre.")
    return int(typed)


@screen
def quantity(talk: Stall) -> Ask[int]:
    return Ask("Combien ?", read=_whole, then=lambda many: to(sure, many), keys=frozenset({"0", "00"}))


@screen
def sure(talk: Stall, many: int) -> Menu:
    return Menu(f"{many} ?", [Option("Oui", to(buy, str(many)))])


@screen
def code(talk: Stall) -> Ask[bool]:
    return Ask("Code ?", apart=lambda typed: lambda: typed == "2741", then=lambda right: to(buy, f"code {right}"))


@screen
def word(talk: Stall) -> Ask[str]:
    return Ask("Un mot ?", read=str, then=lambda words: to(say, words), free=True)


@screen
def say(talk: Stall, words: str) -> Done:
    return Done(f"Dit : {words}")


@screen(needs=trusted)
def back_room(talk: Stall) -> Menu:
    return Menu("Réserve", [Option("Or", to(buy, "or"))])


@screen
def shut(talk: Stall) -> Done:
    return Done("Fermé")


@screen
def long_list(talk: Stall) -> Menu:
    return Menu("Liste", [Option(f"Chose numéro {number} bien longue", to(say, str(number))) for number in range(12)])


@action
def call(talk: Stall) -> Place:
    talk.bought.append("appel")
    return to(shut)


@screen
def aid(talk: Stall, onward: Place) -> Menu:
    return Menu("Aide", [Option("Reprendre", onward)])


DOORS = Doors(home=to(market), first=to(market), call_me=lambda here: to(call), help=lambda here: to(aid, here))


def digest(heard: str) -> str:
    return sha256(heard.encode()).hexdigest()


class Handset:
    """Presses on the market; the memory is stored and loaded at each press, as between two requests."""

    def __init__(self, talk: Stall | None = None) -> None:
        self.talk = talk or Stall()
        self.stored = Conversation("s", "+22370000001").dump()
        self.text = ""
        self.acted = False

    def hear(self, text: str, recall: Any = lambda: None) -> Reply:
        settled: Place | None = None
        while True:
            memory = Conversation.load(self.stored)
            self.talk.known = memory.known
            turn = Turn(memory, self.talk, DOORS, digest, recall, settled=settled)
            reply = turn.hear(digest(text), text)
            if isinstance(reply, Apart):
                settled = reply.work()
                continue
            self.stored, self.text, self.acted = memory.dump(), text, turn.acted
            return reply

    def press(self, *typed: str) -> str:
        page = ""
        for each in typed:
            page = self.hear(f"{self.text}*{each}" if self.text else each).text
        return page

    def dial(self, extension: str = "") -> str:
        return self.hear(extension).text


@pytest.fixture
def handset() -> Handset:
    made = Handset()
    made.dial()
    return made


def test_a_number_leads_where_it_says(handset: Handset) -> None:
    assert handset.press("3").startswith("Combien ?")


def test_the_same_text_gets_the_same_answer_and_does_nothing_again(handset: Handset) -> None:
    first = handset.hear("1")
    assert [handset.hear("1"), handset.hear("1")] == [first, first]
    assert handset.talk.bought == ["mangue"]


def test_a_text_heard_long_before_gets_its_answer_again(handset: Handset) -> None:
    asked = handset.hear("3")
    handset.press("5", "0", "0")
    assert handset.hear("3") == asked


def test_stars_in_an_answer_belong_to_it(handset: Handset) -> None:
    assert handset.press("5", "deux*trois**") == "Dit : deux*trois**"


def test_a_leading_star_is_what_was_typed_and_no_number(handset: Handset) -> None:
    assert handset.hear("*1").text.startswith("Choisissez un numéro.")


def test_an_empty_answer_is_an_answer(handset: Handset) -> None:
    handset.press("3")
    assert handset.press("").startswith("Un nombre.\nCombien ?")


@pytest.mark.parametrize("text", ["2", "12", "", "1*", "2*1"])
def test_a_text_that_does_not_go_on_ends_without_effect(handset: Handset, text: str) -> None:
    handset.press("3", "1")
    memory = Conversation.load(handset.stored)
    memory.answers.clear()
    handset.stored = before = memory.dump()
    assert handset.hear(text) == Reply("Cette session est finie. Refaites le numéro.", over=True)
    assert (handset.stored, handset.talk.bought) == (before, [])


def test_a_number_means_what_was_shown_even_when_the_list_has_changed(handset: Handset) -> None:
    handset.talk.goods = ["sel", "mangue", "mil"]
    handset.press("2")
    assert handset.talk.bought == ["mil"]


def test_a_wrong_number_shows_the_page_again_with_what_its_numbers_mean_now(handset: Handset) -> None:
    handset.talk.goods = ["sel"]
    assert handset.press("77").startswith("Choisissez un numéro.\nMarché\n1 sel")
    handset.press("1")
    assert handset.talk.bought == ["sel"]


def test_three_mistakes_lead_to_help_and_back(handset: Handset) -> None:
    handset.press("3")
    assert handset.press("x", "y", "z").startswith("Aide")
    assert handset.press("1").startswith("Combien ?")


def test_zero_goes_back_and_two_zeros_go_home(handset: Handset) -> None:
    handset.press("3", "4")
    assert handset.press("0").startswith("Combien ?")
    assert handset.press("00").startswith("Marché")


def test_after_an_action_there_is_no_way_back_to_it(handset: Handset) -> None:
    handset.press("3", "4", "1")
    assert handset.press("0").startswith("Marché")
    assert handset.talk.bought == ["4"]


def test_eight_asks_to_be_called_where_it_is_no_answer(handset: Handset) -> None:
    assert handset.press("8") == "Fermé"
    assert handset.talk.bought == ["appel"]


def test_where_eight_and_nine_are_answers_they_are_taken(handset: Handset) -> None:
    assert handset.press("3", "8").startswith("8 ?")


def test_nine_shows_more_and_zero_the_sheet_before(handset: Handset) -> None:
    first = handset.press("7")
    second = handset.press("9")
    assert "9 Suite" in first
    assert second != first
    assert handset.press("0") == first


def test_an_option_of_the_first_sheet_works_on_the_second(handset: Handset) -> None:
    handset.press("7", "9")
    assert handset.press("1") == "Dit : 0"


def test_what_takes_long_is_worked_out_between_two_turns(handset: Handset) -> None:
    handset.press("4", "2741")
    assert handset.talk.bought == ["code True"]
    assert "2741" not in handset.stored


def test_needs_are_asked_at_each_visit(handset: Handset) -> None:
    assert handset.press("6").startswith("Réserve")
    handset.press("0")
    handset.talk.trusted = False
    assert handset.press("6") == "Fermé"


def test_a_dialled_string_is_followed_through_screens_and_answers() -> None:
    assert Handset().dial("3*5").startswith("5 ?")


@pytest.mark.parametrize(
    ("dialled", "page"), [("4*2741", "Code ?"), ("5*bonjour", "Un mot ?"), ("1", "Marché"), ("3*5*1", "5 ?")]
)
def test_a_dialled_string_stops_before_codes_words_and_actions(dialled: str, page: str) -> None:
    handset = Handset()
    assert handset.dial(dialled).startswith(page)
    assert handset.talk.bought == []


def test_after_a_dialled_string_presses_go_on_from_it() -> None:
    handset = Handset()
    handset.dial("3*5*1")
    handset.press("1")
    assert handset.talk.bought == ["5"]


def test_a_place_that_is_no_more_leads_home_and_keeps_the_words(handset: Handset) -> None:
    memory = Conversation.load(handset.stored)
    memory.links["1"] = Place("market.gone", {"words": "il pleut dans le puits"})
    handset.stored = memory.dump()
    assert handset.press("1").startswith("Le service a changé. Recommencez.\nMarché")
    assert handset.talk.known.draft == "il pleut dans le puits"


@pytest.mark.parametrize("given", [{"many": "cinq"}, {"many": True}, {"many": 1, "more": 2}, {}])
def test_a_place_that_no_longer_takes_its_values_leads_home(handset: Handset, given: dict[str, Any]) -> None:
    memory = Conversation.load(handset.stored)
    memory.links["1"] = Place("test_conversation.sure", given)
    handset.stored = memory.dump()
    assert handset.press("1").startswith("Le service a changé.")


def test_an_answer_kept_elsewhere_is_told_and_nothing_is_done(handset: Handset) -> None:
    told = handset.hear("1", recall=lambda: Reply("Merci, déjà.", over=False))
    assert (told.text, handset.talk.bought) == ("Merci, déjà.", [])
    assert handset.press("x").startswith("Choisissez un numéro.\nMarché")


def test_a_session_has_an_end(handset: Handset) -> None:
    for _ in range(HOPS - 1):
        handset.press("00")
    assert handset.press("00") == "Cette session est finie. Refaites le numéro."


def test_an_ended_session_says_its_end_again_and_nothing_more(handset: Handset) -> None:
    end = handset.press("5", "fin")
    assert handset.hear(handset.text).text == end
    assert handset.press("1") == "Cette session est finie. Refaites le numéro."


def test_home_must_exist() -> None:
    memory = Conversation("s", "+22370000001")
    nowhere = Place("nowhere.home", {})
    doors = Doors(nowhere, nowhere, DOORS.call_me, DOORS.help)
    with pytest.raises(UnknownPlace):
        Turn(memory, Stall(), doors, str).hear("", "")
