"""My case: the number and the code of one that came by SMS, or whose last page never reached the phone; shown once."""

from flows import call, i18n
from flows.engine import Menu, Option, Place, action, screen, to
from flows.filing import shown_again
from flows.guards import code_always, member
from flows.talk import Talk
from models import grievances

_ = i18n.words(__name__)


def own_code(talk: Talk, place: Place) -> Place | None:
    """One's own case is shown behind one's own code.

    No code is chosen on this way: it would be that of whoever holds the phone. Who has none, and the phone for
    themselves, may still have written an SMS, as may a stranger.
    """
    if not talk.speakers:
        return None
    elsewhere = member(talk, place)
    if elsewhere is not None:
        return elsewhere
    if talk.member.code_chosen:
        return code_always(talk, place)
    return None if talk.member.alone else to(nothing)


@action(needs=own_code)
def filed(talk: Talk) -> Place:
    """It is offered in the same words on every phone, whether there is a case or not: nothing tells who complained."""
    mine = _unseen(talk)
    shown = grievances.reveal(talk.db, mine) if mine is not None else None
    return shown_again(talk, shown) if shown else to(nothing)


def _unseen(talk: Talk) -> int | None:
    """The case whose number is to be shown. Of one sent by SMS it is not known who wrote: on a shared phone, none."""
    who, people = talk.somebody, [each.member_id for each in talk.speakers]
    mine = grievances.unseen(talk.db, talk.phone, who.member_id, talk.now, people) if who else None
    if mine is None and len(people) < 2:
        return grievances.waiting(talk.db, talk.phone, talk.now, people)
    return mine


@screen(deep=False, resumes=False)
def nothing(talk: Talk) -> Menu:
    text = _(
        "Aucun dossier à montrer ici. Sans nom, sans code secret choisi avant, ou après 7 jours, un dossier ne se "
        "retrouve qu'avec son numéro. Vous pouvez en déposer un autre."
    )
    return Menu(text, [Option(_("Appelez-moi"), to(call.sure, to(nothing)))])
