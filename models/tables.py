"""Every table, for the migrations: importing this module is enough to know them all."""

from models import (
    callers,
    cases,
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
    sessions,
)
from models.base import Base

metadata = Base.metadata

__all__ = [
    "callers",
    "cases",
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
    "sessions",
]
