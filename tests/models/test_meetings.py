"""Meetings: the law on assemblies, one identity through each move, who is told what, once; proxies, quorum, minutes."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select, update

from models import (
    announcing,
    assemblies,
    attendance,
    convening,
    door,
    doubts,
    forecast,
    inbox,
    meetings,
    members,
    minutes,
    served,
    vault,
)
from models.announcing import What
from models.assemblies import Mention
from models.attendance import NoProxy, Unfit
from models.convening import Call, NotCalled, Snag
from models.cooperatives import Kind
from models.door import Closed, Shut
from models.hands import Hand
from models.meetings import Meeting, MeetingKind, MeetingState
from models.members import Member
from models.messages import Message, MessageState
from models.minutes import Decided, Outcome
from models.served import Way
from tests.conftest import NOW, Clock
from tests.office import hand
from tests.phone import Phone
from ussd_app import jobs, service
from ussd_app.db import transaction

KINDS = ["sqlite", "postgresql"]
AGENDA = ("Comptes", "Élection", "Info: kits")
BAKARY, ISSOUF, AWA = "+22370000004", "+22370000015", "+22370000012"


@pytest.fixture
def db(app: Flask) -> Iterator[Connection]:
    with transaction(service.of(app).engine) as made:
        yield made


def in_days(days: float, kind: MeetingKind = MeetingKind.ORDINARY, agenda: tuple[str, ...] = AGENDA) -> Call:
    return Call(kind, NOW + timedelta(days=days), "École de Kogbera", agenda)


def called(db: Connection, days: float = 20, kind: MeetingKind = MeetingKind.ORDINARY) -> int:
    return convening.call(db, hand(db, "1"), in_days(days, kind), NOW)


def snag(db: Connection, number: str, wanted: Call, now: datetime = NOW) -> tuple[Snag, str]:
    with pytest.raises(NotCalled) as error:
        convening.call(db, hand(db, number), wanted, now)
    return error.value.snag, error.value.about


@pytest.mark.parametrize(
    ("form", "members_", "first", "second"),
    [
        (Kind.SCOOPS, 58, 30, 1),
        (Kind.COOP_CA, 58, 29, 15),
        (Kind.SCOOPS, 1, 1, 1),
        (Kind.COOP_CA, 59, 30, 15),
        (Kind.COOP_CA, 17, 9, 5),
        (Kind.COOP_CA, 0, 1, 1),
    ],
)
def test_the_quorum_of_each_form(form: Kind, members_: int, first: int, second: int) -> None:
    both = assemblies.LAWS[form].quorums[MeetingKind.ORDINARY]
    assert [each.needed(members_) for each in both] == [first, second]


def test_an_assembly_that_is_too_late_or_says_too_little_is_refused_and_a_meeting_is_not(db: Connection) -> None:
    assert snag(db, "1", in_days(14)) == (Snag.TOO_LATE, "15")
    assert snag(db, "1", in_days(20, agenda=())) == (Snag.UNSAID, Mention.AGENDA)
    assert snag(db, "1", in_days(-1, MeetingKind.MEETING)) == (Snag.PAST, "")
    assert convening.call(db, hand(db, "1"), in_days(1, MeetingKind.MEETING, ()), NOW)


def test_a_notice_of_the_evening_counts_from_the_next_morning(db: Connection) -> None:
    evening = NOW.replace(hour=20)
    assert snag(db, "1", in_days(15), evening) == (Snag.TOO_LATE, "15")
    assert convening.call(db, hand(db, "1"), in_days(15), NOW)


def test_bylaws_lengthen_the_notice_of_a_scoops_and_never_shorten_it(db: Connection) -> None:
    cooperative_id = hand(db, "1").cooperative_id
    assemblies.set_bylaws(db, cooperative_id, {"notice_days": 5})
    assert snag(db, "1", in_days(10))[0] is Snag.TOO_LATE
    assemblies.set_bylaws(db, cooperative_id, {"notice_days": 30})
    assert snag(db, "1", in_days(20)) == (Snag.TOO_LATE, "30")


def test_a_coop_ca_must_say_its_capital(db: Connection) -> None:
    sano = members.on_phone(db, "+22370000031")[0]
    acting = Hand(sano.member_id, sano.cooperative_id, sano.role)
    assemblies.set_bylaws(db, sano.cooperative_id, {"capital": None})
    with pytest.raises(NotCalled) as error:
        convening.call(db, acting, in_days(20), NOW)
    assert (error.value.snag, error.value.about) == (Snag.UNSAID, Mention.CAPITAL)


@pytest.mark.parametrize("number", ["5", "4", "12"])
def test_who_does_not_call_meetings(db: Connection, number: str) -> None:
    assert snag(db, number, in_days(20))[0] is Snag.NO_CALLER


def messages_of(db: Connection, meeting_id: int) -> dict[What, int]:
    found: dict[What, int] = {}
    for each in announcing.notices(db, meeting_id):
        counted = select(func.count()).where(
            Message.broadcast_id == each.broadcast_id, Message.state != MessageState.CANCELLED
        )
        found[each.what] = found.get(each.what, 0) + db.execute(counted).scalar_one()
    return found


def test_the_same_call_again_is_one_meeting_and_one_notice(db: Connection) -> None:
    first = called(db)
    told = messages_of(db, first)
    assert called(db) == first
    assert messages_of(db, first) == told
    assert told[What.CALLED] > 10
    assert snag(db, "1", in_days(20, agenda=("Autre",)))[0] is Snag.TAKEN


def test_a_meeting_of_another_cooperative_is_not_there(db: Connection) -> None:
    meeting_id = called(db)
    other = hand(db, "1", "SANO", "+22370000031")
    with pytest.raises(NotCalled) as error:
        convening.cancel(db, other, meeting_id, NOW)
    assert error.value.snag is Snag.UNKNOWN
    with pytest.raises(NotCalled) as error:
        _moved(db, other, meeting_id)
    assert error.value.snag is Snag.UNKNOWN


def _moved(db: Connection, by: Hand, meeting_id: int, days: float = 27) -> None:
    convening.move(db, by, meeting_id, NOW + timedelta(days=days), None, NOW)


def _delivered(db: Connection, phones: tuple[str, ...]) -> None:
    sent = update(Message).where(Message.phone.in_(phones), Message.state == MessageState.QUEUED)
    db.execute(sent.values(state=MessageState.DELIVERED))


def test_a_move_tells_who_got_the_notice_what_changed_and_calls_the_others(db: Connection) -> None:
    meeting_id = called(db)
    whole = messages_of(db, meeting_id)[What.CALLED]
    _delivered(db, (BAKARY, AWA))
    _moved(db, hand(db, "1"), meeting_id)
    assert messages_of(db, meeting_id) == {What.CALLED: 2 + whole - 2, What.MOVED: 2}
    _delivered(db, (ISSOUF, BAKARY))  # one got the second notice, one the change
    _moved(db, hand(db, "1"), meeting_id, 34)
    assert messages_of(db, meeting_id)[What.MOVED] == 1 + 3
    convening.cancel(db, hand(db, "3"), meeting_id, NOW)
    convening.cancel(db, hand(db, "3"), meeting_id, NOW)
    assert messages_of(db, meeting_id)[What.CANCELLED] == 3
    waiting = select(func.count()).where(Message.state == MessageState.QUEUED, Message.kind != "meeting_cancelled")
    assert db.execute(waiting).scalar_one() == 0


@pytest.mark.parametrize("what", [What.MOVED, What.CANCELLED])
def test_who_got_a_reminder_only_hears_once_what_changed(db: Connection, what: What) -> None:
    meeting_id, by = called(db), hand(db, "1")
    _delivered(db, (BAKARY,))
    lost = update(Message).where(Message.phone == AWA, Message.state == MessageState.QUEUED)
    db.execute(lost.values(state=MessageState.FAILED))
    announcing.remind(db, NOW + timedelta(days=19))
    _delivered(db, (BAKARY, AWA))
    if what is What.MOVED:
        _moved(db, by, meeting_id)
    else:
        convening.cancel(db, by, meeting_id, NOW + timedelta(days=19))
    for phone in (BAKARY, AWA):
        queued = select(Message.kind).where(Message.phone == phone, Message.state == MessageState.QUEUED)
        assert db.execute(queued).scalars().all() == [announcing.KINDS[what]]
    assert messages_of(db, meeting_id)[what] == 2
    _delivered(db, (BAKARY, AWA))
    if what is What.MOVED:  # who heard of the change only is told of the next one
        convening.cancel(db, by, meeting_id, NOW)
        assert messages_of(db, meeting_id)[What.CANCELLED] == 2


def _waits_for(db: Connection, phone: str) -> list[tuple[str, str | None, str]]:
    """The kinds of what waits for a phone, of which hour it speaks, and which one it says now."""
    found = select(Message.kind, Message.facts_sealed).where(
        Message.phone == phone, Message.state == MessageState.QUEUED
    )
    opened = [(row.kind, json.loads(vault.unseal(row.facts_sealed))) for row in db.execute(found)]
    return [(kind, said["was_at"] and said["was_at"][:10], said["starts_at"][:10]) for kind, said in opened]


def test_each_hears_of_the_hour_they_knew_when_it_moves_twice_before_a_notice_leaves(db: Connection) -> None:
    meeting_id, by = called(db), hand(db, "1")
    first, second, third = ((NOW + timedelta(days=days)).date().isoformat() for days in (20, 27, 34))
    _delivered(db, (BAKARY, AWA))
    _moved(db, by, meeting_id, 27)
    _delivered(db, (BAKARY,))
    _moved(db, by, meeting_id, 34)
    assert _waits_for(db, BAKARY) == [("meeting_moved", second, third)]
    assert _waits_for(db, AWA) == [("meeting_moved", first, third)]
    _moved(db, by, meeting_id, 20)  # AWA never heard that it was to be another day
    assert _waits_for(db, BAKARY) == [("meeting_moved", second, first)]
    assert _waits_for(db, AWA) == [("meeting_called", None, first)]
    _moved(db, by, meeting_id, 34)
    convening.cancel(db, by, meeting_id, NOW)
    assert _waits_for(db, BAKARY) == [("meeting_cancelled", None, second)]
    assert _waits_for(db, AWA) == [("meeting_cancelled", None, first)]


def test_a_moved_meeting_is_the_same_one_and_an_assembly_keeps_its_notice(db: Connection) -> None:
    meeting_id = called(db)
    _moved(db, hand(db, "1"), meeting_id)
    found = meetings.announced(db, hand(db, "1").cooperative_id, meeting_id)
    assert found is not None
    assert (found.state, found.version, found.starts_at) == (MeetingState.MOVED, 1, NOW + timedelta(days=27))
    with pytest.raises(NotCalled) as error:
        _moved(db, hand(db, "1"), meeting_id, 3)
    assert error.value.snag is Snag.TOO_LATE
    other = called(db, 40)
    with pytest.raises(NotCalled) as error:
        _moved(db, hand(db, "1"), other, 27)
    assert error.value.snag is Snag.TAKEN


def reminders(phone: Phone) -> list[str]:
    return [said for said in phone.received() if "Rappel" in said]


def test_each_reminder_goes_once_moves_along_and_none_after_the_event(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    running, bakary = service.of(app), phone(BAKARY)
    with transaction(running.engine) as db:
        meeting_id = called(db)
    bakary.received()
    seen: list[tuple[float, str]] = []
    for _step in range(24 * 30):
        clock.pass_by(hours=1)
        if clock.now == NOW + timedelta(days=14):
            with transaction(running.engine) as db:
                convening.move(db, hand(db, "1"), meeting_id, NOW + timedelta(days=30), None, clock.now)
        for _run in range(3):
            jobs.remind(running)
        before = NOW + timedelta(days=30) - clock.now
        seen += [(before / timedelta(hours=1), said[:60]) for said in reminders(bakary)]
    assert [hours for hours, _said in seen] == [24 * 17, 24 * 7, 24, 2]


def test_a_reminder_says_tomorrow_only_on_the_day_before(
    app: Flask, clock: Clock, phone: Callable[[str], Phone]
) -> None:
    running, bakary, at = service.of(app), phone(BAKARY), NOW.replace(hour=20, minute=30) + timedelta(days=9)
    with transaction(running.engine) as db:
        convening.call(db, hand(db, "1"), Call(MeetingKind.COMMITTEE, at, "Cour"), NOW)
    bakary.received()
    said: list[tuple[int, str]] = []
    for _hour in range(24 * 10):
        clock.pass_by(hours=1)
        jobs.remind(running)
        if (at - clock.now).days != 0 or clock.now.hour == 19:  # on the last day no sender is up before the evening
            days = (at.date() - clock.now.date()).days
            said += [(days, each.partition("Rappel: ")[2].partition(" Comité")[0]) for each in reminders(bakary)]
    assert said == [(6, "dans 6 jours,"), (0, "aujourd'hui")]


def test_a_reminder_whose_hour_had_passed_at_the_call_is_left_out(app: Flask, db: Connection) -> None:
    meeting_id = called(db, 1, MeetingKind.WORK_DAY)
    for hours in (0, 1, 21.5, 23, 23.5):
        announcing.remind(db, NOW + timedelta(hours=hours))
    assert [each.what for each in announcing.notices(db, meeting_id)] == [What.CALLED, What.HOURS]


def test_a_scheduler_that_slept_sends_the_last_reminder_only_and_nothing_late(db: Connection) -> None:
    meeting_id = called(db, 20)
    announcing.remind(db, NOW + timedelta(days=19, hours=23))
    assert [each.what for each in announcing.notices(db, meeting_id)] == [What.CALLED, What.HOURS]
    doubts.expire(db, NOW + timedelta(days=20, minutes=1))
    queued = select(func.count()).where(Message.state == MessageState.QUEUED, Message.broadcast_id.is_not(None))
    assert db.execute(queued).scalar_one() == 0


def test_an_imported_meeting_reminds_nobody_until_it_is_called(db: Connection) -> None:
    for day in range(30):
        assert announcing.remind(db, NOW + timedelta(days=day)) == 0


def test_proof_of_notice_names_every_member_and_what_reached_them(db: Connection) -> None:
    meeting_id = called(db)
    _delivered(db, (BAKARY,))
    mine = hand(db, "4")
    served.read(db, meeting_id, mine.member_id, NOW)
    served.read(db, meeting_id, mine.member_id, NOW + timedelta(days=1))
    proof = {each.number: each for each in served.proof(db, mine.cooperative_id, meeting_id)}
    assert len(proof) == 22
    assert (proof["4"].way, proof["4"].read_at, proof["4"].phone) == (Way.ARRIVED, NOW, "...0004")
    assert proof["15"].way is Way.WAITING
    assert served.reach(db, mine.cooperative_id, meeting_id).ways[Way.ARRIVED] == 1


def unfit(db: Connection, meeting_id: int, giver: str, number: str) -> Unfit:
    with pytest.raises(NoProxy) as error:
        _stand_in(db, meeting_id, giver, number)
    return error.value.unfit


def _stand_in(db: Connection, meeting_id: int, giver: str, number: str) -> None:
    mine = hand(db, giver)
    attendance.stand_in(db, mine.cooperative_id, meeting_id, mine.member_id, number, NOW)


def test_a_member_stands_in_for_as_many_as_the_bylaws_say(db: Connection) -> None:
    meeting_id = called(db)
    _stand_in(db, meeting_id, "12", "4")
    _stand_in(db, meeting_id, "12", "4")
    assert unfit(db, meeting_id, "13", "4") is Unfit.FULL
    assert unfit(db, meeting_id, "13", "12") is Unfit.AWAY
    assert unfit(db, meeting_id, "4", "13") is Unfit.HOLDS
    assert unfit(db, meeting_id, "13", "13") is Unfit.ONESELF
    assert unfit(db, meeting_id, "13", "999") is Unfit.UNKNOWN
    mine = hand(db, "12")
    counted = forecast.turnout(db, mine.cooperative_id, meeting_id, mine.member_id)
    assert (counted.represented, counted.holder, counted.mine) == (1, "4", False)
    attendance.answer(db, meeting_id, mine.member_id, True, NOW)
    assert forecast.turnout(db, mine.cooperative_id, meeting_id, mine.member_id).represented == 0
    assemblies.set_bylaws(db, mine.cooperative_id, {"proxies": 0})
    assert unfit(db, meeting_id, "13", "4") is Unfit.NONE


def shut(what: Callable[[], object]) -> Shut:
    with pytest.raises(Closed) as error:
        what()
    return error.value.shut


def test_nothing_is_decided_before_the_quorum_nor_off_the_agenda(db: Connection) -> None:
    meeting_id, keeper = called(db), hand(db, "3")
    start = NOW + timedelta(days=20)
    assert shut(lambda: door.enter(db, keeper, meeting_id, "4", NOW)) is Shut.NOT_YET
    assert shut(lambda: door.enter(db, hand(db, "5"), meeting_id, "4", start)) is Shut.NO_KEEPER
    _stand_in(db, meeting_id, "22", "1")
    for number in map(str, range(1, 11)):
        came = door.enter(db, keeper, meeting_id, number, start)
        door.enter(db, keeper, meeting_id, number, start)
        assert door.givers(db, meeting_id, came) == (["22"] if number == "1" else [])
    yes = Decided(1, Outcome.ADOPTED, 9, 1)
    assert shut(lambda: minutes.decide(db, keeper, meeting_id, yes, start)) is Shut.NO_QUORUM
    assert shut(lambda: door.represent(db, keeper, meeting_id, "22", "21", start)) is Shut.NOT_THERE
    door.represent(db, keeper, meeting_id, "22", "1", start)
    assert shut(lambda: minutes.decide(db, keeper, meeting_id, yes, start)) is Shut.NO_QUORUM
    door.enter(db, keeper, meeting_id, "11", start)
    assert door.present(db, meeting_id) == door.Present(11, 1)
    assert shut(lambda: minutes.decide(db, keeper, meeting_id, Decided(3, Outcome.ADOPTED), start)) is Shut.NO_VOTE
    assert shut(lambda: minutes.decide(db, keeper, meeting_id, Decided(4, Outcome.ADOPTED), start)) is Shut.NO_ITEM
    assert shut(lambda: minutes.decide(db, keeper, meeting_id, Decided(1, Outcome.ADOPTED, 12, 1), start)) is Shut.VOTES
    minutes.decide(db, keeper, meeting_id, yes, start)
    minutes.decide(db, keeper, meeting_id, yes, start)
    assert minutes.decisions(db, meeting_id) == [yes]
    found = meetings.announced(db, keeper.cooperative_id, meeting_id)
    assert found is not None
    assert found.state is MeetingState.HELD


def test_who_comes_after_all_is_there_themselves(db: Connection) -> None:
    meeting_id, keeper, start = called(db), hand(db, "3"), NOW + timedelta(days=20)
    door.enter(db, keeper, meeting_id, "1", start)
    door.represent(db, keeper, meeting_id, "22", "1", start)
    door.enter(db, keeper, meeting_id, "22", start)
    assert door.present(db, meeting_id) == door.Present(2, 0)
    door.represent(db, keeper, meeting_id, "22", "1", start)
    assert door.present(db, meeting_id) == door.Present(2, 0)


def test_a_second_call_has_the_same_agenda_and_its_own_quorum(db: Connection) -> None:
    first = called(db)
    by = hand(db, "1")
    again = Call(MeetingKind.ORDINARY, NOW + timedelta(days=40), "École", AGENDA, None, first)
    second = convening.call(db, by, again, NOW)
    found = meetings.announced(db, by.cooperative_id, second)
    assert found is not None
    assert attendance.needed(db, by.cooperative_id, found) == 1
    other = Call(MeetingKind.ORDINARY, NOW + timedelta(days=50), "École", ("Autre",), None, first)
    assert snag(db, "1", other)[0] is Snag.NO_SECOND


def test_the_second_call_of_a_coop_ca_comes_within_the_days_of_the_law(db: Connection) -> None:
    sano = members.on_phone(db, "+22370000031")[0]
    by = Hand(sano.member_id, sano.cooperative_id, sano.role)
    first = convening.call(db, by, in_days(20), NOW)
    within = assemblies.body(db, sano.cooperative_id).law.second_within
    assert within is not None
    for days, fits in ((within.days, True), (within.days + 1, False)):
        again = Call(MeetingKind.ORDINARY, NOW + timedelta(days=20 + days), "École", AGENDA, None, first)
        if fits:
            convening.ready(db, by, again, NOW)
            continue
        with pytest.raises(NotCalled) as error:
            convening.ready(db, by, again, NOW)
        assert (error.value.snag, error.value.about) == (Snag.TOO_FAR, str(within.days))


def test_half_of_an_odd_number_is_rounded_up() -> None:
    half = assemblies.Quorum(1, 2, more=False, source="")
    assert [half.needed(members_) for members_ in (1, 2, 3, 17)] == [1, 1, 2, 9]
    assert assemblies.Quorum(2, 3, more=False, source="").needed(16) == 11
    assert assemblies.Quorum(1, 2, more=True, source="").needed(17) == 9


def test_who_left_is_not_counted(db: Connection) -> None:
    by = hand(db, "1")
    meeting_id = called(db)
    db.execute(
        update(Member).where(Member.cooperative_id == by.cooperative_id, Member.number == "22").values(left_on=NOW)
    )
    assert forecast.turnout(db, by.cooperative_id, meeting_id, 0).members == 21
    assert db.execute(select(Meeting.called_at).where(Meeting.id == meeting_id)).scalar_one() == NOW.astimezone(UTC)


def _got(db: Connection, phone: str) -> list[str]:
    kinds = select(Message.kind).where(Message.phone == phone, Message.state != MessageState.CANCELLED)
    return list(db.execute(kinds.order_by(Message.id)).scalars())


def test_who_stopped_notices_is_told_of_assemblies_and_proven_so_and_of_nothing_else(db: Connection) -> None:
    inbox.opt_out(db, BAKARY, NOW)
    meeting_id, by = called(db), hand(db, "1")
    assert _got(db, BAKARY) == ["meeting_called"]
    _delivered(db, (BAKARY,))
    announcing.remind(db, NOW + timedelta(days=13, hours=1))  # a reminder is no right
    assert What.WEEK in [each.what for each in announcing.notices(db, meeting_id)]
    _moved(db, by, meeting_id)
    _delivered(db, (BAKARY,))
    proof = {each.number: each.way for each in served.proof(db, by.cooperative_id, meeting_id)}
    assert proof["4"] is Way.ARRIVED
    convening.cancel(db, by, meeting_id, NOW)
    assert _got(db, BAKARY) == ["meeting_called", "meeting_moved", "meeting_cancelled"]
    plain = called(db, 5, MeetingKind.WORK_DAY)
    assert _got(db, BAKARY) == ["meeting_called", "meeting_moved", "meeting_cancelled"]
    proof = {each.number: each.way for each in served.proof(db, by.cooperative_id, plain)}
    assert proof["4"] is Way.STOPPED
