"""Who asks to be linked or to become a member: decided by who keeps the register, having seen the person."""

from flows import answers, i18n
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import applying
from models.applying import Applicant, NotTaken, Turned
from models.new_numbers import REGISTRARS

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 5
registrar = officer(*REGISTRARS)
TURNED = {
    Turned.GONE: mark("Cette demande n'attend plus."),
    Turned.TAKEN: mark("Ce numéro de membre est déjà pris."),
    Turned.UNKNOWN: mark("Ce numéro n'est à personne dans la coopérative."),
    Turned.OWN: mark("C'est pour vous-même: un autre responsable doit décider."),
    Turned.OFFICER: mark("Cette personne est responsable: passez par Changer un numéro, à deux clés."),
    Turned.ELSEWHERE: mark(
        "Ce membre partage un téléphone avec un responsable d'une autre coop ou union. "
        "Cela ne peut pas se faire ici: voyez l'union."
    ),
}


@screen(needs=registrar, deep=False)
def home(talk: Talk) -> Menu:
    waiting = applying.waiting(talk.db, talk.member.cooperative_id, LISTED)
    options = [Option(_label(talk, each), to(show, each.request_id)) for each in waiting]
    return Menu(_("Demandes d'entrée") if waiting else _("Aucune demande n'attend."), options)


def _label(talk: Talk, each: Applicant) -> str:
    day = i18n.short_day(each.asked_at.astimezone(talk.member.zone), talk.today)
    wish = _("membre {number}", number=each.number) if each.number else _("nouveau membre")
    return f"{wish}, {day}, ...{each.phone[-4:]}"


def _applicant(talk: Talk, request_id: int) -> Applicant:
    """A request in the speaker's cooperative. Raises UnknownPlace."""
    found = applying.one(talk.db, talk.member.cooperative_id, request_id)
    if found is None:
        raise UnknownPlace("applicants.show")
    return found


@screen(needs=registrar, deep=False)
def show(talk: Talk, request_id: int) -> Menu:
    each = _applicant(talk, request_id)
    if each.number is not None:
        name = each.name or _("inconnu")
        text = _("Téléphone {phone}\nMembre {number}, {name}", phone=each.phone, number=each.number, name=name)
        yes = Option(_("J'ai vu la personne et sa carte: oui"), to(link, request_id))
    else:
        text = _("Téléphone {phone}\nveut devenir membre.", phone=each.phone)
        yes = Option(_("J'ai vu la personne et son papier signé: oui"), to(number, request_id))
    return Menu(text, [yes, Option(_("Refuser"), to(refuse, request_id))])


@action(needs=registrar)
def link(talk: Talk, request_id: int) -> Place:
    try:
        with talk.db.begin_nested():
            applying.link(talk.db, talk.hand, request_id, talk.now)
    except NotTaken as error:
        return to(turned, error.turned)
    return to(done, taken=True)


@screen(needs=registrar, deep=False)
def number(talk: Talk, request_id: int) -> Ask[str]:
    _applicant(talk, request_id)
    return Ask(
        _("Numéro du nouveau membre dans le registre (8 et 9 sont des chiffres):"),
        read=answers.member_number,
        then=lambda given: to(name, request_id, given),
        keys=answers.COUNTING,
    )


@screen(needs=registrar, deep=False)
def name(talk: Talk, request_id: int, given: str) -> Ask[str]:
    return Ask(
        _("Nom et prénom, comme sur le papier:"),
        read=answers.some_name,
        then=lambda called: to(enter, request_id, given, called),
        free=True,
    )


@action(needs=registrar)
def enter(talk: Talk, request_id: int, given: str, called: str) -> Place:
    try:
        with talk.db.begin_nested():
            applying.enter(talk.db, talk.hand, request_id, given, called, talk.now)
    except NotTaken as error:
        return to(turned, error.turned)
    return to(done, taken=True)


@action(needs=registrar)
def refuse(talk: Talk, request_id: int) -> Place:
    try:
        applying.refuse(talk.db, talk.hand, request_id)
    except NotTaken as error:
        return to(turned, error.turned)
    return to(done, taken=False)


@screen(needs=registrar, deep=False, resumes=False)
def done(talk: Talk, taken: bool) -> Menu:
    noted = _("C'est noté. Au prochain appel, la personne tape son code, ou en choisit un si elle n'en a pas.")
    said = noted if taken else _("C'est refusé.")
    return Menu(said, [Option(_("Demandes d'entrée"), to(home))])


@screen(needs=registrar, deep=False, resumes=False)
def turned(talk: Talk, why: Turned) -> Menu:
    return Menu(_(TURNED[why]), [Option(_("Demandes d'entrée"), to(home))])
