"""At the door of a meeting and afterwards: who is there, by member number, and what was decided. Nobody votes here."""

from collections.abc import Mapping

from flows import answers, i18n, meeting_words
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.meeting_words import outcome
from flows.talk import Talk
from models import attendance, door, meetings, members, minutes
from models.attendance import NoProxy
from models.door import KEEPERS, Closed, Shut
from models.meetings import Announced
from models.minutes import Decided, Outcome

_ = i18n.words(__name__)
mark = i18n.mark

keeper = officer(*KEEPERS)
SHUT: Mapping[Shut, str] = {
    Shut.NO_KEEPER: mark("Votre rôle ne permet pas de tenir la liste."),
    Shut.UNKNOWN: mark("Cette réunion n'est pas connue ici."),
    Shut.NOT_YET: mark("C'est trop tôt: la liste ouvre 3 heures avant, les décisions au début de la réunion."),
    Shut.OVER: mark("Cette réunion est annulée."),
    Shut.NO_MEMBER: mark("Ce numéro n'est à personne dans la coopérative."),
    Shut.NOT_THERE: mark("Notez d'abord la personne qui porte la procuration."),
    Shut.NO_QUORUM: mark("Le quorum n'est pas atteint: rien ne peut être décidé. Faites une 2e convocation."),
    Shut.NO_ITEM: mark("Ce point n'est pas à l'ordre du jour."),
    Shut.NO_VOTE: mark("Ce point est une information, sans vote."),
    Shut.VOTES: mark("Il y a plus de voix que de présents."),
}


def _meeting(talk: Talk, meeting_id: int) -> Announced:
    """A meeting of the speaker's cooperative. Raises UnknownPlace."""
    found = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if found is None:
        raise UnknownPlace("doorway.who")
    return found


@screen(needs=keeper, deep=False)
def who(talk: Talk, meeting_id: int) -> Ask[str]:
    return Ask(
        _("{count}\nNuméro du membre présent (8 et 9 sont des chiffres):", count=_there(talk, meeting_id)),
        read=answers.member_number,
        then=lambda number: to(enter, meeting_id, number),
        keys=answers.COUNTING,
    )


def _there(talk: Talk, meeting_id: int) -> str:
    meeting = _meeting(talk, meeting_id)
    present = door.present(talk.db, meeting_id)
    said = _("Présents {there}, représentés {represented}", there=present.there, represented=present.represented)
    needed = attendance.needed(talk.db, talk.member.cooperative_id, meeting)
    return said if needed is None else said + ". " + _("Quorum {needed}", needed=needed)


@action(needs=keeper)
def enter(talk: Talk, meeting_id: int, number: str) -> Place:
    try:
        door.enter(talk.db, talk.hand, meeting_id, number, talk.now)
    except Closed as error:
        return to(shut, error.shut, meeting_id)
    return to(came, meeting_id, number)


@screen(needs=keeper, deep=False, resumes=False)
def came(talk: Talk, meeting_id: int, number: str) -> Menu:
    found = members.called(talk.db, talk.member.cooperative_id, number)
    if found is None:
        raise UnknownPlace("doorway.came")
    options = [Option(_("Le suivant"), to(who, meeting_id))]
    options += [
        Option(_("A le papier du membre {number}", number=each), to(represent, meeting_id, each, number))
        for each in door.givers(talk.db, meeting_id, found[0])
    ]
    return Menu(_("Présent: membre {number}, {name}", number=number, name=found[1]), options)


@action(needs=keeper)
def represent(talk: Talk, meeting_id: int, giver: str, holder: str) -> Place:
    try:
        door.represent(talk.db, talk.hand, meeting_id, giver, holder, talk.now)
    except Closed as error:
        return to(shut, error.shut, meeting_id)
    except NoProxy:
        return to(shut, Shut.NOT_THERE, meeting_id)
    return to(came, meeting_id, holder)


@screen(needs=keeper, deep=False, resumes=False)
def shut(talk: Talk, why: Shut, meeting_id: int) -> Menu:
    return Menu(_(SHUT[why]), [Option(_("À la porte"), to(who, meeting_id))])


@screen(needs=keeper, deep=False)
def items(talk: Talk, meeting_id: int) -> Menu:
    meeting = _meeting(talk, meeting_id)
    decided = {each.item: outcome(each.outcome) for each in minutes.decisions(talk.db, meeting_id)}
    options = [
        Option(f"{item}: {decided.get(number, '-')}", to(item_of, meeting_id, number))
        for number, item in enumerate(meeting_words.items(meeting.agenda), start=1)
        if not minutes.informs(item)
    ]
    return Menu(_there(talk, meeting_id) if options else _("Aucun ordre du jour n'est noté."), options)


@screen(needs=keeper, deep=False)
def item_of(talk: Talk, meeting_id: int, number: int) -> Menu:
    agenda = meeting_words.items(_meeting(talk, meeting_id).agenda)
    if not 1 <= number <= len(agenda):
        raise UnknownPlace("doorway.item_of")
    options = [Option(outcome(each), to(decide, meeting_id, number, each)) for each in Outcome]
    return Menu(_("{item}\nDécision prise par vote à la réunion:", item=agenda[number - 1]), options)


@action(needs=keeper)
def decide(talk: Talk, meeting_id: int, number: int, decided: Outcome) -> Place:
    try:
        minutes.decide(talk.db, talk.hand, meeting_id, Decided(number, decided), talk.now)
    except Closed as error:
        return to(shut, error.shut, meeting_id)
    return to(items, meeting_id)
