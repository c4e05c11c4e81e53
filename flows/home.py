"""The first page: a member's menu, an unknown caller's menu, and the places every conversation has."""

from collections.abc import Sequence
from dataclasses import replace

from flows import (
    account,
    by_sms,
    call,
    case,
    dues,
    grievance,
    guards,
    i18n,
    join,
    language,
    meeting,
    names,
    office,
    party,
    payout,
    question,
    receipt,
    team,
)
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.engine.places import spot
from flows.engine.talking import Doors
from flows.talk import Talk
from models.grievances import parties
from models.members import Role

_ = i18n.words(__name__)

COMPLAINTS = frozenset({"case", "grievance", "private", "telling"})


@screen(resumes=False)
def first(talk: Talk) -> Menu:
    """The first page of a dial: what waits for the member comes before the menu."""
    if talk.somebody is None:
        return _nobody(talk, to(first))
    invited, waiting = parties.beside(talk.db, talk.member.member_id, talk.now)
    asked = question.offered(talk, waiting, later=to(home))
    if asked is not None:
        return Menu(asked.text, [*_unfinished(talk), *asked.options])
    return _members(talk, party.news(invited))


@screen(resumes=False)
def home(talk: Talk) -> Menu:
    return _nobody(talk, to(home)) if talk.somebody is None else _members(talk)


def _nobody(talk: Talk, onward: Place) -> Menu:
    if talk.speakers:
        return guards.who(talk, onward)
    return _strangers(talk) if talk.greeted else language.first()


def _members(talk: Talk, waiting: Sequence[Option] = ()) -> Menu:
    options = [
        Option(_("Mes cotisations"), to(dues.home)),
        Option(_("Ma part"), to(payout.home)),
        Option(_("Réunions"), to(meeting.home)),
        Option(_("Plainte ou alerte"), to(grievance.home)),
    ]
    if talk.member.role in office.ROLES:
        options += [Option(_("Mon compte"), to(account.home)), Option(_("Bureau"), to(office.home))]
    elif talk.member.role is Role.TEAM_LEADER:
        options += [Option(_("Mon compte"), to(account.home)), Option(_("Mon équipe"), to(team.home))]
    else:
        options += [Option(_("Langue"), to(language.change)), Option(_("Mon compte"), to(account.home))]
    return Menu(names.called(talk.member.cooperative), [*_unfinished(talk), *waiting, *options])


def _unfinished(talk: Talk) -> list[Option]:
    """Where the member was when a session ended within the last minutes.

    A complaint that was half told is gone on with behind the code of who told it. Without a code it is offered all the
    same: nothing is lost to a dropped call, and what the next holder of the phone can see of it is gone in minutes.
    """
    resume, who = talk.known.resume, talk.somebody
    if resume is None or talk.known.resume_who not in (None, who.member_id if who else None):
        return []
    guarded = who is not None and who.code_chosen and resume.module in COMPLAINTS
    return [Option(_("Continuer"), to(go_on, resume) if guarded else resume, number=7)]


@action(needs=guards.code_always)
def go_on(talk: Talk, onward: Place) -> Place:
    """It is offered again when this session ends there as well."""
    known = talk.known
    known.resume, known.resume_who, known.resume_at = onward, known.who, talk.now.timestamp()
    return onward


def _strangers(talk: Talk) -> Menu:
    return Menu(
        _("Ce service est gratuit."),
        [
            *_unfinished(talk),
            Option(_("Membre: lier mon numéro"), to(join.where, linking=True)),
            Option(_("Devenir membre"), to(join.where, linking=False)),
            Option(_("Plainte sans mon nom"), to(grievance.home)),
            Option(_("Suivre un dossier"), to(case.follow)),
            Option(_("Langue"), to(language.change)),
            Option(_("Appelez-moi"), to(call.call_me, topic="home.home")),
            Option(_("Vérifier un reçu"), to(receipt.ask)),
        ],
    )


def _topic(here: Place) -> str:
    """What the office is told that a call is about; nothing of a complaint."""
    return here.name if spot(here).deep else ""


def called(here: Place) -> Place:
    """What key 8 does: in private nothing; in a complaint a call is written down only when it was said yes to."""
    if here.name in (to(call.sure, here).name, to(call.never, here).name):
        return here
    about = _behind(here)
    if _private(about):
        return to(call.never, here)
    return to(call.call_me, topic=_topic(here)) if spot(about).deep else to(call.sure, here)


def _behind(here: Place) -> Place:
    """The page that a question leads to: who speaks, the code, whether help is wanted."""
    onward = here.given.get("onward")
    return here if onward is None else _behind(Place.restored(onward))


def _private(here: Place) -> bool:
    return here.name.startswith("private.")


@screen(resumes=False)
def lost(talk: Talk, onward: Place) -> Menu:
    options = [Option(_("Reprendre où j'étais"), onward)]
    if spot(onward).deep:  # in a complaint nothing is ever offered that writes to the phone
        options.append(Option(_("Recevoir l'aide par SMS"), to(help_by_sms)))
    if not _private(onward):
        options.append(Option(_("Appelez-moi"), called(onward)))
    return Menu(_("Besoin d'aide?"), options)


@action
def help_by_sms(talk: Talk) -> Place:
    talk.send("help_words", {})
    return to(help_sent)


@screen
def help_sent(talk: Talk) -> Done:
    return Done(_("L'aide part par SMS."))


DOORS = Doors(
    home=to(home),
    first=to(first),
    call_me=called,
    help=lambda here: to(lost, here),
    undialled=COMPLAINTS,
)
DOORS_BY_SMS = replace(DOORS, gate=by_sms.gate)
