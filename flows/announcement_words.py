"""What leaders send to many besides templates: what they typed, and warnings, said in the member's language."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows import i18n, names

_ = i18n.words(__name__)
mark = i18n.mark


class Danger(StrEnum):
    """What people are warned of; the last one says that it is over."""

    RAIN = "rain"
    COLLAPSE = "collapse"
    AIR = "air"
    LEAVE = "leave"
    OVER = "over"


DANGERS: Mapping[Danger, str] = {
    Danger.RAIN: mark("pluie forte, sortez des puits"),
    Danger.COLLAPSE: mark("éboulement, n'approchez pas"),
    Danger.AIR: mark("mauvais air, ne descendez pas"),
    Danger.LEAVE: mark("quittez le site tout de suite"),
    Danger.OVER: mark("le danger est passé"),
}


def danger_of(danger: Danger) -> str:
    """What people are warned of."""
    return _(DANGERS[danger])


def typed(cooperative: str, text: str) -> str:
    """What a leader typed, under the name of the cooperative."""
    return f"{names.called(cooperative)}: {text}"


def warning(service_code: str, **facts: Any) -> str:
    """A warning: what to do, and when it was given, so that an old one is known."""
    at = i18n.hour(datetime.fromisoformat(facts["at"]))
    said = {"cooperative": names.called(facts["cooperative"]), "danger": danger_of(Danger(facts["danger"])), "hour": at}
    if facts["danger"] == Danger.OVER:
        return _("{cooperative}, {hour}: {danger}.", **said)
    return _("DANGER {cooperative}, {hour}: {danger}. Attendez le message de fin. Prévenez les autres.", **said)


NOTICES = (typed, warning)
