"""What two officers decide on: what each deed is called."""

from collections.abc import Mapping

from flows import i18n
from models.proposals import Deed

_ = i18n.words(__name__)
mark = i18n.mark

NAMES: Mapping[Deed, str] = {
    Deed.PUBLISH_LOT: mark("Publier un lot"),
    Deed.CHANGE_RULE: mark("Changer une règle"),
    Deed.CHANGE_PLAN: mark("Changer les cotisations"),
    Deed.WAIVE: mark("Effacer une dette"),
    Deed.REVERSE: mark("Annuler une écriture"),
    Deed.CHANGE_PHONE: mark("Changer un numéro"),
    Deed.SHARE_SURPLUS: mark("Partager l'excédent"),
    Deed.CALL_AUDIT_FUND: mark("Appeler le fonds d'audit"),
    Deed.SPEND_AUDIT_FUND: mark("Dépenser du fonds d'audit"),
    Deed.SUBSCRIBE: mark("Noter des parts sociales"),
    Deed.SEND_BROADCAST: mark("Envoyer une annonce"),
    Deed.HAND_OVER: mark("Passer une charge"),
}


def name(deed: Deed) -> str:
    """What a deed is called."""
    return _(NAMES[deed])
