"""Broadcasts: to whom, once each, at what hour; looked at, cancelled, corrected; the commands as they are typed."""

import json
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from flows.templates import GAPS
from models import attendance, broadcasts, inbox, meetings
from models.audiences import Audience
from models.broadcasts import Broadcast, Draft
from models.cooperatives import Affiliation, Cooperative
from models.members import Member, Phone, Role, Sex
from models.messages import Message, MessageState, Urgency
from models.proposals import Overtaken, Proposal
from tests.conftest import NOW, Clock
from tests.gateway import Raw, Server, always, says, takes_all
from tests.office import BOARD, opened
from tests.outbox import NUMBER, Outbox
from tests.pit import Pit
from tests.ussd_app.test_commands import run
from ussd_app import create_app, jobs, service
from ussd_app.config import Config
from ussd_app.db import reading, transaction
from ussd_app.registers import homes
from ussd_app.settings import BadSetting

QUEUED = MessageState.QUEUED


def home(outbox: Outbox, code: str = "KOGB") -> int:
    with reading(outbox.engine) as db:
        found = homes.one(db, code)
    assert found is not None
    return found.id


def draft(outbox: Outbox, urgency: Urgency = Urgency.NOTICE, **narrowed: Any) -> Draft:
    audience = Audience(home(outbox), **narrowed)
    return Draft(audience.cooperative_id, audience, "words", {"text": "Réunion à 9h."}, urgency, outbox.clock())


def plan(outbox: Outbox, given: Draft, key: str = "one") -> str:
    with transaction(outbox.engine) as db:
        return broadcasts.plan(db, given, key, outbox.clock())


def phones(outbox: Outbox, reference: str) -> list[str]:
    with reading(outbox.engine) as db:
        found = select(Message.phone).join(Broadcast).where(Broadcast.reference == reference).order_by(Message.phone)
        return list(db.execute(found).scalars())


def reaches(outbox: Outbox, **narrowed: Any) -> set[str]:
    """The last two figures of the phones of an audience."""
    with reading(outbox.engine) as db:
        chunks = list(broadcasts.reached(db, draft(outbox, **narrowed)))
    numbers = [phone for chunk in chunks for phone, *_ in chunk]
    assert len(numbers) == len(set(numbers))
    return {number[-2:] for number in numbers}


def tally(outbox: Outbox, reference: str) -> dict[MessageState, int]:
    with reading(outbox.engine) as db:
        counted = broadcasts.tally(db, broadcasts.find(db, reference).broadcast_id)
    assert counted.keys() == set(MessageState)
    return {state: count for state, count in counted.items() if count}


ALL = {f"{number:02}" for number in range(1, 22) if number not in (11, 19)} | {"49"}


def test_an_audience_is_each_phone_of_whoever_is_there(outbox: Outbox) -> None:
    assert reaches(outbox) == ALL  # two members share a phone, one has two, two have none
    with transaction(outbox.engine) as db:
        db.execute(update(Member).where(Member.number == "7").values(left_on=NOW.date()))
    assert reaches(outbox) == ALL - {"07"}


def test_an_audience_is_narrowed(outbox: Outbox) -> None:
    assert reaches(outbox, roles=(Role.TREASURER, Role.SECRETARY)) == {"03", "05", "49"}
    assert reaches(outbox, sex=Sex.FEMALE) == {"02", "05", "08", "10", "12", "13", "16", "18", "20"}
    assert reaches(outbox, language="en") == {"14", "15", "17", "18", "21"}
    assert reaches(outbox, language="en", sex=Sex.FEMALE) == {"18"}
    assert reaches(outbox, numbers=("4", "12", "31")) == {"04", "12"}
    assert reaches(outbox, numbers=("22",)) == set()


def test_an_audience_of_those_who_come_or_do_not(outbox: Outbox) -> None:
    with transaction(outbox.engine) as db:
        ids = dict(db.execute(select(Member.number, Member.id).where(Member.cooperative_id == home(outbox))).all())
        (meeting, *_others) = meetings.upcoming(db, home(outbox), NOW, 1)
        for number, coming in (("4", True), ("5", True), ("6", False)):
            attendance.answer(db, meeting.meeting_id, ids[number], coming, NOW)
    assert reaches(outbox, coming=(meeting.meeting_id, True)) == {"04", "05"}
    assert reaches(outbox, coming=(meeting.meeting_id, False)) == {"06"}


