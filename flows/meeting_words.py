"""What is said of meetings: what they are called, and the SMS that call them, move them, call them off and remind."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flows import i18n, names, snags
from models import gsm
from models.assemblies import ASSEMBLIES
from models.convening import Snag
from models.meetings import MeetingKind
from models.minutes import Outcome

_ = i18n.words(__name__)
mark = i18n.mark

ONE_SMS, TWO_SMS = 160, 306
KINDS: Mapping[MeetingKind, str] = {
    MeetingKind.ORDINARY: mark("AG ordinaire"),
    MeetingKind.EXTRAORDINARY: mark("AG extraordinaire"),
    MeetingKind.SECTION: mark("Assemblée de section"),
    MeetingKind.COMMITTEE: mark("Comité"),
    MeetingKind.WORK_DAY: mark("Journée de travail"),
    MeetingKind.TRAINING: mark("Formation"),
    MeetingKind.MEETING: mark("Réunion"),
}
SOON: Mapping[int, str] = {
    0: mark("Rappel: aujourd'hui {kind} le {day} à {hour}, {place}."),
    1: mark("Rappel: demain {kind} le {day} à {hour}, {place}."),
    2: mark("Rappel: dans {days} jours, {kind} le {day} à {hour}, {place}."),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ADOPTED: mark("adopté"),
    Outcome.REJECTED: mark("rejeté"),
    Outcome.POSTPONED: mark("remis à plus tard"),
}


# The agenda of a yearly assembly as it is kept, so that each reads it in their own language.
YEARLY: Mapping[int, str] = {
    1: mark("Comptes de l'année"),
    2: mark("Réserves et ristournes"),
    3: mark("Élections"),
}
MODEL = tuple(YEARLY.values())


def items(agenda: Sequence[str]) -> list[str]:
    """The items of an agenda as they are read: the model in the language of who reads, what was typed as it is."""
    return [_(YEARLY[place]) for place in YEARLY] if tuple(agenda) == MODEL else list(agenda)


def kind_of_meeting(kind: MeetingKind) -> str:
    """What a meeting is called."""
    return _(KINDS[kind])


def outcome(decided: Outcome) -> str:
    """What became of an item."""
    return _(OUTCOMES[decided])


def _when(facts: Mapping[str, Any]) -> dict[str, str]:
    when = datetime.fromisoformat(facts["starts_at"])
    kind = kind_of_meeting(MeetingKind(facts["kind"]))
    called = _("{kind}, 2e convocation", kind=kind) if facts.get("second") else kind
    return {"kind": called, "day": i18n.day(when), "hour": i18n.hour(when), "place": facts["place"]}


def _coop(facts: Mapping[str, Any]) -> str:
    return names.called(facts["cooperative"])


def meeting_called(service_code: str, **facts: Any) -> str:
    """The notice of a meeting: its whole agenda where one SMS has room for it, else how many items it has.

    That of an assembly may take two: without its agenda it is void (AUSCOOP 233).
    """
    first = _("{cooperative}: {kind} le {day} à {hour}, {place}.", cooperative=_coop(facts), **_when(facts))
    asking = _("Avis complet: {code}, Réunions. Vous venez? OUI ou NON", code=service_code)
    agenda = items(facts["agenda"])
    if not agenda:
        return f"{first}\n{asking}"
    whole = "\n".join([first, _("Ordre du jour: {items}.", items=", ".join(agenda)), asking])
    room = TWO_SMS if facts["kind"] in ASSEMBLIES else ONE_SMS
    if gsm.septets(gsm.to_gsm7(whole, i18n.spoken()).text) <= room:
        return whole
    return "\n".join([first, _("Ordre du jour: {count} points.", count=len(agenda)), asking])


def meeting_moved(service_code: str, **facts: Any) -> str:
    """A meeting is at another time, or elsewhere."""
    was = datetime.fromisoformat(facts["was_at"])
    if facts["was_at"] == facts["starts_at"]:
        return _(
            "{cooperative}: changement de lieu. {kind} du {day} à {hour}. Nouveau lieu: {place}.\n"
            "Vous venez? OUI ou NON",
            cooperative=_coop(facts),
            **_when(facts),
        )
    return _(
        "{cooperative}: changement. {kind} du {was} {was_hour}: ce sera le {day} à {hour}, {place}.\n"
        "Vous venez? OUI ou NON",
        cooperative=_coop(facts),
        was=i18n.day(was),
        was_hour=i18n.hour(was),
        **_when(facts),
    )


def meeting_cancelled(service_code: str, **facts: Any) -> str:
    """A meeting does not take place."""
    return _(
        "{cooperative}: {kind} du {day} à {hour}, {place}: annulé. Ne venez pas ce jour-là.",
        cooperative=_coop(facts),
        **_when(facts),
    )


def meeting_reminder(service_code: str, days: int, **facts: Any) -> str:
    """A meeting is near."""
    soon = _(SOON[min(days, 2)]).format(days=days, **_when(facts))
    return f"{_coop(facts)}: {soon} " + _("OUI ou NON? Avis: {code}, Réunions.", code=service_code)


def meeting_begun(service_code: str, **facts: Any) -> str:
    """A meeting is being held: nobody is asked any more whether they come."""
    return _(
        "{cooperative}: {kind} a commencé à {hour}, {place}. Plus besoin de répondre.",
        cooperative=_coop(facts),
        **_when(facts),
    )


def meeting_left_out(service_code: str, snag: str, about: str, **facts: Any) -> str:
    """A meeting that is held by a rule was not called this time; why, and what to do."""
    return _(
        "{cooperative}: {kind} du {day} à {hour}, {place}: personne n'a été convoqué. {why} {code}, Réunions",
        cooperative=_coop(facts),
        why=snags.worded(Snag(snag), about),
        code=service_code,
        **_when(facts),
    )


_ASKING = (meeting_called, meeting_moved, meeting_cancelled, meeting_reminder)
NOTICES = (*_ASKING, meeting_begun, meeting_left_out)
# After which notices a yes or no is about their meeting.
ASKING = ("meeting", *(notice.__name__ for notice in _ASKING))
