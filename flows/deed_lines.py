"""What tells one proposal from another in a list: of which member, lot, rule or plan it is, and how much."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows import i18n, roles
from flows.meeting_words import kind_of_meeting
from flows.talk import Talk
from models import approvals
from models.approvals import Booked
from models.entries import EntryKind
from models.meetings import MeetingKind
from models.members import Role
from models.money import Money
from models.proposals import Deed, Proposed

_ = i18n.words(__name__)
mark = i18n.mark

KINDS: Mapping[EntryKind, str] = {
    EntryKind.DUE: mark("À payer"),
    EntryKind.PENALTY: mark("Pénalité"),
    EntryKind.CAPITAL: mark("Part sociale à payer"),
    EntryKind.PAYMENT: mark("Paiement"),
    EntryKind.WAIVER: mark("Remise"),
    EntryKind.LOT: mark("Lot partagé"),
    EntryKind.ADJUSTMENT: mark("Lot corrigé"),
    EntryKind.ADVANCE: mark("Avance"),
    EntryKind.PAYOUT: mark("Part payée"),
    EntryKind.SURPLUS: mark("Excédent"),
    EntryKind.AUDIT_FUND: mark("Fonds d'audit"),
    EntryKind.REVERSAL: mark("Annulation"),
}


def kind(entry: EntryKind) -> str:
    """What an entry of the books is called."""
    return _(KINDS[entry])


@dataclass(frozen=True, slots=True)
class _Known:
    """What the proposals of a list are about, read once for all of them."""

    talk: Talk
    entries: Mapping[int, Booked]
    numbers: Mapping[int, str]

    def money(self, amount: int) -> Money:
        """An amount in the currency of the cooperative."""
        return self.talk.member.money(amount)

    def member(self, proposed: Proposed) -> str:
        """The member whom it is about, by number."""
        return _("membre {number}", number=self.numbers.get(proposed.facts["member_id"], "?"))


def _entry(known: _Known, proposed: Proposed) -> str:
    entry = known.entries.get(proposed.facts["entry_id"])
    if entry is None:
        return "?"
    whose = entry.label if entry.number is None else _("membre {number}", number=entry.number)
    return f"{kind(entry.kind)}, {whose}, {known.money(entry.amount)}"


def _plan(known: _Known, proposed: Proposed) -> str:
    facts = proposed.facts
    if "ends" in facts:
        return _("fin de {label}", label=facts["label"])
    return f"{facts['plan']['label']}, {known.money(facts['plan']['amount'])}"


def _meeting(known: _Known, proposed: Proposed) -> str:
    when = datetime.fromisoformat(proposed.facts["starts_at"]).astimezone(known.talk.member.zone)
    day = i18n.short_day(when, known.talk.today)
    return f"{kind_of_meeting(MeetingKind(proposed.facts['kind']))} {day} {i18n.hour(when)}"


def _yearly(known: _Known, proposed: Proposed) -> str:
    return f"{proposed.facts['year']}, {known.money(proposed.facts['amount'])}"


ABOUT: Mapping[Deed, Callable[[_Known, Proposed], str]] = {
    Deed.REVERSE: _entry,
    Deed.WAIVE: lambda known, it: f"{known.member(it)}, {known.money(it.facts['amount'])}",
    Deed.CHANGE_PHONE: lambda known, it: known.member(it),
    Deed.CHANGE_ROLE: lambda known, it: f"{known.member(it)}, {roles.role(Role(it.facts['role']))}",
    Deed.CHANGE_PLAN: _plan,
    Deed.SUBSCRIBE: lambda known, it: known.member(it) + ", " + _("{count} parts", count=it.facts["shares"]),
    Deed.PUBLISH_LOT: lambda known, it: f"{it.facts['number']}, {known.money(it.facts['gross'])}",
    Deed.ADJUST_LOT: lambda known, it: f"{it.facts['number']}, {known.money(it.facts['gross'])}",
    Deed.CHANGE_RULE: lambda _known, it: _("{name}, version {version}", **_version(it)),
    Deed.SHARE_SURPLUS: _yearly,
    Deed.CALL_AUDIT_FUND: _yearly,
    Deed.SEND_BROADCAST: lambda _known, it: _("{people} téléphones, {parts} SMS", **_size(it)),
    Deed.HAND_OVER: lambda known, it: f"{known.member(it)}, {roles.role(Role(it.facts['role']))}",
    Deed.CALL_MEETING: _meeting,
    Deed.LINK_MEMBERS: lambda known, it: known.member(it),
    Deed.SPEND_AUDIT_FUND: lambda known, it: f"{it.facts['affiliate']}, {known.money(it.facts['amount'])}",
}


def _size(proposed: Proposed) -> dict[str, object]:
    return {"people": proposed.facts["people"], "parts": proposed.facts["parts"]}


def _version(proposed: Proposed) -> dict[str, object]:
    return {"name": proposed.facts["name"], "version": proposed.facts["version"]}


def about(talk: Talk, listed: Sequence[Proposed]) -> list[str]:
    """What each proposal of a list is about: membre 4, 2 500 F. Two queries at most, however long the list."""
    entries = {each.facts["entry_id"] for each in listed if each.deed is Deed.REVERSE}
    people = {each.facts["member_id"] for each in listed if "member_id" in each.facts}
    home = talk.member.cooperative_id
    known = _Known(talk, approvals.booked(talk.db, home, entries), approvals.numbers(talk.db, home, people))
    return [ABOUT[each.deed](known, each) for each in listed]
