"""Texts a leader need not type: said to each member in their own language. The gaps are filled when one is sent."""

from collections.abc import Callable, Mapping

from flows import i18n, names

_ = i18n.words(__name__)


def danger(place: str, service_code: str) -> str:
    """Danger at a site, at once."""
    return _("DANGER {place}: sortez des puits, éloignez-vous. Attendez le message de fin.", place=place)


def danger_over(place: str, service_code: str) -> str:
    """The danger is over."""
    return _("{place}: le danger est passé, selon le comité. Regardez bien avant de descendre.", place=place)


def site_closed(place: str, day: str, service_code: str) -> str:
    """Nobody works at a site on a day."""
    return _("{place}: pas de travail le {day}. Merci de passer le message.", place=place, day=day)


def pay_dues(cooperative: str, service_code: str) -> str:
    """A reminder of dues, with nobody's amount."""
    return _(
        "{cooperative}: pensez à votre cotisation. Votre compte: {code}, puis: Mes cotisations.",
        cooperative=names.called(cooperative),
        code=service_code,
    )


def lot_shared(cooperative: str, service_code: str) -> str:
    """A lot was shared: where a member sees their part of it."""
    return _(
        "{cooperative}: un lot a été partagé. Pour voir votre part: {code}, puis: Ma part.",
        cooperative=names.called(cooperative),
        code=service_code,
    )


ALL: tuple[Callable[..., str], ...] = (danger, danger_over, site_closed, pay_dues, lot_shared)
# What each template needs to be told; the cooperative is known.
GAPS: Mapping[str, tuple[str, ...]] = {
    "danger": ("place",),
    "danger_over": ("place",),
    "site_closed": ("place", "day"),
    "pay_dues": (),
    "lot_shared": (),
}
OF_THE_COOPERATIVE = ("pay_dues", "lot_shared")
