"""A case that was filed: followed by number and code from any phone, added to, answered, taken back."""

from collections.abc import Mapping
from functools import partial
from zoneinfo import ZoneInfo

from flows import answers, i18n, opened, outcome, recourse, reveal
from flows.engine import Ask, Done, Menu, Option, Place, action, screen, to
from flows.opened import case_opened, done, looked
from flows.recourse import Wish
from flows.talk import Talk
from models import grievances
from models.grievances import Did, Lane, Locked, State, following
from models.grievances.agreeing import Session
from models.grievances.following import Mine
from models.grievances.steps import OVER

_ = i18n.words(__name__)
mark = i18n.mark


@screen(deep=False, resumes=False)
def follow(talk: Talk) -> Ask[str]:
    return Ask(
        _("Numéro du dossier (6 chiffres):\n1 Je n'ai pas vu mon numéro"),
        read=_number_or_one,
        then=lambda reference: to(follow_code, reference) if reference else to(reveal.filed),
    )


def _number_or_one(typed: str) -> str:
    return "" if typed.strip() == "1" else answers.case_number(typed)


@screen(deep=False, resumes=False)
def follow_code(talk: Talk, reference: str, wrong: bool = False) -> Ask[str]:
    question = _("Code du dossier (4 chiffres):")
    if wrong:
        question = _("Le numéro et le code ne vont pas ensemble.") + "\n" + question
    return Ask(question, read=answers.four_digits, then=lambda code: to(look, reference, code))


@action
def look(talk: Talk, reference: str, code: str) -> Place:
    found = grievances.open_case(talk.db, reference, code, talk.phone, talk.now)
    if isinstance(found, Locked):
        return to(locked)
    if found is None:
        return to(follow_code, reference, wrong=True)
    talk.known.opened.add(opened.mark_of(found))
    return to(show, found)


@screen(deep=False, resumes=False)
def locked(talk: Talk) -> Done:
    return Done(_("Trop de codes faux. Essayez de nouveau dans une heure, ou d'un autre téléphone."))


STATES: Mapping[State, str] = {
    State.RECEIVED: mark("Reçu. Une personne va le lire."),
    State.ACKNOWLEDGED: mark("Une personne l'a lu."),
    State.ASSESSED: mark("Examiné. On cherche qui le traite."),
    State.ASSIGNED: mark("Une personne le traite."),
    State.INQUIRY: mark("On cherche les faits."),
    State.IN_MEDIATION: mark("En médiation"),
    State.PROPOSED: mark("Une solution est proposée."),
    State.RESOLVED: mark("Accord trouvé."),
    State.APPEALED: mark("Recours: d'autres personnes le lisent."),
    State.ESCALATED: mark("Transmis au niveau au-dessus."),
    State.REOPENED: mark("Rouvert."),
    State.REFERRED: mark("Confié à un autre service."),
    State.OUT_OF_SCOPE: mark("On ne peut pas le traiter ici."),
    State.MERGED: mark("Joint à un dossier pareil."),
    State.WITHDRAWN: mark("Vous avez retiré ce dossier."),
    State.CLOSED: mark("Terminé."),
}


@screen(needs=case_opened, deep=False, resumes=False)
def show(talk: Talk, case_id: int) -> Menu:
    mine = looked(talk, case_id)
    waiting = mine.handled_by is None and mine.state not in OVER
    lines = [_("Dossier {reference}", reference=mine.reference)]
    lines.append(_("Reçu et gardé.") if waiting else _stands(mine))
    if mine.merged:
        lines.append(_("Joint à un dossier pareil; le vôtre reste."))
    if mine.state not in OVER:
        lines += _who_and_when(talk, mine)
    pressing = _pressing(mine)
    return Menu("\n".join(lines), [*pressing, *_always(mine, first=bool(pressing)), *_more(mine)])


def _stands(mine: Mine) -> str:
    """Where a case stands; what is to be settled without an agreement was with another body."""
    agreed = mine.outcome is not None and mine.outcome.owner_says
    if mine.state is State.RESOLVED and not agreed:
        return _("L'autre service a fini, nous dit-on.")
    return _(STATES[mine.state])


def _session(talk: Talk, session: Session, zone: ZoneInfo) -> str:
    when = session.starts_at.astimezone(zone)
    day = i18n.short_day(when, talk.day(talk.now))
    return _("Séance {day} {hour}, {place}", day=day, hour=i18n.hour(when), place=session.place)


def _who_and_when(talk: Talk, mine: Mine) -> list[str]:
    """Who handles it, or when both sides meet, and by when there is an answer; in private the body is not shown."""
    if mine.handled_by is None and mine.lane is Lane.SENSITIVE:
        return [_("Personne ne peut encore l'ouvrir. Le centre de santé aide jour et nuit.")]
    if mine.handled_by is None:
        return [_("Personne ici ne peut le traiter: tribunal, chef de village.")]
    session = mine.session if mine.state is State.IN_MEDIATION else None
    if session is not None and not session.over(talk.now, mine.zone):
        lines = [_session(talk, session, mine.zone)]
    else:
        lines = [] if mine.lane is Lane.SENSITIVE else [_("Traité par: {body}", body=mine.handled_by)]
    if mine.waits_for_me:
        return [*lines, _("En attente de vous.")]
    return [*lines, _("Réponse avant le {day}", day=i18n.short_day(talk.day(mine.answer_by), talk.day(talk.now)))]


