"""Grievances: say what happened, with or without words, with or without a name; get a number and a code; follow it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flows import answers, case, i18n
from flows.engine import Ask, Done, Menu, Option, Place, action, screen, to
from flows.guards import code_given, member
from flows.talk import Talk
from models import callers, cooperatives, grievances, phone
from models.grievances import Category, Complaint, Concerned, Filed, Flooded, Name

_ = i18n.words(__name__)


class Reason(StrEnum):
    """What a member finds wrong with a figure."""

    NOT_RECORDED = "not_recorded"
    WRONG_AMOUNT = "wrong_amount"
    NOT_OWED = "not_owed"
    WRONG_DAYS = "wrong_days"
    WRONG_WEIGHT = "wrong_weight"
    WRONG_COSTS = "wrong_costs"
    NOT_RECEIVED = "not_received"
    NOT_SO = "not_so"
    OTHER = "other"


def complain(talk: Talk, place: Place) -> Place | None:
    """Anybody may complain; on a shared phone it is asked who speaks, since the cooperative depends on it."""
    return member(talk, place) if talk.speakers else None


def revealing(talk: Talk, place: Place) -> Place | None:
    """Number and code of a case sent by SMS: on a shared phone, only behind somebody's secret code."""
    return code_given(talk, place) if len(talk.speakers) > 1 else complain(talk, place)


@screen(needs=complain, deep=False)
def home(talk: Talk) -> Menu:
    options = [
        Option(_("Argent, parts"), _after_category(talk, Category.MONEY)),
        Option(_("Terre, eau, champs"), _after_category(talk, Category.LAND)),
        Option(_("Accident"), _after_category(talk, Category.ACCIDENT)),
        Option(_("Enfants au travail"), _after_category(talk, Category.CHILDREN)),
        Option(_("Parler en privé"), to(private)),
        Option(_("Autre sujet"), to(other)),
        Option(_("Suivre un dossier"), to(case.follow)),
    ]
    waiting = _waiting(talk)
    if waiting is not None:
        options.insert(0, Option(_("Mon dossier envoyé par SMS"), to(reveal, waiting), number=10))
    return Menu(_("Plainte, gratuit"), options)


def _waiting(talk: Talk) -> int | None:
    people = [each.member_id for each in talk.speakers]
    return grievances.waiting(talk.db, talk.phone, talk.now, people)


@screen(needs=complain, deep=False)
def other(talk: Talk) -> Menu:
    subjects = {
        Category.LEADERS: _("Chefs, élections, argent détourné"),
        Category.CHEMICALS: _("Mercure, cyanure"),
        Category.FORCES: _("Expulsion, barrage, gendarmes"),
        Category.BUYER: _("Acheteur, poids, prix"),
        Category.PAPERS: _("Refus de papiers"),
        Category.OTHER: _("Autre"),
    }
    return Menu(_("Sujet"), [Option(label, _after_category(talk, each)) for each, label in subjects.items()])


def _after_category(talk: Talk, category: Category) -> Place:
    return to(concerned, category) if talk.speakers else to(where, category)


@screen(deep=False)
def where(talk: Talk, category: Category) -> Menu:
    near = cooperatives.joinable(talk.db, phone.country(talk.phone)) or cooperatives.joinable(talk.db, None)
    options = [Option(name, to(concerned, category, cooperative_id)) for cooperative_id, name in near]
    options.append(Option(_("Aucune, ou je ne sais pas"), to(concerned, category)))
    return Menu(_("Quelle coopérative?"), options)


@screen(needs=complain, deep=False)
def concerned(talk: Talk, category: Category, cooperative_id: int | None = None) -> Menu:
    people = {
        Concerned.TEAM: _("Mon équipe"),
        Concerned.PIT_OWNER: _("Un chef de puits"),
        Concerned.OFFICER: _("Un responsable de la coop"),
        Concerned.OUTSIDER: _("Acheteur, société, État"),
        Concerned.UNSAID: _("Je ne dis pas"),
    }
    return Menu(
        _("Qui est en cause?"),
        [Option(label, _after_concerned(talk, category, each, cooperative_id)) for each, label in people.items()],
    )


def _after_concerned(talk: Talk, category: Category, concerned: Concerned, cooperative_id: int | None) -> Place:
    """A stranger has chosen to complain without a name already: it is not asked again."""
    if talk.speakers:
        return to(name, category, concerned, cooperative_id)
    return to(tell, category, concerned, Name.NOBODY, cooperative_id)


@screen(needs=complain, deep=False)
def name(talk: Talk, category: Category, concerned: Concerned, cooperative_id: int | None = None) -> Menu:
    levels = {
        Name.COMMITTEE: _("Le comité peut le voir"),
        Name.HANDLER: _("Seul celui qui traite le dossier"),
        Name.NOBODY: _("Mon nom n'est pas gardé"),
    }
    title = _("Votre nom")
    if concerned is Concerned.OFFICER:
        title += "\n" + _("Le responsable en cause ne verra pas ce dossier.")
    options = [Option(label, to(tell, category, concerned, each, cooperative_id)) for each, label in levels.items()]
    return Menu(title, options)


