"""A member's new phone number: proposed by who keeps the register, linked when a second officer accepts."""

from flows import answers, approval, deed, i18n
from flows.engine import Ask, Menu, Option, Place, action, screen, to
from flows.engine.pages import BACK, HOME
from flows.guards import officer
from flows.talk import Talk
from models import members, new_numbers, phone, receiving
from models.hands import NotAllowed
from models.new_numbers import REGISTRARS, NotChanged

_ = i18n.words(__name__)

LISTED = 3
registrar = officer(*REGISTRARS)
DIGITS = frozenset({BACK, HOME})


@screen(needs=registrar, deep=False)
def home(talk: Talk) -> Ask[str]:
    return Ask(
        _("Numéro du membre, vu avec sa carte (8 et 9 comptent comme des chiffres):"),
        read=answers.member_number,
        then=lambda number: to(new, number),
        keys=DIGITS,
    )


@screen(needs=registrar, deep=False)
def new(talk: Talk, number: str) -> Ask[str] | Menu:
    person = receiving.numbered(talk.db, talk.member.cooperative_id, number)
    if person is None:
        text = _("Ce numéro n'est à personne dans la coopérative.")
        return Menu(text, [Option(_("Un autre membre"), to(home))])
    here = phone.country(talk.phone) or "ML"
    return Ask(
        _("Membre {number}, {name}.\nSon nouveau téléphone:", number=person.number, name=person.name),
        read=lambda typed: answers.phone_number(typed, here),
        then=lambda found: to(instead, person.member_id, found),
        keys=DIGITS,
        free=True,
    )


@screen(needs=registrar, deep=False)
def instead(talk: Talk, member_id: int, to_be: str) -> Menu:
    options = [
        Option(_("À la place de ...{end}", end=each[-4:]), to(propose, member_id, to_be, each))
        for each in members.phones(talk.db, member_id)[:LISTED]
    ]
    options.append(Option(_("En plus des numéros"), to(propose, member_id, to_be)))
    return Menu(_("Nouveau: {phone}", phone=to_be), options)


@action(needs=registrar)
def propose(talk: Talk, member_id: int, to_be: str, old: str | None = None) -> Place:
    try:
        new_numbers.propose(talk.db, talk.hand, member_id, to_be, old, talk.now)
    except NotChanged as error:
        return to(refused, isinstance(error, new_numbers.Taken), isinstance(error, new_numbers.Elsewhere))
    except NotAllowed as error:
        return to(approval.barred, error.bar)
    return to(proposed)


@screen(needs=registrar, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _("Proposé. Un autre responsable doit accepter avant 24 heures, depuis son téléphone.")
    return Menu(text, [Option(_("Un autre membre"), to(home))])


@screen(needs=registrar, deep=False, resumes=False)
def refused(talk: Talk, taken: bool, elsewhere: bool = False) -> Menu:
    if elsewhere:
        return Menu(deed.elsewhere(), [Option(_("Un autre membre"), to(home))])
    said = {
        True: _("Ce membre a déjà ce numéro. Rien n'est proposé."),
        False: _("Ce membre ou son ancien numéro n'est plus au registre. Rien n'est proposé."),
    }
    return Menu(said[taken], [Option(_("Un autre membre"), to(home))])
