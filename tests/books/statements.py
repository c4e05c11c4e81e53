"""Statements of operators: read in again and again, confirmed, and given to members; and the cash that is counted."""

from datetime import date, timedelta
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import Connection, select

from models import closings, settling, statements
from models.closings import AlreadyClosed, Count, Counted, NotYet
from models.entries import Account
from models.hands import Hand, NotAllowed
from models.keys import entry_key
from models.members import OFFICERS as KEYS
from models.members import Role
from models.receiving import Refused
from models.settling import OtherMoney, Settled
from models.statements import State, StatementLine
from tests.books.ground import anybody, at_home, names, officers, people
from tests.books.payments import Payments
from ussd_app.db import reading, transaction
from ussd_app.registers import homes
from ussd_app.statements import Outcome, Rejected, Statement, layout, read_in

CASHIERS = (Role.TREASURER, Role.PRESIDENT, Role.SECRETARY)
LAYOUT = layout.of_words("date=day,amount=amount,phone=from,reference=ref", "y-m-d", ())
FROM = {"nobody": "+22399999999", "nothing": ""}
channels = st.sampled_from([Account.WAVE, Account.ORANGE_MONEY])
rows = st.tuples(
    names, st.integers(0, 20), st.sampled_from([500, 1_000, 1_003]),
    st.sampled_from(["1", "2", "5", "nobody", "nothing"]),
)  # fmt: skip


class Statements(Payments):
    """Money that an operator says came in."""

    def prepare(self) -> None:
        """Nothing was read or counted."""
        super().prepare()
        self.lines: dict[tuple[Account, str], tuple[date, int, str]] = {}
        self.closed: dict[date, tuple[int, str | None]] = {}

    @rule(channel=channels, given=st.lists(rows, min_size=1, max_size=4), post=st.booleans(), by=officers)
    def read_a_statement(self, channel: Account, given: list[tuple[str, int, int, str]], post: bool, by: str) -> None:
        """All of a file, or nothing; the same file again brings nothing."""
        file, hand = self.folder / f"{uuid4().hex}.csv", self.hand(by) if post else None
        said = [(name, (self.before(days), amount, self._phone(whose))) for name, days, amount, whose in given]
        lines = [f"{day},{amount},{phone},{name}" for name, (day, amount, phone) in said]
        file.write_text("\n".join(["day,amount,from,ref", *lines]), encoding="utf-8")

        def act(db: Connection) -> Outcome:
            statement = Statement(file, LAYOUT, homes.known(db)["K"], channel)
            return read_in(db, statement, hand, self.now)

        known = dict(self.lines)
        if any(known.setdefault((channel, name), line) != line for name, line in said):
            self.refused(act, Rejected)
        elif hand is not None and hand.role not in CASHIERS and known != self.lines:
            self.refused(act, NotAllowed, Refused)
        elif hand is None or hand.role in CASHIERS:
            with transaction(self.made) as db:
                outcome = act(db)
            self._brought(hand)
            assert outcome.incoming - outcome.known == len(known) - len(self.lines)
            self.lines = known
            assert self.done(act).known == len(said)

    def _phone(self, whose: str) -> str:
        return self.hands[whose].phone or "" if whose in self.hands else FROM[whose]

    def _brought(self, hand: Hand | None) -> None:
        """Each new entry is the payment of one line, by a member whose money this officer may note."""
        new = self.new()
        numbers: dict[int | None, str] = {each.member_id: number for number, each in self.hands.items()}
        columns = (StatementLine.entry_id, StatementLine.channel, StatementLine.reference, StatementLine.received_on)
        line = select(*columns, StatementLine.amount, StatementLine.member_id).where(StatementLine.entry_id.in_(new))
        wanted = {}
        with reading(self.made) as db:
            for entry_id, channel, reference, day, amount, member_id in db.execute(line):
                assert hand is not None
                assert self.may_note(hand, numbers[member_id])
                wanted[entry_id] = self.payment(numbers[member_id], amount, day, channel)
                self.keyed.setdefault(entry_key("payment", "K", reference), wanted[entry_id])
        assert new == wanted
        for entry_id, entry in new.items():
            self.model.add(entry_id, entry)

    @precondition(lambda self: self.lines)
    @rule(by=anybody)
    def confirm_what_is_proposed(self, by: str) -> None:
        """An officer answers for the payments that can only be of one member, once."""
        hand = self.hand(by)

        def act(db: Connection) -> object:
            return settling.confirm(db, self.home, hand, None, self.now)

        if hand.role not in CASHIERS or hand.cooperative_id != self.home:
            self.refused(act, NotAllowed, Refused)
            return
        with transaction(self.made) as db:
            act(db)
        self._brought(hand)
        self.done(act)

    @precondition(lambda self: self.lines)
    @rule(which=st.integers(0, 20), member=people, by=anybody)
    def assign_a_line(self, which: int, member: str, by: str) -> None:
        """An officer says whose payment a line is: linked, or brought into the books; the second time nothing."""
        hand, number = self.hand(by), 1 + which % len(self.lines)

        def act(db: Connection) -> object:
            return settling.assign(db, number, self.who(member), hand, self.now)

        with reading(self.made) as db:
            line = statements.line(db, number)
        assert line is not None
        settled = line.state in (State.LINKED, State.POSTED)
        ours = hand.role in CASHIERS and hand.cooperative_id == self.home
        if not ours or (not settled and not self.may_note(hand, member)):
            self.refused(act, NotAllowed, Refused)
        elif settled and line.member_id != self.who(member):
            self.refused(act, Settled)
        else:
            try:
                with transaction(self.made) as db:
                    act(db)
            except (OtherMoney, Settled):
                self.gained(())
            else:
                self._brought(hand)
                self.done(act)

    @rule(
        months=st.integers(0, 2), counted=st.sampled_from([0, 5_000]), witness=st.sampled_from([None, "1"]), by=at_home
    )
    def count_the_cash(self, months: int, counted: int, witness: str | None, by: str) -> None:
        """The cash of a month beside the books; the months in their order, each once."""
        month, hand = self.today.replace(day=1), self.hand(by)
        for _month in range(months):
            month = (month - timedelta(days=1)).replace(day=1)
        count = Count(month, counted, self.who(witness) if witness else None)
        end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        known = self.closed.get(month)
        late = known is None and bool(self.closed) and max(self.closed) > month

        def act(db: Connection) -> Counted:
            return closings.close(db, hand, count, self.now)

        if hand.role not in KEYS or hand.member_id == count.witness_id:
            self.refused(act, NotAllowed, Refused)
        elif self.today < end:
            self.refused(act, NotYet)
        elif late or known not in (None, (counted, witness)):
            self.refused(act, AlreadyClosed)
        else:
            closing = self.done(act, again=True)
            entries = [each for each in self.model.entries.values() if (each.home, each.on <= end) == (self.home, True)]
            assert known or closing.book == sum(each.put(Account.CASH) for each in entries)
            self.closed[month] = (counted, witness)
