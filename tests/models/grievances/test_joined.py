"""Cases that were joined: each complainant hears, reads and says what is theirs, and the proof finds nothing wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.entries import Entry
from models.grievances import (
    Category,
    Did,
    Filed,
    Follow,
    Lane,
    Refused,
    State,
    deciding,
    following,
    notes,
    open_case,
    proof,
    reading,
    sight,
    threats,
    work,
)
from models.hands import Hand
from models.members import Member, Role
from models.messages import Message, MessageState
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned, keep, proposed, tell_above

KINDS = ["sqlite", "postgresql"]


def joined(land: Land, hand: Hand, *owners: Hand) -> list[Filed]:
    """A case for each of some people, all handled with the first."""
    first, *others = [land.file(each, key=f"{number}", follow=Follow.SMS) for number, each in enumerate(owners)]
    for other in others:
        work.merge(land.db, hand, land.case(other).id, land.case(first).id, NOW)
    return [first, *others]


def owners(land: Land, many: int) -> list[Hand]:
    return [land.member("coop") for _ in range(many)]


def test_each_complainant_is_told_that_there_is_news(land: Land, committees: Committees) -> None:
    one, people = committees["coop"][0], owners(land, 3)
    first, second, _third = joined(land, one, *people)
    before = land.sms("case_news")
    following.follow_by(land.db, land.case(second).id, Follow.PULL)
    assigned(land, one, first, NOW + DAY)
    told = [phone for phone, _kind in land.sms("case_news")[len(before) :]]
    assert sorted(told, key=str) == [people[0].phone, people[2].phone]


def test_each_reads_the_letters_that_were_written_to_them(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    first, second = (land.file(each, key=f"{number}") for number, each in enumerate(owners(land, 2)))
    ids = [land.case(each).id for each in (first, second)]
    for case_id, words in zip(ids, ("Madame Awa, venez demain", "Et vous lundi"), strict=True):
        work.write(db, one, case_id, words, words, NOW)
    work.merge(db, one, ids[1], ids[0], NOW)
    work.write(db, one, ids[0], "Venez tous", "press", NOW + DAY)
    work.write(db, one, ids[0], "Venez tous", "press", NOW + DAY)
    read = [[each.words for each in following.letters(db, case_id)] for case_id in ids]
    assert read == [["Madame Awa, venez demain", "Venez tous"], ["Et vous lundi", "Venez tous"]]
    following.read(db, ids[0], NOW + DAY)
    assert [following.look(db, case_id, NOW).news for case_id in ids] == [0, 2]
    following.read(db, ids[1], NOW + DAY)
    assert following.look(db, ids[1], NOW).news == 0
    assert [each.words for each in reading.whole(db, one, ids[0]).notes] == read[0]


def test_the_reason_that_is_owed_is_owed_to_each(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    filed = joined(land, one, *owners(land, 2))
    case_id = assigned(land, one, filed[0])
    deciding.refer(db, one, case_id, "Inspection du travail", NOW)
    deciding.check(db, one, case_id, "Ils sont venus", NOW + 14 * DAY)
    deciding.close(db, one, case_id, "Le puits est fermé", NOW + 20 * DAY)
    for each in filed:
        letters = [letter.words for letter in following.letters(db, land.case(each).id)]
        assert letters == ["Inspection du travail", "Ils sont venus", "Le puits est fermé"]


def test_who_answers_is_the_one_whose_case_leads(land: Land, committees: Committees) -> None:
    """The others read the proposal, are not waited for, and can go on alone, as long as a case can be opened again."""
    db, one = land.db, committees["coop"][0]
    first, second = joined(land, one, *owners(land, 2))
    case_id, other_id = proposed(land, one, first), land.case(second).id
    alone = frozenset({Did.ADDED, Did.THREATENED, Did.WITHDRAWN, Did.REOPENED})
    mine = following.look(db, other_id, NOW)
    assert (mine.waits_for_me, mine.can, mine.state) == (False, alone, State.PROPOSED)
    assert following.look(db, case_id, NOW).waits_for_me
    following.accept(db, case_id, NOW)
    mine = following.look(db, other_id, NOW)
    assert (mine.waits_for_me, mine.outcome and mine.outcome.owner_says) == (False, None)
    assert Did.REOPENED not in following.look(db, other_id, NOW + 366 * DAY).can
    following.reopen(db, other_id, None, NOW + 365 * DAY)
    assert land.case(second).state is State.REOPENED


def test_who_was_threatened_and_gives_up_is_told_above_and_nobody_else_is(land: Land, committees: Committees) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    first, second = joined(land, one, *owners(land, 2))
    following.threatened(db, land.case(second).id, NOW)
    following.withdraw(db, land.case(second).id, NOW)
    assert sorted(each.gave_up for each in threats.told(db, above)) == [False, True]
    # Whose case led was never threatened.
    following.withdraw(db, land.case(first).id, NOW)
    assert len(threats.told(db, above)) == 2


def test_when_the_one_that_leads_is_taken_back_the_others_go_on_where_they_may(
    land: Land, committees: Committees
) -> None:
    """Two of the committee left: what begins again cannot stay, and those handled with it go along."""
    db, (one, *others) = land.db, committees["coop"]
    filed = joined(land, one, *owners(land, 3))
    for each in others:
        db.execute(update(Member).where(Member.id == each.member_id).values(left_on=NOW.date()))
    following.withdraw(db, land.case(filed[0]).id, NOW)
    assert [land.level(each) for each in filed] == ["coop", "union", "union"]
    assert sorted(land.case(each).state for each in filed[1:]) == [State.ESCALATED, State.MERGED]
    assert list(proof.faults(db)) == []


def private(land: Land, hand: Hand, filed: Filed) -> Hand:
    """It turns out that a case is private; who takes it then."""
    desk = land.member("federation", Role.GENDER_PRESIDENT)
    work.acknowledge(land.db, hand, land.case(filed).id, NOW)
    work.assess(land.db, hand, land.case(filed).id, Lane.SENSITIVE, Category.PRIVATE, NOW)
    return desk


def test_what_waits_for_each_never_leaves_when_it_turns_out_private(land: Land, committees: Committees) -> None:
    db, one, people = land.db, committees["coop"][0], owners(land, 3)
    plain, *filed = [land.file(each, key=f"{number}", follow=Follow.SMS) for number, each in enumerate(people)]
    for each in (plain, filed[0]):
        work.write(db, one, land.case(each).id, "Venez", f"press {each.reference}", NOW)
    work.merge(db, one, land.case(filed[1]).id, land.case(filed[0]).id, NOW)
    work.write(db, one, land.case(filed[0]).id, "Venez tous", "press", NOW)
    waiting = select(Message.phone).where(Message.kind == "case_news", Message.state == MessageState.QUEUED)
    assert set(db.execute(waiting).scalars()) == {each.phone for each in people}
    private(land, one, filed[0])
    assert db.execute(waiting).scalars().all() == [people[0].phone]


def test_of_what_was_joined_to_a_private_case_nothing_leads_to_the_books(land: Land, committees: Committees) -> None:
    one, people = committees["coop"][0], owners(land, 2)
    entries = list(land.db.execute(select(Entry.id).where(Entry.member_id.is_not(None)).limit(2)).scalars())
    filed = [land.file(each, key=f"{entry}", entry_id=entry) for each, entry in zip(people, entries, strict=True)]
    work.merge(land.db, one, land.case(filed[1]).id, land.case(filed[0]).id, NOW)
    assert [land.case(each).entry_id for each in filed] == entries
    private(land, one, filed[0])
    assert [land.case(each).entry_id for each in filed] == [None, None]
    assert list(proof.faults(land.db)) == []


def test_in_private_a_case_is_kept_while_the_owner_of_one_that_was_joined_looks_at_it(
    land: Land, committees: Committees
) -> None:
    db, one, year = land.db, committees["coop"][0], timedelta(days=365)
    filed = joined(land, one, *owners(land, 2))
    private(land, one, filed[0])
    assert isinstance(open_case(db, filed[1].reference, filed[1].code, "+22369999990", NOW + 300 * DAY), int)
    assert keep(db, NOW + year + DAY) == 0
    assert keep(db, NOW + 300 * DAY + year + DAY) == 2


def test_a_threat_is_of_the_case_of_who_is_threatened(land: Land, committees: Committees) -> None:
    """The level above takes that one up, alone; whose case led was never threatened, and stays where it is."""
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    first, second = joined(land, one, *owners(land, 2))
    assigned(land, one, first)
    assert following.threatened(db, land.case(second).id, NOW)
    (told,) = threats.told(db, above)
    threats.call_up(db, above, told.threat_id, NOW + DAY)
    assert [land.level(each) for each in (first, second)] == ["coop", "union"]
    assert (land.case(second).merged_into_id, land.case(second).state) == (None, State.ESCALATED)
    assert land.case(first).state is State.ASSIGNED
    # Who handled them both is not to meet hers again, wherever they sit next.
    there = Hand(one.member_id, land.bodies["union"], one.role, one.phone, "union")
    assert sight.mine(db, there) == []


def test_a_threat_is_taken_up_when_the_one_that_led_was_taken_back(land: Land, committees: Committees) -> None:
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    first, second = joined(land, one, *owners(land, 2))
    following.threatened(db, land.case(second).id, NOW)
    following.withdraw(db, land.case(first).id, NOW)
    (told,) = threats.told(db, above)
    threats.call_up(db, above, told.threat_id, NOW + DAY)
    assert (land.level(second), land.level(first)) == ("union", "coop")


def test_of_what_was_joined_nothing_is_left_for_who_stepped_aside(land: Land, committees: Committees) -> None:
    db, (one, two, _three) = land.db, committees["coop"]
    first, second = joined(land, one, *owners(land, 2))
    work.recuse(db, one, land.case(first).id, NOW)
    assert sight.mine(db, one, over=True) == []
    assert [each.case_id for each in sight.mine(db, two, over=True)] == [land.case(second).id]


def test_a_threat_over_what_turns_out_private_is_told_in_that_lane_alone(land: Land, committees: Committees) -> None:
    """The union was told, and hears nothing more; the desk above in that lane is told anew."""
    db, one, above = land.db, committees["coop"][0], committees["union"][0]
    first, second = joined(land, one, *owners(land, 2))
    for each in (first, second):
        following.threatened(db, land.case(each).id, NOW)
    for told in threats.told(db, above):
        threats.see(db, above, told.threat_id, NOW)
    desk = private(land, one, first)
    assert (land.level(first), tell_above(db)) == ("federation", 2)
    assert [each.seen_at for each in threats.told(db, desk)] == [None, None]
    assert threats.told(db, above) == []


def test_what_who_was_joined_adds_is_news_and_is_read_where_it_is_handled(land: Land, committees: Committees) -> None:
    db, one = land.db, committees["coop"][0]
    first, second = joined(land, one, *owners(land, 2))
    case_id, other_id = assigned(land, one, first), land.case(second).id
    assert [line.unread for line in sight.mine(db, one)] == [False]
    for _ in range(2):
        following.add(db, other_id, "Il revient ce soir", "press", NOW + DAY)
    assert [line.unread for line in sight.mine(db, one)] == [True]
    assert land.did(first).count(Did.ADDED) == 1
    (read,) = reading.whole(db, one, case_id).notes
    assert (read.words, read.other) == ("Il revient ce soir", True)
    notes.read_by_desk(db, case_id, NOW + DAY)
    assert [line.unread for line in sight.mine(db, one)] == [False]
    # To whom it was joined reads nothing of it, and it ends with the one that leads.
    assert following.look(db, case_id, NOW + DAY).added == 0
    following.withdraw(db, other_id, NOW + DAY)
    with pytest.raises(Refused):
        following.add(db, other_id, "Encore", "press 2", NOW + DAY)


def test_who_was_joined_goes_on_alone_within_twelve_months_of_the_end_not_of_the_joining(
    land: Land, committees: Committees
) -> None:
    db, one = land.db, committees["coop"][0]
    main, filed, late = joined(land, one, *owners(land, 3))
    work.acknowledge(db, one, land.case(main).id, NOW)
    work.assess(db, one, land.case(main).id, Lane.ORDINARY, Category.LAND, NOW)
    case_id, end = land.case(filed).id, NOW + 360 * DAY
    work.turn_down(db, one, land.case(main).id, "C'est au tribunal", end)
    assert Did.REOPENED in following.look(db, case_id, end + 365 * DAY).can
    following.reopen(db, case_id, None, end + 365 * DAY)
    assert land.case(filed).state is State.REOPENED
    after = end + 366 * DAY
    assert Did.REOPENED not in following.look(db, land.case(late).id, after).can
    with pytest.raises(Refused):
        following.reopen(db, land.case(late).id, None, after)
