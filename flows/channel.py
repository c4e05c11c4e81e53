"""How money changes hands, and what a payment is for, in words."""

from collections.abc import Callable, Mapping

from flows import answers, i18n
from flows.engine import Ask, Option, Place
from flows.engine.pages import BACK, HOME
from models import statements
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

# What comes through an operator or a bank is known by their reference (domain: mobile money).
REFERRED = statements.CHANNELS


def channel(through: str) -> str:
    """How money changed hands."""
    return _(CHANNELS[Account(through)])


def purpose(towards: str) -> str:
    """What was paid for."""
    return _(PURPOSES[Account(towards)])


def options(chosen: Callable[[Account], Place]) -> list[Option]:
    """A choice of how money changes hands."""
    return [Option(channel(each), chosen(each)) for each in CHANNELS]


def reference(then: Callable[[str], Place]) -> Ask[str]:
    """By which reference an operator knows the money."""
    return Ask(
        _("Référence de l'opérateur ou de la banque, dans son SMS ou sur le bordereau (8 et 9 comptent):"),
        read=answers.reference,
        then=then,
        keys=REFERENCE_KEYS,
    )
