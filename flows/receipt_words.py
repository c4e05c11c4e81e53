"""The words on receipts, for a screen and an SMS: what mine says, and what anybody may know of one."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flows import i18n, names
from models.dues import Line
from models.members import Speaker
from models.money import Currency, Money, grouped
from models.receipts import Answer, Outcome, Verified

_ = i18n.words(__name__)


def receipt_facts(line: Line, whose: Speaker) -> dict[str, Any]:
    """A receipt as it is kept for an SMS; its amount only for who asked for amounts by SMS, alone on the phone."""
    return {
        "cooperative": whose.cooperative,
        "number": line.receipt,
        "day": line.happened_on.isoformat(),
        "amount": abs(line.amount) if whose.amounts_by_sms and whose.alone else None,
        "currency": whose.currency,
    }


def receipt(service_code: str, cooperative: str, number: str, day: str, amount: int | None, currency: str) -> str:
    """The receipt of a payment, and how anybody can verify it."""
    lines = [
        _("{cooperative}: paiement du {day} noté.", cooperative=names.called(cooperative), day=_day(day)),
        to_verify(number),
    ]
    if amount is not None:
        lines.insert(1, str(Money(amount, Currency(currency))))
    return "\n".join(lines)


def to_verify(number: str) -> str:
    """How anybody can verify a receipt."""
    return _("Reçu {number}. Pour vérifier, envoyez: VERIF {number}", number=number)


def _day(iso: str) -> str:
    return i18n.day(date.fromisoformat(iso))


def verify_facts(number: str, answer: Answer) -> dict[str, Any]:
    """An answer on a receipt as it is kept for an SMS."""
    return {"number": number, "outcome": answer.outcome, "found": [_fact(each) for each in answer.receipts]}


def _fact(found: Verified) -> dict[str, Any]:
    return {
        "cooperative": found.cooperative,
        "currency": found.currency,
        "paid_on": found.paid_on.isoformat(),
        "least": found.least,
        "below": found.below,
        "annulled_on": found.annulled_on and found.annulled_on.isoformat(),
    }


OTHERWISE: Mapping[Outcome, str] = {
    Outcome.WRONG_DIGIT: i18n.mark("Le numéro {number} n'est pas juste: un chiffre ne va pas. Regardez bien le reçu."),
    Outcome.UNKNOWN: i18n.mark("Il n'y a pas de reçu {number}. Montrez le papier à la surveillance de la coopérative."),
    Outcome.SEVERAL: i18n.mark(
        "Plusieurs coopératives ont un reçu {number}. Ajoutez le code de la coopérative: VERIF {number} CODE"
    ),
    Outcome.NO_COOPERATIVE: i18n.mark("Aucune coopérative n'a ce code. Vérifiez-le, ou demandez-le au secrétariat."),
}


def verify(service_code: str, number: str = "", outcome: str = "", found: list[Mapping[str, Any]] | None = None) -> str:
    """What anybody may know of a receipt; without a number, how to ask."""
    if not number:
        return _("Pour vérifier un reçu, envoyez VERIF et son numéro, comme VERIF 12345-6.")
    if outcome != Outcome.VALID:
        return _(OTHERWISE[Outcome(outcome)], number=number)
    return "\n".join([_("Reçu {number}", number=number), *(line for each in found or () for line in _found(each))])


def _found(each: Mapping[str, Any]) -> Iterator[str]:
    cooperative = names.called(each["cooperative"])
    if each["annulled_on"]:
        yield _("{cooperative}: annulé le {day}.", cooperative=cooperative, day=_day(each["annulled_on"]))
    else:
        yield _("{cooperative}: bon.", cooperative=cooperative)
    yield _("Payé le {day}, {about}", day=_day(each["paid_on"]), about=_about(each))


def _about(each: Mapping[str, Any]) -> str:
    """The class of an amount in words."""
    currency = Currency(each["currency"])
    if each["below"] is None:
        return _("{least} ou plus", least=Money(each["least"], currency))
    if not each["least"]:
        return _("moins de {below}", below=Money(each["below"], currency))
    return _("de {least} à moins de {below}", least=grouped(each["least"]), below=Money(each["below"], currency))


NOTICES = (receipt, verify)
