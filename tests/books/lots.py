"""Lots from the pit to the purse: delivered, priced, worked, shared by their rule with two keys, undone, paid out."""

from dataclasses import dataclass, field
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Connection

from models import agreements, lots, sales, work
from models.agreements import NewRule, Unwritten
from models.entries import EntryKind
from models.lots import RECORDERS, NewLot
from models.members import OFFICERS as KEYS
from models.refused import Refused
from models.rules import Basis
from models.sales import Evidence, Pricing, Quote, Sale, Spent
from models.sharing import Owing
from models.work import NewWork
from tests.books.ground import OFFICERS, PHONELESS, anybody, days_ago, officers
from tests.books.payments import Payments

workers = st.sampled_from(["1", "2", "10", "4", "9"])
which_lot = st.integers(0, 2)


@dataclass(frozen=True)
class Terms:
    """A rule: the villages' part of the gross, the cooperative's weight beside the team's, and what is kept back."""

    villages_ppm: int
    coop: int
    team: int
    most_ppm: int
    floor: int

    def document(self) -> dict[str, object]:
        """As a file has it."""
        among = [{"to": "org:coop", "weight": self.coop}, {"to": "rest", "weight": self.team}]
        kept = {"step": "recover", "max_ppm": self.most_ppm, "floor": self.floor}
        return {
            "unit": "money",
            "steps": [
                {
                    "step": "pct",
                    "label": "Villages",
                    "to": "fund:villages",
                    "rate_ppm": self.villages_ppm,
                    "of": "gross",
                },
                {"step": "split", "label": "Coop", "among": among},
                {"step": "pool", "label": "Equipe", "by": "days", "of": "rest"},
                *({**kept, "label": each.value, "kind": each.value} for each in Owing),
            ],
        }


@dataclass
class Lot:
    """A lot as it was written down."""

    lot_id: int
    number: str
    terms: Terms
    delivered_on: date
    grams: int
    price: tuple[int, date] | None = None
    costs: dict[str, int] = field(default_factory=dict)
    work: dict[str, tuple[int, int, str | None]] = field(default_factory=dict)  # days, revision, witness

    @property
    def gross(self) -> int:
        """What it was sold for."""
        return self.price[0] * self.grams if self.price else 0


@dataclass(frozen=True)
class Advance:
    """What a member had before."""

    entry_id: int
    member: str
    lot: Lot | None
    kind: Owing
    on: date
    signed: bool


