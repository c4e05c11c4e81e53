"""What cases are called on the phone of a committee: subjects, states, steps, and why something cannot be done."""

import re
from collections.abc import Mapping
from datetime import date

from flows import i18n
from flows.grievance import Reason
from models.grievances import Category, Concerned, Did, Follow, Help, Lane, SafeTime, State, Stop
from models.money import Currency, Money

_ = i18n.words(__name__)
mark = i18n.mark

SUBJECTS: Mapping[Category, str] = {
    Category.MONEY: mark("argent"),
    Category.LAND: mark("terre, eau"),
    Category.ACCIDENT: mark("accident"),
    Category.CHILDREN: mark("enfants"),
    Category.PRIVATE: mark("en privé"),
    Category.LEADERS: mark("chefs, élections"),
    Category.CHEMICALS: mark("mercure"),
    Category.FORCES: mark("forces, barrage"),
    Category.BUYER: mark("acheteur, poids"),
    Category.PAPERS: mark("papiers"),
    Category.OTHER: mark("autre sujet"),
}
STATES: Mapping[State, str] = {
    State.RECEIVED: mark("reçu"),
    State.ACKNOWLEDGED: mark("vu"),
    State.ASSESSED: mark("examiné"),
    State.ASSIGNED: mark("pris en charge"),
    State.INQUIRY: mark("on cherche les faits"),
    State.IN_MEDIATION: mark("médiation"),
    State.PROPOSED: mark("solution proposée"),
    State.RESOLVED: mark("accord"),
    State.APPEALED: mark("recours"),
    State.ESCALATED: mark("venu d'en bas"),
    State.REOPENED: mark("rouvert"),
    State.REFERRED: mark("confié à un service"),
    State.OUT_OF_SCOPE: mark("pas de notre ressort"),
    State.MERGED: mark("joint à un autre"),
    State.WITHDRAWN: mark("retiré"),
    State.CLOSED: mark("terminé"),
}
LANES: Mapping[Lane, str] = {
    Lane.ORDINARY: mark("Ordinaire"),
    Lane.URGENT: mark("Urgent"),
    Lane.EXTERNAL: mark("Quelqu'un du dehors: acheteur, société, État"),
    Lane.SENSITIVE: mark("Privé: violence, abus"),
}
CONCERNED: Mapping[Concerned, str] = {
    Concerned.TEAM: mark("son équipe"),
    Concerned.PIT_OWNER: mark("un chef de puits"),
    Concerned.OFFICER: mark("un responsable de la coop"),
    Concerned.OUTSIDER: mark("acheteur, société, État"),
    Concerned.UNSAID: mark("pas dit"),
}
FOLLOWS: Mapping[Follow, str] = {
    Follow.PULL: mark("La personne rappelle avec son code."),
    Follow.SMS: mark("Un SMS discret la prévient."),
    Follow.CALL_MORNING: mark("Appelez-la le matin."),
    Follow.CALL_EVENING: mark("Appelez-la le soir."),
    Follow.NEVER: mark("Ne pas la joindre."),
}
SAFE: Mapping[SafeTime, str] = {
    SafeTime.NEVER: mark("ne pas joindre"),
    SafeTime.MORNING: mark("matin"),
    SafeTime.NOON: mark("midi"),
    SafeTime.EVENING: mark("soir"),
    SafeTime.BY_SOMEBODY: mark("par une autre personne"),
}
HELP: Mapping[Help, str] = {
    Help.TALK: mark("Souhait: parler."),
    Help.CARE: mark("Souhait: des soins."),
    Help.SAFETY: mark("Souhait: un lieu sûr."),
    Help.LAW: mark("Souhait: la loi, la police."),
}
DID: Mapping[Did, str] = {
    Did.FILED: mark("déposé"),
    Did.SEATED: mark("quelqu'un peut le traiter"),
    Did.ACKNOWLEDGED: mark("vu"),
    Did.ASSESSED: mark("examiné"),
    Did.OUT_OF_SCOPE: mark("pas de notre ressort"),
    Did.ENTRUSTED: mark("confié"),
    Did.TAKEN: mark("pris en charge"),
    Did.FREED: mark("plus personne ne le traite"),
    Did.INQUIRED: mark("on cherche les faits"),
    Did.SESSION_SET: mark("séance fixée"),
    Did.DAY_ASKED: mark("autre date demandée"),
    Did.PROPOSED: mark("solution proposée"),
    Did.ACCEPTED: mark("solution acceptée"),
    Did.REFUSED: mark("solution refusée"),
    Did.TALK_WANTED: mark("veut parler avant"),
    Did.PAPER_NOTED: mark("papier signé"),
    Did.RESOLVED: mark("accord"),
    Did.PROMISED: mark("promesse ajoutée"),
    Did.KEPT: mark("promesse tenue"),
    Did.CONFIRMED: mark("réglé, dit la personne"),
    Did.DENIED: mark("pas réglé, dit la personne"),
    Did.CLOSED: mark("terminé"),
    Did.APPEALED: mark("recours"),
    Did.ESCALATED: mark("transmis au-dessus"),
    Did.REFERRED: mark("confié à un service"),
    Did.CHECKED: mark("service interrogé"),
    Did.ASKED: mark("demandé à la personne: est-ce réglé?"),
    Did.WITHDRAWN: mark("retiré"),
    Did.REOPENED: mark("rouvert"),
    Did.MERGED: mark("joint à un autre"),
    Did.RECUSED: mark("un membre s'est récusé"),
    Did.ACCUSED: mark("personne en cause nommée"),
    Did.INVITED: mark("autre partie invitée"),
    Did.WROTE: mark("message à la personne"),
    Did.ADDED: mark("mots ajoutés"),
    Did.THREATENED: mark("menace"),
    Did.CODE_ASKED: mark("code perdu, redemandé"),
}
STOPS: Mapping[Stop, str] = {
    Stop.STATE: mark("Cela ne se fait pas à cette étape du dossier."),
    Stop.NOT_HANDLER: mark("Seule la personne qui traite ce dossier peut le faire."),
    Stop.OWN: mark("C'est votre propre plainte: quelqu'un d'autre la traite."),
    Stop.TOO_LATE: mark("Cette date est passée."),
    Stop.NOBODY_ABOVE: mark("Il n'y a personne au-dessus. Le tribunal ou le chef de village restent ouverts."),
    Stop.NO_MEDIATION: mark("Pas de médiation sur ce sujet: on ne met pas les deux parties face à face."),
    Stop.NO_SUCH_MEMBER: mark("Ce numéro ne convient pas. Vérifiez la carte."),
    Stop.LOOSER: mark("Le niveau au-dessus a fixé un délai plus court."),
    Stop.TOO_MANY: mark("C'est trop."),
    Stop.OTHER_CAUSE: mark("Ces deux dossiers ne nomment pas les mêmes personnes. Notez d'abord qui est en cause."),
    Stop.NO_ANSWER_YET: mark("Notez d'abord la réponse du service. Sans réponse, attendez 60 jours."),
    Stop.ANOTHER_OUTCOME: mark("Une autre solution est proposée depuis. Lisez-la d'abord."),
    Stop.PRIVATE: mark("Ce qui est venu en privé reste en privé."),
    Stop.NOT_PRIVATE: mark("En privé: seulement violence, abus, enfants, forces. Choisissez un autre traitement."),
    Stop.NO_PRIVATE_DESK: mark(
        "Aucun bureau privé ne peut le prendre. Traitez-le en urgent, et dites à la personne où est le centre de santé."
    ),
    Stop.NAME_FIRST: mark(
        "Vous ne pouvez pas l'inviter seul. Faites d'abord 13 Nommer qui est en cause; un autre membre la nomme aussi."
    ),
}
# A reason, and the payment that was declared and refused; of old, where it stood in a table.
_DECLARED = re.compile(
    r"(?P<reason>\w+) (?:declaration:\d+|(?P<amount>[0-9]{1,12}) (?P<currency>"
    + "|".join(Currency)
    + r") (?P<day>[0-9]{4}-[01][0-9]-[0-3][0-9]))"
)
# What somebody chose from a list instead of writing words.
REASONS: Mapping[str, str] = {
    Reason.NOT_RECORDED: mark("Payé, mais pas noté."),
    Reason.WRONG_AMOUNT: mark("Le montant n'est pas juste."),
    Reason.NOT_OWED: mark("Ce n'est pas dû."),
    Reason.WRONG_DAYS: mark("Les jours ne sont pas justes."),
    Reason.WRONG_WEIGHT: mark("Le poids n'est pas juste."),
    Reason.WRONG_COSTS: mark("Les frais ne sont pas justes."),
    Reason.NOT_RECEIVED: mark("L'argent n'est pas reçu."),
    Reason.NOT_SO: mark("Ce n'était pas comme ça."),
    Reason.OTHER: mark("Autre chose n'est pas juste."),
}


