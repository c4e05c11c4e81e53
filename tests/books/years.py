"""The surplus of a year, and the audit fund that a federation calls from its affiliates."""

from collections.abc import Mapping, Sequence
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection

from models.audit_fund import books as fund
from models.audit_fund.books import Call, Money
from models.entries import Account, EntryKind
from models.hands import Hand, NotAllowed
from models.ledger import Conflict
from models.members import OFFICERS as KEYS
from models.sharing import Unshareable
from models.surplus import Decision, Measure, Measured, Reserve, Ristournes
from models.surplus import books as surplus
from models.surplus.books import Resolved
from tests.books.ground import Ground, at_home, channels
from tests.books.model import Booked, booked, in_proportion

SHARERS = ("1", "2", "10")
heads = st.sampled_from(["first", "second", "second", "a member of it"])


class Years(Ground):
    """What is decided once a year."""

    def prepare(self) -> None:
        """No year was shared, and the fund was called once."""
        super().prepare()
        self.shared_years: dict[int, tuple[int, int]] = {}  # by entry: the year, and what it carried over
        self.calls: dict[int, tuple[int, Mapping[str, int]]] = {}  # by entry: the year, and the part of each
        self.fund_paid: dict[tuple[str, str], int] = {}
        self.propose_a_call(year=2025, amount=1_000, shares=(2, 5), by="second")
        self.settle()

    @rule(
        year=st.sampled_from([2024, 2025]), amount=st.integers(1, 10**7), capital=st.sampled_from([0, 10**6]),
        back=st.sampled_from([None, 0, 1_000, 10**6]), weights=st.lists(st.integers(0, 9), min_size=3, max_size=3),
        by=at_home,
    )  # fmt: skip
    def propose_to_share_a_year(
        self, year: int, amount: int, capital: int, back: int | None, weights: list[int], by: str
    ) -> None:
        """Reserves first, then what goes back by deliveries; the rest is carried over to the next year."""
        last, hand = self._last(), self.hand(by)
        measured = tuple(Measured(*each) for each in zip(SHARERS, weights, strict=True))
        parts = Ristournes(back, Measure.DELIVERIES, measured)
        brought = last[1] if last else 0
        decision = Decision(amount, capital, Reserve(0), Reserve(0), brought, ristournes=parts)
        resolved = Resolved(year, date(year + 1, 3, 12), "AG n° 4", decision)
        reserve = -(-amount // 5) if capital else 0
        given = max(0, amount - 2 * reserve) if back is None else back
        fits = 2 * reserve + given <= amount and (given == 0 or sum(weights) > 0)
        served = in_proportion(given, weights) if fits and given else [0] * len(SHARERS)
        carried = amount - 2 * reserve - given + brought

        def would() -> Sequence[Booked] | None:
            now = self._last()
            if not fits or (now and (now[0] >= year or now[1] != brought)):
                return None
            legal = ((Account.RESERVES, None, -reserve), (Account.TRAINING, None, -reserve))
            shares = [(Account.SHARES, self.who(each), -part) for each, part in zip(SHARERS, served, strict=True)]
            found = (Account.SURPLUS, None, amount + brought - carried)
            return [booked(self.home, EntryKind.SURPLUS, resolved.held_on, found, *legal, *shares)]

        def then() -> None:
            self.shared_years[max(self.model.entries)] = (year, carried)

        def act(db: Connection) -> int:
            return surplus.propose(db, hand, resolved, self.now)

        if hand.role not in KEYS or would() is None:
            self.refused(act, NotAllowed, Unshareable, Conflict)
        else:
            alone = [self.who(each) for each, part in zip(SHARERS, served, strict=True) if part]
            self.proposed(act, hand, would, alone[0] if len(alone) == 1 else None, then)

    def _last(self) -> tuple[int, int] | None:
        """The year that was shared last, and what it carried over."""
        standing = [self.shared_years[each] for each, _ in self.model.standing(EntryKind.SURPLUS)]
        return max(standing, default=None)

    def rests(self) -> set[int]:
        """The surplus of a year, when that of a later one is shared."""
        standing = [each for each, _ in self.model.standing(EntryKind.SURPLUS)]
        last = max((self.shared_years[each][0] for each in standing), default=0)
        return super().rests() | {each for each in standing if self.shared_years[each][0] < last}

    @rule(
        year=st.integers(2025, 2027), amount=st.integers(1, 10**6), shares=st.tuples(*[st.integers(0, 7)] * 2), by=heads
    )
    def propose_a_call(self, year: int, amount: int, shares: tuple[int, int], by: str) -> None:
        """Each affiliate pays by the shares it subscribed; a year is called once."""
        call, hand = Call(year, amount, dict(zip("KL", shares, strict=True)), "AG n° 2"), self._head(by)

        def would() -> Sequence[Booked] | None:
            called = {
                self.calls[each][0] for each, _ in self.model.standing(EntryKind.AUDIT_FUND) if each in self.calls
            }
            sides = ((Account.AFFILIATES, None, amount), (Account.AUDIT_FUND, None, -amount))
            made = [booked(self.federation, EntryKind.AUDIT_FUND, self.today, *sides)]
            return None if year in called or not sum(shares) else made

        def then() -> None:
            parts = dict(zip("KL", in_proportion(amount, shares), strict=True))
            self.calls[max(self.model.entries)] = (year, parts)

        def act(db: Connection) -> int:
            return fund.propose_call(db, hand, call, self.now)

        if hand.role not in KEYS or would() is None:
            self.refused(act, NotAllowed, Unshareable, Conflict)
        else:
            self.proposed(act, hand, would, then=then)

    def _head(self, by: str) -> Hand:
        """An officer of the federation; or somebody of the cooperative, who has no say there."""
        return {"first": self.above[0], "second": self.above[1]}.get(by, self.hands["1"])

    @precondition(lambda self: self.calls)
    @rule(
        affiliate=st.sampled_from("KL"), amount=st.sampled_from([0, 1, 400, 10**7]), reference=st.sampled_from("ab"),
        channel=channels, by=heads,
    )  # fmt: skip
    def pay_the_fund(self, affiliate: str, amount: int, reference: str, channel: Account, by: str) -> None:
        """An affiliate pays: no more than it owes, and once by one reference."""
        hand, money = self._head(by), Money(affiliate, amount, self.today, channel, reference)
        sides = ((channel, None, amount), (Account.AFFILIATES, None, -amount))
        wanted = booked(self.federation, EntryKind.PAYMENT, self.today, *sides)
        before = self.fund_paid.get((affiliate, reference))
        known = None if before is None else self.model.entries[before]

        def act(db: Connection) -> bool:
            return fund.pay(db, hand, money, self.now)

        if hand.role not in KEYS or amount == 0 or (known is None and amount > self._owed(affiliate)):
            self.refused(act, NotAllowed, Unshareable)
        elif known is not None and known.sides != wanted.sides:
            self.refused(act, Conflict)
        else:
            assert self.done(act, *([] if known else [wanted])) is (known is None)
            assert self.done(act) is False
            self.fund_paid.setdefault((affiliate, reference), max(self.model.entries))

    def _owed(self, affiliate: str) -> int:
        called = [
            self.calls[each][1][affiliate]
            for each, _ in self.model.standing(EntryKind.AUDIT_FUND)
            if each in self.calls
        ]
        paid = {each: entry.put(Account.AFFILIATES) for each, entry in self.model.standing(EntryKind.PAYMENT)}
        return sum(called) + sum(paid.get(each, 0) for (who, _), each in self.fund_paid.items() if who == affiliate)

    @precondition(lambda self: self.calls)
    @rule(amount=st.sampled_from([1, 300, 10**7]), channel=channels, by=heads)
    def propose_an_audit(self, amount: int, channel: Account, by: str) -> None:
        """The fund pays for an audit what it has, and no more."""
        hand, money = self._head(by), Money("L", amount, self.today, channel, f"audit {self.now}")

        def would() -> Sequence[Booked] | None:
            balances = self.model.balances()
            there = -balances.get((Account.AUDIT_FUND, None), 0) - balances.get((Account.AFFILIATES, None), 0)
            sides = ((Account.AUDIT_FUND, None, amount), (channel, None, -amount))
            made = [booked(self.federation, EntryKind.AUDIT_FUND, money.on, *sides)]
            return made if amount <= there else None

        def act(db: Connection) -> int:
            return fund.propose_spending(db, hand, money, self.now)

        if hand.role not in KEYS or would() is None:
            self.refused(act, NotAllowed, Unshareable)
        else:
            self.proposed(act, hand, would)
