"""Where somebody hears of their case: on the number they complained from while they have it, then on one they have now.

Who gave no name has none.
"""

from dataclasses import replace

from sqlalchemy import Connection

from models import members, vault
from models.grievances import news
from models.grievances.held import Caller, Held, caller
from models.grievances.kinds import Follow


def number(db: Connection, held: Held, phone: str | None) -> str | None:
    """The number an SMS or a call can come to; `phone` is the one they have in hand. None where nobody is kept."""
    who = caller(held)
    return news.number(db, who) or (phone if _theirs(db, who, phone) else None)


def _theirs(db: Connection, who: Caller, phone: str | None) -> bool:
    return who.member_id is not None and phone in members.phones(db, who.member_id)


def chosen(db: Connection, held: Held, how: Follow, phone: str | None) -> Held:
    """A case with how its owner wants to hear of it, and where; what cannot come is not promised: they look."""
    reached = number(db, held, phone)
    if reached is None:
        return replace(held, follow=how if how is Follow.NEVER else Follow.PULL)
    if reached == caller(held).phone or how not in (Follow.SMS, Follow.CALL_MORNING, Follow.CALL_EVENING):
        return replace(held, follow=how)
    return replace(held, follow=how, caller_sealed=vault.seal(f"{caller(held).member_id} {reached}"))
