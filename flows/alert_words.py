"""What is said of alerts on a cooperative: grounds, where one stands, each step; and the SMS, which say none of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flows import i18n, roles
from models.alerts import Did, Ground, Hint, State

_ = i18n.words(__name__)
mark = i18n.mark

GROUNDS: Mapping[Ground, str] = {
    Ground.ACCOUNTS: mark("Les comptes manquent"),
    Ground.NO_ASSEMBLY: mark("Pas d'assemblée tenue"),
    Ground.MONEY: mark("De l'argent a disparu"),
    Ground.ORGAN: mark("Un poste n'est pas occupé"),
    Ground.CASES: mark("Beaucoup de plaintes en retard"),
    Ground.OTHER: mark("Autre danger pour la coop"),
}
STATES: Mapping[State, str] = {
    State.RAISED: mark("explication pas encore demandée"),
    State.ASKED: mark("explication demandée"),
    State.ANSWERED: mark("le bureau a répondu"),
    State.NOT_ANSWERED: mark("un mois sans réponse"),
    State.ACCEPTED: mark("réponse acceptée"),
    State.NOT_SATISFIED: mark("la réponse ne suffit pas"),
    State.REPORTED: mark("rapport spécial à l'AG"),
    State.CONVENED: mark("AG urgente convoquée"),
    State.CLOSED: mark("close par l'AG"),
}
STEPS: Mapping[Did, str] = {
    Did.RAISE: mark("alerte donnée"),
    Did.WRITE: mark("explication demandée par écrit"),
    Did.SPEAK: mark("explication demandée de vive voix"),
    Did.ANSWER: mark("réponse du bureau"),
    Did.LAPSE: mark("un mois sans réponse"),
    Did.ACCEPT: mark("réponse acceptée"),
    Did.REFUSE: mark("la réponse ne suffit pas"),
    Did.REPORT: mark("rapport spécial à l'AG"),
    Did.CONVENE: mark("AG urgente convoquée"),
    Did.CLOSE: mark("décision de l'AG"),
}


def ground(what: Ground) -> str:
    """What threatens the cooperative."""
    return _(GROUNDS[what])


def state(stands: State) -> str:
    """Where an alert stands."""
    return _(STATES[stands])


def step(did: Did) -> str:
    """What was done."""
    return _(STEPS[did])


def hint(found: Hint) -> str:
    """What may be a ground, as the program finds it written down."""
    if found.since is not None:
        return _("pas d'AG ordinaire notée depuis le {day}", day=i18n.day(found.since))
    assert found.role is not None  # noqa: S101 - it is the one or the other
    return _("personne n'a la charge: {role}", role=roles.role(found.role))


def alert_raised(service_code: str, **_facts: Any) -> str:
    """An alert was raised below the body of an officer: on which cooperative and why, only the menu says."""
    return _(
        "Coop: une alerte est donnée plus bas. Faites {code}, Bureau, Alertes. Ne pas répondre ici.", code=service_code
    )


def explanation_asked(service_code: str, due_on: str, **_facts: Any) -> str:
    """An explanation is asked of the president; of what, only the menu says, behind the code."""
    return _(
        "Une demande d'explication attend le bureau avant le {day}. Faites {code}, Bureau.",
        day=i18n.day(date.fromisoformat(due_on)),
        code=service_code,
    )


def explanation_given(service_code: str, **_facts: Any) -> str:
    """The explanation that was asked for has come."""
    return _("Une réponse à votre demande d'explication est arrivée. Faites {code}, Bureau.", code=service_code)


def explanation_missing(service_code: str, **_facts: Any) -> str:
    """The explanation that was asked for has not come within the month."""
    return _("Votre demande d'explication est sans réponse après un mois. Faites {code}, Bureau.", code=service_code)


NOTICES = (alert_raised, explanation_asked, explanation_given, explanation_missing)
