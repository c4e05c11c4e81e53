"""What two officers decide on, in words: what each deed is called, and what it will do, in figures."""

from collections.abc import Callable, Mapping

from flows import i18n
from flows.talk import Talk
from models import approvals, new_numbers, vault
from models.money import Money
from models.proposals import Deed, Proposed

_ = i18n.words(__name__)
mark = i18n.mark

NAMES: Mapping[Deed, str] = {
    Deed.PUBLISH_LOT: mark("Publier un lot"),
    Deed.CHANGE_RULE: mark("Changer une règle"),
    Deed.CHANGE_PLAN: mark("Changer les cotisations"),
    Deed.WAIVE: mark("Effacer une dette"),
    Deed.REVERSE: mark("Annuler une écriture"),
    Deed.CHANGE_PHONE: mark("Changer un numéro"),
    Deed.SHARE_SURPLUS: mark("Partager l'excédent"),
    Deed.CALL_AUDIT_FUND: mark("Appeler le fonds d'audit"),
    Deed.SPEND_AUDIT_FUND: mark("Dépenser du fonds d'audit"),
    Deed.SUBSCRIBE: mark("Noter des parts sociales"),
}
Words = Callable[[Talk, Proposed], str]


def name(deed: Deed) -> str:
    """What a deed is called."""
    return _(NAMES[deed])


def will_do(talk: Talk, proposed: Proposed) -> str:
    """What happens when a proposal is approved."""
    return WORDS.get(proposed.deed, _facts)(talk, proposed)


def _person(talk: Talk, proposed: Proposed) -> str:
    found = approvals.person(talk.db, proposed.cooperative_id, proposed.facts["member_id"])
    return _("Membre {number}, {name}", number=found[0], name=found[1]) if found else ""


def _facts(talk: Talk, proposed: Proposed) -> str:
    """Whom it is about, how much, and the words it was proposed with, as far as the proposal says them."""
    facts = proposed.facts
    lines = [_person(talk, proposed)] if "member_id" in facts else []
    lines += [str(facts[each]) for each in ("number", "label", "name") if each in facts]
    lines += [str(_money(talk, facts[each])) for each in ("amount", "pot") if each in facts]
    return "\n".join([*lines, *_reason(proposed)])


def _money(talk: Talk, amount: int) -> Money:
    return talk.member.money(amount)


def _reason(proposed: Proposed) -> list[str]:
    sealed = proposed.facts.get("reason_sealed")
    return [_("Raison: {reason}", reason=vault.unseal(sealed))] if sealed else []


def _reverse(talk: Talk, proposed: Proposed) -> str:
    entry = approvals.booked(talk.db, proposed.cooperative_id, proposed.facts["entry_id"])
    if entry is None:
        return _("Cette écriture n'est pas dans les livres.")
    lines = [
        _("{label}, {amount} du {day}", label=entry.label, amount=_money(talk, entry.amount), day=i18n.day(entry.on))
    ]
    if entry.number is not None:
        lines.append(_("Membre {number}", number=entry.number))
    return "\n".join([*lines, *_reason(proposed)])


def _change_phone(talk: Talk, proposed: Proposed) -> str:
    new, old = new_numbers.numbers(proposed)
    whose, others = new_numbers.concerned(talk.db, proposed)
    lines = [_("Membre {number}, {name}", number=whose.number, name=whose.name)] if whose else []
    lines.append(_("Nouveau: {new}", new=new))
    lines += [_("Il est déjà au membre {number}", number=each.number) for each in others]
    lines += [_("Enlevé: {old}", old=old)] if old else []
    return "\n".join(lines)


WORDS: Mapping[Deed, Words] = {
    Deed.REVERSE: _reverse,
    Deed.CHANGE_PHONE: _change_phone,
}
