"""What leaders send to many: notices and warnings that are there to be chosen, each said in the member's language."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from flows import i18n, names

_ = i18n.words(__name__)
mark = i18n.mark


class Template(StrEnum):
    """A notice that is there to be chosen."""

    WORK = "work"
    DUES = "dues"
    NO_WORK = "no_work"
    BUYER = "buyer"
    OFFICE = "office"


class Danger(StrEnum):
    """What people are warned of; the last one says that it is over."""

    RAIN = "rain"
    COLLAPSE = "collapse"
    AIR = "air"
    LEAVE = "leave"
    OVER = "over"


TEMPLATES: Mapping[Template, str] = {
    Template.WORK: mark("Travail en commun demain matin. Venez avec vos outils."),
    Template.DUES: mark("Pensez à votre cotisation. Merci de passer chez le trésorier."),
    Template.NO_WORK: mark("Pas de travail demain sur le site."),
    Template.BUYER: mark("L'acheteur vient demain."),
    Template.OFFICE: mark("Le bureau est ouvert demain. Passez si vous avez une question."),
}
SHORT: Mapping[Template, str] = {
    Template.WORK: mark("Travail demain matin"),
    Template.DUES: mark("Penser à la cotisation"),
    Template.NO_WORK: mark("Pas de travail demain"),
    Template.BUYER: mark("L'acheteur vient demain"),
    Template.OFFICE: mark("Bureau ouvert demain"),
}
DANGERS: Mapping[Danger, str] = {
    Danger.RAIN: mark("pluie forte, sortez des puits"),
    Danger.COLLAPSE: mark("éboulement, n'approchez pas"),
    Danger.AIR: mark("mauvais air, ne descendez pas"),
    Danger.LEAVE: mark("quittez le site tout de suite"),
    Danger.OVER: mark("le danger est passé"),
}


def short(template: Template) -> str:
    """A notice as it stands in a list."""
    return _(SHORT[template])


def worded(template: Template) -> str:
    """A notice as it is sent."""
    return _(TEMPLATES[template])


def danger_of(danger: Danger) -> str:
    """What people are warned of."""
    return _(DANGERS[danger])


def announced(service_code: str, cooperative: str, template: str) -> str:
    """A notice that was chosen."""
    return f"{names.called(cooperative)}: {worded(Template(template))}"


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


NOTICES = (announced, typed, warning)
