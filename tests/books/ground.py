"""The ground everything happens on: three cooperatives, their people, a clock, and what is compared after each step."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant
from sqlalchemy import Connection, Engine, func, insert, select

from models import chain, deeds, dues
from models.chain import Receipt
from models.cooperatives import Affiliation, Cooperative, Kind
from models.entries import MONEY, Account, Entry, EntryKind, Posting
from models.hands import Hand, NotAllowed
from models.members import Member, Phone, Role
from models.money import Currency
from tests.books.model import Booked, Model, Place, Proposed
from tests.conftest import NOW
from ussd_app import proving
from ussd_app.db import reading, transaction

Result = TypeVar("Result")
Fresh = Callable[[], tuple[Engine, Path]]

# Of the cooperative K. Number 10 has no phone, and comes after 2; 4 joined while a plan was in force.
PLAIN = ("1", "2", "10", "4")
OFFICERS = {"5": Role.TREASURER, "6": Role.TREASURER, "7": Role.PRESIDENT, "8": Role.SECRETARY, "9": Role.SURVEILLANCE}
FEDERATION = {"1": Role.PRESIDENT, "2": Role.TREASURER}
AFFILIATE = {"1": Role.TREASURER}
PHONELESS, JOINED_LATE = "10", date(2026, 11, 10)

people = st.sampled_from([*PLAIN, *PLAIN, *OFFICERS])
officers = st.sampled_from([*OFFICERS])
anybody = st.sampled_from([*OFFICERS, *OFFICERS, *OFFICERS, "1", "federation"])
at_home = st.sampled_from([*OFFICERS, "1"])
amounts = st.one_of(st.integers(1, 20).map(lambda number: number * 500), st.integers(1, 10**8))
channels = st.sampled_from(MONEY)
names = st.sampled_from(["a", "b", "c:d", "é", "%"])
days_ago = st.integers(0, 40)
twice = st.booleans()


class Ground(RuleBasedStateMachine):
    """What every rule stands on. `fresh` makes empty books."""

    fresh: Fresh

    @initialize()
    def open(self) -> None:
        """Found the cooperatives and write their members down."""
        self.made, self.folder = self.fresh()
        self.now, self.model = NOW, Model()
        with transaction(self.made) as db:
            self.home, self.affiliate = _founded(db, "K", Kind.SCOOPS), _founded(db, "L", Kind.SCOOPS)
            self.federation = _founded(db, "F", Kind.FEDERATION)
            for each in (self.home, self.affiliate):
                db.execute(insert(Affiliation).values(cooperative_id=each, parent_id=self.federation))
            mine = dict.fromkeys(PLAIN, Role.MEMBER) | OFFICERS
            self.hands = {number: _member(db, self.home, number, role) for number, role in mine.items()}
            self.above = [_member(db, self.federation, number, role) for number, role in FEDERATION.items()]
            self.elsewhere = [_member(db, self.affiliate, number, role) for number, role in AFFILIATE.items()]
        self.joined: dict[str, date | None] = dict.fromkeys(self.hands) | {"4": JOINED_LATE}
        self.left: dict[str, date] = {}
        self.prepare()

    def prepare(self) -> None:
        """What a noun needs before anything happens."""

    def teardown(self) -> None:
        """Close the database."""
        if hasattr(self, "made"):
            self.made.dispose()

    def rests(self) -> set[int]:
        """The entries on which something rests: they are undone after that."""
        return set()

    @property
    def today(self) -> date:
        """The day it is, in Bamako as in London."""
        return self.now.date()

    def who(self, number: str) -> int:
        """A member of the cooperative, by number."""
        return self.hands[number].member_id

    def hand(self, number: str) -> Hand:
        """Somebody who acts; an officer of the federation has no say in the cooperative."""
        return self.above[0] if number == "federation" else self.hands[number]

    def before(self, days: int) -> date:
        """A day of the past."""
        return self.today - timedelta(days=days)

    def done(self, act: Callable[[Connection], Result], *made: Booked, again: bool = False) -> Result:
        """Do something: the books gain just these entries. Done `again`, they gain nothing more."""
        with transaction(self.made) as db:
            given = act(db)
        self.gained(made)
        if again:
            with transaction(self.made) as db:
                act(db)
            self.gained(())
        return given

    def refused(self, act: Callable[[Connection], object], *why: type[Exception]) -> None:
        """It is refused, and the books are as they were."""
        with pytest.raises(why), transaction(self.made) as db:
            act(db)
        self.gained(())

    def proposed(
        self,
        act: Callable[[Connection], int],
        by: Hand,
        would: Callable[[], Sequence[Booked] | None],
        serves: int | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Propose something, twice: it waits once, and the books are as they were. Every other one is approved soon."""
        if serves == by.member_id:
            self.refused(act, NotAllowed)
            return
        number = self.done(act)
        assert self.done(act) == number
        if number not in self.model.proposals:
            self.model.proposals[number] = Proposed(number, by, self.now, would, serves, then)
            if len(self.model.proposals) % 2:
                self.settle()

    def settle(self) -> None:
        """Another officer, whom it does not serve, approves the newest proposal where that has not been done yet."""
        proposed = [*self.model.proposals.values()][-1]
        would = proposed.would()
        if not proposed.waits or would is None:
            return
        others = self.above if proposed.by in self.above else [self.hands[number] for number in OFFICERS]
        barred = (proposed.by.member_id, proposed.serves)
        hand = next(each for each in others if each.member_id not in barred)
        self.done(lambda db: deeds.approve(db, hand, proposed.number, self.now), *would)
        proposed.waits = False
        proposed.then()

    def gained(self, made: Iterable[Booked]) -> None:
        """Compare what is new in the books with what must be, and take it into the model."""
        new = self.new()
        assert Counter(new.values()) == Counter(made)
        for entry_id, entry in new.items():
            self.model.add(entry_id, entry)

    def new(self) -> dict[int, Booked]:
        """The entries of the books that the model does not know yet."""
        with reading(self.made) as db:
            return _entries(db, max(self.model.entries, default=0))

    @invariant()
    def the_books_are_proven(self) -> None:
        """Nothing is wrong, and nothing is in the books that the model does not know."""
        if hasattr(self, "made"):
            assert proving.prove(self.made).faults == ()
            self.gained(())

    @invariant()
    def the_balances_are_those_of_the_model(self) -> None:
        """Every account, every member's dues and capital, every receipt and every chain."""
        if not hasattr(self, "made"):
            return
        with reading(self.made) as db:
            assert _balances(db) == self.model.balances()
            for hand in self.hands.values():
                for account in (Account.DUES, Account.CAPITAL):
                    told, own = dues.standing(db, hand.member_id, self.today, account), (hand.member_id, account)
                    assert (told.owed, told.paid) == (self.model.owed(*own, self.today), self.model.paid(*own))
            receipts = db.execute(select(Receipt.cooperative_id, func.count()).group_by(Receipt.cooperative_id))
            assert {row[0]: row[1] for row in receipts} == self._count(EntryKind.PAYMENT)
            assert {home: end.entries for home, end in chain.heads(db).items()} == self._count(*EntryKind)

    def _count(self, *kinds: EntryKind) -> dict[int, int]:
        return dict(Counter(entry.home for entry in self.model.entries.values() if entry.kind in kinds))


