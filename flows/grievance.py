"""Grievances: what about, who is in cause, who may see the name. Then it is told (`telling`), and kept (`filing`)."""

from collections.abc import Mapping
from enum import StrEnum

from flows import case, figures, i18n, private
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.filing import filed
from flows.guards import anybody, code_given
from flows.talk import Talk
from flows.telling import tell
from models import calls, cooperatives, phone
from models.grievances import Category, Complaint, Concerned, Name, tree

_ = i18n.words(__name__)
mark = i18n.mark


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


# Of those up to `OTHER` it is still to be asked who is in cause, so they stand on the first sheet, in few letters:
# whatever it is about, the fifth screen shows the number.
SUBJECTS: Mapping[Category, str] = {
    Category.MONEY: mark("Argent, parts"),
    Category.LAND: mark("Terre, eau"),
    Category.ACCIDENT: mark("Accident"),
    Category.CHILDREN: mark("Enfants au travail"),
    Category.PRIVATE: mark("Parler en privé"),
    Category.CHEMICALS: mark("Mercure"),
    Category.PAPERS: mark("Papiers"),
    Category.OTHER: mark("Autre"),
    Category.LEADERS: mark("Chefs, élections, argent détourné"),
    Category.FORCES: mark("Expulsion, barrage, gendarmes"),
    Category.BUYER: mark("Acheteur, poids, prix"),
}
# 7 follows a case, 8 and 9 are never options, and 10 is a case that came by SMS.
DIGITS: Mapping[Category, int] = dict(zip(SUBJECTS, (1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15), strict=True))


@screen(needs=anybody, deep=False)
def home(talk: Talk) -> Menu:
    subjects = [Option(_(SUBJECTS[each]), _about(talk, each), DIGITS[each]) for each in SUBJECTS]
    subjects.insert(6, Option(_("Suivre un dossier"), to(case.follow), number=7))
    if talk.speakers:
        subjects.append(Option(_("Chiffres publiés"), to(figures.home), number=16))
        subjects.append(Option(_("Alerte sur la coop"), to(alert), number=17))
    return Menu(_("Plainte"), subjects)


@screen(needs=anybody, deep=False)
def alert(talk: Talk) -> Menu:
    """A member gives none: surveillance does, or a body above; a quarter of them can demand an assembly (AUSCOOP)."""
    text = _(
        "La coop est en danger: pas d'assemblée, comptes absents, argent parti? Demandez à la surveillance, ou à "
        "l'union, de donner l'alerte. Un quart des membres peut exiger une assemblée."
    )
    told = Option(_("Le dire dans une plainte"), _after_category(talk, Category.LEADERS))
    return Menu(text, [told])


def _about(talk: Talk, category: Category) -> Place:
    return to(private.home) if category is Category.PRIVATE else _after_category(talk, category)


# Where the subject says already who is in cause, it is not asked again: a reference within five screens.
IN_CAUSE = {
    Category.LEADERS: Concerned.OFFICER,
    Category.FORCES: Concerned.OUTSIDER,
    Category.BUYER: Concerned.OUTSIDER,
}


def _after_category(talk: Talk, category: Category) -> Place:
    return _whom(talk, category, None) if talk.speakers else to(where, category)


def _whom(talk: Talk, category: Category, cooperative_id: int | None) -> Place:
    if category in IN_CAUSE:
        return _after_concerned(talk, category, IN_CAUSE[category], cooperative_id, None)
    return to(concerned, category, cooperative_id)


@screen(deep=False)
def where(talk: Talk, category: Category) -> Menu:
    near = cooperatives.joinable(talk.db, phone.country(talk.phone)) or cooperatives.joinable(talk.db, None)
    options = [Option(name, _whom(talk, category, cooperative_id)) for cooperative_id, name in near]
    options.append(Option(_("Aucune, ou je ne sais pas"), _whom(talk, category, None)))
    return Menu(_("Quelle coopérative?"), options)


