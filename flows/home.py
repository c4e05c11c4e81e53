"""The first page: a member's menu, an unknown caller's menu, and the places every conversation has."""

from dataclasses import replace

from flows import account, by_sms, call, case, dues, grievance, guards, i18n, join, language, meeting, names, payout
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.engine.places import spot
from flows.engine.talking import Doors
from flows.talk import Talk

_ = i18n.words(__name__)


@screen(resumes=False)
def home(talk: Talk) -> Menu:
    if talk.somebody is not None:
        return _members(talk)
    if talk.speakers:
        return guards.who(talk, to(home))
    return _strangers() if talk.greeted else language.first(talk)


def _members(talk: Talk) -> Menu:
    options = [
        Option(_("Mes cotisations"), to(dues.home)),
        Option(_("Ma part"), to(payout.home)),
        Option(_("Réunions"), to(meeting.home)),
        Option(_("Plainte ou alerte"), to(grievance.home)),
        Option(_("Langue"), to(language.change)),
        Option(_("Mon compte"), to(account.home)),
    ]
    resume = talk.known.resume
    if resume is not None and talk.known.resume_who in (None, talk.member.member_id):
        options.insert(0, Option(_("Continuer"), resume, number=7))
    return Menu(names.called(talk.member.cooperative), options)


def _strangers() -> Menu:
    return Menu(
        _("Ce service est gratuit."),
        [
            Option(_("Je suis membre: lier mon numéro"), to(join.where, linking=True)),
            Option(_("Devenir membre"), to(join.where, linking=False)),
            Option(_("Plainte sans donner mon nom"), to(grievance.home)),
            Option(_("Suivre un dossier"), to(case.follow)),
            Option(_("Langue"), to(language.change)),
            Option(_("Appelez-moi"), to(call.call_me, topic="home.home")),
        ],
    )


def _topic(here: Place) -> str:
    """What the office is told that a call is about; nothing of a complaint."""
    return here.name if spot(here).deep else ""


@screen(resumes=False)
def lost(talk: Talk, onward: Place) -> Menu:
    return Menu(
        _("Besoin d'aide?"),
        [
            Option(_("Reprendre où j'étais"), onward),
            Option(_("Recevoir l'aide par SMS"), to(help_by_sms)),
            Option(_("Appelez-moi"), to(call.call_me, topic=_topic(onward))),
        ],
    )


@action
def help_by_sms(talk: Talk) -> Place:
    talk.send("help_words", {})
    return to(help_sent)


@screen
def help_sent(talk: Talk) -> Done:
    return Done(_("L'aide part par SMS."))


DOORS = Doors(
    home=to(home),
    call_me=lambda here: to(call.call_me, topic=_topic(here)),
    help=lambda here: to(lost, here),
)
DOORS_BY_SMS = replace(DOORS, gate=by_sms.gate)
