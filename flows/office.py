"""The office on the phone: what an officer records, decides and proposed, by role. All of it stands behind the code."""

from flows import (
    alert,
    applicants,
    approval,
    buyer,
    committee,
    group,
    handover,
    i18n,
    late,
    leader,
    new_number,
    paying,
    team,
    treasurer,
    watch,
)
from flows.engine import Menu, Option, screen, to
from flows.guards import officer
from flows.talk import Talk
from models import alerts, approvals
from models.announcements import LEADERS
from models.grievances import sight
from models.grievances.scopes import DESKS
from models.lots import RECORDERS
from models.members import OFFICERS, Role
from models.new_numbers import REGISTRARS
from models.receiving import CASHIERS

_ = i18n.words(__name__)


ROLES = (*LEADERS, Role.COMMITTEE)


@screen(needs=officer(*ROLES), deep=False)
def home(talk: Talk) -> Menu:
    role = talk.member.role
    if role in OFFICERS:
        return Menu(_("Bureau"), _office(talk))
    return Menu(_("Bureau"), [*([_leading()] if role in LEADERS else ()), *_cases(talk)])


def _cases(talk: Talk) -> list[Option]:
    """The desk of the cases, and who watches over it. Where nobody's cases lie there is no such line."""
    options, hand = [], talk.hand
    if hand.role in DESKS:
        options.append(Option(_("Dossiers ({count})", count=sight.count(talk.db, hand)), to(committee.home), number=16))
    watches = watch.watches(talk.db, hand)
    if watches:
        options.append(Option(_("En retard"), to(watch.late), number=17))
    if watches or hand.role is Role.GENDER_PRESIDENT:
        options.append(Option(_("Qui a lu ({count})", count=watch.wanted(talk)), to(watch.readings), number=18))
    return options


def _leading() -> Option:
    return Option(_("Réunions et messages"), to(leader.home), number=11)


def _office(talk: Talk) -> list[Option]:
    """What an officer has to do, by role."""
    load, role = approvals.load(talk.db, talk.hand, talk.now), talk.member.role
    options = []
    if role in CASHIERS:
        mine = role is Role.TREASURER
        received = _("Noter un paiement") if mine else _("Paiement d'un trésorier")
        paid = _("Payer les parts") if mine else _("Part d'un trésorier")
        options += [
            Option(received, to(treasurer.record), number=1),
            Option(_("Paiements déclarés ({count})", count=load.declared), to(treasurer.declared), number=2),
            Option(paid, to(paying.home), number=3),
        ]
    options.append(Option(_("À décider ({count})", count=load.proposed), to(approval.home), number=4))
    options.append(Option(_("Mes propositions"), to(approval.sent), number=5))
    if role in REGISTRARS:
        options.append(Option(_("Changer un numéro"), to(new_number.home), number=6))
    if role in RECORDERS:
        options.append(Option(_("Travail d'une équipe"), to(team.home), number=7))
    if role in CASHIERS:
        options.append(Option(_("Argent d'un acheteur"), to(buyer.home), number=10))
    options.append(_leading())
    if role in REGISTRARS:
        options.append(Option(_("Demandes d'entrée ({count})", count=load.joining), to(applicants.home), number=12))
    options.append(Option(_("Retards de cotisation"), to(late.home), number=13))
    options.append(Option(_("Passer ma charge"), to(handover.home), number=14))
    if alerts.concerned(talk.db, talk.hand):
        options.append(Option(_("Alertes sur la coop ({count})", count=alert.waiting(talk)), to(alert.home), number=15))
    options += _cases(talk)
    if role in REGISTRARS:
        options.append(Option(_("Site et équipe d'un membre"), to(group.home), number=19))
    return options
