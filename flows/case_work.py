"""What a desk does with a case before somebody handles it: seen, looked at, taken or given; stepping aside."""

from flows import case_words, desk, i18n
from flows.desk import at_desk, back, case_open
from flows.engine import Menu, Option, Place, action, screen, to
from flows.talk import Talk
from models.grievances import Category, Lane, sight, work
from models.grievances.kinds import FOR_PRIVATE
from models.grievances.reading import Whole

_ = i18n.words(__name__)


@action(needs=case_open)
def acknowledge(talk: Talk, case_id: int) -> Place:
    return desk.done(talk, case_id, desk.page(case_id), lambda: work.acknowledge(talk.db, talk.hand, case_id, talk.now))


def look_at(whole: Whole) -> Place:
    """Where a case is looked at: what came in private stays so, and only its subject is asked."""
    if whole.lane is Lane.SENSITIVE:
        return to(subject, whole.case_id, whole.lane)
    return to(lane, whole.case_id)


@screen(needs=case_open, deep=False, resumes=False)
def lane(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Examiner: comment le traiter?"),
        [Option(case_words.lane(each), to(subject, case_id, each)) for each in case_words.LANES],
    )


@screen(needs=case_open, deep=False, resumes=False)
def subject(talk: Talk, case_id: int, lane: Lane) -> Menu:
    held = sight.seen(talk.db, talk.hand, case_id)
    now, private = held.category, lane is Lane.SENSITIVE
    subjects = [each for each in Category if each in FOR_PRIVATE or not private]
    subjects.sort(key=lambda each: each is not now)
    onward = assess if held.lane is lane or not private else private_sure
    options = [Option(case_words.subject(each), to(onward, case_id, lane, each)) for each in subjects]
    return Menu(_("Le sujet est: {subject}?", subject=case_words.subject(now)), options)


@screen(needs=case_open, deep=False, resumes=False)
def private_sure(talk: Talk, case_id: int, lane: Lane, category: Category) -> Menu:
    return Menu(
        _("En privé: sûr? Cela ne s'annule pas. Le numéro de la personne est oublié, vous ne voyez plus ce dossier."),
        [Option(_("Non"), desk.page(case_id)), Option(_("Oui, en privé"), to(assess, case_id, lane, category))],
    )


@action(needs=case_open)
def assess(talk: Talk, case_id: int, lane: Lane, category: Category) -> Place:
    return desk.done(
        talk,
        case_id,
        desk.page(case_id),
        lambda: work.assess(talk.db, talk.hand, case_id, lane, category, talk.now),
    )


@screen(needs=case_open, deep=False, resumes=False)
def hands(talk: Talk, case_id: int) -> Menu:
    options = [Option(_("Je le traite"), to(give, case_id, talk.member.member_id))]
    for member_id, name in work.colleagues(talk.db, talk.hand, case_id):
        options.append(Option(_("Le confier à {name}", name=name), to(give, case_id, member_id)))
    return Menu(_("Qui traite ce dossier?"), options)


@action(needs=case_open)
def give(talk: Talk, case_id: int, member_id: int) -> Place:
    onward = desk.page(case_id) if member_id == talk.member.member_id else to(given, case_id)
    return desk.done(talk, case_id, onward, lambda: work.assign(talk.db, talk.hand, case_id, member_id, talk.now))


@screen(needs=case_open, deep=False, resumes=False)
def given(talk: Talk, case_id: int) -> Menu:
    return Menu(_("Confié. Cette personne est prévenue, sans le sujet, et doit dire oui."), [back(case_id)])


@screen(needs=case_open, deep=False, resumes=False)
def recuse_sure(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Vous récuser? Vous ne verrez plus ce dossier. Personne ne vous demande pourquoi."),
        [Option(_("Non"), desk.page(case_id)), Option(_("Oui, je me récuse"), to(recuse, case_id))],
    )


@action(needs=case_open)
def recuse(talk: Talk, case_id: int) -> Place:
    """The last one who can open it stays, and is told so."""
    out: list[bool] = []
    place = desk.done(
        talk, case_id, to(recused), lambda: out.append(work.recuse(talk.db, talk.hand, case_id, talk.now))
    )
    return to(stays, case_id) if out == [False] else place


@screen(needs=case_open, deep=False, resumes=False)
def stays(talk: Talk, case_id: int) -> Menu:
    return Menu(
        _("Personne d'autre ne peut ouvrir ce dossier: il reste ici. Votre demande est notée. Ne le traitez pas."),
        [Option(_("Mes dossiers"), desk.cases())],
    )


@screen(needs=at_desk, deep=False, resumes=False)
def recused(talk: Talk) -> Menu:
    return Menu(_("C'est noté. Vous ne voyez plus ce dossier."), [Option(_("Mes dossiers"), desk.cases())])
