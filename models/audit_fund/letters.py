"""What the treasurers of affiliates are told by SMS: their part of a call, and a payment that was recorded."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from models import messages
from models.audit_fund.tables import FundCall, FundPart, FundPayment
from models.cooperatives import Cooperative
from models.entries import Account, Entry, Posting
from models.members import Member, Phone, Role
from models.messages import Urgency

_APEX = aliased(Cooperative)
_WHOM = (Phone.number, Member.language, Member.amounts_by_sms, Cooperative.name, _APEX.name, _APEX.currency)
_CALLED = (
    select(*_WHOM, FundCall.year, FundPart.amount)
    .join(FundPart, FundPart.entry_id == FundCall.entry_id)
    .join(Cooperative, Cooperative.id == FundPart.affiliate_id)
    .join(_APEX, _APEX.id == FundCall.cooperative_id)
    .join(Member, Member.cooperative_id == Cooperative.id)
    .join(Phone, Phone.member_id == Member.id)
    .where(FundCall.entry_id == bindparam("entry"), Member.role == Role.TREASURER, Member.left_on.is_(None))
    .order_by(Cooperative.id, Member.id, Phone.number)
)
_AMOUNT = (
    select(-func.sum(Posting.amount))
    .where(Posting.entry_id == FundPayment.entry_id, Posting.account == Account.AFFILIATES)
    .scalar_subquery()
)
_PAID = (
    select(*_WHOM, Entry.happened_on, _AMOUNT)
    .join(FundPayment, FundPayment.entry_id == Entry.id)
    .join(Cooperative, Cooperative.id == FundPayment.affiliate_id)
    .join(_APEX, _APEX.id == FundPayment.cooperative_id)
    .join(Member, Member.cooperative_id == Cooperative.id)
    .join(Phone, Phone.member_id == Member.id)
    .where(Entry.id == bindparam("entry"), Member.role == Role.TREASURER, Member.left_on.is_(None))
    .order_by(Cooperative.id, Member.id, Phone.number)
)


def tell_called(db: Connection, entry_id: int, now: datetime) -> None:
    """Tell the treasurers of all affiliates the part of each; the amount only to who asked for amounts by SMS."""
    for phone, language, amounts, affiliate, apex, currency, year, part in db.execute(_CALLED, {"entry": entry_id}):
        facts = {"affiliate": affiliate, "apex": apex, "currency": currency, "year": year}
        facts |= {"amount": int(part) if amounts else None}
        key = f"fund_called:{entry_id}:{affiliate}:{phone}"
        messages.queue(db, phone, language, "fund_called", facts, key, now, Urgency.RECEIPT)


def tell_paid(db: Connection, entry_id: int, now: datetime) -> None:
    """Tell the treasurers of an affiliate that a payment of theirs was recorded."""
    for phone, language, amounts, affiliate, apex, currency, on, paid in db.execute(_PAID, {"entry": entry_id}):
        facts = {"affiliate": affiliate, "apex": apex, "currency": currency, "on": on.isoformat()}
        facts |= {"amount": int(paid) if amounts else None}
        key = f"fund_paid:{entry_id}:{affiliate}:{phone}"
        messages.queue(db, phone, language, "fund_paid", facts, key, now, Urgency.RECEIPT)
