"""What is not for one person alone to say: whom a case is about, where that takes it from a colleague or everybody."""

from sqlalchemy import Connection, select

from models import vault
from models.grievances import merging, routing
from models.grievances.held import Held
from models.grievances.kinds import Did, Why
from models.grievances.near import near
from models.grievances.routing import Seat
from models.grievances.tables import CaseStep
from models.hands import Hand


def takes_two(db: Connection, held: Held, hand: Hand, member_id: int) -> bool:
    """Whether one person alone does not bar a member: it would take the case from a colleague, or from everybody."""
    return _is_colleague(db, held, hand, member_id) or unseats(db, held, member_id)


def _is_colleague(db: Connection, held: Held, hand: Hand, member_id: int) -> bool:
    """Whether barring a member bars somebody else of the desk, or who handles the case."""
    if held.level_id is None or held.desk is None or member_id == hand.member_id:
        return False
    there = {*routing.pool(db, held, Seat(held.level_id, held.desk)), held.handler_id} - {hand.member_id}
    return not there.isdisjoint(near(db, [member_id]))


def unseats(db: Connection, held: Held, member_id: int) -> bool:
    """Whether nobody may handle a case any more once a member is barred from it; nothing is written."""
    with db.begin_nested() as trial:
        merging.bar_all(db, held.id, [member_id], Why.ACCUSED)
        left = routing.seated(db, held)
        trial.rollback()
    return not left


def named_by_another(db: Connection, held: Held, hand: Hand, why: str) -> bool:
    """Whether another person of this body, on another phone, named the same member before."""
    mine = (CaseStep.grievance_id == held.id, CaseStep.body_id == hand.cooperative_id, CaseStep.did == Did.ACCUSED)
    said = db.execute(select(CaseStep.by_id, CaseStep.why_sealed).where(*mine, CaseStep.why_sealed.is_not(None)))
    others = [row.by_id for row in said if vault.unseal(row.why_sealed) == why]
    return not near(db, [hand.member_id]).issuperset(others)
