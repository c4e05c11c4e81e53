"""The proof of surpluses: the lines of each add up to its entry, account by account and member by member."""

from collections.abc import Iterator

from sqlalchemy import Connection, String, case, cast, func, literal, null, select, union_all

from models.entries import Account, Entry, EntryKind, Posting
from models.proving.faults import Fault
from models.surplus.sharing import CARRIED, GENERAL, OPTIONAL, TRAINING
from models.surplus.tables import Surplus, SurplusLine
from models.surplus.told import POOL

_POSTED = (
    select(Posting.entry_id, cast(Posting.account, String).label("account"), Posting.member_id, Posting.amount)
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.kind == EntryKind.SURPLUS)
)
_ACCOUNT = case(
    (SurplusLine.step == POOL, literal(Account.SHARES.value)),
    (SurplusLine.to == TRAINING, literal(Account.TRAINING.value)),
    (SurplusLine.to == CARRIED, literal(Account.SURPLUS.value)),
    else_=literal(Account.RESERVES.value),
)
_LINES = select(SurplusLine.entry_id, _ACCOUNT, SurplusLine.member_id, SurplusLine.amount).where(
    (SurplusLine.step == POOL) | SurplusLine.to.in_((GENERAL, TRAINING, CARRIED)) | SurplusLine.to.startswith(OPTIONAL)
)
_FOUND = select(Surplus.entry_id, literal(Account.SURPLUS.value), null(), -(Surplus.amount + Surplus.brought))


def faults(db: Connection) -> Iterator[Fault]:
    """What is wrong with the lines of surpluses, each as a sentence that names the entry."""
    both = union_all(_POSTED, _LINES, _FOUND).subquery()
    wrong = (
        select(Entry.cooperative_id, Entry.key, both.c.account)
        .join(Entry, Entry.id == both.c.entry_id)
        .group_by(Entry.id, Entry.cooperative_id, Entry.key, both.c.account, both.c.member_id)
        .having(func.sum(both.c.amount) != 0)
        .order_by(Entry.id, both.c.account)
    )
    for home, key, account in db.execute(wrong):
        yield Fault(f"entry {key}: its lines do not add up to what it posts on {account}", home)
