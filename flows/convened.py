"""Meetings that were called, for who called them: who comes, what arrived, at another time, or not at all."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from flows import announce, answers, doorway, i18n, reach, snags, ways
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.meeting_words import kind_of_meeting
from flows.talk import Talk
from models import announcing, assemblies, convening, forecast, meetings, proposed_meetings, quiet, served
from models.announcements import ANNOUNCERS
from models.announcing import What
from models.convening import CALLERS, Call, NotCalled, Snag
from models.meetings import Announced
from models.proposed_meetings import Called

_ = i18n.words(__name__)
mark = i18n.mark

LISTED = 20
caller = officer(*CALLERS)


class Did(StrEnum):
    """What was done to a meeting."""

    CALLED = "called"
    MOVED = "moved"
    CANCELLED = "cancelled"


DONE: Mapping[Did, str] = {
    Did.CALLED: mark("C'est convoqué. L'avis part maintenant; la nuit, il attend {morning}."),
    Did.MOVED: mark("C'est reporté. Ceux qui ont reçu l'avis sont prévenus."),
    Did.CANCELLED: mark("C'est annulé. Ceux qui ont reçu l'avis sont prévenus."),
}
BEFORE: Mapping[What, str] = {What.WEEK: mark("7 jours"), What.DAY: mark("1 jour"), What.HOURS: mark("2 heures")}


def label(talk: Talk, meeting: Announced) -> str:
    """A meeting in a list."""
    when = meeting.starts_at.astimezone(talk.member.zone)
    return f"{kind_of_meeting(meeting.kind)} {i18n.short_day(when, talk.today)} {i18n.hour(when)}"


def _meeting(talk: Talk, meeting_id: int) -> Announced:
    """A meeting of the speaker's cooperative. Raises UnknownPlace."""
    found = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    if found is None:
        raise UnknownPlace("convened.show")
    return found


@screen(needs=caller, deep=False)
def home(talk: Talk) -> Menu:
    coming = meetings.upcoming(talk.db, talk.member.cooperative_id, talk.now, LISTED)
    options = [Option(label(talk, each), to(show, each.meeting_id)) for each in coming]
    return Menu(_("Réunions prévues") if coming else _("Aucune réunion n'est prévue pour le moment."), options)


@screen(needs=caller, deep=False)
def show(talk: Talk, meeting_id: int) -> Menu:
    meeting = _meeting(talk, meeting_id)
    if not meeting.standing:
        return _over(meeting)
    told = Option(_("Avis arrivés"), to(arrived, meeting_id), number=1)
    options = [told if meeting.called_at else Option(_("Envoyer l'avis"), to(unannounced, meeting_id), number=1)]
    if talk.now < meeting.starts_at:
        options += [Option(_("Reporter"), to(when, meeting_id), 2), Option(_("Annuler"), to(sure, meeting_id), 3)]
    options.append(Option(_("À la porte"), to(doorway.who, meeting_id), number=4))
    options.append(Option(_("Décisions"), to(doorway.items, meeting_id), number=5))
    if talk.member.role in ANNOUNCERS:
        options.append(Option(_("Leur écrire"), to(announce.answered, meeting_id), number=6))
    return Menu(f"{label(talk, meeting)}\n{_forecast(talk, meeting)}", options)


def _over(meeting: Announced) -> Menu:
    """Nothing more is done with it; of one that was called off it is shown whom that reached."""
    options = [Option(_("Réunions prévues"), to(home))]
    if meeting.off:
        options.append(Option(_("Avis arrivés"), to(arrived, meeting.meeting_id)))
    return Menu(snags.worded(Snag.OVER, ""), options)


def _forecast(talk: Talk, meeting: Announced) -> str:
    """Who comes, and whether it is enough."""
    cooperative_id, meeting_id = talk.member.cooperative_id, meeting.meeting_id
    count = forecast.turnout(talk.db, cooperative_id, meeting_id, talk.member.member_id)
    lines = [_("Viennent {coming}, non {away}", coming=count.coming, away=count.away)]
    if count.represented:
        lines.append(_("Procurations: {count}", count=count.represented))
    if count.needed is not None:
        needed, missing = count.needed, count.needed - count.there
        lines.append(_("Sans réponse: {silent}", silent=count.silent))
        if missing > 0:
            lines.append(_("Quorum {needed}: il manque {missing}", needed=needed, missing=missing))
        else:
            lines.append(_("Quorum {needed}: atteint si tous viennent", needed=needed))
    return "\n".join(lines)


@screen(needs=caller, deep=False)
def arrived(talk: Talk, meeting_id: int) -> Menu:
    meeting = _meeting(talk, meeting_id)
    found = served.reach(talk.db, talk.member.cooperative_id, meeting_id)
    lines = [_("Avis à {phones} téléphones", phones=found.phones), *ways.worded(found.ways)]
    lines.append(_("Lu en entier par: {count}", count=found.read))
    if found.no_phone:
        lines.append(_("Sans téléphone: {count}, à prévenir de vive voix", count=found.no_phone))
    onward = Option(_("Réunions prévues"), to(home)) if meeting.off else Option(_("Qui vient?"), to(show, meeting_id))
    return Menu("\n".join(lines), [onward])


@screen(needs=caller, deep=False)
def unannounced(talk: Talk, meeting_id: int) -> Menu:
    meeting = _meeting(talk, meeting_id)
    return Menu(
        _("Cette réunion est notée, mais personne n'a reçu d'avis."),
        [Option(_("Envoyer l'avis à tous"), to(send, meeting.meeting_id))],
    )


