"""Cases that were joined: each complainant hears, reads and says what is theirs, and the proof finds nothing wrong."""

from models.grievances import Filed, Follow, following, work
from models.hands import Hand
from tests.models.grievances.conftest import Committees
from tests.models.grievances.land import DAY, NOW, Land, assigned

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
