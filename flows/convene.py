"""Calling a meeting on the phone: what, when, where, about what, for whom; what it costs; then it goes."""

from datetime import datetime

from flows import answers, convened, i18n, reach, regular, snags
from flows.announcement_words import sayable
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, action, screen, to
from flows.estimates import Estimate
from flows.guards import officer
from flows.meeting_words import MODEL, kind_of_meeting
from flows.reach import To
from flows.talk import Talk
from models import announcing, assemblies, convening, meetings, proposed_meetings
from models.assemblies import ASSEMBLIES
from models.convening import CALLERS, LEGAL, Call, NotCalled
from models.meetings import Announced, MeetingKind

_ = i18n.words(__name__)

caller = officer(*CALLERS)
LISTED = 5
OFFERED = (
    MeetingKind.ORDINARY,
    MeetingKind.EXTRAORDINARY,
    MeetingKind.COMMITTEE,
    MeetingKind.WORK_DAY,
    MeetingKind.TRAINING,
    MeetingKind.MEETING,
)


@screen(needs=caller, deep=False)
def home(talk: Talk) -> Menu:
    options = [Option(kind_of_meeting(kind), to(when, kind)) for kind in OFFERED]
    options.append(Option(_("AG, 2e convocation"), to(second), number=7))
    return Menu(_("Convoquer"), options)


@screen(needs=caller, deep=False)
def second(talk: Talk) -> Menu:
    over = meetings.past(talk.db, talk.member.cooperative_id, talk.now, 2 * LISTED)
    fit = [each for each in over if each.kind in ASSEMBLIES and each.second_of is None][:LISTED]
    options = [Option(convened.label(talk, each), to(when, each.kind, each.meeting_id)) for each in fit]
    return Menu(_("Quelle assemblée n'a pas suffi?") if fit else _("Aucune assemblée passée n'est notée."), options)


@screen(needs=caller, deep=False)
def when(talk: Talk, kind: MeetingKind, second_of: int | None = None) -> Ask[datetime]:
    return Ask(
        _("{kind}\nDate et heure, 10 chiffres JJMMAAHHMM, ex. 1212260900:", kind=kind_of_meeting(kind)),
        read=lambda typed: answers.moment(typed, talk.member.zone, talk.now),
        then=lambda at: to(where, kind, at.isoformat(), second_of),
    )


def _snag(talk: Talk, wanted: Call) -> NotCalled | None:
    body = assemblies.body(talk.db, talk.member.cooperative_id)
    try:
        convening.check(body, wanted, talk.now, _first(talk, wanted.second_of))
    except NotCalled as error:
        return error
    return None


def _first(talk: Talk, second_of: int | None) -> Announced | None:
    found = None if second_of is None else meetings.announced(talk.db, talk.member.cooperative_id, second_of)
    if second_of is not None and found is None:
        raise UnknownPlace("convene.second")
    return found


def _refused(error: NotCalled, kind: MeetingKind, at: str, second_of: int | None) -> Menu:
    options = [Option(_("Une autre date"), to(when, kind, second_of))]
    if error.snag in LEGAL:
        options.append(Option(_("En faire une simple réunion"), to(where, MeetingKind.MEETING, at)))
    return Menu(snags.worded(error.snag, error.about), options)


@screen(needs=caller, deep=False)
def where(talk: Talk, kind: MeetingKind, at: str, second_of: int | None = None) -> Ask[str] | Menu:
    error = _snag(talk, Call(kind, datetime.fromisoformat(at), "-", ("-",), None, second_of))
    if error is not None:
        return _refused(error, kind, at, second_of)
    last = _last(talk)
    prompt = _("Date bonne.\nÀ quel endroit?")
    if last is not None and last.place:
        prompt += "\n" + _("1 Comme la dernière fois: {place}", place=last.place)
    return Ask(
        prompt,
        read=lambda typed: sayable(answers.short_words(typed)),
        then=lambda said: to(about, kind, at, said or (last.place if last else ""), second_of),
        free=True,
    )


def _last(talk: Talk) -> Announced | None:
    """The last meeting whose place and agenda may serve again."""
    found = meetings.past(talk.db, talk.member.cooperative_id, talk.now, 1)
    return found[0] if found else None


