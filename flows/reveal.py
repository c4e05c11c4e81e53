"""My case: the number and the code of one that came by SMS, or whose last page never reached the phone; shown once."""

from flows import i18n
from flows.engine import START, Done, Option, Place, action, screen, to
from flows.filing import shown_again
from flows.guards import anybody, code_always, code_given, member
from flows.talk import Talk
from models import grievances

_ = i18n.words(__name__)


def offered(talk: Talk) -> list[Option]:
    """Where the number of a case that came by SMS is shown, once."""
    waiting = _by_sms(talk)
    return [] if waiting is None else [Option(_("Mon dossier envoyé par SMS"), to(sent, waiting), number=10)]


def _people(talk: Talk) -> list[int]:
    return [each.member_id for each in talk.speakers]


def _by_sms(talk: Talk) -> int | None:
    return grievances.waiting(talk.db, talk.phone, talk.now, _people(talk))


def somebodys_code(talk: Talk, place: Place) -> Place | None:
    """Of a case sent by SMS it is not known who wrote: on a shared phone, only behind somebody's secret code."""
    return code_given(talk, place) if len(talk.speakers) > 1 else anybody(talk, place)


@action(needs=somebodys_code)
def sent(talk: Talk, case_id: int) -> Place:
    shown = grievances.reveal(talk.db, case_id) if case_id == _by_sms(talk) else None
    return shown_again(talk, shown) if shown else START


def own_code(talk: Talk, place: Place) -> Place | None:
    """One's own case is shown behind one's own code; to a stranger, whose name is never kept, there is none to show.

    No code is chosen on this way: it would be that of whoever holds the phone.
    """
    if not talk.speakers:
        return to(nothing)
    elsewhere = member(talk, place)
    if elsewhere is not None:
        return elsewhere
    return code_always(talk, place) if talk.member.code_chosen else to(nothing)


@action(needs=own_code)
def filed(talk: Talk) -> Place:
    """It is offered in the same words on every phone, whether there is a case or not: nothing tells who complained."""
    mine = grievances.unseen(talk.db, talk.phone, talk.member.member_id, talk.now, _people(talk))
    shown = grievances.reveal(talk.db, mine) if mine is not None else None
    return shown_again(talk, shown) if shown else to(nothing)


@screen(deep=False, resumes=False)
def nothing(talk: Talk) -> Done:
    return Done(
        _(
            "Aucun dossier à montrer ici. Sans nom, sans code secret choisi avant, ou après 7 jours, un dossier ne se "
            "retrouve qu'avec son numéro. Vous pouvez en déposer un autre."
        )
    )
