"""Every table, for the migrations: importing this module is enough to know them all."""

from models import (
    audit_fund,
    callers,
    cases,
    chain,
    codes,
    cooperatives,
    dues,
    grievances,
    inbox,
    ledger,
    meetings,
    members,
    messages,
    nights,
    payouts,
    proposals,
    questions,
    sessions,
    surplus,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "audit_fund",
    "callers",
    "cases",
    "chain",
    "codes",
    "cooperatives",
    "dues",
    "grievances",
    "inbox",
    "ledger",
    "meetings",
    "members",
    "messages",
    "metadata",
    "nights",
    "payouts",
    "proposals",
    "questions",
    "sessions",
    "surplus",
]