def _pressing(mine: Mine) -> list[Option]:
    """What waits for the complainant: to be answered, or to be read."""
    case_id, options = mine.case_id, []
    if mine.can & {Did.CONFIRMED, Did.DENIED}:
        options.append(Option(_("Est-ce réglé?"), to(outcome.settled, case_id), number=7))
    if mine.state is State.PROPOSED and mine.waits_for_me:
        options.append(_proposal(mine))
    if mine.news:
        options.append(_messages(mine))
    return options


def _proposal(mine: Mine) -> Option:
    return Option(_("Lire la proposition"), to(outcome.proposal, mine.case_id), number=6)


def _messages(mine: Mine) -> Option:
    return Option(_("Messages ({count})", count=mine.news), to(letters, mine.case_id), number=5)


def _always(mine: Mine, first: bool) -> list[Option]:
    """What can be done at each look. Behind much that waits, that one is threatened comes `first`: it must be seen."""
    case_id, options = mine.case_id, []
    if Did.ADDED in mine.can:
        options.append(Option(_("Ajouter un mot"), to(add, case_id), number=1))
    if Did.DAY_ASKED in mine.can:
        options.append(Option(_("Changer la date"), to(other_day, case_id), number=2))
    threat = Option(_("On me menace"), to(recourse.threat, case_id), number=3)
    options.insert(0 if first else len(options), threat)
    wish = next((each for did, each in RECOURSE.items() if did in mine.can), None)
    if wish is not None:
        options.append(Option(_("Recours"), to(recourse.why, case_id, wish), number=4))
    return options


RECOURSE = {Did.APPEALED: Wish.APPEAL, Did.ESCALATED: Wish.ABOVE}


def _more(mine: Mine) -> list[Option]:
    case_id = mine.case_id
    options = [] if mine.news or not mine.letters else [_messages(mine)]
    if mine.outcome is not None and not (mine.state is State.PROPOSED and mine.waits_for_me):
        options.append(_proposal(mine))
    if Did.REOPENED in mine.can:
        label = _("Le traiter à part") if mine.merged else _("Rouvrir")
        options.append(Option(label, to(recourse.why, case_id, Wish.REOPEN), number=10))
    if mine.reachable and mine.state not in OVER:
        options.append(Option(_("Comment avoir la suite"), to(recourse.hearing, case_id), number=11))
    if Did.WITHDRAWN in mine.can:
        options.append(Option(_("Retirer"), to(recourse.withdraw_sure, case_id), number=12))
    return options


@action(needs=case_opened)
def letters(talk: Talk, case_id: int) -> Place:
    return done(talk, partial(following.read, talk.db, case_id, talk.now), lambda _made: to(written, case_id))


@screen(needs=case_opened, deep=False, resumes=False)
def written(talk: Talk, case_id: int) -> Menu:
    """What the committee wrote, the newest first."""
    today = talk.day(talk.now)
    lines = [
        f"{i18n.short_day(talk.day(each.written_at), today)} {each.words}"
        for each in reversed(following.letters(talk.db, case_id))
    ]
    options = [Option(_("Répondre"), to(add, case_id)), Option(_("Le dossier"), to(show, case_id))]
    return Menu("\n".join([_("On vous écrit:"), *lines]), options)


@screen(needs=case_opened, deep=False, resumes=False)
def add(talk: Talk, case_id: int) -> Ask[str]:
    return Ask(
        _("Écrivez ce qu'on doit savoir:"),
        read=answers.some_words,
        then=lambda words: to(note, case_id, words),
        free=True,
    )


@action(needs=case_opened)
def note(talk: Talk, case_id: int, words: str) -> Place:
    do = partial(following.add, talk.db, case_id, words, talk.key, talk.now)
    return done(talk, do, lambda _made: to(added, case_id))


@screen(needs=case_opened, deep=False, resumes=False)
def added(talk: Talk, case_id: int) -> Menu:
    text = _("Noté. Vos mots ajoutés: {count}.", count=looked(talk, case_id).added)
    return Menu(text, [Option(_("Le dossier"), to(show, case_id))])


@action(needs=case_opened)
def other_day(talk: Talk, case_id: int) -> Place:
    do = partial(following.ask_other_day, talk.db, case_id, talk.now)
    return done(talk, do, lambda _made: to(day_asked, case_id))


@screen(needs=case_opened, deep=False, resumes=False)
def day_asked(talk: Talk, case_id: int) -> Menu:
    text = _("Noté: vous ne pouvez pas venir ce jour. On vous donne une autre date. Dites quand vous pouvez:")
    return Menu(text, [Option(_("Ajouter un mot"), to(add, case_id)), Option(_("Le dossier"), to(show, case_id))])
