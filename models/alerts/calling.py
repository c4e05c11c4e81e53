"""The assembly of a COOP-CA, called by a body above it in its stead: failing its board, the law allows it (342).

Only through an alert of that body that was not answered to its satisfaction; of a SCOOPS it is for its own people or a
court (AUSCOOP 232), and a body above brings the alert to an assembly that those called.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from models import convening
from models.alerts import sight
from models.alerts.sight import Seen
from models.alerts.steps import Halt, Halted, Step, take
from models.alerts.tables import Did
from models.assemblies import Body, body
from models.convening import CALLERS, Call
from models.cooperatives import Cooperative, Kind
from models.drafts import Weigh, unweighed
from models.hands import Hand
from models.meetings import MeetingKind

_KIND = select(Cooperative.kind).where(Cooperative.id == bindparam("cooperative"))


def may_call(db: Connection, hand: Hand, seen: Seen, now: datetime) -> bool:
    """Whether somebody of a body above can call the assembly that an alert goes to now."""
    if hand.cooperative_id == seen.cooperative_id or hand.role not in CALLERS:
        return False
    if Did.CONVENE not in seen.moves(hand, now):
        return False
    return db.execute(_KIND, {"cooperative": seen.cooperative_id}).scalar_one() is Kind.COOP_CA


def notice(db: Connection, seen: Seen, wanted: Call, now: datetime) -> Body:
    """The cooperative whose assembly is to be called so. Raises convening.NotCalled where the law stops it."""
    found = body(db, seen.cooperative_id)
    convening.check(found, wanted, now)
    return found


def call(
    db: Connection, hand: Hand, alert_id: int, wanted: Call, why: str, now: datetime, weigh: Weigh = unweighed
) -> int:
    """Call the ordinary assembly of the cooperative of an alert, and write the step down; the number of the meeting.

    All members get its notice, and the cooperative's own officers can neither move it nor call it off. Raises Halted,
    and convening.NotCalled.
    """
    seen = sight.one(db, hand, alert_id)
    if seen is None:
        raise Halted(Halt.UNKNOWN)
    if not may_call(db, hand, seen, now):
        raise Halted(Halt.NOT_YOURS)
    there = replace(hand, cooperative_id=seen.cooperative_id)
    assembly = replace(wanted, kind=MeetingKind.ORDINARY, audience=None, second_of=None)
    meeting_id = convening.call(db, there, assembly, now, weigh)
    take(db, hand, alert_id, Step(Did.CONVENE, why, meeting_id), now)
    return meeting_id
