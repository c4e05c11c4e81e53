"""What Africa's Talking writes to us, and what it answers to a send, read field by field."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.inbox import Arrived
from models.messages import MessageState
from models.reports import Told
from tests.gateway import recipient, refused, told
from ussd_app.gateways import Ended, Malformed, NotSent, OptedOut, Press, Sent, Unsure
from ussd_app.gateways.africastalking import READS, read_answer

SESSION = "ATUid_0123456789abcdef0123456789abcdef"
NUMBER = "+22370000012"
OTHER = "+22370000013"

# Each kind of callback as it was recorded or documented, without what may be left out.
CALLBACKS: Mapping[str, Mapping[str, str]] = {
    "ussd": {
        "phoneNumber": NUMBER,
        "serviceCode": "*384*77#",
        "text": "",
        "sessionId": SESSION,
        "networkCode": "99999",
    },
    "events": {"sessionId": SESSION, "phoneNumber": NUMBER, "status": "Success"},
    "sms": {
        "date": "2026-11-22 10:00:00",
        "from": NUMBER,
        "id": "5e9d7e4c-8f5b-4a3c-9d0e-1f2a3b4c5d6e",
        "text": "COTI",
        "to": "38477",
    },
    "delivery": {"id": "ATXid_1", "status": "Success", "phoneNumber": NUMBER},
    "optout": {"senderId": "COOP", "phoneNumber": NUMBER},
}
EXTRAS: Mapping[str, Mapping[str, str]] = {
    "ussd": {"hopsMetadata": "x", "unknown": "é"},
    "events": {
        "date": "2026-11-22 10:00:00",
        "serviceCode": "*384*77#",
        "networkCode": "61002",
        "cost": "KES 0.10",
        "durationInMillis": "12345",
        "hopsCount": "4",
        "hopsMetadata": "a|b",
        "input": "1*2*4821",
        "lastAppResponse": "END Votre code secret",
        "errorMessage": "None",
    },
    "sms": {"linkId": "SampleLinkId123", "cost": "KES 0.0", "networkCode": "63902"},
    "delivery": {"networkCode": "63902", "failureReason": "DeliveryFailure", "retryCount": "0"},
    "optout": {"keyword": "x"},
}
NUMBER_FIELDS = {
    "ussd": "phoneNumber",
    "events": "phoneNumber",
    "sms": "from",
    "delivery": "phoneNumber",
    "optout": "phoneNumber",
}
NOT_E164 = {
    "without its plus": "22370000012",
    "a raw plus, read as a blank": " 22370000012",
    "blanks inside": "+223 70 00 00 12",
    "letters": "+22370CALLME",
    "3 digits": "+223",
    "7 digits": "+2237000",
    "16 digits": "+2237000001234567",
    "30 digits": "+" + "2" * 30,
    "a zero first": "+0370000012",
    "Arabic-Indic digits": "+٢٢٣٧٠٠٠٠٠١٢",
    "full-width digits": "+２２３７００００",  # noqa: RUF100
    "a newline at the end": "+22370000012\n",
    "a blank at the end": "+22370000012 ",
    "two pluses": "++22370000012",
    "an extension": "+22370000012;ext=1",
    "a short code": "38477",
    "a name": "MTN",
    "nothing": "",
    "the mask of a hidden number": "anonymous",
}


@pytest.mark.parametrize(("door", "field"), [(door, field) for door, form in CALLBACKS.items() for field in form])
def test_a_callback_without_one_of_its_fields_is_refused(door: str, field: str) -> None:
    form = {name: value for name, value in CALLBACKS[door].items() if name != field}
    with pytest.raises(Malformed, match=f"^{field} is missing$"):
        READS[door](form)


@pytest.mark.parametrize("spelled", NOT_E164.values(), ids=NOT_E164)
@pytest.mark.parametrize("door", CALLBACKS, ids=str)
def test_a_number_that_is_not_e164_is_refused_and_not_repaired(door: str, spelled: str) -> None:
    with pytest.raises(Malformed, match=r"^\w+ is not a number in E\.164$"):
        READS[door]({**CALLBACKS[door], NUMBER_FIELDS[door]: spelled})


@pytest.mark.parametrize("number", ["+22370000012", "+2250701020304", "+29041234", "+247123456789012"])
def test_any_number_of_8_to_15_digits_is_taken(number: str) -> None:
    assert READS["ussd"]({**CALLBACKS["ussd"], "phoneNumber": number}) == Press("africastalking", SESSION, number, "")


@pytest.mark.parametrize("door", CALLBACKS)
def test_the_order_of_the_fields_and_fields_nobody_knows_do_not_matter(door: str) -> None:
    form = {**CALLBACKS[door], **EXTRAS[door]}
    upside_down = dict(reversed(form.items()))
    plain = READS[door](CALLBACKS[door])
    assert READS[door](upside_down) == READS[door](form)
    assert type(READS[door](form)) is type(plain)


@pytest.mark.parametrize(
    ("door", "field"),
    [
        ("ussd", "sessionId"),
        ("ussd", "serviceCode"),
        ("events", "sessionId"),
        ("events", "status"),
        ("sms", "id"),
        ("delivery", "id"),
        ("delivery", "status"),
    ],
)
@pytest.mark.parametrize("value", ["", "x" * 201])
def test_a_name_that_is_empty_or_endless_is_refused(door: str, field: str, value: str) -> None:
    with pytest.raises(Malformed, match=f"^{field} is empty or too long$"):
        READS[door]({**CALLBACKS[door], field: value})


@pytest.mark.parametrize(
    "text",
    ["", "1", "1*1", "1*", "1**2", "*1*2", "****", "#", "-1", "0", " 1 ", "1e9", "NaN", "٣", "１", "9" * 21, "{0}\r\n"],
)
def test_what_was_pressed_is_kept_to_the_letter(text: str) -> None:
    assert READS["ussd"]({**CALLBACKS["ussd"], "text": text}) == Press("africastalking", SESSION, NUMBER, text)


@pytest.mark.parametrize("network", ["99999", "61002", "00000", "", "a network of tomorrow"])
def test_any_network_is_taken(network: str) -> None:
    for door in ("ussd", "sms", "delivery"):
        assert READS[door]({**CALLBACKS[door], "networkCode": network}) == READS[door](CALLBACKS[door])
    ended = READS["events"]({**CALLBACKS["events"], "networkCode": network})
    assert isinstance(ended, Ended)
    assert ended.network == (network or None)


@pytest.mark.parametrize("status", ["Success", "Incomplete", "Failed", "Unheard-Of"])
def test_the_end_of_a_session_is_read_without_what_was_typed_and_shown(status: str) -> None:
    read = READS["events"]({**CALLBACKS["events"], **EXTRAS["events"], "status": status})
    assert read == Ended("africastalking", SESSION, status, 4, 12345, "KES 0.10", "61002")
    assert "4821" not in repr(read)
    assert "secret" not in repr(read)


@pytest.mark.parametrize("told", ["", "x", "-1", "1.5", "1e3", "٣", "９", "9" * 12, " 4"])
def test_a_count_that_is_none_is_left_out(told: str) -> None:
    form = {**CALLBACKS["events"], "hopsCount": told, "durationInMillis": told, "cost": "", "networkCode": ""}
    assert READS["events"](form) == Ended("africastalking", SESSION, "Success", None, None, None, None)


@pytest.mark.parametrize(
    "date",
    ["2017-05-03T06:04:45Z", "2017-05-03 06:04:45", "2017-05-03T06:04:45.445Z", "2017-05-03T06:04:45+00:00", "today"],
)
@pytest.mark.parametrize("link", [{}, {"linkId": ""}, {"linkId": "SampleLinkId123"}], ids=["no link", "empty", "link"])
def test_an_sms_is_read_whatever_its_date_and_link(date: str, link: dict[str, str]) -> None:
    form = {**CALLBACKS["sms"], **link, "date": date, "id": "123456", "text": " Coti\n"}
    assert READS["sms"](form) == Arrived("africastalking", "123456", NUMBER, " Coti\n")


def test_an_sms_without_words_is_an_sms() -> None:
    assert READS["sms"]({**CALLBACKS["sms"], "text": ""}) == Arrived(
        "africastalking", CALLBACKS["sms"]["id"], NUMBER, ""
    )


STATUSES = {
    "Sent": MessageState.ACCEPTED,
    "Submitted": MessageState.ACCEPTED,
    "Buffered": MessageState.ACCEPTED,
    "AbsentSubscriber": MessageState.ACCEPTED,
    "Success": MessageState.DELIVERED,
    "Failed": MessageState.FAILED,
    "Rejected": MessageState.FAILED,
    "Expired": MessageState.EXPIRED,
    "success": None,
    "DeliveredToTerminal": None,
    "Unbekannt é ٣": None,
    "x" * 40: None,
}


@pytest.mark.parametrize(("status", "state"), STATUSES.items())
def test_a_delivery_status_means_what_is_documented_or_nothing(status: str, state: MessageState | None) -> None:
    read = READS["delivery"]({**CALLBACKS["delivery"], "status": status})
    assert read == Told("africastalking", "ATXid_1", NUMBER, status, state, None)


FAILURE_REASONS = (
    "InsufficientCredit",
    "InvalidLinkId",
    "UserIsInactive",
    "UserInBlackList",
    "UserInBlacklist",
    "UserAccountSuspended",
    "NotNetworkSubcriber",
    "NotNetworkSubscriber",
    "UserNotSubscribedToProduct",
    "UserDoesNotExist",
    "DeliveryFailure",
    "DoNotDisturbRejection",
    "AReasonOfTomorrow",
)


@pytest.mark.parametrize("status", ["Failed", "Rejected"])
@pytest.mark.parametrize("reason", FAILURE_REASONS)
def test_the_reason_of_a_failure_is_kept_as_it_is_said(status: str, reason: str) -> None:
    read = READS["delivery"]({**CALLBACKS["delivery"], "status": status, "failureReason": reason, "retryCount": "2"})
    assert read == Told("africastalking", "ATXid_1", NUMBER, status, MessageState.FAILED, reason)


def test_an_empty_reason_is_none_and_an_endless_one_is_cut() -> None:
    empty = READS["delivery"]({**CALLBACKS["delivery"], "failureReason": ""})
    endless = READS["delivery"]({**CALLBACKS["delivery"], "failureReason": "x" * 5000, "status": "y" * 60})
    assert isinstance(empty, Told)
    assert isinstance(endless, Told)
    assert empty.reason is None
    assert (endless.reason, endless.status) == ("x" * 60, "y" * 40)


def test_an_opt_out_is_the_wish_of_a_number() -> None:
    assert READS["optout"](CALLBACKS["optout"]) == OptedOut(NUMBER)


CODES = [
    (100, "Processed", Sent("ATXid_1", "XOF 12.0000")),
    (101, "Sent", Sent("ATXid_1", "XOF 12.0000")),
    (102, "Queued", Sent("ATXid_1", "XOF 12.0000")),
    (401, "RiskHold", NotSent("RiskHold", again=False)),
    (402, "InvalidSenderId", NotSent("InvalidSenderId", again=True, down=True)),
    (403, "InvalidPhoneNumber", NotSent("InvalidPhoneNumber", again=False)),
    (404, "UnsupportedNumberType", NotSent("UnsupportedNumberType", again=False)),
    (405, "InsufficientBalance", NotSent("InsufficientBalance", again=True, down=True, broke=True)),
    (406, "UserInBlacklist", NotSent("UserInBlacklist", again=False)),
    (407, "CouldNotRoute", NotSent("CouldNotRoute", again=False)),
    (409, "DoNotDisturbRejection", NotSent("DoNotDisturbRejection", again=True)),
    (500, "InternalServerError", NotSent("InternalServerError", again=True, down=True)),
    (501, "GatewayError", NotSent("GatewayError", again=True, down=True)),
    (502, "RejectedByGateway", NotSent("RejectedByGateway", again=True)),
    (103, "Tomorrow", Unsure("103 Tomorrow")),
    (0, "Nothing", Unsure("0 Nothing")),
    (None, "Success", Unsure("None Success")),
    ("101", "Sent", Unsure("101 Sent")),
    (True, "Sent", Unsure("True Sent")),
    ([102], "Sent", Unsure("[102] Sent")),
]


@pytest.mark.parametrize(("code", "status", "outcome"), CODES)
def test_each_code_of_a_recipient_has_its_class(code: object, status: str, outcome: object) -> None:
    gateway_id = "ATXid_1" if isinstance(outcome, Sent | Unsure) else "None"
    answer = told([recipient(NUMBER, code, status, messageId=gateway_id)])
    assert read_answer([NUMBER], 201, answer) == {NUMBER: outcome}


@pytest.mark.parametrize("gateway_id", ["None", "", None, 17, ["x"], "x" * 201, "ATXid_\0", "ATXid_\ud800", "ATX id"])
def test_an_accepted_message_without_an_id_of_its_own_is_unsure(gateway_id: object) -> None:
    outcome = read_answer([NUMBER], 201, told([recipient(NUMBER, messageId=gateway_id)]))[NUMBER]
    assert isinstance(outcome, Unsure)


@pytest.mark.parametrize(
    ("cost", "kept"),
    [
        ("KES 0.8000", "KES 0.8000"),
        ("XOF 12", "XOF 12"),
        ("0", "0"),
        ("x" * 99, "x" * 24),
        (None, None),
        ("", None),
        (0.8, None),
        ("KES\0 1", None),
        ("\ud800", None),
    ],
)
def test_the_cost_is_kept_as_it_is_said_and_left_out_when_it_cannot_be(cost: object, kept: str | None) -> None:
    answer = told([recipient(NUMBER, messageId="ATXid_1", cost=cost)])
    assert read_answer([NUMBER], 201, answer) == {NUMBER: Sent("ATXid_1", kept)}


def test_a_message_without_a_cost_has_none() -> None:
    bare = {"number": NUMBER, "statusCode": 102, "messageId": "ATXid_1"}
    assert read_answer([NUMBER], 201, told([bare])) == {NUMBER: Sent("ATXid_1", None)}


def test_a_refusal_says_only_what_a_database_can_keep() -> None:
    for status, said in (("a\0b\ud800c\nd", "abcd"), ("x" * 99, "x" * 60), (None, "None")):
        answer = told([recipient(NUMBER, 403, status)])  # type: ignore[arg-type]
        assert read_answer([NUMBER], 201, answer) == {NUMBER: NotSent(said, again=False)}
        odd = read_answer([NUMBER], 201, told([recipient(NUMBER, 999, status)]))[NUMBER]  # type: ignore[arg-type]
        assert odd == Unsure(f"999 {said}")


def test_a_refusal_of_an_accepted_call_keeps_each_number_apart() -> None:
    numbers = [NUMBER, OTHER, "+22370000014"]
    answer = told(
        [recipient(NUMBER, 101, messageId="a"), refused(OTHER, 406, "UserInBlacklist"), refused("x", 500, "")]
    )
    assert read_answer(numbers, 201, answer) == {
        NUMBER: Sent("a", "XOF 12.0000"),
        OTHER: NotSent("UserInBlacklist", again=False),
        "+22370000014": Unsure("not in the answer"),
    }


@pytest.mark.parametrize("plus", ["+", ""])
def test_recipients_are_matched_by_number_never_by_position(plus: str) -> None:
    answer = told([recipient(plus + each[1:], messageId=f"id{each[-2:]}", messageParts=1) for each in (OTHER, NUMBER)])
    outcomes = read_answer([NUMBER, OTHER], 201, answer)
    assert outcomes == {NUMBER: Sent("id12", "XOF 12.0000"), OTHER: Sent("id13", "XOF 12.0000")}


def test_a_foreign_number_in_the_answer_is_nobodys() -> None:
    answer = told([recipient("+254700000000", messageId="a"), recipient(NUMBER, messageId="b")])
    assert read_answer([NUMBER], 201, answer) == {NUMBER: Sent("b", "XOF 12.0000")}


@pytest.mark.parametrize("second", [recipient(NUMBER, messageId="b"), refused(NUMBER, 403, "InvalidPhoneNumber")])
def test_a_number_that_stands_twice_in_the_answer_is_unsure(second: dict[str, Any]) -> None:
    for pair in ([recipient(NUMBER, messageId="a"), second], [second, recipient(NUMBER, messageId="a")]):
        assert read_answer([NUMBER], 201, told(pair)) == {NUMBER: Unsure("twice in the answer")}


@pytest.mark.parametrize("message", ["InvalidSenderId", "Sent to 0/1 Total Cost: 0", "", None])
def test_an_accepted_call_without_recipients_sent_nothing(message: Any) -> None:
    said = str(message)
    assert read_answer([NUMBER], 201, told([], message)) == {NUMBER: NotSent(said, again=True, down=True)}


def test_an_answer_that_says_it_was_sent_but_not_to_whom_is_unsure() -> None:
    assert read_answer([NUMBER], 201, told([], "Sent to 1/1 Total Cost: XOF 12")) == {
        NUMBER: Unsure("unreadable answer")
    }


UNREADABLE = {
    "nothing": b"",
    "HTML": b"<html><body>Welcome to this network</body></html>",
    "cut off": told([recipient(NUMBER)])[:-20],
    "no object": b"[]",
    "a word": b'"ok"',
    "null": b"null",
    "other keys": b'{"errorMessage": "x"}',
    "no recipients": b'{"SMSMessageData": {"Message": "Sent to 1/1"}}',
    "recipients null": b'{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": null}}',
    "recipients an object": b'{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": {}}}',
    "recipients a word": b'{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": ""}}',
    "recipients words": b'{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": ["+22370000012"]}}',
    "recipients without number": b'{"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [{"statusCode": 101}]}}',
    "data a list": b'{"SMSMessageData": []}',
    "not UTF-8": b'{"SMSMessageData": "\xe9\xff"}',
    "an endless number": b'{"SMSMessageData": ' + b"9" * 5000 + b"}",
    "too deep": b"[" * 200_000,
    "XML": b"<?xml version='1.0'?><AfricasTalkingResponse/>",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_read_leaves_all_unsure(body: bytes) -> None:
    unsure = Unsure("unreadable answer")
    assert read_answer([NUMBER, OTHER], 200, body) == {NUMBER: unsure, OTHER: unsure}


HTTP = {
    301: NotSent("HTTP 301", again=True, down=True),
    302: NotSent("HTTP 302", again=True, down=True),
    303: NotSent("HTTP 303", again=True, down=True),
    307: NotSent("HTTP 307", again=True, down=True),
    308: NotSent("HTTP 308", again=True, down=True),
    400: NotSent("HTTP 400", again=False),
    401: NotSent("HTTP 401", again=True, down=True),
    403: NotSent("HTTP 403", again=True, down=True),
    404: NotSent("HTTP 404", again=True, down=True),
    408: NotSent("HTTP 408", again=True, down=True),
    409: NotSent("HTTP 409", again=True),
    415: NotSent("HTTP 415", again=False),
    429: NotSent("HTTP 429", again=True, down=True),
    500: Unsure("HTTP 500"),
    502: Unsure("HTTP 502"),
    503: Unsure("HTTP 503"),
    504: Unsure("HTTP 504"),
    599: Unsure("HTTP 599"),
}


@pytest.mark.parametrize(("status", "outcome"), HTTP.items())
@pytest.mark.parametrize("body", [b"", b"The supplied authentication is invalid", b"{}"])
def test_a_status_that_is_no_success_has_its_class(status: int, outcome: object, body: bytes) -> None:
    assert read_answer([NUMBER, OTHER], status, body) == {NUMBER: outcome, OTHER: outcome}


def test_a_refusal_that_names_its_recipients_is_read_as_it_says() -> None:
    answer = told([refused(NUMBER, 409, "DoNotDisturbRejection")], "Sent to 0/1 Total Cost: 0")
    assert read_answer([NUMBER, OTHER], 409, answer) == {
        NUMBER: NotSent("DoNotDisturbRejection", again=True),
        OTHER: Unsure("not in the answer"),
    }


def test_a_fault_of_the_server_is_unsure_whatever_its_body_says() -> None:
    answer = told([refused(NUMBER, 500, "InternalServerError")])
    assert read_answer([NUMBER], 500, answer) == {NUMBER: Unsure("HTTP 500")}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([NUMBER, "None", 101, 403]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
RECIPIENT = st.fixed_dictionaries(
    {"number": JSON}, optional={"statusCode": JSON, "messageId": JSON, "status": JSON, "cost": JSON, "x": JSON}
)
SUMMARY = st.fixed_dictionaries({"Message": JSON, "Recipients": st.lists(RECIPIENT) | JSON}) | JSON
BODY = st.binary() | SUMMARY.map(lambda summary: json.dumps({"SMSMessageData": summary}).encode())


@given(st.integers(100, 599), BODY)
def test_any_answer_gives_each_number_an_outcome_that_can_be_kept(status: int, body: bytes) -> None:
    outcomes = read_answer([NUMBER, OTHER], status, body)
    assert list(outcomes) == [NUMBER, OTHER]
    for outcome in outcomes.values():
        kept = (outcome.gateway_id, outcome.cost or "") if isinstance(outcome, Sent) else (outcome.reason,)
        assert all(each.isprintable() for each in kept)


@given(st.sampled_from(sorted(CALLBACKS)), st.data())
def test_any_callback_is_read_or_malformed(door: str, data: st.DataObject) -> None:
    form = {**CALLBACKS[door], **EXTRAS[door]}
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(form)), st.text(max_size=300), max_size=3))
    with suppress(Malformed):
        READS[door]({**form, **changed})


@pytest.mark.parametrize("status", [200, 201, 202])
def test_the_recorded_answer_of_the_sandbox_is_accepted(status: int) -> None:
    gateway_id = "ATXid_7468c9a251f9e9efcc6b2f7ea756a56c"
    known = {"cost": "KES 0.8000", "messageId": gateway_id, "number": "+254700072929", "status": "Success"}
    message = "Sent to 1/1 Total Cost: USD 0.0079 Message parts: 1"
    body = json.dumps({"SMSMessageData": {"Message": message, "Recipients": [{**known, "statusCode": 102}]}}).encode()
    assert read_answer(["+254700072929"], status, body) == {"+254700072929": Sent(gateway_id, "KES 0.8000")}
