"""What the handler of a case does towards its end: facts, a session, promises, the signed paper."""

from datetime import date, datetime

from flows import answers, desk, i18n
from flows.desk import back, case_open
from flows.engine import Ask, Menu, Option, Place, Unreadable, action, screen, to
from flows.talk import Talk
from models.grievances import deciding, reading
from models.grievances.promises import Promise

_ = i18n.words(__name__)


def _few_words(typed: str) -> str:
    """A few words on one line. Raises Unreadable when there are none, or too many."""
    said = answers.short_words(typed)
    if not said:
        raise Unreadable(_("Écrivez quelques mots."))
    return said


@action(needs=case_open)
def inquire(talk: Talk, case_id: int) -> Place:
    return desk.done(talk, case_id, desk.page(case_id), lambda: deciding.inquire(talk.db, talk.hand, case_id, talk.now))


@screen(needs=case_open, deep=False, resumes=False)
def when(talk: Talk, case_id: int) -> Ask[datetime]:
    return Ask(
        _(
            "Séance: date et heure, 10 chiffres JJMMAAHHMM, ex. 1212260900. "
            "Les deux parties seront prévenues sans le sujet."
        ),
        read=lambda typed: answers.moment(typed, talk.member.zone, talk.now),
        then=lambda at: to(where, case_id, at.isoformat()),
    )


@screen(needs=case_open, deep=False, resumes=False)
def where(talk: Talk, case_id: int, at: str) -> Ask[str]:
    return Ask(_("À quel endroit?"), read=_few_words, then=lambda place: to(sure, case_id, at, place), free=True)


@screen(needs=case_open, deep=False, resumes=False)
def sure(talk: Talk, case_id: int, at: str, place: str) -> Menu:
    local = datetime.fromisoformat(at).astimezone(talk.member.zone)
    text = _("Séance le {day} à {hour}, {place}.", day=i18n.day(local), hour=i18n.hour(local), place=place)
    options = [Option(_("Fixer"), to(fix, case_id, at, place)), Option(_("Une autre date"), to(when, case_id))]
    return Menu(text, options)


@action(needs=case_open)
def fix(talk: Talk, case_id: int, at: str, place: str) -> Place:
    starts_at = datetime.fromisoformat(at)
    return desk.done(
        talk,
        case_id,
        to(fixed, case_id),
        lambda: deciding.set_session(talk.db, talk.hand, case_id, starts_at, place, talk.now),
    )


@screen(needs=case_open, deep=False, resumes=False)
def fixed(talk: Talk, case_id: int) -> Menu:
    return Menu(_("Séance fixée. Invitez l'autre partie si ce n'est pas fait."), [back(case_id)])


@screen(needs=case_open, deep=False, resumes=False)
def promises(talk: Talk, case_id: int) -> Menu:
    outcome = reading.whole(talk.db, talk.hand, case_id).outcome
    made = outcome.promises if outcome else ()
    options = [
        Option(_line(talk, each), to(kept_sure, case_id, each.promise_id))
        for each in made
        if each.promise_id is not None and each.kept_at is None
    ]
    kept = sum(each.kept_at is not None for each in made)
    options.append(Option(_("Ajouter une promesse"), to(what, case_id), number=20))
    return Menu(
        _("Promesses à tenir: {left}. Tenues: {kept}", left=len(made) - kept, kept=kept), [*options, back(case_id, 21)]
    )


def _line(talk: Talk, each: Promise) -> str:
    return f"{each.what}, {each.owner}, {i18n.short_day(each.by_day, talk.today)}"


@screen(needs=case_open, deep=False, resumes=False)
def kept_sure(talk: Talk, case_id: int, promise_id: int) -> Menu:
    return Menu(
        _("Cette promesse est tenue?"),
        [Option(_("Oui, tenue"), to(keep, case_id, promise_id)), Option(_("Non"), to(promises, case_id))],
    )


@action(needs=case_open)
def keep(talk: Talk, case_id: int, promise_id: int) -> Place:
    return desk.done(
        talk,
        case_id,
        to(promises, case_id),
        lambda: deciding.keep(talk.db, talk.hand, case_id, promise_id, talk.now),
    )


@screen(needs=case_open, deep=False, resumes=False)
def what(talk: Talk, case_id: int) -> Ask[str]:
    return Ask(_("Quoi? Ex. verser 41 350 F:"), read=_few_words, then=lambda said: to(owner, case_id, said), free=True)


@screen(needs=case_open, deep=False, resumes=False)
def owner(talk: Talk, case_id: int, said: str) -> Ask[str]:
    return Ask(
        _("Qui le fera? Son nom ou son poste:"),
        read=answers.some_name,
        then=lambda name: to(by_day, case_id, said, name),
        free=True,
    )


@screen(needs=case_open, deep=False, resumes=False)
def by_day(talk: Talk, case_id: int, said: str, name: str) -> Ask[date]:
    return Ask(
        _("Avant quel jour? Ex. 0112:"),
        read=lambda typed: answers.coming_day(typed, talk.today),
        then=lambda day: to(promise, case_id, said, name, day),
    )


@action(needs=case_open)
def promise(talk: Talk, case_id: int, said: str, name: str, day: date) -> Place:
    made = Promise(said, name, day)
    return desk.done(
        talk,
        case_id,
        to(promises, case_id),
        lambda: deciding.promise(talk.db, talk.hand, case_id, made, talk.now),
    )


@screen(needs=case_open, deep=False, resumes=False)
def paper_sure(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Les deux parties ont signé la solution sur papier? Gardez le papier au bureau."),
        [Option(_("Oui, signé"), to(paper, case_id)), Option(_("Non"), desk.page(case_id))],
    )


@action(needs=case_open)
def paper(talk: Talk, case_id: int) -> Place:
    return desk.done(
        talk, case_id, desk.page(case_id), lambda: deciding.note_paper(talk.db, talk.hand, case_id, talk.now)
    )
