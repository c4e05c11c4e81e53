"""Two keys: proposals to give up or to undo, decided by whoever comes along, and left to expire."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection

from models import approvals, corrections, deeds, proposals
from models.entries import Account, EntryKind
from models.hands import Hand, NotAllowed
from models.members import OFFICERS
from models.proposals import LASTS, Overtaken
from tests.books.ground import Ground, amounts, anybody, twice
from tests.books.model import CHARGES, Booked, Proposed, booked

MONTH = 31 * 24
# To undo these serves the one member they are of.
SERVING = (*CHARGES, EntryKind.ADVANCE, EntryKind.PAYOUT)
turns = st.sampled_from([*["own phone"] * 7, "the proposer's phone", "no phone"])


class TwoKeys(Ground):
    """The first key and the second one."""

    @precondition(lambda self: self.model.entries)
    @rule(which=st.integers(0, 30), by=anybody)
    def propose_to_undo(self, which: int, by: str) -> None:
        """Whoever asks, only an officer of these books can propose it, and nothing that was undone."""
        entry_id = [*self.model.entries][-1 - which % len(self.model.entries)]
        entry, hand = self.model.entries[entry_id], self.hand(by)

        def act(db: Connection) -> int:
            return corrections.propose_reversal(db, hand, entry_id, "Erreur", self.now)

        if hand.role not in OFFICERS or entry.home != hand.cooperative_id or self._undone(entry_id) is None:
            self.refused(act, NotAllowed, Overtaken)
        else:
            serves = entry.member_id if entry.kind in SERVING else None
            self.proposed(act, hand, lambda: self._undone(entry_id), serves)

    def _undone(self, entry_id: int) -> Sequence[Booked] | None:
        """What undoes an entry; None when it was undone, or when something rests on it."""
        entry, model = self.model.entries[entry_id], self.model
        resting = {each.about for _, each in model.standing(EntryKind.WAIVER, EntryKind.PENALTY)}
        if entry.kind is EntryKind.REVERSAL or entry_id in model.undone or entry_id in resting | self.rests():
            return None
        return [model.reversal(entry_id, self.today)]

    @rule(which=st.integers(0, 8), amount=st.one_of(amounts, st.integers(1, 900)), by=anybody)
    def propose_to_waive(self, which: int, amount: int, by: str) -> None:
        """Part of a due is given up: never more than is open of it."""
        dues = [*self.model.standing(EntryKind.DUE, EntryKind.PENALTY, EntryKind.CAPITAL)]
        if not dues:
            return
        (due_id, due), hand = dues[which % len(dues)], self.hand(by)
        member_id = due.member_id

        def act(db: Connection) -> int:
            return corrections.propose_waiver(db, hand, due_id, amount, "Malade", self.now)

        def would() -> Sequence[Booked] | None:
            assert member_id is not None
            open_ = {each.entry_id: each.open for each in self.model.dues(member_id, Account.DUES)}
            if amount > open_.get(due_id, 0):
                return None
            sides = ((Account.WAIVED, None, amount), (Account.DUES, member_id, -amount))
            return [booked(due.home, EntryKind.WAIVER, self.today, *sides, about=due_id)]

        if hand.role not in OFFICERS or hand.cooperative_id != due.home or would() is None:
            self.refused(act, NotAllowed, Overtaken)
        else:
            self.proposed(act, hand, would, member_id)

    @precondition(lambda self: any(each.waits for each in self.model.proposals.values()))
    @rule(which=st.integers(0, 3), by=st.sampled_from("789"), approved=st.sampled_from([True, True, True, False]))
    def turn_the_second_key(self, which: int, by: str, approved: bool) -> None:
        """An officer decides on what waits."""
        self.decide(which=which, by=by, turn="own phone", approved=approved)

    @precondition(lambda self: self.model.proposals)
    @rule(which=st.integers(0, 4), by=anybody, turn=turns, approved=st.sampled_from([True, True, True, False]))
    def decide(self, which: int, by: str, turn: str, approved: bool) -> None:
        """Somebody decides: mostly on what waits, mostly from their own phone. What cannot be done waits on."""
        found = sorted(self.model.proposals.values(), key=lambda each: not each.waits)
        proposed = found[which % len(found)]
        hand = self.above[int(by) % 2] if proposed.by in self.above and by.isdigit() else self.hand(by)
        if turn != "own phone":
            hand = replace(hand, phone=proposed.by.phone if turn.startswith("the") else None)
        would = proposed.would() if approved else ()
        if not self._may(hand, proposed):
            self.refused(lambda db: _turn(db, hand, proposed, approved, self), NotAllowed)
        elif would is None:
            self.refused(lambda db: _turn(db, hand, proposed, approved, self), ValueError, LookupError)
        else:
            self.done(lambda db: _turn(db, hand, proposed, approved, self), *would)
            proposed.waits = False
            if approved:
                proposed.then()
            self.refused(lambda db: _turn(db, hand, proposed, approved, self), NotAllowed)

    def _may(self, hand: Hand, proposed: Proposed) -> bool:
        ours = hand.cooperative_id == proposed.by.cooperative_id and hand.role in OFFICERS
        other = hand.phone not in (None, proposed.by.phone) and hand.member_id != proposed.by.member_id
        in_time = proposed.waits and self.now - proposed.at < LASTS
        return ours and other and in_time and hand.member_id != proposed.serves

    @rule(hours=st.sampled_from([1, 11, 24, 24 * 8, MONTH]), again=twice)
    def time_passes(self, hours: int, again: bool) -> None:
        """What nobody decided on within a day expires, once."""
        self.now += timedelta(hours=hours)
        late = [each for each in self.model.proposals.values() if each.waits and self.now - each.at >= LASTS]
        assert self.done(lambda db: approvals.expire(db, self.now)) == len(late)
        assert not again or self.done(lambda db: approvals.expire(db, self.now)) == 0
        for each in late:
            each.waits = False


def _turn(db: Connection, hand: Hand, proposed: Proposed, approved: bool, books: Ground) -> None:
    if approved:
        deeds.approve(db, hand, proposed.number, books.now)
    else:
        proposals.decide(db, hand, proposed.number, False, books.now)
