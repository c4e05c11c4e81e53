"""Every table, for the migrations: importing this module is enough to know them all."""

from models import (
    callers,
    capital,
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
    payouts,
    penalties,
    plans,
    proposals,
    questions,
    sessions,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "callers",
    "capital",
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
    "payouts",
    "penalties",
    "plans",
    "proposals",
    "questions",
    "sessions",
]
