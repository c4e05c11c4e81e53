"""The words of the SMS that tell a member what was recorded in their name, and an officer what became of a proposal.

No amount, unless the member asked for amounts by SMS.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flows import i18n, names, receipt_words, roles
from flows.deed import name as called
from models.members import Role
from models.money import Currency, Money
from models.proposals import Deed

_ = i18n.words(__name__)


def payment_noted(service_code: str, member: str, agreed: bool, **facts: Any) -> str:
    """An officer noted a payment of the member, who is asked whether it is right unless they had said so before."""
    said = _("Membre {member}: un paiement est noté à votre nom.", member=member)
    asking = "" if agreed else " " + _("Faites {code} pour dire s'il est juste.", code=service_code)
    proof = "\n" + receipt_words.to_verify(facts["receipt"]) if "receipt" in facts else ""
    return said + asking + _amount(facts) + proof


def payment_refused(service_code: str, member: str, **facts: Any) -> str:
    """An officer says that a payment the member declared did not come."""
    said = _(
        "Membre {member}: un paiement que vous avez déclaré n'est pas confirmé. Faites {code}, puis: Mes cotisations.",
        member=member,
        code=service_code,
    )
    return said + _amount(facts)


def payout_noted(service_code: str, member: str, lot: str, **facts: Any) -> str:
    """An officer says that the member was paid from a lot."""
    said = _(
        "Membre {member}: votre part du lot {lot} est notée comme payée. Faites {code} pour dire si elle est reçue.",
        member=member,
        lot=lot,
        code=service_code,
    )
    return said + _amount(facts)


def share_undone(service_code: str, member: str, lot: str, **_facts: Any) -> str:
    """Two officers undid the sharing of a lot: nothing of it was paid yet."""
    return _(
        "Membre {member}: le partage du lot {lot} est annulé par deux responsables. "
        "Un SMS suivra quand il sera refait.",
        member=member,
        lot=lot,
    )


def share_again(service_code: str, member: str, lot: str, **_facts: Any) -> str:
    """A lot whose sharing was undone is shared again, with other figures."""
    return _(
        "Membre {member}: le partage du lot {lot} est refait. Faites {code}, puis: Ma part.",
        member=member,
        lot=lot,
        code=service_code,
    )


def share_adjusted(service_code: str, member: str, lot: str, **_facts: Any) -> str:
    """Two officers corrected what a published lot was sold for: the member has more of it, or less."""
    return _(
        "Membre {member}: la vente du lot {lot} est corrigée par deux responsables, votre part aussi. "
        "Faites {code}, puis: Ma part.",
        member=member,
        lot=lot,
        code=service_code,
    )


def receipt_undone(service_code: str, member: str, receipt: str, **_facts: Any) -> str:
    """Two officers undid a payment: its receipt is not valid any more."""
    return _(
        "Membre {member}: le reçu {receipt} est annulé par deux responsables. Faites {code}, puis: Mes cotisations.",
        member=member,
        receipt=receipt,
        code=service_code,
    )


def _amount(facts: Mapping[str, Any]) -> str:
    """The amount and the day, for those who asked for amounts by SMS."""
    if "amount" not in facts:
        return ""
    money = Money(facts["amount"], Currency(facts["currency"]))
    return "\n" + _("{amount} le {day}", amount=money, day=i18n.day(date.fromisoformat(facts["on"])))


def number_changed(service_code: str, member: str, cooperative: str, removed: bool) -> str:
    """Another phone speaks for the member from now on: said to the phones they had, so that a theft is noticed."""
    place = {"member": member, "cooperative": names.called(cooperative)}
    said = (
        _("{cooperative}: le téléphone du membre {member} est changé.", **place)
        if removed
        else _("{cooperative}: un téléphone est ajouté au membre {member}.", **place)
    )
    return said + " " + _("Si vous ne l'avez pas demandé, allez vite au bureau.")


def role_changed(service_code: str, member: str, cooperative: str, role: str) -> str:
    """Two officers gave the member another role, or ended the one they had."""
    said = _(
        "{cooperative}: la fonction du membre {member} est maintenant: {role}.",
        cooperative=names.called(cooperative),
        member=member,
        role=roles.role(Role(role)),
    )
    return said + " " + _("Si ce n'est pas juste, allez vite au bureau.")


def code_ended(service_code: str, member: str, cooperative: str, by: str) -> str:
    """An officer ended the secret code of the member: said to all their phones, so that a theft is noticed."""
    said = _(
        "{cooperative}: le membre {by} (bureau) a effacé le code secret du membre {member}.",
        cooperative=names.called(cooperative),
        member=member,
        by=by,
    )
    return said + " " + _("Si vous ne l'avez pas demandé, allez vite au bureau.")


def left(service_code: str, member: str, cooperative: str, by: str, on: str) -> str:
    """An officer wrote down the last day of the member."""
    said = _(
        "{cooperative}: le membre {by} (bureau) a noté que le membre {member} part le {day}.",
        cooperative=names.called(cooperative),
        member=member,
        by=by,
        day=i18n.day(date.fromisoformat(on)),
    )
    return said + " " + _("Si ce n'est pas juste, allez vite au bureau.")


def _member(number: str, coop: str) -> str:
    return _("membre {number} ({coop})", number=number, coop=coop)


def members_linked(
    service_code: str,
    member: str,
    cooperative: str,
    one: Sequence[str],
    other: Sequence[str],
    by: Sequence[str],
    at: str,
    undone: bool,
) -> str:
    """Two officers wrote down that two members belong together, or do no more: for the surveillance of both."""
    place = {"coop": names.called(at), "by": ", ".join(by), "one": _member(*one), "other": _member(*other)}
    said = (
        _("{coop}: les membres {by} (bureau) ont noté que ceux-ci ne sont plus proches: {one}, {other}.", **place)
        if undone
        else _("{coop}: les membres {by} (bureau) ont noté que ceux-ci sont proches: {one}, {other}.", **place)
    )
    return said + " " + _("Si ce n'est pas juste, allez vite au bureau.")


def proposal_approved(service_code: str, deed: str, on: str | None = None, **_facts: Any) -> str:
    """A second officer accepted, and it is done, or will be on its day."""
    if on is not None:
        day = i18n.day(date.fromisoformat(on))
        return _('Votre proposition "{deed}" est acceptée: ce sera fait le {day}.', deed=called(Deed(deed)), day=day)
    return _('Votre proposition "{deed}" est acceptée, c\'est fait.', deed=called(Deed(deed)))


def proposal_refused(service_code: str, deed: str, **_facts: Any) -> str:
    """A second officer refused."""
    return _('Votre proposition "{deed}" est refusée. Rien n\'est changé.', deed=called(Deed(deed)))


def proposal_expired(service_code: str, deed: str, **_facts: Any) -> str:
    """Nobody decided within 24 hours."""
    return _(
        'Personne n\'a décidé en 24 heures sur votre proposition "{deed}". Vous pouvez la refaire.',
        deed=called(Deed(deed)),
    )


def key_wanted(service_code: str, until: str) -> str:
    """Something waits for a second key: nothing is said of what it is, or who turned the first one."""
    end = datetime.fromisoformat(until)
    return _(
        "Coop: votre clé est attendue avant le {day} à {hour}. Faites {code}, Bureau. Ne pas répondre ici.",
        day=i18n.day(end),
        hour=i18n.hour(end),
        code=service_code,
    )


NOTICES: tuple[Callable[..., str], ...] = (
    payment_noted,
    payment_refused,
    payout_noted,
    share_undone,
    share_again,
    share_adjusted,
    receipt_undone,
    number_changed,
    role_changed,
    code_ended,
    left,
    members_linked,
    proposal_approved,
    proposal_refused,
    proposal_expired,
    key_wanted,
)
