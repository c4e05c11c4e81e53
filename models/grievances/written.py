"""Who has a hand in the figure that is complained of: who wrote it, who agreed to it, and who has a part of that lot.

They do not handle the case: who handles a disputed payout is not who benefits from it. Where all at the desks have a
part of a lot, as in a small cooperative with nobody above it, a part bars nobody: a complaint is for somebody.
"""

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from models.entries import Entry
from models.grievances.held import Held
from models.grievances.near import near
from models.grievances.tables import Grievance
from models.lines import LotLine
from models.members import Member
from models.plans import Plan
from models.proposals import Proposal

_line = aliased(LotLine)
_WRITTEN = select(Entry.author).where(
    or_(
        Entry.id == bindparam("entry"),
        Entry.id == select(LotLine.entry_id).where(LotLine.id == bindparam("line")).scalar_subquery(),
    )
)
_PLANNED = (
    select(Proposal.proposed_by, Proposal.decided_by)
    .join(Plan, Plan.proposal_id == Proposal.id)
    .where(Plan.id == bindparam("plan"))
)


def keys(db: Connection, entry_id: int | None, line_id: int | None) -> set[int]:
    """Who wrote an entry, or that of a line of a lot, or turned the two keys for it, or for the plan it follows."""
    authors = db.execute(_WRITTEN, {"entry": entry_id, "line": line_id}).scalars().all()
    named = {each for author in authors for each in _people(db, author)}
    # Nothing that is wrong in the books keeps a complaint of them from being filed.
    return set(db.execute(select(Member.id).where(Member.id.in_(named))).scalars()) if named else named


def _people(db: Connection, author: str) -> list[int]:
    """The members whom an author of the ledger names: `member:1`, `proposal:7:1+2`, or those of `plan:3`."""
    kind, _colon, said = author.partition(":")
    if kind == "plan":
        rows = db.execute(_PLANNED, {"plan": int(said)})
        return [each for row in rows for each in row if each is not None]
    named = {"member": said, "proposal": said.rpartition(":")[2]}.get(kind, "")
    return [int(each) for each in named.split("+") if each.isdecimal()]


_OF_ENTRY = select(Entry.lot_id).where(Entry.id == bindparam("entry"))
_OF_LINE = select(_line.lot_id).where(_line.id == bindparam("line"))
_PART = select(LotLine.member_id).where(
    LotLine.member_id.is_not(None), LotLine.lot_id.in_(_OF_ENTRY.union_all(_OF_LINE))
)


def with_a_part(db: Connection, held: Held) -> frozenset[int]:
    """Who has a line of the lot whose figure is complained of, and those near them; nobody where it is about no lot."""
    if held.entry_id is None and held.line_id is None:
        return frozenset()
    given = {"entry": held.entry_id, "line": held.line_id}
    return near(db, {each for each in db.execute(_PART.distinct(), given).scalars() if each is not None})


_other = aliased(Member)


def has_a_part(people: Select[*tuple[int]]) -> ColumnElement[bool]:
    """The same, of a case in a question: whether one of these has such a line, and somebody at its desk has none."""
    here = (_other.cooperative_id == Grievance.level_id, _other.role == Grievance.desk, _other.left_on.is_(None))
    without = select(_other.id).where(*here, ~_a_line(LotLine.member_id == _other.id))
    return and_(_a_line(LotLine.member_id.in_(people)), without.correlate(Grievance).exists())


def _a_line(theirs: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a line of theirs in the lot that a case is about."""
    of_entry = select(Entry.lot_id).where(Entry.id == Grievance.entry_id).correlate(Grievance).scalar_subquery()
    of_line = select(_line.lot_id).where(_line.id == Grievance.line_id).correlate(Grievance).scalar_subquery()
    mine = select(LotLine.id).where(theirs, or_(LotLine.lot_id == of_entry, LotLine.lot_id == of_line))
    return mine.correlate(Grievance, _other).exists()
