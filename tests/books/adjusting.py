"""Lots that are adjusted: the difference of the sale, in the proportions they were published in."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Connection

from models import adjusting
from models.entries import Account, EntryKind
from models.hands import NotAllowed
from models.members import OFFICERS as KEYS
from models.refused import Refused
from tests.books.ground import anybody
from tests.books.lots import Lot, which_lot
from tests.books.model import Booked, booked, in_proportion
from tests.books.sharing import MILLION, Sharing


class Adjusting(Sharing):
    """What members get more of a lot, or less."""

    def prepare(self) -> None:
        """Nothing was adjusted."""
        super().prepare()
        self.adjusted: dict[int, list[int]] = {}  # by lot: what each part of it has more by now, or less

    @rule(which=which_lot, by=anybody, more=st.sampled_from([0, 1, -1, 12_000, -40_000, 999_999, -(10**7)]))
    def propose_to_adjust(self, which: int, more: int, by: str) -> None:
        """Another gross of a published lot; of two that are proposed, one is done."""
        lot, hand = self._lot(which), self.hand(by)
        before = self._sales(lot)
        gross, parts = before + more, list[int]()

        def act(db: Connection) -> int:
            return adjusting.propose(db, hand, lot.lot_id, gross, "Titre repris", self.now)

        def would() -> Sequence[Booked] | None:
            if (
                self._sales(lot) != before
                or not self.shared(lot)
                or not more
                or gross < max(1, sum(lot.costs.values()))
            ):
                return None
            wanted = self._parts(lot, more)
            parts[:] = wanted or []
            return self._adjustment(lot, parts) if parts else None

        def then() -> None:
            had = self.adjusted.get(lot.lot_id, [0] * len(parts))
            self.adjusted[lot.lot_id] = [each + part for each, part in zip(had, parts, strict=True)]

        if hand.role not in KEYS or hand.cooperative_id != self.home or would() is None:
            self.refused(act, Refused, NotAllowed)
        else:
            present = self._present(lot)
            alone = self.who(present[0]) if len(present) == 1 and self._given(lot, present[0], True) else None
            self.proposed(act, hand, would, alone, then)

    def rests(self) -> set[int]:
        """An adjustment stays, and so does the lot it is of."""
        adjusted = [*self.model.standing(EntryKind.ADJUSTMENT)]
        of = {each.lot for _, each in adjusted}
        lots = {entry_id for entry_id, each in self.model.entries.items() if each.lot in of}
        kinds = (EntryKind.LOT, EntryKind.ADJUSTMENT)
        return super().rests() | {each for each in lots if self.model.entries[each].kind in kinds}

    def _sales(self, lot: Lot) -> int:
        return sum(each.put(Account.SALES) for _, each in self._of(lot, True))

    def _of(self, lot: Lot, adjusted: bool) -> list[tuple[int, Booked]]:
        kinds = (EntryKind.LOT, EntryKind.ADJUSTMENT) if adjusted else (EntryKind.LOT,)
        return [(number, each) for number, each in self.model.standing(*kinds) if each.lot == lot.lot_id]

    def _given(self, lot: Lot, member: str, adjusted: bool) -> int:
        """A member's share, with what was kept back of it."""
        accounts = (Account.SHARES, Account.ADVANCES)
        return -sum(each.put(account, self.who(member)) for _, each in self._of(lot, adjusted) for account in accounts)

    def _parts(self, lot: Lot, more: int) -> list[int] | None:
        """The difference: to the villages, the cooperative, then the team by number; nobody falls below zero."""
        costs = sum(lot.costs.values())
        villages = lot.gross * lot.terms.villages_ppm // MILLION
        coop, _team = in_proportion(lot.gross - costs - villages, (lot.terms.coop, lot.terms.team))
        had = [villages, coop, *(self._given(lot, member, False) for member in self._present(lot))]
        have = [each + part for each, part in zip(had, self.adjusted.get(lot.lot_id, [0] * len(had)), strict=True)]
        if not any(had):
            return None
        if more > 0:
            return in_proportion(more, had)
        less = in_proportion(-more, had)
        if any(each < part for each, part in zip(have, less, strict=True)):
            less = in_proportion(-more, have)
        return [-part for part in less]

    def _adjustment(self, lot: Lot, parts: Sequence[int]) -> Sequence[Booked]:
        members = [self.who(member) for member in self._present(lot)]
        sides = [(Account.SHARES, who, -part) for who, part in zip(members, parts[2:], strict=True)]
        others = ((Account.SALES, None, sum(parts)), (Account.LOT_REST, None, -sum(parts[:2])))
        return [booked(self.home, EntryKind.ADJUSTMENT, self.today, *others, *sides, lot=lot.lot_id)]
