"""The words of every SMS we send: one function a notice, given the facts when it is sent, in the member's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows import (
    alert_words,
    announcement_words,
    call,
    fund_notices,
    i18n,
    meeting_words,
    money_notices,
    names,
    receipt_words,
    templates,
    told,
    unheard,
)
from flows.meeting_words import items, kind_of_meeting
from models.meetings import Announced, MeetingKind

_ = i18n.words(__name__)
mark = i18n.mark


def _date(text: str) -> str:
    return i18n.day(date.fromisoformat(text))


def meeting_facts(cooperative: str, meeting: Announced, zone: ZoneInfo, asking: bool) -> dict[str, Any]:
    """A meeting, as it is kept for an SMS. `asking`: whether a yes or no can come back from this phone."""
    return {
        "cooperative": cooperative,
        "meeting_id": meeting.meeting_id,
        "starts_at": meeting.starts_at.astimezone(zone).isoformat(),
        "place": meeting.place,
        "kind": meeting.kind,
        "agenda": list(meeting.agenda),
        "asking": asking,
    }


def meeting(**facts: Any) -> str:
    """The next meeting, and how to answer."""
    when = datetime.fromisoformat(facts["starts_at"])
    lines = [
        _(
            "{cooperative}: {kind} le {day} à {hour}, {place}.",
            cooperative=names.called(facts["cooperative"]),
            kind=kind_of_meeting(MeetingKind(facts["kind"])),
            day=i18n.day(when),
            hour=i18n.hour(when),
            place=facts["place"],
        )
    ]
    if facts["agenda"]:
        lines.append(_("Ordre du jour: {items}.", items=", ".join(items(facts["agenda"]))))
    asking = _("Vous venez? Répondez OUI ou NON.") if facts["asking"] else _answer_by_dialling(facts["service_code"])
    return "\n".join([*lines, asking])


def _answer_by_dialling(service_code: str) -> str:
    return _("Vous venez? Faites {code}, puis: Réunions.", code=service_code)


def no_meeting(service_code: str) -> str:
    """No meeting is planned."""
    return _("Aucune réunion n'est prévue pour le moment.")


def coming(coming: bool, day: str, service_code: str) -> str:
    """A yes or no to a meeting was noted."""
    if coming:
        return _("Merci. Noté: vous venez le {day}.", day=_date(day))
    return _("Merci. Noté: vous ne venez pas le {day}.", day=_date(day))


def what_about(service_code: str) -> str:
    """A yes or no that answers nothing."""
    return _("Merci. À quoi répondez-vous? Envoyez REUNION, ou faites {code}.", code=service_code)


PAGES: Mapping[str, str] = {
    "dues": mark("Mes cotisations"),
    "share": mark("Ma part"),
    "meeting": mark("Réunions"),
    "complaint": mark("Plainte"),
    "stranger": mark("Lier mon numéro"),
}


def dial(service_code: str, page: str) -> str:
    """What is asked stands on a page. It is named, since its digit differs with who dials."""
    return _("Faites {code}, puis: {page}.", code=service_code, page=_(PAGES[page]))


def complaint_received(service_code: str, shared: bool = False) -> str:
    """A complaint came by SMS. Nothing of it is repeated, since others may read this phone."""
    if shared:
        return _(
            "Bien reçu. Ce téléphone est à plusieurs: rien n'y sera montré. "
            "Pour en parler, envoyez RAPPEL. Vous pouvez effacer ce message."
        )
    return _(
        "Bien reçu. Faites {code}, puis: Plainte, Suivre un dossier. Vous pouvez effacer ce message.",
        code=service_code,
    )


def case_to_do(day: str, service_code: str) -> str:
    """Something waits for somebody of a committee: nothing is said of what, or of whom."""
    return _(
        "Coop: au moins 1 point à traiter avant le {day}. Faites {code}, Bureau. Ne pas répondre ici.",
        day=_date(day),
        code=service_code,
    )


def case_news(service_code: str) -> str:
    """There is news, for somebody who chose to hear so by SMS: nothing is said of what."""
    return _("Vous avez une nouvelle. Faites {code}.", code=service_code)


def prices(service_code: str) -> str:
    """No price is recorded."""
    return _("Le prix du jour n'est pas encore donné ici. Demandez au bureau de la coopérative.")


def rights(service_code: str) -> str:
    """A first fact on a member's rights (OHADA Uniform Act on cooperatives, articles 102 and 46)."""
    return _("Votre droit: un membre, une voix, même avec plus de parts. Vous pouvez voir les comptes avant l'AG.")


def languages(service_code: str) -> str:
    """How to change the language."""
    return _("Français ou English? Faites {code}, puis: Langue.", code=service_code)


def call_back(service_code: str) -> str:
    """A call-back was asked for."""
    return _("Noté. On vous rappelle. Cela ne vous coûte rien.")


def enough_calls(service_code: str) -> str:
    """A call-back was asked for, more often than is taken in a day."""
    return call.said_enough()


def stopped(service_code: str) -> str:
    """Notices are off but for what is a right, and how to have them again; in French too, for who helps reading."""
    with i18n.speaking(i18n.SOURCE):
        french = _off()
    return "\n".join(dict.fromkeys([_off(), french]))


def _off() -> str:
    return _("Vous n'aurez plus d'annonces, sauf assemblées et alertes. Pour reprendre: START")


def started(service_code: str) -> str:
    """Notices are on again."""
    return _("Vous recevrez de nouveau les annonces. Pour arrêter: STOP")


def repeated(text: str) -> str:
    """What may have arrived before."""
    return _("Nous répétons: {text}", text=text)


def words(text: str) -> str:
    """What a leader wrote, as it was written."""
    return text


def page(text: str) -> str:
    """A page of a conversation by SMS: its numbers mean what they meant when it was laid out."""
    return text


def books_not_right(cooperative: str, service_code: str) -> str:
    """The nightly proof of the books found something: to the supervisory board."""
    return _(
        "{cooperative}: le contrôle de nuit du livre n'est pas bon. Demandez au bureau ce qu'il a trouvé. "
        "Comparez la feuille affichée: {code}, Réunions, Le livre.",
        cooperative=names.called(cooperative),
        code=service_code,
    )


_EVERY: tuple[Callable[..., str], ...] = (
    meeting,
    no_meeting,
    coming,
    what_about,
    dial,
    complaint_received,
    case_to_do,
    case_news,
    prices,
    rights,
    languages,
    call_back,
    enough_calls,
    stopped,
    started,
    unheard.help_words,
    unheard.not_understood,
    unheard.not_for_office,
    books_not_right,
    words,
    page,
    *money_notices.NOTICES,
    *receipt_words.NOTICES,
    *fund_notices.NOTICES,
    *meeting_words.NOTICES,
    *alert_words.NOTICES,
    *announcement_words.NOTICES,
    *told.NOTICES,
    *templates.NOTICES,
)
NOTICES: Mapping[str, Callable[..., str]] = {notice.__name__: notice for notice in _EVERY}
SILENT = ("dues", "share", "slip", "words", "typed", "page")


def say(kind: str, facts: Mapping[str, Any], language: str, service_code: str, again: bool = False) -> tuple[str, str]:
    """The words of a message, and the language they are in. Raises KeyError for a kind that does not exist.

    `again`: nobody knows whether it arrived before, so it says that it is a repetition.
    """
    given = dict(facts) if kind in SILENT else {**facts, "service_code": service_code}
    if again:
        return i18n.whole(f"notices.{kind}.again", language, lambda: repeated(NOTICES[kind](**given)))
    return i18n.whole(f"notices.{kind}", language, lambda: NOTICES[kind](**given))
