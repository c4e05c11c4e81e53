"""Two sides: a treasurer notes a payment and asks the member; a member declares one and asks a treasurer."""

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection, select

from models import confirming, declarations, questions, receiving
from models.declarations import AT_ONCE, NotWaiting, Said, State, TooMany
from models.entries import Account, Entry
from models.hands import Hand
from models.keys import entry_key
from models.members import Role
from models.money import AT_MOST
from models.receiving import LATEST, Noted, Payment, Refused, Sum
from tests.books.charges import Charges
from tests.books.ground import OFFICERS, amounts, anybody, channels, days_ago, names, people, twice
from ussd_app.db import reading

sums = st.one_of(amounts, st.sampled_from([0, -500, AT_MOST + 1]))
accounts = st.sampled_from([Account.DUES, Account.DUES, Account.CAPITAL, Account.SHARES])
TOWARDS = (Account.DUES, Account.CAPITAL)


@dataclass
class Declared:
    """What a member says they paid."""

    member: str
    paid: Sum
    towards: Account
    state: State = State.WAITING


class Payments(Charges):
    """What changes hands between a member and an officer."""

    def prepare(self) -> None:
        """Nobody declared anything."""
        super().prepare()
        self.declared: dict[int, Declared] = {}

    def may_note(self, hand: Hand, member: str) -> bool:
        """A treasurer notes what others paid; the president and the secretary what a treasurer did."""
        role = OFFICERS.get(member, Role.MEMBER)
        stands_in = hand.role in (Role.PRESIDENT, Role.SECRETARY) and role is Role.TREASURER
        ours = hand.cooperative_id == self.home and hand.member_id != self.who(member)
        return ours and (hand.role is Role.TREASURER or stands_in)

    def _fits(self, paid: Sum) -> bool:
        return 0 < paid.amount <= AT_MOST and self.today - LATEST <= paid.on <= self.today

    @rule(
        member=people,
        amount=sums,
        name=names,
        channel=channels,
        towards=accounts,
        days=days_ago,
        by=anybody,
        again=twice,
    )
    def note(
        self, member: str, amount: int, name: str, channel: Account, towards: Account, days: int, by: str, again: bool
    ) -> None:
        """An officer notes what a member paid. A reference is noted once, whoever brought it into the books."""
        paid, hand, key = Sum(amount, channel, self.before(days)), self.hand(by), entry_key("payment", "K", name)
        wanted = self.payment(member, amount, paid.on, channel, towards)
        may = self.may_note(hand, member) and self._fits(paid) and towards in TOWARDS
        same = self.same(key, wanted)
        undone = key in self.keyed and not self._stands(key)

        def act(db: Connection) -> Noted:
            payer = receiving.person(db, self.home, self.who(member))
            return receiving.record(db, hand, Payment(payer, paid, towards, name), self.today, self.now)

        if not may or same is False or undone:
            self.refused(act, Refused)
        else:
            noted = self.done(act, *([] if same else [wanted]), again=again)
            assert noted.new is (same is None)
            self.keyed.setdefault(key, wanted)

    def _stands(self, key: str) -> bool:
        """Whether a payment with a key stands; of two with the same money either will do."""
        with reading(self.made) as db:
            entry_id = db.execute(select(Entry.id).where(Entry.key == key)).scalar_one()
        return entry_id not in self.model.undone

    @rule(member=people, to=st.sampled_from(["5", "6", "7", "1"]), amount=sums, channel=channels, towards=accounts)
    def declare(self, member: str, to: str, amount: int, channel: Account, towards: Account) -> None:
        """A member says whom they paid; five such words wait at most."""
        hand, paid = self.hand(member), Sum(amount, channel, self.before(2))
        waiting = [each for each in self.declared.values() if (each.member, each.state) == (member, State.WAITING)]
        receiver = self.who(to)
        may = self._fits(paid) and towards in TOWARDS and self._receives(to, member) and len(waiting) < AT_ONCE
        key = f"press {len(self.declared)}"

        def act(db: Connection) -> None:
            declarations.declare(db, hand, Said(receiver, paid, towards), key, self.today, self.now)

        if not may:
            self.refused(act, Refused, TooMany)
            return
        self.done(act, again=len(waiting) + 1 < AT_ONCE)
        number = self.done(lambda db: declarations.mine(db, hand.member_id, 1)[0].declaration_id)
        assert number not in self.declared
        self.declared[number] = Declared(member, paid, towards)

    def _receives(self, to: str, member: str) -> bool:
        return to not in self.left and to != member and to in OFFICERS and self.may_note(self.hands[to], member)

    @precondition(lambda self: self.declared)
    @rule(which=st.integers(0, 4), by=anybody, came=st.sampled_from([True, True, False]))
    def answer_a_declaration(self, which: int, by: str, came: bool) -> None:
        """An officer says that the money came, or that it did not; the second time there is nothing to say."""
        number, declared = self._one(which)
        hand, waits = self.hand(by), declared.state is State.WAITING
        wanted = self.payment(
            declared.member, declared.paid.amount, declared.paid.on, declared.paid.channel, declared.towards
        )

        def act(db: Connection) -> object:
            if came:
                return confirming.confirm(db, hand, number, self.today, self.now)
            confirming.refuse(db, hand, number, self.now)
            return None

        if not waits or not self.may_note(hand, declared.member) or (came and not self._fits(declared.paid)):
            self.refused(act, Refused, NotWaiting)
            return
        self.done(act, *([wanted] if came else []))
        self.refused(act, NotWaiting)
        declared.state = State.CONFIRMED if came else State.REFUSED
        if came:
            self.keyed[entry_key("payment", "K", f"DECL-{number}")] = wanted

    @precondition(lambda self: self.declared)
    @rule(which=st.integers(0, 4), by=people)
    def take_back_or_contest(self, which: int, by: str) -> None:
        """Whoever declared takes it back while it waits, and contests a refusal once; nobody else does."""
        number, declared = self._one(which)
        mine, member_id = by == declared.member, self.who(by)
        withdrawn = self.done(lambda db: declarations.withdraw(db, member_id, number, self.now), again=True)
        assert withdrawn is (mine and declared.state is State.WAITING)
        contested = self.done(lambda db: declarations.contest(db, member_id, number), again=True)
        assert (contested is not None) is (mine and declared.state is State.REFUSED)
        if withdrawn or contested:
            declared.state = State.WITHDRAWN if withdrawn else State.CONTESTED

    def _one(self, which: int) -> tuple[int, Declared]:
        """A declaration: mostly one that waits."""
        found = sorted(self.declared.items(), key=lambda each: each[1].state is not State.WAITING)
        return found[which % len(found)]

    @rule(member=people, yes=st.sampled_from([True, True, False]), again=twice)
    def answer_a_question(self, member: str, yes: bool, again: bool) -> None:
        """A member answers the question that waits longest, once, and nobody answers for them."""
        mine, other = self.who(member), self.above[0].member_id
        asked = self.done(lambda db: questions.next_for(db, mine, self.now))
        if asked is None:
            return
        number = asked.question_id
        assert not self.done(lambda db: questions.answer(db, other, number, yes, self.now))
        assert self.done(lambda db: questions.answer(db, mine, number, yes, self.now))
        assert not again or not self.done(lambda db: questions.answer(db, mine, number, not yes, self.now))
        self.model.said[asked.subject] = yes
