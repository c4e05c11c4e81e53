"""Every screen, in every language, with the longest values: it fits, it leads somewhere, and it changes nothing."""

from collections.abc import Iterator
from itertools import islice

import pytest
from flask import Flask

from flows import i18n
from flows.engine import START, Menu, Option, places, screen
from flows.talk import Talk
from models import gsm
from tests.ussd_app.test_commands import run
from ussd_app import longest, screens
from ussd_app.config import ROOT

KINDS = ["sqlite"]


@pytest.fixture(scope="module")
def french() -> screens.Walk:
    i18n.load(ROOT / "locales")
    return screens.walked((i18n.SOURCE,))


@pytest.fixture(scope="module")
def menu(french: screens.Walk) -> str:
    return screens.graph(french)


@pytest.fixture(scope="module")
def walk(french: screens.Walk, menu: str) -> screens.Walk:
    return screens.walked([each for each in i18n.SPOKEN if each != i18n.SOURCE], french)


def test_every_screen_and_action_is_reached(walk: screens.Walk) -> None:
    assert {each.name for each in screens.registered()} - walk.reached == set()


@pytest.mark.parametrize("language", i18n.SPOKEN)
def test_every_screen_is_shown_in_every_language(walk: screens.Walk, language: str) -> None:
    shown = {name for name, spoken in walk.sheets if spoken == language}
    assert {each.name for each in screens.registered() if not each.acts} - shown == set()


def test_every_sheet_fits_160_septets(walk: screens.Walk) -> None:
    long = {(name, gsm.septets("CON " + sheet)) for (name, _), sheets in walk.sheets.items() for sheet in sheets}
    assert {each for each in long if each[1] > 160} == set()


def test_no_letter_is_unknown_to_the_phone(walk: screens.Walk) -> None:
    assert {name for (name, _), sheets in walk.sheets.items() for sheet in sheets if not gsm.is_gsm7(sheet)} == set()


def test_no_page_is_empty_and_no_screen_writes(walk: screens.Walk) -> None:
    assert (walk.empty, walk.wrote) == (set(), set())


# Pages that are there to be read: the way on is a reserved key, which their foot shows.
READ_ONLY = {
    "account.phones",
    "meeting.agenda",
    "meeting.decisions",
    "meeting.notice",
    "late.listed",
    "watch.late",
    "case.show",
    "surplus.rounding",
    "audit_fund.rounding",
    "rule.show",
    "figures.home",
}


def test_every_menu_leads_somewhere_or_is_there_to_be_read(walk: screens.Walk) -> None:
    leading = {here for here, _there in walk.links}
    mute = {name for name, _language in walk.sheets if name not in leading and not _last_words(walk, name)}
    assert mute - READ_ONLY == set()


def _last_words(walk: screens.Walk, name: str) -> bool:
    return name in walk.last


def test_the_walk_finds_a_screen_that_cannot_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.engine.paging.ROOM", 400)
    callers = longest.callers
    monkeypatch.setattr("ussd_app.longest.callers", lambda db, spoken: islice(callers(db, spoken), 6))
    too_long = screens.walked(("fr",))
    assert any(gsm.septets("CON " + sheet) > 160 for sheets in too_long.sheets.values() for sheet in sheets)


def test_the_walk_finds_a_screen_that_writes_and_one_that_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    from models import callers

    @screen
    def bad(talk: Talk) -> Menu:
        callers.choose_language(talk.db, talk.phone, "fr", talk.now)
        return Menu(" ", [Option("", START)])

    monkeypatch.setattr("ussd_app.longest.callers", lambda db, spoken: _at(db, spoken, places.to(bad)))
    try:
        walk = screens.walked(("fr",))
    finally:
        del places._spots["test_walk.bad"]
    assert (walk.wrote, walk.empty) == ({"test_walk.bad"}, {"test_walk.bad"})


def _at(db: object, spoken: str, place: places.Place) -> Iterator[tuple[Talk, list[places.Place]]]:
    longest._fill(db, spoken)  # type: ignore[arg-type]
    yield longest._talk(db, longest.ALONE, places_known(), spoken), [place]  # type: ignore[arg-type]


def places_known() -> object:
    from flows.engine.memory import Known

    return Known()


def test_the_command_lists_every_screen_with_its_size(
    walk: screens.Walk, menu: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ussd_app.screens.walked", lambda languages: walk)  # it was walked a moment ago
    code, said = run(app, "flows")
    rows = [line.split() for line in said.splitlines()]
    assert (code, rows[0], len(rows)) == (0, ["screen", *i18n.SPOKEN], 1 + len({name for name, _ in walk.sheets}))
    assert all(0 < int(size) <= 160 for _name, *sizes in rows[1:] for size in sizes)
    assert run(app, "flows", "--menu")[1].startswith("graph LR\n")


def test_the_menu_in_the_documents_is_the_one_of_the_program(menu: str) -> None:
    assert menu in (ROOT / "docs" / "menu.md").read_text()
