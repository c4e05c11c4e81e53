"""Texts a leader need not type: said to each member in their own language. The gaps are filled when one is sent."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flows import figure_words, i18n, names

_ = i18n.words(__name__)
mark = i18n.mark


def _said(day: str) -> str:
    """A day that is kept as an ISO date, as it is read."""
    return i18n.day(date.fromisoformat(day))


def danger(place: str, service_code: str) -> str:
    """Danger at a site, at once."""
    return _("DANGER {place}: sortez des puits, éloignez-vous. Attendez le message de fin.", place=place)


def danger_over(place: str, service_code: str) -> str:
    """The danger is over."""
    return _("{place}: le danger est passé, selon le comité. Regardez bien avant de descendre.", place=place)


def site_closed(place: str, day: str, service_code: str) -> str:
    """Nobody works at a site on a day."""
    return _("{place}: pas de travail le {day}. Merci de passer le message.", place=place, day=_said(day))


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


def work_together(cooperative: str, day: str, service_code: str) -> str:
    """All work together on a day."""
    return _(
        "{cooperative}: travail en commun le {day}, le matin. Venez avec vos outils.",
        cooperative=names.called(cooperative),
        day=_said(day),
    )


def buyer_comes(cooperative: str, day: str, service_code: str) -> str:
    """A buyer comes on a day."""
    return _("{cooperative}: l'acheteur vient le {day}.", cooperative=names.called(cooperative), day=_said(day))


def office_open(cooperative: str, day: str, service_code: str) -> str:
    """The office can be visited on a day."""
    return _(
        "{cooperative}: le bureau est ouvert le {day}. Passez si vous avez une question.",
        cooperative=names.called(cooperative),
        day=_said(day),
    )


def case_figures(cooperative: str, year: str, service_code: str, **counts: int | None) -> str:
    """What was published of the cases of a year: `received`, `settled` and `open`, None where one is hidden."""
    return _(
        "{cooperative}, plaintes {year}. Reçues: {received}. Réglées: {settled}. En cours: {open}. "
        "Détail à l'assemblée.",
        cooperative=names.called(cooperative),
        year=year,
        **{name: figure_words.said(count) for name, count in counts.items()},
    )


NOTICES: tuple[Callable[..., str], ...] = (
    danger,
    danger_over,
    site_closed,
    pay_dues,
    lot_shared,
    work_together,
    buyer_comes,
    office_open,
    case_figures,
)
# What each template needs to be told; the cooperative is known.
GAPS: Mapping[str, tuple[str, ...]] = {
    "danger": ("place",),
    "danger_over": ("place",),
    "site_closed": ("place", "day"),
    "pay_dues": (),
    "lot_shared": (),
    "work_together": ("day",),
    "buyer_comes": ("day",),
    "office_open": ("day",),
}
# What these say was published before; they are asked for by their year.
PUBLISHED = ("case_figures",)
OF_THE_COOPERATIVE = ("pay_dues", "lot_shared", "work_together", "buyer_comes", "office_open", "case_figures")


class Template(StrEnum):
    """A text that is offered on the phone: whoever sends it fills no gap, and what has a day is of tomorrow."""

    WORK = "work_together"
    DUES = "pay_dues"
    CLOSED = "site_closed"
    BUYER = "buyer_comes"
    OFFICE = "office_open"


SHORT: Mapping[Template, str] = {
    Template.WORK: mark("Travail demain matin"),
    Template.DUES: mark("Penser à la cotisation"),
    Template.CLOSED: mark("Pas de travail demain"),
    Template.BUYER: mark("L'acheteur vient demain"),
    Template.OFFICE: mark("Bureau ouvert demain"),
}


def ends(template: str, day: date, zone: ZoneInfo) -> datetime | None:
    """When a text that names a day is over: with the day, or its morning; nobody is called to work of last week."""
    if "day" not in GAPS[template]:
        return None
    morning = datetime.combine(day, time(12), zone)
    return morning if template == Template.WORK else datetime.combine(day + timedelta(days=1), time(0), zone)


def short(template: Template) -> str:
    """A text as it stands in a list."""
    return _(SHORT[template])


def filled(template: Template, cooperative: str, tomorrow: date) -> dict[str, str]:
    """What a text says when it is sent from the phone. It may arrive on the day itself, so the day is named."""
    known = {"cooperative": cooperative, "place": names.called(cooperative), "day": tomorrow.isoformat()}
    wanted = GAPS[template] + (("cooperative",) if template in OF_THE_COOPERATIVE else ())
    return {name: known[name] for name in wanted}
