"""What is proposed to settle a case, as its owner hears it: yes, no, talk first; the promises, and kept ones."""

from functools import partial

from flows import i18n
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.opened import case_opened, done, looked
from flows.talk import Talk
from models.grievances import Did, State, following
from models.grievances.promises import Promise

_ = i18n.words(__name__)


@screen(needs=case_opened, deep=False, resumes=False)
def proposal(talk: Talk, case_id: int) -> Menu:
    mine = looked(talk, case_id)
    if mine.outcome is None:
        return Menu(_("Rien n'est encore proposé."))
    lines = [_("Proposition: {text}", text=mine.outcome.text)]
    lines += [promise(talk, each) for each in mine.outcome.promises]
    if mine.state is not State.PROPOSED or not mine.waits_for_me:
        return Menu("\n".join([*lines, *_answered(mine.outcome.owner_says)]))
    if mine.due_at is not None:
        day = i18n.short_day(talk.day(mine.due_at), talk.day(talk.now))
        lines.append(_("(sans réponse le {day}: le dossier reste ouvert)", day=day))
    return Menu("\n".join(lines), _answers(case_id, mine.outcome.outcome_id), read_first=True)


def _answers(case_id: int, outcome_id: int) -> list[Option]:
    return [
        Option(_("J'accepte"), to(accept, case_id, outcome_id)),
        Option(_("Je refuse"), to(refuse, case_id, False, outcome_id)),
        Option(_("Je veux parler avant"), to(refuse, case_id, True, outcome_id)),
    ]


def _answered(owner_says: bool | None) -> list[str]:
    if owner_says is None:
        return []
    return [_("Vous avez dit oui.") if owner_says else _("Vous avez dit non.")]


def promise(talk: Talk, each: Promise) -> str:
    """A promise in one line: who, what, by when, and whether it is kept."""
    today = talk.day(talk.now)
    day = i18n.short_day(each.by_day, today)
    line = _("{owner}: {what}, avant le {day}", owner=each.owner, what=each.what, day=day)
    if each.kept_at is not None:
        return line + ", " + _("fait")
    return line + ", " + (_("en retard") if each.by_day < today else _("pas encore fait"))


@action(needs=case_opened)
def accept(talk: Talk, case_id: int, outcome_id: int) -> Place:
    do = partial(following.accept, talk.db, case_id, talk.now, outcome_id)
    return done(talk, do, lambda _made: to(accepted, looked(talk, case_id).state is State.PROPOSED))


@screen(deep=False, resumes=False)
def accepted(talk: Talk, waiting: bool) -> Done:
    if waiting:
        return Done(_("Noté: vous acceptez. L'autre partie doit encore dire oui. Rien n'est fini sans cela."))
    return Done(_("Noté: accord trouvé. Le dossier est fermé quand tout est fait et que vous dites: c'est réglé."))


@action(needs=case_opened)
def refuse(talk: Talk, case_id: int, talking: bool, outcome_id: int) -> Place:
    do = partial(following.refuse, talk.db, case_id, talk.now, talking, outcome_id)
    return done(talk, do, lambda _made: to(refused, talking))


@screen(deep=False, resumes=False)
def refused(talk: Talk, talking: bool) -> Done:
    if talking:
        return Done(_("Noté: vous voulez parler avant. On vous donne une date. Le dossier reste ouvert."))
    return Done(_("Noté: vous refusez. On cherche autre chose. Le dossier reste ouvert."))


@screen(needs=case_opened, deep=False, resumes=False)
def settled(talk: Talk, case_id: int) -> Menu:
    mine = looked(talk, case_id)
    made = mine.outcome.promises if mine.outcome else ()
    options = []
    if Did.CONFIRMED in mine.can:
        options.append(Option(_("Oui, c'est réglé"), to(settle, case_id, yes=True)))
    if Did.DENIED in mine.can:
        options.append(Option(_("Non, pas réglé"), to(settle, case_id, yes=False)))
    return Menu("\n".join([_("Est-ce réglé?"), *(promise(talk, each) for each in made)]), options, read_first=True)


@action(needs=case_opened)
def settle(talk: Talk, case_id: int, yes: bool) -> Place:
    do = partial(following.settled, talk.db, case_id, yes, talk.now)
    return done(talk, do, lambda _made: to(noted, yes, looked(talk, case_id).state is State.CLOSED))


@screen(deep=False, resumes=False)
def noted(talk: Talk, yes: bool, closed: bool) -> Done:
    if closed:
        return Done(_("Merci. Dossier terminé. Pendant 12 mois vous pouvez le rouvrir avec votre code."))
    if yes:
        return Done(_("Noté. Le dossier reste ouvert jusqu'à la dernière promesse tenue. On vous le redemandera."))
    return Done(_("Noté: ce n'est pas réglé. Le dossier est rouvert et repris."))
