"""Receipts that any phone can verify: whether there is one, its day, about how much, and whether it was annulled.

Nobody learns a name or the amount: a class of amounts is all that a guessed number gives.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from models.chain import Receipt
from models.cooperatives import Cooperative
from models.dues import printed
from models.entries import MONEY, Entry, Posting
from models.money import Currency

NAMED_AT_MOST = 3
# Where a class of amounts ends and the next begins, in whole units of the currency.
CLASSES = (
    *(1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000),
    *(1_000_000, 5_000_000, 10_000_000, 50_000_000),
)
_DASHED = re.compile(
    r"(?:[^\d]{0,4})(\d(?:[\d .]{0,14}\d)?)\s*[-\u2010-\u2015/_]\s*(\d)(?:[\s,;:.]+(\S.*))?", re.DOTALL
)
_SPACED = re.compile(r"(?:[^\d]{0,4})(\d{1,12})\s+(\d)(?:[\s,;:.]+(\D.*))?", re.DOTALL)
_PLAIN = re.compile(r"(?:[^\d]{0,4})(\d{2,13})(?:[\s,;:.]+(\S.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed of a receipt: its number, its check digit, and the code of a cooperative if they gave one."""

    number: int
    digit: str
    code: str = ""

    @property
    def printed(self) -> str:
        """The number as it is printed."""
        return f"{self.number}-{self.digit}"


def asked(typed: str) -> Asked | None:
    """Read "12345-6", "123456" or "12345-6 KOGB"; None when it is no such number."""
    found = _DASHED.fullmatch(typed.strip()) or _SPACED.fullmatch(typed.strip())
    if found:
        number, digit, code = re.sub(r"\D", "", found[1]), found[2], found[3]
    else:
        found = _PLAIN.fullmatch(typed.strip())
        if found is None:
            return None
        number, digit, code = found[1][:-1], found[1][-1], found[2]
    if not f"{number}{digit}".isascii() or int(number) > 10**12:
        return None
    return Asked(int(number), digit, (code or "").strip())


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt as anybody may know it. The amount is from `least` on and below `below`."""

    cooperative: str
    code: str
    currency: Currency
    paid_on: date
    least: int
    below: int | None
    annulled_on: date | None


class Outcome(StrEnum):
    """What there is to say of a number."""

    VALID = "valid"
    WRONG_DIGIT = "wrong_digit"
    UNKNOWN = "unknown"
    SEVERAL = "several"  # valid in more cooperatives than are named: the code of one is needed
    NO_COOPERATIVE = "no_cooperative"  # the code that was given is none


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer on a number, with the receipts when there are a few."""

    outcome: Outcome
    receipts: tuple[Verified, ...] = ()


_undoing = aliased(Entry)
_FOUND = (
    select(
        Cooperative.id,
        Cooperative.name,
        Cooperative.code,
        Cooperative.currency,
        Entry.happened_on,
        func.sum(Posting.amount),
        func.max(_undoing.happened_on),
        Receipt.entry_id,
    )
    .select_from(Cooperative)
    .outerjoin(Receipt, (Receipt.cooperative_id == Cooperative.id) & (Receipt.number == bindparam("number")))
    .outerjoin(Entry, Entry.id == Receipt.entry_id)
    .outerjoin(Posting, (Posting.entry_id == Entry.id) & Posting.account.in_(MONEY))
    .outerjoin(_undoing, _undoing.reverses_id == Entry.id)
    .group_by(Cooperative.id, Entry.id, Receipt.entry_id)
    .order_by(Cooperative.id)
)


def verify(db: Connection, wanted: Asked, own: Sequence[int] = ()) -> Answer:
    """What may be said of a receipt: one query. `own`: the cooperatives of whoever asks, which come first."""
    rows = db.execute(_FOUND, {"number": wanted.number}).all()
    if wanted.code:
        rows = [row for row in rows if row.code.casefold() == wanted.code.casefold()]
        if not rows:
            return Answer(Outcome.NO_COOPERATIVE)
    fitting = [row for row in rows if printed(row.id, wanted.number) == wanted.printed]
    mine = [row for row in fitting if row.id in own]
    found = [row for row in mine if row.entry_id] or [row for row in fitting if row.entry_id]
    if not found:
        right = mine if own and not wanted.code else fitting
        return Answer(Outcome.UNKNOWN if right else Outcome.WRONG_DIGIT)
    if len(found) > NAMED_AT_MOST:
        return Answer(Outcome.SEVERAL)
    return Answer(Outcome.VALID, tuple(_verified(*row[1:7]) for row in found))


def _verified(
    cooperative: str, code: str, currency: Currency, paid_on: date, amount: int, annulled_on: date | None
) -> Verified:
    place = bisect_right(CLASSES, int(amount))
    least, below = (0, *CLASSES)[place], (*CLASSES, None)[place]
    return Verified(cooperative, code, currency, paid_on, least, below, annulled_on)
