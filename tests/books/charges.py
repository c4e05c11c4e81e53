"""Dues and payments as files bring them: one by one, and whole registers read in twice."""

from datetime import date
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Connection

from models import dues, ledger
from models.entries import Account, EntryKind
from models.keys import entry_key
from models.ledger import Conflict, NewEntry
from tests.books.ground import Ground, amounts, channels, names, people, twice
from tests.books.model import Booked, booked
from tests.conftest import NOW
from ussd_app import registers
from ussd_app.registers import Rejected

days = st.integers(-400, 60).map(lambda days: date.fromordinal(NOW.toordinal() + days))
huge = st.one_of(amounts, st.just(999_999_999_999))


class Charges(Ground):
    """Charges and payments whose key says what they are: the same again is nothing, other money is an error."""

    def prepare(self) -> None:
        """Nothing has a key yet."""
        super().prepare()
        self.keyed: dict[str, Booked] = {}

    def charged(self, member: str, amount: int, day: date) -> Booked:
        """A due."""
        sides = ((Account.DUES, self.who(member), amount), (Account.DUES_INCOME, None, -amount))
        return booked(self.home, EntryKind.DUE, day, *sides)

    def payment(self, member: str, amount: int, day: date, channel: Account, towards: Account = Account.DUES) -> Booked:
        """A payment."""
        sides = ((channel, None, amount), (towards, self.who(member), -amount))
        return booked(self.home, EntryKind.PAYMENT, day, *sides)

    def same(self, key: str, wanted: Booked) -> bool | None:
        """Whether the books have this key with the same money; None when they have it not."""
        known = self.keyed.get(key)
        return None if known is None else known.sides == wanted.sides

    def _post(self, entry: NewEntry, wanted: Booked) -> None:
        def act(db: Connection) -> int:
            return ledger.post(db, [entry], "test", self.now)

        same = self.same(entry.key, wanted)
        if same is None:
            assert self.done(act, wanted) == 1
            self.keyed[entry.key] = wanted
        elif same:
            assert self.done(act) == 0
        else:
            self.refused(act, Conflict)

    @rule(member=people, amount=huge, name=names, day=days)
    def charge(self, member: str, amount: int, name: str, day: date) -> None:
        """One due."""
        entry = dues.charge(self.home, self.who(member), f"due:{name}", (day, name, amount))
        self._post(entry, self.charged(member, amount, day))

    @rule(member=people, amount=huge, name=names, channel=channels)
    def pay(self, member: str, amount: int, name: str, channel: Account) -> None:
        """One payment."""
        key = f"payment:{name}:{channel}"
        entry = dues.payment(self.home, self.who(member), key, (self.today, name, amount), channel)
        self._post(entry, self.payment(member, amount, self.today, channel))

    @rule(rows=st.lists(st.tuples(people, days, names, huge), min_size=1, max_size=4), again=twice)
    def import_dues(self, rows: list[tuple[str, date, str, int]], again: bool) -> None:
        """A file of dues."""
        lines = [f"K,{member},{day},{name},{amount}" for member, day, name, amount in rows]
        wanted = [
            (entry_key("due", "K", member, day, name), self.charged(member, amount, day))
            for member, day, name, amount in rows
        ]
        self._import("dues", "member,due_on,label,amount", lines, wanted, again)

    @rule(rows=st.lists(st.tuples(people, amounts, names), min_size=1, max_size=4), again=twice)
    def import_payments(self, rows: list[tuple[str, int, str]], again: bool) -> None:
        """A file of payments, whose references are those of treasurers and operators too."""
        day = date(2026, 11, 1)
        lines = [f"K,{member},{day},{amount},wave,{name}" for member, amount, name in rows]
        wanted = [
            (entry_key("payment", "K", name), self.payment(member, amount, day, Account.WAVE))
            for member, amount, name in rows
        ]
        self._import("payments", "member,paid_on,amount,channel,reference", lines, wanted, again)

    def _import(self, noun: str, columns: str, lines: list[str], wanted: list[tuple[str, Booked]], again: bool) -> None:
        """Read a file in: all of it, or nothing when one row contradicts another one or the books."""
        file = self.folder / f"{uuid4().hex}.csv"
        file.write_text("\n".join([f"cooperative,{columns}", *lines]), encoding="utf-8")

        def act(db: Connection) -> int:
            return registers.read_in(db, noun, file, self.now, lambda _rows: None).new

        new: dict[str, Booked] = {}
        for key, entry in wanted:
            if self.keyed.get(key, entry) != entry or new.setdefault(key, entry) != entry:
                self.refused(act, Rejected)
                return
        new = {key: entry for key, entry in new.items() if key not in self.keyed}
        assert self.done(act, *new.values(), again=again) == len(new)
        self.keyed |= new