WHOM: Mapping[Concerned, str] = {
    Concerned.TEAM: mark("Mon équipe"),
    Concerned.PIT_OWNER: mark("Un chef de puits"),
    Concerned.OFFICER: mark("Un responsable de la coop"),
    Concerned.OUTSIDER: mark("Acheteur, société, État"),
    Concerned.UNSAID: mark("Je ne dis pas"),
    Concerned.UNION: mark("De l'union"),
    Concerned.HIGHER: mark("De plus haut"),
}
# Always in few letters and with the same digits, so that all stand on one sheet; over an accident 6 is the danger, and
# who is above the cooperative is named by the committee.
BELOW = (Concerned.TEAM, Concerned.PIT_OWNER, Concerned.OFFICER, Concerned.OUTSIDER, Concerned.UNSAID)
NUMBERED = {Concerned.UNION: 6, Concerned.HIGHER: 7}


def _above(talk: Talk, cooperative_id: int | None) -> list[Concerned]:
    """Who is above the cooperative that it is about, where there is such a body."""
    home = talk.somebody.cooperative_id if talk.somebody else cooperative_id
    return [each for each in NUMBERED if tree.complained_of(talk.db, home, each)]


@screen(needs=anybody, deep=False)
def concerned(talk: Talk, category: Category, cooperative_id: int | None = None, meeting_id: int | None = None) -> Menu:
    above = [each for each in _above(talk, cooperative_id) if category is not Category.ACCIDENT]
    options = [
        Option(_(WHOM[each]), _after_concerned(talk, category, each, cooperative_id, meeting_id), NUMBERED.get(each))
        for each in (*BELOW, *above)
    ]
    if category is Category.ACCIDENT:
        options.insert(0, Option(_("Danger: appelez-moi vite"), to(danger), number=6))
    return Menu(_("Qui est en cause?"), options)


def _after_concerned(
    talk: Talk, category: Category, concerned: Concerned, cooperative_id: int | None, meeting_id: int | None
) -> Place:
    """A stranger has chosen to complain without a name already: it is not asked again."""
    if talk.speakers:
        return to(name, category, concerned, cooperative_id, meeting_id)
    return to(tell, category, concerned, Name.NOBODY, cooperative_id, meeting_id)


@action(needs=anybody)
def danger(talk: Talk) -> Place:
    """Nobody is alarmed by a press alone: the office calls first of all who pressed, and verifies."""
    member_id = talk.somebody.member_id if talk.somebody else None
    calls.ask_for_call(talk.db, talk.phone, member_id, talk.language, calls.DANGER, talk.now)
    return to(in_danger)


@screen(deep=False, resumes=False)
def in_danger(talk: Talk) -> Done:
    return Done(
        _(
            "Noté: danger. Éloignez tout le monde. Le bureau vous appelle en premier pour vérifier, "
            "puis prévient les autres. Gardez ce téléphone près de vous."
        )
    )


@screen(needs=anybody, deep=False)
def name(
    talk: Talk,
    category: Category,
    concerned: Concerned,
    cooperative_id: int | None = None,
    meeting_id: int | None = None,
) -> Menu:
    levels = {
        Name.COMMITTEE: _("Le comité peut le voir"),
        Name.HANDLER: _("Seul celui qui traite"),
        Name.NOBODY: _("Il n'est pas gardé"),
    }
    title = _("Votre nom")
    if concerned in (Concerned.OFFICER, Concerned.UNION, Concerned.HIGHER):
        title += "\n" + _("Le responsable ne verra pas ce dossier.")
    about = (cooperative_id, meeting_id)
    options = [Option(label, to(tell, category, concerned, each, *about)) for each, label in levels.items()]
    relayed = to(tell, category, concerned, Name.NOBODY, *about, relayed=True)
    return Menu(title, [*options, Option(_("Pour quelqu'un d'autre"), relayed)])


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


def about_meeting(meeting_id: int) -> Place:
    """Where somebody complains of a meeting: of how it was called, held or decided."""
    return to(concerned, Category.LEADERS, meeting_id=meeting_id)
