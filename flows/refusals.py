"""Why something cannot be done to a lot or a rule, in words for whoever tried."""

from collections.abc import Mapping

from flows import i18n
from flows.engine import START, Menu, Option, screen
from flows.guards import code_given
from flows.i18n import mark
from flows.talk import Talk
from models.refused import Fault

_ = i18n.words(__name__)

LOT: Mapping[Fault, str] = {
    Fault.NO_LOT: mark("Ce lot n'est pas connu ici."),
    Fault.KNOWN: mark("Ce lot est déjà noté, avec d'autres chiffres: {about}"),
    Fault.NO_OFFICER: mark("Votre rôle ne permet pas de faire cela."),
    Fault.NO_RULE: mark("Aucune règle de partage n'est en vigueur ce jour-là."),
    Fault.SEVERAL_RULES: mark("Plusieurs règles sont en vigueur. Choisissez: {about}"),
    Fault.NOT_MONEY: mark("Cette règle ne partage pas de l'argent: {about}"),
    Fault.SHARED: mark("Ce lot est déjà partagé. Il faut d'abord l'annuler, à deux responsables: {about}"),
    Fault.BAD_VALUE: mark("Ce chiffre ou ce mot ne va pas: {about}"),
    Fault.NO_EVIDENCE: mark("Il manque une preuve: un reçu, un témoin ou un papier signé. {about}"),
    Fault.NO_MEMBER: mark("Ce membre n'est pas dans la coopérative. {about}"),
    Fault.NO_GROUP: mark("La règle du lot ne connaît pas cette équipe. Elle connaît: {about}"),
    Fault.NO_WITNESS: mark("Le témoin doit être une autre personne que vous et que celle qui a travaillé."),
    Fault.HAS_PHONE: mark("Cette personne a un téléphone: elle confirme elle-même."),
    Fault.LOAN: mark("Sans lot livré c'est un prêt: la loi ne le permet pas ici (articles 251 et 313)."),
    Fault.NO_RECOVERY: mark("La règle du lot {about} ne prévoit pas de retenir une avance."),
    Fault.NO_PRICE: mark("Le prix de vente du lot n'est pas encore noté."),
    Fault.NO_TEAM: mark("Personne n'est encore noté dans ce lot."),
    Fault.UNCONFIRMED_WORK: mark("Ces membres n'ont pas confirmé leur travail: {about}"),
    Fault.UNCONFIRMED_ADVANCE: mark("Ces membres n'ont pas encore dit si leur avance est juste: {about}"),
    Fault.UNSHAREABLE: mark("La règle ne peut pas partager ce lot: la vente ne couvre pas tout, ou un compte manque."),
    Fault.INTERESTED: mark("Qui a acheté ou financé le lot ne décide pas de son partage."),
    Fault.CHANGED: mark("Le lot {about} a changé depuis la proposition. Il faut le proposer de nouveau."),
    Fault.OLD_QUOTE: mark("Le prix date de trop longtemps avant la vente: {about}"),
    Fault.NOT_SHARED: mark("Le lot {about} n'est pas publié ici: il n'y a rien à corriger."),
    Fault.TOO_LOW: mark("La vente ne peut pas descendre si bas. Frais du lot: {about}"),
    Fault.NOT_GIVEN: mark("Ce lot ne donne rien à ce nom. Il donne à: {about}"),
}


def worded(fault: Fault, about: str = "") -> str:
    """Why something cannot be done to a lot."""
    return _(LOT[fault]).format(about=about).strip()


@screen(needs=code_given, resumes=False)
def why(talk: Talk, fault: Fault, about: str) -> Menu:
    return Menu(worded(fault, about), [Option(_("Menu"), START)])
