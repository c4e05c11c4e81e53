"""Meetings that are held regularly: how often, what is so already, and ending it."""

from collections.abc import Mapping
from datetime import datetime

from flows import i18n, reach, snags
from flows.engine import Menu, Option, Place, UnknownPlace, action, screen, to
from flows.guards import officer
from flows.meeting_words import kind_of_meeting
from flows.talk import Talk
from models import proposed_meetings, regular
from models.assemblies import ASSEMBLIES
from models.convening import CALLERS, NotCalled, Snag
from models.meetings import MeetingKind
from models.regular import Regular

_ = i18n.words(__name__)
mark = i18n.mark

caller = officer(*CALLERS)
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKDAYS: Mapping[int, str] = {
    0: mark("lundi"),
    1: mark("mardi"),
    2: mark("mercredi"),
    3: mark("jeudi"),
    4: mark("vendredi"),
    5: mark("samedi"),
    6: mark("dimanche"),
}
ORDINALS: Mapping[int, str] = {
    1: mark("chaque mois, le 1er {weekday}"),
    2: mark("chaque mois, le 2e {weekday}"),
    3: mark("chaque mois, le 3e {weekday}"),
    4: mark("chaque mois, le 4e {weekday}"),
    -1: mark("chaque mois, le dernier {weekday}"),
}


def rules(kind: MeetingKind, first: datetime) -> Mapping[str, str]:
    """The rules by which a meeting that is held on a day can come again, and how each is said."""
    number = first.weekday()
    day, weekday = BYDAY[number], _(WEEKDAYS[number])
    nth = -1 if first.day > 28 else (first.day - 1) // 7 + 1
    said = {
        f"FREQ=WEEKLY;BYDAY={day}": _("chaque {weekday}", weekday=weekday),
        f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}": _("un {weekday} sur deux", weekday=weekday),
        f"FREQ=MONTHLY;BYDAY={nth}{day}": _(ORDINALS[nth]).format(weekday=weekday),
    }
    if first.day <= 28:
        said[f"FREQ=MONTHLY;BYMONTHDAY={first.day}"] = _("chaque mois, le {day}", day=first.day)
    yearly = f"FREQ=YEARLY;BYMONTH={first.month};BYMONTHDAY={first.day}"
    if kind in ASSEMBLIES:
        said = {}
    if (first.month, first.day) != (2, 29):
        said[yearly] = _("chaque année, le {day}", day=f"{first:%d/%m}")
    return said


def _often(each: Regular) -> str:
    """By which rule a meeting comes again."""
    return rules(each.kind, datetime.fromisoformat(each.starts)).get(each.rule) or _("selon une règle du bureau")


def _first(talk: Talk, at: str) -> datetime:
    return datetime.fromisoformat(at).astimezone(talk.member.zone)


@screen(needs=caller, deep=False)
def often(talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str) -> Menu:
    given = (kind, at, place, items, whom)
    said = rules(kind, _first(talk, at))
    return Menu(_("La tenir"), [Option(words, to(sure, *given, rule)) for rule, words in said.items()])


@screen(needs=caller, deep=False)
def sure(talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, rule: str) -> Menu:
    first = _first(talk, at)
    words = rules(kind, first).get(rule)
    if words is None:
        raise UnknownPlace("regular.sure")
    lines = [
        f"{kind_of_meeting(kind)}, {words}, {i18n.hour(first)}",
        f"{place}. {reach.label(whom)}",
        _("Chaque fois l'avis part avant, comme d'habitude."),
    ]
    given = (kind, at, place, items, whom)
    options = [Option(_("Oui"), to(repeat, *given, rule)), Option(_("Non"), to(often, *given))]
    return Menu("\n".join(lines), options)


@action(needs=caller)
def repeat(talk: Talk, kind: MeetingKind, at: str, place: str, items: str, whom: str, rule: str) -> Place:
    wanted = reach.call(talk, kind, at, place, items, whom, None)
    try:
        with talk.db.begin_nested():
            made = proposed_meetings.repeat(talk.db, talk.hand, wanted, rule, talk.key, talk.now, reach.weigh(talk))
    except NotCalled as error:
        return to(refused, error.snag, error.about)
    return to(proposed) if made.meeting_id is None else to(repeated)


@screen(needs=caller, deep=False, resumes=False)
def proposed(talk: Talk) -> Menu:
    text = _("C'est proposé: pour autant de SMS, un autre responsable doit accepter avant 24 heures.")
    return Menu(text, [Option(_("Réunions régulières"), to(home))])


@screen(needs=caller, deep=False, resumes=False)
def repeated(talk: Talk) -> Menu:
    text = _("C'est noté. Chaque réunion sera convoquée toute seule; vous pourrez la reporter ou l'annuler.")
    return Menu(text, [Option(_("Réunions régulières"), to(home))])


@screen(needs=caller, deep=False, resumes=False)
def refused(talk: Talk, snag: Snag, about: str) -> Menu:
    return Menu(snags.worded(snag, about), [Option(_("Réunions régulières"), to(home))])


@screen(needs=caller, deep=False)
def home(talk: Talk) -> Menu:
    found = regular.all_of(talk.db, talk.member.cooperative_id)
    options = [Option(f"{kind_of_meeting(each.kind)}, {_often(each)}", to(show, each.number)) for each in found]
    return Menu(_("Réunions régulières") if found else _("Aucune réunion ne revient régulièrement."), options)


def _one(talk: Talk, number: int) -> Regular:
    """A regular meeting of the speaker's cooperative. Raises UnknownPlace."""
    going = regular.all_of(talk.db, talk.member.cooperative_id)
    found = next((each for each in going if each.number == number), None)
    if found is None or found.next_at is None:
        raise UnknownPlace("regular.show")
    return found


@screen(needs=caller, deep=False)
def show(talk: Talk, number: int) -> Menu:
    each = _one(talk, number)
    assert each.next_at is not None  # noqa: S101 - only what goes on is shown
    at = each.next_at.astimezone(talk.member.zone)
    lines = [f"{kind_of_meeting(each.kind)}, {_often(each)}", each.place]
    lines.append(_("La prochaine à convoquer: {day} {hour}", day=i18n.day(at), hour=i18n.hour(at)))
    options = [Option(_("Ne plus la tenir"), to(sure_end, number)), Option(_("Les autres"), to(home))]
    return Menu("\n".join(lines), options)


@screen(needs=caller, deep=False)
def sure_end(talk: Talk, number: int) -> Menu:
    text = _("{kind}: ne plus la tenir? Ce qui est déjà convoqué reste.", kind=kind_of_meeting(_one(talk, number).kind))
    return Menu(text, [Option(_("Oui"), to(end, number)), Option(_("Non"), to(show, number))])


@action(needs=caller)
def end(talk: Talk, number: int) -> Place:
    regular.stop(talk.db, talk.hand, number)
    return to(ended)


@screen(needs=caller, deep=False, resumes=False)
def ended(talk: Talk) -> Menu:
    return Menu(_("C'est fini: elle ne revient plus."), [Option(_("Réunions régulières"), to(home))])
