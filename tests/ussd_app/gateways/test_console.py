"""The gateway of development: it prints, and shows of a number no more than its end."""

import pytest

from models.messages import MessageState
from tests.conftest import Clock
from tests.outbox import Outbox
from ussd_app.gateways import Sent
from ussd_app.gateways.console import ADAPTER, Gateway

KINDS = ["sqlite"]
AWA, BAKARY = "+22370000012", "+22370000004"


def test_each_message_is_printed_with_the_end_of_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    said = Gateway().send([AWA, BAKARY], "Réunion à 9h.\nVenez.")
    assert capsys.readouterr().out == "SMS ...0012\nRéunion à 9h.\nVenez.\nSMS ...0004\nRéunion à 9h.\nVenez.\n"
    assert said.keys() == {AWA, BAKARY}
    names = {each.gateway_id for each in said.values() if isinstance(each, Sent)}
    assert len(names) == 2


def test_what_waits_leaves_through_it_where_no_other_gateway_is_chosen(
    settings: dict[str, str], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    outbox = Outbox(settings, clock, "http://127.0.0.1:1", gateway=ADAPTER.name)
    outbox.put(AWA)
    assert outbox.running.sender().drain() == 1
    printed = capsys.readouterr().out
    assert "SMS ...0012\nFaites *384*77#" in printed
    assert AWA not in printed
    assert outbox.states() == {MessageState.ACCEPTED: 1}
    outbox.engine.dispose()
