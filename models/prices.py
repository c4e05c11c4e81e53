"""What an SMS costs, roughly, where a cooperative is: to say before sending what it will cost. The operator bills."""

from collections.abc import Mapping

from models.money import Currency

# A part of an SMS at the bulk price of gateways in the countries of each currency, in whole units, rounded up.
PART: Mapping[Currency, int] = {Currency.XOF: 15, Currency.XAF: 20, Currency.GNF: 250}


def of(parts: int, currency: Currency) -> int:
    """What so many parts cost, roughly."""
    return parts * PART[currency]
