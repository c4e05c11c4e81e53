"""Every screen there is: walked from each start, for each kind of caller, in each language, with the longest values.

The walk is what the tests hold the pages to, and what `flask flows` prints.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from flows import i18n
from flows.engine import Ask, Done, Menu, Place, UnknownPlace, Unreadable
from flows.engine.layout import laid_out, numbered
from flows.engine.places import START, Spot, spot, spots
from flows.home import DOORS
from flows.talk import Talk
from models import gsm
from ussd_app import longest, longest_meetings, longest_office, schema
from ussd_app.db import engine, transaction

# What is typed into every question: the first that can be read is used.
SLIPS = (longest_office.MEMBER, longest_office.PAID, longest_office.PHONE)
MEETING = (longest_meetings.MOMENT, longest_meetings.GROUP, longest_meetings.PLACE, longest_meetings.MESSAGE)
SAMPLES = ("12", "4826", "572946", "0312", *SLIPS, *MEETING, longest.WORDS)
VISITS = 40
WRITING = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
# The number of a case, which is another one at each walk.
DRAWN = re.compile(r"\b\d{6}\b")

_steps = count()


@dataclass(slots=True)
class Walk:
    """What was found: sheets by screen and language, the links between screens, and what should not be."""

    sheets: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    wrote: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    last: set[str] = field(default_factory=set)

    def septets(self, name: str, language: str) -> int:
        """The longest sheet of a screen in a language, "CON " included; 0 where it was not shown in it."""
        return max((gsm.septets("CON " + sheet) for sheet in self.sheets.get((name, language), ())), default=0)


@dataclass(slots=True)
class _Walker:
    """Follows every option and answers every question, as one caller in one language."""

    walk: Walk
    talk: Talk
    writes: Sequence[str]
    seen: set[str] = field(default_factory=set)
    visits: dict[str, int] = field(default_factory=dict)

    def go(self, starts: Sequence[Place]) -> None:
        ahead = deque(starts)
        while ahead:
            place = ahead.popleft()
            mark = f"{place.name} {sorted(place.given.items(), key=str)}"
            if mark in self.seen or self.visits.get(place.name, 0) >= VISITS:
                continue
            self.seen.add(mark)
            self.visits[place.name] = self.visits.get(place.name, 0) + 1
            ahead.extend(self._visit(place))

    def _visit(self, place: Place) -> Iterator[Place]:
        place = DOORS.home if place == START else place
        there = spot(place)
        self.walk.reached.add(there.name)
        try:
            elsewhere = there.needs(self.talk, place) if there.needs else None
        except UnknownPlace:
            return
        if elsewhere is not None:
            yield self._linked(there, "", elsewhere)
        elif there.acts:
            yield self._linked(there, "", self._act(there, place))
        else:
            yield from self._look(there, place)

    def _act(self, there: Spot, place: Place) -> Place:
        self.talk.key = f"walk:{next(_steps)}"
        spoken = self.talk.language
        onward: Place = there.visit(self.talk, place)
        self.talk.language = spoken
        return onward

    def _look(self, there: Spot, place: Place) -> Iterator[Place]:
        before = len(self.writes)
        page, language = i18n.whole(there.name, self.talk.language, lambda: there.visit(self.talk, place))
        if len(self.writes) > before:
            self.walk.wrote.add(there.name)
        self._measure(there, page, language)
        if isinstance(page, Done):
            self.walk.last.add(there.name)
        if isinstance(page, Menu):
            for number, option in numbered(page.options):
                yield self._linked(there, f"{number} {option.label}", option.place)
        elif isinstance(page, Ask):
            yield from self._answered(there, page)

    def _measure(self, there: Spot, page: Any, language: str) -> None:
        options = list(numbered(page.options)) if isinstance(page, Menu) else []
        if not (page.prompt if isinstance(page, Ask) else page.text).strip():
            self.walk.empty.add(there.name)
        with i18n.speaking(language):
            at_home = DOORS.outermost(Place(there.name, {}))
            above = "" if isinstance(page, Done) else longest.NOTICE
            for notice in ("", above):
                laid = laid_out(page, options, notice, at_home=at_home, deep=not at_home)
                self.walk.sheets.setdefault((there.name, language), []).extend(laid)

    def _answered(self, there: Spot, page: Ask[Any]) -> Iterator[Place]:
        for answer in self._answers(page):
            yield self._linked(there, "", page.then(answer))

    def _answers(self, page: Ask[Any]) -> Iterator[object]:
        for sample in SAMPLES:
            try:
                if page.apart is not None:
                    found = page.apart(sample)()
                    yield from (found, not found) if isinstance(found, bool) else (found,)
                elif page.read is not None:
                    yield page.read(sample)
            except Unreadable:
                continue

    def _linked(self, here: Spot, label: str, there: Place) -> Place:
        self.walk.links.setdefault((here.name, there.name or DOORS.home.name), label)
        return there


def walked(languages: Sequence[str] = i18n.SPOKEN, walk: Walk | None = None) -> Walk:
    """Walk every screen over a database of the longest values, made for it and thrown away. A walk can be gone on."""
    walk = walk or Walk()
    for language in languages:
        with TemporaryDirectory() as folder:
            made = engine(f"sqlite:///{Path(folder) / 'walk.sqlite3'}")
            schema.upgrade(made)
            with transaction(made) as db:
                writes = _watch(db)
                for talk, starts in longest.callers(db, language):
                    _Walker(walk, talk, writes).go(starts)
            made.dispose()
    return walk


def _watch(db: Connection) -> list[str]:
    """Note every statement that writes."""
    writes: list[str] = []

    def note(statement: str) -> None:
        if WRITING.search(statement):
            writes.append(statement.split()[0])

    driver: Any = db.connection.driver_connection
    driver.set_trace_callback(note)
    return writes


def registered() -> Iterator[Spot]:
    """The screens and actions of the service."""
    return (each for each in spots() if each.function.__module__.startswith("flows."))


def table(walk: Walk) -> str:
    """Every screen with the septets of its longest sheet in each language."""
    names = sorted({name for name, _language in walk.sheets})
    lines = ["screen".ljust(28) + "".join(language.rjust(6) for language in i18n.SPOKEN)]
    lines += [
        name.ljust(28) + "".join(str(walk.septets(name, each)).rjust(6) for each in i18n.SPOKEN) for name in names
    ]
    return "\n".join(lines) + "\n"


def graph(walk: Walk) -> str:
    """The menu as a Mermaid graph: screens are boxes, actions are rounded, links carry what is pressed."""
    lines = ["graph LR", *(f"    {_id(each.name)}{_box(each)}" for each in registered())]
    for (here, there), label in sorted(walk.links.items()):
        arrow = f'-->|"{DRAWN.sub("123456", label).replace(chr(34), chr(39))}"|' if label else "-->"
        lines.append(f"    {_id(here)} {arrow} {_id(there)}")
    return "\n".join(lines) + "\n"


def _box(each: Spot) -> str:
    return f'(["{each.name}"])' if each.acts else f'["{each.name}"]'


def _id(name: str) -> str:
    return name.replace(".", "_")
