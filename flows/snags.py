"""Why a meeting cannot be called, moved or called off so, in words for whoever tried."""

from collections.abc import Mapping

from flows import i18n
from models.assemblies import Mention
from models.convening import Snag

_ = i18n.words(__name__)
mark = i18n.mark

SNAGS: Mapping[Snag, str] = {
    Snag.NO_CALLER: mark("Votre rôle ne permet pas de convoquer."),
    Snag.UNKNOWN: mark("Cette réunion n'est pas connue ici."),
    Snag.PAST: mark("Cette date est passée."),
    Snag.UNTOLD: mark("La nuit, aucun SMS ne part: personne ne serait prévenu avant cette heure."),
    Snag.TOO_LATE: mark("Trop tard pour une assemblée: l'avis part {about} jours avant, au moins. Elle serait nulle."),
    Snag.TOO_FAR: mark("La 2e convocation vient dans les {about} jours après la première."),
    Snag.UNSAID: mark("Il manque dans l'avis: {about}. L'assemblée serait nulle."),
    Snag.TAKEN: mark("Une réunion de cette sorte est déjà prévue à cette heure."),
    Snag.OVER: mark("Cette réunion est passée ou annulée."),
    Snag.SAME: mark("Un autre responsable vient de changer cette réunion."),
    Snag.NO_SECOND: mark("La 2e convocation garde la même sorte et le même ordre du jour."),
    Snag.UNCALLED: mark(
        "Personne n'a encore reçu l'avis de cette réunion: envoyez-le d'abord, avec deux responsables."
    ),
    Snag.FROM_ABOVE: mark("Un niveau au-dessus a convoqué cette assemblée: elle a lieu comme il l'a dit."),
    Snag.SPENT: mark("Il ne reste pas assez de SMS ou d'argent ce mois-ci. Rien n'est envoyé, rien n'est changé."),
}
MENTIONS: Mapping[str, str] = {
    Mention.AGENDA: mark("l'ordre du jour"),
    Mention.PLACE: mark("le lieu"),
    Mention.CAPITAL: mark("le capital"),
    Mention.SEAT: mark("le siège"),
    Mention.REGISTRATION: mark("le numéro d'immatriculation"),
}


def worded(snag: Snag, about: str) -> str:
    """Why a meeting cannot be called so."""
    return _(SNAGS[snag]).format(about=_(MENTIONS[about]) if about in MENTIONS else about)
