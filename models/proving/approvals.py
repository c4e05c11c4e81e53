"""The two keys: what needs them was done by two officers, one after the other, within a day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, String, cast, or_, select

from models.entries import Entry, EntryKind
from models.proposals import LASTS, Deed, Proposal, State
from models.proving.faults import Fault

AT_ONCE = 2_000
AUTHOR = "proposal:"
NEEDS_TWO = (EntryKind.WAIVER, EntryKind.REVERSAL, EntryKind.ADJUSTMENT)
# What a proposal must have been about, where the entry is of a kind that only one deed makes.
DEEDS = {EntryKind.WAIVER: Deed.WAIVE, EntryKind.ADJUSTMENT: Deed.ADJUST_LOT}

# As text: a word that is no state and no deed must be named, not stop the proof.
_STATE: ColumnElement[str] = cast(Proposal.state, String)
_PROPOSALS = select(
    Proposal.id,
    Proposal.cooperative_id,
    cast(Proposal.deed, String).label("deed"),
    Proposal.facts,
    Proposal.benefits_id,
    Proposal.proposed_by,
    Proposal.proposed_at,
    _STATE.label("state"),
    Proposal.decided_by,
    Proposal.decided_at,
).order_by(Proposal.id)
_NEEDING = (
    select(
        *(Entry.id, Entry.cooperative_id, Entry.key, cast(Entry.kind, String).label("kind")),
        *(Entry.author, Entry.reverses_id, Entry.recorded_at),
    )
    .where(or_(cast(Entry.kind, String).in_([each.value for each in NEEDS_TWO]), Entry.author.startswith(AUTHOR)))
    .order_by(Entry.id)
)
Found = Row[*tuple[Any, ...]]


def approvals(db: Connection) -> Iterator[Fault]:
    """Proposals that were approved as they may not be, and entries that lack the two keys they need."""
    done = _PROPOSALS.where(_STATE.in_([State.APPROVED.value]))
    with db.execute(done, execution_options={"yield_per": AT_ONCE}) as proposals:
        for each in proposals:
            wrong = _decided(each)
            if wrong:
                yield Fault(f"proposal {each.id}: {wrong}", each.cooperative_id)
    with db.execute(_NEEDING, execution_options={"yield_per": AT_ONCE}) as needing:
        for entries in needing.partitions():
            yield from _signed(db, entries)


def _decided(proposal: Found) -> str | None:
    """What is wrong with how it was approved."""
    if proposal.decided_by is None or proposal.decided_at is None:
        return "it was approved by nobody"
    if proposal.decided_by == proposal.proposed_by:
        return "it was approved by the officer who proposed it"
    if proposal.decided_by == proposal.benefits_id:
        return "it was approved by the member whom alone it serves"
    if not proposal.proposed_at <= proposal.decided_at <= proposal.proposed_at + LASTS:
        return "it was not approved within 24 hours"
    return None


def _signed(db: Connection, entries: Sequence[Found]) -> Iterator[Fault]:
    numbers = {each.id: _number(each.author) for each in entries}
    wanted = _PROPOSALS.where(Proposal.id.in_([number for number in set(numbers.values()) if number is not None]))
    proposals = {row.id: row for row in db.execute(wanted)}
    for each in entries:
        wrong = _lacks(each, proposals, numbers[each.id])
        if wrong:
            yield Fault(f"entry {each.key}: {wrong}", each.cooperative_id)


def _number(author: str) -> int | None:
    """The proposal that an author names, or None."""
    number = author.removeprefix(AUTHOR).partition(":")[0]
    known = author.startswith(AUTHOR) and number.isascii() and number.isdigit() and len(number) < 16
    return int(number) if known else None


def _lacks(entry: Found, proposals: Mapping[int, Found], number: int | None) -> str | None:
    """What is wrong with the keys of an entry."""
    if number is None:
        return f"a {entry.kind} needs two keys, and its author is {entry.author}"
    proposal = proposals.get(number)
    if proposal is None or proposal.cooperative_id != entry.cooperative_id:
        return f"proposal {number}, which it is by, is not there"
    if proposal.state != State.APPROVED or proposal.decided_at is None or proposal.decided_at > entry.recorded_at:
        return f"proposal {number}, which it is by, was not approved before it"
    if entry.author != f"{AUTHOR}{number}:{proposal.proposed_by}+{proposal.decided_by}":
        return f"proposal {number}, which it is by, has the keys of {proposal.proposed_by} and {proposal.decided_by}"
    return _other(entry, proposal)


def _other(entry: Found, proposal: Found) -> str | None:
    """Whether the proposal was about something else."""
    awaited = DEEDS.get(entry.kind, proposal.deed)
    facts = proposal.facts if isinstance(proposal.facts, dict) else {}
    undone = facts.get("entry_id") if proposal.deed == Deed.REVERSE else entry.reverses_id
    if proposal.deed != awaited or entry.reverses_id != undone:
        return f"proposal {proposal.id}, which it is by, was about something else"
    return None
