"""Books in which anything happens in any order: after each step the proof holds, and the balances are those of a plain
model. A new operation is one rule more: it does the same to the books and to the model.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, func, insert, select, text

from models import chain, deeds, dues, ledger, proposals
from models.chain import Receipt
from models.cooperatives import Cooperative, Kind
from models.entries import Account, Entry, EntryKind
from models.hands import Hand, NotAllowed
from models.keys import entry_key
from models.ledger import Conflict, NewEntry
from models.members import Member, Role
from models.money import Currency
from models.proposals import Deed, Wish
from tests import keys
from tests.conftest import NOW
from ussd_app import proving, registers, schema
from ussd_app.db import engine as make_engine
from ussd_app.db import transaction
from ussd_app.registers import Rejected

KINDS = ["sqlite", "postgresql"]
PEOPLE = 3
Fresh = Callable[[], Engine]

members = st.integers(0, PEOPLE - 1)
amounts = st.one_of(st.integers(1, 5_000), st.just(999_999_999_999))
names = st.sampled_from(["a", "b", "c:d", "é", "%"])
days = st.integers(-400, 400).map(lambda days: NOW.date() + timedelta(days=days))


@pytest.fixture
def fresh(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Fresh]:
    """Makes new databases with the schema and nothing in them."""
    made: list[str] = []
    if kind == "sqlite":
        empty_file = make_engine(f"sqlite:///{tmp_path / 'empty'}")
        schema.upgrade(empty_file)
        empty_file.dispose()
        yield lambda: _copied(tmp_path)
        return
    server: Engine = request.getfixturevalue("postgresql")
    empty = f"empty_{uuid4().hex[:12]}"

    def create(name: str, template: str) -> Engine:
        made.append(name)
        with server.connect() as db:
            db.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        return make_engine(_address(server, name), tmp_path / f"{name}.heads")

    first = create(empty, "template0")
    schema.upgrade(first)
    first.dispose()
    yield lambda: create(f"books_{uuid4().hex[:12]}", empty)
    with server.connect() as db:
        for name in reversed(made):
            db.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _copied(folder: Path) -> Engine:
    file = folder / uuid4().hex
    shutil.copy(folder / "empty", file)
    return make_engine(f"sqlite:///{file}", Path(f"{file}.heads"))


def _address(server: Engine, name: str) -> str:
    return server.url.set(database=name).render_as_string(hide_password=False)


@dataclass
class Proposed:
    """A proposal, as the model has it."""

    proposal_id: int
    by: Hand
    entry_id: int
    at: datetime
    waits: bool = True


@dataclass
class Model:
    """What should be true: the money of each entry that stands, by key, and what waits for a second key."""

    charged: dict[str, tuple[int, int, date]] = field(default_factory=dict)
    paid: dict[str, tuple[int, int]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    proposed: list[Proposed] = field(default_factory=list)

    def owed(self, member_id: int, today: date) -> int:
        """What a member owes."""
        due = [
            each[1] for key, each in self.charged.items() if self._counts(key, each[0], member_id) and each[2] <= today
        ]
        return sum(due) - self.settled(member_id)

    def settled(self, member_id: int) -> int:
        """What a member has paid."""
        return sum(each[1] for key, each in self.paid.items() if self._counts(key, each[0], member_id))

    def _counts(self, key: str, whose: int, member_id: int) -> bool:
        return whose == member_id and key not in self.undone


class Books(RuleBasedStateMachine):
    """One cooperative with three members and three officers."""

    fresh: Fresh
    folder: Path

    @initialize()
    def open(self) -> None:
        self.made, self.now, self.model = self.fresh(), NOW, Model()
        home = {"code": "K", "name": "K", "kind": Kind.SCOOPS, "district": "", "country": "ML", "language": "fr"}
        with transaction(self.made) as db:
            place = insert(Cooperative).values(**home, currency=Currency.XOF, time_zone="Africa/Bamako")
            self.home: int = db.execute(place.returning(Cooperative.id)).scalar_one()
            self.members = [self._member(db, number) for number in range(PEOPLE)]
            self.hands = keys.officers(db, self.home)

    def _member(self, db: Connection, number: int) -> int:
        person = {
            "cooperative_id": self.home,
            "number": str(number),
            "name": "N",
            "language": "fr",
            "role": Role.MEMBER,
        }
        return int(db.execute(insert(Member).values(**person, amounts_by_sms=False).returning(Member.id)).scalar_one())

    def teardown(self) -> None:
        if hasattr(self, "made"):
            self.made.dispose()

    def _post(self, entry: NewEntry, known: tuple[int, int] | None, wanted: tuple[int, int]) -> bool:
        """Post an entry; whether it is new. One whose key is there with other money must be refused."""
        try:
            with transaction(self.made) as db:
                new = ledger.post(db, [entry], "test", self.now)
        except Conflict:
            assert known is not None
            assert known != wanted
            return False
        assert known is None or (known == wanted and new == 0)
        return new == 1

    @rule(member=members, amount=amounts, name=names, day=days)
    def charge(self, member: int, amount: int, name: str, day: date) -> None:
        who, key = self.members[member], f"due:{name}"
        known = self.model.charged.get(key)
        entry = dues.charge(self.home, who, key, (day, name, amount))
        if self._post(entry, known and known[:2], (who, amount)):
            self.model.charged[key] = (who, amount, day)

    @rule(member=members, amount=amounts, name=names, channel=st.sampled_from(dues.CHANNELS))
    def pay(self, member: int, amount: int, name: str, channel: Account) -> None:
        who, key = self.members[member], f"payment:{name}:{channel}"
        entry = dues.payment(self.home, who, key, (self.now.date(), name, amount), channel)
        if self._post(entry, self.model.paid.get(key), (who, amount)):
            self.model.paid[key] = (who, amount)

    @rule(rows=st.lists(st.tuples(members, days, names, amounts), min_size=1, max_size=4))
    def import_dues_twice(self, rows: list[tuple[int, date, str, int]]) -> None:
        lines = [f"K,{member},{day},{name},{amount}" for member, day, name, amount in rows]
        if self._import("dues", "member,due_on,label,amount", lines):
            for member, day, name, amount in rows:
                self.model.charged[entry_key("due", "K", member, day, name)] = (self.members[member], amount, day)

    @rule(rows=st.lists(st.tuples(members, amounts, names), min_size=1, max_size=4))
    def import_payments_twice(self, rows: list[tuple[int, int, str]]) -> None:
        lines = [f"K,{member},2026-11-01,{amount},wave,{name}" for member, amount, name in rows]
        if self._import("payments", "member,paid_on,amount,channel,reference", lines):
            for member, amount, name in rows:
                self.model.paid[entry_key("payment", "K", name)] = (self.members[member], amount)

    def _import(self, noun: str, columns: str, lines: list[str]) -> bool:
        """Read a file in, and again. Whether it was taken: all of it, or nothing."""
        file = self.folder / f"{uuid4().hex}.csv"
        file.write_text("\n".join([f"cooperative,{columns}", *lines]), encoding="utf-8")
        taken = []
        for _time in range(2):
            try:
                with transaction(self.made) as db:
                    outcome = registers.read_in(db, noun, file, self.now, lambda _rows: None)
                taken.append(outcome.new)
            except Rejected:
                taken.append(-1)
        assert taken[0] == taken[1] == -1 or taken[1] == 0
        return taken[0] >= 0

    @rule(which=st.integers(0, 30), hand=st.integers(0, 1))
    def propose_to_undo(self, which: int, hand: int) -> None:
        with transaction(self.made) as db:
            ids = db.execute(select(Entry.id).order_by(Entry.id)).scalars().all()
            if not ids:
                return
            entry_id, by = ids[which % len(ids)], self.hands[hand]
            wish = Wish(Deed.REVERSE, keys.undoing(entry_id))
            number = proposals.propose(db, by, wish, self.now)
        self.model.proposed.append(Proposed(number, by, entry_id, self.now))

    @precondition(lambda self: self.model.proposed)
    @rule(which=st.integers(0, 30), hand=st.integers(0, 1), approved=st.booleans())
    def decide(self, which: int, hand: int, approved: bool) -> None:
        proposed = self.model.proposed[which % len(self.model.proposed)]
        by, late = self.hands[hand], self.now - proposed.at >= proposals.LASTS
        may = proposed.waits and not late and by.member_id != proposed.by.member_id
        with transaction(self.made) as db:
            entry = db.execute(select(Entry.key, Entry.kind).where(Entry.id == proposed.entry_id)).one()
        if not may:
            with pytest.raises(NotAllowed):
                self._turn(by, proposed.proposal_id, approved)
        elif approved and entry.kind is EntryKind.REVERSAL:
            with pytest.raises(LookupError):
                self._turn(by, proposed.proposal_id, approved)
        else:
            self._turn(by, proposed.proposal_id, approved)
            proposed.waits = False
            if approved:
                self.model.undone.add(entry.key)

    def _turn(self, hand: Hand, proposal_id: int, approved: bool) -> None:
        with transaction(self.made) as db:
            if approved:
                deeds.approve(db, hand, proposal_id, self.now)
            else:
                proposals.decide(db, hand, proposal_id, False, self.now)

    @rule(hours=st.sampled_from([1, 11, 24]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with transaction(self.made) as db:
            expired = proposals.expire(db, self.now)
        late = [each for each in self.model.proposed if each.waits and self.now - each.at >= proposals.LASTS]
        assert len(expired) == len(late)
        for each in late:
            each.waits = False

    @invariant()
    def the_books_are_proven(self) -> None:
        if hasattr(self, "home"):
            assert proving.prove(self.made).faults == ()

    @invariant()
    def the_balances_are_those_of_the_model(self) -> None:
        if not hasattr(self, "home"):
            return
        with transaction(self.made) as db:
            for each in self.members:
                told = dues.standing(db, each, self.now.date())
                assert (told.owed, told.paid) == (self.model.owed(each, self.now.date()), self.model.settled(each))
            receipts = db.execute(select(func.count()).select_from(Receipt)).scalar_one()
            end = chain.head(db, self.home)
            entries = db.execute(select(func.count()).select_from(Entry)).scalar_one()
        assert receipts == len(self.model.paid)
        assert (end.entries if end else 0) == entries


@pytest.mark.parametrize("examples", [12, pytest.param(150, marks=pytest.mark.long)])
def test_whatever_happens_in_whatever_order_the_proof_holds(fresh: Fresh, tmp_path: Path, examples: int) -> None:
    machine = type("Opened", (Books,), {"fresh": staticmethod(fresh), "folder": tmp_path})
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    steps = settings(max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(machine, settings=steps)
