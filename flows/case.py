"""A case that was filed: followed by number and code from any phone, added to, taken back."""

from collections.abc import Mapping

from flows import answers, i18n
from flows.engine import Ask, Done, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import grievances
from models.grievances import Locked, State, following

_ = i18n.words(__name__)


def case_opened(talk: Talk, place: Place) -> Place | None:
    """A case stands behind its own code, in this very session."""
    return None if f"case:{place.given['case_id']}" in talk.known.opened else to(follow)


@screen(deep=False, resumes=False)
def follow(talk: Talk) -> Ask[str]:
    return Ask(
        _("Numéro du dossier (6 chiffres):"),
        read=answers.case_number,
        then=lambda reference: to(follow_code, reference),
    )


@screen(deep=False, resumes=False)
def follow_code(talk: Talk, reference: str, wrong: bool = False) -> Ask[str]:
    question = _("Code du dossier (4 chiffres):")
    if wrong:
        question = _("Le numéro et le code ne vont pas ensemble.") + "\n" + question
    return Ask(question, read=answers.four_digits, then=lambda code: to(look, reference, code))


@action
def look(talk: Talk, reference: str, code: str) -> Place:
    found = grievances.open_case(talk.db, reference, code, talk.phone, talk.now)
    if isinstance(found, Locked):
        return to(locked)
    if found is None:
        return to(follow_code, reference, wrong=True)
    talk.known.opened.add(f"case:{found}")
    return to(show, found)


@screen(deep=False, resumes=False)
def locked(talk: Talk) -> Done:
    return Done(_("Trop de codes faux. Essayez de nouveau dans une heure, ou d'un autre téléphone."))


STATES: Mapping[State, str] = {
    State.RECEIVED: i18n.mark("Reçu. Une personne va le lire."),
    State.ACKNOWLEDGED: i18n.mark("Vu par le comité."),
    State.ASSESSED: i18n.mark("Examiné. On cherche qui le traite."),
    State.ASSIGNED: i18n.mark("Une personne le traite."),
    State.INQUIRY: i18n.mark("On cherche les faits."),
    State.IN_MEDIATION: i18n.mark("En médiation"),
    State.PROPOSED: i18n.mark("Une issue est proposée."),
    State.RESOLVED: i18n.mark("Accord trouvé."),
    State.APPEALED: i18n.mark("Recours: d'autres personnes le lisent."),
    State.ESCALATED: i18n.mark("Transmis au niveau au-dessus."),
    State.REOPENED: i18n.mark("Rouvert."),
    State.REFERRED: i18n.mark("Confié à un autre service."),
    State.OUT_OF_SCOPE: i18n.mark("Pas du ressort du comité."),
    State.MERGED: i18n.mark("Joint à un dossier pareil."),
    State.WITHDRAWN: i18n.mark("Vous avez retiré ce dossier."),
    State.CLOSED: i18n.mark("Terminé."),
}


@screen(needs=case_opened, deep=False, resumes=False)
def show(talk: Talk, case_id: int) -> Menu:
    mine = following.look(talk.db, case_id, talk.now)
    text = _(
        "Dossier {reference}\n{state}\nDéposé le {filed}\nRéponse avant le {by}\nNotes ajoutées: {notes}",
        reference=mine.reference,
        state=_(STATES[mine.state]),
        filed=i18n.day(talk.day(mine.filed_at)),
        by=i18n.day(talk.day(mine.answer_by)),
        notes=mine.added,
    )
    if mine.state is State.WITHDRAWN:
        return Menu(text)
    options = [Option(_("Ajouter un mot"), to(add, case_id)), Option(_("Retirer"), to(withdraw_sure, case_id))]
    return Menu(text, options)


@screen(needs=case_opened, deep=False, resumes=False)
def add(talk: Talk, case_id: int) -> Ask[str]:
    return Ask(
        _("Écrivez ce que le comité doit savoir:"),
        read=answers.some_words,
        then=lambda words: to(note, case_id, words),
        free=True,
    )


@action(needs=case_opened)
def note(talk: Talk, case_id: int, words: str) -> Place:
    following.add(talk.db, case_id, words, talk.key, talk.now)
    return to(show, case_id)


@screen(needs=case_opened, deep=False, resumes=False)
def withdraw_sure(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Retirer ce dossier? Si on vous menace, ne retirez pas: dites-le."),
        [Option(_("Je garde le dossier"), to(show, case_id)), Option(_("Je retire le dossier"), to(withdraw, case_id))],
    )


@action(needs=case_opened)
def withdraw(talk: Talk, case_id: int) -> Place:
    following.withdraw(talk.db, case_id, talk.now)
    return to(show, case_id)
