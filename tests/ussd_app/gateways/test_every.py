"""A new gateway is three files: its own, one line among all, and its cases. Nothing else of the service knows it."""

import re
from collections.abc import Mapping
from importlib import import_module

import pytest
from sqlalchemy import select

from models.inbox import Arrived
from models.messages import Message, MessageState
from models.reports import Told
from tests.conftest import SECRET, Clock
from ussd_app import create_app, service
from ussd_app.config import ROOT, Config
from ussd_app.db import reading, transaction
from ussd_app.gateways import Adapter, Door, Form, Outcome, Press, Sent
from ussd_app.gateways.every import EVERY
from ussd_app.gateways.forms import posted
from ussd_app.settings import Settings

GATEWAYS = ROOT / "ussd_app" / "gateways"
NUMBER = "+22370000012"


def test_every_gateway_with_a_file_has_its_line_and_its_cases() -> None:
    written = {path.stem for path in GATEWAYS.glob("*.py") if "ADAPTER = Adapter(" in path.read_text()}
    assert set(EVERY) - written == set()
    assert written == set(EVERY)
    for name in written - {"console", "phone"}:
        assert import_module(f"ussd_app.gateways.{name}").ADAPTER is EVERY[name]
        assert list((ROOT / "tests" / "ussd_app" / "gateways").glob(f"test_{name}*.py")), name


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"africastalking", "console", "phone"}))
def test_no_other_file_names_it(name: str) -> None:
    word = re.compile(rf"\b{name}\b(?! money)", re.IGNORECASE)  # Orange is also where people pay
    sources = [path for layer in ("ussd_app", "flows", "models") for path in (ROOT / layer).rglob("*.py")]
    assert {path for path in sources if word.search(path.read_text())} == {
        GATEWAYS / f"{name}.py",
        GATEWAYS / "every.py",
    }


class Pigeon:
    """A gateway that nobody has heard of."""

    name = "pigeon"

    def __init__(self, account: object) -> None:
        self.account = account

    def send(self, phones: Mapping[str, str], text: str) -> Mapping[str, Outcome]:
        """Send a text."""
        return {number: Sent(f"feather-{reference}", "XOF 1") for number, reference in phones.items()}


class Loft:
    """Where it lives."""

    reaches_people = False


def _loft(settings: Settings, needed: bool) -> Loft | None:
    return Loft() if settings.account(needed, "PIGEON_LOFT") else None


def _letter(form: Form) -> Arrived:
    return Arrived("pigeon", form["ring"], form["who"], form["words"])


def _press(form: Form) -> Press:
    return Press("pigeon", form["ring"], form["who"], form["words"])


def _told(form: Form) -> Told:
    return Told("pigeon", form["ring"], form["who"], "landed", MessageState.DELIVERED, None)


PIGEON = Adapter(
    "pigeon",
    {"sms": Door(posted(_letter)), "ussd": Door(posted(_press)), "delivery": Door(posted(_told))},
    _loft,
    Pigeon,
)
KINDS = ["sqlite"]


def test_a_new_one_is_opened_asked_and_heard(
    settings: dict[str, str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVERY, "pigeon", PIGEON)
    with pytest.raises(ValueError, match="PIGEON_LOFT is missing"):
        Config.read({**settings, "GATEWAY": "pigeon"})
    app = create_app(Config.read({**settings, "GATEWAY": "pigeon", "PIGEON_LOFT": "roof"}))
    running, client, path = service.of(app), app.test_client(), f"/gateways/pigeon/{SECRET}"
    assert client.post(f"{path}/sms", data={"ring": "1", "who": NUMBER, "words": "AIDE"}).status_code == 200
    page = client.post(f"{path}/ussd", data={"ring": "2", "who": NUMBER, "words": ""})
    assert page.text.startswith("CON ")
    assert running.sender().drain() == 1
    with reading(running.engine) as db:
        sent = db.execute(select(Message.gateway, Message.gateway_id, Message.cost)).one()
    assert (sent.gateway, sent.cost) == ("pigeon", "XOF 1")
    client.post(f"{path}/delivery", data={"ring": sent.gateway_id, "who": NUMBER})
    with transaction(running.engine) as db:
        assert db.execute(select(Message.state)).scalar_one() is MessageState.DELIVERED
    running.engine.dispose()
