"""Who may be at an alert: those whose business alerts are, behind the code, and only at one they may see."""

from flows.engine import Place, UnknownPlace
from flows.guards import officer
from flows.talk import Talk
from models import alerts
from models.alerts import Seen
from models.members import OFFICERS


def watcher(talk: Talk, place: Place) -> Place | None:
    """A place behind the code, of those whose business alerts are."""
    elsewhere = officer(*OFFICERS)(talk, place)
    if elsewhere is None and not alerts.concerned(talk.db, talk.hand):
        raise UnknownPlace(place.name)
    return elsewhere


def found(talk: Talk, alert_id: int) -> Seen:
    """An alert that the speaker may see. Raises UnknownPlace."""
    seen = alerts.one(talk.db, talk.hand, alert_id)
    if seen is None:
        raise UnknownPlace("alert_step.show")
    return seen