def _founded(db: Connection, code: str, kind: Kind) -> int:
    place = {"code": code, "name": code, "kind": kind, "district": "", "country": "ML", "language": "fr"}
    made = insert(Cooperative).values(**place, currency=Currency.XOF, time_zone="Africa/Bamako")
    return db.execute(made.returning(Cooperative.id)).scalar_one()


def _member(db: Connection, home: int, number: str, role: Role) -> Hand:
    person = {"cooperative_id": home, "number": number, "name": "N", "language": "fr", "role": role}
    person["joined_on"] = JOINED_LATE if number == "4" else None
    member_id = db.execute(insert(Member).values(**person, amounts_by_sms=False).returning(Member.id)).scalar_one()
    phone = f"+2237{home:02d}{int(number):05d}"
    if number != PHONELESS:
        db.execute(insert(Phone).values(member_id=member_id, number=phone))
    return Hand(member_id, home, role, phone, f"session of {phone}")


def _entries(db: Connection, after: int) -> dict[int, Booked]:
    """The entries behind one, as the books have them."""
    columns = (
        Entry.id,
        Entry.cooperative_id,
        Entry.kind,
        Entry.happened_on,
        Entry.lot_id,
        Entry.reverses_id,
        Entry.key,
    )
    sides: dict[int, Counter[Place]] = {}
    for posting in db.execute(select(Posting).where(Posting.entry_id > after)):
        sides.setdefault(posting.entry_id, Counter())[posting.account, posting.member_id] += posting.amount
    found = {}
    for entry_id, home, kind, on, lot, undoes, key in db.execute(select(*columns).where(Entry.id > after)):
        put = frozenset((place, amount) for place, amount in sides[entry_id].items() if amount)
        about = int(key.split(":")[1]) if kind in (EntryKind.WAIVER, EntryKind.PENALTY) else undoes
        found[entry_id] = Booked(home, kind, on, put, lot, about)
    return found


def _balances(db: Connection) -> dict[Place, int]:
    sums = select(Posting.account, Posting.member_id, func.sum(Posting.amount))
    rows = db.execute(sums.group_by(Posting.account, Posting.member_id))
    return {(account, member_id): int(amount) for account, member_id, amount in rows if amount}
