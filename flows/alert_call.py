"""A body above calls the assembly of a COOP-CA in its stead, through its alert: when, where and why."""

from datetime import datetime

from flows import alert_words, answers, i18n, reach, snags
from flows.alert_seen import found, watcher
from flows.engine import Ask, Menu, Option, Place, UnknownPlace, Unreadable, action, screen, to
from flows.talk import Talk
from models import alerts
from models.alerts import Did, Halted, Seen
from models.convening import Call, NotCalled, Snag
from models.meetings import MeetingKind

_ = i18n.words(__name__)


def _alert(alert_id: int) -> Place:
    """The page of an alert. By its name: it leads here, and so cannot be imported here."""
    return Place("alert_step.show", {"alert_id": alert_id})


def _somewhere(typed: str) -> str:
    """A place, since the notice of an assembly must name one. Raises Unreadable."""
    said = answers.short_words(typed)
    if not said:
        raise Unreadable(_("Écrivez l'endroit."))
    return said


def _calling(talk: Talk, alert_id: int) -> Seen:
    """An alert through which the speaker may call the assembly now. Raises UnknownPlace."""
    seen = found(talk, alert_id)
    if not alerts.may_call(talk.db, talk.hand, seen, talk.now):
        raise UnknownPlace("alert_step.which")
    return seen


def _call(seen: Seen, at: str, place: str) -> Call:
    """The assembly: what it is about follows from the alert."""
    agenda = (_("Rapport spécial: {ground}", ground=alert_words.ground(seen.ground)), _("Décision de l'assemblée"))
    return Call(MeetingKind.ORDINARY, datetime.fromisoformat(at), place, agenda)


@screen(needs=watcher, deep=False)
def when(talk: Talk, alert_id: int) -> Ask[datetime]:
    seen = _calling(talk, alert_id)
    return Ask(
        _("AG de {cooperative}\nDate et heure, 10 chiffres JJMMAAHHMM, ex. 1212260900:", cooperative=seen.cooperative),
        read=lambda typed: answers.moment(typed, seen.zone, talk.now),
        then=lambda at: to(where, alert_id, at.isoformat()),
    )


@screen(needs=watcher, deep=False)
def where(talk: Talk, alert_id: int, at: str) -> Ask[str] | Menu:
    try:
        alerts.notice(talk.db, _calling(talk, alert_id), _call(_calling(talk, alert_id), at, "-"), talk.now)
    except NotCalled as error:
        return _not_so(error.snag, error.about, alert_id)
    return Ask(
        _("Date bonne.\nÀ quel endroit?"),
        read=_somewhere,
        then=lambda place: to(why, alert_id, at, place),
        free=True,
    )


@screen(needs=watcher, deep=False)
def why(talk: Talk, alert_id: int, at: str, place: str) -> Ask[str]:
    _calling(talk, alert_id)
    return Ask(
        _("Pourquoi l'AG est-elle urgente? Cela reste écrit dans l'alerte:"),
        read=answers.some_words,
        then=lambda said: to(sure, alert_id, at, place, said),
        free=True,
    )


@screen(needs=watcher, deep=False)
def sure(talk: Talk, alert_id: int, at: str, place: str, said: str) -> Menu:
    seen = _calling(talk, alert_id)
    wanted = _call(seen, at, place)
    local = wanted.starts_at.astimezone(seen.zone)
    lines = [
        _(
            "{cooperative}: AG le {day} à {hour}",
            cooperative=seen.cooperative,
            day=i18n.day(local),
            hour=i18n.hour(local),
        ),
        f"{place}. {wanted.agenda[0]}",
        _("Tous ses membres reçoivent l'avis. Son bureau ne peut pas l'annuler."),
    ]
    options = [Option(_("Envoyer l'avis"), to(call, alert_id, at, place, said))]
    return Menu("\n".join(lines), [*options, Option(_("Une autre date"), to(when, alert_id))])


@action(needs=watcher)
def call(talk: Talk, alert_id: int, at: str, place: str, said: str) -> Place:
    seen = found(talk, alert_id)
    try:
        with talk.db.begin_nested():
            wanted = _call(seen, at, place)
            alerts.call(talk.db, talk.hand, alert_id, wanted, said, talk.now, reach.weigh(talk))
    except Halted as error:
        return Place("alert_step.halted", {"why": error.halt.value})
    except NotCalled as error:
        return to(refused, alert_id, error.snag, error.about)
    return Place("alert_step.taken", {"alert_id": alert_id, "did": Did.CONVENE.value})


def _not_so(snag: Snag, about: str, alert_id: int) -> Menu:
    options = [Option(_("Une autre date"), to(when, alert_id)), Option(_("L'alerte"), _alert(alert_id))]
    return Menu(snags.worded(snag, about), options)


@screen(needs=watcher, deep=False, resumes=False)
def refused(talk: Talk, alert_id: int, snag: Snag, about: str) -> Menu:
    return _not_so(snag, about, alert_id)
