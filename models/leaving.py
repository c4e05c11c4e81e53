"""A member leaves the cooperative: nothing that begins after that day is asked of them any more."""

from datetime import date, datetime

from sqlalchemy import Connection, select, update

from models import members, telling, waiting
from models.entries import STANDS, Account, Entry, Posting
from models.hands import Hand
from models.members import SEATED, Member
from models.proposals import Overtaken
from models.telling import Fact


def note(db: Connection, hand: Hand, member_id: int, left_on: date, now: datetime) -> list[int]:
    """An officer notes that a member leaves, who is told on each phone and gets no notice any more; as `leave`.

    Raises Overtaken as `leave` does, and for a member who holds an office or sits at a desk: nobody ends one alone.
    """
    found = select(Member.left_on, Member.role).where(Member.id == member_id).with_for_update()
    before, role = db.execute(found).one()
    if before is None and role in SEATED:
        raise Overtaken("the member has an office or a desk: two officers end it first, with `members change-role`")
    later = leave(db, member_id, left_on)
    if before != left_on:
        fact = Fact("left", {"by": members.number_of(db, hand.member_id), "on": left_on.isoformat()})
        telling.warn(db, member_id, fact, f"left:{member_id}:{now.isoformat()}", now)
        waiting.drop(db, member_id, now)
    return later


def leave(db: Connection, member_id: int, left_on: date) -> list[int]:
    """Write down the last day of a member; the standing charges of later days, which two officers may reverse.

    What was charged by then stays owed. Said again, the last day is the one that was said last. Raises Overtaken for a
    day before the member joined.
    """
    joined_on = db.execute(select(Member.joined_on).where(Member.id == member_id)).scalar_one()
    if joined_on is not None and left_on < joined_on:
        raise Overtaken(f"the member joined on {joined_on}: the last day is that day or later")
    db.execute(update(Member).where(Member.id == member_id).values(left_on=left_on))
    later = (
        select(Entry.id)
        .join(Posting, Posting.entry_id == Entry.id)
        .where(Posting.member_id == member_id, Posting.account.in_((Account.DUES, Account.CAPITAL)))
        .where(Posting.amount > 0, Entry.happened_on > left_on, STANDS)
    )
    return list(db.execute(later.order_by(Entry.id)).scalars())
