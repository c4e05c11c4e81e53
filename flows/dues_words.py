"""What is said of one entry on a member's dues or capital: what is settled of it, by what, and who decided it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flows import i18n
from flows.talk import Talk
from models import plans
from models.allocation import Allocation, Due, Part
from models.capital import Capital
from models.dues import Line
from models.entries import Account, EntryKind
from models.plan_terms import Basis, Terms
from models.plans import Written

_ = i18n.words(__name__)

NAMED_AT_MOST = 3
SENTENCES: Mapping[EntryKind, str] = {
    EntryKind.DUE: i18n.mark("{label}\nÀ payer le {day}:\n{amount}"),
    EntryKind.PENALTY: i18n.mark("Pénalité: {label}\nÀ payer le {day}:\n{amount}"),
    EntryKind.CAPITAL: i18n.mark("{label}\nÀ payer le {day}:\n{amount}"),
    EntryKind.PAYMENT: i18n.mark("Payé le {day}:\n{amount}\nRéférence {label}"),
    EntryKind.WAIVER: i18n.mark("Remise le {day}:\n{amount}\n{label}"),
    EntryKind.REVERSAL: i18n.mark("Annulé le {day}:\n{amount}\n{label}"),
}


def entry(talk: Talk, line: Line, allocated: Allocation) -> Iterator[str]:
    """The lines on one entry of the member who speaks, and on what it settled or was settled by."""
    speaker = talk.member
    amount = speaker.money(abs(line.amount))
    if line.account is Account.CAPITAL:
        yield _("Parts sociales")
    yield _(SENTENCES[line.kind], label=line.label, day=i18n.day(line.happened_on), amount=amount)
    if line.kind is EntryKind.REVERSAL:
        return
    if line.kind is EntryKind.PAYMENT:
        yield from _payment(talk, line, allocated)
    elif line.amount > 0:
        yield from _due(talk, allocated.due(line.entry_id))
        plan = plans.one(talk.db, line.plan_id) if line.plan_id is not None else None
        if plan is not None:
            yield decided(plan)


def _due(talk: Talk, due: Due | None) -> Iterator[str]:
    if due is None:
        yield _("Annulé depuis.")
        return
    money = talk.member.money
    if due.waived:
        yield _("Remise: {waived}", waived=money(due.waived))
    if due.settled and due.open:
        yield _("Réglé: {settled}", settled=money(due.settled))
    yield _("Reste à payer: {open}", open=money(due.open)) if due.open else _("Réglé.")


def _payment(talk: Talk, line: Line, allocated: Allocation) -> Iterator[str]:
    if line.receipt is not None:
        yield _("Reçu {receipt}", receipt=line.receipt)
    parts = allocated.parts.get(line.entry_id)
    if parts is None:
        yield _("Annulé depuis.")
        return
    if parts:
        yield settles(parts, talk.member.today(talk.now))
    ahead = -line.amount - sum(each.amount for each in parts)
    if ahead:
        yield _("D'avance: {ahead}", ahead=talk.member.money(ahead))


def settles(parts: Sequence[Part], today: date) -> str:
    """Which dues a payment settled, the oldest first: "Règle: 01/09, une partie du 01/10"."""
    if len(parts) > NAMED_AT_MOST:
        first, last = (i18n.short_day(each.due_on, today) for each in (parts[0], parts[-1]))
        return _("Règle {count} sommes, du {first} au {last}", count=len(parts), first=first, last=last)
    days = [i18n.short_day(each.due_on, today) for each in parts]
    said = [day if part.whole else _("une partie du {day}", day=day) for part, day in zip(parts, days, strict=True)]
    return _("Règle: {dues}", dues=", ".join(said))


def shares(talk: Talk, mine: Capital) -> Iterator[str]:
    """The lines on the capital of the member who speaks; never mixed with dues."""
    money = talk.member.money
    if not mine.shares:
        yield _("Aucune part n'est souscrite.\nPayé: {paid}", paid=money(mine.paid))
        return
    yield _("Parts: {paid} sur {shares} payées", paid=mine.paid_up, shares=mine.shares)
    yield _("Une part: {face}", face=money(mine.face))
    yield _("Payé: {paid} sur {subscribed}", paid=money(mine.paid), subscribed=money(mine.subscribed))
    if mine.due > 0 and mine.since is not None:
        yield _("À payer: {due}\nDepuis le {day}", due=money(mine.due), day=i18n.day(mine.since))
    if mine.next_on is not None:
        yield _("À venir: {coming} le {day}", coming=money(mine.coming), day=i18n.day(mine.next_on))


def decided(plan: Written | Terms) -> str:
    """What allows the cooperative to ask for it."""
    if plan.basis is Basis.BYLAW or plan.decided_on is None:
        return _("Statuts: {reference}", reference=plan.reference)
    return _("Décidé: AG du {day}, {reference}", day=i18n.day(plan.decided_on), reference=plan.reference)
