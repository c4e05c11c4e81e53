"""Meetings: the next ones, place, time and agenda; I come, I do not come, how many come. No code is asked."""

from flows import books, i18n
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import member
from flows.meeting_words import kind_of_meeting
from flows.talk import Talk
from models import attendance, meetings
from models.meetings import Announced

_ = i18n.words(__name__)

LISTED = 5


@screen(needs=member)
def home(talk: Talk) -> Menu:
    coming = meetings.upcoming(talk.db, talk.member.cooperative_id, talk.now, LISTED)
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


def _about(talk: Talk, meeting: Announced) -> str:
    when = meeting.starts_at.astimezone(talk.member.zone)
    return f"{kind_of_meeting(meeting.kind)}\n{i18n.day(when)} {i18n.hour(when)}\n{meeting.place}"


@screen(needs=member)
def show(talk: Talk, meeting_id: int) -> Menu:
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None:
        return Menu(_("Cette réunion n'est plus prévue."))
    options = [
        Option(_("Ordre du jour"), to(agenda, meeting_id)),
        Option(_("Je viens"), to(answer, meeting_id, coming=True)),
        Option(_("Je ne viens pas"), to(answer, meeting_id, coming=False)),
        Option(_("Combien viennent"), to(turnout, meeting_id)),
    ]
    return Menu(_about(talk, meeting), options)


@screen(needs=member)
def held(talk: Talk, meeting_id: int) -> Menu:
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None:
        return Menu(_("Aucune réunion passée n'est notée."))
    return Menu(_about(talk, meeting), [Option(_("Ordre du jour"), to(agenda, meeting_id))])


@screen(needs=member)
def agenda(talk: Talk, meeting_id: int) -> Menu:
    meeting = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if meeting is None or not meeting.agenda:
        return Menu(_("Aucun ordre du jour n'est noté."))
    items = [f"{number}. {item}" for number, item in enumerate(meeting.agenda, start=1)]
    return Menu("\n".join([_("Ordre du jour"), *items]))


@action(needs=member)
def answer(talk: Talk, meeting_id: int, coming: bool) -> Place:
    if meetings.announced(talk.db, talk.member.cooperative_id, meeting_id) is not None:
        attendance.answer(talk.db, meeting_id, talk.member.member_id, coming, talk.now)
    return to(turnout, meeting_id)


@screen(needs=member)
def turnout(talk: Talk, meeting_id: int) -> Menu:
    speaker = talk.member
    count = attendance.turnout(talk.db, speaker.cooperative_id, meeting_id, speaker.member_id)
    mine = {True: _("Noté: vous venez."), False: _("Noté: vous ne venez pas."), None: _("Vous n'avez pas répondu.")}
    said = _("Présents annoncés: {coming} sur {members}.", coming=count.coming, members=count.members)
    options = [Option(_("Changer ma réponse"), to(show, meeting_id))]
    return Menu(f"{mine[count.mine]}\n{said}", options)
