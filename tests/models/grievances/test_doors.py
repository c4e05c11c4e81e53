"""There is one way to a case: nobody but the package touches its tables, and there who acts goes through `sight`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_layers import ROOT, imported, name_of, nodes, sources

PACKAGE = ROOT / "models" / "grievances"
INSIDE = sorted(PACKAGE.glob("*.py"))
OUTSIDE = [path for path in sources() if PACKAGE not in path.parents and "migrations" not in path.parts]
TABLES = ("models.grievances.tables", "models.grievances.settings", "models.grievances.linked.CaseLink")
# Each of them asks `visible_to` before anything else.
DOORS = {"visible_to", "seen", "held", "_check", "acting", "handling", "_case", "_watched", "newest", "one", "note_all"}
# These look at the hand alone, and at no case: `ask` takes a number down and does not look whether there is one, and
# what is published is the same for everybody, whoever publishes it.
BARE = {
    "ask",
    "by",
    "_whole",
    "_given_up",
    "_late",
    "_threat",
    "_reading",
    "_lost",
    "_touched",
    "read_below",
    "_line",
    "publish",
    "_publish",
}


def touched(path: Path) -> set[str]:
    """The tables of cases that a file imports, or names in words of SQL."""
    found = {each for each in imported(path) if each.startswith(TABLES)}
    words = [node.value for node in nodes(path) if isinstance(node, ast.Constant)]
    named = ("FROM grievances", "FROM case_", "JOIN grievances", "INTO grievances", "UPDATE grievances")
    return found | {each for each in named if any(isinstance(text, str) and each in text for text in words)}


@pytest.mark.parametrize("path", OUTSIDE, ids=name_of)
def test_nobody_else_touches_the_tables_of_cases(path: Path) -> None:
    assert touched(path) == set()


def test_the_check_of_tables_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text('from models.grievances.tables import Grievance\nx = "SELECT * FROM grievances"\n')
    assert len(touched(wrong)) == 2


def acts(path: Path) -> Iterator[tuple[str, set[str]]]:
    """The functions that take a hand, and what each of them calls."""
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef) and any(each.arg == "hand" for each in node.args.args):
            if any(each.arg == "held" for each in node.args.args):
                continue  # it was given a case that was looked at before
            calls = {each.func for each in ast.walk(node) if isinstance(each, ast.Call)}
            names = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in calls}
            yield node.name, names


@pytest.mark.parametrize("path", INSIDE, ids=name_of)
def test_whoever_acts_on_a_case_must_be_able_to_see_it(path: Path) -> None:
    assert [name for name, calls in acts(path) if name not in BARE | {"visible_to"} and not calls & DOORS] == []


def test_there_are_acts() -> None:
    assert sum(len(list(acts(path))) for path in INSIDE) > 30
