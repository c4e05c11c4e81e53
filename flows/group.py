"""Where members work and with whom: the site and the team of a member, as who keeps the register says them."""

from collections.abc import Mapping

from flows import answers, i18n
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, Unreadable, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import groups
from models.groups import Group, Placed
from models.new_numbers import REGISTRARS

_ = i18n.words(__name__)
mark = i18n.mark

registrar = officer(*REGISTRARS)
NEW: Mapping[Group, str] = {
    Group.SITE: mark("Nom du site, 40 lettres au plus:"),
    Group.TEAM: mark("Nom de l'équipe, 40 lettres au plus:"),
}
WHERE: Mapping[Group, str] = {Group.SITE: mark("Quel site?"), Group.TEAM: mark("Quelle équipe?")}


@screen(needs=registrar, deep=False)
def home(talk: Talk) -> Ask[str]:
    return Ask(
        _("Site et équipe de quel membre? Son numéro (8 et 9 sont des chiffres):"),
        read=answers.member_number,
        then=lambda number: to(show, number),
        keys=answers.COUNTING,
    )


def _member(talk: Talk, number: str) -> Placed:
    """A member of the speaker's cooperative. Raises UnknownPlace."""
    found = groups.of(talk.db, talk.member.cooperative_id, number)
    if found is None:
        raise UnknownPlace("group.show")
    return found


@screen(needs=registrar, deep=False)
def show(talk: Talk, number: str) -> Menu:
    found = groups.of(talk.db, talk.member.cooperative_id, number)
    if found is None:
        return Menu(_("Ce numéro n'est à personne dans la coopérative."), [Option(_("Un autre membre"), to(home))])
    text = _(
        "Membre {number}, {name}\nSite: {site}\nÉquipe: {team}",
        number=number,
        name=found.name,
        site=found.site or "-",
        team=found.team or "-",
    )
    options = [
        Option(_("Changer le site"), to(where, number, Group.SITE)),
        Option(_("Changer l'équipe"), to(where, number, Group.TEAM)),
        Option(_("Un autre membre"), to(home)),
    ]
    return Menu(text, options)


@screen(needs=registrar, deep=False)
def where(talk: Talk, number: str, group: Group) -> Menu:
    _member(talk, number)
    known = groups.names(talk.db, talk.member.cooperative_id, group)
    options = [Option(_("Un autre nom"), to(name, number, group)), Option(_("Aucun"), to(put, number, group, ""))]
    return Menu(_(WHERE[group]), [*(Option(each, to(put, number, group, each)) for each in known), *options])


@screen(needs=registrar, deep=False)
def name(talk: Talk, number: str, group: Group) -> Ask[str]:
    _member(talk, number)
    return Ask(_(NEW[group]), read=_read, then=lambda said: to(put, number, group, said), free=True)


def _read(typed: str) -> str:
    """The name of a site or a team. Raises Unreadable."""
    said = answers.some_name(typed)
    if len(said) > groups.AT_MOST:
        raise Unreadable(_("Écrivez un nom plus court."))
    return said


@action(needs=registrar)
def put(talk: Talk, number: str, group: Group, said: str) -> Place:
    groups.put(talk.db, talk.hand, [number], group, said)
    return to(show, number)
