"""A leader writes to many: a notice chosen or typed, what it costs, and yes; a danger at once; what arrived."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows import announcement_words, arrived, i18n, reach, templates
from flows.announcement_words import Danger, danger_of
from flows.arrived import Unsent
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.reach import To
from flows.talk import Talk
from flows.templates import Template
from models import announcements, meetings, quiet
from models.announcements import ANNOUNCERS, LEADERS
from models.hands import NotAllowed
from models.limits import MonthSpent
from models.members import OFFICERS, Role

_ = i18n.words(__name__)

announcer, leader, officers = officer(*ANNOUNCERS), officer(*LEADERS), officer(*OFFICERS)
WHOM = (To.ALL, To.OFFICERS, To.WOMEN, To.TEAMS, To.LATE, To.SITE, To.TEAM, To.LANGUAGE, To.BELOW)


@screen(needs=announcer, deep=False)
def home(talk: Talk) -> Menu:
    among = (To.WOMEN,) if talk.member.role is Role.GENDER_PRESIDENT else WHOM
    options = reach.choices(talk, among, lambda whom: to(what, whom), lambda group: to(which, group))
    return Menu(_("Écrire à qui?"), options)


@screen(needs=announcer, deep=False)
def which(talk: Talk, group: To) -> Menu:
    return reach.which(talk, group, lambda whom: to(what, whom))


@screen(needs=announcer, deep=False)
def answered(talk: Talk, meeting_id: int) -> Menu:
    if meetings.announced(talk.db, talk.member.cooperative_id, meeting_id) is None:
        raise UnknownPlace("announce.answered")
    among = [f"{who}:{meeting_id}" for who in reach.ANSWERS]
    return Menu(_("Écrire à qui?"), [Option(reach.label(whom), to(what, whom)) for whom in among])


@screen(needs=announcer, deep=False)
def what(talk: Talk, whom: str) -> Menu:
    options = [Option(templates.short(each), to(sure, whom, each)) for each in Template]
    return Menu(_("Quel message?"), [*options, Option(_("Le taper"), to(write, whom))])


@screen(needs=announcer, deep=False)
def write(talk: Talk, whom: str) -> Ask[str]:
    return Ask(
        _("Tapez votre message. Il part comme vous l'écrivez:"),
        read=announcement_words.read,
        then=lambda words: to(sure, whom, None, words),
        free=True,
    )


def _said(talk: Talk, template: Template | None, words: str) -> tuple[str, dict[str, Any]]:
    """A notice as it is kept: its kind, and what it says."""
    if template is None:
        return "typed", {"cooperative": talk.member.cooperative, "text": words}
    return template, templates.filled(template, talk.member.cooperative, _tomorrow(talk)[0])


def _tomorrow(talk: Talk) -> tuple[date, ZoneInfo]:
    return talk.today + timedelta(days=1), talk.member.zone


@screen(needs=announcer, deep=False)
def sure(talk: Talk, whom: str, template: Template | None = None, words: str = "") -> Menu:
    found = reach.found(talk, reach.audience(talk, whom), *_said(talk, template, words))
    if not found.phones:
        return Menu(_("Personne n'a de téléphone ici."), [Option(_("Écrire à d'autres"), to(home))])
    text = f"{reach.reads(talk, found)}\n{reach.label(whom)}: {reach.costs(talk, found)}"
    options = [Option(_("Envoyer"), to(send, whom, template, words)), Option(_("Ne pas envoyer"), to(home))]
    return Menu(text, options)


@action(needs=announcer)
def send(talk: Talk, whom: str, template: Template | None = None, words: str = "") -> Place:
    kind, facts = _said(talk, template, words)
    until = None if template is None else templates.ends(template, *_tomorrow(talk))
    given = (reach.audience(talk, whom), kind, facts, talk.key, talk.now, reach.weigh(talk), until)
    try:
        with talk.db.begin_nested():
            proposal = announcements.announce(talk.db, talk.hand, *given)
    except MonthSpent:
        return to(arrived.unsent, Unsent.SPENT)
    except NotAllowed:  # neither key of so many is theirs
        return to(arrived.unsent, Unsent.TOO_MANY)
    return to(sent) if proposal is None else to(arrived.proposed)


@screen(needs=leader, deep=False, resumes=False)
def sent(talk: Talk) -> Menu:
    morning = i18n.hour(quiet.of(talk.db, talk.member.cooperative_id).morning)
    text = _("C'est envoyé. La nuit, les annonces attendent {morning}.", morning=morning)
    return Menu(text, [Option(_("Messages arrivés"), to(arrived.last))])


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
    given = (facts, talk.key, talk.now, reach.weigh(talk), found is Danger.OVER)
    announcements.warn(talk.db, talk.hand, *given)
    return to(warned, found)


@screen(needs=officers, deep=False, resumes=False)
def warned(talk: Talk, found: Danger) -> Menu:
    arriving = Option(_("Messages arrivés"), to(arrived.last))
    if found is Danger.OVER:
        return Menu(_("Tous sont prévenus que c'est fini."), [arriving])
    text = _("L'alerte part. Quand c'est fini, envoyez: le danger est passé.")
    return Menu(text, [arriving, Option(_("Le danger est passé"), to(sure_danger, Danger.OVER))])
