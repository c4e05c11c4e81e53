"""Who may import what: wsgi, then ussd_app, then flows, then models; and one door for each library."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("wsgi", "ussd_app", "flows", "models")
# Each library and the only files (or folder) that may import it.
DOORS: dict[str, str | tuple[str, ...]] = {
    "flask": "ussd_app/",
    "redis": "ussd_app/memory.py",
    "apscheduler": "ussd_app/jobs.py",
    "africastalking": "ussd_app/gateways/africastalking.py",
    "dateutil": "models/cadence.py",
    "fpdf": "ussd_app/paper.py",
    "requests": "ussd_app/gateways/wire.py",
    "os": ("ussd_app/config.py", "ussd_app/failpoints.py"),
}


def sources() -> list[Path]:
    return [ROOT / "wsgi.py", *(path for layer in LAYERS[1:] for path in sorted((ROOT / layer).rglob("*.py")))]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file, the file itself first."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def imported(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    layer = LAYERS.index(name_of(path).split("/")[0].removesuffix(".py"))
    above = {each for each in imported(path) if each.split(".")[0] in LAYERS[:layer]}
    assert above == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_each_library_has_one_door(path: Path) -> None:
    used = {each.split(".")[0] for each in imported(path)} & DOORS.keys()
    assert {library for library in used if not name_of(path).startswith(DOORS[library])} == set()


@pytest.mark.parametrize("path", sorted((ROOT / "flows" / "engine").glob("*.py")), ids=name_of)
def test_the_notation_knows_nothing_of_cooperatives(path: Path) -> None:
    ours = {each for each in imported(path) if each.split(".")[0] in LAYERS}
    assert {each for each in ours if not each.startswith(("flows.engine", "flows.i18n", "models.gsm"))} == set()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_only_one_function_commits(path: Path) -> None:
    commits = [
        node
        for node in nodes(path)
        if (isinstance(node, ast.Attribute) and (node.attr == "commit" or _begins(node))) or _is_commit(node)
    ]
    # In db.py: the commit, where SQLAlchemy knows of the transaction and where it does not.
    assert len(commits) == (2 if name_of(path) == "ussd_app/db.py" else 0)


def _is_commit(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip("; ").upper() == "COMMIT"


def _begins(node: ast.Attribute) -> bool:
    return node.attr == "begin" and isinstance(node.value, ast.Name) and node.value.id in ("db", "engine", "made")


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_every_file_says_what_is_in_it(path: Path) -> None:
    (module,) = (node for node in nodes(path) if isinstance(node, ast.Module))
    assert ast.get_docstring(module)


def test_the_check_of_layers_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("from ussd_app import config\nimport flask.cli\n")
    assert list(imported(wrong)) == ["ussd_app.config", "flask.cli"]