def test_an_audience_of_a_body_with_all_below_it_reaches_each_phone_once(outbox: Outbox) -> None:
    with transaction(outbox.engine) as db:
        union = {"code": "UNI", "name": "Union", "kind": "union", "district": "K", "country": "ML"}
        more = {"currency": "XOF", "language": "fr", "time_zone": "Africa/Bamako"}
        top = db.execute(insert(Cooperative).returning(Cooperative.id), union | more).scalar_one()
        for code in ("KOGB", "SANO"):
            db.execute(insert(Affiliation), {"cooperative_id": home(outbox, code), "parent_id": top})
        far = db.execute(select(Member.id).where(Member.cooperative_id == home(outbox, "SANO")).limit(1)).scalar_one()
        db.execute(insert(Phone), {"member_id": far, "number": NUMBER})
    below = Draft(top, Audience(top, below=True), "words", {"text": "x"}, Urgency.NOTICE, NOW)
    reached = phones(outbox, plan(outbox, below))
    assert reached.count(NUMBER) == 1
    assert {number[-2:] for number in reached} > ALL
    assert (
        phones(outbox, plan(outbox, Draft(top, Audience(top), "words", {"text": "x"}, Urgency.NOTICE, NOW), "2")) == []
    )


def test_the_same_key_is_one_broadcast_also_at_once(outbox: Outbox) -> None:
    together, references = Barrier(4), []

    def work() -> None:
        together.wait()
        references.append(plan(outbox, draft(outbox)))

    threads = [Thread(target=work) for _thread in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(references) == 4
    assert len(set(references)) == 1
    assert len(phones(outbox, references[0])) == len(ALL)
    assert plan(outbox, draft(outbox), "another") != references[0]


def test_who_wants_no_notices_gets_alerts_only(outbox: Outbox) -> None:
    with transaction(outbox.engine) as db:
        inbox.opt_out(db, NUMBER, NOW)
    assert NUMBER not in phones(outbox, plan(outbox, draft(outbox), "notice"))
    assert NUMBER not in phones(outbox, plan(outbox, draft(outbox, Urgency.CAMPAIGN), "campaign"))
    assert NUMBER in phones(outbox, plan(outbox, draft(outbox, Urgency.ALERT), "alert"))
    with transaction(outbox.engine) as db:
        inbox.opt_in(db, NUMBER)
    assert NUMBER in phones(outbox, plan(outbox, draft(outbox), "later"))


def test_many_are_planned_in_chunks_and_each_is_heard_of(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcasts, "AT_ONCE", 3)
    heard: list[int] = []
    with transaction(outbox.engine) as db:
        inbox.opt_out(db, "+22370000001", NOW)
        reference = broadcasts.plan(db, draft(outbox), "chunks", NOW, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(ALL) - 1
    assert {number[-2:] for number in phones(outbox, reference)} == ALL - {"01"}


def test_each_is_told_in_their_language_and_the_tally_adds_up(outbox: Outbox, server: Server) -> None:
    given = draft(outbox)
    told = Draft(given.cooperative_id, given.audience, "dial", {"page": "dues"}, Urgency.NOTICE, NOW)
    reference = plan(outbox, told)
    assert tally(outbox, reference) == {QUEUED: len(ALL)}
    outbox.running.sender().drain()
    assert tally(outbox, reference) == {MessageState.ACCEPTED: len(ALL)}
    words = dict(server.sent)
    assert words["+22370000014"] == "Dial *384*77#, then: My dues."
    assert words["+22370000001"] == "Faites *384*77#, puis: Mes cotisations."


def test_messages_wait_language_by_language_so_that_one_call_says_the_same(outbox: Outbox) -> None:
    plan(outbox, draft(outbox))
    with reading(outbox.engine) as db:
        languages = list(db.execute(select(Message.language).order_by(Message.id)).scalars())
        by_phone = list(db.execute(select(Message.language).order_by(Message.phone)).scalars())
    assert languages == sorted(languages)
    assert by_phone != sorted(by_phone)


def test_what_has_not_left_is_taken_back(outbox: Outbox, server: Server) -> None:
    reference = plan(outbox, draft(outbox))
    outbox.round()  # twenty of them
    with transaction(outbox.engine) as db:
        found = broadcasts.find(db, reference)
        assert broadcasts.cancel(db, found.broadcast_id, NOW) == len(ALL) - 20
        assert broadcasts.cancel(db, found.broadcast_id, NOW) == 0
    outbox.running.sender().drain()
    assert tally(outbox, reference) == {MessageState.ACCEPTED: 20}
    other = plan(outbox, draft(outbox), "other")
    with transaction(outbox.engine) as db:
        broadcasts.cancel(db, broadcasts.find(db, other).broadcast_id, NOW)
    assert outbox.round() == 0
    assert tally(outbox, other) == {MessageState.CANCELLED: len(ALL)}


def send(app: Flask, *more: str, text: str = "Réunion à 9h.") -> str:
    code, said = run(app, "broadcast", "send", "--cooperative", "KOGB", "--text", text, *more)
    assert code == 0, said
    return said.strip()


def shown(app: Flask, reference: str) -> dict[str, int]:
    code, said = run(app, "broadcast", "show", reference, "--json")
    told = json.loads(said)
    assert (code, told["reference"]) == (0, reference)
    assert list(told["tally"]) == [
        "queued",
        "sending",
        "accepted",
        "delivered",
        "failed",
        "expired",
        "in_doubt",
        "cancelled",
    ]
    assert sum(told["tally"].values()) == told["recipients"]
    return {state: count for state, count in told["tally"].items() if count}


def test_send_prints_the_reference_alone_and_a_key_names_it(app: Flask, outbox: Outbox) -> None:
    reference = send(app, "--key", "mine")
    assert reference.isdigit()
    assert send(app, "--key", "mine") == reference
    assert shown(app, reference) == {"queued": len(ALL)}
    assert send(app) != send(app)
    assert outbox.states() == {QUEUED: 3 * len(ALL)}


def test_the_roles_and_the_sex_are_named_as_in_the_register(app: Flask) -> None:
    assert shown(app, send(app, "--role", "treasurer", "--role", "secretary")) == {"queued": 3}
    assert shown(app, send(app, "--sex", "F", "--language", "en")) == {"queued": 1}


def test_show_says_it_in_words_too(app: Flask) -> None:
    reference = send(app)
    assert run(app, "broadcast", "show", reference)[1] == f"{reference}: {len(ALL)} phones\n{len(ALL)}\tqueued\n"


def test_send_waits_for_its_hour_and_for_the_morning(app: Flask, outbox: Outbox, clock: Clock) -> None:
    later = send(app, "--at", "2026-11-22T19:30")
    zoned = send(app, "--at", "2026-11-22T21:30:00+01:00")
    clock.now = datetime(2026, 11, 22, 19, 29, tzinfo=UTC)
    assert outbox.round() == 0
    clock.pass_by(minutes=1)
    outbox.running.sender().drain()
    assert shown(app, later) == {"accepted": len(ALL)}
    clock.pass_by(hours=2)
    assert outbox.running.sender().drain() == 0  # it is night
    urgent = send(app, "--urgent")
    outbox.running.sender().drain()
    assert shown(app, urgent) == {"accepted": len(ALL)}
    assert shown(app, zoned) == {"queued": len(ALL)}
    clock.now = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    outbox.running.sender().drain()
    assert shown(app, zoned) == {"accepted": len(ALL)}


WRONG = {
    ("--cooperative", "XXXX", "--text", "a"): "no cooperative XXXX",
    ("--cooperative", "KOGB", "--text", "  \n"): "the text is empty",
    ("--cooperative", "KOGB", "--text", "a", "--at", "soon"): "soon is no time",
}


@pytest.mark.parametrize("words", WRONG, ids=WRONG.values())
def test_what_cannot_be_sent_is_said_in_a_sentence(app: Flask, outbox: Outbox, words: tuple[str, ...]) -> None:
    for command in ("send", "preview"):
        code, said = run(app, "broadcast", command, *words)
        assert (code, said.count("\n")) == (1, 1)
        assert WRONG[words] in said
    assert outbox.states() == {}


def test_an_unknown_reference_is_said(app: Flask) -> None:
    for words in (("show", "123"), ("cancel", "123"), ("correct", "123", "--text", "a")):
        assert run(app, "broadcast", *words) == (1, "no broadcast 123\n")
    assert run(app, "broadcast", "send")[0] == 2


def test_a_preview_counts_and_sends_nothing(app: Flask, outbox: Outbox) -> None:
    code, said = run(app, "broadcast", "preview", "--cooperative", "KOGB", "--text", "Réunion à 9h. " + "x" * 160)
    assert code == 0
    assert f"{len(ALL)} phones, {2 * len(ALL)} SMS" in said
    assert outbox.states() == {}


def test_what_an_sms_cannot_say_is_refused_by_its_first_sign(app: Flask, outbox: Outbox) -> None:
    words = "Réunion 📢 السلام"
    first = send(app)
    there = outbox.states()
    for given in (
        *(("broadcast", each, "--cooperative", "KOGB", "--text", words) for each in ("send", "preview")),
        ("broadcast", "send", "--cooperative", "KOGB", "--template", "work_together", "--with", f"day={words}"),
        ("broadcast", "correct", first, "--text", words),
    ):
        assert run(app, *given) == (1, "no SMS can say '📢' (U+1F4E2): write the text without it\n")
    assert outbox.states() == there
    assert send(app, text="Nɔgɔya… «où» ça? Ɲɛnabɔ") != first


def test_a_correction_reaches_exactly_who_got_the_first_one(app: Flask, outbox: Outbox, server: Server) -> None:
    first = send(app)
    outbox.round()
    got = {number for number, _words in server.sent}
    code, said = run(app, "broadcast", "correct", first, "--text", "Réunion à 10h.")
    assert code == 0
    second = said.strip().splitlines()[-1]
    assert run(app, "broadcast", "correct", first, "--text", "Réunion à 10h.")[1].strip() == second
    server.heard.clear()
    outbox.running.sender().drain()
    assert {number for number, words in server.sent} == got
    assert {words for _number, words in server.sent} == {"Réunion à 10h."}
    assert shown(app, first) == {"accepted": 20} | ({"cancelled": len(ALL) - 20} if len(ALL) > 20 else {})


def test_a_correction_of_a_correction_that_waits_is_for_who_got_the_first(
    app: Flask, outbox: Outbox, server: Server, clock: Clock
) -> None:
    first = send(app, "--member", "4")
    outbox.round()
    clock.now = outbox.clock.now = NOW.replace(hour=22)
    second = run(app, "broadcast", "correct", first, "--text", "Réunion à 10h.")[1].strip()
    third = run(app, "broadcast", "correct", second, "--text", "Réunion à 11h.")[1].strip()
    assert shown(app, second) == {"cancelled": 1}
    fourth = run(app, "broadcast", "correct", first, "--text", "Réunion à 12h.")[1].strip()
    assert shown(app, third) == {"cancelled": 1}
    assert len(phones(outbox, third)) == len(phones(outbox, fourth)) == 1
    clock.now = outbox.clock.now = NOW + timedelta(days=1)
    outbox.running.sender().drain()
    assert server.sent[-1] == (phones(outbox, fourth)[0], "Réunion à 12h.")
    assert [words for _number, words in server.sent].count("Réunion à 12h.") == len(server.sent) - 1 == 1


def test_a_correction_goes_to_doubts_and_not_to_who_was_refused(app: Flask, outbox: Outbox, server: Server) -> None:
    server.behave = says(403, "InvalidPhoneNumber")
    refused = send(app, "--member", "4")
    outbox.round()
    server.behave = always(Raw(reset=True))
    doubtful = send(app, "--member", "5")
    outbox.round()
    server.behave = takes_all
    for reference, reached in ((refused, 0), (doubtful, 1)):
        second = run(app, "broadcast", "correct", reference, "--text", "Non.")[1].strip()
        assert len(phones(outbox, second)) == reached


def test_doubts_are_listed_without_words_and_settled(app: Flask, outbox: Outbox, server: Server) -> None:
    server.behave = always(Raw(reset=True))
    send(app, "--member", "12")
    outbox.round()
    listed = run(app, "messages", "doubtful")[1]
    number, kind, ending, since, why = listed.strip().split("\t")
    assert (kind, ending, since, why) == ("words", "...0012", "2026-11-22 10:00", "ConnectionError")
    assert run(app, "messages", "settle", number, "again") == (0, "again\n")
    assert run(app, "messages", "settle", number, "again") == (1, f"message {number} is not in doubt\n")
    assert run(app, "messages", "settle", number, "perhaps")[0] == 2
    assert run(app, "messages", "doubtful") == (0, "")


def test_what_a_broadcast_says_is_kept_sealed(app: Flask, outbox: Outbox) -> None:
    send(app, text="Le secret du village")
    with reading(outbox.engine) as db:
        rows = str(db.execute(select(Broadcast)).all()) + str(db.execute(select(Message)).all())
        assert db.execute(select(func.count()).select_from(Broadcast)).scalar_one() == 1
    assert "secret" not in rows


def test_a_broadcast_that_is_too_late_expires(outbox: Outbox, server: Server) -> None:
    given = draft(outbox)
    late = Draft(
        *(given.cooperative_id, given.audience, "words", {"text": "x"}, Urgency.NOTICE, NOW),
        not_after=NOW + timedelta(hours=1),
    )
    reference = plan(outbox, late)
    outbox.clock.pass_by(hours=1)
    jobs.doubt(outbox.running)
    assert outbox.running.sender().drain() == 0
    assert tally(outbox, reference) == {MessageState.EXPIRED: len(ALL)}
    assert server.heard == []


def test_the_app_is_over_the_same_database(app: Flask, outbox: Outbox) -> None:
    assert service.of(app).engine.url == outbox.engine.url


# Limits, templates, what comes again.


def test_above_the_limit_a_second_officer_agrees_before_anything_is_planned(app: Flask, outbox: Outbox) -> None:
    assert run(app, "broadcast", "limits", "KOGB", "--one-key", "3")[1] == "one key\t3\nmonth\t-\nday\t-\nmoney\t-\n"
    words = ("broadcast", "send", "--cooperative", "KOGB", "--text", "Réunion à 9h.")
    code, said = run(app, *words)
    assert code == 1
    assert f"{len(ALL)} phones need a second officer's key" in said
    assert run(app, *words, "--by", "7")[0] == 1  # no officer
    code, said = run(app, *words, "--by", "3", "--at", "2026-11-22T12:00")
    assert (code, "waits for a second officer" in said) == (0, True)
    assert outbox.states() == {}
    with reading(outbox.engine) as db:
        assert "Réunion" not in str(db.execute(select(Proposal)).all())
    board = opened(app, BOARD)
    page = board.press("4", "1")
    assert "Envoyer une annonce" in page
    assert "20 téléphones, 20 SMS" in page
    assert "Réunion à 9h." in page
    assert "accepté et fait" in board.press("1")
    assert outbox.states() == {QUEUED: len(ALL) + 1}  # who proposed it is told
    assert send(app, "--member", "4").isdigit()
    assert send(app, "--urgent").isdigit()


def accepted(outbox: Outbox, said: str) -> None:
    """A second officer agrees to what a command said that it waits for."""
    with transaction(outbox.engine) as db:
        Pit(db, "KOGB", NOW).approve(int(said.split()[1].strip(":")))


def test_what_is_proposed_twice_is_one_proposal_and_sent_once(app: Flask, outbox: Outbox, clock: Clock) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "3")
    words = ("broadcast", "send", "--cooperative", "KOGB", "--by", "3", "--text", "Réunion à 9h.")
    first = run(app, *words, "--key", "k1")[1]
    clock.pass_by(minutes=1)
    assert run(app, *words, "--key", "k1")[1] == run(app, *words)[1] == first
    accepted(outbox, first)
    there = outbox.states()
    assert there == {QUEUED: len(ALL)}
    reference = run(app, *words, "--key", "k1")[1].strip()
    assert len(phones(outbox, reference)) == len(ALL)
    right = ("broadcast", "correct", reference, "--text", "Réunion à 10h.", "--by", "3")
    outbox.running.sender().drain()
    proposed = run(app, *right)[1]
    clock.pass_by(minutes=1)
    assert run(app, *right)[1] == proposed
    accepted(outbox, proposed)
    known = run(app, *right)[1].strip()
    assert len(phones(outbox, known)) == len(ALL)
    assert outbox.states() == {MessageState.ACCEPTED: len(ALL), QUEUED: len(ALL)}


def test_two_proposals_under_one_key_are_sent_once(app: Flask, outbox: Outbox) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "3")
    words = ("broadcast", "send", "--cooperative", "KOGB", "--by", "3", "--key", "k1", "--text")
    both = [run(app, *words, text)[1] for text in ("Réunion à 9h.", "Réunion à 9 h.")]
    assert both[0] != both[1]
    for said in both:
        accepted(outbox, said)
    assert outbox.states() == {QUEUED: len(ALL)}


