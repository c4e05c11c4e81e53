"""Handing one's role over by a date: proposed here, done on its day once another officer has accepted."""

from datetime import date

from flows import answers, i18n, roles
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import handovers, members
from models.handovers import Keeps, NotHandedOver
from models.members import OFFICERS

_ = i18n.words(__name__)
mark = i18n.mark

holder = officer(*OFFICERS)
KEEPS = {
    Keeps.UNKNOWN: mark("Ce numéro n'est à personne dans la coopérative."),
    Keeps.ONESELF: mark("C'est votre propre numéro."),
    Keeps.BUSY: mark("Cette personne a déjà une charge."),
    Keeps.DAY: mark("Cette date est passée."),
}


@screen(needs=holder, deep=False)
def home(talk: Talk) -> Ask[str]:
    role = roles.role(talk.member.role)
    return Ask(
        _("Passer votre charge ({role}) à quel membre? Son numéro (8 et 9 sont des chiffres):", role=role),
        read=answers.member_number,
        then=lambda number: to(when, number),
        keys=answers.COUNTING,
    )


@screen(needs=holder, deep=False)
def when(talk: Talk, number: str) -> Ask[date] | Menu:
    found = members.called(talk.db, talk.member.cooperative_id, number)
    if found is None:
        return Menu(_(KEEPS[Keeps.UNKNOWN]), [Option(_("Un autre membre"), to(home))])
    return Ask(
        _("Membre {number}, {name}.\nÀ partir de quel jour? Ex. 0112:", number=number, name=found[1]),
        read=lambda typed: answers.coming_day(typed, talk.today),
        then=lambda on: to(sure, number, on),
    )


@screen(needs=holder, deep=False)
def sure(talk: Talk, number: str, on: date) -> Menu:
    text = _(
        "À partir du {day}, le membre {number} aura la charge: {role}. Vous serez membre sans fonction.",
        day=i18n.day(on),
        number=number,
        role=roles.role(talk.member.role),
    )
    return Menu(text, [Option(_("Proposer"), to(propose, number, on)), Option(_("Un autre membre"), to(home))])


@action(needs=holder)
def propose(talk: Talk, number: str, on: date) -> Place:
    try:
        handovers.propose(talk.db, talk.hand, number, on, talk.today, talk.now)
    except NotHandedOver as error:
        return to(refused, error.keeps)
    return to(proposed)


@screen(needs=holder, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _("Proposé. Un autre responsable doit accepter avant 24 heures, depuis son téléphone.")
    return Menu(text, [Option(_("Un autre membre"), to(home))])


@screen(needs=holder, deep=False, resumes=False)
def refused(talk: Talk, keeps: Keeps) -> Menu:
    return Menu(_(KEEPS[keeps]), [Option(_("Un autre membre"), to(home))])
