"""A member asks another one to stand in for them at an assembly; the paper is signed at the office."""

from flows import answers, i18n
from flows.engine import START, Ask, Menu, Option, Place, action, screen, to
from flows.guards import member
from flows.talk import Talk
from models import assemblies, attendance, forecast, meetings
from models.assemblies import ASSEMBLIES
from models.attendance import NoProxy, Unfit

_ = i18n.words(__name__)
mark = i18n.mark

UNFIT = {
    Unfit.UNKNOWN: mark("Ce numéro n'est à personne dans la coopérative."),
    Unfit.ONESELF: mark("C'est votre propre numéro."),
    Unfit.FULL: mark("Ce membre a déjà assez de procurations."),
    Unfit.AWAY: mark("Ce membre ne vient pas lui-même."),
    Unfit.HOLDS: mark("Vous portez la procuration d'un autre: il faut venir."),
    Unfit.NONE: mark("Les statuts ne permettent pas de procuration."),
}


def _still_on(talk: Talk, meeting_id: int) -> bool:
    """Whether there is such an assembly to come."""
    found = meetings.announced(talk.db, talk.member.cooperative_id, meeting_id)
    return found is not None and found.kind in ASSEMBLIES and found.standing and found.starts_at > talk.now


@screen(needs=member, deep=False)
def home(talk: Talk, meeting_id: int) -> Ask[str] | Menu:
    if not _still_on(talk, meeting_id):
        return Menu(_("Cette réunion n'est plus prévue."), [Option(_("Menu"), START)])
    most = assemblies.body(talk.db, talk.member.cooperative_id).stands_in_for
    return Ask(
        _(
            "Procuration: signez le papier au siège (statuts: {count} par personne).\n"
            "Numéro du membre qui vient pour vous (8 et 9 sont des chiffres):",
            count=most,
        ),
        read=answers.member_number,
        then=lambda number: to(give, meeting_id, number),
        keys=answers.COUNTING,
    )


@action(needs=member)
def give(talk: Talk, meeting_id: int, number: str) -> Place:
    if not _still_on(talk, meeting_id):
        return to(home, meeting_id)
    speaker = talk.member
    try:
        attendance.stand_in(talk.db, speaker.cooperative_id, meeting_id, speaker.member_id, number, talk.now)
    except NoProxy as error:
        return to(unfit, meeting_id, error.unfit)
    return to(given, meeting_id)


@screen(needs=member, deep=False, resumes=False)
def given(talk: Talk, meeting_id: int) -> Menu:
    speaker = talk.member
    count = forecast.turnout(talk.db, speaker.cooperative_id, meeting_id, speaker.member_id)
    text = _(
        "Noté: le membre {number} vient pour vous. Signez le papier au siège avant la réunion.", number=count.holder
    )
    return Menu(text, [Option(_("Un autre membre"), to(home, meeting_id))])


@screen(needs=member, deep=False, resumes=False)
def unfit(talk: Talk, meeting_id: int, why: Unfit) -> Menu:
    return Menu(_(UNFIT[why]), [Option(_("Un autre membre"), to(home, meeting_id))])
