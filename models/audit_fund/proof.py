"""The proof of audit funds: the parts of each call add up to it and to its entry."""

from collections.abc import Iterator

from sqlalchemy import Connection, String, cast, func, select

from models.audit_fund.tables import FundCall, FundPart, FundPayment
from models.entries import Account, Entry, EntryKind, Posting
from models.proving.faults import Fault

_ON_AFFILIATES = cast(Posting.account, String) == Account.AFFILIATES.value
_PARTS = select(func.coalesce(func.sum(FundPart.amount), 0)).where(FundPart.entry_id == Entry.id).scalar_subquery()
_CHARGED = (
    select(func.coalesce(func.sum(Posting.amount), 0)).where(Posting.entry_id == Entry.id, _ON_AFFILIATES)
).scalar_subquery()
_UNEVEN = (
    select(Entry.cooperative_id, Entry.key)
    .outerjoin(FundCall, FundCall.entry_id == Entry.id)
    .where(Entry.kind == EntryKind.AUDIT_FUND)
    .where((_PARTS != _CHARGED) | (func.coalesce(FundCall.amount, 0) != _CHARGED))
    .order_by(Entry.id)
)
_NOBODYS = (
    select(Entry.cooperative_id, Entry.key)
    .join(Posting, Posting.entry_id == Entry.id)
    .outerjoin(FundPayment, FundPayment.entry_id == Entry.id)
    .where(Entry.kind == EntryKind.PAYMENT, _ON_AFFILIATES, FundPayment.entry_id.is_(None))
    .order_by(Entry.id)
)


def faults(db: Connection) -> Iterator[Fault]:
    """What is wrong with calls of audit funds, each as a sentence that names the entry."""
    for home, key in db.execute(_UNEVEN):
        yield Fault(f"entry {key}: the parts of the affiliates do not add up to the call", home)
    for home, key in db.execute(_NOBODYS):
        yield Fault(f"entry {key}: nobody knows which affiliate paid it", home)
