"""The words of the SMS on a member's own money: what they owe, and what they have of a lot."""

from datetime import date
from typing import Any

from flows import i18n
from models.dues import Standing
from models.money import Currency, Money
from models.payouts import Share

_ = i18n.words(__name__)


def dues_facts(standing: Standing, currency: Currency) -> dict[str, Any]:
    """What a member owes, as it is kept for an SMS."""
    return {
        "currency": currency,
        "paid": standing.paid,
        "owed": standing.owed,
        "since": standing.since and standing.since.isoformat(),
        "coming": standing.coming,
        "coming_on": standing.coming_on and standing.coming_on.isoformat(),
    }


def _date(text: str) -> str:
    return i18n.day(date.fromisoformat(text))


def dues(currency: str, paid: int, owed: int, since: str | None, coming: int, coming_on: str | None) -> str:
    """What a member owes, in words: never a sign."""

    def money(amount: int) -> Money:
        return Money(amount, Currency(currency))

    lines = [_("Cotisations"), _("Payé: {paid}", paid=money(paid))]
    if owed < 0:
        lines.append(_("À jour. Payé d'avance: {ahead}", ahead=money(-owed)))
    elif owed == 0 or since is None:
        lines.append(_("À jour. Reste à payer: {owed}", owed=money(0)))
    else:
        lines += [_("Reste à payer: {owed}", owed=money(owed)), _("Depuis le {day}", day=_date(since))]
    if coming_on:
        lines.append(_("À venir: {coming} le {day}", coming=money(coming), day=_date(coming_on)))
    return "\n".join(lines)


def share_facts(mine: Share, currency: Currency) -> dict[str, Any]:
    """A member's share of a lot, as it is kept for an SMS."""
    return {
        "currency": currency,
        "number": mine.number,
        "sold_on": mine.sold_on.isoformat(),
        "share": mine.share,
        "recovered": mine.recovered,
    }


def share(currency: str, number: str, sold_on: str, share: int, recovered: int) -> str:
    """A member's share of a lot."""
    money = {name: Money(amount, Currency(currency)) for name, amount in (("share", share), ("kept", recovered))}
    return _(
        "Lot {number} du {day}\nVotre part: {share}\nRetenu: {kept}\nNet: {net}",
        number=number,
        day=_date(sold_on),
        net=Money(share - recovered, Currency(currency)),
        **money,
    )


def slip_facts(mine: Share, public: tuple[int, int], currency: Currency) -> dict[str, Any]:
    """The pay slip of a lot, as it is kept for an SMS. `public` is what the lot gave to taxes and to social funds."""
    taxes, social = public
    return share_facts(mine, currency) | {"taxes": taxes, "social": social}


def slip(taxes: int, social: int, **mine: Any) -> str:
    """The pay slip of a lot: the member's own gross, what was taken of it, and what is left. It adds up.

    Taxes and social funds are taken from the lot before it is shared, so nothing of them is taken from a member again.
    """

    def money(amount: int) -> Money:
        return Money(amount, Currency(mine["currency"]))

    said = _(
        "Fiche de paie, lot {number}\nBrut: {share}\nTaxes: {none}\nSocial: {none}\nAvance: {kept}\nNet: {net}",
        number=mine["number"],
        share=money(mine["share"]),
        none=money(0),
        kept=money(mine["recovered"]),
        net=money(mine["share"] - mine["recovered"]),
    )
    if not taxes and not social:
        return said
    before = _("Pris sur le lot avant: taxes {taxes}, social {social}", taxes=money(taxes), social=money(social))
    return f"{said}\n{before}"


NOTICES = (dues, share, slip)
