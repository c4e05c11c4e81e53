"""The table of cases: what a gateway does, which reports it brings, and where that leaves a message a month later."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import update

from models.messages import Message, MessageState, Urgency
from models.reports import Told
from tests.gateway import Behaviour, Heard, Raw, Reply, Server, recipient, refused, takes_all, told
from tests.outbox import NUMBER, Outbox
from ussd_app import jobs
from ussd_app.db import transaction
from ussd_app.gateways import wire
from ussd_app.gateways.africastalking import REPORTED

ACCEPTED, DELIVERED, FAILED = MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.FAILED
IN_DOUBT, QUEUED, EXPIRED = MessageState.IN_DOUBT, MessageState.QUEUED, MessageState.EXPIRED
ID = "ATXid_case"
TAKEN = Reply(told([recipient(NUMBER, messageId=ID)]))
NO_NAME_TO_ONE = Reply(told([refused(NUMBER, 402, "InvalidSenderId")]))
NO_NAME = Reply(told([], "InvalidSenderId"))


@dataclass(frozen=True)
class Case:
    """What the gateway answers; reports before and after that; where it ends; how often, and over how many hours, it
    was given."""

    answer: Reply | Raw
    state: MessageState
    early: Sequence[tuple[str, str]] = ()
    late: Sequence[tuple[str, str]] = ()
    urgency: Urgency = Urgency.NOTICE
    sent: int = 1
    hours: int = 0
    then: Behaviour | None = field(default=None)
    ends: timedelta | None = None


CASES: Mapping[str, Case] = {
    "taken": Case(TAKEN, ACCEPTED),
    "taken and delivered": Case(TAKEN, DELIVERED, late=[(ID, "Success")]),
    "500": Case(Reply(b"", 500), IN_DOUBT),
    "500, though it was taken": Case(Reply(b"", 500), DELIVERED, late=[(ID, "Success")]),
    "500 to a reply": Case(Reply(b"", 500), EXPIRED, urgency=Urgency.REPLY),
    "500 to an alert": Case(Reply(b"", 500), ACCEPTED, urgency=Urgency.ALERT, sent=2, then=takes_all),
    "timeout after taking it": Case(Raw([b""], pause=3), IN_DOUBT),
    "timeout, then reports": Case(Raw([b""], pause=3), DELIVERED, late=[(ID, "Sent"), (ID, "Success")]),
    "timeout, reports before": Case(Raw([b""], pause=3), DELIVERED, early=[(ID, "Success")]),
    "timeout, reports doubled": Case(Raw([b""], pause=3), DELIVERED, late=[(ID, "Success")] * 3),
    "timeout, reports reversed": Case(Raw([b""], pause=3), DELIVERED, late=[(ID, "Success"), (ID, "Sent")]),
    "timeout, a status nobody knows": Case(Raw([b""], pause=3), IN_DOUBT, late=[(ID, "Teleported")]),
    "timeout of a receipt": Case(Raw([b""], pause=3), IN_DOUBT, urgency=Urgency.RECEIPT),
    "timeout of an alert": Case(Raw([b""], pause=3), ACCEPTED, urgency=Urgency.ALERT, sent=2, then=takes_all),
    "timeout of an alert that arrived": Case(
        Raw([b""], pause=3), DELIVERED, late=[(ID, "Success")], urgency=Urgency.ALERT, then=takes_all
    ),
    "timeout, then refused": Case(Raw([b""], pause=3), FAILED, late=[(ID, "Rejected")]),
    "a reset": Case(Raw(reset=True), IN_DOUBT),
    "half an answer": Case(Reply(told([recipient(NUMBER)])[:40]), IN_DOUBT),
    "somebody else": Case(Reply(told([recipient("+22370000099")])), IN_DOUBT),
    "taken, and nobody named": Case(Reply(told([], "Sent to 1/1 Total Cost: USD 0.0079")), IN_DOUBT),
    "taken by none": Case(Reply(told([], "Sent to 0/1 Total Cost: 0")), FAILED, sent=5, hours=14),
    "sender name refused": Case(NO_NAME, FAILED, sent=5, hours=14),
    "sender name refused to one": Case(NO_NAME_TO_ONE, FAILED, sent=5, hours=14),
    "refused for now, a campaign": Case(NO_NAME, FAILED, urgency=Urgency.CAMPAIGN, sent=5, hours=14),
    "refused for now, a reply": Case(NO_NAME, FAILED, urgency=Urgency.REPLY, sent=5, hours=2),
    "refused for now, a receipt": Case(NO_NAME, FAILED, urgency=Urgency.RECEIPT, sent=5, hours=2),
    "refused for now, a notice with an end": Case(NO_NAME, EXPIRED, sent=4, hours=8, ends=timedelta(hours=12)),
    "sender name refused for a while": Case(NO_NAME, ACCEPTED, sent=2, then=takes_all),
    "no credit, a notice": Case(Reply(told([refused(NUMBER, 405, "InsufficientBalance")])), QUEUED, sent=999),
    "no credit in words": Case(Reply(told([], "InsufficientBalance")), QUEUED, sent=999),
    "no credit, a reply": Case(Reply(told([], "InsufficientBalance")), FAILED, urgency=Urgency.REPLY, sent=5, hours=2),
    "no credit, an alert": Case(Reply(told([], "InsufficientBalance")), FAILED, urgency=Urgency.ALERT, sent=5, hours=2),
    "no credit for a while": Case(Reply(told([], "InsufficientBalance")), ACCEPTED, sent=2, then=takes_all),
    "a number that is none": Case(Reply(told([refused(NUMBER, 403, "InvalidPhoneNumber")])), FAILED),
    "reports doubled": Case(TAKEN, DELIVERED, late=[(ID, "Success")] * 5),
    "reports reversed": Case(TAKEN, DELIVERED, late=[(ID, "Success"), (ID, "Buffered"), (ID, "Sent")]),
    "two ends": Case(TAKEN, FAILED, late=[(ID, "Failed"), (ID, "Success")]),
    "expired, then delivered": Case(TAKEN, DELIVERED, late=[(ID, "Expired"), (ID, "Success")]),
    "report before our own commit": Case(TAKEN, DELIVERED, early=[(ID, "Success")]),
    "reports before, doubled": Case(TAKEN, DELIVERED, early=[(ID, "Success")] * 3, late=[(ID, "Success")]),
    "a report before, of an unknown message": Case(TAKEN, ACCEPTED, early=[("ATXid_nobody", "Success")]),
    "reports before, reversed": Case(TAKEN, DELIVERED, early=[(ID, "Success"), (ID, "Sent")]),
    "before and after": Case(TAKEN, DELIVERED, early=[(ID, "Sent")], late=[(ID, "Success"), (ID, "Sent")]),
    "a report of an unknown message": Case(TAKEN, ACCEPTED, late=[("ATXid_nobody", "Failed")]),
    "an unknown status": Case(TAKEN, ACCEPTED, late=[(ID, "Teleported")]),
}


def case(outbox: Outbox, server: Server, given: Case) -> tuple[MessageState, int]:
    """Play a case, and let a month pass with a sender and the jobs at work: its end, the hours of its tries."""
    tried = [outbox.clock.now]

    def bring(reports: Sequence[tuple[str, str]]) -> None:
        for gateway_id, status in reports:
            outbox.running.postbox.told(Told("africastalking", gateway_id, NUMBER, status, REPORTED.get(status), None))

    def answer(heard: Heard) -> Reply | Raw:
        tried.append(outbox.clock.now)
        if len(server.heard) > 1 and given.then:
            return given.then(heard)
        bring(given.early)
        return given.answer

    server.behave = answer
    made = outbox.put(urgency=given.urgency)
    if given.ends:
        with transaction(outbox.engine) as db:
            db.execute(update(Message).where(Message.id == made).values(not_after=outbox.clock.now + given.ends))
    outbox.round()
    bring(given.late)
    for minutes in (*(10,) * 30, *(60,) * 12, *(1440,) * 30):
        outbox.clock.now += timedelta(minutes=minutes)
        jobs.doubt(outbox.running)
        outbox.round()
    return MessageState(outbox.row(made).state), (tried[-1] - tried[0]) // timedelta(hours=1)


@pytest.mark.parametrize("name", CASES)
def test_each_case_leaves_the_right_state(
    outbox: Outbox, server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "TIMEOUT", (2, 1))
    given = CASES[name]
    state, hours = case(outbox, server, given)
    assert state is given.state
    if given.sent == 999:  # it is tried until there is credit, and refused each time
        assert len(server.heard) > 30
    else:
        assert (len(server.heard), hours) == (given.sent, given.hours)


def test_a_call_that_is_taken_in_part_leaves_each_where_it_is(outbox: Outbox, server: Server) -> None:
    numbers = [f"+2237000{number:04}" for number in range(20)]

    def part(heard: Heard) -> Reply:
        if len(server.heard) > 1:
            return takes_all(heard)
        taken = [recipient(each) for each in numbers[:8]]
        never = [refused(each, 403, "InvalidPhoneNumber") for each in numbers[8:11]]
        later = [refused(each, 502, "RejectedByGateway") for each in numbers[11:15]]
        return Reply(told([*reversed(later), *taken, *never, recipient("+22379999999")]))

    server.behave = part
    made = [outbox.put(each, urgency=Urgency.NOTICE) for each in numbers]
    outbox.round()
    states = [outbox.row(each).state for each in made]
    assert states == [*[ACCEPTED] * 8, *[FAILED] * 3, *[QUEUED] * 4, *[IN_DOUBT] * 5]
    outbox.clock.pass_by(days=1)
    for _time in range(3):
        jobs.doubt(outbox.running)
        outbox.round()
    assert outbox.states() == {ACCEPTED: 12, FAILED: 3, IN_DOUBT: 5}
    for number in numbers:
        told_late = Told("africastalking", f"ATXid_late_{number}", number, "Success", REPORTED["Success"], None)
        outbox.running.postbox.told(told_late)
    # By the phone, where the answer was lost; what has an id of its own, or was refused, is not meant.
    assert outbox.states() == {ACCEPTED: 12, FAILED: 3, DELIVERED: 5}
    times = Counter(number for number, _words in server.sent)
    assert times == Counter(numbers) + Counter(numbers[11:15])
