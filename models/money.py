"""Money: whole units of a currency that has no smaller one, written the same way in every language."""

from dataclasses import dataclass
from enum import StrEnum


class Currency(StrEnum):
    """The currencies of the six countries; none has a minor unit (ISO 4217)."""

    XOF = "XOF"
    XAF = "XAF"
    GNF = "GNF"


AT_MOST = 100_000_000  # at a time: more is a slip of the finger
UNITS = {Currency.XOF: "F", Currency.XAF: "F", Currency.GNF: "FG"}


def grouped(amount: int) -> str:
    """Write a whole number in groups of three with plain spaces: 12500 is "12 500". A no-break space costs 90."""
    return f"{amount:,}".replace(",", " ")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of one currency. Prints as a member says it, "12 500 F"; a debt is said in words, not by a sign."""

    amount: int
    currency: Currency = Currency.XOF

    @property
    def signed(self) -> str:
        """By how much an amount changes, "+12 500 F" or "-12 500 F"."""
        return f"{'+' if self.amount > 0 else ''}{self}"

    def __str__(self) -> str:
        return f"{grouped(self.amount)} {UNITS[self.currency]}"
