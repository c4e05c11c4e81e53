"""What a second officer reads of a plan, a subscription or a waiver before they decide: all of it, in figures."""

from collections.abc import Iterator, Mapping
from datetime import date

from flows import dues_words, i18n
from flows.talk import Talk
from models import dues, members, plan_terms, plans, vault
from models.members import Role, Sex
from models.periods import Period
from models.plan_terms import Concerns, PlanKind, Terms
from models.proposals import Proposed

_ = i18n.words(__name__)
mark = i18n.mark

EVERY: Mapping[Period | PlanKind, str] = {
    Period.MONTH: mark("{label}: {amount} par mois"),
    Period.QUARTER: mark("{label}: {amount} par trimestre"),
    Period.YEAR: mark("{label}: {amount} par an"),
    PlanKind.ENTRY_FEE: mark("{label}: {amount} à l'adhésion"),
    PlanKind.SPECIAL: mark("{label}: {amount} une fois"),
    PlanKind.CAPITAL: mark("{label}: {amount} la part"),
}
WHO: Mapping[Role | Sex, str] = {
    Role.MEMBER: mark("Pour les membres sans fonction"),
    Role.TEAM_LEADER: mark("Pour les chefs d'équipe"),
    Role.PRESIDENT: mark("Pour la présidence"),
    Role.SECRETARY: mark("Pour le secrétariat"),
    Role.TREASURER: mark("Pour la trésorerie"),
    Role.SURVEILLANCE: mark("Pour la surveillance"),
    Role.COMMITTEE: mark("Pour le comité"),
    Role.GENDER_PRESIDENT: mark("Pour la présidence des femmes"),
    Sex.FEMALE: mark("Pour les femmes"),
    Sex.MALE: mark("Pour les hommes"),
}


def plan(talk: Talk, proposed: Proposed) -> str:
    """A plan that is proposed, or the end of one."""
    if "ends" not in proposed.facts:
        return "\n".join(_terms(talk, plan_terms.read(proposed.facts["plan"])))
    ending = plans.one(talk.db, proposed.facts["ends"])
    last_day = i18n.day(date.fromisoformat(proposed.facts["until"]))
    return _("{label} finit le {day}", label=ending.label if ending else "", day=last_day)


def _terms(talk: Talk, terms: Terms) -> Iterator[str]:
    money = talk.member.money
    every = terms.period if terms.kind is PlanKind.PERIODIC and terms.period else terms.kind
    yield _(EVERY[every], label=terms.label, amount=money(terms.amount))
    yield _("Dès le {day}", day=i18n.day(terms.first_on))
    if terms.until is not None:
        yield _("Jusqu'au {day}", day=i18n.day(terms.until))
    if terms.instalments:
        yield _("À payer en {count} fois", count=len(terms.instalments))
    if terms.concerns is Concerns.MEMBERS:
        yield _("Pour les membres {numbers}", numbers=", ".join(terms.members))
    elif terms.concerned is not None:
        who: Role | Sex = Role(terms.concerned) if terms.concerns is Concerns.ROLE else Sex(terms.concerned)
        yield _(WHO[who])
    if terms.penalty_amount is not None:
        yield _("Après {days} j de retard: {amount}", days=terms.penalty_after, amount=money(terms.penalty_amount))
    if terms.penalty_ppm is not None:
        point = "." if i18n.spoken() == "en" else ","
        percent = f"{terms.penalty_ppm / 10_000:g}".replace(".", point)
        yield _("Après {days} j de retard: {percent} % du reste", days=terms.penalty_after, percent=percent)
    if terms.replaces is not None:
        yield from _replaced(talk, terms.replaces)
    yield dues_words.decided(terms)


def _replaced(talk: Talk, plan_id: int) -> Iterator[str]:
    before = plans.one(talk.db, plan_id)
    if before is not None:
        yield _("Remplace: {label}, {amount}", label=before.label, amount=talk.member.money(before.amount))


def subscription(talk: Talk, proposed: Proposed) -> str:
    """Shares that a member subscribed."""
    facts = proposed.facts
    found = plans.one(talk.db, facts["plan_id"])
    return _(
        "Membre {number}: {shares} parts de {face}\nSigné le {day}: {reference}",
        number=members.number_of(talk.db, facts["member_id"]),
        shares=facts["shares"],
        face=talk.member.money(found.amount if found else 0),
        day=i18n.day(date.fromisoformat(facts["subscribed_on"])),
        reference=facts["reference"],
    )


def waiver(talk: Talk, proposed: Proposed) -> str:
    """An amount that is given up of a due, and why."""
    facts = proposed.facts
    due = dues.line(talk.db, facts["member_id"], facts["entry_id"])
    return _(
        "Membre {number}\nRemise de {amount} sur: {label}\nRaison: {reason}",
        number=members.number_of(talk.db, facts["member_id"]),
        amount=talk.member.money(facts["amount"]),
        label=due.label if due else "",
        reason=vault.unseal(facts["reason_sealed"]),
    )
