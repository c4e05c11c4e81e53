"""Meetings: the next ones, place, time and agenda; I come, I do not come, how many come. No code is asked."""

from flows import books, grievance, i18n, proxy
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import member
from flows.meeting_words import items, kind_of_meeting, outcome
from flows.talk import Talk
from models import assemblies, attendance, door, forecast, invitations, meetings, minutes, served
from models.assemblies import ASSEMBLIES
from models.meetings import Announced

_ = i18n.words(__name__)

LISTED = 20


@screen(needs=member)
def home(talk: Talk) -> Menu:
    speaker = talk.member
    coming = invitations.upcoming(talk.db, speaker.cooperative_id, speaker.member_id, talk.now, LISTED)
    options = [Option(_label(talk, each), to(show, each.meeting_id)) for each in coming]
    options.append(Option(_("Le livre des comptes"), to(books.home), number=6))
    options.append(Option(_("Réunions passées"), to(past), number=7))
    return Menu(_("Réunions") if coming else _("Aucune réunion n'est prévue pour le moment."), options)


@screen(needs=member)
def past(talk: Talk) -> Menu:
    over = meetings.past(talk.db, talk.member.cooperative_id, talk.now, LISTED)
    options = [Option(_label(talk, each), to(held, each.meeting_id)) for each in over]
    return Menu(_("Réunions passées") if over else _("Aucune réunion passée n'est notée."), options)


def _label(talk: Talk, meeting: Announced) -> str:
    when = meeting.starts_at.astimezone(talk.member.zone)
    return f"{kind_of_meeting(meeting.kind)} {i18n.short_day(when, talk.member.today(talk.now))} {i18n.hour(when)}"


def _theirs(talk: Talk, meeting_id: int) -> Announced | None:
    """A meeting that is for the speaker; None when it is for others, or does not take place."""
    return invitations.one(talk.db, talk.member.cooperative_id, talk.member.member_id, meeting_id)


def _about(talk: Talk, meeting: Announced) -> str:
    when = meeting.starts_at.astimezone(talk.member.zone)
    return f"{kind_of_meeting(meeting.kind)}\n{i18n.day(when)} {i18n.hour(when)}\n{meeting.place}"


@screen(needs=member)
def show(talk: Talk, meeting_id: int) -> Menu:
    meeting = _theirs(talk, meeting_id)
    if meeting is None:
        return Menu(_("Cette réunion n'est plus prévue."))
    options = [
        Option(_("Ordre du jour"), to(agenda, meeting_id)),
        Option(_("Je viens"), to(answer, meeting_id, coming=True)),
        Option(_("Je ne viens pas"), to(answer, meeting_id, coming=False)),
        Option(_("Combien viennent"), to(turnout, meeting_id)),
    ]
    if meeting.kind in ASSEMBLIES:
        options.append(Option(_("Procuration"), to(proxy.home, meeting_id), number=5))
        options.append(Option(_("Avis complet"), to(read, meeting_id), number=6))
    options.append(_complaint(meeting_id))
    return Menu(_about(talk, meeting), options)


def _complaint(meeting_id: int) -> Option:
    return Option(_("Ce n'est pas juste"), grievance.about_meeting(meeting_id), number=7)


@action(needs=member)
def read(talk: Talk, meeting_id: int) -> Place:
    if meetings.announced(talk.db, talk.member.cooperative_id, meeting_id) is not None:
        served.read(talk.db, meeting_id, talk.member.member_id, talk.now)
    return to(notice, meeting_id)


@screen(needs=member)
def notice(talk: Talk, meeting_id: int) -> Menu:
    """The whole notice, with all that the law asks it to say."""
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None:
        return Menu(_("Cette réunion n'est plus prévue."))
    body = assemblies.body(talk.db, talk.member.cooperative_id)
    lines = [f"{body.name} {body.form.upper().replace('_', '-')}", *_identity(talk, body), _about(talk, meeting)]
    if meeting.second_of is not None:
        lines.append(_("2e convocation"))
    points = [f"{number}. {item}" for number, item in enumerate(items(meeting.agenda), start=1)]
    quorum = body.quorum(meeting.kind, meeting.second_of is not None)
    needed = [_("Quorum: {count} membres", count=quorum.needed(body.members))] if quorum else []
    return Menu("\n".join([*lines, _("Ordre du jour"), *points, *needed]))


def _identity(talk: Talk, body: assemblies.Body) -> list[str]:
    """What the cooperative is by law, as far as it is written down."""
    said = []
    if body.capital is not None:
        said.append(_("Capital {amount}", amount=talk.member.money(body.capital)))
    if body.seat:
        said.append(_("Siège {seat}", seat=body.seat))
    if body.registration:
        said.append(_("Immatriculation {number}", number=body.registration))
    return said


@screen(needs=member)
def held(talk: Talk, meeting_id: int) -> Menu:
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None:
        return Menu(_("Aucune réunion passée n'est notée."))
    options = [Option(_("Ordre du jour"), to(agenda, meeting_id)), Option(_("Décisions"), to(decisions, meeting_id))]
    return Menu(_about(talk, meeting), [*options, _complaint(meeting_id)])


@screen(needs=member)
def decisions(talk: Talk, meeting_id: int) -> Menu:
    """What was decided, on one screen."""
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    found = [] if meeting is None else minutes.decisions(talk.db, meeting_id)
    if meeting is None or not found:
        return Menu(_("Aucune décision n'est notée."))
    present = door.present(talk.db, meeting_id)
    there = _("Présents {there}, représentés {represented}", there=present.there, represented=present.represented)
    said = items(meeting.agenda)
    lines = [f"{each.item}. {said[each.item - 1]}: {outcome(each.outcome)}" for each in found]
    return Menu("\n".join([_label(talk, meeting), there, *lines]))


@screen(needs=member)
def agenda(talk: Talk, meeting_id: int) -> Menu:
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None or not meeting.agenda:
        return Menu(_("Aucun ordre du jour n'est noté."))
    points = [f"{number}. {item}" for number, item in enumerate(items(meeting.agenda), start=1)]
    return Menu("\n".join([_("Ordre du jour"), *points]))


@action(needs=member)
def answer(talk: Talk, meeting_id: int, coming: bool) -> Place:
    meeting = _theirs(talk, meeting_id)
    if meeting is None:
        return to(show, meeting_id)
    if meeting.standing:
        attendance.answer(talk.db, meeting_id, talk.member.member_id, coming, talk.now)
    return to(turnout, meeting_id)


@screen(needs=member)
def turnout(talk: Talk, meeting_id: int) -> Menu:
    speaker = talk.member
    count = forecast.turnout(talk.db, speaker.cooperative_id, meeting_id, speaker.member_id)
    mine = {True: _("Noté: vous venez."), False: _("Noté: vous ne venez pas."), None: _("Vous n'avez pas répondu.")}
    said = [
        mine[count.mine],
        _("Présents annoncés: {coming} sur {members}.", coming=count.there, members=count.members),
    ]
    if count.needed is not None:
        said.append(_("Il faut {needed}.", needed=count.needed))
    return Menu("\n".join(said), [Option(_("Changer ma réponse"), to(show, meeting_id))])
