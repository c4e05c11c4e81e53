"""The steps of an alert on the phone: explanation asked and given, judged, brought to the assembly, closed by it."""

from collections.abc import Mapping

from flows import alert_call, alert_words, answers, convene, convened, i18n, roles
from flows.alert_seen import found, watcher
from flows.engine import START, Ask, Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models import alerts
from models.alerts import Did, Halt, Halted, Seen, State, Step, Taken
from models.convening import CALLERS

_ = i18n.words(__name__)
mark = i18n.mark

OFFERS: Mapping[Did, str] = {
    Did.WRITE: mark("Demander l'explication par écrit"),
    Did.SPEAK: mark("Noter: demandée de vive voix"),
    Did.ANSWER: mark("Répondre"),
    Did.ACCEPT: mark("La réponse suffit"),
    Did.REFUSE: mark("La réponse ne suffit pas"),
    Did.REPORT: mark("Rapport spécial à l'AG"),
    Did.CONVENE: mark("AG urgente"),
    Did.CLOSE: mark("Décision de l'AG"),
}
PROMPTS: Mapping[Did, str] = {
    Did.WRITE: mark("Que demandez-vous au bureau? Il lira ces mots et aura un mois pour répondre:"),
    Did.SPEAK: mark("Qu'avez-vous demandé au bureau de vive voix? Il lira ces mots et aura un mois:"),
    Did.ANSWER: mark("Votre explication. Qui l'a demandée et les unions au-dessus la liront:"),
    Did.ACCEPT: mark("Pourquoi la réponse suffit-elle? L'alerte sera terminée:"),
    Did.REFUSE: mark("Pourquoi la réponse ne suffit-elle pas?"),
    Did.REPORT: mark("Le rapport à l'AG, en peu de mots:"),
    Did.CONVENE: mark("Pourquoi l'AG est-elle urgente?"),
    Did.CLOSE: mark("Qu'a décidé l'AG? L'alerte sera terminée:"),
}
TAKEN: Mapping[Did, str] = {
    Did.WRITE: mark("C'est demandé. La présidence est prévenue par SMS, si son numéro est noté."),
    Did.SPEAK: mark("C'est noté. La présidence est prévenue par SMS, si son numéro est noté."),
    Did.ANSWER: mark("Votre explication est envoyée."),
    Did.ACCEPT: mark("C'est noté. L'alerte est terminée."),
    Did.REFUSE: mark("C'est noté. Il reste le rapport spécial à l'AG, ou une AG urgente."),
    Did.REPORT: mark("C'est noté. Mettez le rapport à l'ordre du jour, puis notez ici ce que l'AG décide."),
    Did.CONVENE: mark("C'est noté. Notez ici ensuite ce que l'AG décide."),
    Did.CLOSE: mark("C'est noté. L'alerte est close par l'AG."),
}
HALTED: Mapping[Halt, str] = {
    Halt.UNKNOWN: mark("Cette alerte n'est pas connue ici."),
    Halt.NOT_YOURS: mark("Votre rôle ne permet pas de faire cela."),
    Halt.NOT_NOW: mark("L'alerte a changé: relisez-la."),
    Halt.OPEN: mark("Cette alerte est déjà donnée, et pas encore terminée."),
    Halt.MEETING: mark("Cette assemblée ne convient pas: relisez la liste."),
    Halt.SAME_PERSON: mark("La réponse vient de votre téléphone: une autre personne doit la juger."),
    Halt.NO_WORDS: mark("Écrivez quelques mots."),
}
AT_AN_ASSEMBLY = (Did.REPORT, Did.CONVENE, Did.CLOSE)


def offered(talk: Talk, seen: Seen) -> list[Option]:
    """What the speaker can do to an alert now."""
    return [
        Option(_(OFFERS[did]), to(which if did in AT_AN_ASSEMBLY else say, seen.alert_id, did))
        for did in seen.moves(talk.hand, talk.now)
    ]


