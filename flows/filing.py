"""A case is kept: its number and code are shown, who handles it and by when, and how one wants to hear of it."""

from collections.abc import Mapping
from datetime import date

from flows import call, i18n
from flows.engine import Done, Menu, Option, Place, action, screen, to
from flows.guards import anybody
from flows.opened import stopped
from flows.talk import Talk
from models import grievances
from models.grievances import Came, Complaint, Concerned, Filed, Flooded, Follow, Stop, floods, following

_ = i18n.words(__name__)

HEARING: Mapping[Follow, str] = {
    Follow.PULL: i18n.mark("Je rappelle avec mon code"),
    Follow.SMS: i18n.mark("SMS discret"),
    Follow.CALL_MORNING: i18n.mark("On m'appelle le matin"),
    Follow.CALL_EVENING: i18n.mark("On m'appelle le soir"),
}
HEARS: Mapping[Follow, str] = {
    Follow.PULL: i18n.mark("Aucun SMS ne sera envoyé."),
    Follow.SMS: i18n.mark("Un SMS dira seulement: vous avez une nouvelle."),
    Follow.CALL_MORNING: i18n.mark("On vous appelle le matin."),
    Follow.CALL_EVENING: i18n.mark("On vous appelle le soir."),
}


def heard_by(how: Follow) -> str:
    """A way to hear of a case, as it is chosen."""
    return _(HEARING[how])


def hears(how: Follow) -> str:
    """What comes of it."""
    return _(HEARS[how])


def filed(talk: Talk, complaint: Complaint) -> Place:
    """File a case, and show its number and code. The sixth of a day is kept as well, and a call is offered.

    Nothing is written down for the office: whoever handles the case calls, if that is chosen. Who takes the sixth for
    others may ask the office to call, unless a leader is in cause.
    """
    relayed = complaint.came_by is Came.RELAY
    try:
        done, many = grievances.file(talk.db, complaint, talk.key, talk.now), relayed and _takes_many(talk)
    except Flooded:
        done, many = grievances.file(talk.db, complaint, talk.key, talk.now, beyond=True), True
    by = None if complaint.unnamed else complaint.follow
    office = complaint.concerned is not Concerned.OFFICER
    return to(kept, *_shown(talk, done), by, relayed, many, office)


def _takes_many(talk: Talk) -> bool:
    member_id = talk.somebody.member_id if talk.somebody else None
    return floods.take(talk.db, talk.phone, member_id, talk.now.date()) > floods.A_DAY


def _shown(talk: Talk, done: Filed) -> tuple[str, str, date, str | None]:
    return done.reference, done.code, talk.day(done.answer_by), done.handled_by


def shown_again(talk: Talk, done: Filed) -> Place:
    """The number and a new code of a case whose page was never seen."""
    return to(kept, *_shown(talk, done), Follow.PULL if done.reachable else None, done.for_another)


@screen(deep=False, resumes=False)
def kept(
    talk: Talk,
    reference: str,
    code: str,
    answer_by: date,
    handled_by: str | None = None,
    by: Follow | None = None,
    relayed: bool = False,
    many: bool = False,
    office: bool = True,
) -> Menu | Done:
    lines = [_number_and_code(reference, code), *_handled(answer_by, handled_by)]
    if relayed:
        lines.append(_("Donnez-les à la personne. Votre numéro n'est pas gardé."))
    elif by is not Follow.PULL:
        lines.append(hears(by or Follow.PULL))
    if many:
        lines.append(_("Plusieurs dossiers aujourd'hui: tout est gardé.") + ("" if relayed else _called(by, office)))
    if by is None:
        here = to(kept, reference, code, answer_by, handled_by, by, relayed, many, office)
        asked = [Option(_("Appelez-moi"), to(call.sure, here))]
        return Menu("\n".join(lines), asked) if many and relayed and office else Done("\n".join(lines))
    options = [Option(heard_by(how), to(hear, reference, code, how)) for how in HEARING]
    return Menu("\n".join([*lines, _("Comment avoir la suite?")]), options)


def _number_and_code(reference: str, code: str) -> str:
    return _("Reçu. Dossier {reference}\nCode {code}\nRetenez-les.", reference=reference, code=code)


def _handled(answer_by: date, handled_by: str | None) -> list[str]:
    if handled_by is None:
        return [_("Personne ici ne peut le traiter: allez au tribunal ou chez le chef de village. Il reste gardé.")]
    body = _("Traité par: {body}", body=handled_by)
    return [body, _("Réponse avant le {day}.", day=i18n.day(answer_by))]


def _called(by: Follow | None, office: bool) -> str:
    """Who can be talked to: where a leader is in cause, never the office."""
    if by is not None:
        return " " + _("Pour en parler, choisissez un appel.")
    return " " + _("Pour parler à quelqu'un, refaites le numéro et tapez 8.") if office else ""


@action(needs=anybody)
def hear(talk: Talk, reference: str, code: str, how: Follow) -> Place:
    """Who chooses here has the number and the code before them."""
    opened = grievances.open_case(talk.db, reference, code, talk.phone, talk.now)
    if not isinstance(opened, int):
        return to(stopped, Stop.STATE)  # a phone that is shut out for its wrong codes
    holds = following.follow_by(talk.db, opened, how, talk.phone)
    return to(heard, reference, code, holds)


@screen(deep=False, resumes=False)
def heard(talk: Talk, reference: str, code: str, how: Follow) -> Done:
    follow = _("Suivi: {service}, Suivre un dossier.", service=talk.service_code)
    return Done("\n".join([_("Noté.") + " " + hears(how), _number_and_code(reference, code), follow]))
