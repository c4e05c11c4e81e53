"""The ends of plans: each ends when the two keys that wrote it said, or sooner, when two keys ended it."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, select

from models.plans import Plan
from models.proposals import Deed, Proposal, State
from models.proving.faults import Fault

_CHANGES = (
    select(Proposal.id, Proposal.facts)
    .where(Proposal.deed == Deed.CHANGE_PLAN, Proposal.state == State.APPROVED)
    .order_by(Proposal.id)
)


def ends(db: Connection) -> Iterator[Fault]:
    """Plans that end on another day than two keys said. There are few plans: they are held together."""
    written: dict[int, str | None] = {}
    ended: dict[int, str] = {}
    for number, facts in db.execute(_CHANGES):
        if "ends" in facts:
            plan_id, until = facts["ends"], facts["until"]
            ended[plan_id] = min(until, ended.get(plan_id, until))
        else:
            written[number] = facts["plan"].get("until")
    plans = select(Plan.id, Plan.cooperative_id, Plan.until, Plan.proposal_id).order_by(Plan.id)
    for plan_id, home, until, number in db.execute(plans):
        said = ended.get(plan_id) or written.get(number)
        if until != (date.fromisoformat(said) if said else None):
            yield Fault(f"plan {plan_id}: it ends on {until}, and two keys said {said}", home)
