"""How messages arrived, in plain words."""

from collections.abc import Mapping

from flows import i18n
from models.served import Way

_ = i18n.words(__name__)
mark = i18n.mark

WAYS: Mapping[Way, str] = {
    Way.ARRIVED: mark("Arrivés: {count}"),
    Way.SENT: mark("Partis, pas encore confirmés: {count}"),
    Way.WAITING: mark("Attendent de partir: {count}"),
    Way.UNSURE: mark("On ne sait pas: {count}"),
    Way.LOST: mark("Pas arrivés: {count}"),
}


def worded(ways: Mapping[Way, int]) -> list[str]:
    """How messages arrived; what there is none of is not said."""
    return [_(WAYS[way]).format(count=ways[way]) for way in WAYS if ways[way]]