def test_what_comes_again_is_proposed_once_and_begun_once(app: Flask, outbox: Outbox) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "3")
    words = ("broadcast", "send", "--cooperative", "KOGB", "--by", "3", "--key", "k1", "--every", "FREQ=MONTHLY")
    said = run(app, *words, "--text", "Cotisation")[1]
    accepted(outbox, said)
    assert run(app, *words, "--text", "Cotisation")[1] == "recurring 1\n"


def test_a_proposal_that_would_come_too_late_is_not_done(app: Flask, outbox: Outbox, clock: Clock) -> None:
    run(app, "broadcast", "limits", "KOGB", "--one-key", "0")
    words = ("--cooperative", "KOGB", "--text", "x", "--by", "3", "--until", "2026-11-22T11:00")
    said = run(app, "broadcast", "send", *words)[1]
    with pytest.raises(Overtaken), transaction(outbox.engine) as db:
        Pit(db, "KOGB", NOW + timedelta(hours=2)).approve(int(said.split()[1].strip(":")))
    assert outbox.states() == {}


def test_the_limit_of_the_month_is_said_in_a_sentence(app: Flask, outbox: Outbox) -> None:
    run(app, "broadcast", "limits", "KOGB", "--month", "25")
    send(app)
    code, said = run(app, "broadcast", "send", "--cooperative", "KOGB", "--text", "x")
    assert (code, said.count("\n")) == (1, 1)
    assert "5 of 25 are left this month" in said
    assert outbox.states() == {QUEUED: len(ALL)}


