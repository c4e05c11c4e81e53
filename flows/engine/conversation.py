"""One turn of a talk: a transcript comes in, a page goes out, and nothing is done twice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flows import i18n
from flows.engine import sentences
from flows.engine.layout import laid_out, numbered
from flows.engine.memory import Conversation, Reply
from flows.engine.pages import BACK, CALL_ME, HOME, MORE, Ask, Menu, Unreadable
from flows.engine.places import START, Place, UnknownPlace, spot
from flows.engine.talking import Apart, Doors, Postponed, Talking, Told
from models import gsm

PATIENCE = 3
DETOURS = 8
HOPS = 120


@dataclass(slots=True)
class Turn:
    """One press of one conversation.

    `digest` keeps a transcript without its words; `recall` finds the answer of a press that changed something, where
    the memory of the conversation may have been lost; `changing` is called before anything is changed; `late` says that
    no network holds a session for so long; `acted` says afterwards whether anything was changed.
    """

    memory: Conversation
    talk: Talking
    doors: Doors
    digest: Callable[[str], str]
    recall: Callable[[], Reply | None] = lambda: None
    changing: Callable[[], None] = lambda: None
    late: bool = False
    acted: bool = False
    settled: Place | None = None

    def hear(self, heard: str, text: str) -> Reply | Apart:
        """Answer the transcript of a session as it stands now; `heard` is its digest."""
        length = self.memory.length
        typed = text[length:].removeprefix("*") if length else text
        return self._hear(heard, typed, len(text), self.memory.continues(text, self.digest))

    def hear_step(self, heard: str, typed: str, begins: bool) -> Reply | Apart:
        """Answer a press that is known by its name in the session (`heard`), where the transcript is not told.

        What would go on in a session that nobody remembers is not guessed at.
        """
        return self._hear(heard, typed, 0, begins or self.memory.heard is not None or self.recall() is not None)

    def _hear(self, heard: str, typed: str, length: int, goes_on: bool) -> Reply | Apart:
        memory = self.memory
        if (known := memory.answers.get(heard)) is not None:
            return Reply.restored(known)
        if self.late or memory.over or not goes_on or memory.position >= HOPS:
            forgotten = not goes_on and memory.heard is None and _letters([typed])
            return self._say(sentences.words_lost_and_over if forgotten else sentences.ended)
        try:
            reply = self._start(typed) if memory.heard is None else self._press(typed)
        except Told as told:
            reply = memory.say_again(told.reply, self.doors.home)
        except Postponed as postponed:
            return Apart(postponed.work)
        memory.heard, memory.length = heard, length
        memory.position += 1
        if reply.over:
            memory.close()
        memory.answers[heard] = reply.stored()
        return reply

    def _start(self, text: str) -> Reply:
        if text and (told := self.recall()) is not None:
            raise Told(told)
        reply = self._arrive(self.doors.home if text else self.doors.first)
        parts = text.split("*") if text else []
        for at, typed in enumerate(parts):
            if (step := self._dialled(typed)) is None:
                # Nobody dials letters: a conversation is forgotten in which words were typed. A question asks again.
                forgotten = _letters(parts[at:]) and not self.memory.asks
                here = self.memory.place or self.doors.home
                return self._arrive(here, sentences.words_lost) if forgotten else reply
            reply = step
        return reply

    def _dialled(self, typed: str) -> Reply | None:
        """One part of a dialled string: the page it leads to, or None where dialling must stop."""
        here = self.memory.place
        if here is None or not spot(here).deep:
            return None
        if self.memory.asks:
            return self._dialled_answer(here, typed)
        if (place := self.memory.links.get(typed)) is None:
            return self._key(typed, frozenset({BACK, HOME, MORE}))
        return self._dialled_on(place)

    def _dialled_answer(self, here: Place, typed: str) -> Reply | None:
        question = self._question(here)
        if question is None or question.shallow or question.read is None:
            return None
        try:
            place = question.then(question.read(typed))
        except Unreadable:
            return None
        return self._dialled_on(place)

    def _dialled_on(self, place: Place) -> Reply | None:
        return None if spot(place).acts or place.module in self.doors.undialled else self._forward(place)

    def _press(self, typed: str) -> Reply:
        here = self.memory.place or self.doors.home
        if self.settled is not None:
            self.acted = True
            return self._forward(self.settled)
        if self.memory.last:
            return self.memory.turn(typed) or self.memory.sheet_shown()
        try:
            question = self._question(here) if self.memory.asks else None
        except UnknownPlace:
            return self._lost(here, typed if self.memory.free else "")
        if question is not None:
            return self._key(typed, question.keys) or self._answer(here, question, typed)
        if (place := self.memory.links.get(typed)) is not None:
            return self._mistaken(here, sentences.read_on) if self.memory.unread() else self._forward(place)
        return self._key(typed, frozenset({BACK, HOME, MORE, CALL_ME})) or self._mistaken(
            here, sentences.choose_a_number
        )

    def _question(self, here: Place) -> Ask[Any] | None:
        """The question that was asked here. Screens change nothing, so it is asked of them again."""
        if spot(here).acts:
            raise UnknownPlace(here.name)
        page, _language = i18n.whole(here.name, self.talk.language, lambda: spot(here).visit(self.talk, here))
        return page if isinstance(page, Ask) else None

    def _key(self, typed: str, live: frozenset[str]) -> Reply | None:
        """What a reserved key does, or None when the press was not one."""
        if typed not in live:
            return None
        if typed == HOME:
            return self._go_home()
        if typed == CALL_ME:
            return self._arrive(self.doors.call_me(self.memory.place or self.doors.home))
        return self.memory.turn(typed) or (self._back() if typed == BACK else None)

    def _back(self) -> Reply:
        return self._arrive(self.memory.trail.pop()) if self.memory.trail else self._go_home()

    def _go_home(self) -> Reply:
        self.memory.trail.clear()
        return self._arrive(self.doors.home)

    def _forward(self, place: Place) -> Reply:
        if self.memory.place is not None:
            self.memory.trail.append(self.memory.place)
        self.memory.mistakes = 0
        if self.memory.known.resume_who in (None, self.memory.known.who):
            self.memory.known.resume = None
        return self._arrive(place)

    def _answer(self, here: Place, question: Ask[Any], typed: str) -> Reply:
        try:
            with i18n.speaking(self.talk.language):
                place = self._read(question, typed)
        except Unreadable as mistake:
            sentence = str(mistake)
            return self._mistaken(here, lambda: sentence)
        return self._forward(place)

    def _read(self, question: Ask[Any], typed: str) -> Place:
        if question.apart is None:
            assert question.read is not None  # noqa: S101 - a question has one of the two readers
            return question.then(question.read(typed))
        if (told := self.recall()) is not None:
            raise Told(told)
        self.changing()
        work = question.apart(typed)
        raise Postponed(lambda: question.then(work()))

    def _mistaken(self, here: Place, notice: Callable[[], str]) -> Reply:
        self.memory.mistakes += 1
        if self.memory.mistakes >= PATIENCE:
            self.memory.mistakes = 0
            return self._forward(self.doors.help(here))
        return self._arrive(here, notice)

    def _lost(self, place: Place, typed: str = "") -> Reply:
        """The place is no more: say so, keep what the member had typed, and start again."""
        known = self.memory.known
        words = typed or str(place.given.get("words") or "")
        if words:
            known.draft, known.draft_who = words, known.who
        self.memory.trail.clear()
        return self._arrive(self.doors.home, sentences.has_changed)

    def _arrive(self, place: Place, notice: Callable[[], str] | None = None) -> Reply:
        """Go to a place, by way of whatever it needs first and through the actions it leads to, and show the page."""
        for _detour in range(DETOURS):
            try:
                there = spot(place)
                elsewhere = self.doors.gate(self.talk, place) if self.doors.gate else None
                if elsewhere is None and there.needs:
                    elsewhere = there.needs(self.talk, place)
                if elsewhere is None and not there.acts:
                    return self._show(place, notice)
                place = elsewhere or self._act(place)
                place = self.doors.home if place == START else place
            except UnknownPlace:
                if place.name == self.doors.home.name:
                    raise
                return self._lost(place)
        raise RecursionError(f"{place.name} leads round in a circle")

    def _act(self, place: Place) -> Place:
        if not self.acted and (told := self.recall()) is not None:
            raise Told(told)
        self.changing()
        self.acted = True
        self.memory.trail.clear()
        onward: Place = spot(place).visit(self.talk, place)
        return onward

    def _show(self, place: Place, notice: Callable[[], str] | None) -> Reply:
        (page, above), language = i18n.whole(
            place.name,
            self.talk.language,
            lambda: (spot(place).visit(self.talk, place), notice() if notice else ""),
        )
        options = list(numbered(page.options)) if isinstance(page, Menu) else []
        with i18n.speaking(language):
            at_home = self.doors.outermost(place)
            sheets = laid_out(page, options, above, at_home=at_home, deep=bool(self.memory.trail))
        return self.memory.show(place, page, options, sheets)

    def _say(self, sentence: Callable[[], str]) -> Reply:
        """A last sentence that changes nothing and is not remembered."""
        with i18n.speaking(self.talk.language):
            return Reply(gsm.to_gsm7(sentence(), self.talk.language).text, over=True)


def _letters(parts: Iterable[str]) -> bool:
    return any(char.isalpha() for each in parts for char in each)