def subject(category: Category) -> str:
    """What a case is about."""
    return _(SUBJECTS[category])


def state(found: State) -> str:
    """Where a case stands, in a word or two."""
    return _(STATES[found])


def number(reference: str | None) -> str:
    """The number of a case in a list, or that it cannot be read."""
    return reference or _("illisible")


def lane(found: Lane) -> str:
    """How a case is handled."""
    return _(LANES[found])


def concerned(found: Concerned) -> str:
    """Who is complained of."""
    return _(CONCERNED[found])


def follow(found: Follow) -> str:
    """How the complainant hears of it."""
    return _(FOLLOWS[found])


def safe(found: SafeTime | None) -> str:
    """When somebody can be spoken to without danger; nothing said is never."""
    return _(SAFE[found or SafeTime.NEVER])


def wished(found: Help) -> str:
    """What somebody wishes for."""
    return _(HELP[found])


def did(found: Did) -> str:
    """A step of the history."""
    return _(DID[found])


def stop(found: Stop) -> str:
    """Why something cannot be done."""
    return _(STOPS[found])


def words(typed: str | None) -> str:
    """What somebody complained of in their words, or by choosing a reason."""
    if not typed:
        return _("Sans mots écrits.")
    if typed in REASONS:
        return _(REASONS[typed])
    declared = _DECLARED.fullmatch(typed)
    if declared is None or declared["reason"] not in REASONS:
        return typed
    chosen = declared["reason"]
    reason = _(REASONS[chosen])
    if declared["amount"] is None:
        return reason
    try:
        day = date.fromisoformat(declared["day"])
    except ValueError:
        return typed  # somebody's own words that look like it
    paid = Money(int(declared["amount"]), Currency(declared["currency"]))
    return reason + " " + _("Déclaré: {amount}, le {day}.", amount=paid, day=i18n.day(day))