def test_a_template_is_said_in_each_members_language(app: Flask, outbox: Outbox, server: Server) -> None:
    words = ("--template", "site_closed", "--with", "place=Puits 3", "--with", "day=24/11/2026")
    code, reference = run(app, "broadcast", "send", "--cooperative", "KOGB", *words)
    assert code == 0
    outbox.running.sender().drain()
    assert shown(app, reference.strip()) == {"accepted": len(ALL)}
    assert set(dict(server.sent).values()) == {
        "Puits 3: pas de travail le 24/11/2026. Merci de passer le message.",
        "Puits 3: no work on 24/11/2026. Please pass it on.",
    }


@pytest.mark.parametrize(
    ("day", "why"), [("demain", "is no day"), ("21/11/2026", "is over"), ("2026-02-30", "is no day")]
)
def test_the_day_of_a_template_is_a_day_to_come(app: Flask, outbox: Outbox, day: str, why: str) -> None:
    words = ("--cooperative", "KOGB", "--template", "work_together", "--with", f"day={day}")
    code, said = run(app, "broadcast", "send", *words)
    assert (code, why in said, said.count("\n")) == (1, True, 1)
    assert outbox.states() == {}


def test_a_template_that_names_a_day_does_not_come_again(app: Flask, outbox: Outbox) -> None:
    words = ("--cooperative", "KOGB", "--template", "buyer_comes", "--with", "day=2026-12-01")
    code, said = run(app, "broadcast", "send", *words, "--every", "FREQ=WEEKLY")
    assert (code, "is said once" in said) == (1, True)
    assert run(app, "broadcast", "recurring", "KOGB") == (0, "")


