"""Whole lives of cases: agreement, promises, appeals, reopening, withdrawal, threats, referral, merging, other side."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from models import members
from models.grievances import (
    Category,
    Concerned,
    Did,
    Filed,
    Follow,
    Lane,
    Name,
    Refused,
    SafeTime,
    State,
    Stop,
    Unknown,
    deciding,
    following,
    near,
    open_case,
    parties,
    promises,
    reading,
    readings,
    sight,
    threats,
    work,
)
from models.grievances.held import Held, caller
from models.grievances.promises import Promise
from models.grievances.tables import CaseThreat, Grievance
from models.hands import Hand
from models.members import Member, Phone, Role
from models.messages import Message, MessageState
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, proposed, tell_above, tick

KINDS = ["sqlite", "postgresql"]
PAYS = Promise("Verser 41 350 F", "Le trésorier", date(2026, 12, 5))


def stop(refused: pytest.ExceptionInfo[Refused]) -> Stop:
    return refused.value.stop


def opened(land: Land, filed: Filed) -> int:
    found = open_case(land.db, filed.reference, filed.code, "+22369999999", NOW)
    assert isinstance(found, int)
    return found


def test_a_case_is_settled_by_both_sides_and_closed_when_the_promise_is_kept_and_its_owner_says_so(
    land: Land, committees: Committees
) -> None:
    db, one = land.db, committees["coop"][0]
    owner, other = land.member("coop"), land.member("coop")
    filed = land.file(owner, follow=Follow.SMS)
    case_id = assigned(land, one, filed)
    deciding.invite(db, one, case_id, other.member_id, NOW)
    deciding.propose(db, one, case_id, "La coop verse 41 350 F", [PAYS], NOW)
    (asked,) = parties.invitations(db, other.member_id)
    assert (asked.asked, asked.outcome and asked.outcome.text) == (True, "La coop verse 41 350 F")
    following.accept(db, opened(land, filed), NOW)
    assert land.case(filed).state is State.PROPOSED
    parties.answer(db, other.member_id, asked.invitation_id, True, NOW)
    assert land.case(filed).state is State.RESOLVED
    assert Did.CONFIRMED in following.look(db, case_id, NOW).can
    following.settled(db, case_id, True, NOW)
    assert land.case(filed).state is State.RESOLVED
    (promise,) = promises.of(db, case_id)
    assert promise.promise_id is not None
    deciding.keep(db, one, case_id, promise.promise_id, NOW + 9 * DAY)
    assert land.case(filed).state is State.RESOLVED
    following.settled(db, case_id, True, NOW + 9 * DAY)
    assert land.case(filed).state is State.CLOSED
    assert {kind for _phone, kind in land.sms()} == {"case_news"}
    assert {phone for phone, _kind in land.sms()} == {owner.phone, other.phone}


def test_a_signed_paper_is_the_yes_of_the_other_side_and_never_of_the_complainant(
    land: Land, committees: Committees
) -> None:
    one, filed = committees["coop"][0], land.file()
    case_id = assigned(land, one, filed)
    deciding.invite(land.db, one, case_id, land.member("coop").member_id, NOW)
    deciding.propose(land.db, one, case_id, "On partage l'eau", [], NOW)
    deciding.note_paper(land.db, one, case_id, NOW)
    assert land.case(filed).state is State.PROPOSED
    following.accept(land.db, case_id, NOW)
    assert land.case(filed).state is State.RESOLVED


def test_it_is_asked_whether_it_is_settled_and_a_no_opens_it_again(land: Land, committees: Committees) -> None:
    filed = land.file()
    case_id = proposed(land, committees["coop"][0], filed)
    following.accept(land.db, case_id, NOW)
    following.settled(land.db, case_id, False, NOW + DAY)
    case = land.case(filed)
    assert (case.state, case.handler_id, case.due_at) == (State.REOPENED, None, NOW + 3 * DAY)


@pytest.mark.parametrize("talk", [True, False])
def test_who_refuses_talks_again_but_not_about_children(land: Land, committees: Committees, talk: bool) -> None:
    filed, child = land.file(), land.file(key="2", category=Category.CHILDREN)
    for each, then in ((filed, State.IN_MEDIATION), (child, State.ASSIGNED)):
        following.refuse(land.db, proposed(land, committees["coop"][0], each), NOW, talk)
        assert land.case(each).state is then
    with pytest.raises(Refused) as refused:
        deciding.set_session(land.db, committees["coop"][0], land.case(child).id, NOW + DAY, "Mairie", NOW)
    assert stop(refused) is Stop.NO_MEDIATION


def test_an_appeal_goes_to_other_people_within_fifteen_days(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    above = land.member("union", Role.COMMITTEE, phone=one.phone)
    filed, late = land.file(), land.file(key="2")
    case_id, late_id = proposed(land, one, filed), proposed(land, one, late)
    following.appeal(db, case_id, "Le montant est faux", NOW + 15 * DAY)
    case = land.case(filed)
    assert (land.level(filed), case.state, case.handler_id) == ("union", State.APPEALED, None)
    assert case.due_at == NOW + 45 * DAY
    # Whoever handled it below does not see it above, in another register either.
    assert sight.count(db, above) == 0
    assert sight.count(db, committees["union"][0]) == 1
    opened(land, late)
    over = NOW.replace(hour=0) + 16 * DAY  # fifteen days after the day they first read it
    with pytest.raises(Refused) as refused:
        following.appeal(db, late_id, None, over + timedelta(seconds=1))
    assert stop(refused) is Stop.TOO_LATE
    assert Did.APPEALED not in following.look(db, late_id, NOW + 16 * DAY).can


def test_an_appeal_is_decided_with_a_reason_or_proposed_anew(land: Land, committees: Committees) -> None:
    db, other = land.db, committees["union"][0]
    filed, again = land.file(), land.file(key="2")
    for each in (filed, again):
        following.appeal(db, proposed(land, committees["coop"][0], each), None, NOW)
        work.assign(db, other, land.case(each).id, other.member_id, NOW)
    deciding.close(db, other, land.case(filed).id, "Le premier accord reste", NOW)
    assert land.case(filed).state is State.CLOSED
    assert following.letters(db, land.case(filed).id)[-1].words == "Le premier accord reste"
    deciding.propose(db, other, land.case(again).id, "La moitié", [], NOW)
    assert land.case(again).state is State.PROPOSED


def test_out_of_scope_owes_a_reason_and_can_be_appealed(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed = land.file()
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    work.assess(db, one, case_id, Lane.ORDINARY, Category.OTHER, NOW)
    work.turn_down(db, one, case_id, "C'est au tribunal", NOW)
    assert [each.words for each in following.letters(db, case_id)] == ["C'est au tribunal"]
    following.appeal(db, case_id, None, NOW)
    assert land.level(filed) == "union"


def test_what_was_given_to_somebody_is_not_turned_down_by_a_colleague(land: Land, committees: Committees) -> None:
    db, (one, other, _third) = land.db, committees["coop"]
    filed = land.file()
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    work.assess(db, one, case_id, Lane.ORDINARY, Category.OTHER, NOW)
    work.assign(db, one, case_id, other.member_id, NOW)
    with pytest.raises(Refused) as refused:
        work.turn_down(db, one, case_id, "C'est au tribunal", NOW)
    assert (stop(refused), following.letters(db, case_id)) == (Stop.NOT_HANDLER, [])
    work.turn_down(db, other, case_id, "C'est au tribunal", NOW)
    assert land.case(filed).state is State.OUT_OF_SCOPE


def turned_down(land: Land, hand: Hand, key: str = "k") -> Filed:
    filed = land.file(key=key)
    case_id = opened(land, filed)
    work.acknowledge(land.db, hand, case_id, NOW)
    work.assess(land.db, hand, case_id, Lane.ORDINARY, Category.OTHER, NOW)
    work.turn_down(land.db, hand, case_id, "C'est au tribunal", NOW)
    return filed


def test_the_days_to_appeal_run_from_the_first_look_at_the_refusal(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    unread, read, again = (turned_down(land, one, key) for key in "abc")
    for number in (40, 50):
        for each in (read, again):
            assert isinstance(open_case(db, each.reference, each.code, "+22369999999", NOW + number * DAY), int)
    for each, days in ((unread, 300), (read, 55)):
        assert Did.APPEALED in following.look(db, land.case(each).id, NOW + days * DAY).can
        following.appeal(db, land.case(each).id, None, NOW + days * DAY)
        assert land.level(each) == "union"
    late = NOW + 57 * DAY
    assert following.look(db, land.case(again).id, late).can & {Did.APPEALED, Did.REOPENED} == {Did.REOPENED}
    with pytest.raises(Refused) as refused:
        following.appeal(db, land.case(again).id, None, late)
    assert stop(refused) is Stop.TOO_LATE
    following.reopen(db, land.case(again).id, "Le tribunal ne veut pas", late)
    assert land.case(again).state is State.REOPENED


def test_the_days_to_appeal_run_from_the_first_look_at_what_was_decided_or_proposed(
    land: Land, committees: Committees
) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    solution, again = (land.file(land.member("coop"), key=key) for key in "ab")
    for each in (solution, again):
        proposed(land, one, each)
    decided = land.case(again).id
    following.appeal(db, decided, None, NOW)
    work.assign(db, above, decided, above.member_id, NOW)
    deciding.close(db, above, decided, "L'accord reste", NOW)
    for each in (solution, again):
        case_id, looked = land.case(each).id, NOW + 200 * DAY
        assert Did.APPEALED in following.look(db, case_id, looked).can
        assert isinstance(open_case(db, each.reference, each.code, "+22369999999", looked), int)
        assert Did.APPEALED not in following.look(db, case_id, looked + 17 * DAY).can
        with pytest.raises(Refused) as refused:
            following.appeal(db, case_id, None, looked + 17 * DAY)
        assert stop(refused) is Stop.TOO_LATE
        following.appeal(db, case_id, None, looked + 15 * DAY)
    assert [land.level(each) for each in (solution, again)] == ["union", "federation"]


def test_a_closed_case_opens_again_within_twelve_months(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed, late = land.file(), land.file(key="2")
    for each in (filed, late):
        case_id = proposed(land, one, each)
        following.accept(db, case_id, NOW)
        following.settled(db, case_id, True, NOW)
        assert land.case(each).state is State.CLOSED
    following.reopen(db, land.case(filed).id, "Ils ont repris le puits", NOW + 365 * DAY)
    assert (land.case(filed).state, land.level(filed)) == (State.REOPENED, "coop")
    with pytest.raises(Refused) as refused:
        following.reopen(db, land.case(late).id, None, NOW + 366 * DAY)
    assert stop(refused) is Stop.TOO_LATE


def test_a_case_that_is_over_takes_no_more_words_and_no_second_withdrawal(land: Land) -> None:
    filed = land.file()
    case_id = land.case(filed).id
    following.withdraw(land.db, case_id, NOW)
    tries: list[Callable[[], None]] = [
        lambda: following.withdraw(land.db, case_id, NOW),
        lambda: following.add(land.db, case_id, "Encore", "n", NOW),
        lambda: following.send_up(land.db, case_id, None, NOW),
    ]
    for again in tries:
        with pytest.raises(Refused):
            again()
    assert following.look(land.db, case_id, NOW).can == {Did.THREATENED, Did.REOPENED}


def test_who_took_a_case_back_opens_it_again_within_twelve_months(land: Land, committees: Committees) -> None:
    db, filed, late = land.db, land.file(), land.file(key="2")
    for each in (filed, late):
        following.withdraw(db, opened(land, each), NOW)
    following.reopen(db, land.case(filed).id, "On m'a forcée", NOW + 365 * DAY)
    assert (land.case(filed).state, land.level(filed)) == (State.REOPENED, "coop")
    assert land.case(filed).id in {line.case_id for line in sight.mine(db, committees["coop"][0])}
    assert Did.REOPENED not in following.look(db, land.case(late).id, NOW + 366 * DAY).can
    with pytest.raises(Refused) as refused:
        following.reopen(db, land.case(late).id, None, NOW + 366 * DAY)
    assert stop(refused) is Stop.TOO_LATE


def test_a_threat_goes_one_level_above_who_handles_it_and_to_nobody_below(land: Land, committees: Committees) -> None:
    db, here, above = land.db, committees["coop"][0], committees["union"][0]
    filed = land.file()
    case_id = land.case(filed).id
    assert following.threatened(db, case_id, NOW)
    (told,) = threats.told(db, above)
    assert (told.category, told.body, told.gave_up) == (Category.LAND, "coop", False)
    assert threats.told(db, here) == []
    assert all(step.did is not Did.THREATENED for step in reading.whole(db, here, case_id).history)
    with pytest.raises(Unknown):
        threats.see(db, here, told.threat_id, NOW)
    following.withdraw(db, case_id, NOW)
    assert [each.gave_up for each in threats.told(db, above)] in ([True, False], [False, True])


def test_a_threat_where_nobody_is_above_is_told_to_who_comes_there(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    above = [hand for name in ("union", "federation", "confederation", "partner") for hand in committees[name]]
    db.execute(update(Member).where(Member.id.in_([each.member_id for each in above])).values(role=Role.MEMBER))
    filed = land.file()
    assert following.threatened(db, land.case(filed).id, NOW) is False
    assert tell_above(db) == 0
    db.execute(update(Member).where(Member.id.in_([each.member_id for each in above[-2:]])).values(role=Role.COMMITTEE))
    assert [tell_above(db) for _ in range(2)] == [1, 0]
    (told,) = threats.told(db, above[-1])
    assert (told.category, told.at, told.seen_at) == (Category.LAND, NOW, None)
    assert threats.told(db, one) == []


def test_a_threat_is_told_to_who_handles_the_case_after_those_of_whom_it_was_said(
    land: Land, committees: Committees
) -> None:
    db, partner = land.db, committees["partner"][0]
    filed = land.file()
    case_id = land.case(filed).id
    db.execute(insert(CaseThreat).values(id=1, grievance_id=case_id, level_id=None, desk=None, at=NOW, gave_up=False))
    for below in ("coop", "union", "federation", "confederation"):
        work.escalate(db, committees[below][0], case_id, None, NOW + DAY)
    assert tell_above(db) == 1
    assert [each.at for each in threats.told(db, partner)] == [NOW]


def test_the_level_above_can_take_a_case_because_of_a_threat(land: Land, committees: Committees) -> None:
    filed = land.file()
    following.threatened(land.db, land.case(filed).id, NOW)
    (told,) = threats.told(land.db, committees["union"][0])
    threats.call_up(land.db, committees["union"][0], told.threat_id, NOW)
    assert (land.level(filed), sight.count(land.db, committees["coop"][0])) == ("union", 0)


@pytest.mark.parametrize("levels", [1, 2])
def test_a_case_that_came_up_meanwhile_is_not_sent_on_by_who_wants_it(
    land: Land, committees: Committees, levels: int
) -> None:
    db, (above, *_others) = land.db, committees["union"]
    filed = land.file()
    following.threatened(db, land.case(filed).id, NOW)
    (told,) = threats.told(db, above)
    for _ in range(levels):
        following.send_up(db, land.case(filed).id, None, NOW)
    steps, level = land.did(filed), land.level(filed)
    with pytest.raises(Refused) as refused:
        threats.call_up(db, above, told.threat_id, NOW)
    assert (stop(refused), land.did(filed), land.level(filed)) == (Stop.STATE, steps, level)
    assert sight.count(db, above) == (levels == 1)


def test_a_referral_ends_with_its_reason(land: Land, committees: Committees) -> None:
    one, filed = committees["coop"][0], land.file()
    case_id = assigned(land, one, filed)
    deciding.refer(land.db, one, case_id, "Inspection du travail", NOW)
    with pytest.raises(Refused):
        deciding.close(land.db, committees["coop"][1], case_id, "Sans nouvelle", NOW)
    for early in (NOW, NOW + 60 * DAY - timedelta(seconds=1)):
        deciding.check(land.db, one, case_id, None, early)
        with pytest.raises(Refused) as refused:
            deciding.close(land.db, one, case_id, "Sans nouvelle", early)
        assert stop(refused) is Stop.NO_ANSWER_YET
    deciding.close(land.db, one, case_id, "Sans nouvelle", NOW + 60 * DAY)
    assert (land.case(filed).state, following.look(land.db, case_id, NOW).waits_for_me) == (State.RESOLVED, True)
    tick(land.db, NOW + 300 * DAY)
    assert land.case(filed).state is State.RESOLVED  # silence is no answer
    following.settled(land.db, case_id, True, NOW + 300 * DAY)
    assert land.case(filed).state is State.CLOSED
    assert [each.words for each in following.letters(land.db, case_id)] == ["Inspection du travail", "Sans nouvelle"]


def test_after_the_answer_of_a_service_its_owner_is_asked_and_a_no_opens_it_again(
    land: Land, committees: Committees
) -> None:
    one = committees["coop"][0]
    again, answered = land.file(key="2"), land.file(key="3", category=Category.CHILDREN)
    for each, yes, then in ((again, False, State.REOPENED), (answered, True, State.CLOSED)):
        case_id = assigned(land, one, each)
        if each is answered:  # what was promised in an outcome that came to nothing holds nobody up
            deciding.propose(land.db, one, case_id, "On paie", [PAYS], NOW)
            following.refuse(land.db, case_id, NOW)
        deciding.refer(land.db, one, case_id, "La mairie", NOW)
        deciding.check(land.db, one, case_id, "Elle a rendu le puits", NOW + DAY)
        deciding.close(land.db, one, case_id, "La mairie a rendu le puits", NOW + DAY)
        following.settled(land.db, case_id, yes, NOW + 2 * DAY)
        assert land.case(each).state is then


def test_only_the_handler_handles(land: Land, committees: Committees) -> None:
    one, two, _three = committees["coop"]
    filed = land.file(name=Name.HANDLER)
    case_id = assigned(land, one, filed)
    tries: list[Callable[[], None]] = [
        lambda: deciding.inquire(land.db, two, case_id, NOW),
        lambda: deciding.propose(land.db, two, case_id, "Rien", [], NOW),
        lambda: deciding.set_session(land.db, two, case_id, NOW + DAY, "Mairie", NOW),
    ]
    for done in tries:
        with pytest.raises(Refused) as refused:
            done()
        assert stop(refused) is Stop.NOT_HANDLER
    assert reading.whole(land.db, two, case_id).phone is None
    assert reading.whole(land.db, one, case_id).phone == "+22360999999"


@pytest.mark.parametrize(("name", "seen"), [(Name.COMMITTEE, True), (Name.HANDLER, False), (Name.NOBODY, False)])
def test_the_committee_sees_a_name_where_it_may(land: Land, committees: Committees, name: Name, seen: bool) -> None:
    owner = land.member("coop")
    whole = reading.whole(land.db, committees["coop"][0], land.case(land.file(owner, name=name)).id)
    assert (whole.caller is not None, whole.phone is not None) == (seen, seen)
    assert whole.words == "Le puits est à nous"


def test_whom_a_case_is_given_to_says_yes_first(land: Land, committees: Committees) -> None:
    db, (one, two, _three) = land.db, committees["coop"]
    case_id = land.case(land.file()).id
    work.acknowledge(db, one, case_id, NOW)
    work.assess(db, one, case_id, Lane.ORDINARY, Category.LAND, NOW)
    assert [each for each, _name in work.colleagues(db, one, case_id)] == [
        each.member_id for each in committees["coop"][1:]
    ]
    with pytest.raises(Refused):
        work.assign(db, one, case_id, committees["union"][0].member_id, NOW)
    work.assign(db, one, case_id, two.member_id, NOW)
    (line,) = sight.mine(db, two)
    assert (line.mine, line.state) == (False, State.ASSESSED)
    work.assign(db, two, case_id, two.member_id, NOW)
    (line,) = sight.mine(db, two)
    assert (line.mine, line.state) == (True, State.ASSIGNED)


def test_who_steps_aside_sees_it_no_more_and_with_too_few_left_it_goes_up(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    filed = land.file()
    case_id = assigned(land, one, filed)
    work.recuse(db, one, case_id, NOW)
    assert (land.case(filed).state, land.case(filed).handler_id) == (State.ASSESSED, None)
    assert [sight.count(db, each) for each in (one, two, three)] == [0, 1, 1]
    work.recuse(db, two, case_id, NOW)
    assert land.level(filed) == "union"
    assert sight.count(db, three) == 0
    with pytest.raises(Unknown):
        work.recuse(db, one, case_id, NOW)


def test_whom_it_turns_out_to_be_about_loses_it_at_once(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    officer, watching = land.member("coop", Role.PRESIDENT), land.member("coop", Role.SURVEILLANCE)
    filed, led = land.file(), land.file(key="2")
    tick(db, NOW + 3 * DAY)
    assert len(sight.late(db, watching, NOW + 3 * DAY)) == 2
    work.accuse(db, one, land.case(filed).id, watching.member_id, NOW)
    assert len(sight.late(db, watching, NOW + 3 * DAY)) == 1
    work.accuse(db, one, land.case(led).id, officer.member_id, NOW)
    assert land.level(led) == "union"


def test_who_names_a_colleague_alone_does_not_get_their_case(land: Land, committees: Committees) -> None:
    db, (one, two, three), above = land.db, committees["coop"], committees["union"][0]
    filed = land.file(land.member("coop"), name=Name.HANDLER)
    case_id = assigned(land, one, filed)
    work.accuse(db, two, case_id, one.member_id, NOW)
    assert (land.level(filed), land.case(filed).handler_id) == ("union", None)
    assert [sight.count(db, each) for each in (one, two, three)] == [0, 0, 0]
    named = [step for step in reading.whole(db, above, case_id).history if step.did is Did.ACCUSED]
    assert [(step.by, step.why) for step in named] == [
        (members.name(db, two.member_id), f"{members.name(db, one.member_id)} ({land.number(one)})")
    ]


def test_where_nobody_is_above_two_name_a_colleague(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["partner"]
    beside = land.member("partner", Role.COMMITTEE, phone=two.phone)
    filed = land.file(land.member("partner"), home_id=land.bodies["partner"], name=Name.HANDLER)
    case_id = assigned(land, one, filed)
    for each in (two, two, beside):  # the same person, and one who shares their phone
        work.accuse(db, each, case_id, one.member_id, NOW)
        assert (sight.count(db, one), land.case(filed).handler_id) == (1, one.member_id)
    # Whom they named handles it until then, and does not read who did.
    read = [[step.did for step in reading.whole(db, each, case_id).history] for each in (one, two)]
    assert [each.count(Did.ACCUSED) for each in read] == [0, 3]
    work.accuse(db, three, case_id, one.member_id, NOW)
    assert (sight.count(db, one), land.case(filed).handler_id, land.level(filed)) == (0, None, "partner")


def alone(land: Land, committees: Committees) -> Hand:
    """Nobody is above the cooperative, which has a president: they."""
    above = [each.member_id for name, people in committees.items() if name != "coop" for each in people]
    land.db.execute(update(Member).where(Member.id.in_(above)).values(left_on=NOW.date()))
    return land.member("coop", Role.PRESIDENT)


def test_one_alone_leaves_no_case_to_nobody_by_naming_an_officer(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    president = alone(land, committees)
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    work.accuse(db, two, case_id, president.member_id, NOW)
    work.accuse(db, two, case_id, president.member_id, NOW)
    assert (land.level(filed), land.case(filed).handler_id) == ("coop", one.member_id)
    assert [sight.count(db, each) for each in (one, two, three)] == [1, 1, 1]
    tick(db, NOW + DAY)
    work.accuse(db, three, case_id, president.member_id, NOW)
    assert (land.level(filed), land.did(filed)[-1]) == (None, "escalated")


def test_what_turns_out_to_be_about_the_leaders_is_seated_anew(land: Land, committees: Committees) -> None:
    db, (one, two, _three) = land.db, committees["coop"]
    president = land.member("coop", Role.PRESIDENT)
    linked = land.member("union", Role.COMMITTEE, phone=president.phone)
    first, second = (land.file(land.member("coop"), key=each, concerned=Concerned.UNSAID) for each in "12")
    case_id = land.case(first).id
    work.merge(db, one, land.case(second).id, case_id, NOW)
    work.acknowledge(db, one, case_id, NOW)
    work.assess(db, one, case_id, Lane.ORDINARY, Category.LEADERS, NOW)
    assert [land.level(each) for each in (first, second)] == ["union", "union"]
    assert [land.case(each).all_officers for each in (first, second)] == [True, True]
    assert [sight.count(db, each) for each in (one, two, linked, committees["union"][0])] == [0, 0, 0, 1]
    named = land.file(land.member("coop"), key="3", barred_id=president.member_id, concerned=Concerned.OFFICER)
    above = committees["union"][0]
    work.acknowledge(db, above, land.case(named).id, NOW)
    work.assess(db, above, land.case(named).id, Lane.ORDINARY, Category.LEADERS, NOW)
    assert (land.level(named), land.case(named).all_officers) == ("union", False)


def test_about_the_leaders_it_is_not_where_that_left_it_to_nobody(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    alone(land, committees)
    filed = land.file(land.member("coop"))
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    with pytest.raises(Refused) as refused:
        work.assess(db, one, case_id, Lane.ORDINARY, Category.LEADERS, NOW)
    assert (stop(refused), land.level(filed), land.case(filed).all_officers) == (Stop.NOBODY_ABOVE, "coop", False)


def test_what_takes_two_to_say_is_not_done_by_an_invitation(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    below = assigned(land, one, land.file(land.member("coop"), key="2"))
    with pytest.raises(Refused) as refused:
        deciding.invite(db, one, below, two.member_id, NOW)
    assert stop(refused) is Stop.NAME_FIRST
    president = alone(land, committees)
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    for each in (president, two, three):
        with pytest.raises(Refused) as refused:
            deciding.invite(db, one, case_id, each.member_id, NOW)
        assert stop(refused) is Stop.NAME_FIRST
    assert (land.level(filed), parties.members(db, case_id)) == ("coop", [])
    assert [sight.count(db, each) for each in (one, two, three)] == [2, 2, 2]
    for each in (one, three):
        work.accuse(db, each, case_id, two.member_id, NOW)
    deciding.invite(db, one, case_id, two.member_id, NOW)
    assert (land.level(filed), parties.members(db, case_id)) == ("coop", [two.member_id])


def test_what_a_colleague_handles_is_theirs_to_give(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    filed = land.file(land.member("coop"), name=Name.HANDLER)
    case_id = proposed(land, one, filed)
    for each in (two, three):
        with pytest.raises(Refused) as refused:
            work.assign(db, two, case_id, each.member_id, NOW)
        assert stop(refused) is Stop.NOT_HANDLER
    assert reading.whole(db, three, case_id).caller is None
    assert land.case(filed).handler_id == one.member_id


def test_a_case_that_turns_out_sensitive_forgets_who_called_and_leaves_the_desk(
    land: Land, committees: Committees
) -> None:
    db, one = land.db, committees["coop"][0]
    desk = land.member("federation", Role.GENDER_PRESIDENT)
    other = land.member("federation", Role.GENDER_PRESIDENT)
    filed = land.file(land.member("coop"), follow=Follow.SMS)
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    before = land.sms()
    work.assess(db, one, case_id, Lane.SENSITIVE, Category.PRIVATE, NOW)
    case = land.case(filed)
    assert (case.caller_sealed, case.follow, land.level(filed)) == (None, Follow.PULL, "federation")
    assert (sight.count(db, one), sight.count(db, desk)) == (0, 1)
    assert land.sms() == before
    # Whoever opens it first has it alone.
    work.acknowledge(db, desk, case_id, NOW)
    assert (sight.count(db, desk), sight.count(db, other)) == (1, 0)


@pytest.mark.parametrize("category", Category)
def test_nobody_makes_a_case_vanish_by_calling_it_private(
    land: Land, committees: Committees, category: Category
) -> None:
    db, one = land.db, committees["coop"][0]
    filed = land.file(land.member("coop"), follow=Follow.SMS)
    case_id = land.case(filed).id
    work.acknowledge(db, one, case_id, NOW)
    before = land.case(filed)
    with pytest.raises(Refused) as refused:
        work.assess(db, one, case_id, Lane.SENSITIVE, category, NOW)
    private = category in {Category.PRIVATE, Category.CHILDREN, Category.FORCES}
    assert stop(refused) is (Stop.NO_PRIVATE_DESK if private else Stop.NOT_PRIVATE)
    assert land.case(filed) == before
    land.member("federation", Role.GENDER_PRESIDENT)
    if private:
        work.assess(db, one, case_id, Lane.SENSITIVE, category, NOW)
        assert land.level(filed) == "federation"
        return
    with pytest.raises(Refused):
        work.assess(db, one, case_id, Lane.SENSITIVE, category, NOW)


@pytest.mark.parametrize("at_home", [True, False])
@pytest.mark.parametrize("lane", [Lane.ORDINARY, Lane.URGENT, Lane.EXTERNAL])
def test_what_came_in_private_is_never_put_before_the_committee(
    land: Land, committees: Committees, lane: Lane, at_home: bool
) -> None:
    db, desk = land.db, land.member("coop" if at_home else "federation", Role.GENDER_PRESIDENT)
    filed = land.file(category=Category.PRIVATE, at_home=at_home, phone="")
    case_id = land.case(filed).id
    work.acknowledge(db, desk, case_id, NOW)
    with pytest.raises(Refused) as refused:
        work.assess(db, desk, case_id, lane, Category.PRIVATE, NOW)
    assert refused.value.stop is Stop.PRIVATE
    work.assess(db, desk, case_id, Lane.SENSITIVE, Category.CHILDREN, NOW)
    case = land.case(filed)
    assert (case.state, case.lane, case.handler_id) == (State.ASSESSED, Lane.SENSITIVE, desk.member_id)
    assert [sight.count(db, each) for each in committees["coop"]] == [0, 0, 0]


def test_the_list_of_the_chosen_desk_says_when_it_is_safe_to_speak(land: Land) -> None:
    """In the one query that finds the cases: of a second one, a case could be gone by then."""
    desk, _deputy = land.people("coop", *[Role.GENDER_PRESIDENT] * 2)
    kept: dict[str, Any] = {"category": Category.PRIVATE, "at_home": True, "phone": ""}
    for key, when in (("a", SafeTime.MORNING), ("b", None)):
        land.file(key=key, safe_time=when, now=NOW + DAY if when else NOW, **kept)
    assert [line.safe_time for line in sight.mine(land.db, desk)] == [None, SafeTime.MORNING]


@pytest.mark.parametrize(("lane", "category"), [(Lane.SENSITIVE, Category.PRIVATE), (Lane.ORDINARY, Category.CHILDREN)])
def test_the_other_side_is_out_of_a_case_that_is_not_mediated_any_more(
    land: Land, committees: Committees, lane: Lane, category: Category
) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    other, filed = land.member("coop"), land.file(land.member("coop"))
    land.member("federation", Role.GENDER_PRESIDENT)
    case_id = assigned(land, one, filed)
    deciding.invite(db, one, case_id, other.member_id, NOW)
    deciding.set_session(db, one, case_id, NOW + DAY, "Mairie", NOW)
    deciding.propose(db, one, case_id, "On partage l'eau", [PAYS], NOW)
    (invited,) = parties.invitations(db, other.member_id)
    work.escalate(db, one, case_id, None, NOW)
    work.acknowledge(db, above, case_id, NOW)
    work.assess(db, above, case_id, lane, category, NOW)
    assert (parties.invitations(db, other.member_id), parties.any_for(db, other.member_id)) == ([], False)
    with pytest.raises(Unknown):
        parties.answer(db, other.member_id, invited.invitation_id, False, NOW)
    with pytest.raises(Unknown):
        parties.appeal(db, other.member_id, invited.invitation_id, None, NOW)
    mine = following.look(db, case_id, NOW)
    assert (mine.session, mine.outcome, promises.of(db, case_id)) == (None, None, [])
    assert Did.PROPOSED in land.did(filed)


def test_what_waits_to_be_sent_of_a_case_that_turns_out_sensitive_never_leaves(
    land: Land, committees: Committees
) -> None:
    db, one, night = land.db, committees["coop"][0], NOW.replace(hour=23)
    owner, other = land.member("coop"), land.member("coop")
    land.member("federation", Role.GENDER_PRESIDENT)
    private, plain = (land.file(owner, key=each, follow=Follow.SMS, now=night) for each in ("private", "plain"))
    private_id = land.case(private).id
    for each in (private, plain):
        case_id = assigned(land, one, each, night)
        deciding.invite(db, one, case_id, other.member_id, night)
    tick(db, night)
    deciding.propose(db, one, private_id, "Rien", [], night)
    work.escalate(db, one, private_id, None, night)
    tick(db, night)
    work.acknowledge(db, committees["union"][0], private_id, night)
    sent = (Message.kind == "case_news", Message.phone.startswith("+2236"))
    waiting = select(Message.phone).where(*sent, Message.state == MessageState.QUEUED)
    before = list(db.execute(waiting.order_by(Message.phone)).scalars())
    work.assess(db, committees["union"][0], private_id, Lane.SENSITIVE, Category.PRIVATE, night + timedelta(minutes=9))
    left = list(db.execute(waiting.order_by(Message.phone)).scalars())
    assert before == [owner.phone, owner.phone, other.phone, other.phone]
    assert left == [owner.phone, other.phone]  # of the plain one alone


def test_cases_that_say_the_same_are_handled_together_and_none_is_lost(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    accused = committees["coop"][2]
    other = land.file()
    first, second = (land.file(key=each, barred_id=accused.member_id) for each in ("1", "2"))
    into, case_id = land.case(first).id, land.case(second).id
    assert sight.count(db, accused) == 1
    # Joined, the other would vanish for somebody whom only the second is about, and tell them so.
    with pytest.raises(Refused) as refused:
        work.merge(db, one, case_id, land.case(other).id, NOW)
    assert stop(refused) is Stop.OTHER_CAUSE
    assert sight.count(db, accused) == 1
    work.merge(db, one, case_id, into, NOW)
    assert sight.count(db, accused) == 1
    proposed(land, one, first)
    mine = following.look(db, opened(land, second), NOW)
    assert (mine.merged, mine.state, mine.reference) == (True, State.PROPOSED, second.reference)
    following.add(db, case_id, "Moi aussi", "n", NOW)
    assert following.look(db, case_id, NOW).added == 1
    # The one whose case it was gives up: the other goes on.
    following.withdraw(db, into, NOW)
    assert (land.case(first).state, land.case(second).state) == (State.WITHDRAWN, State.REOPENED)
    assert land.case(second).merged_into_id is None


def test_a_merged_case_climbs_with_the_other_and_can_go_on_alone(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    first, second, third = land.file(), land.file(key="2"), land.file(key="3")
    for each in (second, third):
        work.merge(db, one, land.case(each).id, land.case(first).id, NOW)
    work.escalate(db, one, land.case(first).id, "Trop grave", NOW)
    assert {land.level(each) for each in (first, second, third)} == {"union"}
    following.reopen(db, land.case(third).id, None, NOW)
    assert (land.case(third).state, land.case(third).merged_into_id) == (State.REOPENED, None)
    following.withdraw(db, land.case(second).id, NOW)
    assert land.case(first).state is State.ESCALATED


def test_cases_about_a_leader_and_about_nobody_in_particular_are_not_joined(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["union"][0]
    first = land.file(home_id=land.bodies["union"])
    land.member("coop", Role.SECRETARY, phone=committees["union"][2].phone)
    second = land.file(key="2", concerned=Concerned.OFFICER)
    assert [land.level(each) for each in (first, second)] == ["union", "union"]
    tries = ((second, first), (first, second))
    for each, into in tries:
        with pytest.raises(Refused) as refused:
            work.merge(db, one, land.case(each).id, land.case(into).id, NOW)
        assert stop(refused) is Stop.OTHER_CAUSE
    assert sight.count(db, committees["union"][2]) == 1


def test_joined_cases_about_the_same_leader_stay_about_them(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["union"][0]
    first, second = (land.file(key=key, concerned=Concerned.OFFICER) for key in "ab")
    work.merge(db, one, land.case(second).id, land.case(first).id, NOW)
    land.member("coop", Role.SECRETARY, phone=committees["union"][2].phone)
    assert [sight.count(db, each) for each in committees["union"]] == [1, 1, 0]


def test_the_other_side_sees_session_and_outcome_and_never_the_case(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    other, stranger = land.member("coop", Role.COMMITTEE), land.member("coop")
    filed = land.file(barred_id=other.member_id)
    case_id = assigned(land, one, filed)
    deciding.invite(db, one, case_id, other.member_id, NOW)
    deciding.set_session(db, one, case_id, NOW + 5 * DAY, "Mairie", NOW)
    (invited,) = parties.invitations(db, other.member_id)
    assert (invited.session and invited.session.place, invited.outcome, invited.asked) == ("Mairie", None, False)
    assert (sight.count(db, other), parties.invitations(db, stranger.member_id)) == (0, [])
    with pytest.raises(Unknown):
        parties.answer(db, stranger.member_id, invited.invitation_id, True, NOW)
    deciding.propose(db, one, case_id, "On partage", [], NOW)
    parties.appeal(db, other.member_id, invited.invitation_id, "Non", NOW)
    assert land.level(filed) == "union"


def test_who_is_invited_sees_the_case_no_more(land: Land, committees: Committees) -> None:
    db, (one, two, three) = land.db, committees["coop"]
    other, linked = land.member("coop"), land.member("union", Role.COMMITTEE)
    near.link(db, linked.member_id, other.member_id)
    first, second = land.file(), land.file(key="2")
    case_id = assigned(land, one, first)
    work.merge(db, one, land.case(second).id, case_id, NOW)
    deciding.invite(db, one, case_id, other.member_id, NOW)
    near.link(db, two.member_id, other.member_id)
    assert [sight.count(db, each) for each in (one, two, three)] == [1, 0, 1]
    for each in (first, second):
        with pytest.raises(Unknown):
            reading.whole(db, two, land.case(each).id)
    work.escalate(db, one, case_id, None, NOW)
    assert [sight.count(db, each) for each in (committees["union"][0], linked)] == [1, 0]


def test_with_an_officer_on_the_other_side_it_goes_up(land: Land, committees: Committees) -> None:
    one, president = committees["coop"][0], land.member("coop", Role.PRESIDENT)
    filed = land.file()
    deciding.invite(land.db, one, assigned(land, one, filed), president.member_id, NOW)
    assert (land.level(filed), land.did(filed)[-2:]) == ("union", ["invited", "escalated"])
    assert len(parties.invitations(land.db, president.member_id)) == 1


def test_the_other_side_alone_does_not_undo_what_was_settled(land: Land, committees: Committees) -> None:
    db, one, other = land.db, committees["coop"][0], land.member("coop")
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    deciding.invite(db, one, case_id, other.member_id, NOW)
    deciding.propose(db, one, case_id, "On partage l'eau", [], NOW)
    (invited,) = parties.invitations(db, other.member_id)
    assert invited.appeals
    parties.answer(db, other.member_id, invited.invitation_id, True, NOW)
    following.accept(db, case_id, NOW)
    for state in (State.RESOLVED, State.CLOSED):
        assert land.case(filed).state is state
        with pytest.raises(Refused) as refused:
            parties.appeal(db, other.member_id, invited.invitation_id, None, NOW)
        assert (stop(refused), land.level(filed)) == (Stop.STATE, "coop")
        assert [each.appeals for each in parties.invitations(db, other.member_id)] == [False]
        if state is State.RESOLVED:
            following.settled(db, case_id, True, NOW)


def test_what_is_over_the_other_side_does_not_open_whatever_they_said(land: Land, committees: Committees) -> None:
    db, one, other = land.db, committees["coop"][0], land.member("coop")
    case_id = assigned(land, one, filed := land.file(land.member("coop")))
    deciding.invite(db, one, case_id, other.member_id, NOW)
    deciding.propose(db, one, case_id, "On partage l'eau", [], NOW)
    following.accept(db, case_id, NOW)
    deciding.note_paper(db, one, case_id, NOW)
    following.settled(db, case_id, True, NOW)
    (invited,) = parties.invitations(db, other.member_id)
    assert (land.case(filed).state, invited.says, invited.appeals) == (State.CLOSED, None, False)
    with pytest.raises(Refused):
        parties.appeal(db, other.member_id, invited.invitation_id, None, NOW)


def test_nobody_says_yes_for_both_sides(land: Land, committees: Committees) -> None:
    """Nor the handler for one; and why somebody is refused is never told."""
    db, one = land.db, committees["coop"][0]
    owner, joined = land.member("coop"), land.member("coop")
    sharing, linked, friend = (land.member("coop", phone=phone) for phone in (owner.phone, None, one.phone))
    near.link(db, linked.member_id, owner.member_id)
    filed, other = land.file(owner), land.file(joined, key="2")
    unknown = land.file(key="3", phone=land.member("coop").phone)
    case_id = assigned(land, one, filed)
    for each in (other, unknown):
        work.merge(db, one, land.case(each).id, case_id, NOW)
    unnamed = sharers(land, land.case(unknown))
    before = land.did(filed)
    for member_id in (*(hand.member_id for hand in (one, owner, joined, sharing, linked, friend)), *unnamed):
        with pytest.raises(Refused) as refused:
            deciding.invite(db, one, case_id, member_id, NOW)
        assert stop(refused) is Stop.NO_SUCH_MEMBER
    assert (land.did(filed), reading.whole(db, one, case_id).invited, sight.count(db, one)) == (before, 0, 1)


def sharers(land: Land, held: Held) -> list[int]:
    """Who has the phone that a case came from, of whom it was not said who they are."""
    who = caller(held)
    assert (who.member_id, who.phone is None) == (None, False)
    return [each.member_id for each in members.on_phone(land.db, who.phone or "")]


def test_an_sms_of_news_does_not_go_to_a_phone_that_somebody_in_cause_shares(
    land: Land, committees: Committees
) -> None:
    accused = land.member("coop")
    owner = land.member("coop", phone=accused.phone)
    alone = land.member("coop")
    for number, who in enumerate((owner, alone)):
        filed = land.file(who, key=f"{number}", follow=Follow.SMS, barred_id=accused.member_id)
        work.acknowledge(land.db, committees["coop"][0], land.case(filed).id, NOW)
    assert land.sms() == [(alone.phone, "case_news")]


def test_a_number_that_is_not_the_owners_any_more_hears_nothing_and_is_not_called(
    land: Land, committees: Committees
) -> None:
    owner, one = land.member("coop"), committees["coop"][0]
    filed = land.file(owner, follow=Follow.SMS)
    case_id = land.case(filed).id
    land.db.execute(update(Phone).where(Phone.member_id == owner.member_id).values(number="+22369777777"))
    land.member("coop", phone=owner.phone)  # who has the number now
    work.acknowledge(land.db, one, case_id, NOW)
    assert land.sms("case_news") == []
    whole = reading.whole(land.db, one, case_id)
    assert (whole.caller, whole.phone) == (members.name(land.db, owner.member_id), None)


def test_after_a_change_of_number_an_sms_comes_to_the_one_that_asks_for_it(land: Land, committees: Committees) -> None:
    owner, one, new = land.member("coop"), committees["coop"][0], "+22369777777"
    filed = land.file(owner, follow=Follow.SMS)
    case_id = land.case(filed).id
    land.db.execute(update(Phone).where(Phone.member_id == owner.member_id).values(number=new))
    assert following.look(land.db, case_id, NOW, new).reachable
    assert following.follow_by(land.db, case_id, Follow.SMS, new) is Follow.SMS
    work.acknowledge(land.db, one, case_id, NOW)
    assert land.sms("case_news") == [(new, "case_news")]
    assert reading.whole(land.db, one, case_id).phone == new


@pytest.mark.parametrize("how", [Follow.SMS, Follow.CALL_MORNING, Follow.CALL_EVENING])
def test_on_a_phone_that_is_not_the_owners_nothing_is_promised_that_cannot_come(
    land: Land, committees: Committees, how: Follow
) -> None:
    owner, one, stranger = land.member("coop"), committees["coop"][0], "+22369666666"
    filed = land.file(owner, follow=Follow.SMS)
    case_id = land.case(filed).id
    land.db.execute(update(Phone).where(Phone.member_id == owner.member_id).values(number="+22369777777"))
    assert not following.look(land.db, case_id, NOW, stranger).reachable
    assert following.follow_by(land.db, case_id, how, stranger) is Follow.PULL
    assert following.follow_by(land.db, case_id, Follow.NEVER, stranger) is Follow.NEVER
    assert reading.whole(land.db, one, case_id).phone is None


def test_while_the_number_that_was_kept_is_theirs_another_phone_changes_nothing(
    land: Land, committees: Committees
) -> None:
    owner, one = land.member("coop"), committees["coop"][0]
    case_id = land.case(land.file(owner)).id
    assert following.look(land.db, case_id, NOW, "+22369666666").reachable
    assert following.follow_by(land.db, case_id, Follow.SMS, "+22369666666") is Follow.SMS
    work.acknowledge(land.db, one, case_id, NOW)
    assert land.sms("case_news") == [(owner.phone, "case_news")]


@pytest.mark.parametrize("said", [{"name": Name.NOBODY}, {"category": Category.PRIVATE}])
def test_who_is_not_named_is_in_no_row_and_follows_by_code(
    land: Land, committees: Committees, said: dict[str, Any]
) -> None:
    owner: Hand = land.member("coop")
    filed = land.file(owner, follow=Follow.SMS, **said)
    row = land.db.execute(select(Grievance).where(Grievance.id == land.case(filed).id)).one()
    assert (row.caller_sealed, row.follow, row.filed_at.hour) == (None, Follow.PULL, 0)
    following.follow_by(land.db, row.id, Follow.SMS)
    assert land.case(filed).follow is Follow.PULL


def test_what_is_late_shows_at_home_and_above_without_its_number(land: Land, committees: Committees) -> None:
    watching, above = land.member("coop", Role.SURVEILLANCE), committees["union"][0]
    barred = land.member("coop", Role.SURVEILLANCE)
    accused = land.member("coop")
    land.file(barred_id=accused.member_id)
    near.link(land.db, accused.member_id, barred.member_id)
    land.file(key="2", category=Category.PRIVATE, at_home=True)
    tick(land.db, NOW + 3 * DAY)
    for each, seen in ((watching, 1), (above, 1), (barred, 0), (committees["coop"][0], 0), (land.member("union"), 0)):
        lines = sight.late(land.db, each, NOW + 3 * DAY)
        assert [(line.category, line.body) for line in lines] == [(Category.LAND, "coop")] * seen


def test_what_came_in_private_is_read_under_the_eyes_of_its_desk_alone(land: Land, committees: Committees) -> None:
    db, watching = land.db, land.member("coop", Role.SURVEILLANCE)
    desk, deputy, elsewhere = (land.member(body, Role.GENDER_PRESIDENT) for body in ("coop", "coop", "union"))
    case_id = land.case(land.file(category=Category.PRIVATE, at_home=True)).id
    others = [watching, elsewhere, committees["coop"][0], committees["union"][0], land.member("coop", Role.PRESIDENT)]
    before = [readings.newest(db, each) for each in others]
    work.acknowledge(db, desk, case_id, NOW)
    readings.note(db, desk, case_id, "page", NOW)
    for each in (desk, deputy):
        assert [(read.role, read.what) for read in readings.newest(db, each)] == [(Role.GENDER_PRESIDENT, "page")]
    assert [readings.newest(db, each) for each in others] == before


def test_readings_do_not_vanish_when_a_case_turns_out_private(land: Land, committees: Committees) -> None:
    """Whoever watches would learn from it that there is one now."""
    db, one, watching = land.db, committees["coop"][0], land.member("coop", Role.SURVEILLANCE)
    land.people("coop", *[Role.GENDER_PRESIDENT] * 2)
    land.member("federation", Role.GENDER_PRESIDENT)
    case_id = land.case(land.file()).id
    work.acknowledge(db, one, case_id, NOW)
    readings.note(db, one, case_id, "page", NOW)
    before = readings.newest(db, watching)
    work.assess(db, one, case_id, Lane.SENSITIVE, Category.PRIVATE, NOW)
    assert readings.newest(db, watching) == before
    assert len(before) == 1


def test_what_was_written_to_one_before_is_not_read_by_those_who_join(land: Land, committees: Committees) -> None:
    """A letter to somebody says who they are; what is written to all of them, each reads."""
    db, one = land.db, committees["coop"][0]
    first, second, third = (land.case(land.file(key=key, phone=f"+2236099990{key}")).id for key in "123")
    work.write(db, one, first, "Awa, venez mardi", "a", NOW)
    work.write(db, one, second, "Oumar, quand?", "b", NOW + timedelta(hours=1))
    work.merge(db, one, third, second, NOW + timedelta(hours=2))
    work.merge(db, one, second, first, NOW + timedelta(hours=3))
    work.write(db, one, first, "La séance est mardi", "c", NOW + timedelta(hours=4))
    read = [[each.words for each in following.letters(db, case_id)] for case_id in (first, second, third)]
    assert read == [
        ["Awa, venez mardi", "La séance est mardi"],
        ["Oumar, quand?", "La séance est mardi"],
        ["La séance est mardi"],
    ]


def test_because_of_a_threat_the_level_above_takes_what_was_agreed_turned_down_or_closed(
    land: Land, committees: Committees
) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    agreed, closed, down = land.file(key="a"), land.file(key="b"), turned_down(land, one)
    for each in (agreed, closed):
        following.accept(db, proposed(land, one, each), NOW)
    following.settled(db, land.case(closed).id, True, NOW)
    stands = ((agreed, State.RESOLVED), (closed, State.CLOSED), (down, State.OUT_OF_SCOPE))
    for days, (each, state) in enumerate(stands, 1):
        case_id, now = land.case(each).id, NOW + days * DAY
        assert land.case(each).state is state
        following.threatened(db, case_id, now)
        threats.call_up(db, above, threats.told(db, above)[0].threat_id, now)
        assert (land.level(each), land.case(each).state) == ("union", State.ESCALATED)
        assert case_id in {line.case_id for line in sight.mine(db, above)}
    assert sight.count(db, one) == 0


def test_what_was_withdrawn_or_closed_after_a_threat_its_owner_alone_opens_again(
    land: Land, committees: Committees
) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    closed, withdrawn = land.file(key="a"), land.file(key="b")
    case_id = proposed(land, one, closed)
    for each in (case_id, land.case(withdrawn).id):
        following.threatened(db, each, NOW)
    following.accept(db, case_id, NOW + DAY)
    following.settled(db, case_id, True, NOW + DAY)
    following.withdraw(db, land.case(withdrawn).id, NOW + DAY)
    for told in threats.told(db, above):
        with pytest.raises(Refused):
            threats.call_up(db, above, told.threat_id, NOW + DAY)
    assert [land.level(each) for each in (closed, withdrawn)] == ["coop", "coop"]
    following.reopen(db, land.case(withdrawn).id, None, NOW + DAY)
    (told,) = [each for each in threats.told(db, above) if not each.gave_up and each.state is State.REOPENED]
    threats.call_up(db, above, told.threat_id, NOW + DAY)
    assert land.level(withdrawn) == "union"


def test_a_step_up_by_a_desk_or_its_owner_takes_nothing_that_was_agreed_or_closed(
    land: Land, committees: Committees
) -> None:
    db, one = land.db, committees["coop"][0]
    case_id = proposed(land, one, filed := land.file())
    following.accept(db, case_id, NOW)
    with pytest.raises(Refused):
        work.escalate(db, one, case_id, None, NOW)
    with pytest.raises(Refused):
        following.send_up(db, case_id, None, NOW)
    assert land.case(filed).state is State.RESOLVED


def test_who_said_that_it_is_settled_before_the_promise_was_kept_is_asked_once_more(
    land: Land, committees: Committees
) -> None:
    db, one, owner = land.db, committees["coop"][0], land.member("coop")
    days = [(NOW + each * DAY).date() for each in (10, 20)]
    made = [Promise("verser", "le trésorier", day) for day in days]
    case_id = proposed(land, one, filed := land.file(owner, follow=Follow.SMS), promises=made)
    following.accept(db, case_id, NOW)
    following.settled(db, case_id, True, NOW + DAY)
    first, last = [each.promise_id for each in promises.of(db, case_id) if each.promise_id]
    deciding.keep(db, one, case_id, first, NOW + 9 * DAY)
    assert Did.CONFIRMED not in following.look(db, case_id, NOW + 9 * DAY).can
    before = len(land.sms("case_news"))
    deciding.keep(db, one, case_id, last, NOW + 20 * DAY)
    assert (land.case(filed).state, len(land.sms("case_news")) - before) == (State.RESOLVED, 1)
    assert land.case(filed).due_at == NOW + 30 * DAY
    assert Did.CONFIRMED in following.look(db, case_id, NOW + 21 * DAY).can
    following.settled(db, case_id, True, NOW + 21 * DAY)
    assert land.case(filed).state is State.CLOSED