@screen(needs=complain, deep=False)
def tell(
    talk: Talk, category: Category, concerned: Concerned, name: Name, cooperative_id: int | None = None
) -> Ask[str] | Menu:
    if talk.known.draft and talk.known.draft_who == talk.known.who:
        return Menu(
            _("Vous aviez écrit: {words}", words=talk.known.draft),
            [
                Option(_("Envoyer ces mots"), to(send, category, concerned, name, cooperative_id, talk.known.draft)),
                Option(_("Écrire autre chose"), to(write, category, concerned, name, cooperative_id)),
            ],
        )
    return write(talk, category, concerned, name, cooperative_id)


@screen(needs=complain, deep=False)
def write(
    talk: Talk, category: Category, concerned: Concerned, name: Name, cooperative_id: int | None = None
) -> Ask[str]:
    return Ask(
        _("Dites en peu de mots ce qui s'est passé, sans votre nom. Ou:\n1 Ne rien écrire"),
        read=answers.words,
        then=lambda words: to(send, category, concerned, name, cooperative_id, words),
        free=True,
    )


@action(needs=complain)
def send(
    talk: Talk, category: Category, concerned: Concerned, name: Name, cooperative_id: int | None, words: str
) -> Place:
    talk.known.draft = ""
    return filed(talk, Complaint(category, concerned, name, words, *_from(talk, cooperative_id)))


def _from(talk: Talk, cooperative_id: int | None) -> tuple[int | None, int | None, str]:
    speaker = talk.somebody
    if speaker is None:
        return cooperative_id, None, talk.phone
    return speaker.cooperative_id, speaker.member_id, talk.phone


def filed(talk: Talk, complaint: Complaint) -> Place:
    """File a case; who filed so many today that nobody could read them is called back instead."""
    try:
        done = grievances.file(talk.db, complaint, talk.key, talk.now)
    except Flooded:
        callers.ask_for_call(talk.db, talk.phone, complaint.member_id, talk.language, "complaint", talk.now)
        return to(called_back)
    return _shown(talk, done)


@screen(deep=False, resumes=False)
def called_back(talk: Talk) -> Done:
    return Done(_("Vous avez déposé plusieurs dossiers aujourd'hui. On vous rappelle pour le suivant."))


def _shown(talk: Talk, filed: Filed) -> Place:
    return to(kept, filed.reference, filed.code, talk.day(filed.answer_by))


@screen(deep=False, resumes=False)
def kept(talk: Talk, reference: str, code: str, answer_by: date) -> Done:
    return Done(
        _(
            "Reçu. Dossier {reference}\nCode {code}\nNotez-les: ils ne seront plus affichés.\nRéponse avant le {day}.\n"
            "Suivi: {service}, Suivre un dossier. Aucun SMS.",
            reference=reference,
            code=code,
            day=i18n.day(answer_by),
            service=talk.service_code,
        )
    )


def not_right(reasons: Mapping[Reason, str], entry_id: int | None, line_id: int | None = None) -> Menu:
    """What is not right with a figure: each reason files a case tied to its entry, and to the line of a lot."""
    return Menu(
        _("Qu'est-ce qui n'est pas juste?"),
        [Option(label, to(contest, reason, entry_id=entry_id, line_id=line_id)) for reason, label in reasons.items()],
    )


@action(needs=code_given)
def contest(talk: Talk, reason: Reason, entry_id: int | None = None, line_id: int | None = None) -> Place:
    speaker = talk.member
    complaint = Complaint(
        Category.MONEY,
        Concerned.UNSAID,
        Name.COMMITTEE,
        reason,
        speaker.cooperative_id,
        speaker.member_id,
        talk.phone,
        entry_id,
        line_id=line_id,
    )
    return filed(talk, complaint)


@screen(needs=complain, deep=False, resumes=False)
def private(talk: Talk) -> Menu:
    return Menu(
        _("Vous décidez. Rien n'est envoyé à votre téléphone."),
        [
            Option(_("Aide, soins: où aller"), to(care)),
            Option(_("Je suis en danger"), to(danger)),
            Option(_("Laisser un dossier, sans nom"), to(quietly)),
        ],
    )


@screen(deep=False, resumes=False)
def care(talk: Talk) -> Done:
    return Done(
        _(
            "Les soins sont discrets: centre de santé, jour et nuit. Mieux avant 3 jours, mais venez même après. "
            "La police seulement si vous le voulez."
        )
    )


@screen(deep=False, resumes=False)
def danger(talk: Talk) -> Done:
    return Done(
        _(
            "Partez vers un lieu sûr: centre de santé, chef de village, une voisine. "
            "Appelez à l'aide d'un autre téléphone."
        )
    )


@action(needs=complain)
def quietly(talk: Talk) -> Place:
    cooperative_id, _member, caller = _from(talk, None)
    complaint = Complaint(Category.PRIVATE, Concerned.UNSAID, Name.NOBODY, "", cooperative_id, None, caller)
    return filed(talk, complaint)


@action(needs=revealing)
def reveal(talk: Talk, case_id: int) -> Place:
    if case_id != _waiting(talk):
        return to(home)
    shown = grievances.reveal(talk.db, case_id)
    return _shown(talk, shown) if shown else to(home)