def test_a_template_that_names_a_day_ends_with_it(app: Flask, outbox: Outbox, server: Server) -> None:
    words = ("--template", "work_together", "--with", "day=2026-11-24", "--member", "4")
    reference = run(app, "broadcast", "send", "--cooperative", "KOGB", *words)[1].strip()
    outbox.clock.now = datetime(2026, 11, 24, 12, 1, tzinfo=UTC)
    outbox.running.sender().drain()
    jobs.doubt(outbox.running)
    assert (server.sent, shown(app, reference)) == ([], {"expired": 1})


def test_a_notice_that_would_be_over_before_the_morning_is_refused(app: Flask, outbox: Outbox) -> None:
    words = ("--cooperative", "KOGB", "--text", "x", "--at", "2026-11-22T21:00", "--until", "2026-11-22T23:00")
    code, said = run(app, "broadcast", "send", *words)
    assert (code, "over before the morning" in said) == (1, True)
    assert run(app, "broadcast", "send", *words, "--urgent")[0] == 0


def test_every_template_can_be_sent(app: Flask) -> None:
    for name, gaps in GAPS.items():
        fill = {"day": "2026-12-01", "place": "Kéniéba"}
        words = [word for gap in gaps for word in ("--with", f"{gap}={fill[gap]}")]
        code, said = run(app, "broadcast", "preview", "--cooperative", "KOGB", "--template", name, *words)
        assert (code, f"{len(ALL)} phones, {len(ALL)} SMS\n" in said) == (0, True), name
        wrong = ("--with", "nothing=1")
        assert run(app, "broadcast", "send", "--cooperative", "KOGB", "--template", name, *wrong)[0] == 1
    both = ("--text", "a", "--template", "pay_dues")
    for given in (both, ()):
        code, said = run(app, "broadcast", "send", "--cooperative", "KOGB", *given)
        assert (code, said) == (1, "give --text or --template, one of them\n")


