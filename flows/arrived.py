"""What became of messages to many; what has not left is taken back, and what was wrong is put right."""

from collections.abc import Mapping
from enum import StrEnum

from flows import announcement_words, i18n, reach, ways
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import announcements
from models.announcements import ANNOUNCERS, LEADERS, Announcement
from models.drafts import Draft
from models.hands import NotAllowed
from models.limits import MonthSpent
from models.served import Way

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 20
announcer, leader = officer(*ANNOUNCERS), officer(*LEADERS)
KINDS: Mapping[str, str] = {
    "typed": mark("Message tapé"),
    "words": mark("Message du bureau"),
    "warning": mark("Danger"),
}


class Unsent(StrEnum):
    """Why a message was not sent."""

    SPENT = "spent"
    TOO_MANY = "too_many"
    NOT_YOURS = "not_yours"


UNSENT: Mapping[Unsent, str] = {
    Unsent.SPENT: mark("Il ne reste pas assez de SMS ou d'argent ce mois-ci. Rien n'est envoyé."),
    Unsent.TOO_MANY: mark("Cela fait trop de téléphones pour vous: demandez à la présidence ou au secrétariat."),
    Unsent.NOT_YOURS: mark("Ce message est d'une autre personne: demandez à la présidence ou au secrétariat."),
}


@screen(needs=leader, deep=False)
def last(talk: Talk) -> Menu:
    found = announcements.last(talk.db, talk.member.cooperative_id, LISTED)
    options = []
    for each in found:
        when = each.planned_at.astimezone(talk.member.zone)
        kind = _(KINDS[each.kind]) if each.kind in KINDS else _("Annonce")
        label = f"{kind} {i18n.short_day(when, talk.today)} {i18n.hour(when)}"
        options.append(Option(label, to(show, each.broadcast_id)))
    return Menu(_("Derniers messages") if found else _("Aucun message n'est parti."), options)


def _one(talk: Talk, broadcast_id: int) -> Announcement:
    """A message of the speaker's cooperative. Raises UnknownPlace."""
    found = announcements.one(talk.db, talk.member.cooperative_id, broadcast_id)
    if found is None:
        raise UnknownPlace("arrived.show")
    return found


@screen(needs=leader, deep=False)
def show(talk: Talk, broadcast_id: int) -> Menu:
    found = _one(talk, broadcast_id)
    counted = announcements.arrived(talk.db, broadcast_id)
    lines = [_("À {phones} téléphones", phones=sum(counted.values())), *ways.worded(counted)]
    options = [Option(_("Derniers messages"), to(last), number=1)]
    if announcements.may_change(talk.hand, found):
        if counted[Way.WAITING]:
            options.append(Option(_("Arrêter ce qui attend"), to(sure_stop, broadcast_id), number=2))
        options.append(Option(_("Corriger"), to(correct, broadcast_id), number=3))
    return Menu("\n".join(lines), options)


@screen(needs=announcer, deep=False)
def sure_stop(talk: Talk, broadcast_id: int) -> Menu:
    _one(talk, broadcast_id)
    text = _("Arrêter les messages qui ne sont pas partis?")
    return Menu(text, [Option(_("Oui, arrêter"), to(stop, broadcast_id)), Option(_("Non"), to(show, broadcast_id))])


@action(needs=announcer)
def stop(talk: Talk, broadcast_id: int) -> Place:
    try:
        announcements.stop(talk.db, talk.hand, broadcast_id, talk.now)
    except NotAllowed:
        return to(unsent, Unsent.NOT_YOURS)
    return to(stopped, broadcast_id)


@screen(needs=announcer, deep=False, resumes=False)
def stopped(talk: Talk, broadcast_id: int) -> Menu:
    text = _("C'est arrêté: ce qui attendait ne part plus.")
    return Menu(text, [Option(_("Messages arrivés"), to(show, broadcast_id))])


@screen(needs=announcer, deep=False)
def correct(talk: Talk, broadcast_id: int) -> Ask[str]:
    _one(talk, broadcast_id)
    return Ask(
        _("Tapez ce qui est juste. Cela va à ceux qui ont reçu le premier message:"),
        read=announcement_words.read,
        then=lambda words: to(sure, broadcast_id, words),
        free=True,
    )


@screen(needs=announcer, deep=False)
def sure(talk: Talk, broadcast_id: int, words: str) -> Menu:
    _one(talk, broadcast_id)
    found = reach.estimated(talk, _draft(talk, broadcast_id, words))
    back = Option(_("Messages arrivés"), to(show, broadcast_id))
    if not found.phones:
        return Menu(_("Personne n'a reçu le premier message."), [back])
    text = f"{reach.reads(talk, found)}\n{reach.costs(talk, found)}"
    return Menu(text, [Option(_("Envoyer"), to(mend, broadcast_id, words)), Option(_("Non"), to(show, broadcast_id))])


def _draft(talk: Talk, broadcast_id: int, words: str) -> Draft:
    """A correction to be. Raises UnknownPlace when it is not theirs to correct."""
    said = {"cooperative": talk.member.cooperative, "text": words}
    try:
        return announcements.correction(talk.db, talk.hand, broadcast_id, said, talk.now)
    except NotAllowed as error:
        raise UnknownPlace("arrived.sure") from error


@action(needs=announcer)
def mend(talk: Talk, broadcast_id: int, words: str) -> Place:
    draft = reach.weigh(talk)(_draft(talk, broadcast_id, words))
    try:
        with talk.db.begin_nested():
            waits = announcements.correct(talk.db, talk.hand, draft, talk.key, talk.now)
    except MonthSpent:
        return to(unsent, Unsent.SPENT)
    except NotAllowed:  # neither key of so many is theirs
        return to(unsent, Unsent.TOO_MANY)
    return to(corrected) if waits is None else to(proposed)


@screen(needs=announcer, deep=False, resumes=False)
def corrected(talk: Talk) -> Menu:
    text = _("C'est corrigé. Ce qui attendait du premier message ne part plus.")
    return Menu(text, [Option(_("Derniers messages"), to(last))])


@screen(needs=announcer, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _("C'est proposé: pour tant de téléphones, un autre responsable doit accepter avant 24 heures.")
    return Menu(text, [Option(_("Derniers messages"), to(last))])


@screen(needs=announcer, deep=False, resumes=False)
def unsent(talk: Talk, why: Unsent) -> Menu:
    return Menu(_(UNSENT[why]), [Option(_("Derniers messages"), to(last))])
