"""The audit fund as it is told: what is in it, each call, and how an affiliate stands with it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, ScalarSelect, and_, bindparam, case, func, select
from sqlalchemy.orm import aliased

from models.audit_fund.tables import FundCall, FundPart, FundPayment
from models.cooperatives import ABOVE, Affiliation, Cooperative
from models.entries import STANDS, Account, Entry, Posting
from models.sharing import by_number

# What was called and is paid, less what was spent: what affiliates still owe is not in the fund.
_BALANCE = (
    select(-func.coalesce(func.sum(Posting.amount), 0))
    .join(Entry, Entry.id == Posting.entry_id)
    .where(Entry.cooperative_id == bindparam("body"))
    .where(Posting.account.in_((Account.AUDIT_FUND, Account.AFFILIATES)))
)


def balance(db: Connection, cooperative_id: int) -> int:
    """What is in the fund."""
    return int(db.execute(_BALANCE, {"body": cooperative_id}).scalar_one())


@dataclass(frozen=True, slots=True)
class Standing:
    """How an affiliate stands with a fund, all years together."""

    code: str
    called: int
    paid: int

    @property
    def owed(self) -> int:
        """What it still has to pay."""
        return self.called - self.paid


def _called() -> ScalarSelect[Any]:
    return (
        select(func.coalesce(func.sum(FundPart.amount), 0))
        .join(FundCall, FundCall.entry_id == FundPart.entry_id)
        .join(Entry, Entry.id == FundCall.entry_id)
        .where(FundPart.affiliate_id == Cooperative.id, FundCall.cooperative_id == bindparam("body"), STANDS)
        .correlate(Cooperative)
        .scalar_subquery()
    )


def _paid() -> ScalarSelect[Any]:
    return (
        select(-func.coalesce(func.sum(Posting.amount), 0))
        .join(FundPayment, FundPayment.entry_id == Posting.entry_id)
        .join(Entry, Entry.id == Posting.entry_id)
        .where(FundPayment.affiliate_id == Cooperative.id, FundPayment.cooperative_id == bindparam("body"))
        .where(Posting.account == Account.AFFILIATES, STANDS)
        .correlate(Cooperative)
        .scalar_subquery()
    )


_STANDINGS = (
    select(Cooperative.code, _called(), _paid())
    .join(Affiliation, Affiliation.cooperative_id == Cooperative.id)
    .where(Affiliation.parent_id == bindparam("body"))
)
_STANDING = select(Cooperative.code, _called(), _paid()).where(Cooperative.id == bindparam("affiliate"))


def standings(db: Connection, cooperative_id: int) -> list[Standing]:
    """How every affiliate stands with a fund, by code."""
    rows = db.execute(_STANDINGS, {"body": cooperative_id})
    found = [Standing(code, int(called), int(paid)) for code, called, paid in rows]
    return sorted(found, key=lambda each: by_number(each.code))


def standing(db: Connection, cooperative_id: int, affiliate_id: int) -> Standing:
    """How one affiliate stands with a fund."""
    row = db.execute(_STANDING, {"body": cooperative_id, "affiliate": affiliate_id}).one()
    return Standing(row[0], int(row[1]), int(row[2]))


@dataclass(frozen=True, slots=True)
class Called:
    """A call as a member reads it: of the body above, and the part of their own cooperative or of one above it.

    The affiliate is None, and its shares and part are 0, for the members of the body that has the fund.
    """

    entry_id: int
    cooperative_id: int
    cooperative: str
    year: int
    amount: int
    all_shares: int
    affiliate_id: int | None
    affiliate: str | None
    shares: int
    part: int


_AFFILIATE = aliased(Cooperative)
_COLUMNS: tuple[Any, ...] = (
    FundCall.entry_id,
    FundCall.cooperative_id,
    Cooperative.name,
    FundCall.year,
    FundCall.amount,
    FundCall.shares,
    FundPart.affiliate_id,
    _AFFILIATE.name,
    func.coalesce(FundPart.shares, 0),
    func.coalesce(FundPart.amount, 0),
)
_CALLS = (
    select(*_COLUMNS)
    .join(Entry, Entry.id == FundCall.entry_id)
    .join(Cooperative, Cooperative.id == FundCall.cooperative_id)
    .outerjoin(FundPart, and_(FundPart.entry_id == FundCall.entry_id, FundPart.affiliate_id.in_(ABOVE)))
    .outerjoin(_AFFILIATE, _AFFILIATE.id == FundPart.affiliate_id)
    .where(FundCall.cooperative_id.in_(ABOVE), STANDS)
    # The nearest comes first: the part of the member's own cooperative, then of those above it.
    .order_by(FundCall.year.desc(), case((FundPart.affiliate_id == bindparam("body"), 0), else_=1))
    .order_by(FundCall.entry_id, FundPart.affiliate_id)
)
_NEWEST = _CALLS.limit(bindparam("limit"))
_ONE = _CALLS.where(FundCall.entry_id == bindparam("entry")).where(
    FundPart.affiliate_id.is_not_distinct_from(bindparam("affiliate", type_=Cooperative.id.type))
)


def calls(db: Connection, cooperative_id: int, limit: int) -> list[Called]:
    """The calls that a member of a cooperative can read, newest year first."""
    return [Called(*row) for row in db.execute(_NEWEST, {"body": cooperative_id, "limit": limit})]


def call(db: Connection, cooperative_id: int, entry_id: int, affiliate_id: int | None) -> Called | None:
    """One call and one part of it, or None when this cooperative has nothing to do with it."""
    given = {"body": cooperative_id, "entry": entry_id, "affiliate": affiliate_id}
    row = db.execute(_ONE, given).one_or_none()
    return None if row is None else Called(*row)
