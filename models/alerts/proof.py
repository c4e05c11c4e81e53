"""The proof of alerts: each stands where its last step led, no step is missing, the words are those typed.

That no step was altered is proved by its stamp; this is what lies beside the stamps.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, String, cast, func, select

from models import vault
from models.alerts.steps import digest
from models.alerts.tables import Alert, AlertStep
from models.proving.faults import Fault
from models.vault import InvalidToken

# As text: a word that is no state must be named, not stop the proof.
_STATE = cast(Alert.state, String)
_LAST = (
    select(cast(AlertStep.state, String))
    .where(AlertStep.alert_id == Alert.id)
    .order_by(AlertStep.position.desc())
    .limit(1)
    .scalar_subquery()
)
_DUE = select(func.max(AlertStep.due_on)).where(AlertStep.alert_id == Alert.id).scalar_subquery()
_HIGHEST = select(func.max(AlertStep.position)).where(AlertStep.alert_id == Alert.id).scalar_subquery()
_COUNT = select(func.count()).where(AlertStep.alert_id == Alert.id).scalar_subquery()
_STANDING = select(Alert.id, Alert.cooperative_id, _STATE, _LAST, Alert.answer_by, _DUE, _HIGHEST, _COUNT).order_by(
    Alert.id
)
_WORDS = (
    select(AlertStep.alert_id, AlertStep.position, Alert.cooperative_id)
    .add_columns(AlertStep.reason_sealed, AlertStep.reason_digest)
    .join(Alert, Alert.id == AlertStep.alert_id)
    .where(AlertStep.reason_sealed.is_not(None))
    .order_by(AlertStep.id)
)


def faults(db: Connection) -> Iterator[Fault]:
    """What is wrong with alerts, each as a sentence that names the alert, and nothing of what it says."""
    for alert_id, home, state, last, answer_by, due_on, highest, count in db.execute(_STANDING):
        if highest is None or highest != count:
            yield Fault(f"alert {alert_id}: a step of it is missing", home)
        elif (state, answer_by) != (last, due_on):
            yield Fault(f"alert {alert_id}: it does not stand where its last step led", home)
    for alert_id, position, home, sealed, kept in db.execute(_WORDS):
        if not _same(alert_id, position, sealed, kept):
            yield Fault(f"step {position} of alert {alert_id}: its words are not those that were typed", home)


def _same(alert_id: int, position: int, sealed: str, kept: str | None) -> bool:
    try:
        return vault.same(digest(alert_id, position, vault.unseal(sealed)), kept or "")
    except InvalidToken:
        return False
