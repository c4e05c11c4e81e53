"""Notices that wait: they follow a member to another number and into another language, and not out of the cooperative.

Replies and receipts go where they were asked for; they do not wait long.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, select, update
from sqlalchemy.orm import aliased

from models.members import Member, Phone
from models.messages import Message, MessageState, Urgency, stands, take_back

_NOTICE = Message.urgency >= Urgency.NOTICE
_other, _others = aliased(Phone), aliased(Member)


def _of(member_id: int, *shared: ColumnElement[bool]) -> Select[str]:
    """The numbers of a member that no other one has: of those who have not left, and who are such."""
    theirs = (
        select(_other.member_id)
        .join(_others, _others.id == _other.member_id)
        .where(_other.number == Phone.number, _other.member_id != member_id, _others.left_on.is_(None), *shared)
    )
    return select(Phone.number).where(Phone.member_id == member_id, ~theirs.exists())


def say_in(db: Connection, member_id: int, language: str) -> None:
    """What waits for a member is said in this language; a phone of several is spoken to in that of the first one."""
    spoken = _of(member_id, _other.member_id < member_id)
    waits = update(Message).where(_NOTICE, stands(MessageState.QUEUED), Message.phone.in_(spoken))
    db.execute(waits.values(language=language))


def readdress(db: Connection, old: str, new: str, now: datetime) -> None:
    """What waits for a number goes to another one, which has it once; unless somebody still has the old number."""
    if db.execute(select(Phone.member_id).where(Phone.number == old).limit(1)).first() is not None:
        return
    has = select(Message.broadcast_id).where(Message.phone == new, Message.broadcast_id.is_not(None)).correlate(None)
    moves = Message.broadcast_id.is_(None) | Message.broadcast_id.not_in(has)
    waits = update(Message).where(_NOTICE, stands(MessageState.QUEUED), Message.phone == old, moves)
    db.execute(waits.values(phone=new))
    take_back(db, now, _NOTICE, Message.phone == old)


def drop(db: Connection, member_id: int, now: datetime) -> None:
    """What waits for who leaves does not leave, where nobody else has their phone."""
    take_back(db, now, _NOTICE, Message.phone.in_(_of(member_id)))
