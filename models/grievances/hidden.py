"""For whom a case does not exist, as a condition of a question: the one place that says so."""

from sqlalchemy import ColumnElement, and_, or_, select

from models.grievances.near import near_one
from models.grievances.tables import CaseBar, Grievance
from models.members import OFFICERS, Member


def hidden_from(member_id: int) -> ColumnElement[bool]:
    """Whether a case does not exist for a member: somebody near them is barred, or an officer where all of them are."""
    people = near_one(member_id)
    barred = select(CaseBar.grievance_id).where(CaseBar.grievance_id == Grievance.id, CaseBar.member_id.in_(people))
    officer = select(Member.id).where(
        Member.cooperative_id == Grievance.home_id,
        Member.role.in_(OFFICERS),
        Member.left_on.is_(None),
        Member.id.in_(people),
    )
    return or_(barred.exists(), and_(Grievance.all_officers, officer.exists()))
