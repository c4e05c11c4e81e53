"""What two officers decide on: what each deed is called, and why it cannot be done any more."""

from collections.abc import Mapping

from flows import i18n
from models.proposals import Deed

_ = i18n.words(__name__)
mark = i18n.mark

NAMES: Mapping[Deed, str] = {
    Deed.PUBLISH_LOT: mark("Publier un lot"),
    Deed.ADJUST_LOT: mark("Corriger un lot publié"),
    Deed.CHANGE_RULE: mark("Changer une règle"),
    Deed.CHANGE_PLAN: mark("Changer les cotisations"),
    Deed.WAIVE: mark("Effacer une dette"),
    Deed.REVERSE: mark("Annuler une écriture"),
    Deed.CHANGE_PHONE: mark("Changer un numéro"),
    Deed.CHANGE_ROLE: mark("Changer une fonction"),
    Deed.SHARE_SURPLUS: mark("Partager l'excédent"),
    Deed.CALL_AUDIT_FUND: mark("Appeler le fonds d'audit"),
    Deed.SPEND_AUDIT_FUND: mark("Dépenser du fonds d'audit"),
    Deed.SUBSCRIBE: mark("Noter des parts sociales"),
    Deed.SEND_BROADCAST: mark("Envoyer une annonce"),
    Deed.HAND_OVER: mark("Passer une charge"),
    Deed.CALL_MEETING: mark("Convoquer une réunion"),
    Deed.LINK_MEMBERS: mark("Noter des proches"),
}
# Why something that was approved cannot be done: what else than the deed itself can have changed since.
HINDERED: Mapping[Deed, str] = {
    Deed.PUBLISH_LOT: mark("Ce lot a changé depuis la proposition. Il faut le proposer de nouveau."),
    Deed.ADJUST_LOT: mark("Ce lot a changé depuis la proposition. Il faut le proposer de nouveau."),
    Deed.CHANGE_RULE: mark("Cette règle a changé depuis la proposition. Il faut la proposer de nouveau."),
    Deed.CHANGE_PLAN: mark("Ce plan est déjà écrit ou remplacé, ou sa date est passée: il faut en proposer un autre."),
    Deed.WAIVE: mark("La dette est annulée, ou il en reste moins à payer que la remise."),
    Deed.REVERSE: mark("L'écriture est déjà annulée, ou une autre écriture compte sur elle: annulez l'autre d'abord."),
    Deed.CHANGE_PHONE: mark("Ce membre a déjà ce numéro, ou il est parti, ou l'ancien numéro n'est plus au registre."),
    Deed.CHANGE_ROLE: mark("Ce membre est parti, ou sa fonction a changé depuis: il faut proposer de nouveau."),
    Deed.SHARE_SURPLUS: mark("L'excédent de cette année est déjà partagé, ou les livres ont changé depuis."),
    Deed.CALL_AUDIT_FUND: mark("Le fonds de cette année est déjà appelé, ou ses membres ont changé."),
    Deed.SPEND_AUDIT_FUND: mark("Il n'y a plus assez dans le fonds d'audit, ou cette dépense est déjà notée."),
    Deed.SUBSCRIBE: mark("Ce papier est déjà noté, le membre est parti, ou le plan est fini."),
    Deed.SEND_BROADCAST: mark("Il est trop tard pour cette annonce, ou il ne reste pas assez de SMS ou d'argent."),
    Deed.HAND_OVER: mark("Cette charge est déjà à une autre personne. Il faut proposer de nouveau."),
    Deed.CALL_MEETING: mark(
        "Il est trop tard pour cette réunion, son heure est prise, ou il ne reste pas assez de SMS ou d'argent."
    ),
    Deed.LINK_MEMBERS: mark("C'est déjà noté ainsi: il n'y a rien à changer."),
}


def name(deed: Deed) -> str:
    """What a deed is called."""
    return _(NAMES[deed])


def elsewhere() -> str:
    """Why a number is not taken that an officer of elsewhere has."""
    return _(
        "Cela touche le téléphone d'un responsable d'une autre coop ou union. Qui a ce téléphone doit faire le numéro "
        "et demander lui-même: Mon compte, Mes numéros."
    )


def hindered(deed: Deed) -> str:
    """Why it cannot be done any more, though it was proposed."""
    return _(HINDERED[deed])