@action(needs=caller)
def send(talk: Talk, meeting_id: int) -> Place:
    meeting = _meeting(talk, meeting_id)
    wanted = Call(meeting.kind, meeting.starts_at, meeting.place, meeting.agenda, None, meeting.second_of)
    try:
        with talk.db.begin_nested():
            called = proposed_meetings.call(talk.db, talk.hand, wanted, talk.now, reach.weigh(talk))
    except NotCalled as error:
        return to(refused, error.snag, error.about)
    return after(called)


def after(called: Called) -> Place:
    """Where a call leads: the meeting, or that a second officer is waited for."""
    return to(proposed) if called.meeting_id is None else to(done, called.meeting_id, Did.CALLED)


@screen(needs=caller, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _(
        "C'est proposé: pour tant de téléphones, un autre responsable doit accepter avant 24 heures. "
        "L'avis part ensuite."
    )
    return Menu(text, [Option(_("Réunions prévues"), to(home))])


@screen(needs=caller, deep=False)
def when(talk: Talk, meeting_id: int) -> Ask[datetime]:
    return Ask(
        _(
            "{meeting}\nNouvelle date et heure, 10 chiffres JJMMAAHHMM:",
            meeting=label(talk, _meeting(talk, meeting_id)),
        ),
        read=lambda typed: answers.moment(typed, talk.member.zone, talk.now),
        then=lambda at: to(sure_moved, meeting_id, at.isoformat()),
    )


def _snag(talk: Talk, meeting: Announced, at: str) -> NotCalled | None:
    """Why a meeting cannot be at another time."""
    wanted = Call(meeting.kind, datetime.fromisoformat(at), meeting.place, meeting.agenda, None, meeting.second_of)
    try:
        convening.check(assemblies.body(talk.db, talk.member.cooperative_id), wanted, talk.now)
    except NotCalled as error:
        return error
    return None


@screen(needs=caller, deep=False)
def sure_moved(talk: Talk, meeting_id: int, at: str) -> Menu:
    error = _snag(talk, _meeting(talk, meeting_id), at)
    if error is not None:
        another = Option(_("Une autre date"), to(when, meeting_id))
        return Menu(snags.worded(error.snag, error.about), [another, Option(_("Réunions prévues"), to(home))])
    local = datetime.fromisoformat(at).astimezone(talk.member.zone)
    if local == _meeting(talk, meeting_id).starts_at:
        return Menu(_("C'est déjà sa date. Rien n'est changé."), [Option(_("Une autre date"), to(when, meeting_id))])
    day, hour = i18n.day(local), i18n.hour(local)
    meeting = label(talk, _meeting(talk, meeting_id))
    text = _("{meeting}\nsera le {day} à {hour}. Prévenir les membres?", meeting=meeting, day=day, hour=hour)
    return Menu(text, [Option(_("Oui, reporter"), to(move, meeting_id, at)), Option(_("Non"), to(show, meeting_id))])


@action(needs=caller)
def move(talk: Talk, meeting_id: int, at: str) -> Place:
    new = datetime.fromisoformat(at)
    try:
        with talk.db.begin_nested():
            convening.move(talk.db, talk.hand, meeting_id, new, None, talk.now, reach.weigh(talk))
    except NotCalled as error:
        return to(refused, error.snag, error.about)
    return to(done, meeting_id, Did.MOVED)


@screen(needs=caller, deep=False)
def sure(talk: Talk, meeting_id: int) -> Menu:
    meeting = _meeting(talk, meeting_id)
    text = _("Annuler {meeting}?", meeting=label(talk, meeting))
    if not _in_time(talk, meeting):
        text += "\n" + _by_voice()
    return Menu(text, [Option(_("Oui, annuler"), to(cancel, meeting_id)), Option(_("Non"), to(show, meeting_id))])


@action(needs=caller)
def cancel(talk: Talk, meeting_id: int) -> Place:
    try:
        with talk.db.begin_nested():
            convening.cancel(talk.db, talk.hand, meeting_id, talk.now, reach.weigh(talk))
    except NotCalled as error:
        return to(refused, error.snag, error.about)
    return to(done, meeting_id, Did.CANCELLED)


def _in_time(talk: Talk, meeting: Announced) -> bool:
    """Whether an SMS of now can leave before a meeting begins."""
    return quiet.of(talk.db, talk.member.cooperative_id).over(talk.now) < meeting.starts_at


def _done(talk: Talk, meeting: Announced, did: Did) -> str:
    """What was done, and which SMS go out for it."""
    if did is Did.CANCELLED and not _in_time(talk, meeting):
        return "\n".join([_("C'est annulé."), _by_voice()])
    night = quiet.of(talk.db, talk.member.cooperative_id)
    text = _(DONE[did]).format(morning=i18n.hour(night.morning))
    reminders = announcing.ahead(night, meeting.starts_at, talk.now) if did is Did.CALLED else []
    if not reminders:
        return text
    return f"{text} " + _("Rappels: {times} avant.", times=", ".join(_(BEFORE[each]) for each in reminders))


@screen(needs=caller, deep=False, resumes=False)
def done(talk: Talk, meeting_id: int, did: Did) -> Menu:
    text = _done(talk, _meeting(talk, meeting_id), did)
    if did is not Did.CANCELLED:
        return Menu(text, [Option(_("Qui vient?"), to(show, meeting_id))])
    return Menu(text, [Option(_("Réunions prévues"), to(home)), Option(_("Avis arrivés"), to(arrived, meeting_id))])


@screen(needs=caller, deep=False, resumes=False)
def refused(talk: Talk, snag: Snag, about: str) -> Menu:
    return Menu(snags.worded(snag, about), [Option(_("Réunions prévues"), to(home))])


def _by_voice() -> str:
    return _("La nuit, aucun SMS ne part: prévenez de vive voix.")