@screen(needs=caller, deep=False)
def about(talk: Talk, kind: MeetingKind, at: str, place: str, second_of: int | None = None) -> Menu:
    first = _first(talk, second_of)
    if first is not None:
        items = "\n".join(first.agenda)
        return Menu(
            _("Ordre du jour"), [Option(_("Le même"), to(sure, kind, at, place, items, To.ALL.value, second_of))]
        )
    options = [Option(_("Le taper"), to(agenda, kind, at, place), number=3)]
    last = _last(talk)
    if last is not None and last.agenda:
        options.insert(0, Option(_("Celui de la dernière fois"), _onward(kind, at, place, "\n".join(last.agenda)), 2))
    if kind in ASSEMBLIES:
        options.insert(0, Option(_("Modèle d'AG annuelle"), _onward(kind, at, place, "\n".join(MODEL)), number=1))
    else:
        options.insert(0, Option(_("Sans ordre du jour"), _onward(kind, at, place, ""), number=1))
    return Menu(_("Ordre du jour"), options)


def _onward(kind: MeetingKind, at: str, place: str, items: str) -> Place:
    """An assembly is for all members; of another meeting it is asked."""
    return to(sure, kind, at, place, items, To.ALL.value) if kind in ASSEMBLIES else to(who, kind, at, place, items)


@screen(needs=caller, deep=False)
def agenda(talk: Talk, kind: MeetingKind, at: str, place: str) -> Ask[str]:
    return Ask(
        _("Les points, avec une virgule entre eux:"),
        read=lambda typed: answers.items(sayable(typed)),
        then=lambda items: _onward(kind, at, place, items),
        free=True,
    )


WHOM = (To.ALL, To.OFFICERS, To.WOMEN, To.TEAMS, To.SITE, To.TEAM, To.LANGUAGE)


@screen(needs=caller, deep=False)
def who(talk: Talk, kind: MeetingKind, at: str, place: str, items: str) -> Menu:
    given = (kind, at, place, items)
    options = reach.choices(talk, WHOM, lambda whom: to(sure, *given, whom), lambda group: to(which, *given, group))
    return Menu(_("Pour qui?"), options)


@screen(needs=caller, deep=False)
def which(talk: Talk, kind: MeetingKind, at: str, place: str, items: str, group: To) -> Menu:
    return reach.which(talk, group, lambda whom: to(sure, kind, at, place, items, whom))


def _found(talk: Talk, wanted: Call, whom: str) -> Estimate:
    body = assemblies.body(talk.db, talk.member.cooperative_id)
    meeting = Announced(0, wanted.starts_at, wanted.place, wanted.kind, wanted.agenda, second_of=wanted.second_of)
    return reach.found(talk, reach.audience(talk, whom), "meeting_called", announcing.facts(body, meeting))


@screen(needs=caller, deep=False)
def sure(
    talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, second_of: int | None = None
) -> Menu:
    wanted = reach.call(talk, kind, at, place, items, whom, second_of)
    error = _snag(talk, wanted)
    if error is not None:
        return _refused(error, kind, at, second_of)
    local = wanted.starts_at.astimezone(talk.member.zone)
    lines = [
        f"{kind_of_meeting(kind)} {i18n.day(local)} {i18n.hour(local)}",
        f"{place}. {reach.label(whom)}",
        reach.costs(talk, _found(talk, wanted, whom)),
    ]
    given = (kind, at, place, items, whom, second_of)
    options = [
        Option(_("Envoyer l'avis"), to(call, *given)),
        Option(_("Lire l'avis d'abord"), to(sample, *given)),
        Option(_("Une autre date"), to(when, kind, second_of)),
    ]
    if second_of is None:
        options.append(Option(_("La tenir régulièrement"), to(regular.often, kind, at, place, items, whom)))
    return Menu("\n".join(lines), options)


@screen(needs=caller, deep=False)
def sample(
    talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, second_of: int | None = None
) -> Menu:
    wanted = reach.call(talk, kind, at, place, items, whom, second_of)
    return Menu(
        reach.reads(talk, _found(talk, wanted, whom)),
        [Option(_("Envoyer l'avis"), to(call, kind, at, place, items, whom, second_of))],
    )


@action(needs=caller)
def call(
    talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, second_of: int | None = None
) -> Place:
    wanted = reach.call(talk, kind, at, place, items, whom, second_of)
    try:
        with talk.db.begin_nested():
            called = proposed_meetings.call(talk.db, talk.hand, wanted, talk.now, reach.weigh(talk))
    except NotCalled as error:
        return to(convened.refused, error.snag, error.about)
    return convened.after(called)
