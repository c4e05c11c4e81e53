"""What is written out is read in again as it was, and no spreadsheet runs any of it."""

import csv
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ussd_app.registers.desk import HEADERS, Desk
from tests.ussd_app.registers.test_money import BOOKS
from ussd_app.registers import cells, sheets
from ussd_app.registers.formulas import armed, disarmed
from ussd_app.registers.problems import Wrong

MEETINGS = ("BAN,2026-12-12T09:00,=Hangar,ordinary,+a;@b", "KOG,2026-12-12T09:00:05,,training,")
RUN = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", " =1", "＝1", "＋1", "－1", "＠x")
STARTS = st.sampled_from(["", "'", "''", *RUN, "_x000D_", "_x005F_x000D_", "a\r\nb", "a\rb", 'a"b', "a,b;c"])
TEXTS = st.builds(str.__add__, STARTS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))


def _read(raw: str) -> str:
    return cells.text(cells.clean(armed(raw)))


def _can_be_read(raw: str) -> bool:
    try:
        return bool(_read(raw).strip())
    except Wrong:
        return False


NAMES = TEXTS.filter(_can_be_read).map(_read)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_read_into_empty_books_gives_the_same_export(
    either: Desk, new_desk: Callable[[], Desk], ending: str
) -> None:
    for noun, rows in {**BOOKS, "meetings": MEETINGS}.items():
        either.take(noun, *rows)
    other = new_desk()
    for noun in HEADERS:
        other.read(noun, either.export_file(noun, ending))
    for noun in HEADERS:
        assert other.export(noun) == either.export(noun)
        assert other.read(noun, either.export_file(noun, ending)).unchanged == len(either.export(noun)) > 0


@given(NAMES)
def test_a_disarmed_text_is_armed_again_exactly(name: str) -> None:
    assert armed(disarmed(name)) == name
    assert _read(disarmed(name)) == name


@given(st.text())
def test_no_disarmed_text_begins_like_a_formula(text: str) -> None:
    assert not disarmed(text).lstrip(" ").startswith(tuple("=+-@\t\r＝＋－＠"))


@pytest.mark.parametrize("run", RUN)
def test_a_text_that_would_run_is_disarmed(run: str) -> None:
    assert disarmed(run) == f"'{run}"


@pytest.mark.parametrize("text", ["Awa", "'Awa", "l'eau", "2026-01-01", "", "'", "a=b"])
def test_any_other_text_is_left_alone(text: str) -> None:
    assert disarmed(text) == armed(text) == text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(names=st.lists(NAMES, min_size=1, max_size=20))
def test_any_text_survives_a_file(tmp_path: Path, ending: str, names: list[str]) -> None:
    path = tmp_path / f"names.{ending}"
    header: list[sheets.Cell] = ["name", "end"]
    sheets.write(path, chain([header], ([disarmed(name), "."] for name in names)))
    with sheets.opened(path) as rows:
        assert [_read(name) for name, _end in rows] == ["name", *names]


def test_names_that_would_run_survive_two_exports(desk: Desk, new_desk: Callable[[], Desk]) -> None:
    path = desk.path()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADERS["members"].split(","))
        writer.writerows(["KOG", f"R{place}", name, "70000001", *[""] * 4] for place, name in enumerate(RUN))
    desk.read("members", path)
    exported, again = desk.export_file("members"), new_desk()
    again.read("cooperatives", desk.export_file("cooperatives"))
    again.read("members", exported)
    assert again.export_file("members").read_bytes() == exported.read_bytes()
    with exported.open(newline="", encoding="utf-8") as file:
        names = [row[2] for row in csv.reader(file) if row[1].startswith("R")]
    assert sorted(names) == sorted(f"'{name.strip(' ')}" for name in RUN)


def test_phones_are_exported_as_they_are_dialled(desk: Desk) -> None:
    desk.take("members", "KOG,20,+22370000001,70000001;70000002,,,,")
    assert "KOG,20,'+22370000001,+22370000001;+22370000002,fr,member,," in desk.export("members")
