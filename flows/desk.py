"""Who may be at a case: a member of the desk that handles it, who gave the secret code for this very case."""

from collections.abc import Callable

from flows import case_words, code, i18n
from flows.engine import Menu, Option, Place, action, screen, to
from flows.guards import officer
from flows.talk import Talk
from models.grievances import Refused, Stop, Unknown, readings, sight
from models.grievances.scopes import DESKS

_ = i18n.words(__name__)

at_desk = officer(*DESKS)
_MARK = "desk:"


def page(case_id: int) -> Place:
    """The page of a case. By its name: it leads to all that is done here, and so cannot be imported here."""
    return Place("committee.show", {"case_id": case_id})


def cases() -> Place:
    """The list of cases, by its name for the same reason."""
    return Place("committee.home", {})


def unlock(case_id: int) -> Place:
    """The way to a case: the secret code is asked for each one, whatever was opened before."""
    return to(code.ask, to(opened, case_id))


def _mark(talk: Talk, case_id: int) -> str:
    return f"{_MARK}{talk.member.member_id}:{case_id}"


def case_open(talk: Talk, place: Place) -> Place | None:
    """A case at one's own desk, opened with the secret code. One that is not there (any more) is not there."""
    case_id = place.given["case_id"]
    elsewhere = at_desk(talk, place)
    if elsewhere is not None:
        return elsewhere
    if _mark(talk, case_id) not in talk.known.opened:
        return unlock(case_id)
    try:
        sight.seen(talk.db, talk.hand, case_id)
    except Unknown:
        return to(gone)
    return None


@action(needs=at_desk)
def opened(talk: Talk, case_id: int) -> Place:
    """The code was given: this case is open from now on, and no other. That it is read is kept, before it is shown."""
    try:
        readings.note(talk.db, talk.hand, case_id, "page", talk.now)
    except Unknown:
        return to(gone)
    others = {mark for mark in talk.known.opened if not mark.startswith(_MARK)}
    talk.known.opened = others | {_mark(talk, case_id)}
    return page(case_id)


@screen(needs=at_desk, deep=False, resumes=False)
def gone(talk: Talk) -> Menu:
    return Menu(_("Ce dossier n'est pas à votre bureau."), [Option(_("Mes dossiers"), cases())])


@screen(needs=case_open, deep=False, resumes=False)
def refused(talk: Talk, case_id: int, why: Stop) -> Menu:
    return Menu(case_words.stop(why), [back(case_id)])


def back(case_id: int, number: int | None = None) -> Option:
    """The way back to the page of a case; `number` where what is above it is a list."""
    return Option(_("Revenir au dossier"), page(case_id), number)


def done(talk: Talk, case_id: int, onward: Place, do: Callable[[], object]) -> Place:
    """Do something with a case and go on, or say why not; half of it is never kept."""
    try:
        with talk.db.begin_nested():
            do()
    except Refused as error:
        return to(refused, case_id, error.stop)
    except Unknown:
        return to(gone)
    return onward
