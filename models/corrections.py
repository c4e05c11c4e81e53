"""Waivers and reversals: what was charged or paid is corrected by an entry of its own, with a reason and two keys.

What may be waived: dues and penalties, never more than is open of them; capital is paid up or repaid, not given up.
What may be reversed: whatever is in the books, once, and a reversal never. What others rest on is reversed after them:
a due after its waivers and its penalty, an advance after the lots that kept something back for it, a lot after
what members were paid from it, the surplus of a year after those of later years. Whose money it was is told.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from models import chain, cooperatives, dues, ledger, proposals, questions, telling, vault
from models.advances import Recovery
from models.allocation import CHARGES
from models.chain import Receipt
from models.entries import STANDS, Account, Entry, EntryKind, Posting
from models.hands import Hand
from models.lots import Lot
from models.proposals import Deed, Overtaken, Proposed, Wish
from models.surplus.tables import Surplus
from models.telling import Fact

LETTERS_AT_MOST = 200
# To undo one of these serves its member: they owe less, or have more coming.
SERVING = (*CHARGES, EntryKind.ADVANCE, EntryKind.PAYOUT)


def propose_waiver(db: Connection, hand: Hand, due_id: int, amount: int, reason: str, now: datetime) -> int:
    """An officer proposes to give up an amount of one due; the number of the proposal. Raises Overtaken, NotAllowed.

    The due must be of the officer's cooperative. It serves its member, who may not turn the second key.
    """
    member_id = _waivable(db, hand.cooperative_id, due_id, amount)
    words = _told(reason)
    facts = {"member_id": member_id, "entry_id": due_id, "amount": amount, "reason_sealed": vault.seal(words)}
    return proposals.propose(db, hand, Wish(Deed.WAIVE, facts, member_id, f"{due_id}:{amount}:{words}"), now)


def waive(db: Connection, decided: Proposed, now: datetime) -> None:
    """Give up what was proposed, once it has two keys. Raises Overtaken when less of the due is open by then."""
    facts = decided.facts
    chain.hold(db, {decided.cooperative_id})
    member_id = _waivable(db, decided.cooperative_id, facts["entry_id"], facts["amount"])
    given_up = (
        cooperatives.today(db, decided.cooperative_id, now),
        vault.unseal(facts["reason_sealed"]),
        facts["amount"],
    )
    key = dues.waiver_key(facts["entry_id"], decided.proposal_id)
    ledger.post(db, [dues.waiver(decided.cooperative_id, member_id, key, given_up)], decided.author, now)


def propose_reversal(db: Connection, hand: Hand, entry_id: int, reason: str, now: datetime) -> int:
    """An officer proposes to undo an entry; the number of the proposal. Raises Overtaken, NotAllowed.

    To undo what was charged, advanced or paid out serves its member, who may not turn the second key.
    """
    kind, member_id = _reversible(db, hand.cooperative_id, entry_id)
    words = _told(reason)
    facts = {"entry_id": entry_id, "reason_sealed": vault.seal(words)}
    benefits = member_id if kind in SERVING else None
    return proposals.propose(db, hand, Wish(Deed.REVERSE, facts, benefits, f"{entry_id}:{words}"), now)


def reverse(db: Connection, decided: Proposed, now: datetime) -> None:
    """Undo an entry, once it has two keys. Raises Overtaken when it was undone or built upon meanwhile."""
    chain.hold(db, {decided.cooperative_id})
    entry_id = decided.facts["entry_id"]
    kind, member_id = _reversible(db, decided.cooperative_id, entry_id)
    ledger.reverse(db, entry_id, vault.unseal(decided.facts["reason_sealed"]), decided.author, now)
    questions.drop(db, entry_id, now)
    if kind is EntryKind.LOT:
        _tell_members(db, entry_id, now)
    elif kind is EntryKind.PAYMENT and member_id is not None:
        _tell_payer(db, entry_id, member_id, now)


def _tell_members(db: Connection, entry_id: int, now: datetime) -> None:
    """Those who had a share of a lot are told that its sharing was undone."""
    shared = db.execute(_SHARED, {"undone": entry_id}).all()
    fact = Fact("share_undone", {"lot": shared[0].number if shared else ""})
    telling.tell_all(db, [row.member_id for row in shared], fact, f"share_undone:{entry_id}", now)


def _tell_payer(db: Connection, entry_id: int, member_id: int, now: datetime) -> None:
    """Whose payment was undone is told which receipt is not valid any more."""
    row = db.execute(select(Receipt.cooperative_id, Receipt.number).where(Receipt.entry_id == entry_id)).one()
    fact = Fact("receipt_undone", {"receipt": dues.printed(row.cooperative_id, row.number)})
    telling.tell(db, member_id, fact, f"receipt_undone:{entry_id}", now)


def _told(reason: str) -> str:
    words = " ".join(reason.split())
    if not words or len(words) > LETTERS_AT_MOST:
        raise Overtaken(f"the reason must be 1 to {LETTERS_AT_MOST} letters")
    return words


def _waivable(db: Connection, cooperative_id: int, due_id: int, amount: int) -> int:
    """The member of a due of which this amount can be given up."""
    found = select(Entry.kind, Entry.member_id).where(Entry.id == due_id, Entry.cooperative_id == cooperative_id)
    entry = db.execute(found).one_or_none()
    if entry is None or entry.kind not in (EntryKind.DUE, EntryKind.PENALTY):
        raise Overtaken(f"entry {due_id} is no due or penalty of this cooperative")
    member_id: int = entry.member_id
    due = dues.allocation(db, member_id).due(due_id)
    if due is None:
        raise Overtaken(f"entry {due_id} was reversed")
    if not 1 <= amount <= due.open:
        raise Overtaken(f"from 1 to {due.open} can be waived of entry {due_id}: that is what is open of it")
    return member_id


def _reversible(db: Connection, cooperative_id: int, entry_id: int) -> tuple[EntryKind, int | None]:
    """The kind and the member of an entry that can be undone."""
    found = select(Entry.kind, Entry.member_id).where(Entry.id == entry_id, Entry.cooperative_id == cooperative_id)
    entry = db.execute(found).one_or_none()
    if entry is None:
        raise Overtaken(f"no entry {entry_id} in this cooperative")
    kind, member_id = entry
    if kind is EntryKind.REVERSAL:
        raise Overtaken(f"entry {entry_id} is a reversal itself")
    if kind is EntryKind.ADJUSTMENT or db.execute(_ADJUSTED, {"undone": entry_id}).first():
        raise Overtaken(f"entry {entry_id} is of a lot that was adjusted, so it stays: see lots adjust to correct it")
    if db.execute(select(Entry.id).where(Entry.reverses_id == entry_id)).one_or_none():
        raise Overtaken(f"entry {entry_id} was reversed before")
    charged = dues.entries(db, member_id) if kind in CHARGES and member_id is not None else []
    if any(each.about == entry_id for each in charged):
        raise Overtaken(f"entry {entry_id} has a waiver or a penalty: reverse that first")
    paid = db.execute(_PAID_OF, {"undone": entry_id}).scalar_one() if kind is EntryKind.LOT else 0
    if paid:
        raise Overtaken(f"{paid} members were paid from this lot, so its sharing stays; see lots adjust to correct it")
    for rests in (_KEEPING, _LATER):
        above = db.execute(rests, {"undone": entry_id, "cooperative": cooperative_id}).scalar()
        if above is not None:
            raise Overtaken(f"entry {above} rests on entry {entry_id}: reverse that first")
    return kind, member_id


_SHARED = (
    select(Posting.member_id, Lot.number)
    .distinct()
    .join(Entry, Entry.id == Posting.entry_id)
    .join(Lot, Lot.id == Entry.lot_id)
    .where(Entry.id == bindparam("undone"), Posting.account == Account.SHARES)
)
# To how many members something of a lot was paid: what was published is then not worked out again (domain: the rule).
_sold = select(Entry.lot_id).where(Entry.id == bindparam("undone")).scalar_subquery()
_PAID_OF = select(func.count(Entry.member_id.distinct())).where(
    Entry.lot_id == _sold, Entry.kind == EntryKind.PAYOUT, STANDS
)
_adjusting = aliased(Entry)
_ADJUSTED = (
    select(Entry.id)
    .join(_adjusting, _adjusting.lot_id == Entry.lot_id)
    .where(Entry.id == bindparam("undone"), Entry.kind == EntryKind.LOT, _adjusting.kind == EntryKind.ADJUSTMENT)
)
# The lots that kept something back for an advance, and the surpluses of later years.
_KEEPING = (
    select(Entry.id)
    .join(Recovery, Recovery.entry_id == Entry.id)
    .where(Recovery.advance_id == bindparam("undone"), Recovery.amount > 0, STANDS)
    .order_by(Entry.id)
)
_this = select(Surplus.year).where(Surplus.entry_id == bindparam("undone")).scalar_subquery()
_LATER = (
    select(Entry.id)
    .join(Surplus, Surplus.entry_id == Entry.id)
    .where(Surplus.cooperative_id == bindparam("cooperative"), Surplus.year > _this, STANDS)
    .order_by(Surplus.year.desc())
)