class Lots(Payments):
    """What is dug, sold and shared."""

    def prepare(self) -> None:
        """One rule is in force, and one lot is on its way."""
        super().prepare()
        self.versions: list[tuple[Terms, bool]] = []
        self.lots: list[Lot] = []
        self.advances: list[Advance] = []
        self.kept: dict[int, dict[int, int]] = {}  # by the entry of a lot: what it kept back for which advance
        self._propose_rule(Terms(50_000, 1, 2, 300_000, 1_000), "8")
        self.settle()
        self._deliver(30, "8")
        self.lots[0].price = self._sell(self.lots[0], 40_000, 30)
        self._write_work(self.lots[0], "10", 3, "9", "8")

    @rule(villages=st.sampled_from([0, 50_000, 333_333]), team=st.integers(1, 3), most=st.sampled_from([0, 500_000]))
    def propose_a_rule(self, villages: int, team: int, most: int) -> None:
        """Another version, for the lots that are delivered after it is approved."""
        self._propose_rule(Terms(villages, 1, team, most, 5_000), "9")

    def _propose_rule(self, terms: Terms, by: str) -> None:
        new = NewRule("or", terms.document(), Basis.MOU, "papier", date(2026, 1, 1), date(2026, 1, 1))
        hand = self.hand(by)

        def act(db: Connection) -> int:
            return agreements.propose(db, hand, new, self.now)

        if self.versions and self.versions[-1] == (terms, True):
            self.refused(act, Unwritten)
            return
        if not self.versions or self.versions[-1][0] != terms:
            self.versions.append((terms, False))
        place = len(self.versions) - 1

        def then() -> None:
            self.versions[place] = (terms, True)

        self.proposed(act, hand, lambda: (), then=then)

    @rule(days=days_ago, by=anybody)
    def deliver(self, days: int, by: str) -> None:
        """A lot is brought and weighed; it keeps the version that is in force."""
        if by in OFFICERS:
            self._deliver(days, by)
        elif self.hand(by).role not in KEYS:
            new = NewLot("stolen", 1_000, 24_000, self.today)
            self.refused(lambda db: lots.deliver(db, self.hand(by), new, self.now), Refused)

    def _deliver(self, days: int, by: str) -> None:
        new = NewLot(str(len(self.lots)), 25_000, 24_000, self.before(days))
        lot_id = self.done(lambda db: lots.deliver(db, self.hand(by), new, self.now), again=True)
        terms = [terms for terms, approved in self.versions if approved][-1]
        self.lots.append(Lot(lot_id, new.number, terms, new.delivered_on, 25))

    @rule(which=which_lot, price=st.integers(1, 60_000), days=days_ago, by=officers)
    def sell(self, which: int, price: int, days: int, by: str) -> None:
        """A price is written down, until the lot is shared; not of a day before it was there."""
        lot = self._lot(which)
        if self.shared(lot) or self.before(days) < lot.delivered_on:
            self.refused(lambda db: self._price(db, lot, price, days, by), Refused)
        else:
            lot.price = self._sell(lot, price, days, by)

    def _sell(self, lot: Lot, price: int, days: int, by: str = "8") -> tuple[int, date]:
        gross = self.done(lambda db: self._price(db, lot, price, days, by), again=True)
        assert gross == price * lot.grams
        return price, self.before(days)

    def _price(self, db: Connection, lot: Lot, price: int, days: int, by: str) -> int:
        quote = Quote(price, Pricing.PER_GRAM, None, "comptoir", self.before(days))
        return sales.price(db, self.hand(by), lot.lot_id, Sale(quote, self.before(days), "comptoir"), self.now)

    @rule(which=which_lot, label=st.sampled_from(["Fuel", "Mill"]), amount=st.sampled_from([0, 1, 70_000, 2_000_000]))
    def spend(self, which: int, label: str, amount: int) -> None:
        """What a lot cost: the last word holds, and 0 strikes it out."""
        lot = self._lot(which)
        spent = Spent(label, Evidence.RECEIPT, "118", amount)

        def act(db: Connection) -> None:
            sales.cost(db, self.hand("6"), lot.lot_id, spent, self.now)

        if self.shared(lot):
            self.refused(act, Refused)
        else:
            self.done(act, again=True)
            lot.costs[label] = amount

    @rule(
        which=which_lot, member=workers, days=st.integers(0, 6), witness=st.sampled_from([None, "9", "1"]), by=anybody
    )
    def write_work(self, which: int, member: str, days: int, witness: str | None, by: str) -> None:
        """Days of a member, to be confirmed by them; by a witness where they have no phone or wrote it themselves."""
        self._write_work(self._lot(which), member, days, witness if member in (PHONELESS, by) else None, by)

    def _write_work(self, lot: Lot, member: str, days: int, witness: str | None, by: str) -> None:
        hand, before = self.hand(by), lot.work.get(member)
        new = NewWork(self.who(member), days, witness_id=self.who(witness) if witness else None)
        may = hand.role in RECORDERS and hand.cooperative_id == self.home and not self.shared(lot)
        same = before is not None and before[::2] == (days, witness)

        def act(db: Connection) -> None:
            work.record(db, hand, lot.lot_id, new, self.now)

        if not may or (not same and witness in (by, member)):
            self.refused(act, Refused)
            return
        self.done(act, again=True)
        if not same:
            lot.work[member] = (days, before[1] + 1 if before else 1, witness)

    def _lot(self, which: int) -> Lot:
        """A lot: mostly the newest."""
        return self.lots[-1 - which % len(self.lots)]

    def shared(self, lot: Lot | None) -> bool:
        """Whether a lot is shared, and was not undone."""
        return any(lot is not None and entry.lot == lot.lot_id for _, entry in self.model.standing(EntryKind.LOT))
