"""Lots that are shared: advances before, publishing by two keys, and paying out what members have coming."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Connection

from models import advances, paying, publishing
from models.advances import NewAdvance
from models.entries import Account, EntryKind
from models.hands import NotAllowed
from models.members import OFFICERS as KEYS
from models.paying import Paid, Paying, Spent
from models.receiving import Refused as NotNoted
from models.refused import Refused
from models.sharing import Owing
from tests.books.ground import PHONELESS, anybody, channels, officers, people
from tests.books.lots import Advance, Lot, Lots, which_lot, workers
from tests.books.model import Booked, booked, in_proportion

MILLION = 1_000_000
Shared = tuple[Booked, dict[int, int]]  # the entry of a lot, and what it keeps back for which advance


class Sharing(Lots):
    """What members get of lots."""

    def prepare(self) -> None:
        """Nobody was paid."""
        super().prepare()
        self.given: set[tuple[object, ...]] = set()
        self.payouts: dict[tuple[int, str, str], int] = {}

    @rule(
        which=which_lot, member=workers, amount=st.sampled_from([0, 2_000, 30_000, 900_000]), tools=st.booleans(),
        signed=st.booleans(), channel=channels, by=anybody,
    )  # fmt: skip
    def advance(
        self, which: int, member: str, amount: int, tools: bool, signed: bool, channel: Account, by: str
    ) -> None:
        """A member has something before: of gold that is not shared yet, or tools of somebody outside."""
        lot, hand, on = None if tools else self._lot(which), self.hand(by), self.today
        lot_id = lot.lot_id if lot else None
        known = (lot_id, member, amount, signed, channel, on)
        paper, claimant = "papier" if signed else None, "le bailleur" if tools else None
        new = NewAdvance(self.who(member), amount, on, lot_id, claimant, channel, paper)
        may = hand.role in KEYS and hand.cooperative_id == self.home and amount > 0
        loan = replace(new, lot_id=None, claimant=None)
        self.refused(lambda db: advances.give(db, hand, loan, self.now), Refused)  # in no simplified cooperative
        if known in self.given:
            return

        def act(db: Connection) -> int:
            return advances.give(db, hand, new, self.now)

        if not may or self.shared(lot) or (member == PHONELESS and not signed):
            self.refused(act, Refused)
            return
        source = Account.THIRD_PARTIES if tools else channel
        sides = ((Account.ADVANCES, self.who(member), amount), (source, None, -amount))
        entry = booked(self.home, EntryKind.ADVANCE, on, *sides, lot=lot_id)
        entry_id = self.done(act, entry, again=True)
        kind = Owing.EQUIPMENT if tools else Owing.DELIVERY_ADVANCE
        self.advances.append(Advance(entry_id, member, lot, kind, on, signed))
        self.given.add(known)

    @rule(days=st.lists(st.integers(0, 6), min_size=3, max_size=3), price=st.integers(20_000, 60_000), by=officers)
    def bring_a_lot_home(self, days: list[int], price: int, by: str) -> None:
        """A lot as it should go: worked, agreed to by everybody, proposed and approved."""
        self._deliver(5, by)
        self.lots[-1].price = self._sell(self.lots[-1], price, 3)
        for member, done in zip(("1", "2", "4"), days, strict=True):
            self._write_work(self.lots[-1], member, done, None, "7")
            for _question in range(3):
                self.answer_a_question(member=member, yes=True, again=False)
        self.propose_to_publish(which=0, by=by)
        self.settle()

    @rule(which=which_lot, by=anybody)
    def propose_to_publish(self, which: int, by: str) -> None:
        """As the lot would be shared now; what was changed since then is not published."""
        lot, hand = self._lot(which), self.hand(by)
        before, kept = self._went_in(lot), dict[int, int]()

        def act(db: Connection) -> int:
            return publishing.propose(db, hand, lot.lot_id, self.now)

        def would() -> Sequence[Booked] | None:
            found = self._share(lot)
            if found is None or self._went_in(lot) != before:
                return None
            kept.update(found[1])
            return [found[0]]

        def then() -> None:
            self.kept[max(self.model.entries)] = dict(kept)

        if hand.role not in KEYS or hand.cooperative_id != self.home or would() is None:
            self.refused(act, Refused, NotAllowed)
        else:
            present = self._present(lot)
            self.proposed(act, hand, would, self.who(present[0]) if len(present) == 1 else None, then)

    def rests(self) -> set[int]:
        """An advance that a lot kept something back for, and a lot of which something was paid."""
        kept = [advance for each, _ in self.model.standing(EntryKind.LOT) for advance in self.kept.get(each, ())]
        paid = {each.lot for _, each in self.model.standing(EntryKind.PAYOUT)}
        lots = [entry_id for entry_id, each in self.model.standing(EntryKind.LOT) if each.lot in paid]
        return super().rests() | set(kept) | set(lots)

    def _went_in(self, lot: Lot) -> object:
        """What a sharing rests on."""
        work = [(member, lot.work[member]) for member in self._present(lot)]
        due = [(each.entry_id, self._left(each)) for each in self._due(lot) if self._agreed(each)]
        costs = {label: amount for label, amount in lot.costs.items() if amount}
        return lot.price, costs, work, due

    def _present(self, lot: Lot) -> list[str]:
        return sorted((member for member, done in lot.work.items() if done[0]), key=int)

    def _confirmed(self, lot: Lot, member: str) -> bool:
        days, revision, witness = lot.work[member]
        said = self.model.said.get(f"work:{lot.lot_id}:{self.who(member)}:{revision}")
        return bool(witness or said or (said is None and not days))

    def _left(self, advance: Advance) -> int:
        """What is still to be given back of an advance."""
        kept = sum(self.kept.get(each, {}).get(advance.entry_id, 0) for each, _ in self.model.standing(EntryKind.LOT))
        return self.model.entries[advance.entry_id].put(Account.ADVANCES, self.who(advance.member)) - kept

    def _agreed(self, advance: Advance) -> bool | None:
        return advance.signed or self.model.said.get(f"advance:{advance.entry_id}")

    def _due(self, lot: Lot) -> list[Advance]:
        """What can be kept back of a lot: what was given on it first, then the oldest."""
        standing = {entry_id for entry_id, _ in self.model.standing(EntryKind.ADVANCE)}
        found = [
            each
            for each in self.advances
            if each.entry_id in standing and each.member in self._present(lot) and self._left(each)
            if each.kind is Owing.EQUIPMENT or each.lot is lot or self.shared(each.lot)
        ]
        return sorted(found, key=lambda each: (each.lot is not lot, each.on, each.entry_id))

    def _share(self, lot: Lot) -> Shared | None:
        """A lot by its rule, in the arithmetic of the assembly; None when it cannot be shared."""
        present, due, terms = self._present(lot), self._due(lot), lot.terms
        sure = all(self._confirmed(lot, member) for member in lot.work)
        said = all(self._agreed(each) is not None for each in due)
        rest = lot.gross - sum(lot.costs.values()) - lot.gross * terms.villages_ppm // MILLION
        if not lot.price or not present or not sure or not said or rest < 0 or self.shared(lot):
            return None
        _, to_team = in_proportion(rest, (terms.coop, terms.team))
        days = [lot.work[member][0] for member in present]
        shares = dict(zip(present, in_proportion(to_team, days), strict=True))
        kept = self._kept(lot, shares, [each for each in due if self._agreed(each)])
        sides: list[tuple[Account, int | None, int]] = [
            (Account.SALES, None, lot.gross),
            (Account.LOT_REST, None, to_team - lot.gross),
        ]
        for member, share in shares.items():
            back = sum(kept[each.entry_id] for each in due if each.member == member)
            sides += [(Account.SHARES, self.who(member), back - share), (Account.ADVANCES, self.who(member), -back)]
        entry = booked(self.home, EntryKind.LOT, lot.price[1], *sides, lot=lot.lot_id)
        return entry, {each: amount for each, amount in kept.items() if amount}

    def _kept(self, lot: Lot, shares: dict[str, int], due: list[Advance]) -> Counter[int]:
        """What is kept back, advance by advance: capped, and never below what must be left."""
        kept, left = Counter[int](), dict(shares)
        for kind in Owing:
            for member, share in shares.items():
                mine = [each for each in due if (each.member, each.kind) == (member, kind)]
                most = min(share * lot.terms.most_ppm // MILLION, max(0, left[member] - lot.terms.floor))
                for each in mine:
                    kept[each.entry_id] = min(self._left(each), most)
                    most -= kept[each.entry_id]
                    left[member] -= kept[each.entry_id]
        return kept

    @rule(
        which=which_lot, number=people, amount=st.sampled_from([None, None, 0, 1_000, 10**7]),
        reference=st.sampled_from("ab"), channel=channels, by=officers,
    )  # fmt: skip
    def pay_out(self, which: int, number: str, amount: int | None, reference: str, channel: Account, by: str) -> None:
        """A member is paid from a lot: never more than is left, and once by one reference."""
        lot, hand = self._lot(which), self.hand(by)
        left, place = self._coming(lot, number), (lot.lot_id, number, reference)
        how = Paying(lot.lot_id, channel, self.today, reference)

        def act(db: Connection) -> Paid:
            return paying.pay(db, hand, how, number, amount, self.today, self.now)

        before = self.payouts.get(place)
        if not self.may_note(hand, number):
            self.refused(act, NotNoted)
        elif before is not None and before not in self.model.undone:
            paid = self.model.entries[before].put(Account.SHARES, self.who(number))
            if amount in (None, paid):
                assert self.done(act) == Paid(0, 0)
            else:
                self.refused(act, NotNoted)
        elif before is not None or not 0 < (left if amount is None else amount) <= left:
            self.refused(act, NotNoted, Spent)
        else:
            wanted = self._payout(lot, number, amount or left, channel)
            assert self.done(act, wanted, again=True) == Paid(1, amount or left)
            self.payouts[place] = max(self.model.entries)

    def _coming(self, lot: Lot, member: str) -> int:
        """What is left of a member's share of a lot."""
        entries = self.model.standing(EntryKind.LOT, EntryKind.ADJUSTMENT, EntryKind.PAYOUT)
        return -sum(each.put(Account.SHARES, self.who(member)) for _, each in entries if each.lot == lot.lot_id)

    def _payout(self, lot: Lot, member: str, amount: int, channel: Account) -> Booked:
        sides = ((Account.SHARES, self.who(member), amount), (channel, None, -amount))
        return booked(self.home, EntryKind.PAYOUT, self.today, *sides, lot=lot.lot_id)

    @rule(which=which_lot, by=officers)
    def pay_everybody(self, which: int, by: str) -> None:
        """All that is left of a lot, but for whoever pays."""
        lot, hand = self._lot(which), self.hand(by)
        left = {member: self._coming(lot, member) for member in self.hands if member != by}
        wanted = [self._payout(lot, member, part, Account.CASH) for member, part in left.items() if part > 0]
        how = Paying(lot.lot_id, Account.CASH, self.today, f"all of {self.now}, {len(self.model.entries)}")

        def act(db: Connection) -> Paid:
            return paying.pay_all(db, hand, how, self.today, self.now)

        if all(self.may_note(hand, member) for member, part in left.items() if part > 0):
            paid = self.done(act, *wanted, again=True)
            assert (paid.members, paid.amount) == (len(wanted), sum(part for part in left.values() if part > 0))
        else:
            self.refused(act, NotNoted)
