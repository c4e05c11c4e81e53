"""A code that was lost: whoever gave their name tells their story at another desk than the one that handles the case.

They are shown number and a new code once, on a phone of theirs, behind the secret code they had when they filed: one
that was chosen later, or after the office ended it, may be that of whoever holds the phone.

The desk hears neither, nor whether there is such a case: who asks around for somebody's complaint learns nothing. That
it asked is a step of the history where there is one. Who gave no name cannot be known again by anybody.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, update

from models import codes
from models.grievances import numbers, sight, steps, tree
from models.grievances.filing import REVEAL_WITHIN
from models.grievances.held import Held, hold, known
from models.grievances.kinds import Category, Did
from models.grievances.near import near
from models.grievances.revealing import ANY_PHONE
from models.grievances.scopes import Sees
from models.grievances.tables import Grievance
from models.hands import Hand

ABOUT = timedelta(days=3)  # how well somebody remembers when they complained


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody tells at a desk: who they are, what they complained of, and on about which day."""

    member_id: int
    category: Category
    filed_on: date


def ask(db: Connection, hand: Hand, story: Story, now: datetime) -> None:
    """Have the cases that fit a story shown once more to who filed them; for seven days. Nobody hears how many fit."""
    if story.member_id in near(db, [hand.member_id]):
        return
    there = sight.visible_to(db, hand, Sees.LOST).where(Grievance.category == story.category, *_about(story.filed_on))
    for case_id in db.execute(there.order_by(Grievance.id)).scalars().all():
        held = hold(db, case_id)
        if known(held).member_id != story.member_id or not _elsewhere(db, hand, held):
            continue
        steps.take(db, held, Did.CODE_ASKED, steps.by(hand), now)
        if codes.chosen(db, story.member_id, held.filed_at):
            digest = numbers.reveal_digest(ANY_PHONE, story.member_id)
            shown = {"reveal_digest": digest, "reveal_until": now + REVEAL_WITHIN}
            db.execute(update(Grievance).where(Grievance.id == held.id).values(shown))


def _about(day: date) -> tuple[ColumnElement[bool], ...]:
    noon = datetime.combine(day, time(12), UTC)
    return Grievance.filed_at >= noon - ABOUT, Grievance.filed_at <= noon + ABOUT


def _elsewhere(db: Connection, hand: Hand, held: Held) -> bool:
    """Whether this is a desk of another level: where the case can come to, and does not lie."""
    return hand.cooperative_id != held.level_id and hand.cooperative_id in tree.ladder(db, held.home_id)
