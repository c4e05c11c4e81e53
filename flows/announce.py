"""A leader writes to many: a notice chosen or typed, what it costs, and yes; a danger at once; what arrived."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from flows import answers, i18n, reach, templates
from flows.announcement_words import Danger, danger_of
from flows.convened import ways_worded
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.reach import To
from flows.talk import Talk
from flows.templates import Template
from models import announcements
from models.announcements import ANNOUNCERS, LEADERS
from models.hands import NotAllowed
from models.limits import MonthSpent
from models.members import OFFICERS, Role

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 5
announcer, leader, officers = officer(*ANNOUNCERS), officer(*LEADERS), officer(*OFFICERS)
KINDS: Mapping[str, str] = {
    "typed": mark("Message tapé"),
    "words": mark("Message du bureau"),
    "warning": mark("Danger"),
}


class Unsent(StrEnum):
    """Why a message was not sent."""

    SPENT = "spent"
    TOO_MANY = "too_many"


UNSENT: Mapping[Unsent, str] = {
    Unsent.SPENT: mark("Il ne reste pas assez de SMS ce mois-ci. Rien n'est envoyé."),
    Unsent.TOO_MANY: mark("Cela fait trop de téléphones pour vous: demandez à la présidence ou au secrétariat."),
}


@screen(needs=announcer, deep=False)
def home(talk: Talk) -> Menu:
    whom = [To.WOMEN] if talk.member.role is Role.GENDER_PRESIDENT else list(To)
    return Menu(_("Écrire à qui?"), [Option(reach.label(who), to(what, who)) for who in whom])


@screen(needs=announcer, deep=False)
def what(talk: Talk, who: To) -> Menu:
    options = [Option(templates.short(each), to(sure, who, each)) for each in Template]
    return Menu(_("Quel message?"), [*options, Option(_("Le taper"), to(write, who))])


@screen(needs=announcer, deep=False)
def write(talk: Talk, who: To) -> Ask[str]:
    return Ask(
        _("Tapez votre message. Il part comme vous l'écrivez:"),
        read=answers.message,
        then=lambda words: to(sure, who, None, words),
        free=True,
    )


def _said(talk: Talk, template: Template | None, words: str) -> tuple[str, dict[str, Any]]:
    """A notice as it is kept: its kind, and what it says."""
    if template is None:
        return "typed", {"cooperative": talk.member.cooperative, "text": words}
    return template, templates.filled(template, talk.member.cooperative, talk.today + timedelta(days=1))


@screen(needs=announcer, deep=False)
def sure(talk: Talk, who: To, template: Template | None = None, words: str = "") -> Menu:
    found = reach.found(talk, reach.audience(talk, who), *_said(talk, template, words))
    if not found.phones:
        return Menu(_("Personne n'a de téléphone ici."), [Option(_("Écrire à d'autres"), to(home))])
    text = f"{reach.reads(talk, found)}\n{reach.label(who)}: {reach.costs(talk, found)}"
    options = [Option(_("Envoyer"), to(send, who, template, words)), Option(_("Ne pas envoyer"), to(home))]
    return Menu(text, options)


@action(needs=announcer)
def send(talk: Talk, who: To, template: Template | None = None, words: str = "") -> Place:
    if talk.member.role is Role.GENDER_PRESIDENT and who is not To.WOMEN:
        raise UnknownPlace("announce.send")
    kind, facts = _said(talk, template, words)
    given = (reach.audience(talk, who), kind, facts, talk.key, talk.now, reach.weigh(talk))
    try:
        with talk.db.begin_nested():
            proposal = announcements.announce(talk.db, talk.hand, *given)
    except MonthSpent:
        return to(unsent, Unsent.SPENT)
    except NotAllowed:  # neither key of so many is theirs
        return to(unsent, Unsent.TOO_MANY)
    return to(sent) if proposal is None else to(proposed)


@screen(needs=announcer, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _("C'est proposé: pour tant de téléphones, un autre responsable doit accepter avant 24 heures.")
    return Menu(text, [Option(_("Écrire à d'autres"), to(home))])


@screen(needs=announcer, deep=False, resumes=False)
def unsent(talk: Talk, why: Unsent) -> Menu:
    return Menu(_(UNSENT[why]), [Option(_("Écrire à d'autres"), to(home))])


@screen(needs=leader, deep=False, resumes=False)
def sent(talk: Talk) -> Menu:
    return Menu(_("C'est envoyé. La nuit, les annonces attendent 7h."), [Option(_("Messages arrivés"), to(last))])


@screen(needs=officers, deep=False)
def danger(talk: Talk) -> Menu:
    options = [Option(danger_of(each), to(sure_danger, each)) for each in Danger]
    return Menu(_("Prévenir tout le monde, tout de suite"), options)


@screen(needs=officers, deep=False)
def sure_danger(talk: Talk, found: Danger) -> Menu:
    text = _("À tous, même la nuit: {danger}", danger=danger_of(found))
    return Menu(text, [Option(_("Envoyer maintenant"), to(warn, found)), Option(_("Non"), to(danger))])


@action(needs=officers)
def warn(talk: Talk, found: Danger) -> Place:
    at = talk.now.astimezone(talk.member.zone).isoformat()
    facts = {"cooperative": talk.member.cooperative, "danger": found, "at": at}
    announcements.warn(talk.db, talk.hand, facts, talk.key, talk.now, reach.weigh(talk))
    return to(warned, found)


@screen(needs=officers, deep=False, resumes=False)
def warned(talk: Talk, found: Danger) -> Menu:
    arriving = Option(_("Messages arrivés"), to(last))
    if found is Danger.OVER:
        return Menu(_("Tous sont prévenus que c'est fini."), [arriving])
    text = _("L'alerte part. Quand c'est fini, envoyez: le danger est passé.")
    return Menu(text, [arriving, Option(_("Le danger est passé"), to(sure_danger, Danger.OVER))])


@screen(needs=leader, deep=False)
def last(talk: Talk) -> Menu:
    found = announcements.last(talk.db, talk.member.cooperative_id, LISTED)
    options = []
    for each in found:
        when = each.planned_at.astimezone(talk.member.zone)
        kind = _(KINDS[each.kind]) if each.kind in KINDS else _("Annonce")
        label = f"{kind} {i18n.short_day(when, talk.today)} {i18n.hour(when)}"
        options.append(Option(label, to(arrived, each.broadcast_id)))
    return Menu(_("Derniers messages") if found else _("Aucun message n'est parti."), options)


@screen(needs=leader, deep=False)
def arrived(talk: Talk, broadcast_id: int) -> Menu:
    if announcements.one(talk.db, talk.member.cooperative_id, broadcast_id) is None:
        raise UnknownPlace("announce.arrived")
    ways = announcements.arrived(talk.db, broadcast_id)
    lines = [_("À {phones} téléphones", phones=sum(ways.values())), *ways_worded(ways)]
    return Menu("\n".join(lines), [Option(_("Derniers messages"), to(last))])
