"""What the documents say is there, and what is there the documents say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command, Group
from flask import Flask

from ussd_app.config import Config

KINDS = ["sqlite"]
ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FOLDERS = (
    "ussd_app",
    "ussd_app/gateways",
    "flows",
    "flows/engine",
    "models",
    "models/grievances",
    "locales",
    "tests",
    "docs",
)
ACCOUNTS = {
    "AFRICASTALKING_USERNAME": "sandbox",
    "AFRICASTALKING_API_KEY": "key",
    "KANNEL_URL": "http://127.0.0.1:9",
    "KANNEL_USERNAME": "us",
    "KANNEL_PASSWORD": "word",
    "ORANGE_CLIENT_ID": "us",
    "ORANGE_CLIENT_SECRET": "word",
    "ORANGE_SENDER": "+22320000000",
}


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, *settings: dict[str, str]) -> None:
        self.names: set[str] = set()
        super().__init__({name: value for some in settings for name, value in some.items()})

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


def commands(group: Group, said: str = "") -> Iterator[str]:
    """Every command one can give, with the groups it stands in."""
    for name, command in group.commands.items():
        if isinstance(command, Group):
            yield from commands(command, f"{said}{name} ")
        elif isinstance(command, Command):
            yield f"{said}{name}"


def listed(page: str) -> set[str]:
    """The commands of a page: `dues plans COOP` · `plan COOP FILE` are both of dues."""
    found = set()
    for row in re.findall(r"^\| (`.*?) \| ", page, re.MULTILINE):
        group = ""
        for words in (said.split() for said in re.findall(r"`(.*?)`", row.replace("\\|", "/"))):
            found |= {words[0], " ".join(words[:2]), f"{group} {words[0]}"}
            group = group or words[0]
    return found


def test_every_command_of_ours_is_listed(app: Flask) -> None:
    unsaid = {"run", "shell", "routes", "closing month"}  # of Flask; and what `closing COOP` does
    ours = set(commands(app.cli)) - unsaid
    assert ours - listed((ROOT / "docs" / "commands.md").read_text()) == set()


@pytest.mark.parametrize("gateway", ["africastalking", "kannel", "orange"])
def test_every_setting_is_explained(gateway: str) -> None:
    asked = Asked({"APP_MODE": "test", "GATEWAY": gateway}, ACCOUNTS)
    Config.read(asked)
    assert len(asked.names) > 15
    readme = (ROOT / "README.md").read_text() + (ROOT / "docs" / "failpoints.md").read_text()
    assert {name for name in asked.names if f"`{name}" not in readme} == set()


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text()
    files = re.findall(r"`([a-z_0-9/]+\.(?:py|md|po|toml))`", text)
    assert [name for name in files if not any((ROOT / place / name).exists() for place in ("", *FOLDERS))] == []
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
