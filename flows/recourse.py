"""What somebody can ask for over their case: other people, the level above, to open it again, to take it back; how they
hear of it; and that they are threatened.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection

from flows import answers, i18n
from flows.engine import Ask, Done, Menu, Option, Place, action, screen, to
from flows.filing import HEARING, heard_by, hears
from flows.opened import case_opened, done, looked
from flows.talk import Talk
from models.grievances import Follow, State, following

_ = i18n.words(__name__)
mark = i18n.mark


class Wish(StrEnum):
    """What is asked for."""

    APPEAL = "appeal"
    ABOVE = "above"
    REOPEN = "reopen"


ASKED: Mapping[Wish, str] = {
    Wish.APPEAL: mark("Recours: d'autres personnes, au niveau au-dessus, regardent ce dossier."),
    Wish.ABOVE: mark("Le niveau au-dessus prend ce dossier. Ceux d'ici ne le voient plus."),
    Wish.REOPEN: mark("Ce dossier est rouvert et traité de nouveau."),
}
Doing = Callable[[Connection, int, str | None, datetime], None]
DOING: Mapping[Wish, Doing] = {
    Wish.APPEAL: following.appeal,
    Wish.ABOVE: following.send_up,
    Wish.REOPEN: following.reopen,
}


@screen(needs=case_opened, deep=False, resumes=False)
def why(talk: Talk, case_id: int, wish: Wish) -> Ask[str]:
    return Ask(
        _(ASKED[wish]) + "\n" + _("Dites pourquoi en peu de mots. Ou:\n1 Ne rien écrire"),
        read=answers.words,
        then=lambda words: to(ask, case_id, wish, words),
        free=True,
    )


@action(needs=case_opened)
def ask(talk: Talk, case_id: int, wish: Wish, words: str) -> Place:
    def onward(_made: None) -> Place:
        mine = looked(talk, case_id)
        return to(asked, mine.handled_by, talk.day(mine.answer_by))

    return done(talk, partial(DOING[wish], talk.db, case_id, words or None, talk.now), onward)


@screen(deep=False, resumes=False)
def asked(talk: Talk, handled_by: str | None, answer_by: date) -> Done:
    open_to_all = _("Le tribunal et le chef de village restent ouverts.")
    if handled_by is None:
        return Done(_("Noté. Personne ici ne peut le traiter.") + " " + open_to_all)
    given = {"body": handled_by, "day": i18n.day(answer_by)}
    return Done(_("Noté. Traité par: {body}\nRéponse avant le {day}.", **given) + "\n" + open_to_all)


@action(needs=case_opened)
def threat(talk: Talk, case_id: int) -> Place:
    do = partial(following.threatened, talk.db, case_id, talk.now)
    return done(talk, do, lambda told: to(threatened, told, looked(talk, case_id).state is State.WITHDRAWN))


@screen(deep=False, resumes=False)
def threatened(talk: Talk, told: bool, withdrawn: bool) -> Done:
    """The level above takes no case that was withdrawn: its owner hears that they can open it again."""
    if told and withdrawn:
        return Done(
            _(
                "Noté. Le niveau au-dessus est prévenu, pas la coop. Il peut prendre votre dossier si vous le rouvrez. "
                "En danger: gendarmes ou chef de village."
            )
        )
    if not told:
        return Done(
            _(
                "Noté. Personne au-dessus ne peut encore le lire: ce sera dit à qui viendra. "
                "En danger, allez maintenant: gendarmes, centre de santé, chef de village."
            )
        )
    return Done(
        _(
            "Noté. Le niveau au-dessus est prévenu, pas la coop. Changez de téléphone si vous pouvez. "
            "En danger: allez chez les gendarmes ou le chef de village."
        )
    )


@screen(needs=case_opened, deep=False, resumes=False)
def hearing(talk: Talk, case_id: int) -> Menu:
    options = [Option(heard_by(how), to(hear, case_id, how)) for how in HEARING]
    return Menu(_("Comment avoir la suite?"), options)


@action(needs=case_opened)
def hear(talk: Talk, case_id: int, how: Follow) -> Place:
    return done(talk, partial(following.follow_by, talk.db, case_id, how, talk.phone), lambda holds: to(heard, holds))


@screen(deep=False, resumes=False)
def heard(talk: Talk, how: Follow) -> Done:
    return Done(_("Noté.") + " " + hears(how))


@screen(needs=case_opened, deep=False, resumes=False)
def withdraw_sure(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Retirer ce dossier? Si on vous menace, ne retirez pas: dites-le."),
        [
            Option(_("Je garde le dossier"), to(kept_on)),
            Option(_("Je retire le dossier"), to(withdraw_again, case_id)),
            Option(_("On me menace"), to(threat, case_id)),
        ],
    )


@screen(needs=case_opened, deep=False, resumes=False)
def withdraw_again(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Sûr? Personne ne le traite plus. Personne ne peut vous forcer à le retirer."),
        [Option(_("Je garde le dossier"), to(kept_on)), Option(_("Oui, je retire"), to(withdraw, case_id))],
    )


@screen(deep=False, resumes=False)
def kept_on(talk: Talk) -> Done:
    return Done(_("Rien n'est changé: le dossier reste ouvert."))


@action(needs=case_opened)
def withdraw(talk: Talk, case_id: int) -> Place:
    return done(talk, partial(following.withdraw, talk.db, case_id, talk.now), lambda _made: to(withdrawn))


@screen(deep=False, resumes=False)
def withdrawn(talk: Talk) -> Done:
    return Done(
        _(
            "Dossier retiré. Avec le même numéro et le même code vous pouvez encore dire qu'on vous menace, "
            "ou rouvrir pendant 12 mois."
        )
    )
