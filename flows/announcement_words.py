"""What leaders send to many besides templates: what they typed, and warnings, said in the member's language."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows import i18n, names
from flows.engine import Unreadable
from models import gsm

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


SHORTEST = 5


def read(typed: str) -> str:
    """What is sent to many, as it is typed: two SMS at most, and no sign that would be lost. Raises Unreadable."""
    said = unicodedata.normalize("NFC", " ".join(typed.split()))
    if len(said) < SHORTEST or gsm.segments(gsm.to_gsm7(said, i18n.spoken()).text) > 2:
        raise Unreadable(_("Écrivez votre message: quelques mots, deux SMS au plus."))
    return sayable(said)


def sayable(said: str) -> str:
    """What an SMS can say whole. Raises Unreadable where a sign would be lost."""
    lost = unsayable(said)
    if lost is not None:  # the screen cannot show it either: it is named by where it stands
        before = said.partition(lost)[0].split()
        where = _('après "{words}"', words=before[-1][-20:]) if before else _("au début")
        raise Unreadable(_("Un signe ne passe pas par SMS, {where}. Écrivez sans lui.", where=where))
    return said


def unsayable(text: str) -> str | None:
    """The first sign of a text that would be a question mark in an SMS to somebody, or None.

    French knows the fewest spellings of foreign letters, and is what most are written to in.
    """
    lost = gsm.to_gsm7(text, i18n.SOURCE).unmapped
    return lost[0] if lost else None


def warning(service_code: str, **facts: Any) -> str:
    """A warning: what to do, and when it was given, so that an old one is known."""
    at = i18n.hour(datetime.fromisoformat(facts["at"]))
    said = {"cooperative": names.called(facts["cooperative"]), "danger": danger_of(Danger(facts["danger"])), "hour": at}
    if facts["danger"] == Danger.OVER:
        return _("{cooperative}, {hour}: {danger}.", **said)
    return _("DANGER {cooperative}, {hour}: {danger}. Attendez le message de fin. Prévenez les autres.", **said)


NOTICES = (typed, warning)
