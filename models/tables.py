"""Every table, for the migrations: importing this module is enough to know them all."""

from models import (
    callers,
    cases,
    chain,
    codes,
    cooperatives,
    dues,
    gateways,
    grievances,
    inbox,
    ledger,
    meetings,
    members,
    messages,
    payouts,
    proposals,
    questions,
    sessions,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "callers",
    "cases",
    "chain",
    "codes",
    "cooperatives",
    "dues",
    "gateways",
    "grievances",
    "inbox",
    "ledger",
    "meetings",
    "members",
    "messages",
    "metadata",
    "payouts",
    "proposals",
    "questions",
    "sessions",
]
