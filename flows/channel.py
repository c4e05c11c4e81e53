"""How money changes hands, and what a payment is for, in words."""

from collections.abc import Callable, Mapping

from flows import i18n
from flows.engine import Option, Place
from flows.engine.pages import BACK, HOME
from models.entries import Account

_ = i18n.words(__name__)
mark = i18n.mark

CHANNELS: Mapping[Account, str] = {
    Account.CASH: mark("Espèces"),
    Account.ORANGE_MONEY: mark("Orange Money"),
    Account.WAVE: mark("Wave"),
    Account.MOOV: mark("Moov"),
    Account.MTN: mark("MTN"),
    Account.BANK: mark("Banque"),
    Account.OTHER: mark("Autre moyen"),
}
PURPOSES: Mapping[Account, str] = {
    Account.DUES: mark("cotisations"),
    Account.CAPITAL: mark("parts sociales"),
}

REFERENCE_KEYS = frozenset({BACK, HOME})  # a reference may be 8 or 9


def channel(through: str) -> str:
    """How money changed hands."""
    return _(CHANNELS[Account(through)])


def purpose(towards: str) -> str:
    """What was paid for."""
    return _(PURPOSES[Account(towards)])


def options(chosen: Callable[[Account], Place]) -> list[Option]:
    """A choice of how money changes hands."""
    return [Option(channel(each), chosen(each)) for each in CHANNELS]
