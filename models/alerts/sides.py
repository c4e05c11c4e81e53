"""Who may do what to an alert, and from where to where it goes: the whole procedure as one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, select

from models import cooperatives
from models.alerts.tables import Did, State
from models.cooperatives import Cooperative
from models.hands import Hand
from models.members import OFFICERS, Role

# Who must explain: the president answers for the management (AUSCOOP 119).
EXPLAINS = Role.PRESIDENT


class Side(StrEnum):
    """On which side of an alert somebody stands."""

    RAISER = "raiser"
    MANAGEMENT = "management"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Move:
    """A step: from which states, to which one, and whose it is."""

    before: tuple[State, ...]
    after: State
    side: Side


UNSETTLED = (State.NOT_SATISFIED, State.NOT_ANSWERED)
MOVES: Mapping[Did, Move] = {
    Did.WRITE: Move((State.RAISED,), State.ASKED, Side.RAISER),
    Did.SPEAK: Move((State.RAISED,), State.ASKED, Side.RAISER),
    # An answer that comes late is still an answer, until the assembly is told.
    Did.ANSWER: Move((State.ASKED, State.NOT_ANSWERED), State.ANSWERED, Side.MANAGEMENT),
    Did.LAPSE: Move((State.ASKED,), State.NOT_ANSWERED, Side.NOBODY),
    Did.ACCEPT: Move((State.ANSWERED,), State.ACCEPTED, Side.RAISER),
    Did.REFUSE: Move((State.ANSWERED,), State.NOT_SATISFIED, Side.RAISER),
    Did.REPORT: Move(UNSETTLED, State.REPORTED, Side.RAISER),
    Did.CONVENE: Move((*UNSETTLED, State.REPORTED), State.CONVENED, Side.RAISER),
    Did.CLOSE: Move((State.REPORTED, State.CONVENED), State.CLOSED, Side.RAISER),
}
ASKING = (Did.WRITE, Did.SPEAK)
JUDGING = (Did.ACCEPT, Did.REFUSE)


def side(hand: Hand, cooperative_id: int, body_id: int) -> Side:
    """The side of somebody on an alert of a body on a cooperative.

    For the cooperative itself only its surveillance raises, for a body above any of its officers.
    """
    raisers = (Role.SURVEILLANCE,) if body_id == cooperative_id else OFFICERS
    if hand.cooperative_id == body_id and hand.role in raisers:
        return Side.RAISER
    if hand.cooperative_id == cooperative_id and hand.role is EXPLAINS:
        return Side.MANAGEMENT
    return Side.NOBODY


# Every cooperative below a body, and every body above a cooperative: both without the one given as `body`.
BELOW, ABOVE = (
    each.where(each.selected_columns.id != bindparam("body")) for each in (cooperatives.BELOW, cooperatives.ABOVE)
)
_NAMED = select(Cooperative.id, Cooperative.name).where(Cooperative.id.in_(BELOW)).order_by(Cooperative.name)
_OWN = select(Cooperative.id, Cooperative.name).where(Cooperative.id == bindparam("body"))
_ANY = BELOW.limit(1)


def targets(db: Connection, hand: Hand) -> list[tuple[int, str]]:
    """The cooperatives somebody may raise an alert on, by id and name: their own first, for its surveillance."""
    given = {"body": hand.cooperative_id}
    own = [(row.id, row.name) for row in db.execute(_OWN, given)] if hand.role is Role.SURVEILLANCE else []
    below = [(row.id, row.name) for row in db.execute(_NAMED, given)] if hand.role in OFFICERS else []
    return own + below


def concerned(db: Connection, hand: Hand) -> bool:
    """Whether alerts are somebody's business at all: surveillance, who explains, and officers of a body above."""
    if hand.role in (Role.SURVEILLANCE, EXPLAINS):
        return True
    return hand.role in OFFICERS and db.execute(_ANY, {"body": hand.cooperative_id}).first() is not None
