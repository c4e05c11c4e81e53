"""The words of the SMS to the treasurers of affiliates, on the audit fund; with the amount for who asked for it."""

from datetime import date

from flows import i18n
from models.money import Currency, Money

_ = i18n.words(__name__)


def fund_called(service_code: str, affiliate: str, apex: str, currency: str, year: int, amount: int | None) -> str:
    """The part of an affiliate in a year's call."""
    if amount is None:
        return _(
            "{apex}: la part de {affiliate} dans le fonds d'audit {year} est fixée. Faites {code}, puis: Ma part.",
            apex=apex,
            affiliate=affiliate,
            year=year,
            code=service_code,
        )
    return _(
        "{apex}: la part de {affiliate} dans le fonds d'audit {year} est {amount}. Le calcul: {code}, Ma part.",
        apex=apex,
        affiliate=affiliate,
        year=year,
        amount=Money(amount, Currency(currency)),
        code=service_code,
    )


def fund_paid(service_code: str, affiliate: str, apex: str, currency: str, on: str, amount: int | None) -> str:
    """A payment of an affiliate was recorded."""
    day = i18n.day(date.fromisoformat(on))
    if amount is None:
        return _(
            "{apex} a noté un paiement de {affiliate} du {day} au fonds d'audit. Vérifiez: {code}, Ma part.",
            apex=apex,
            affiliate=affiliate,
            day=day,
            code=service_code,
        )
    return _(
        "{apex} a noté un paiement de {affiliate} du {day} au fonds d'audit: {amount}. Vérifiez: {code}, Ma part.",
        apex=apex,
        affiliate=affiliate,
        day=day,
        amount=Money(amount, Currency(currency)),
        code=service_code,
    )


NOTICES = (fund_called, fund_paid)