@screen(needs=watcher, deep=False)
def show(talk: Talk, alert_id: int) -> Menu:
    each = found(talk, alert_id)
    lines = [
        f"{each.cooperative}: {alert_words.ground(each.ground)}",
        _("Alerte de {body}, {day}", body=each.body, day=i18n.day(each.raised_at.astimezone(each.zone))),
        alert_words.state(each.stands(talk.now)),
    ]
    if each.answer_by is not None and each.stands(talk.now) in (State.ASKED, State.NOT_ANSWERED):
        lines.append(_("Réponse avant le {day}", day=i18n.day(each.answer_by)))
    options = [Option(_("Lire les mots"), to(read, alert_id)), *offered(talk, each)]
    return Menu("\n".join(lines), options)


@screen(needs=watcher, deep=False)
def read(talk: Talk, alert_id: int) -> Menu:
    each = found(talk, alert_id)
    lines = [_line(each, taken) for taken in alerts.history(talk.db, talk.hand, alert_id)]
    return Menu("\n".join(lines), offered(talk, each), read_first=True)


def _line(each: Seen, taken: Taken) -> str:
    said = f"{i18n.day(taken.at.astimezone(each.zone))} {alert_words.step(taken.did)}"
    if taken.meeting_at is not None:
        said += " " + _("du {day}", day=i18n.day(taken.meeting_at.astimezone(each.zone)))
    if taken.role is not None:
        said += f" ({roles.role(taken.role)}, {taken.body})"
    return f"{said}: {taken.words}" if taken.words else said


@screen(needs=watcher, deep=False)
def which(talk: Talk, alert_id: int, did: Did) -> Menu:
    seen = found(talk, alert_id)
    fit = alerts.assemblies(talk.db, seen, did, talk.now)
    options = [Option(convened.label(talk, each), to(say, alert_id, did, each.meeting_id)) for each in fit]
    own = seen.cooperative_id == talk.member.cooperative_id
    if did is Did.CONVENE and own and talk.member.role in CALLERS:
        options.append(Option(_("La convoquer maintenant"), to(convene.home)))
    if did is Did.CONVENE and alerts.may_call(talk.db, talk.hand, seen, talk.now):
        options.append(Option(_("La convoquer à leur place"), to(alert_call.when, alert_id)))
    options.append(Option(_("Une AG qui n'est pas dans la liste"), to(say, alert_id, did)))
    return Menu(_("Quelle assemblée?"), options)


@screen(needs=watcher, deep=False)
def say(talk: Talk, alert_id: int, did: Did, meeting_id: int | None = None) -> Ask[str] | Menu:
    if did not in found(talk, alert_id).moves(talk.hand, talk.now):
        return Menu(_(HALTED[Halt.NOT_NOW]), [Option(_("L'alerte"), to(show, alert_id))])
    return Ask(
        _(PROMPTS[did]),
        read=answers.some_words,
        then=lambda said: to(take, alert_id, did, said, meeting_id),
        free=True,
    )


@action(needs=watcher)
def take(talk: Talk, alert_id: int, did: Did, said: str, meeting_id: int | None = None) -> Place:
    try:
        alerts.take(talk.db, talk.hand, alert_id, Step(did, said, meeting_id), talk.now)
    except Halted as error:
        return to(halted, error.halt)
    return to(taken, alert_id, did)


@screen(needs=watcher, deep=False, resumes=False)
def taken(talk: Talk, alert_id: int, did: Did) -> Menu:
    seen = found(talk, alert_id)
    text = _(TAKEN[did])
    if seen.answer_by is not None and did in (Did.WRITE, Did.SPEAK):
        text += " " + _("Réponse avant le {day}.", day=i18n.day(seen.answer_by))
    return Menu(text, [*offered(talk, seen), Option(_("L'alerte"), to(show, alert_id))])


@screen(needs=watcher, deep=False, resumes=False)
def halted(talk: Talk, why: Halt) -> Menu:
    return Menu(_(HALTED[why]), [Option(_("Menu"), START)])
