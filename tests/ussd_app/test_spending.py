"""What counts against the limits of a month: what a gateway took, or may have taken; never what did not leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models import broadcasts, doubts, hours, limits, quiet, spending
from models.audiences import Audience
from models.broadcasts import Draft, MonthSpent
from models.doubts import Verdict
from models.limits import Limits, Spent
from models.messages import MessageState, Urgency
from models.reports import Told
from tests.gateway import Raw, Reply, Server, always, recipient, says, told
from tests.outbox import Outbox
from ussd_app import jobs
from ussd_app.db import reading, transaction
from ussd_app.registers import homes

KINDS = ["sqlite", "postgresql"]
PRICES = {"+223": 15.5, "+22370000014": 100.0}


def plan(outbox: Outbox, key: str = "one", text: str = "a", **more: Any) -> str:
    """Write to two who speak French and one who speaks English, whose number is dear."""
    with transaction(outbox.engine) as db:
        found = homes.one(db, "KOGB")
        assert found is not None
        audience = Audience(found.id, numbers=("4", "5", "14"))
        draft = Draft(found.id, audience, "words", {"text": text}, Urgency.NOTICE, outbox.clock(), **more)
        return broadcasts.plan(db, draft, key, outbox.clock())


def weighed(outbox: Outbox, key: str = "one", **more: Any) -> str:
    return plan(outbox, key, parts={"fr": 1, "en": 2}, prices=PRICES, **more)


def spent(outbox: Outbox) -> Spent:
    with reading(outbox.engine) as db:
        found = homes.one(db, "KOGB")
        assert found is not None
        since = hours.month_of(outbox.clock(), quiet.of(db, found.id).zone)
        return spending.spent(db, found.id, since)


def limit(outbox: Outbox, **given: int) -> None:
    with transaction(outbox.engine) as db:
        found = homes.one(db, "KOGB")
        assert found is not None
        limits.put(db, found.id, Limits(**given))


def cancel(outbox: Outbox, reference: str) -> None:
    with transaction(outbox.engine) as db:
        broadcasts.cancel(db, broadcasts.find(db, reference).broadcast_id, outbox.clock())


WHOLE = Spent(4, 231)  # two of one part at 15.5, and one of two parts at 100


def test_what_was_taken_back_in_time_gives_the_month_back(outbox: Outbox) -> None:
    limit(outbox, month=4, money=231)
    first = weighed(outbox)
    assert spent(outbox) == WHOLE
    with pytest.raises(MonthSpent):
        weighed(outbox, "two")
    cancel(outbox, first)
    assert spent(outbox) == Spent(0, 0)
    weighed(outbox, "two")
    assert spent(outbox) == WHOLE


def _part(outbox: Outbox, server: Server) -> None:
    """The gateway takes one who speaks French, and refuses the others for good."""
    server.behave = lambda heard: Reply(
        told(
            [
                recipient(each) if each.endswith("04") else recipient(each, 403, "InvalidPhoneNumber", messageId="None")
                for each in heard.numbers
            ]
        )
    )
    outbox.running.sender().drain()


def _refuses(outbox: Outbox, server: Server) -> None:
    server.behave = says(502, "RejectedByGateway")
    for _try in range(6):
        outbox.running.sender().drain()
        outbox.clock.pass_by(hours=3 if outbox.clock.now.hour < 16 else 18)


def _too_late(outbox: Outbox, _server: Server) -> None:
    outbox.clock.pass_by(hours=2)
    jobs.doubt(outbox.running)


def _doubted(outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    outbox.running.sender().drain()


def _given_up(outbox: Outbox, server: Server) -> None:
    _doubted(outbox, server)
    with transaction(outbox.engine) as db:
        for each in doubts.doubtful(db):
            doubts.judge(db, each.message_id, Verdict.GIVEN_UP, "Awa", outbox.clock())


def _reported(outbox: Outbox, server: Server) -> None:
    """All are taken, and one is reported as failed: the network charges what it takes."""
    ids = {"04": "ATXid_04", "05": "ATXid_05", "14": "ATXid_14"}
    server.behave = lambda heard: Reply(told([recipient(each, messageId=ids[each[-2:]]) for each in heard.numbers]))
    outbox.running.sender().drain()
    failed = Told("africastalking", "ATXid_04", "+22370000004", "Failed", MessageState.FAILED, None)
    outbox.running.postbox.told(failed)
    assert outbox.states()[MessageState.FAILED] == 1


CASES: dict[str, tuple[Callable[[Outbox, Server], None], Spent]] = {
    "taken in part": (_part, Spent(1, 16)),
    "never taken": (_refuses, Spent(0, 0)),
    "too late": (_too_late, Spent(0, 0)),
    "in doubt": (_doubted, WHOLE),
    "given up after a doubt": (_given_up, WHOLE),
    "taken, then failed": (_reported, WHOLE),
}


@pytest.mark.parametrize("name", CASES)
def test_only_what_a_gateway_took_or_may_have_taken_counts(outbox: Outbox, server: Server, name: str) -> None:
    happens, counts = CASES[name]
    weighed(outbox, not_after=outbox.clock() + timedelta(hours=1 if name == "too late" else 200))
    happens(outbox, server)
    assert spent(outbox) == counts


def test_where_no_price_is_known_the_parts_are_counted_all_the_same(outbox: Outbox) -> None:
    first = plan(outbox, "one", parts={"fr": 2})
    plan(outbox, "two", prices={"+224": 5})
    assert spent(outbox) == Spent(9, 0)
    cancel(outbox, first)
    assert spent(outbox) == Spent(3, 0)
