"""When those who came in private can be spoken to without danger, for the desk that was chosen to see them."""

from sqlalchemy import Connection, select

from models.grievances import sight
from models.grievances.kinds import Lane, SafeTime
from models.grievances.tables import Grievance
from models.hands import Hand


def safe_times(db: Connection, hand: Hand) -> dict[int, SafeTime | None]:
    """The safe time of each case of the sensitive lane at one's desk; None: nothing was said."""
    asked = select(Grievance.id, Grievance.safe_time).where(
        Grievance.id.in_(sight.visible_to(db, hand)), Grievance.lane == Lane.SENSITIVE
    )
    return {row.id: row.safe_time for row in db.execute(asked)}
