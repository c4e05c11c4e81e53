"""Who acts when a command changes money or the register: an officer, named by member number."""

import sys

from sqlalchemy import Connection, select

from models import members
from models.cooperatives import Cooperative
from models.members import OFFICERS, Member
from models.proposals import Hand


def cooperative(db: Connection, code: str) -> int:
    """The cooperative that has a code; ends the command when there is none."""
    found = db.execute(select(Cooperative.id).where(Cooperative.code == code)).scalar_one_or_none()
    if found is None:
        sys.exit(f"no cooperative {code}; give its code as in `export cooperatives`")
    return found


def officer(db: Connection, code: str, number: str) -> Hand:
    """The officer who has a number in a cooperative (its code); ends the command when it is none."""
    cooperative_id = cooperative(db, code)
    member_id = members.by_number(db, cooperative_id, number)
    role = db.execute(select(Member.role).where(Member.id == member_id)).scalar_one_or_none()
    if member_id is None or role not in OFFICERS:
        sys.exit(f"member {number} is no officer of {code}; --by takes the member number of one")
    return Hand(member_id, cooperative_id, role)
