"""What each deed will do, in figures, for whoever turns the second key."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from flows import channel, deed_lines, i18n, notices, plan_words, reach, roles, rule, steps, surplus
from flows.talk import Talk
from models import approvals, linking, members, new_numbers, proposed_broadcasts, proposed_meetings, rules, vault
from models.members import Role
from models.money import Money
from models.proposals import Deed, Proposed
from models.sharing import by_number
from models.sharing.beneficiaries import member, number_of
from models.surplus.books import Resolved
from models.surplus.sharing import share_out

_ = i18n.words(__name__)

Words = Callable[[Talk, Proposed], str]


def _money(talk: Talk, amount: int) -> Money:
    return talk.member.money(amount)


def _reason(proposed: Proposed) -> list[str]:
    sealed = proposed.facts.get("reason_sealed")
    return [_("Raison: {reason}", reason=vault.unseal(sealed))] if sealed else []


def _booked(talk: Talk, proposed: Proposed) -> list[str]:
    """An entry of the books, and whose it is."""
    entry_id = proposed.facts["entry_id"]
    entry = approvals.booked(talk.db, proposed.cooperative_id, [entry_id]).get(entry_id)
    if entry is None:
        return [_("Cette écriture n'est pas dans les livres.")]
    facts = {"kind": deed_lines.kind(entry.kind), "label": entry.label, "amount": _money(talk, entry.amount)}
    lines = [_("{kind}: {label}, {amount} du {day}", day=i18n.day(entry.on), **facts)]
    return [*lines, _("Membre {number}", number=entry.number)] if entry.number is not None else lines


def _reverse(talk: Talk, proposed: Proposed) -> str:
    return "\n".join([*_booked(talk, proposed), *_reason(proposed)])


def _change_phone(talk: Talk, proposed: Proposed) -> str:
    new, old = new_numbers.numbers(proposed)
    whose, others = new_numbers.concerned(talk.db, proposed)
    lines = [_("Membre {number}, {name}", number=whose.number, name=whose.name)] if whose else []
    lines.append(_("Nouveau: {new}", new=new))
    lines += [_("Il est déjà au membre {number}", number=each.number) for each in others]
    lines += [_("Enlevé: {old}", old=old)] if old else []
    return "\n".join(lines)


def _change_role(talk: Talk, proposed: Proposed) -> str:
    facts = proposed.facts
    numbers = approvals.numbers(talk.db, proposed.cooperative_id, [facts["member_id"]])
    return _(
        "Membre {number}\nAujourd'hui: {before}\nDésormais: {role}",
        number=numbers.get(facts["member_id"], "?"),
        before=roles.role(Role(facts["before"])),
        role=roles.role(Role(facts["role"])),
    )


def _publish_lot(talk: Talk, proposed: Proposed) -> str:
    facts = proposed.facts
    lines = [
        _("Lot {number}: {gross}", number=facts["number"], gross=_money(talk, facts["gross"])),
        _("Membres: {members}, en tout {sum}", members=facts["members"], sum=_money(talk, facts["to_members"])),
        _("Règle {name}, version {version}", name=facts["rule"], version=facts["version"]),
    ]
    if facts["insiders"]:
        lines.append(_("Attention: un responsable achète ou finance ce lot."))
    return "\n".join([*lines, *_given(talk, facts)])


def _given(talk: Talk, facts: Mapping[str, Any], signed: bool = False) -> Iterator[str]:
    """Who gets what of a lot: others by name, then members by number, those who get nothing too."""
    kept = facts["recovered"]
    amounts = {to: _money(talk, amount) for to, amount in facts["shares"].items()}
    shares = {to: amount.signed if signed else str(amount) for to, amount in amounts.items()}
    for to, amount in shares.items():
        if number_of(to) is None:
            yield f"{steps.called(to)}: {amount}"
    yield _("Par membre:")
    for number in sorted(filter(None, map(number_of, shares)), key=by_number):
        line = f"{number}: {shares[member(number)]}"
        recovered = kept.get(number)
        yield line + (", " + _("retenu {amount}", amount=_money(talk, recovered)) if recovered else "")


def _adjust_lot(talk: Talk, proposed: Proposed) -> str:
    """Both gross amounts, the difference, and what each gets more or less: who was paid already owes the less."""
    facts, shares = proposed.facts, proposed.facts["shares"]
    before, gross = facts["before"], facts["gross"]
    sale = {"number": facts["number"], "before": _money(talk, before), "gross": _money(talk, gross)}
    lines = [
        _("Lot {number}: vente {before}, corrigée: {gross}", **sale),
        _("Différence: {amount}", amount=_money(talk, gross - before).signed),
        *_reason(proposed),
    ]
    if gross < before:
        lines.append(_("Qui est déjà payé doit la différence."))
    return "\n".join([*lines, *_given(talk, {"shares": shares, "recovered": {}}, signed=True)])


def _change_rule(talk: Talk, proposed: Proposed) -> str:
    written = rules.rule(talk.db, proposed.facts["rule_id"])
    return _("Cette règle n'est pas écrite.") if written is None else rule.worded(talk, written)


def _share_surplus(talk: Talk, proposed: Proposed) -> str:
    resolved = Resolved.of(proposed.facts)
    title = _(
        "Excédent {year}: {amount}\n{resolution}, {day}",
        year=resolved.year,
        amount=_money(talk, resolved.decision.surplus),
        resolution=resolved.resolution,
        day=i18n.day(resolved.held_on),
    )
    given = [each.line for each in share_out(resolved.decision).steps if not each.line.to.startswith("member:")]
    return "\n".join([title, *(f"{surplus.title(line.to, line.label)}: {_money(talk, line.amount)}" for line in given)])


def _call_audit_fund(talk: Talk, proposed: Proposed) -> str:
    facts = proposed.facts
    return _(
        "Appel {year}: {amount} à {count} membres du réseau, selon leurs parts\n{resolution}",
        year=facts["year"],
        amount=_money(talk, facts["amount"]),
        count=len(facts["shares"]),
        resolution=facts["resolution"],
    )


def _spend_audit_fund(talk: Talk, proposed: Proposed) -> str:
    facts = proposed.facts
    return _(
        "{amount} pour l'audit de {affiliate}, le {day} ({channel})",
        amount=_money(talk, facts["amount"]),
        affiliate=facts["affiliate"],
        day=i18n.day(date.fromisoformat(facts["on"])),
        channel=channel.channel(facts["channel"]),
    )


def _send_broadcast(talk: Talk, proposed: Proposed) -> str:
    draft = proposed_broadcasts.draft_of(proposed)
    text, _language = notices.say(draft.kind, draft.facts, i18n.spoken(), talk.service_code)
    facts = proposed.facts
    size = _("{people} téléphones, {parts} SMS:", people=facts["people"], parts=facts["parts"])
    lines = [f"{reach.whom(draft)}: {size}", text]
    if facts.get("rule"):
        lines.append(_("Il revient par une règle, {times} fois par mois.", times=facts.get("times", 1)))
    elif facts.get("recurrence") is not None:
        lines.append(_("Il revient déjà par une règle, et va maintenant à plus de téléphones."))
    return "\n".join(lines)


def _call_meeting(talk: Talk, proposed: Proposed) -> str:
    draft, facts = proposed_meetings.notice_of(talk.db, proposed, talk.now), proposed.facts
    text, _language = notices.say(draft.kind, draft.facts, i18n.spoken(), talk.service_code)
    size = _("{people} téléphones, {parts} SMS:", people=facts["people"], parts=facts["parts"])
    lines = [f"{reach.whom(draft)}: {size}", text]
    if facts["rule"]:
        lines.append(_("Elle revient par une règle, {times} fois par mois.", times=facts["times"]))
    elif facts["regular"] is not None:
        lines.append(_("Elle revient déjà par une règle, et appelle maintenant plus de téléphones."))
    return "\n".join(lines)


def _hand_over(talk: Talk, proposed: Proposed) -> str:
    facts = proposed.facts
    numbers = approvals.numbers(talk.db, proposed.cooperative_id, [facts["member_id"]])
    number = numbers.get(facts["member_id"], "?")
    found = members.called(talk.db, proposed.cooperative_id, number)
    return _(
        "{role}: membre {number}, {name}, à partir du {day}",
        role=roles.role(Role(facts["role"])),
        number=number,
        name=found[1] if found else "?",
        day=i18n.day(date.fromisoformat(facts["on"])),
    )


def _link_members(talk: Talk, proposed: Proposed) -> str:
    lines = [
        _("Membre {number}, {name}, {coop}", number=each.number, name=each.name, coop=each.cooperative)
        for each in linking.pair(talk.db, proposed)
    ]
    undo = proposed.facts["undo"]
    said = _("Ils ne sont plus proches.") if undo else _("Ils sont proches: même famille ou mêmes affaires.")
    return "\n".join([*lines, said])


WORDS: Mapping[Deed, Words] = {
    Deed.REVERSE: _reverse,
    Deed.WAIVE: plan_words.waiver,
    Deed.CHANGE_PHONE: _change_phone,
    Deed.CHANGE_ROLE: _change_role,
    Deed.CHANGE_PLAN: plan_words.plan,
    Deed.SUBSCRIBE: plan_words.subscription,
    Deed.PUBLISH_LOT: _publish_lot,
    Deed.ADJUST_LOT: _adjust_lot,
    Deed.CHANGE_RULE: _change_rule,
    Deed.SHARE_SURPLUS: _share_surplus,
    Deed.CALL_AUDIT_FUND: _call_audit_fund,
    Deed.SPEND_AUDIT_FUND: _spend_audit_fund,
    Deed.SEND_BROADCAST: _send_broadcast,
    Deed.HAND_OVER: _hand_over,
    Deed.CALL_MEETING: _call_meeting,
    Deed.LINK_MEMBERS: _link_members,
}


def will_do(talk: Talk, proposed: Proposed) -> str:
    """What happens when a proposal is approved, in figures."""
    return WORDS[proposed.deed](talk, proposed)
