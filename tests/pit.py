"""A pit for tests of lots: the demo's cooperative KOGB, whose officers write rules, deliver, price and publish."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from models import agreements, deeds, lines, lots, members, publishing, questions, sales, work
from models.agreements import NewRule
from models.hands import Hand
from models.lines import StoredLine
from models.lots import NewLot
from models.members import Role
from models.rules import Basis
from models.sales import Evidence, Pricing, Quote, Sale, Spent
from models.sharing import Step
from models.work import NewWork

DAY = date(2026, 11, 16)
ROLES = {"1": Role.PRESIDENT, "3": Role.SECRETARY, "4": Role.TEAM_LEADER, "5": Role.TREASURER, "2": Role.SURVEILLANCE}
PER_CARAT = Quote(4_000, Pricing.PER_CARAT, None, "comptoir", DAY)


def written(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps as a file has them."""
    return [
        {"step": each.step} | {field.name: _plain(getattr(each, field.name)) for field in fields(each)}
        for each in steps
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [{"to": part.to, "weight": part.weight} for part in value]
    return value.value if isinstance(value, StrEnum) else value


@dataclass
class Pit:
    """What its people do, in one transaction."""

    db: Connection
    home: str
    now: datetime

    def member(self, number: str) -> int:
        found = members.numbered(self.db, self.home, number)
        assert found is not None
        return found

    def hand(self, number: str = "3", role: Role | None = None, phone: str | None = None) -> Hand:
        speaker = next(each for each in self._speakers() if each.cooperative.startswith(self.home[:3].title()))
        return Hand(self.member(number), speaker.cooperative_id, role or ROLES.get(number, Role.MEMBER), phone, phone)

    def _speakers(self) -> list[members.Speaker]:
        return members.on_phone(self.db, "+22370000001") + members.on_phone(self.db, "+22370000031")

    def approve(self, proposal_id: int, by: str = "1") -> None:
        deeds.approve(self.db, self.hand(by, phone=f"+2237000000{by}"), proposal_id, self.now)

    def rule(self, name: str, steps: Iterable[Step], unit: str = "money", **more: Any) -> int:
        """Write a rule down and approve it; the number of the proposal."""
        document = {"unit": unit, "steps": written(steps)}
        new = replace(NewRule(name, document, Basis.MOU, "papier", DAY, DAY), **more)
        proposal_id = agreements.propose(self.db, self.hand(), new, self.now)
        self.approve(proposal_id)
        return proposal_id

    def deliver(self, number: str, rule: str = "or", weight_mg: int = 34_200, carats: int = 21_500) -> int:
        return lots.deliver(self.db, self.hand(), NewLot(number, weight_mg, carats, DAY, rule), self.now)

    def sell(self, lot_id: int, quote: Quote = PER_CARAT, buyer_id: int | None = None, on: date = DAY) -> int:
        return sales.price(self.db, self.hand(), lot_id, Sale(quote, on, "comptoir", buyer_id), self.now)

    def cost(self, lot_id: int, label: str, amount: int) -> None:
        sales.cost(self.db, self.hand(), lot_id, Spent(label, Evidence.RECEIPT, label, amount), self.now)

    def work(self, lot_id: int, days: Mapping[str, int], team: str = "", yes: bool = True) -> None:
        """Write down work: the secretary does it, so that the leader's own is asked of the leader like any other's."""
        for number, weight in days.items():
            witness = None if members.phones(self.db, self.member(number)) else self.member("9")
            new = NewWork(self.member(number), weight, team, witness)
            work.record(self.db, self.hand(), lot_id, new, self.now)
            if yes:
                self.answer(number, True)

    def answer(self, number: str, yes: bool) -> None:
        """Answer all that waits for a member."""
        while (asked := questions.next_for(self.db, self.member(number), self.now)) is not None:
            questions.answer(self.db, self.member(number), asked.question_id, yes, self.now)

    def publish(self, lot_id: int) -> list[StoredLine]:
        self.approve(publishing.propose(self.db, self.hand(), lot_id, self.now))
        return lines.every(self.db, lot_id)