def test_those_who_are_late_with_their_dues(app: Flask, outbox: Outbox) -> None:
    late = reaches(outbox, late=True)
    assert set() < late < ALL
    assert len(phones(outbox, send(app, "--late"))) == len(late)


def test_what_it_costs_is_known_where_a_price_is(settings: dict[str, str]) -> None:
    for prices, ending in (("+223: 15.5", ", about 310"), ("*: 20; +22370: 10", ", about 200"), ("+225: 9", "")):
        made = create_app(Config.read({**settings, "SMS_PRICES": prices}))
        said = run(made, "broadcast", "preview", "--cooperative", "KOGB", "--text", "a")[1]
        service.of(made).engine.dispose()
        assert said.endswith(f"{len(ALL)} phones, {len(ALL)} SMS{ending}\n")
    with pytest.raises(BadSetting, match="SMS_PRICES"):
        Config.read({**settings, "SMS_PRICES": "+223 15"})


def test_what_comes_again_is_listed_and_stopped(app: Flask, outbox: Outbox) -> None:
    said = send(app, "--every", "FREQ=WEEKLY;BYDAY=MO", "--at", "2026-11-22T09:00", "--key", "weekly")
    assert said == send(app, "--every", "FREQ=WEEKLY;BYDAY=MO", "--at", "2026-11-22T09:00", "--key", "weekly")
    number = said.removeprefix("recurring ")
    listed = run(app, "broadcast", "recurring", "KOGB")[1]
    assert listed == f"{number}\tFREQ=WEEKLY;BYDAY=MO\t2026-11-23T09:00:00+00:00\n"
    assert outbox.states() == {}
    outbox.clock.pass_by(days=1)
    assert run(app, "sender", "--drain")[0] == 0
    assert outbox.states().total() == len(ALL)
    assert run(app, "broadcast", "stop", number) == (0, "")
    assert run(app, "broadcast", "stop", number)[0] == 1
    code, said = run(app, "broadcast", "send", "--cooperative", "KOGB", "--text", "a", "--every", "each monday")
    assert (code, "is no rule" in said) == (1, True)
