"""A case that was opened with its number and code, in this very session: its guard, and what stops a step."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flows import i18n
from flows.engine import START, Done, Place, UnknownPlace, screen, to
from flows.talk import Talk
from models.grievances import Refused, Stop, Unknown, following
from models.grievances.following import Mine

_ = i18n.words(__name__)
mark = i18n.mark
Made = TypeVar("Made")


def mark_of(case_id: int) -> str:
    """How a session remembers that a case was opened with its code."""
    return f"case:{case_id}"


def case_opened(talk: Talk, place: Place) -> Place | None:
    """A case stands behind its own code, in this very session."""
    return None if mark_of(place.given["case_id"]) in talk.known.opened else START


def looked(talk: Talk, case_id: int) -> Mine:
    """The case as its owner sees it now. Raises UnknownPlace when it is gone."""
    try:
        return following.look(talk.db, case_id, talk.now, talk.phone)
    except Unknown as error:
        raise UnknownPlace("case.show") from error


def done(talk: Talk, do: Callable[[], Made], onward: Callable[[Made], Place]) -> Place:
    """Do something with one's case and go on with what came of it, or say why not; half of it is never kept.

    Raises UnknownPlace for a case that is gone.
    """
    try:
        with talk.db.begin_nested():
            made = do()
    except Refused as error:
        return to(stopped, error.stop)
    except Unknown as error:
        raise UnknownPlace("case.show") from error
    return onward(made)


STOPS: Mapping[Stop, str] = {
    Stop.ANOTHER_OUTCOME: mark(
        "Votre réponse n'est pas notée: une autre proposition est venue entre-temps. "
        "Refaites le numéro pour la lire, puis répondez."
    ),
    Stop.TOO_LATE: mark("Le délai est passé. Le tribunal et le chef de village restent ouverts."),
    Stop.NOBODY_ABOVE: mark("Il n'y a personne au-dessus. Le tribunal et le chef de village restent ouverts."),
}


@screen(deep=False, resumes=False)
def stopped(talk: Talk, why: Stop) -> Done:
    return Done(
        _(STOPS[why])
        if why in STOPS
        else _("Cela n'est plus possible: c'était changé entre-temps. Refaites le numéro.")
    )
